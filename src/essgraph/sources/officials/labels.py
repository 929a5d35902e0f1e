"""What a mandate is called, in French and in English.

The register's sex of a person is not kept, so that a French label names the office where it
can ("Conseil municipal de Ceillac"), and both forms where it cannot ("Député(e)").
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from essgraph.sources.officials.extract import Body

# {of}: "de Guillestre"; {fr}, {en}: the body; {at}: the constituency;
# {place}: the département or its like, by name.
_OF_PLACE = {
    "conseiller-municipal": ("Conseil municipal {of}", "Municipal councillor of {en}"),
    "maire": ("Maire {of}", "Mayor of {en}"),
    "maire-delegue": ("Maire délégué(e), commune {of}", "Mayor of a delegated commune of {en}"),
    "adjoint": ("Adjoint(e) au maire {of}", "Deputy mayor of {en}"),
}
_BESIDE_BODY = {
    "conseiller-municipal": ("Conseil municipal, {fr}", "Municipal councillor, {en}"),
    "maire": ("Maire, {fr}", "Mayor, {en}"),
    "maire-delegue": ("Maire délégué(e), {fr}", "Mayor of a delegated commune, {en}"),
    "adjoint": ("Adjoint(e) au maire, {fr}", "Deputy mayor, {en}"),
    "conseiller-communautaire": ("Conseil communautaire, {fr}", "Councillor, {en}"),
    "president-epci": ("Présidence, {fr}", "President, {en}"),
    "vice-president-epci": ("Vice-présidence, {fr}", "Vice-president, {en}"),
    "conseiller-departemental": ("{fr}", "Councillor, {en}"),
    "president-dep": ("Présidence, {fr}", "President, {en}"),
    "vice-president-dep": ("Vice-présidence, {fr}", "Vice-president, {en}"),
    "conseiller-regional": ("{fr}", "Councillor, {en}"),
    "president-reg": ("Présidence, {fr}", "President, {en}"),
    "vice-president-reg": ("Vice-présidence, {fr}", "Vice-president, {en}"),
    "depute": (
        "Député(e), {place}, circonscription {at}",
        "Deputy, {place}, constituency {at}",
    ),
    "senateur": ("Sénat, {place}", "Senator, {place}"),
    "depute-europeen": ("Parlement européen", "Member of the European Parliament"),
}
ROLES: Mapping[str, str] = MappingProxyType({role: role for role in _BESIDE_BODY})
"""The roles of the register, by their notation in the scheme."""


def of_mandate(role: str, body: Body, constituency: str, place: str) -> tuple[str, str]:
    """The French and the English label of a mandate, without the person's name."""
    templates = _OF_PLACE if body.of_fr and role in _OF_PLACE else _BESIDE_BODY
    french, english = templates[role]
    return (
        french.format(of=body.of_fr, fr=body.name_fr, at=constituency, place=place),
        english.format(en=body.name_en, at=constituency, place=place),
    )

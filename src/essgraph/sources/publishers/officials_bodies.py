"""The bodies that mandates are held in: found among the territories, or described here.

A commune's authority and an EPCI are those of the layer `territories`. A departmental or
regional council is the authority that the collection knows to govern the territory, with its
SIREN, and else one described here without a SIREN, since one is read, never computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import NamedNode

from essgraph.errors import SourceError
from essgraph.sources import tabular, turtle
from essgraph.sources.officials import extract
from essgraph.sources.officials.extract import Body
from essgraph.sources.officials.naming import slug
from essgraph.sources.officials.record import Kind, Record
from essgraph.sources.tabular import Row
from essgraph.sources.territories import SOURCES, naming
from essgraph.vocab import Names

_ALSACE = ("67", "68")
_SECTION_OF_ALSACE = "6AE"
_SECTION = re.compile(r"([0-9]{1,2}|2[AB]|97[0-9])[CDM]?")
_ABROAD = {"99": "Français établis hors de France"}
# TNCC of a name that is written without its article, as those of départements and régions are.
_OF = {"0": "de ", "1": "d’", "2": "du ", "3": "de la ", "4": "des ", "5": "de l’"}
# In the place of a région and its départements (CGCT, L4421-1, L7111-1 and L7211-1).
_SINGLE = {
    "02": ("Collectivité territoriale de Martinique", "Territorial Collectivity of Martinique"),
    "03": ("Collectivité territoriale de Guyane", "Territorial Collectivity of French Guiana"),
    "94": ("Collectivité de Corse", "Collectivity of Corsica"),
}
_PARLIAMENT = Body(
    "parlement-europeen", extract.ASSEMBLY, "Parlement européen", "European Parliament"
)
_ASSEMBLY = Body(
    "assemblee-nationale", extract.ASSEMBLY, "Assemblée nationale", "National Assembly"
)
_SENATE = Body("senat", extract.ASSEMBLY, "Sénat", "Senate")


class Bodies:
    """Bodies by what a record says, from the territories and the collection of `data_dir`.

    Raises: SourceError when a file of the territories or of the collection cannot be read.
    """

    def __init__(self, data_dir: Path, epci_names: Mapping[str, str]) -> None:
        folder = data_dir / "territories"
        governing = _governing(data_dir / "collection")
        self._communes = {row["code"]: _commune(row) for row in _rows(folder, "communes.csv")}
        self._epci = {siren: _new_epci(siren, name) for siren, name in epci_names.items()}
        self._epci |= {row["siren"]: _epci(row) for row in _rows(folder, "epci.csv")}
        self._departements: dict[str, Body] = {}
        self._territories: dict[str, str] = {}
        self._names = dict(_ABROAD)
        self.regions: dict[str, str] = {}
        """Code of a département -> that of its région."""
        for row in _rows(folder, "departements.csv"):
            self.regions[row["code"]] = row["region"]
            self._territories[row["code"]] = f"departement/{row['code']}"
            self._names[row["code"]] = naming.typographic(row["nom"])
            self._departements[row["code"]] = (
                _alsace()
                if row["code"] in _ALSACE
                else _council(row, "departement", "départemental", "Departmental", governing)
            )
        for row in _rows(folder, "collectivites-outre-mer.csv"):
            self._territories[row["code"]] = f"collectivite-outre-mer/{row['code']}"
            self._names[row["code"]] = naming.typographic(row["nom"])
        self._councils = {
            row["code"]: _council(row, "region", "régional", "Regional", governing)
            for row in _rows(folder, "regions.csv")
        }

    def of(self, record: Record) -> Body | None:
        """The body that a seat is in; None if the place is not known."""
        if record.kind is Kind.MUNICIPAL:
            return self._communes.get(record.commune)
        if record.kind is Kind.EPCI:
            return self._epci.get(record.epci)
        if record.kind is Kind.DEPARTEMENTAL:
            return self._departements.get(record.departement)
        if record.kind is Kind.REGIONAL:
            return self._councils.get(record.region)
        if record.kind is Kind.DEPUTY:
            return _ASSEMBLY
        return _SENATE if record.kind is Kind.SENATOR else _PARLIAMENT

    def elected_in(self, record: Record) -> tuple[str, ...]:
        """The territories that the seat is elected in, where the register tells of a département.

        They are départements or overseas collectivities, none for those who live abroad.
        """
        codes = _ALSACE if record.section == _SECTION_OF_ALSACE else (record.departement,)
        return tuple(self._territories[code] for code in codes if code in self._territories)

    def name(self, departement: str) -> str:
        """The name of a département, overseas collectivity or "99", abroad; the code if unknown."""
        return self._names.get(departement, departement)


def departement_of_section(section: str) -> str:
    """The code of the département that the section of a regional list is; empty for Alsace.

    Shape: "05", "5" or "05D" -> "05"; "69D" (Rhône) and "69M" (Métropole de Lyon) -> "69".
    """
    found = _SECTION.fullmatch(section)
    return found[1].zfill(2) if found else ""


def party(name: str) -> Body:
    """A party, as the source names it: "Les Républicains (REP)"."""
    return Body(f"parti-{slug(name)}", extract.PARTY, name, name)


def group(name: str, assembly: str) -> Body:
    """A parliamentary group, as the source names it; two assemblies' groups are never one."""
    return Body(f"groupe-{assembly}-{slug(name)}", extract.GROUP, name, name)


def _rows(folder: Path, name: str) -> Iterator[Row]:
    source = next(source for source in SOURCES if source.file == name)
    return tabular.read(folder / name, source.used + source.ignored)


def _governing(collection: Path) -> dict[str, str]:
    """Territory (`departement/05`) -> key of the authority that the collection says governs it."""
    names = Names()
    governs = names.ess("governs")
    found = {}
    for path in turtle.files(collection):
        for triple in turtle.read(path, names):
            if triple.predicate == governs and isinstance(triple.subject, NamedNode):
                if not isinstance(triple.object, NamedNode):
                    raise SourceError(f"{path}: {triple.object} is no territory")
                kind, code = names.entity_parts(triple.object.value)
                found[f"{kind}/{code}"] = names.entity_parts(triple.subject.value)[1]
    return found


def _commune(row: Row) -> Body:
    name = naming.typographic(row["nom"])
    territory = f"commune/{row['code']}"
    if row["siren"]:
        of_fr = naming.of(row, "nom", "type_liaison")
        label = f"Commune {of_fr}"
        return Body(row["siren"], extract.KNOWN, label, name, of_fr, governs=territory)
    # In the overseas collectivities, whose communes' article the source does not always give.
    key = f"commune-{row['code']}"
    return Body(key, extract.AUTHORITY, name, name, governs=territory)


def _epci(row: Row) -> Body:
    name = naming.spelled_out(row["nom"])
    return Body(row["siren"], extract.KNOWN, name, name, governs=f"epci/{row['siren']}")


def _new_epci(siren: str, name: str) -> Body:
    """An EPCI that the package knows and the layer `territories` does not, being older."""
    name = naming.typographic(name)
    return Body(siren, extract.AUTHORITY, name, name, siren=siren)


def _council(row: Row, kind: str, french: str, english: str, governing: dict[str, str]) -> Body:
    name = naming.typographic(row["nom"])
    label = f"Conseil {french} {row.one_of('type_liaison', _OF)}{name}"
    of_english = f"{english} council of {name}"
    if kind == "region" and row["code"] in _SINGLE:
        label, of_english = _SINGLE[row["code"]]
    territory = f"{kind}/{row['code']}"
    if territory in governing:
        key = governing[territory]
        return Body(key, extract.KNOWN, label, of_english, governs=territory)
    return Body(slug(label), extract.AUTHORITY, label, of_english, governs=territory)


def _alsace() -> Body:
    """One council for two départements since 2021 (law 2019-816)."""
    name = "Collectivité européenne d’Alsace"
    spatial = tuple(f"departement/{code}" for code in _ALSACE)
    english = "European Collectivity of Alsace"
    return Body(slug(name), extract.AUTHORITY, name, english, spatial=spatial)

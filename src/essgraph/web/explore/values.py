"""Values of facets as an address has them: short, readable, and the same IRI back.

Shape: `region/93` for an entity, `energie` for a concept of the facet's scheme, `igeo:Commune` for
a class; `scheme/…` for a concept of another scheme; an IRI whole where nothing shorter stands.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from pyoxigraph import NamedNode

from essgraph.vocab import Names

SCHEMES = {
    "instrument": "instrument",
    "sector": "sector",
    "partner": "partner",
    "role": "role",
    "form": "legal-form",
}
"""Facet -> the concept scheme that its values are usually of."""

_NOTATIONS = {**dict.fromkeys(SCHEMES, ("energie",)), "type": ("igeo:Commune",)}
"""Facet -> what a value looks like besides, by an example."""

_NOTATION = re.compile(r"[\w.-]+")
_KIND = re.compile(r"[a-z][a-z-]*")


def written(facet: str, iri: str, names: Names) -> str:
    """The value that stands for an IRI in an address."""
    for candidate in _candidates(facet, iri, names):
        if candidate and _reads_as(facet, candidate, names) == iri:
            return candidate
    return iri


def read(facet: str, value: str, names: Names) -> str:
    """The IRI that a value of an address stands for.

    Raises: ValueError that says what values look like, for what is none.
    """
    found = _reads_as(facet, value, names)
    if found is None:
        raise ValueError(" | ".join(("region/93", *_NOTATIONS.get(facet, ()), "https://…")))
    return found


def _candidates(facet: str, iri: str, names: Names) -> tuple[str, ...]:
    scheme = f"{names.scheme(SCHEMES[facet]).value}/" if facet in SCHEMES else "\0"
    head, local = names.base + "id/", names.base
    return (
        unquote(iri.removeprefix(scheme)) if iri.startswith(scheme) else "",
        unquote(iri.removeprefix(head)) if iri.startswith(head) else "",
        unquote(iri.removeprefix(local)) if iri.startswith(local + "scheme/") else "",
        names.compact(iri),
    )


def _reads_as(facet: str, value: str, names: Names) -> str | None:
    if value.startswith(("http://", "https://")):
        return _checked(value)
    kind, slash, key = value.partition("/")
    if slash and kind == "scheme":
        scheme, _, notation = key.partition("/")
        return names.concept(scheme, notation).value if scheme and notation else None
    if slash:
        return names.entity(kind, key).value if _KIND.fullmatch(kind) and key else None
    prefix, colon, local = value.partition(":")
    if colon:
        namespace = names.prefixes.get(prefix)
        return _checked(namespace + local) if namespace and _NOTATION.fullmatch(local) else None
    if facet in SCHEMES and _NOTATION.fullmatch(value):
        return names.concept(SCHEMES[facet], value).value
    return None


def _checked(iri: str) -> str | None:
    try:
        return NamedNode(iri).value
    except ValueError:
        return None

"""Values of a few properties of many resources at once, and what points at one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode

from essgraph import queries
from essgraph.store.base import GraphStore, Term
from essgraph.vocab import Names

Said: TypeAlias = Mapping[str, Mapping[str, Sequence[Term]]]
"""IRI -> property -> values."""

Point = tuple[float, float]
"""Longitude and latitude, in degrees."""

_NUMBER = r"(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)"
_POINT = re.compile(rf"POINT\s*\(\s*{_NUMBER}\s+{_NUMBER}\s*\)", re.IGNORECASE)
_EAST, _NORTH = 180, 90


def values(
    store: GraphStore, names: Names, subjects: Sequence[str], properties: Sequence[str]
) -> Said:
    """What these resources have for these properties.

    Raises: StoreUnavailable.
    """
    found: dict[str, dict[str, list[Term]]] = {}
    if not subjects:
        return found
    text = queries.app("values-of", names).bind(
        subject=[NamedNode(iri) for iri in subjects],
        property=[NamedNode(iri) for iri in properties],
    )
    for subject, prop, value in store.select(text).rows:
        if isinstance(subject, NamedNode) and isinstance(prop, NamedNode) and value is not None:
            found.setdefault(subject.value, {}).setdefault(prop.value, []).append(value)
    return found


def pointing(
    store: GraphStore, names: Names, entity: NamedNode, prop: str, limit: int
) -> Iterator[tuple[str, str]]:
    """The first links to an entity by a property: graph and subject.

    Raises: StoreUnavailable.
    """
    saved = queries.app("pointing-by", names)
    text = saved.bind(entity=entity, property=NamedNode(prop), limit=Literal(limit))
    for graph, subject in store.select(text).rows:
        if isinstance(graph, NamedNode) and isinstance(subject, NamedNode):
            yield graph.value, subject.value


def iri_of(term: object) -> str:
    """The IRI of a resource; "" for anything else."""
    return term.value if isinstance(term, NamedNode) else ""


def text_of(term: object) -> str:
    """The text of a literal; "" for anything else."""
    return term.value if isinstance(term, Literal) else ""


def point_of(term: object) -> Point | None:
    """The point that a literal tells in Well-Known Text; None for any other, or none on Earth."""
    found = _POINT.search(term.value) if isinstance(term, Literal) else None
    point = (float(found[1]), float(found[2])) if found else None
    return point if point and abs(point[0]) <= _EAST and abs(point[1]) <= _NORTH else None

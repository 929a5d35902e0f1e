"""Where entities are on a map: at the points of their sites, else of their territories.

People are on no map: those of one council are all at the same point, which is that of its body.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from essgraph.search.facets import Graph

SCHEMA = """
CREATE TABLE spot (entity INTEGER, lon REAL, lat REAL, PRIMARY KEY (entity, lon, lat))
WITHOUT ROWID;
"""

_NUMBER = r"(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)"
_POINT = re.compile(rf"POINT ?\( ?{_NUMBER} +{_NUMBER} ?\)")

_AT: Mapping[str, tuple[str, ...]] = {
    "initiative": ("ess:site", "dcterms:spatial"),
    "organisation": ("ess:governs", "dcterms:spatial"),
}
"""Kind -> the properties whose values have a point, the first that has any."""

KINDS = ("territory", *_AT)

Spot = tuple[float, float]
"""Longitude and latitude in degrees."""


def spots(graph: Graph, kind: str, iri: str) -> set[Spot]:
    """The points of an entity of a kind."""
    if kind == "territory":
        return set(_points(graph, (iri,)))
    found = (set(_points(graph, graph.objects(iri, prop))) for prop in _AT.get(kind, ()))
    return next(filter(None, found), set())


def write(connection: sqlite3.Connection, found: Iterable[tuple[int, Iterable[Spot]]]) -> None:
    """Write the points of entities, by their numbers in the index."""
    connection.executemany(
        "INSERT OR IGNORE INTO spot VALUES (?, ?, ?)",
        ((entity, *spot) for entity, some in found for spot in some),
    )


def _points(graph: Graph, iris: Iterable[str]) -> Iterator[Spot]:
    for iri in iris:
        for geometry in graph.objects(iri, "geo:hasCentroid"):
            for text in graph.objects(geometry, "geo:asWKT"):
                told = _POINT.fullmatch(text)
                if told:
                    yield float(told[1]), float(told[2])

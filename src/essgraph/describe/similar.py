"""Which initiatives are near a point, and which are like another: read once a release."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from essgraph import queries
from essgraph.describe.labels import look_up
from essgraph.describe.model import Link
from essgraph.describe.values import Point, iri_of, point_of
from essgraph.errors import NotFound
from essgraph.store.base import GraphStore
from essgraph.vocab import Names

SHOWN = 5
"""Initiatives of a list."""

WITHIN_KM = 100
"""As the crow flies; farther is not near."""

FARTHER = 3
"""Initiatives of a list where none is near."""

ANYWHERE_KM = 20_100
"""No two points of the Earth are farther from each other."""

_EARTH_KM = 6371.0088
"""Degrees at most."""
_TOO_LARGE = ("region", "country")
"""Kinds of territories whose point says nothing of where an initiative is."""


@dataclass(frozen=True)
class Near:
    """An initiative and how far it is. Units: kilometres."""

    link: Link
    kilometres: float


@dataclass(frozen=True)
class Alike:
    """An initiative and what it shares: property IRI -> values."""

    link: Link
    shared: Mapping[str, tuple[Link, ...]]


class Initiatives:
    """All initiatives with their places and traits, in memory: the collection has a few dozen."""

    def __init__(self, store: GraphStore, names: Names, languages: Sequence[str]) -> None:
        """Read them. Raises: StoreUnavailable."""
        self._traits: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._points: dict[str, list[Point]] = defaultdict(list)
        self._places: dict[str, set[str]] = defaultdict(set)
        for initiative, prop, value in store.select(
            queries.app("initiative-traits", names).text
        ).rows:
            if all(isinstance(term, NamedNode) for term in (initiative, prop, value)):
                self._traits[iri_of(initiative)].add((iri_of(prop), iri_of(value)))
        for initiative, place, wkt in store.select(
            queries.app("initiative-points", names).text
        ).rows:
            if isinstance(initiative, NamedNode) and isinstance(place, NamedNode):
                self._places[initiative.value].add(place.value)
                point = point_of(wkt)
                if point is not None and not _is_too_large(place.value, names):
                    self._points[initiative.value].append(point)
        known = {*self._traits, *self._points}
        known |= {value for traits in self._traits.values() for _, value in traits}
        lexicons = {lang: look_up(store, names, known, lang) for lang in languages}
        self._links = {
            lang: {iri: lexicon.link(iri) for iri in known} for lang, lexicon in lexicons.items()
        }
        self._alike: dict[tuple[str, str], tuple[Alike, ...]] = {}

    def points(self, iri: str) -> tuple[Point, ...]:
        """Where an initiative is; nothing for anything else."""
        return tuple(self._points.get(iri, ()))

    def near(self, points: Collection[Point], iri: str, lang: str) -> tuple[Near, ...]:
        """The initiatives nearest to any of these points, `iri` and those in it left out.

        Where none is within WITHIN_KM, the FARTHER nearest of all.
        """
        found = []
        for initiative, theirs in self._points.items():
            if initiative == iri or iri in self._places[initiative]:
                continue
            distance = min(distance_km(one, other) for one in points for other in theirs)
            found.append((distance, initiative))
        found.sort()
        near = [item for item in found[:SHOWN] if item[0] <= WITHIN_KM]
        links = self._links[lang]
        return tuple(Near(links[name], distance) for distance, name in near or found[:FARTHER])

    def alike(self, iri: str, lang: str) -> tuple[Alike, ...]:
        """The initiatives that share most with one: instruments, sectors, partners."""
        known = self._alike.get((iri, lang))
        if known is None and iri in self._traits:
            known = self._alike[iri, lang] = self._compare(iri, self._links[lang])
        return known or ()

    def _compare(self, iri: str, links: Mapping[str, Link]) -> tuple[Alike, ...]:
        own = self._traits[iri]
        ranked = sorted(
            (-len(own & traits), other)
            for other, traits in self._traits.items()
            if other != iri and own & traits
        )
        found = []
        for _, other in ranked[:SHOWN]:
            shared: dict[str, list[Link]] = defaultdict(list)
            for prop, value in sorted(own & self._traits[other]):
                shared[prop].append(links[value])
            found.append(Alike(links[other], {p: tuple(v) for p, v in shared.items()}))
        return tuple(found)


def distance_km(one: Point, other: Point) -> float:
    """The way between two points on a sphere, as the crow flies. Units: kilometres."""
    (east, north), (other_east, other_north) = (map(math.radians, p) for p in (one, other))
    chord = (
        math.sin((other_north - north) / 2) ** 2
        + math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, chord)))


def wkt(point: Point) -> str:
    """A point as Well-Known Text, to a centimetre."""
    return f"POINT({point[0]:.7f} {point[1]:.7f})"


def _is_too_large(iri: str, names: Names) -> bool:
    try:
        return names.entity_parts(iri)[0] in _TOO_LARGE
    except NotFound:
        return False

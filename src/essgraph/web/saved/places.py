"""Where the rows of an answer are: as GeoJSON, by WKT, by longitude and latitude, or by the points
of the territories and initiatives that a column names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode
from werkzeug.exceptions import NotAcceptable

from essgraph import queries, vocab
from essgraph.errors import NotFound
from essgraph.store.base import Term
from essgraph.web import geojson, inventory, text
from essgraph.web.answered import Rows
from essgraph.web.context import names, store
from essgraph.web.geojson import Feature, Geometry

MOST = 5_000
"""Places of one answer: as many as a map of a country has room for."""

_LATITUDES = ("latitude", "lat")
_LONGITUDES = ("longitude", "long", "lon", "lng")
_LOOKED_AT = 50
"""Rows that tell what a column holds."""
_SPATIAL = vocab.DCTERMS + "spatial"
_CENTROID = vocab.GEO + "hasCentroid"
_WKT = vocab.GEO + "asWKT"
_OURS = frozenset({"name", "iri", "url", "kind", "accent"})

Row: TypeAlias = Sequence[Term | None]
Shapes: TypeAlias = Callable[[Row], Sequence[Geometry]]

_NUMBERS = {vocab.XSD + name for name in ("integer", "int", "decimal", "double", "float")}


class NoPlace(NotAcceptable):
    """An answer without anything that could be drawn on a map."""

    def __init__(self) -> None:
        super().__init__(
            "this answer has no places: none of its columns is WKT, longitude and latitude, "
            "or a territory or an initiative with a point; format=csv and format=json have its rows"
        )


def named_column(found: Rows) -> int | None:
    """The column of what is on the map; None where no column tells a place."""
    if _wkt(found) is not None or _pair(found) is not None:
        return 0
    return _entities(found)


def collection(found: Rows) -> list[Feature]:
    """A feature for each place of each row; its other columns are properties.

    Raises: NoPlace.
    """
    at = named_column(found)
    if at is None:
        raise NoPlace
    shapes = _shapes(found, at)
    features = [_feature(found, row, at, shape) for row in found.rows for shape in shapes(row)]
    if found.rows and not features:
        raise NoPlace
    return features[:MOST]


def _shapes(found: Rows, at: int) -> Shapes:
    literal, pair = _wkt(found), _pair(found)
    if literal is not None:
        return lambda row: _read(row[literal])
    if pair is not None:
        return lambda row: _at(row[pair[0]], row[pair[1]])
    points = _points(row[at] for row in found.rows)
    return lambda row: points.get(str(row[at]), ())


def _points(terms: Iterable[Term | None]) -> dict[str, list[Geometry]]:
    """The points of entities, by IRI as text: their own, else those of what they are in."""
    entities = {term for term in terms if isinstance(term, NamedNode)}
    own = _values(entities, _CENTROID)
    places = _values(entities - own.keys(), names().ontology + "site", _SPATIAL)
    inside = {place for found in places.values() for place in found}
    own |= _values(inside - own.keys(), _CENTROID)
    written = _values({point for found in own.values() for point in found}, _WKT)
    shapes = {
        entity: [
            shape for point in points for wkt in written.get(point, ()) for shape in _read(wkt)
        ]
        for entity, points in own.items()
    }
    for entity, found in places.items():
        shapes[entity] = [shape for place in found for shape in shapes.get(place, ())]
    return {str(entity): found for entity, found in shapes.items()}


def _values(subjects: AbstractSet[Term], *properties: str) -> dict[Term, list[Term]]:
    """What these resources have for these properties, looked up one by one."""
    iris = sorted((term for term in subjects if isinstance(term, NamedNode)), key=str)
    found: dict[Term, list[Term]] = {}
    if iris:
        asked = queries.app("values-of", names()).bind(
            subject=iris, property=[NamedNode(iri) for iri in properties]
        )
        for subject, _, value in store().select(asked).rows:
            if subject is not None and value is not None:
                found.setdefault(subject, []).append(value)
    return found


def _feature(found: Rows, row: Row, at: int, shape: Geometry) -> Feature:
    term = row[at]
    iri = term.value if isinstance(term, NamedNode) else ""
    place = {column: number for number, column in enumerate(found.columns)}
    label = next(
        (row[place[name]] for name in (f"{found.columns[at]}Label", "label") if name in place), None
    )
    name = label.value if isinstance(label, Literal) else inventory.written(term) if term else ""
    cell = text.cell(term)
    drawn = geojson.feature(shape, iri, name, url=cell.href or "", accent=cell.accent or "")
    for column, value in zip(found.columns, row, strict=True):
        if value is not None and column not in _OURS and not _is_wkt(value):
            drawn["properties"][column] = _plain(value)
    return drawn


def _plain(term: Term) -> str | int | float:
    if isinstance(term, Literal) and term.datatype.value in _NUMBERS:
        try:
            return int(term.value) if term.value.lstrip("+-").isdecimal() else float(term.value)
        except ValueError:
            return term.value
    return term.value if isinstance(term, Literal | NamedNode) else str(term)


def _wkt(found: Rows) -> int | None:
    """The column of WKT literals."""
    for at in range(len(found.columns)):
        if any(_is_wkt(row[at]) for row in found.rows[:_LOOKED_AT]):
            return at
    return None


def _is_wkt(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.datatype == vocab.WKT_LITERAL


def _pair(found: Rows) -> tuple[int, int] | None:
    """The columns of longitude and of latitude."""
    place = {column.lower(): at for at, column in enumerate(found.columns)}
    longitude = next((place[name] for name in _LONGITUDES if name in place), None)
    latitude = next((place[name] for name in _LATITUDES if name in place), None)
    return None if longitude is None or latitude is None else (longitude, latitude)


def _entities(found: Rows) -> int | None:
    """The first column of entities of a kind that has points."""
    for at in range(len(found.columns)):
        for row in found.rows[:_LOOKED_AT]:
            term = row[at]
            if isinstance(term, NamedNode) and _kind(term) in inventory.PLACED:
                return at
    return None


def _kind(iri: NamedNode) -> str:
    try:
        return names().entity_parts(iri.value)[0]
    except NotFound:
        return ""


def _read(term: Term | None) -> list[Geometry]:
    shape = geojson.geometry(term.value) if isinstance(term, Literal) else None
    return [] if shape is None else [shape]


def _at(longitude: Term | None, latitude: Term | None) -> list[Geometry]:
    if not isinstance(longitude, Literal) or not isinstance(latitude, Literal):
        return []
    return _read(Literal(f"POINT({longitude.value} {latitude.value})"))

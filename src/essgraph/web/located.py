"""Where entities are: what is drawn of each on a map, and the addresses of its own map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from pyoxigraph import Literal, NamedNode

from essgraph import queries
from essgraph.describe import labels
from essgraph.errors import NotFound
from essgraph.vocab import IGEO
from essgraph.web import basemap, geojson, text
from essgraph.web.context import names, settings, store
from essgraph.web.geojson import Feature, Geometry

_FILE_OF = {kind: file for file, kind in basemap.AREAS.items()}
_MAPPED = frozenset(
    {
        *("commune", "commune-deleguee", "commune-associee", "arrondissement-municipal", "epci"),
        *("departement", "region", "collectivite-outre-mer", "country", "place"),
        *("initiative", "policy", "event", "organisation"),
    }
)
"""Kinds of what is somewhere; the territory of others is that of an entity that has the map."""


@dataclass(frozen=True)
class Place:
    """The addresses of an entity's place, as GeoJSON and as a picture; the query that gives it."""

    data: str
    picture: str
    query: str


def on_map(iri: NamedNode) -> Place | None:
    """The map of an entity; None for one that has none, which costs a look-up and no more."""
    kind, key = _parts(iri.value)
    if kind not in _MAPPED:
        return None
    if _area(iri.value) is None:
        asked = queries.app("map-has-place", names()).bind(entity=iri)
        if not store().ask(asked):
            return None
    return Place(
        url_for("maps.data", kind=kind, key=key),
        url_for("maps.entity", kind=kind, key=key),
        queries.app("map-places", names()).bind(entity=[iri]),
    )


def places(entities: Sequence[NamedNode]) -> dict[str, list[Feature]]:
    """What is drawn of each of these entities, in the language of the request."""
    drawn: dict[str, dict[str, list[Geometry]]] = {entity.value: {} for entity in entities}
    if entities:
        query = queries.app("map-places", names()).bind(entity=list(entities))
        for one, where, wkt in store().select(query).rows:
            if isinstance(one, NamedNode) and isinstance(where, NamedNode):
                shape = geojson.geometry(wkt.value) if isinstance(wkt, Literal) else None
                if shape is not None:
                    drawn[one.value].setdefault(where.value, []).append(shape)
    for iri, found in drawn.items():
        if not found and _area(iri) is not None:
            found[iri] = []
    named = {place for found in drawn.values() for place in found}
    lexicon = labels.look_up(store(), names(), named, text.lang())
    return {
        iri: [_feature(place, _best(place, shapes), lexicon) for place, shapes in found.items()]
        for iri, found in drawn.items()
    }


def _best(place: str, shapes: Sequence[Geometry]) -> Geometry:
    """The outline, else that of the base map, else the point."""
    outline = next((shape for shape in shapes if shape["type"] != "Point"), None)
    return outline or _area(place) or shapes[0]


def _area(place: str) -> Geometry | None:
    """The outline of a département or région on the base map."""
    kind, key = _parts(place)
    if kind not in _FILE_OF:
        return None
    area = basemap.read(settings().data_dir, _FILE_OF[kind]).areas.get(key)
    return area.shape if area else None


def _feature(place: str, shape: Geometry, lexicon: labels.Lexicon) -> Feature:
    known = names()
    classes = lexicon.classes.get(place, ())
    kind = next((one for one in classes if one.startswith((known.ontology, IGEO))), "")
    return geojson.feature(
        shape,
        place,
        lexicon.label(place).value,
        url=text.local_url(place, known) or "",
        kind=lexicon.label(kind).value if kind else "",
        accent=text.accent(place, known),
    )


def _parts(iri: str) -> tuple[str, str]:
    try:
        return names().entity_parts(iri)
    except NotFound:
        return "", ""

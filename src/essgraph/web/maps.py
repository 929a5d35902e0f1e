"""Maps without third parties: the base map, and an entity's place as GeoJSON and as a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import Blueprint, Response, request
from flask_babel import gettext as _  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import NamedNode

from essgraph.errors import NotFound, QueryError
from essgraph.web import basemap, conditional, drawing, geojson, located, text, tiles
from essgraph.web.context import names, settings
from essgraph.web.geojson import Feature, Geometry

bp = Blueprint("maps", __name__)

MOST_ENTITIES = 100
MOST_POINTS = 20
"""Places that one picture may be asked to show."""

_LONGEST_POINT = 64
"""Characters of a longitude and a latitude."""

_WEEK_S = 604_800
bp.add_app_template_global(tiles.chosen, "map_tiles")


@bp.app_template_global("map_words")
def words() -> str:
    """The texts of the map's script in the language of the page, as JSON."""
    texts = {
        "zoom.in": _("Zoom in"),
        "zoom.out": _("Zoom out"),
        "show": _("Show"),
        "all": _("Everything"),
        "mainland": _("Mainland France"),
        "cluster": _("{} places: zoom in"),
        "hint": _("Ctrl and the wheel, or two fingers, zoom the map."),
        "finger": _("Move the map with one finger"),
        "more": _("and {} more"),
        "no.value": _("No value"),
        "from.to": _("From {} to {}"),
    }
    return json.dumps(texts, ensure_ascii=False)


@bp.get("/map/<any(departements,regions):areas>.geojson")
def base(areas: str) -> Response:
    """The outlines of départements or of régions, with their INSEE codes and names."""
    found = basemap.read(settings().data_dir, areas)
    response = conditional.unchanged(found.etag) or conditional.keep(
        Response(found.body, mimetype=geojson.MEDIA_TYPE), found.etag
    )
    response.cache_control.no_cache = None
    response.cache_control.max_age = _WEEK_S
    return response


@bp.get("/data/<kind>/<key>.geojson")
def data(kind: str, key: str) -> Response:
    """Where an entity is, as GeoJSON: its outline or point, its sites, or what it governs.

    Raises: NotFound for an entity without a place.
    """
    iri = names().entity(kind, key)
    etag = conditional.tag("geojson", iri.value, text.lang())
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    response = geojson.respond(_found(iri), etag)
    response.headers.add("Link", f'<{iri.value}>; rel="describes"')
    response.vary.add("Accept-Language")
    return response


@bp.get("/map/<kind>/<key>.svg")
def entity(kind: str, key: str) -> Response:
    """Where an entity is, as a picture. Raises: NotFound for an entity without a place."""
    iri = names().entity(kind, key)
    etag = conditional.tag("map", iri.value, text.lang())
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    found = _found(iri)
    svg = drawing.picture(settings().data_dir, found, found[0]["properties"]["name"])
    return drawing.respond(svg, etag)


@bp.get("/map.svg")
def picture() -> Response:
    """A picture of what `entity` (such as commune/05065) and `at` (longitude,latitude) name.

    Both may be repeated. Raises: QueryError for one that is malformed, or too many of them.
    """
    written, at = request.args.getlist("entity"), request.args.getlist("at")
    _check_number("entity", written, MOST_ENTITIES)
    _check_number("at", at, MOST_POINTS)
    features = [geojson.feature(_point(one), "", "") for one in at]
    iris = [_entity(one) for one in written]
    etag = conditional.tag("map", *request.args.getlist("entity"), "at", *at, text.lang())
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    features += [one for found in located.places(iris).values() for one in found]
    title = _("Map of France") if not features else _("Map of the places on this page")
    return drawing.respond(drawing.picture(settings().data_dir, features, title), etag)


def _found(iri: NamedNode) -> list[Feature]:
    found = located.places([iri])[iri.value]
    if not found:
        raise NotFound(f"the graph knows of no place on a map for {iri.value}")
    return found


def _check_number(name: str, values: Sequence[str], most: int) -> None:
    if len(values) > most:
        raise QueryError(f"{name}: {len(values)} are asked for, {most} are drawn at a time")


def _entity(written: str) -> NamedNode:
    kind, slash, key = written.partition("/")
    if not slash or not kind or not key or "/" in key:
        raise QueryError(f"entity = {written[:200]!r} is not of the form commune/05065")
    return names().entity(kind, key)


def _point(written: str) -> Geometry:
    longitude, comma, latitude = written.partition(",")
    if len(written) > _LONGEST_POINT:
        comma = ""
    shape = geojson.geometry(f"POINT({longitude} {latitude})") if comma else None
    if shape is None:
        raise QueryError(f"at = {written[:200]!r} is not of the form longitude,latitude in degrees")
    return shape

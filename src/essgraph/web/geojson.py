"""Places as GeoJSON: WKT of the graph -> geometries, features, a collection as an answer.

Shape: exterior rings counterclockwise, interior ones clockwise (RFC 7946, 3.1.6).
Units: degrees of CRS84, longitude then latitude.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

from flask import Response

from essgraph.web import conditional

Geometry: TypeAlias = dict[str, Any]
Feature: TypeAlias = dict[str, Any]
Ring: TypeAlias = list[list[float]]

MEDIA_TYPE = "application/geo+json"

_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_WKT = re.compile(
    r"\s*(?:<(?P<system>[^>]*)>\s*)?(?P<kind>POINT|POLYGON|MULTIPOLYGON)\s*"
    r"(?P<body>\([-+0-9.eE\s(),]*\))\s*",
    re.I,
)
_MARKS = re.compile(r"([(),])")
_LONGEST_NUMBER = 32
"""Characters of one number; a double has 24 at most."""
_DEEPEST = 4
"""Brackets within one another in a MULTIPOLYGON, and those of its points as JSON spells them."""
_LEAST_OF_RING = 4
"""Points of a ring, the first of them said again (OGC 06-103r4, 6.1.11.1)."""
_NAMES = {"POINT": "Point", "POLYGON": "Polygon", "MULTIPOLYGON": "MultiPolygon"}
_DEPTHS = {"POINT": 0, "POLYGON": 2, "MULTIPOLYGON": 3}


def geometry(wkt: str) -> Geometry | None:
    """The geometry of a WKT literal; None for what is no point or area in CRS84."""
    found = _WKT.fullmatch(wkt)
    if found is None or (found["system"] or _CRS84).replace("https:", "http:") != _CRS84:
        return None
    kind = found["kind"].upper()
    read = _nested(found["body"])
    if not isinstance(read, list):
        return None
    points = read[0] if kind == "POINT" and len(read) == 1 else read
    if not _is_nested(points, _DEPTHS[kind]):
        return None
    polygons = {"POLYGON": [points], "MULTIPOLYGON": points}.get(kind, [])
    for polygon in polygons:
        for at, ring in enumerate(polygon):
            if (_turn(ring) > 0) == (at > 0):
                ring.reverse()
    return {"type": _NAMES[kind], "coordinates": points}


def feature(
    shape: Geometry, iri: str, name: str, *, url: str = "", kind: str = "", accent: str = ""
) -> Feature:
    """A feature that the map script and the pictures draw.

    Shape: `url` is its page, `kind` what it is in a word, `accent` the class of its colour.
    """
    properties = {"name": name, "iri": iri, "url": url, "kind": kind, "accent": accent}
    return {
        "type": "Feature",
        "id": iri,
        "geometry": shape,
        "properties": {key: value for key, value in properties.items() if value},
    }


def polygons(shape: Geometry) -> Sequence[Sequence[Ring]]:
    """The polygons of an area, each its rings; none for a point."""
    if shape["type"] == "Polygon":
        return [shape["coordinates"]]
    if shape["type"] == "MultiPolygon":
        return cast("list[list[Ring]]", shape["coordinates"])
    return []


def respond(features: Sequence[Feature], etag: str | None = None, **more: object) -> Response:
    """A FeatureCollection as an answer, with members such as `numberMatched` besides."""
    whole = {"type": "FeatureCollection", **more, "features": list(features)}
    body = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype=MEDIA_TYPE)
    return conditional.keep(response, etag) if etag else response


def _nested(body: str) -> Any:
    """What stands in brackets, as lists of lists of numbers; None where it is malformed.

    In as many steps as there are marks, whatever is written: what is deep or long is not read.
    """
    depth, written = 0, []
    for piece in _MARKS.split(body):
        if piece in _SPELLED:
            depth += _SPELLED[piece][1]
            if depth > _DEEPEST:
                return None
            written.append(_SPELLED[piece][0])
        elif numbers := piece.split():
            if len(numbers) != 2 or max(map(len, numbers)) > _LONGEST_NUMBER:
                return None
            try:
                written.append(f"[{float(numbers[0])!r},{float(numbers[1])!r}]")
            except ValueError:
                return None
    try:
        return json.loads("".join(written))
    except ValueError:
        return None


_SPELLED = {"(": ("[", 1), ")": ("]", -1), ",": (",", 0)}
"""How JSON spells the marks of WKT, and how much deeper they lead."""


def _is_nested(points: object, depth: int) -> bool:
    if not isinstance(points, list) or not points:
        return False
    if depth == 0:
        return (
            len(points) == 2
            and not any(isinstance(number, list) for number in points)
            and abs(points[0]) <= 180
            and abs(points[1]) <= 90
        )
    if depth == 1 and len(points) < _LEAST_OF_RING:
        return False
    return all(_is_nested(part, depth - 1) for part in points)


def _turn(ring: Ring) -> float:
    """Twice the area of a ring, positive where it runs counterclockwise."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(x * y1 - x1 * y for (x, y), (x1, y1) in pairs)

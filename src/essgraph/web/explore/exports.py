"""A selection as data: the same entities in the same order, with the columns of the table.

A long selection is sent a part at a time: the header Link says where the next part is, and
Essgraph-Truncated that there is one. CSV is made for spreadsheets: it begins with a byte order
mark, and a text that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from flask import Response, request
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from essgraph import describe
from essgraph.search import Selection
from essgraph.web import geojson, negotiate, text
from essgraph.web.context import index, names, store
from essgraph.web.explore import columns, page
from essgraph.web.explore.columns import Value
from essgraph.web.explore.state import State
from essgraph.web.replies import TRUNCATED

GEOJSON = negotiate.Format("geojson", geojson.MEDIA_TYPE)
OFFERS = (negotiate.CSV, negotiate.PLAIN_JSON, GEOJSON, negotiate.TURTLE)

PART = {"csv": 5_000, "json": 5_000, "geojson": 50_000, "ttl": 200}
"""Entities sent at a time; a description in RDF takes two queries of its own."""

MAX_REACHED = 600_000
"""Entities from the first that can be reached part by part: all there are in France."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SEPARATOR = " | "
_BOM = "\ufeff"


def send(state: State, chosen: negotiate.Format, total: int) -> Response:
    """A part of the selection of `total` entities in a format.

    Raises: NotFound for a part beyond the last, from `page.last`.
    """
    size = PART[chosen.name]
    start = (state.page - 1) * size
    body = _WRITERS[chosen.name](state, start, size)
    response = negotiate.respond(body, chosen.media_type)
    # The columns and labels are in the reader's language.
    response.vary.add("Accept-Language")
    name = f"essgraph-{state.kind}.{chosen.name}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if start + size < total:
        following = page.address(
            replace(state, page=state.page + 1), "explore.data", suffix=chosen.name
        )
        response.headers[TRUNCATED] = f"rows {start + 1}-{start + size} of {total}"
        response.headers.add("Link", f'<{request.host_url.rstrip("/")}{following}>; rel="next"')
    return response


def _iris(state: State, start: int, size: int) -> list[str]:
    found = index().chosen(state.selection, sort=state.sort, limit=start + size, lang=text.lang())
    return found[start:]


def _csv(state: State, start: int, size: int) -> str:
    told = columns.columns(state.kind)
    iris = _iris(state, start, size)
    rows = columns.rows(iris, told, store())
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(["iri", columns.heading_of_name(), *(column.heading for column in told)])
    for row in rows:
        cells = [_SEPARATOR.join(map(_plain, row.of(column))) for column in told]
        writer.writerow([row.iri, safe(row.label), *map(safe, cells)])
    return _BOM + written.getvalue()


def _plain(value: Value) -> str:
    return value.text.replace("\r\n", "\n")


def safe(cell: str) -> str:
    """A text as a cell that no spreadsheet evaluates; a negative number stays one."""
    if cell.startswith(_FORMULA) and not _is_number(cell):
        return f"'{cell}"
    return cell


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdecimal()


def _json(state: State, start: int, size: int) -> str:
    told = columns.columns(state.kind)
    rows = columns.rows(_iris(state, start, size), told, store())
    document = {
        "kind": state.kind,
        "total": index().amount(state.selection),
        "page": state.page,
        "columns": [{"name": column.name, "heading": column.heading} for column in told],
        "items": [
            {
                "iri": row.iri,
                "label": row.label,
                **{
                    column.name: [_told(value) for value in row.of(column)]
                    for column in told
                    if row.of(column)
                },
            }
            for row in rows
        ],
    }
    return json.dumps(document, ensure_ascii=False)


def _told(value: Value) -> Mapping[str, str] | str:
    return {"iri": value.iri, "label": value.text} if value.iri else value.text


def _geojson(state: State, start: int, size: int) -> str:
    return json.dumps(
        {"type": "FeatureCollection", "features": features(state.selection, start, size)},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def features(selection: Selection, start: int, size: int) -> list[geojson.Feature]:
    """The points of a selection, as the map draws them."""
    known = names()
    found = index().places(selection, limit=start + size, lang=text.lang())
    return [
        geojson.feature(
            {"type": "Point", "coordinates": [place.lon, place.lat]},
            place.iri,
            place.label,
            url=text.local_url(place.iri, known) or "",
            accent=text.accent(place.iri, known),
        )
        for place in found.places[start:]
    ]


def _turtle(state: State, start: int, size: int) -> bytes:
    known, triples = names(), dict[Triple, None]()
    for iri in _iris(state, start, size):
        data = describe.data(store(), NamedNode(iri), known)
        triples.update(dict.fromkeys(data.triples))
    return serialize(triples, format=RdfFormat.TURTLE, prefixes=known.prefixes) or b""


_Writer = Callable[[State, int, int], str | bytes]
_WRITERS: Mapping[str, _Writer] = {
    "csv": _csv,
    "json": _json,
    "geojson": _geojson,
    "ttl": _turtle,
}


def links(state: State) -> Sequence[tuple[negotiate.Format, str]]:
    """The formats, and where the selection is in each."""
    whole = replace(state, page=1, view="list")
    return [(one, page.address(whole, "explore.data", suffix=one.name)) for one in OFFERS]

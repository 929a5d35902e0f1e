"""A selection written piece by piece as CSV, JSON or GeoJSON.

CSV is made for spreadsheets: it begins with a byte order mark, and a text that a spreadsheet
would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from essgraph.search import Place, Selection
from essgraph.web import geojson, text
from essgraph.web.context import index, names, store
from essgraph.web.explore import columns
from essgraph.web.explore.columns import Column, Line, Value
from essgraph.web.explore.state import State

AT_ONCE = 500
"""Entities read and written at a time."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
SEPARATOR = " | "
"""Between several values in a cell."""

_BOM = "\ufeff"


def pieces(name: str, state: State, total: int, *, truncated: bool) -> Iterator[str]:
    """The document of a selection of `total` entities in the format of that name."""
    return _WRITERS[name](state, total, truncated)


def lines(state: State, told: Sequence[Column]) -> Iterator[list[Line]]:
    """A selection in its order, some entities at a time, with the values of the columns."""
    whole = index().whole(state.selection)
    for iris in whole.iris(state.sort, AT_ONCE, text.lang()):
        yield columns.rows(iris, told, store())


def _csv(state: State, total: int, truncated: bool) -> Iterator[str]:
    told = columns.columns(state.kind)
    headings = [
        columns.heading_of_name(),
        *(column.heading for column in told),
        columns.heading_of_iri(),
    ]
    yield _BOM + _rows([headings])
    for some in lines(state, told):
        yield _rows(
            [*map(safe, (line.label, *(_joined(line, column) for column in told))), line.iri]
            for line in some
        )


def _rows(rows: Iterator[list[str]] | list[list[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue()


def _joined(line: Line, column: Column) -> str:
    return SEPARATOR.join(value.text.replace("\r\n", "\n") for value in line.of(column))


def safe(cell: str) -> str:
    """A text as a cell that no spreadsheet evaluates; a negative number stays one."""
    if cell.startswith(_FORMULA) and not _is_number(cell):
        return f"'{cell}"
    return cell


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdecimal()


def _json(state: State, total: int, truncated: bool) -> Iterator[str]:
    """`truncated` says that the words match more than the `total` that are counted."""
    told = columns.columns(state.kind)
    head = {
        "kind": state.kind,
        "total": total,
        "truncated": truncated,
        "columns": [{"name": column.name, "heading": column.heading} for column in told],
    }
    yield json.dumps(head, ensure_ascii=False).removesuffix("}") + ', "items": ['
    parted = ""
    for some in lines(state, told):
        items = (json.dumps(_item(line, told), ensure_ascii=False) for line in some)
        yield parted + ",\n".join(items)
        parted = ",\n"
    yield "]}\n"


def _item(line: Line, told: Sequence[Column]) -> dict[str, object]:
    held = {column.name: [_told(value) for value in line.of(column)] for column in told}
    values = {name: some for name, some in held.items() if some}
    return {"iri": line.iri, "label": line.label, **values}


def _told(value: Value) -> Mapping[str, str] | str:
    return {"iri": value.iri, "label": value.text} if value.iri else value.text


def _geojson(state: State, total: int, truncated: bool) -> Iterator[str]:
    yield '{"type":"FeatureCollection","features":['
    parted = ""
    for places in index().whole(state.selection).places(AT_ONCE, text.lang()):
        if places:
            features = (_compact(feature(place)) for place in places)
            yield parted + ",\n".join(features)
            parted = ",\n"
    yield "]}\n"


def _compact(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def feature(place: Place) -> geojson.Feature:
    """A point with its entity's name, IRI and page."""
    known = names()
    return geojson.feature(
        {"type": "Point", "coordinates": [place.lon, place.lat]},
        place.iri,
        place.label,
        url=text.local_url(place.iri, known) or "",
        accent=text.accent(place.iri, known),
    )


def places(selection: Selection, most: int) -> tuple[list[Place], bool]:
    """The first points of a selection, and whether there are more."""
    whole = index().whole(selection).places(AT_ONCE, text.lang())
    found = list(islice((place for some in whole for place in some), most + 1))
    return found[:most], len(found) > most


def marks(found: Sequence[Place]) -> str:
    """Points as the map draws them: GeoJSON of what it shows and no more, for a phone."""
    known = names()
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [round(place.lon, 4), round(place.lat, 4)],
            },
            "properties": {
                "name": place.label,
                "url": text.local_url(place.iri, known) or "",
                "accent": text.accent(place.iri, known),
            },
        }
        for place in found
    ]
    return _compact({"type": "FeatureCollection", "features": features})


_Writer = Callable[[State, int, bool], Iterator[str]]
_WRITERS: Mapping[str, _Writer] = {"csv": _csv, "json": _json, "geojson": _geojson}

"""A selection as data: the same entities in the same order, with the columns of the table.

CSV, JSON and GeoJSON hold the whole selection, streamed so that its size is nobody's memory.
A workbook holds the first rows, and says so where there are more.
Turtle describes some entities at a time: the header Link says where the next part is, and
Essgraph-Truncated that there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from flask import Response, request, stream_with_context
from flask_babel import lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import NamedNode, Triple
from werkzeug.exceptions import ServiceUnavailable

from essgraph import describe
from essgraph.errors import NotFound
from essgraph.search import MAPPED
from essgraph.web import geojson, negotiate, paging, text, workbook
from essgraph.web.context import context, index, names, settings, store
from essgraph.web.explore import page, rows, writing
from essgraph.web.explore.state import State
from essgraph.web.replies import TRUNCATED

GEOJSON = negotiate.Format("geojson", geojson.MEDIA_TYPE)
OFFERS = (workbook.XLSX, negotiate.CSV, negotiate.PLAIN_JSON, GEOJSON, negotiate.TURTLE)

DESCRIBED = 100
"""Entities in a part of Turtle: the description of each takes queries of its own."""

PARTS_SHOWN = 5
"""Parts of a selection that the page leads to, besides the last."""

_SOON_S = 10


@dataclass(frozen=True)
class Export:
    """A format, where the selection is in it, and where its parts are if there are several.

    Shape: parts: number and address of the first ones and of the last.
    """

    format: negotiate.Format
    url: str
    parts: tuple[tuple[int, str], ...] = ()


def send(state: State, chosen: negotiate.Format, total: int, *, truncated: bool) -> Response:
    """The selection of `total` entities in a format; `truncated` if its words match more.

    Raises: NotFound for a part beyond the last, and for points of what has none;
    ServiceUnavailable while as many clients download as may; AnswerTooLarge.
    """
    if chosen is GEOJSON and state.kind not in MAPPED:
        raise NotFound(lazy_gettext("What is listed here has no places on a map."))
    size = DESCRIBED if chosen is negotiate.TURTLE else max(1, total)
    last = paging.Page(state.page, size).last(total)
    if chosen is negotiate.TURTLE:
        response = negotiate.respond(_turtle(state), chosen.media_type)
    elif chosen is workbook.XLSX:
        response = workbook.send(_workbook(state, total))
    else:
        pieces = writing.pieces(chosen.name, state, total, truncated=truncated)
        response = _streamed(pieces, chosen.media_type, whole=total <= writing.AT_ONCE)
    # The columns and labels are in the reader's language.
    response.vary.add("Accept-Language")
    name = rows.file_name(state, chosen.name)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if state.page < last:
        start = (state.page - 1) * size
        response.headers[TRUNCATED] = f"rows {start + 1}-{start + size} of {total}"
        following = _part(state, state.page + 1, chosen)
        response.headers.add("Link", f'<{request.host_url.rstrip("/")}{following}>; rel="next"')
    elif chosen is workbook.XLSX and total > workbook.MOST_ROWS:
        response.headers[TRUNCATED] = f"rows 1-{workbook.MOST_ROWS} of {total}"
    elif truncated:
        response.headers[TRUNCATED] = f"the best {total} matches of these words"
    return response


def _streamed(pieces: Iterator[str], media_type: str, *, whole: bool) -> Response:
    """The first pieces are at hand, so that a failure to read anything still is an error."""
    if whole:
        return negotiate.respond("".join(pieces), media_type)
    _begin_download()
    try:
        first = list(islice(pieces, 2))
    except BaseException:
        context().downloads.release()
        raise
    body = (piece.encode("utf-8", "replace") for piece in chain(first, pieces))
    response = negotiate.respond(stream_with_context(body), media_type)
    response.call_on_close(context().downloads.release)
    return response


def _begin_download() -> None:
    if not context().downloads.acquire(blocking=False):
        raise ServiceUnavailable(
            "as many clients download graphs as may at a time; try again soon", retry_after=_SOON_S
        )


def _turtle(state: State) -> bytes:
    """The descriptions of the entities of a part."""
    start = (state.page - 1) * DESCRIBED
    iris = index().chosen(
        state.selection, sort=state.sort, limit=DESCRIBED, offset=start, lang=text.lang()
    )
    _begin_download()
    try:
        triples = dict[Triple, None]()
        for iri in iris:
            data = describe.data(store(), NamedNode(iri), names())
            triples.update(dict.fromkeys(data.triples))
        most = settings().max_result_bytes
        return negotiate.answer_body(triples, negotiate.TURTLE, names().prefixes, most)
    finally:
        context().downloads.release()


def _workbook(state: State, total: int) -> bytes:
    _begin_download()
    try:
        return rows.written(state, total)
    finally:
        context().downloads.release()


def of_kind(kind: str) -> tuple[negotiate.Format, ...]:
    """The formats that a kind of entities is offered in."""
    return tuple(one for one in OFFERS if one is not GEOJSON or kind in MAPPED)


def links(state: State, total: int) -> Sequence[Export]:
    """The formats, and where the selection of `total` entities is in each."""
    found = []
    for one in of_kind(state.kind):
        parts: tuple[tuple[int, str], ...] = ()
        if one is negotiate.TURTLE and total > DESCRIBED:
            last = -(-total // DESCRIBED)
            numbers = sorted({*range(1, min(last, PARTS_SHOWN) + 1), last})
            parts = tuple((number, _part(state, number, one)) for number in numbers)
        found.append(Export(one, _part(state, 1, one), parts))
    return found


def _part(state: State, number: int, chosen: negotiate.Format) -> str:
    told = replace(state, page=number, view="list")
    return page.address(told, "explore.data", suffix=chosen.name)

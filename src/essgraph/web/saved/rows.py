"""The answer to a saved query as a workbook: labels that lead to their pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import Response, request
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal

from essgraph.queries import SavedQuery
from essgraph.web import answered, conditional, headings, negotiate, text, workbook
from essgraph.web.answered import Rows
from essgraph.web.operation import Operation
from essgraph.web.replies import TRUNCATED
from essgraph.web.saved import form
from essgraph.web.workbook import Entry

MOST_BYTES = 32_000_000
"""Bytes of the rows of a workbook, as they are read."""


def offer(found: Rows) -> bool:
    """Whether an answer is a table, and so may be a workbook."""
    return found.offers == negotiate.RESULTS


def workbook_of(query: SavedQuery, bound: str, sent: Mapping[str, str]) -> Response:
    """The answer to a query, bound, that was asked with these parameters.

    Raises: NothingOffered for triples; as `Endpoint.answer`.
    """
    etag = conditional.tag("workbook", bound, request.full_path, request.host_url, text.lang())
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    asked = Operation(bound)
    found = answered.rows(answered.call(), asked, workbook.MOST_ROWS, MOST_BYTES)
    told = {key: value for key, value in sent.items() if key != "lang"}
    response = workbook.send(_written(query, found, form.address(query, told)))
    if found.truncated:
        response.headers[TRUNCATED] = found.truncated
    return conditional.keep(response, etag)


def _written(query: SavedQuery, found: Rows, address: str) -> bytes:
    if not offer(found):
        raise negotiate.NothingOffered("format=xlsx", found.offers)
    about = workbook.About(
        text.translated(query.titles), request.host_url.rstrip("/") + address, _left_out(found)
    )
    if found.truth is not None:
        said = str(gettext("yes") if found.truth else gettext("no"))
        return workbook.made([text.translated(query.titles)], [[Entry(said)]], about)
    grid = text.labels_joined(answered.grid(found, 0, workbook.MOST_ROWS))
    called = [headings.heading(column) for column in grid.columns]
    return workbook.made(called, _entries(found, grid), about)


def _entries(found: Rows, grid: text.Grid) -> Iterator[list[Entry]]:
    """Names and links as the page has them, numbers and dates as the answer has them."""
    places = [found.columns.index(column) for column in grid.columns]
    for cells, terms in zip(grid.rows, found.rows, strict=False):
        yield [_entry(cell, terms[at]) for cell, at in zip(cells, places, strict=True)]


def _entry(cell: text.Cell, term: object) -> Entry:
    if isinstance(term, Literal):
        return Entry(term.value, term.datatype.value)
    url = cell.href or ""
    return Entry(cell.text, url=request.host_url.rstrip("/") + url if url[:1] == "/" else url)


def _left_out(found: Rows) -> str:
    if not found.truncated:
        return ""
    amount = text.number(len(found.rows))
    return str(
        gettext("This workbook has the first %(count)s rows; the CSV has all.", count=amount)
    )

"""A selection as a workbook: the columns of the table, names that lead to their pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from flask import request
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types

from essgraph.describe import labels
from essgraph.web import text, workbook
from essgraph.web.context import names, store
from essgraph.web.explore import columns, page, writing
from essgraph.web.explore.columns import Column, Line, Value
from essgraph.web.explore.state import State
from essgraph.web.workbook import Entry


def written(state: State, total: int) -> bytes:
    """The first `workbook.MOST_ROWS` of a selection of `total` entities.

    Raises: StoreUnavailable.
    """
    told = columns.columns(state.kind)
    headings = [
        columns.heading_of_name(),
        *(column.heading for column in told),
        columns.heading_of_iri(),
    ]
    left_out = ""
    if total > workbook.MOST_ROWS:
        left_out = gettext(
            "This workbook has the first %(most)s of %(count)s; the CSV has all of them.",
            most=text.number(workbook.MOST_ROWS),
            count=text.number(total),
        )
    address = request.host_url.rstrip("/") + page.address(state)
    about = workbook.About(title(state), address, str(left_out))
    lines = (line for some in writing.lines(state, told) for line in some)
    rows = (_row(line, told) for line in islice(lines, workbook.MOST_ROWS))
    return workbook.made(headings, rows, about)


def title(state: State) -> str:
    """A selection in words: kind, what is chosen, words, years."""
    return " · ".join(parts(state))


def file_name(state: State, suffix: str) -> str:
    """What a file of a selection is called."""
    return workbook.file_name(suffix, *parts(state))


def parts(state: State) -> Iterator[str]:
    """The kind, and each condition of a selection by its name."""
    yield str(page.KIND_NAMES[state.kind])
    iris = [iri for some in state.chosen.values() for iri in some]
    if iris:
        lexicon = labels.look_up(store(), names(), iris, text.lang())
        yield from (lexicon.label(iri).value for iri in iris)
    if state.text:
        yield state.text
    if state.since is not None or state.until is not None:
        yield page.period(state)


def _row(line: Line, told: list[Column]) -> list[Entry]:
    values = [_entry(line.of(column)) for column in told]
    name = Entry(line.label, url=_url(line.iri))
    return [name, *values, Entry(line.iri)]


def _entry(values: list[Value]) -> Entry:
    """One value as what it is; several as a text."""
    if len(values) == 1:
        (value,) = values
        return Entry(value.text, value.datatype, _url(value.iri) if value.iri else "")
    return Entry(writing.SEPARATOR.join(value.text for value in values))


def _url(iri: str) -> str:
    found = text.href(iri, names()) or ""
    return request.host_url.rstrip("/") + found if found.startswith("/") else found

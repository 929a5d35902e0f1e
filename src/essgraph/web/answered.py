"""Answers of the endpoint as Flask sends them, and as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request
from pyoxigraph import QueryBoolean, QueryResultsFormat, RdfFormat, parse, parse_query_results

from essgraph.store.base import Term
from essgraph.store.cutting import Caps
from essgraph.web import negotiate, text, wire
from essgraph.web.call import Call, never
from essgraph.web.context import context, opened, wait
from essgraph.web.operation import Operation
from essgraph.web.replies import Reply
from essgraph.web.text import Grid

ROWS_SHOWN = 1000
"""Rows of the HTML table; it says so when there are more."""

BYTES_SHOWN = 4_000_000
"""Bytes of those rows: a page is made in memory."""

_TRIPLE = ("subject", "predicate", "object")


def call() -> Call:
    """This request, as the endpoint reads it."""
    sent: Mapping[str, str] = {name.lower(): value for name, value in request.headers.items()}
    gone = request.environ.get("asgi.scope", {}).get(wire.GONE, never)
    return Call(
        request.method,
        request.query_string,
        sent,
        request.get_data(),
        path=request.path,
        gone=gone,
    )


def send(called: Call, asked: Operation) -> Response:
    """The answer to a query, in the format that is asked for. Raises: as `Endpoint.answer`."""
    reply: Reply = wait(context().endpoint.answer(called, asked, opened()))
    if reply.file is None:
        response = Response(reply.body, reply.status)
    else:
        response = Response(reply.file, reply.status, direct_passthrough=True)
        response.content_length = reply.size
    del response.headers["Content-Type"]
    for name, value in reply.headers:
        response.headers[name.decode()] = value.decode("latin-1")
    return response


@dataclass(frozen=True)
class Rows:
    """The first rows of an answer as terms; `truth` is that of an ASK.

    Shape: truncated: which cap cut them, "" for all; offers: the formats the whole may be had in.
    """

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Term | None]]
    truth: bool | None
    truncated: str
    offers: tuple[negotiate.Format, ...]


def rows(
    called: Call, asked: Operation, most: int = ROWS_SHOWN, most_bytes: int = BYTES_SHOWN
) -> Rows:
    """The first rows of an answer, kept for whoever asks the same. Raises: as `Endpoint.answer`."""
    caps = Caps(most, most_bytes)
    answered = wait(context().endpoint.rows(called, asked, opened(), caps))
    with answered.file as file:
        body = file.read()
    if answered.media_type != negotiate.JSON.media_type:
        triples = [quad.triple for quad in parse(body, RdfFormat.N_TRIPLES)]
        graph = [(triple.subject, triple.predicate, triple.object) for triple in triples]
        return Rows(_TRIPLE, graph, None, answered.truncated, negotiate.GRAPHS)
    found = parse_query_results(body, QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        return Rows((), [], bool(found), "", negotiate.RESULTS)
    columns = tuple(variable.value for variable in found.variables)
    table = [tuple(row[name] for name in columns) for row in found]
    return Rows(columns, table, None, answered.truncated, negotiate.RESULTS)


def show(called: Call, asked: Operation) -> tuple[Grid, tuple[negotiate.Format, ...]]:
    """The first rows of an answer, and the formats it may be had in.

    Raises: as `Endpoint.answer`.
    """
    found = rows(called, asked)
    return grid(found), found.offers


def grid(found: Rows, first: int = 0, size: int = ROWS_SHOWN) -> Grid:
    """Some rows as a page shows them."""
    shown = found.rows[first : first + size]
    cells = tuple(tuple(map(text.cell, row)) for row in shown)
    return Grid(found.columns, cells, bool(found.truncated), found.truth)

"""Answers of the endpoint as Flask sends them, and as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Response, request
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from essgraph.store.base import Answer
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


def show(called: Call, asked: Operation) -> tuple[Grid, tuple[negotiate.Format, ...]]:
    """The first rows of an answer, and the formats it may be had in.

    Raises: as `Endpoint.answer`.
    """
    caps = Caps(ROWS_SHOWN, BYTES_SHOWN)
    answered = wait(context().endpoint.rows(called, asked, opened(), caps))
    offers = negotiate.GRAPHS
    with answered.file as file:
        if answered.media_type == negotiate.JSON.media_type:
            offers = negotiate.RESULTS
            found: Answer = parse_query_results(file.read(), QueryResultsFormat.JSON)
        else:
            found = (quad.triple for quad in parse(file.read(), RdfFormat.N_TRIPLES))
        grid = text.grid(found, ROWS_SHOWN)
    return replace(grid, more=bool(answered.truncated)), offers

"""The SPARQL endpoint, and its form for browsers.

Source: SPARQL 1.1 Protocol (W3C Recommendation, 21 March 2013), sections 2.1 and 2.2.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import NamedNode
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from essgraph import syntax
from essgraph.errors import QueryError
from essgraph.store.base import Answer
from essgraph.web import negotiate, text
from essgraph.web.context import context, names, settings, store

bp = Blueprint("sparql", __name__)

ROWS_SHOWN = 1000
"""Rows of the HTML table; it says so when there are more."""

LONGEST_ADDRESS = 8000
"""Characters of an address that may be counted on (RFC 9110, 4.1); the server reads 8,190."""

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Operation:
    """A query operation of the protocol, as it was sent."""

    query: str | None
    default_graphs: tuple[NamedNode, ...]
    named_graphs: tuple[NamedNode, ...]
    formats: tuple[str, ...]

    def address(self) -> str | None:
        """Where a browser finds this page again; None if no address is long enough for it."""
        sent: dict[str, Any] = {
            "query": self.query,
            "default-graph-uri": [graph.value for graph in self.default_graphs],
            "named-graph-uri": [graph.value for graph in self.named_graphs],
        }
        found = url_for("sparql.endpoint", **sent)
        return found if len(found) <= LONGEST_ADDRESS else None

    def answer(self) -> Answer:
        """The answer, evaluated as far as its first row at most.

        Raises: QueryError.
        """
        if self.query is None:
            raise QueryError("the parameter `query` is missing")
        syntax.guard(self.query)
        return store().query(
            self.query,
            default_graphs=self.default_graphs or None,
            named_graphs=self.named_graphs or None,
        )


@bp.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer a query by GET or POST; browsers without one get the form."""
    operation = _operation()
    if negotiate.wants_html(request, asked=operation.formats):
        return _page(operation)
    started = time.perf_counter()
    body, chosen, media_type = _written(operation)
    _report(operation.query or "", started, f"format={chosen.name} bytes={len(body)}")
    return negotiate.respond(body, media_type)


def _written(operation: Operation) -> tuple[bytes, negotiate.Format, str]:
    answer = operation.answer()
    chosen, media_type = negotiate.choose(request, negotiate.offers(answer), operation.formats)
    limit = settings().max_result_bytes
    return negotiate.answer_body(answer, chosen, names().prefixes, limit), chosen, media_type


def _page(operation: Operation) -> Response:
    grid, error, status = None, None, 200
    if operation.query is not None and operation.query.strip():
        started = time.perf_counter()
        try:
            grid = text.grid(operation.answer(), ROWS_SHOWN)
            _report(operation.query, started, f"format=html rows={len(grid.rows)}")
        except QueryError as problem:  # the visitor mends the query where it was typed
            error, status = str(problem), problem.status
    page = render_template(
        "sparql.html",
        query=operation.query or "",
        permalink=operation.address() if operation.query else None,
        rows=min(max((operation.query or "").count("\n") + 2, 8), 24) if operation.query else 14,
        prefixes=names().prefixes,
        grid=grid,
        error=error,
        examples=list(context().queries.values()),
    )
    response = Response(page, status, mimetype="text/html")
    response.vary.add("Accept")
    return response


def _operation() -> Operation:
    """What this request asks, by whichever of the three ways.

    Raises: QueryError (missing, repeated or malformed parameters), UnsupportedMediaType.
    """
    sent: MultiDict[str, str] = request.args
    query = _once(sent, "query")
    if request.method == "POST":
        if request.mimetype == _FORM:
            sent = request.form
            query = _once(sent, "query")
        elif request.mimetype == _QUERY:
            if query is not None:
                raise QueryError("the query is given in the body and in the address")
            query = _decoded(request.get_data())
        else:
            raise UnsupportedMediaType(
                f"{request.mimetype or 'no content type'} is not read here; "
                f"what is: {_FORM}, {_QUERY}"
            )
    if "update" in sent:
        raise QueryError("this endpoint answers queries; it does not take updates")
    return Operation(
        query=query,
        default_graphs=_graphs(sent, "default-graph-uri"),
        named_graphs=_graphs(sent, "named-graph-uri"),
        formats=tuple(sent.getlist("format") or request.args.getlist("format")),
    )


def _once(sent: MultiDict[str, str], name: str) -> str | None:
    values: Sequence[str] = sent.getlist(name)
    if len(values) > 1:
        raise QueryError(f"the parameter `{name}` is given {len(values)} times")
    return values[0] if values else None


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"the query is not UTF-8: byte {error.start + 1}") from error


def _graphs(sent: MultiDict[str, str], name: str) -> tuple[NamedNode, ...]:
    try:
        return tuple(NamedNode(value) for value in sent.getlist(name))
    except ValueError as error:
        raise QueryError(f"{name}: {error}") from error


def _report(query: str, started: float, what: str) -> None:
    digest = sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    elapsed_ms = (time.perf_counter() - started) * 1000
    _log.info("query hash=%s ms=%.1f %s", digest, elapsed_ms, what)

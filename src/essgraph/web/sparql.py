"""The SPARQL endpoint, its description for machines, and its form for browsers.

Source: SPARQL 1.1 Protocol, and SPARQL 1.1 Service Description, section 2 (W3C
Recommendations, 21 March 2013).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import NamedNode
from werkzeug.exceptions import ServiceUnavailable

from essgraph.errors import QueryError
from essgraph.store.base import truth
from essgraph.vocab import LAYERS
from essgraph.web import conditional, negotiate, operation, service, text
from essgraph.web.context import context, names, opened, settings, store
from essgraph.web.operation import Operation

bp = Blueprint("sparql", __name__)

ROWS_SHOWN = 1000
"""Rows of the HTML table; it says so when there are more."""

_PATIENCE_S = 1.0
_SOON_S = 10

_log = logging.getLogger(__name__)


@bp.route("/sparql", methods=["GET", "POST", "QUERY"])
def endpoint() -> Response:
    """Answer a query; without one, browsers get the form and programs the description."""
    asked = operation.read()
    if negotiate.wants_html(request, asked=asked.formats):
        return _page(asked)
    if asked.asks_for_description:
        return _description(asked.formats)
    etag = _tag(asked)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    started = time.perf_counter()
    with _slot():
        body, chosen, media_type = _written(asked)
    _report(asked.query or "", started, f"format={chosen.name} bytes={len(body)}")
    return conditional.keep(negotiate.respond(body, media_type), etag)


@bp.after_request
def tell_bodies(response: Response) -> Response:
    """The answer with the media types that QUERY may send here."""
    response.headers["Accept-Query"] = ", ".join(operation.BODIES)
    return response


def _tag(asked: Operation) -> str | None:
    """The tag of an answer not yet computed; None for one that nobody may keep."""
    if request.method == "POST" or not asked.repeatable:
        return None
    # A table or a graph, whichever it will be: both formats are known before.
    formats = (
        _media_type(negotiate.RESULTS, asked.formats),
        _media_type(negotiate.GRAPHS, asked.formats),
    )
    return conditional.tag("query", asked.query or "", *asked.dataset, formats)


def _media_type(offers: Sequence[negotiate.Format], formats: Sequence[str]) -> str:
    try:
        return negotiate.choose(request, offers, formats)[1]
    except negotiate.NothingOffered:
        return ""


def _description(formats: Sequence[str]) -> Response:
    chosen, media_type = negotiate.choose(request, negotiate.GRAPHS, formats)
    etag = conditional.tag("service", request.base_url, media_type)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    if not request.host:  # RFC 9112, 3.2
        raise QueryError("the header Host is malformed")
    here = NamedNode(request.base_url)
    counts = opened().release.manifest.get("graphs", {})
    layers = {layer: counts.get(layer) for layer in LAYERS if _holds(names().graph(layer))}
    void = url_for("graphs.void", _external=True, lang=None)
    found = service.triples(here, void, names(), layers, geo=not settings().store_url)
    prefixes = names().prefixes | {"sd": service.SD}
    body = negotiate.answer_body(found, chosen, prefixes, settings().max_result_bytes)
    response = conditional.keep(negotiate.respond(body, media_type), etag)
    response.headers.add("Link", f'<{void}>; rel="describedby"')
    return response


def _holds(graph: NamedNode) -> bool:
    return truth(store().query("ASK { ?s ?p ?o }", default_graphs=[graph]))


@contextmanager
def _slot() -> Iterator[None]:
    """A place among the queries that run at a time, so that the pages keep a thread.

    Raises: ServiceUnavailable when none gets free in a moment.
    """
    slots = context().visitors_queries
    if not slots.acquire(timeout=_PATIENCE_S):
        raise ServiceUnavailable(
            "as many queries run as may at a time; try again soon", retry_after=_SOON_S
        )
    try:
        yield
    finally:
        slots.release()


def _written(asked: Operation) -> tuple[bytes, negotiate.Format, str]:
    answer = asked.answer()
    chosen, media_type = negotiate.choose(request, negotiate.offers(answer), asked.formats)
    limit = settings().max_result_bytes
    return negotiate.answer_body(answer, chosen, names().prefixes, limit), chosen, media_type


def _page(asked: Operation) -> Response:
    grid, error, status = None, None, 200
    if asked.query is not None and asked.query.strip():
        started = time.perf_counter()
        try:
            with _slot():
                grid = text.grid(asked.answer(), ROWS_SHOWN)
            _report(asked.query, started, f"format=html rows={len(grid.rows)}")
        except QueryError as problem:  # the visitor mends the query where it was typed
            error, status = str(problem), problem.status
    page = render_template(
        "sparql.html",
        query=asked.query or "",
        permalink=asked.address() if asked.query else None,
        rows=min(max((asked.query or "").count("\n") + 2, 8), 24) if asked.query else 14,
        prefixes=names().prefixes,
        grid=grid,
        error=error,
        examples=list(context().queries.values()),
    )
    response = Response(page, status, mimetype="text/html")
    response.vary.add("Accept")
    return response


def _report(query: str, started: float, what: str) -> None:
    digest = sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    elapsed_ms = (time.perf_counter() - started) * 1000
    _log.info("query hash=%s ms=%.1f %s", digest, elapsed_ms, what)

"""The SPARQL endpoint, its description for machines, and its form for browsers.

Source: SPARQL 1.1 Protocol, and SPARQL 1.1 Service Description, section 2 (W3C
Recommendations, 21 March 2013).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import NamedNode

from essgraph.errors import QueryCancelled, QueryError, QueryTimeout, TooManyQueries
from essgraph.vocab import LAYERS
from essgraph.web import (
    answered,
    conditional,
    editor,
    negotiate,
    operation,
    saying,
    service,
    text,
    writing,
)
from essgraph.web.call import Call
from essgraph.web.context import context, holds, names, opened, settings, wait
from essgraph.web.operation import Operation

bp = Blueprint("sparql", __name__)

LONGEST_ADDRESS = 8_000
"""Characters of an address that may be counted on everywhere (RFC 9110, 4.1)."""


@bp.route("/sparql", methods=["GET", "POST", "QUERY"])
def endpoint() -> Response:
    """Answer a query; without one, browsers get the form and programs the description."""
    if request.mimetype == operation.UPDATE:  # it may carry data
        request.max_content_length = settings().max_body_bytes
    call = answered.call()
    asked = operation.read(call)
    if asked.update is not None:
        return writing.update(asked)
    if asked.explain is not None:
        return _explanation(call, asked)
    if negotiate.prefers_html(call.accept, asked.formats):
        return _page(call, asked)
    if asked.asks_for_description:
        return _description(asked.formats)
    return answered.send(call, asked)


@bp.after_request
def tell_bodies(response: Response) -> Response:
    """The answer with the media types that QUERY may send here."""
    response.headers["Accept-Query"] = ", ".join(operation.BODIES)
    return response


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
    layers = {layer: counts.get(layer) for layer in LAYERS if holds(layer)}
    void = url_for("graphs.void", _external=True, lang=None)
    found = service.triples(here, void, names(), layers, embedded=not settings().store_url)
    prefixes = names().prefixes | {"sd": service.SD}
    body = negotiate.answer_body(found, chosen, prefixes, settings().max_result_bytes)
    response = conditional.keep(negotiate.respond(body, media_type), etag)
    response.headers.add("Link", f'<{void}>; rel="describedby"')
    return response


def _page(call: Call, asked: Operation, explanation: Sequence[str] = ()) -> Response:
    grid, status = None, 200
    error: Exception | None = None
    if asked.query is not None and asked.query.strip():
        try:
            grid, _ = answered.show(call, asked)
        # The visitor mends the query where it was typed, or runs it again.
        except (QueryError, QueryTimeout, TooManyQueries, QueryCancelled) as problem:
            error, status = problem, problem.status
    page = render_template(
        "sparql.html",
        query=asked.query or "",
        permalink=_address(asked) if asked.query else None,
        editor=editor.page(asked.query),
        prefixes=names().prefixes,
        grid=grid,
        explanation=explanation,
        error=saying.page(error) if error is not None else None,
    )
    response = Response(page, status, mimetype="text/html")
    response.vary.add("Accept")
    return response


def _explanation(call: Call, asked: Operation) -> Response:
    if asked.explain != "empty":
        raise QueryError(f"explain={(asked.explain or '')[:40]!r}: what can be explained is: empty")
    body = wait(context().endpoint.explain(call, asked, opened()))
    if not negotiate.prefers_html(call.accept, asked.formats):
        return negotiate.respond(body, negotiate.PLAIN_JSON.media_type)
    return _page(call, replace(asked, explain=None), json.loads(body)["sentences"][text.lang()])


def _address(asked: Operation) -> str | None:
    """Where a browser finds this page again; None if no address is long enough for it."""
    sent: dict[str, str | list[str] | None] = {
        "query": asked.query,
        "default-graph-uri": list(asked.default_graphs),
        "named-graph-uri": list(asked.named_graphs),
    }
    found = url_for("sparql.endpoint", **sent)  # type: ignore[arg-type]  # Flask takes lists
    return found if len(found) <= LONGEST_ADDRESS else None

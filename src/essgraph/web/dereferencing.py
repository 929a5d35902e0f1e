"""What the pages of all resources share: their RDF, what points at them, their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, render_template, request, url_for
from pyoxigraph import Literal, NamedNode

from essgraph import describe, queries
from essgraph.errors import NotFound, QueryError
from essgraph.web import negotiate, paging, text
from essgraph.web.context import names, settings, store
from essgraph.web.replies import TRUNCATED


def data(iri: NamedNode, asked: Sequence[str] | None = None) -> Response:
    """The RDF of a resource, by Accept or by the format asked for. Raises: NotFound."""
    chosen, media_type = negotiate.choose(request, negotiate.GRAPHS, asked)
    found = describe.data(store(), iri, names())
    if not found.triples:
        raise NotFound(f"{iri.value} is not in the graph")
    limit = settings().max_result_bytes
    body = negotiate.answer_body(found.triples, chosen, names().prefixes, limit)
    response = negotiate.respond(body, media_type)
    response.headers.add("Link", f'<{iri.value}>; rel="describes"')
    if found.truncated:  # never a silent cut
        response.headers[TRUNCATED] = "not all the triples that point here are given"
    return response


def incoming(iri: NamedNode) -> Response:
    """One page of what points at a resource by `?incoming=` or `?property=`.

    Raises: QueryError for what is no IRI; NotFound if nothing points here by it.
    """
    name = "incoming" if "incoming" in request.args else "property"
    written = request.args.get(name, "")
    wanted = predicate(name, written)
    page = paging.asked(settings().page_size)
    found = describe.incoming(
        store(), iri, wanted, names(), text.lang(), limit=page.size, offset=page.offset
    )
    if not found.total:
        raise NotFound(f"nothing points at {iri.value} by {written[:200]}")
    html = render_template(
        "incoming.html",
        iri=iri.value,
        label=found.label,
        property=found.property.label,
        items=list(map(text.linked, found.links)),
        total=found.total,
        whole=None if found.exact else url_for("sparql.endpoint", query=_whole(iri, wanted)),
        rows_query=_whole(iri, wanted),
        page=page.number,
        last=page.last(found.total),
        address=paging.address,
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def predicate(name: str, written: str) -> NamedNode:
    """The property that a parameter names, in full or by a prefix.

    Raises: QueryError, naming the parameter and its value.
    """
    try:
        return NamedNode(_expanded(written))
    except ValueError as error:
        raise QueryError(f"{name} = {written[:200]!r} is not an IRI") from error


def incoming_url(property_iri: str) -> str:
    """The address of `incoming`, of the resource that this request is about."""
    compact = names().compact(property_iri)
    if request.endpoint == "entity.page":
        return url_for("entity.incoming", **(request.view_args or {}), property=compact)
    return url_for(str(request.endpoint), **here(), incoming=compact)


def formats_here() -> list[tuple[negotiate.Format, str]]:
    """Each format of RDF with its address, of the resource that this request is about."""
    return [
        (offer, url_for(str(request.endpoint), **here(), format=offer.name))
        for offer in negotiate.GRAPHS
    ]


def here() -> dict[str, Any]:
    """What names the resource of this page: the parts of its path, or `?term=`."""
    term = {"term": request.args["term"]} if "term" in request.args else {}
    return {**(request.view_args or {}), **term}


def _whole(iri: NamedNode, predicate: NamedNode) -> str:
    """The query for all that points at an entity, where a page does not list it."""
    every = Literal(settings().max_result_rows)
    saved = queries.app("incoming-subjects", names())
    return saved.bind(entity=iri, property=predicate, limit=every)


def _expanded(written: str) -> str:
    prefix, _, local = written.partition(":")
    namespace = names().prefixes.get(prefix)
    return namespace + local if namespace else written

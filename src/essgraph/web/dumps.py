"""A whole graph as an answer: streamed in slices, so that its size is nobody's memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from flask import Response, request, url_for
from pyoxigraph import BlankNode, NamedNode, QuerySolutions, RdfFormat, Triple, serialize
from werkzeug.exceptions import ServiceUnavailable

from essgraph.errors import AnswerTooLarge, NotFound, StoreUnavailable
from essgraph.store.base import Answer, reading
from essgraph.web import conditional, negotiate
from essgraph.web.context import context, names, opened, settings
from essgraph.web.current import Opened

SLICE = 5_000
"""Triples written at a time: about 700 kB of N-Triples."""

_SOON_S = 10
_ALL = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
_SLICED = (RdfFormat.TURTLE, RdfFormat.N_TRIPLES)
"""Formats in which documents that follow each other are one document."""


def send(graph: NamedNode | None) -> Response:
    """The triples of a named graph, or of the default graph, in the format asked for.

    Turtle and N-Triples are streamed, whatever their size; the others are held in memory.
    Raises: NotFound for a graph without triples; NothingOffered; AnswerTooLarge, NotWritable;
    ServiceUnavailable while as many clients download as may.
    """
    chosen, media_type = negotiate.choose(request, negotiate.GRAPHS)
    if graph is None:
        etag = conditional.tag("graph", "", media_type)
    else:
        etag = conditional.graph_tag(graph, media_type)
    known = conditional.unchanged(etag, weak=False)
    if known is not None:
        return known
    current = opened()
    triples = _triples(current, graph)
    with reading():
        first = list(islice(triples, SLICE))
    if not first and graph is not None:
        raise NotFound(f"{graph.value} is not a graph of this store")
    if chosen.graph in _SLICED:
        response = _streamed(first, triples, chosen.graph, media_type)
    else:
        response = negotiate.respond(_whole(chain(first, triples), chosen), media_type)
    response.headers.add("Link", f'<{url_for("graphs.void", lang=None)}>; rel="describedby"')
    return conditional.keep(response, etag, weak=False)


def _triples(current: Opened, graph: NamedNode | None) -> Iterator[Triple]:
    """Each triple once a graph that holds it, as it is read; keeps the release open meanwhile.

    By SELECT, since the engine remembers every triple that a CONSTRUCT has given.
    """
    found: Answer = current.store.query(_ALL, default_graphs=[graph] if graph else None)
    if not isinstance(found, QuerySolutions):
        raise StoreUnavailable("the store answered a SELECT with something else")
    for subject, predicate, object_ in found:
        if isinstance(subject, NamedNode | BlankNode) and isinstance(predicate, NamedNode):
            yield Triple(subject, predicate, object_)


def _streamed(
    first: list[Triple], rest: Iterator[Triple], format: RdfFormat, media_type: str
) -> Response:
    """The first slice is at hand, so that a failure to read anything still is an error."""
    body = _slices(first, rest, format, names().prefixes)
    if len(first) < SLICE:
        return negotiate.respond(b"".join(body), media_type)
    downloads = context().downloads
    if not downloads.acquire(blocking=False):
        raise ServiceUnavailable(
            "as many clients download graphs as may at a time; try again soon", retry_after=_SOON_S
        )
    response = negotiate.respond(body, media_type)
    response.call_on_close(downloads.release)
    return response


def _slices(
    first: list[Triple], rest: Iterator[Triple], format: RdfFormat, prefixes: dict[str, str]
) -> Iterator[bytes]:
    part = first
    while part:
        yield serialize(part, format=format, prefixes=prefixes) or b""
        part = list(islice(rest, SLICE))


def _whole(triples: Iterable[Triple], chosen: negotiate.Format) -> bytes:
    limit = settings().max_result_bytes
    try:
        return negotiate.answer_body(triples, chosen, names().prefixes, limit)
    except AnswerTooLarge as error:
        raise AnswerTooLarge(
            f"this graph takes more than {limit} bytes as {chosen.media_type}, the most that is "
            "held in memory here (max_result_bytes); as text/turtle or application/n-triples it "
            "is sent whole"
        ) from error

"""The SPARQL 1.1 Graph Store HTTP Protocol, and VoID where crawlers look for it.

The default graph is the union of all: it is read, and never written.
Source: SPARQL 1.1 Graph Store HTTP Protocol (W3C Recommendation, 21 March 2013), 4 and 5;
Describing Linked Datasets with the VoID Vocabulary (3 March 2011), 7.2.
"""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, Response, request, url_for
from pyoxigraph import NamedNode

from essgraph.errors import GraphProtected, QueryError
from essgraph.web import bearer, conditional, dumps, negotiate, payload, writing
from essgraph.web.context import names, settings
from essgraph.writes import Action, Delete, Post, Put

bp = Blueprint("graphs", __name__)


@bp.get("/graphs")
def content() -> Response:
    """The triples of the graph named by `?graph=IRI`, or of the default graph by `?default`."""
    return dumps.send(_selected())


@bp.route("/graphs", methods=["PUT", "POST", "DELETE"])
def change() -> Response:
    """Replace, add to or delete a graph named by `?graph=IRI`; POST without one makes one."""
    agent = bearer.writer().name
    if request.method == "POST" and not {"graph", "default"} & request.args.keys():
        return _written(_fresh(), agent)
    graph = _selected()
    if graph is None:
        collection = names().graph("collection").value
        raise GraphProtected(
            "the default graph is the union of all graphs, which cannot be written: name a "
            f"graph, as by ?graph={collection}"
        )
    return _written(graph, agent)


@bp.route("/graph/<layer>", methods=["PUT", "POST", "DELETE"])
def change_layer(layer: str) -> Response:
    """Replace, add to or delete the graph at its own address."""
    return _written(names().graph(layer), bearer.writer().name)


@bp.get("/.well-known/void")
def void() -> Response:
    """What the graph holds, how much of each class and property, and where it comes from."""
    return dumps.send(names().graph("meta"))


def _written(graph: NamedNode, agent: str) -> Response:
    action = _action(graph)
    outcome = writing.do(
        action,
        agent,
        if_releases=conditional.expected(graph),
        if_absent=conditional.expected_absent(graph),
    )
    created = graph.value in outcome.created and not isinstance(action, Delete)
    response = writing.answer(outcome, 201 if created else 200)
    since = outcome.release_id if outcome.changed else None
    tag = conditional.graph_tag(graph, negotiate.TURTLE.media_type, since)
    # Not for PUT, whose document is not kept as it was sent: RFC 9110, 9.3.4.
    if isinstance(action, Post) and tag is not None:
        response.set_etag(tag)
    if created:
        response.headers["Location"] = _address(graph)
    return response


def _action(graph: NamedNode) -> Action:
    if request.method == "DELETE":
        return Delete(graph.value)
    document, media_type = payload.read(graph)
    kind = Put if request.method == "PUT" else Post
    return kind(graph.value, document, media_type)


def _address(graph: NamedNode) -> str:
    layer = graph.value.removeprefix(names().graph("").value)
    if layer != graph.value and names().graph(layer) == graph:
        return url_for("entity.graph", layer=layer, lang=None)
    return url_for("graphs.content", graph=graph.value, lang=None)


def _fresh() -> NamedNode:
    """The IRI of a graph to be made. Raises: GraphProtected where no other may be written."""
    prefixes = settings().writable_graphs.split()
    if not prefixes:
        collection = names().graph("collection").value
        raise GraphProtected(
            f"no graph can be made here: name the one to add to, as by ?graph={collection}"
        )
    return NamedNode(prefixes[0] + uuid4().hex)


def _selected() -> NamedNode | None:
    """The graph asked for; None is the default graph, the union of all.

    Raises: QueryError unless exactly one is, by an absolute IRI.
    """
    asked, default = request.args.getlist("graph"), "default" in request.args
    if len(asked) + default != 1:
        raise QueryError("exactly one graph is to be named, by `?graph=IRI` or `?default`")
    if default:
        return None
    try:
        return NamedNode(asked[0])
    except ValueError as error:
        raise QueryError(f"graph = {asked[0][:200]!r} is not an absolute IRI: {error}") from error

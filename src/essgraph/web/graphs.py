"""The SPARQL 1.1 Graph Store HTTP Protocol, read side, and VoID where crawlers look for it.

Source: SPARQL 1.1 Graph Store HTTP Protocol (W3C Recommendation, 21 March 2013), 4.2 and 5.2;
Describing Linked Datasets with the VoID Vocabulary (3 March 2011), 7.2.
"""

from __future__ import annotations

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from essgraph.errors import QueryError
from essgraph.web import dumps
from essgraph.web.context import names

bp = Blueprint("graphs", __name__)


@bp.get("/graphs")
def content() -> Response:
    """The triples of the graph named by `?graph=IRI`, or of the default graph by `?default`."""
    return dumps.send(_selected())


@bp.get("/.well-known/void")
def void() -> Response:
    """What the graph holds, how much of each class and property, and where it comes from."""
    return dumps.send(names().graph("meta"))


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

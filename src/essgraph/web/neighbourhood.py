"""/network: what is around an entity, as a graph, as a table, and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import NamedNode

from essgraph import describe, vocab
from essgraph.describe import Edge, Node
from essgraph.errors import QueryError
from essgraph.web import negotiate, text
from essgraph.web.context import context, names, store

bp = Blueprint("neighbourhood", __name__)

NODES = 60
"""Nodes shown at most."""

_WAYS_ON = 12
"""Graphs of neighbours offered where a graph is cut."""

_OFFERS = (negotiate.HTML, negotiate.PLAIN_JSON)
_HOPS = ("1", "2")


@dataclass(frozen=True)
class Kind:
    """An accent of the legend, in words."""

    accent: str
    name: str
    count: int


@bp.get("/network/<kind>/<key>")
def network(kind: str, key: str) -> Response:
    """The neighbourhood of an entity, one or two links away (`?hops=`): page, or `.json`."""
    stem, dot, suffix = key.rpartition(".")
    asked = [suffix] if dot and stem and suffix == negotiate.PLAIN_JSON.name else None
    iri = names().entity(kind, stem if asked else key)
    chosen, media_type = negotiate.choose(request, _OFFERS, asked)
    hops = _hops()
    found = describe.neighbourhood(
        store(), iri, names(), text.lang(), context().profiles, hops, NODES
    )
    if chosen is negotiate.PLAIN_JSON:
        response = jsonify(_as_json(iri, hops, found))
        response.vary.add("Accept")
        return response
    cells = {node.link.iri: _cell(node) for node in found.nodes}
    parts = {"kind": kind, "key": stem if asked else key}
    html = render_template(
        "graph.html",
        label=cells[iri.value],
        iri=iri.value,
        rows=[(cells[e.source], _told(e), e.label.lang, cells[e.target]) for e in found.edges],
        legend=_legend(found.nodes),
        left_out=[
            (
                gettext("mandates") if left.held else left.label.value,
                left.count,
                left.exact,
                _whole(left, parts),
            )
            for left in found.left_out
        ],
        more=found.more,
        crowded=_crowded(found, hops),
        total=len(found.nodes),
        hops=hops,
        address=parts,
        json=url_for("neighbourhood.network", kind=kind, key=f"{parts['key']}.json", hops=hops),
    )
    return negotiate.respond(html, media_type)


def _crowded(found: describe.Neighbourhood, hops: int) -> list[tuple[text.Cell, str]]:
    """The direct neighbours that have a graph of their own, where what they lead to is cut."""
    if not found.more:
        return []
    near = [node for node in found.nodes if node.hop == 1]
    ways = [(_cell(node), _network(node.link.iri, hops=1)) for node in near]
    return [(cell, way) for cell, way in ways if way is not None][:_WAYS_ON]


def _hops() -> int:
    written = request.args.get("hops", _HOPS[0])
    if written not in _HOPS:
        raise QueryError(f"hops = {written[:40]!r} is neither 1 nor 2")
    return int(written)


def _as_json(iri: NamedNode, hops: int, found: describe.Neighbourhood) -> dict[str, object]:
    return {
        "root": iri.value,
        "hops": hops,
        "nodes": [
            {
                "id": node.link.iri,
                "label": _name(node),
                "lang": node.link.label.lang,
                "class": node.link.class_iri,
                "classLabel": node.link.class_label.value,
                "accent": _accent(node).removeprefix("k-"),
                "hop": node.hop,
                "page": text.href(node.link.iri, names()),
                "network": _network(node.link.iri, hops),
            }
            for node in found.nodes
        ],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "label": _told(edge),
                "property": edge.property,
                "mandate": edge.mandate or None,
            }
            for edge in found.edges
        ],
        "leftOut": [
            {
                "property": left.property,
                "label": left.label.value,
                "inverse": left.inverse,
                "count": left.count,
                "exact": left.exact,
            }
            for left in found.left_out
        ],
        "more": found.more,
    }


def _name(node: Node) -> str:
    return node.link.label.value


def _cell(node: Node) -> text.Cell:
    return text.labelled(node.link.iri, _name(node), node.link.label.lang)


def _accent(node: Node) -> str:
    return text.accent(node.link.iri, names())


def _network(iri: str, hops: int) -> str | None:
    """The graph around an entity; concepts have none."""
    page = text.local_url(iri, names())
    if page is None or not iri.startswith(names().base + "id/"):
        return None
    kind, key = names().entity_parts(iri)
    return url_for("neighbourhood.network", kind=kind, key=key, hops=hops if hops > 1 else None)


def _told(edge: Edge) -> str:
    """What a link is called; of a mandate, with its years or its period."""
    start, end = edge.start[:4], edge.end[:4]
    if start and end:
        when = start if start == end else f"{start}–{end}"
    elif start:
        when = gettext("since %(year)s", year=start)
    elif end:
        when = gettext("until %(year)s", year=end)
    else:
        when = edge.during
    return f"{edge.label.value} ({when})" if when else edge.label.value


def _whole(left: describe.LeftOut, parts: dict[str, Any]) -> str:
    """Where the rest of what is left out is listed."""
    if not left.inverse:
        return url_for("entity.page", **parts)
    if left.held and left.property == vocab.ORG + "organization":
        return url_for("entity.officials", **parts)
    compact = names().compact(left.property)
    return url_for("entity.incoming", **parts, property=compact)


def _legend(nodes: tuple[Node, ...]) -> list[Kind]:
    words = {
        "k-initiative": gettext("Initiatives and policies"),
        "k-person": gettext("People"),
        "k-organisation": gettext("Organisations"),
        "k-territory": gettext("Territories and places"),
        "k-resource": gettext("Publications and other documents"),
        "k-concept": gettext("Concepts"),
    }
    found = [_accent(node) for node in nodes]
    return [
        Kind(accent, name, found.count(accent)) for accent, name in words.items() if accent in found
    ]

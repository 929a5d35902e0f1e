"""Repairs proposed for results: a SPARQL Update, where one is sure to mend what the rule found.

Only what leaves no choice: blanks around a value, the datatype that the rule asks for on the
same text, a link that the rule wants both ways. A new value must keep the rule, and every
other rule on that property that the old one kept: the engine is asked, not we. Only facts of
one graph that may be written are mended; those of a register are mended in its file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from essgraph.shacl import fast, paths
from essgraph.shacl.report import Report, Result
from essgraph.shacl.shapes import Node, Shapes, read_shapes
from essgraph.store.base import GraphStore
from essgraph.vocab import RDF, RDF_TYPE, SH, XSD, Names

BLANKS = "blanks"
DATATYPE = "datatype"
BOTH_WAYS = "both-ways"

MOST = 1_000
"""Results that repairs are looked for; a fault told more often has one cause to mend."""

_JUDGED = frozenset(
    f"{SH}{name}Constraint" + "Component"
    for name in ("Pattern", "Datatype", "Or", "In", "MinLength", "MaxLength")
)
_EQUALS = NamedNode(SH + "EqualsConstraintComponent")
_OF_VALUES = frozenset(
    NamedNode(SH + name)
    for name in (
        *("datatype", "nodeKind", "in", "languageIn", "pattern", "flags", "minLength"),
        *("maxLength", "minInclusive", "maxInclusive", "minExclusive", "maxExclusive"),
        *("and", "or", "xone", "not"),
    )
)
"""What a shape says of each value by itself."""
_TARGETS = frozenset(
    NamedNode(SH + name)
    for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
)
_STRING = NamedNode(XSD + "string")
_LANGUAGE = NamedNode(RDF + "langString")
_NODE_SHAPE = NamedNode(SH + "NodeShape")
_FORMS = {
    NamedNode(XSD + "gYear"): re.compile(r"-?[0-9]{4,}"),
    NamedNode(XSD + "gYearMonth"): re.compile(r"-?[0-9]{4,}-(0[1-9]|1[0-2])"),
}
"""Datatypes whose text no engine looks at: SHACL leaves that free outside SPARQL's datatypes."""
_CLONE = "urn:essgraph:judge:"


@dataclass(frozen=True)
class Repair:
    """What to do about a result: its kind, and the update that does it."""

    kind: str
    update: str


@dataclass(frozen=True)
class _Offer:
    """A value in place of the one at fault; the lower the rank, the smaller the change."""

    result: Result
    kind: str
    rank: int
    value: Literal


def of_release(
    report: Report, shapes_dir: Path, store: GraphStore, names: Names
) -> dict[Result, Repair]:
    """The repairs of a release's report; what people write is its collection."""
    shapes = read_shapes(shapes_dir, names)
    return propose(report.results, shapes, store, [names.graph("collection")])


def propose(
    results: Sequence[Result], shapes: Shapes, store: GraphStore, writable: Iterable[NamedNode]
) -> dict[Result, Repair]:
    """The results that a repair is known for; `writable` are the graphs that may be written."""
    graphs = frozenset(writable)
    found: dict[Result, Repair] = {}
    asked = [result for result in dict.fromkeys(results) if _is_candidate(result)][:MOST]
    offers = [offer for result in asked for offer in _offers(result, shapes)]
    kept = _judge(offers, shapes)
    for result in asked:
        own = [offer for offer in kept if offer.result is result]
        best = [offer for offer in own if offer.rank == min(o.rank for o in own)]
        if result.component == _EQUALS:
            repair = _both_ways(result, shapes, store, graphs)
        elif len(best) == 1:
            repair = _replaced(best[0], store, graphs)
        else:
            repair = None
        if repair is not None:
            found[result] = repair
    return found


def _is_candidate(result: Result) -> bool:
    if not isinstance(result.focus_node, NamedNode) or result.path is None:
        return False
    if result.component == _EQUALS:
        return isinstance(result.value, NamedNode)
    judged = result.component.value in _JUDGED and isinstance(result.value, Literal)
    return judged and result.path.predicate is not None


def _offers(result: Result, shapes: Shapes) -> Iterator[_Offer]:
    old = result.value
    if not isinstance(old, Literal) or result.component == _EQUALS:
        return
    text = old.value.strip()
    wanted = [kind for kind in _datatypes(result.source_shape, shapes) if kind != _LANGUAGE]
    if text and text != old.value:
        yield _Offer(result, BLANKS, 0, _like(old, text))
    for kind in wanted:
        if kind != old.datatype:
            for rank, said in enumerate(dict.fromkeys((old.value, text)), 1):
                if said and (kind not in _FORMS or _FORMS[kind].fullmatch(said)):
                    yield _Offer(result, DATATYPE, rank, Literal(said, datatype=kind))


def _like(old: Literal, text: str) -> Literal:
    if old.language:
        return Literal(text, language=old.language)
    return Literal(text, datatype=old.datatype)


def _datatypes(shape: Node, shapes: Shapes) -> list[NamedNode]:
    """The datatypes that a shape asks for, or allows among others."""
    nodes: list[object] = [shape]
    for head in shapes.values(shape, "or"):
        nodes += paths.items(shapes.graph, head)
    found = (kind for node in nodes for kind in shapes.values(node, "datatype"))
    return [kind for kind in found if isinstance(kind, NamedNode)]


def _judge(offers: Sequence[_Offer], shapes: Shapes) -> list[_Offer]:
    """The offers that keep the rule, and break none that the old value kept."""
    on_path: defaultdict[object, list[Node]] = defaultdict(list)
    for shape, path in shapes.about("path"):
        if not shapes.deactivated(shape):
            on_path[path].append(shape)
    asked: dict[NamedNode, tuple[Node, int, bool]] = {}
    targets: list[tuple[NamedNode, Node, Literal]] = []
    for number, offer in enumerate(offers):
        predicate = offer.result.path.predicate if offer.result.path else None
        for shape in on_path[predicate]:
            for value, new in ((offer.result.value, False), (offer.value, True)):
                if isinstance(value, Literal):
                    clone = NamedNode(f"{_CLONE}{len(asked)}")
                    asked[clone] = shape, number, new
                    targets.append((clone, shape, value))
    if not targets:
        return []
    found = fast.check(
        _on_values(shapes, targets), lambda compiled: compiled.validate_text("", format="ntriples")
    )
    broken: dict[bool, defaultdict[int, set[Node]]] = {
        new: defaultdict(set) for new in (False, True)
    }
    for result in found:
        if isinstance(result.source_shape, NamedNode) and result.source_shape in asked:
            shape, number, new = asked[result.source_shape]
            broken[new][number].add(shape)
    return [
        offer
        for number, offer in enumerate(offers)
        if broken[True][number] <= broken[False][number] - {offer.result.source_shape}
    ]


def _on_values(
    shapes: Shapes, targets: Iterable[tuple[NamedNode, Node, Literal]]
) -> Iterator[Triple]:
    """The shapes without targets, and a node shape for each value that a shape is to judge."""
    for triple in shapes.triples:
        if triple.predicate not in _TARGETS and triple.predicate != NamedNode(SH + "sparql"):
            yield triple
    for clone, shape, value in targets:
        yield Triple(clone, RDF_TYPE, _NODE_SHAPE)
        yield Triple(clone, NamedNode(SH + "targetNode"), value)
        for quad in shapes.graph.quads_for_subject(shape):
            if quad.predicate in _OF_VALUES:
                yield Triple(clone, quad.predicate, quad.object)


def _replaced(offer: _Offer, store: GraphStore, graphs: frozenset[NamedNode]) -> Repair | None:
    result, new = offer.result, offer.value
    predicate = result.path.predicate if result.path else None
    fact = f"{result.focus_node} {predicate} {result.value}"
    graph = _only_graph(fact, store, graphs)
    if graph is None:
        return None
    assertion = (
        f"?assertion <{RDF}subject> {result.focus_node} ; "
        f"<{RDF}predicate> {predicate} ; <{RDF}object> {result.value}"
    )
    update = f"""DELETE {{
  GRAPH {graph} {{ {fact} . ?assertion <{RDF}object> {result.value} }}
}}
INSERT {{
  GRAPH {graph} {{ {result.focus_node} {predicate} {new} . ?assertion <{RDF}object> {new} }}
}}
WHERE {{
  GRAPH {graph} {{
    {fact} .
    OPTIONAL {{ {assertion} }}
  }}
}}
"""
    return Repair(offer.kind, update)


def _both_ways(
    result: Result, shapes: Shapes, store: GraphStore, graphs: frozenset[NamedNode]
) -> Repair | None:
    """Both links, where a rule says that a property and its inverse are equal."""
    path = result.path
    inner = path.parts[0].predicate if path and path.operator == "^" else None
    if inner is None or shapes.values(result.source_shape, "equals") != [inner]:
        return None
    there = f"{result.focus_node} {inner} {result.value}"
    back = f"{result.value} {inner} {result.focus_node}"
    graph = _only_graph(there, store, graphs) or _only_graph(back, store, graphs)
    if graph is None:
        return None
    update = f"INSERT DATA {{\n  GRAPH {graph} {{\n    {there} .\n    {back} .\n  }}\n}}\n"
    return Repair(BOTH_WAYS, update)


def _only_graph(
    fact: str, store: GraphStore, graphs: frozenset[NamedNode]
) -> NamedNode | BlankNode | None:
    """The graph that holds a fact, if it alone does and may be written."""
    rows = store.select(f"SELECT ?graph WHERE {{ GRAPH ?graph {{ {fact} }} }}").rows
    holders = {row[0] for row in rows}
    graph = next(iter(holders), None)
    return graph if len(holders) == 1 and graph in graphs else None  # type: ignore[return-value]  # a graph's name

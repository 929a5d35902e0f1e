"""Validation after a change: what the change may have touched, and not the rest.

The answer is that of validating the whole changed graph. A result depends on its focus node,
its shape and the triples that the shape reads from there (`dependence`, `patterns`). It can
have changed only if one of these triples did; then on the way to the first changed triple
none changed, so walking back from each changed triple in the changed graph finds every focus
node concerned. These are validated again, the others keep their results. Where the way back
cannot be told, or is as much work, the whole graph is validated.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from essgraph.shacl import fast, patterns, sparql
from essgraph.shacl.data import DataGraph
from essgraph.shacl.dependence import Dependence, FocusNodes
from essgraph.shacl.reading import Reading, Untold
from essgraph.shacl.report import Result
from essgraph.shacl.shapes import Node, Shapes
from essgraph.shacl.spelling import Spellings
from essgraph.shacl.walks import Either, Step, Walk, steps
from essgraph.store.base import Term
from essgraph.vocab import RDF_TYPE, SH

MOST_TRIPLES = 200_000
"""Triples read from the store at most: beyond, the whole graph is as quick."""

_CLONE = "urn:essgraph:focus:"
_PROPERTY = NamedNode(SH + "property")
_TARGET = NamedNode(SH + "targetNode")
_TARGETS = frozenset(
    NamedNode(SH + name)
    for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
)
_APART = frozenset({NamedNode(SH + "sparql"), *_TARGETS})
"""Predicates that an engine given its focus nodes does not need."""

_log = logging.getLogger(__name__)

_Rule = tuple[Node, Node | None]
"""What results are told by: a shape, and its SHACL-SPARQL constraint if it is one's."""


@dataclass(frozen=True)
class Change:
    """The difference between two data graphs, literals spelled as in the sources.

    What is named but did not change costs time and harms nothing.
    """

    added: frozenset[Triple]
    removed: frozenset[Triple]

    @property
    def triples(self) -> frozenset[Triple]:
        """All that came or went."""
        return self.added | self.removed


def revalidate(
    change: Change, previous: Sequence[Result], shapes: Shapes, after: DataGraph
) -> list[Result]:
    """The results of the changed graph `after`: those that the fast engine would find.

    `previous` are its results before the change, for the same shapes.
    Raises: SourceError, as `FastEngine.validate`.
    """
    fast.refuse(shapes)
    try:
        return _Revalidation(change, shapes, after).results(previous)
    except Untold as reason:
        _log.info("event=revalidate scope=whole reason=%r", str(reason))
        return fast.FastEngine().validate(after, shapes)


class _Revalidation:
    """One change to one graph; everything read is read once."""

    def __init__(self, change: Change, shapes: Shapes, after: DataGraph) -> None:
        self._change = change
        self._shapes = shapes
        self._store = after.store
        self._dependence = Dependence(shapes)
        self._source = Reading(self._store, Spellings(after.sources), MOST_TRIPLES)
        self._stored = Reading(self._store, None, MOST_TRIPLES)
        self._focus = FocusNodes(shapes, self._dependence, self._stored)
        self._changed = frozenset(map(self._stored.stored, change.triples))

    def results(self, previous: Sequence[Result]) -> list[Result]:
        constraints = sparql.constraints(self._shapes)
        known: set[_Rule] = {(shape, None) for shape in self._dependence.reporting}
        known |= {(constraint.shape, constraint.node) for constraint in constraints}
        for result in previous:
            if (result.source_shape, result.source_constraint) not in known:
                raise Untold(f"a result of {result.rule}, which is none of the shapes")
        for triple in self._change.triples:
            if not isinstance(triple.subject, NamedNode) or isinstance(
                triple.object, BlankNode | Triple
            ):
                raise Untold(f"{triple} has no name in the store")
        fresh, judged = self._core()
        for constraint in constraints:
            rule = (constraint.shape, constraint.node)
            nodes = self._asked_again(constraint)
            judged[rule] = nodes
            fresh += self._ask(constraint, nodes)
        return [result for result in previous if not _is_judged(result, judged)] + fresh

    def _core(self) -> tuple[list[Result], dict[_Rule, set[Term] | None]]:
        """Results of SHACL Core, and the nodes that each shape was run on again."""
        focus = FocusNodes(self._shapes, self._dependence, self._source)
        judged: dict[_Rule, set[Term] | None] = {}
        again: dict[Node, dict[Term, int]] = {}
        extract: set[Triple] = set()
        for shape in self._dependence.reporting:
            reads = self._dependence.reads(shape)
            touched = Either((reads, self._dependence.seeks(shape)))
            nodes = _touching(self._change.triples, touched, self._source)
            judged[shape, None] = nodes
            again[shape] = focus.among(nodes, shape)
            self._source.reach(again[shape], reads, extract)
        return self._run(again, extract), judged

    def _run(self, again: dict[Node, dict[Term, int]], extract: set[Triple]) -> list[Result]:
        clones: dict[Node, Node] = {
            NamedNode(f"{_CLONE}{i}"): shape
            for i, (shape, nodes) in enumerate(again.items())
            if nodes
        }
        if not clones:
            return []
        triples = list(_on_nodes(self._shapes, clones, again))
        text = (serialize(extract, format=RdfFormat.N_TRIPLES) or b"").decode()
        found = fast.check(triples, lambda shapes: shapes.validate_text(text, format="ntriples"))
        results = []
        for result in found:
            shape = clones[result.source_shape]
            told = replace(result, source_shape=shape)
            results += [told] * again[shape][result.focus_node]
        return results

    def _asked_again(self, constraint: sparql.Constraint) -> set[Term] | None:
        """The nodes on which the query may answer otherwise than before; None for any node."""
        try:
            reads = patterns.reads(constraint.select, constraint.path)
        except Untold:
            return None
        if any(place.matches(triple) for place in reads.anywhere for triple in self._changed):
            return None
        touched = Either((reads.walk, self._dependence.seeks(constraint.shape)))
        return _touching(self._changed, touched, self._stored)

    def _ask(self, constraint: sparql.Constraint, nodes: set[Term] | None) -> list[Result]:
        if nodes is None:
            return sparql.run(constraint, self._store)
        return sparql.run(constraint, self._store, self._focus.among(nodes, constraint.shape))


def _is_judged(result: Result, judged: dict[_Rule, set[Term] | None]) -> bool:
    nodes = judged[result.source_shape, result.source_constraint]
    return nodes is None or result.focus_node in nodes


def _touching(triples: Iterable[Triple], walk: Walk, reading: Reading) -> set[Term]:
    """The nodes from which the walk leads over one of the triples."""
    by_predicate: defaultdict[NamedNode | None, list[Triple]] = defaultdict(list)
    for triple in triples:
        by_predicate[triple.predicate].append(triple)
        by_predicate[None].append(triple)
    found: set[Term] = set()
    for before, step in steps(walk):
        some = by_predicate.get(step.predicate, ())
        if some:
            found |= reading.origins({_start(triple, step) for triple in some}, before)
    return found


def _start(triple: Triple, step: Step) -> Term:
    return triple.object if step.back else triple.subject


def _on_nodes(
    shapes: Shapes, clones: dict[Node, Node], nodes: dict[Node, dict[Term, int]]
) -> Iterator[Triple]:
    """The shapes without targets, and a copy of some that judges given nodes.

    The copy tells no results of the property shapes below it; what it asks of value nodes
    (sh:node and such) is asked of the shapes themselves, so these stay whole.
    """
    for triple in shapes.triples:
        if triple.predicate not in _APART and not _is_class(triple):
            yield triple
    for clone, shape in clones.items():
        for quad in shapes.graph.quads_for_subject(shape):
            triple = Triple(clone, quad.predicate, quad.object)
            if triple.predicate not in {_PROPERTY, *_APART} and not _is_class(triple):
                yield triple
        for node in nodes[shape]:
            if isinstance(node, NamedNode | Literal):
                yield Triple(clone, _TARGET, node)
        if shapes.value(shape, "qualifiedValueShapesDisjoint") is not None:
            yield from _with_siblings(shapes, clone, shape)


def _with_siblings(shapes: Shapes, clone: Node, shape: Node) -> Iterator[Triple]:
    """The copy below copies of its shape's parents, beside the other shapes there."""
    parents = [node for node, predicate in shapes.referrers(shape) if predicate == _PROPERTY]
    for i, parent in enumerate(parents):
        copy = NamedNode(f"{clone.value}:parent:{i}")
        yield Triple(copy, RDF_TYPE, NamedNode(SH + "NodeShape"))
        yield Triple(copy, _PROPERTY, clone)
        for sibling in shapes.values(parent, "property"):
            if sibling != shape and isinstance(sibling, NamedNode | BlankNode):
                yield Triple(copy, _PROPERTY, sibling)


def _is_class(triple: Triple) -> bool:
    """A shape that is a class targets its instances."""
    kind = triple.object
    of_shacl = isinstance(kind, NamedNode) and kind.value.startswith(SH)
    return triple.predicate == RDF_TYPE and not of_shacl

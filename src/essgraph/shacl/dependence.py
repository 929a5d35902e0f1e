"""What each shape reads of a data graph, as walks from its focus nodes.

Shapes that tell results of their own are looked at one by one: those with targets, and the
property shapes below them. `reads` is all that such a shape needs to judge a focus node,
but for its sh:property shapes, which tell their own results; `seeks` is all that makes a
node one of its focus nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TypeGuard

from pyoxigraph import BlankNode, NamedNode

from essgraph.shacl import paths
from essgraph.shacl.reading import Reading, Untold
from essgraph.shacl.shapes import Node, Shapes
from essgraph.shacl.walks import (
    ANY,
    STAY,
    Either,
    Repeat,
    Sequence,
    Step,
    Walk,
    inverse,
    of_path,
    then,
)
from essgraph.store.base import Term
from essgraph.vocab import RDF_TYPE, RDFS, SH

_TYPE = Step(RDF_TYPE)
_SUBCLASS = Step(NamedNode(RDFS + "subClassOf"))
CLASSES = Sequence((_TYPE, Repeat(_SUBCLASS)))
"""From a node to the classes it is an instance of (SHACL, terminology: "SHACL instance")."""

_TO_VALUES = (
    "path datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive "
    "maxInclusive minLength maxLength pattern flags languageIn uniqueLang hasValue in "
    "qualifiedMinCount qualifiedMaxCount"
)
_TO_NOTHING = (
    "targetNode targetClass targetSubjectsOf targetObjectsOf message severity deactivated name "
    "description order group defaultValue sparql"
)
_NO_FURTHER = frozenset([*_TO_VALUES.split(), *_TO_NOTHING.split()])
"""Terms on a shape that read nothing beyond the value nodes; its queries are read elsewhere."""
_PROPERTIES = frozenset({"equals", "disjoint", "lessThan", "lessThanOrEquals"})
_LISTS = frozenset({"and", "or", "xone"})
_SHAPES = frozenset({"not", "node", "qualifiedValueShape", "property", *_LISTS})
_MORE = frozenset({"class", "closed", "ignoredProperties", "qualifiedValueShapesDisjoint"})
KNOWN = _NO_FURTHER | _PROPERTIES | _SHAPES | _MORE
"""Terms on a shape of which it is known here what they read."""


class Dependence:
    """Which shapes tell results, and what of the data each reads."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._nested: dict[Node, Walk] = {}
        self._seeks: dict[Node, Walk] = {}

    @cached_property
    def reporting(self) -> frozenset[Node]:
        """The shapes that tell results of their own."""
        waiting = [s for s in self._targeted() if not self._shapes.deactivated(s)]
        found: set[Node] = set()
        while waiting:
            shape = waiting.pop()
            if shape in found:
                continue
            found.add(shape)
            below = (node for node in self._shapes.values(shape, "property") if _is_node(node))
            waiting += [node for node in below if not self._shapes.deactivated(node)]
        return frozenset(found)

    def parents(self, shape: Node) -> list[Node]:
        """The reporting shapes that have this one as a sh:property."""
        above = self._shapes.referrers(shape)
        property_ = NamedNode(SH + "property")
        return [s for s, predicate in above if predicate == property_ and s in self.reporting]

    def path(self, shape: Node) -> Walk:
        """From a focus node to its value nodes: of a node shape, to itself."""
        node = self._shapes.value(shape, "path")
        return STAY if node is None else of_path(paths.read(self._shapes.graph, node))

    def reads(self, shape: Node) -> Walk:
        """From a focus node, over every triple that its own constraints look at.

        Raises: Untold for a construct whose reading is not known.
        """
        return self._reads(shape, within=False)

    def seeks(self, shape: Node) -> Walk:
        """From a node, over every triple that may make it a focus node of the shape."""
        if shape not in self._seeks:
            targets = self._shapes.targets(shape)
            ways: list[Walk] = [CLASSES] if targets.classes else []
            ways += [Step(predicate) for predicate in targets.subjects_of]
            ways += [Step(predicate, back=True) for predicate in targets.objects_of]
            for parent in self.parents(shape):
                ways.append(then(inverse(self.path(parent)), self.seeks(parent)))
            self._seeks[shape] = Either(tuple(ways))
        return self._seeks[shape]

    def _targeted(self) -> Iterator[Node]:
        subjects = {t.subject for t in self._shapes.triples}
        return (s for s in subjects if _is_node(s) and self._shapes.targets(s))

    def _reads(self, shape: Node, within: bool) -> Walk:
        from_values: list[Walk] = []
        from_focus: list[Walk] = []
        for quad in self._shapes.graph.quads_for_subject(shape):
            name = quad.predicate.value.removeprefix(SH)
            if name == quad.predicate.value or name in _NO_FURTHER:
                continue
            if name == "class":
                from_values.append(CLASSES)
            elif name in ("closed", "ignoredProperties"):
                from_values.append(ANY)
            elif name in _PROPERTIES and isinstance(quad.object, NamedNode):
                from_focus.append(Step(quad.object))
            elif name == "property" and not within:
                continue
            elif name in _SHAPES:
                from_values += [self._judged(node) for node in self._members(name, quad.object)]
            elif name == "qualifiedValueShapesDisjoint":
                from_values += [self._judged(node) for node in self._siblings(shape)]
            else:
                raise Untold(f"{self._shapes.name(shape)}: what sh:{name} reads is not known")
        return Either((then(self.path(shape), Either(tuple(from_values))), *from_focus))

    def _judged(self, node: object) -> Walk:
        """All that a shape reads to say whether a node conforms."""
        if not _is_node(node):
            raise Untold(f"{node} is not a shape")
        if node not in self._nested:
            self._nested[node] = self._reads(node, within=True)
        return self._nested[node]

    def _members(self, name: str, value: object) -> list[object]:
        if name in _LISTS:
            return paths.items(self._shapes.graph, value)
        return [value]

    def _siblings(self, shape: Node) -> Iterator[object]:
        """The shapes that a qualified value must not conform to (SHACL section 4.7.3)."""
        for parent, predicate in self._shapes.referrers(shape):
            if predicate == NamedNode(SH + "property"):
                for sibling in self._shapes.values(parent, "property"):
                    yield from self._shapes.values(sibling, "qualifiedValueShape")


class FocusNodes:
    """How many times each node is a focus node of each shape, in one graph.

    More than once: a property shape tells its results again for each way that leads to it.
    """

    def __init__(self, shapes: Shapes, dependence: Dependence, reading: Reading) -> None:
        self._shapes = shapes
        self._dependence = dependence
        self._reading = reading
        self._times: dict[tuple[Node, Term], int] = {}
        self._below: dict[NamedNode, set[Term]] = {}

    def among(self, nodes: Iterable[Term], shape: Node) -> dict[Term, int]:
        """The focus nodes of the shape among these nodes, and how many times each is one.

        Raises: Untold.
        """
        wanted = set(nodes)
        missing = {node for node in wanted if (shape, node) not in self._times}
        if missing:
            self._count(missing, shape)
        return {n: self._times[shape, n] for n in wanted if self._times[shape, n]}

    def _count(self, nodes: set[Term], shape: Node) -> None:
        targeted = self._targeted(nodes, shape)
        self._times.update({(shape, node): int(node in targeted) for node in nodes})
        for parent in self._dependence.parents(shape):
            way = self._dependence.path(parent)
            # All at once, so that each alone finds what it needs already read.
            self.among(self._reading.origins(nodes, way), parent)
            for node in nodes:
                above = self.among(self._reading.origins([node], way), parent)
                self._times[shape, node] += sum(above.values())

    def _targeted(self, nodes: set[Term], shape: Node) -> set[Term]:
        targets = self._shapes.targets(shape)
        found: set[Term] = nodes & set(targets.nodes)
        if targets.classes:
            classes: set[Term] = set().union(*map(self._classes_below, targets.classes))
            typed = self._reading.triples(nodes, _TYPE)
            found |= {t.subject for t in typed if t.object in classes}
        for predicate in targets.subjects_of:
            found |= self._reading.having(nodes - found, Step(predicate))
        for predicate in targets.objects_of:
            found |= self._reading.having(nodes - found, Step(predicate, back=True))
        return found

    def _classes_below(self, named: NamedNode) -> set[Term]:
        if named not in self._below:
            self._below[named] = self._reading.origins([named], Repeat(_SUBCLASS))
        return self._below[named]


def _is_node(term: object) -> TypeGuard[Node]:
    return isinstance(term, NamedNode | BlankNode)

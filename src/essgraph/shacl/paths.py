"""SHACL property paths: read from a graph, written as SPARQL and as RDF.

Source: SHACL section 2.3.1, https://www.w3.org/TR/shacl/#property-paths
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Dataset, NamedNode, Triple

from essgraph.errors import SourceError
from essgraph.vocab import RDF, SH

_FIRST = NamedNode(RDF + "first")
_REST = NamedNode(RDF + "rest")
_NIL = NamedNode(RDF + "nil")
_ALTERNATIVE = NamedNode(SH + "alternativePath")
_PREFIXED = {NamedNode(SH + "inversePath"): "^"}
_POSTFIXED = {
    NamedNode(SH + "zeroOrMorePath"): "*",
    NamedNode(SH + "oneOrMorePath"): "+",
    NamedNode(SH + "zeroOrOnePath"): "?",
}
_UNARY = {**_PREFIXED, **_POSTFIXED}
OPERATORS = frozenset({_ALTERNATIVE, *_UNARY})
"""Predicates of a blank node that is a path."""

_DEPTH = 50


@dataclass(frozen=True)
class Path:
    """One property path: a predicate, or an operator over paths.

    Shape: `operator` is "" for a predicate (then `predicate` is set), else one of
    "/", "|", "^", "*", "+", "?".
    """

    operator: str = ""
    predicate: NamedNode | None = None
    parts: tuple[Path, ...] = ()

    def __str__(self) -> str:
        """The path in SPARQL syntax, every compound in brackets."""
        if self.predicate is not None:
            return str(self.predicate)
        if self.operator in ("/", "|"):
            return "(" + self.operator.join(str(part) for part in self.parts) + ")"
        inner = str(self.parts[0])
        return f"(^{inner})" if self.operator == "^" else f"({inner}{self.operator})"

    @property
    def plain(self) -> str:
        """The bare IRI of a predicate, else the SPARQL text."""
        return self.predicate.value if self.predicate is not None else str(self)

    def describe(self, triples: list[Triple]) -> NamedNode | BlankNode:
        """The node that stands for this path in a report; adds what defines it to `triples`."""
        if self.predicate is not None:
            return self.predicate
        nodes = [part.describe(triples) for part in self.parts]
        if self.operator == "/":
            return _write_list(nodes, triples)
        here = BlankNode()
        if self.operator == "|":
            triples.append(Triple(here, _ALTERNATIVE, _write_list(nodes, triples)))
            return here
        predicate = next(term for term, sign in _UNARY.items() if sign == self.operator)
        triples.append(Triple(here, predicate, nodes[0]))
        return here


def read(graph: Dataset, node: object, depth: int = 0) -> Path:
    """The path that a `sh:path` or `sh:resultPath` value stands for.

    Raises: SourceError for a node that is no well-formed path.
    """
    if isinstance(node, NamedNode) and node != _NIL:
        return Path(predicate=node)
    if not isinstance(node, BlankNode) or depth > _DEPTH:
        raise SourceError(f"{node} is not a property path (SHACL section 2.3.1)")
    if value(graph, node, _FIRST) is not None:
        return _several("/", graph, node, depth)
    alternatives = value(graph, node, _ALTERNATIVE)
    if alternatives is not None:
        return _several("|", graph, alternatives, depth)
    for predicate, sign in _UNARY.items():
        inner = value(graph, node, predicate)
        if inner is not None:
            return Path(sign, parts=(read(graph, inner, depth + 1),))
    raise SourceError(f"{node} is not a property path (SHACL section 2.3.1)")


def _several(operator: str, graph: Dataset, head: object, depth: int) -> Path:
    parts = tuple(read(graph, item, depth + 1) for item in items(graph, head))
    if len(parts) < 2:
        raise SourceError("a sequence or alternative path needs two members at least")
    return Path(operator, parts=parts)


def value(graph: Dataset, subject: object, predicate: NamedNode) -> object | None:
    """One object of (subject, predicate), or None."""
    return next(values(graph, subject, predicate), None)


def values(graph: Dataset, subject: object, predicate: NamedNode) -> Iterator[object]:
    """The objects of (subject, predicate)."""
    if isinstance(subject, NamedNode | BlankNode):
        for quad in graph.quads_for_subject(subject):
            if quad.predicate == predicate:
                yield quad.object


def items(graph: Dataset, head: object) -> list[object]:
    """The members of an RDF list.

    Raises: SourceError for a list that is cut or runs in a circle.
    """
    members: list[object] = []
    seen = set()
    while head != _NIL:
        item = value(graph, head, _FIRST)
        if item is None or head in seen:
            raise SourceError(f"{head} is not a well-formed RDF list")
        seen.add(head)
        members.append(item)
        head = value(graph, head, _REST)
    return members


def _write_list(nodes: list[NamedNode | BlankNode], triples: list[Triple]) -> NamedNode | BlankNode:
    head: NamedNode | BlankNode = _NIL
    for node in reversed(nodes):
        cell = BlankNode()
        triples += [Triple(cell, _FIRST, node), Triple(cell, _REST, head)]
        head = cell
    return head

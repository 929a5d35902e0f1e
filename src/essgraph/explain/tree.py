"""A query as a tree of patterns, each with the text it is written in.

Every leaf of the tree is one pattern that can be dropped; `render.py` writes a query again with
some of them. Elements are compared by identity: the same pattern written twice is two patterns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from rdflib import BNode, Variable
from rdflib.plugins.sparql.parserutils import CompValue


@dataclass(frozen=True, eq=False)
class Node:
    """A term or a property path as written; `value` is what rdflib's parser read.

    `text` of a node that the query writes as `[ … ]` or `( … )` is a blank node's label.
    """

    text: str
    start: int
    value: Any
    shown: str = ""

    @cached_property
    def names(self) -> frozenset[str]:
        """Variables and labels of blank nodes."""
        return frozenset(names_in(self.value))


@dataclass(frozen=True, eq=False)
class Pattern:
    """A triple pattern, or one with a property path."""

    subject: Node
    verb: Node
    object: Node
    start: int

    @property
    def text(self) -> str:
        """The pattern on its own, as a triples block writes it."""
        return f"{self.subject.text} {self.verb.text} {self.object.text} ."

    @property
    def shown(self) -> str:
        """The pattern as a reader is shown it: on one line, a blank node of ours as `[]`."""
        nodes = (self.subject, self.verb, self.object)
        return " ".join(" ".join((node.shown or node.text).split()) for node in nodes)


@dataclass(frozen=True, eq=False)
class Filter:
    """FILTER; `value` is the parsed constraint."""

    text: str
    start: int
    value: Any


@dataclass(frozen=True, eq=False)
class Bind:
    """BIND."""

    text: str
    start: int
    value: Any
    variable: str


@dataclass(frozen=True, eq=False)
class Values:
    """VALUES, in a group or at the end of a query; `undefined` are the variables with UNDEF.

    Shape: one tuple of parsed values per row, in the order of `variables`.
    """

    text: str
    start: int
    variables: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    undefined: frozenset[str]


@dataclass(frozen=True, eq=False)
class Group:
    """A group in braces; `text` with its braces."""

    text: str
    start: int
    elements: tuple[Element, ...]


@dataclass(frozen=True, eq=False)
class Graph:
    """GRAPH and its group."""

    text: str
    start: int
    term: Node
    group: Group


@dataclass(frozen=True, eq=False)
class Optional:
    """OPTIONAL and its group."""

    text: str
    start: int
    group: Group


@dataclass(frozen=True, eq=False)
class Minus:
    """MINUS and its group."""

    text: str
    start: int
    group: Group


@dataclass(frozen=True, eq=False)
class Union:
    """Two groups or more, joined by UNION."""

    text: str
    start: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, eq=False)
class Modifiers:
    """What follows a WHERE: the parsed clauses and their texts, "" if absent."""

    group_by: str
    having: str
    order_by: str
    slice: str
    limit: int | None
    offset: int
    start: int
    values: tuple[Any, ...]

    @property
    def text(self) -> str:
        """All clauses, one a line."""
        return "\n".join(filter(None, (self.group_by, self.having, self.order_by, self.slice)))


@dataclass(frozen=True, eq=False)
class Projection:
    """The head of a SELECT: its text, and the variables it gives.

    `variables` is None for `*`; `plain` are those that the WHERE has to bind, with their place.
    """

    text: str
    variables: tuple[str, ...] | None
    plain: tuple[Node, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class SubSelect:
    """A SELECT in a group; its WHERE is `group`, with the VALUES at its end as last element."""

    text: str
    start: int
    head: Projection
    group: Group
    modifiers: Modifiers


@dataclass(frozen=True, eq=False)
class Query:
    """A whole query. `head` is None but for SELECT; `targets` are what DESCRIBE names.

    `template` are the triples of a CONSTRUCT; `graphs` and `named` the nodes after FROM.
    """

    text: str
    prologue: str
    prefixes: dict[str, str]
    base: str
    form: str
    head: Projection | None
    targets: tuple[Node, ...]
    template: tuple[Pattern, ...] | None
    dataset: str
    graphs: tuple[Node, ...]
    named: tuple[Node, ...]
    group: Group
    modifiers: Modifiers


Leaf: TypeAlias = Pattern | Filter | Bind | Values | Optional | Minus | Union | SubSelect
Element: TypeAlias = Leaf | Graph | Group


def walk(value: Any) -> Iterator[Any]:
    """Every part of a parsed value: rdflib's components, lists and terms."""
    yield value
    if isinstance(value, CompValue):
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, Element):
        yield from _inside(value)
    elif not isinstance(value, str) and hasattr(value, "__iter__"):
        for part in value:
            yield from walk(part)


def names_in(value: Any) -> Iterator[str]:
    """The variables of a parsed value, and its blank nodes' labels with `_:` before them."""
    for part in walk(value):
        if isinstance(part, Variable):
            yield str(part)
        elif isinstance(part, BNode):
            yield f"_:{part}"


def elements(group: Group) -> Iterator[Element]:
    """Every element under a group, at any depth, in reading order."""
    for element in group.elements:
        yield element
        for inner in groups(element):
            yield from elements(inner)


def groups(element: Element) -> tuple[Group, ...]:
    """The groups directly inside an element."""
    match element:
        case Graph() | Optional() | Minus() | SubSelect():
            return (element.group,)
        case Union():
            return element.groups
        case Group():
            return (element,)
        case _:
            return ()


def _inside(element: Element) -> Iterator[Any]:
    for inner in (element,) if isinstance(element, Group) else groups(element):
        yield from inner.elements

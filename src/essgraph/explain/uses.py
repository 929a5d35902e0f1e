"""The constants of a query, each with its place and its part: class, property, graph, entity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from pyoxigraph import Literal, NamedNode
from rdflib import Literal as ParsedLiteral
from rdflib import URIRef, Variable
from rdflib.plugins.sparql.parserutils import CompValue

from essgraph.explain import tree
from essgraph.vocab import RDF_TYPE

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True)
class Use:
    """An IRI of a query: as written, whole, and what it is there."""

    iri: str
    written: str
    role: str
    start: int
    subject: str = ""


@dataclass(frozen=True)
class Compared:
    """A literal that a query wants a property to have, and the name of who has it."""

    literal: Literal
    predicate: str
    start: int
    shown: str
    loose: bool
    """Whether numbers of different types are the same (a filter's `=`)."""


class Terms:
    """Reads the terms of one query, under its prefixes and base."""

    def __init__(self, query: tree.Query) -> None:
        self._query = query

    def iri(self, value: Any) -> str | None:
        """The IRI that a parsed value is, None for another term or an undeclared prefix."""
        if isinstance(value, CompValue) and value.name == "pname":
            namespace = self._query.prefixes.get(str(value.prefix or ""))
            local = "" if value.localname is None else str(value.localname)
            return None if namespace is None else self._whole(namespace + local.replace("\\", ""))
        return self._whole(str(value)) if isinstance(value, URIRef) else None

    def literal(self, value: Any) -> Literal | None:
        """The literal that a parsed value is, None for another term."""
        if isinstance(value, CompValue) and value.name == "literal":
            text = str(value.string)
            if value.lang is not None:
                return Literal(text, language=str(value.lang).lower())
            datatype = None if value.datatype is None else self.iri(value.datatype)
            return Literal(text, datatype=NamedNode(datatype)) if datatype else Literal(text)
        if isinstance(value, ParsedLiteral):
            return Literal(str(value), datatype=NamedNode(str(value.datatype or _XSD_STRING)))
        return None

    def uses(self) -> Iterator[Use]:
        """Every IRI of the patterns, those of EXISTS with their filter's place."""
        for node in (*self._query.graphs, *self._query.named):
            yield from self._use(node.value, node.text, "graph", node.start)
        for node in self._query.targets:
            yield from self._use(node.value, node.text, "entity", node.start)
        for element in tree.elements(self._query.group):
            match element:
                case tree.Pattern():
                    yield from self._of_pattern(element)
                case tree.Graph():
                    node = element.term
                    yield from self._use(node.value, node.text, "graph", node.start)
                case tree.Values():
                    for row in element.rows:
                        for value in row:
                            yield from self._use(value, "", "entity", element.start)
                case tree.Filter():
                    yield from self._of_filter(element)

    def compared(self) -> Iterator[Compared]:
        """The literals that patterns, VALUES and filters compare a property's values with."""
        patterns = [e for e in tree.elements(self._query.group) if isinstance(e, tree.Pattern)]
        predicates: dict[str, list[str]] = {}
        for pattern in patterns:
            predicate = self.iri(simple(pattern.verb.value))
            if predicate is None:
                continue
            literal = self.literal(pattern.object.value)
            if literal is not None:
                start = pattern.object.start
                yield Compared(literal, predicate, start, pattern.shown, loose=False)
            for name in pattern.object.names:
                predicates.setdefault(name, []).append(predicate)
        for element in tree.elements(self._query.group):
            for name, value in _equalities(element):
                literal = self.literal(value)
                for predicate in predicates.get(name, ()):
                    if literal is None:
                        break
                    loose = isinstance(element, tree.Filter)
                    yield Compared(literal, predicate, element.start, element.text, loose)

    def class_of(self, name: str) -> str | None:
        """The class that the query says an entity, known by a variable's name, has."""
        return self._classes.get(name)

    @cached_property
    def _classes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for element in tree.elements(self._query.group):
            if (
                isinstance(element, tree.Pattern)
                and self.iri(simple(element.verb.value)) == RDF_TYPE.value
            ):
                iri = self.iri(element.object.value)
                for name in element.subject.names if iri else ():
                    found.setdefault(name, str(iri))
        return found

    def _of_pattern(self, pattern: tree.Pattern) -> Iterator[Use]:
        subject, verb, object_ = pattern.subject, pattern.verb, pattern.object
        name = next(iter(subject.names), "")
        yield from self._use(subject.value, subject.text, "entity", subject.start)
        for part in properties(verb.value):
            yield from self._use(part, "", "property", verb.start, name)
        types = self.iri(simple(verb.value)) == RDF_TYPE.value
        role = "class" if types else "entity"
        yield from self._use(object_.value, object_.text, role, object_.start)

    def _of_filter(self, element: tree.Filter) -> Iterator[Use]:
        for part in tree.walk(element.value):
            if not isinstance(part, CompValue) or part.name != "TriplesBlock":
                continue
            for triples in part.triples:
                terms = list(triples)
                for subject, verb, object_ in zip(
                    terms[::3], terms[1::3], terms[2::3], strict=False
                ):
                    yield from self._use(subject, "", "entity", element.start)
                    for iri in properties(verb):
                        yield from self._use(iri, "", "property", element.start, str(subject))
                    types = self.iri(simple(verb)) == RDF_TYPE.value
                    role = "class" if types else "entity"
                    yield from self._use(object_, "", role, element.start)

    def _use(
        self, value: Any, written: str, role: str, start: int, subject: str = ""
    ) -> Iterator[Use]:
        iri = self.iri(value)
        if iri is not None:
            yield Use(iri, written or self._written(value, iri), role, start, subject)

    def _written(self, value: Any, iri: str) -> str:
        if isinstance(value, CompValue):
            return f"{value.prefix or ''}:{value.localname or ''}"
        return "a" if value == URIRef(RDF_TYPE.value) else f"<{iri}>"

    def _whole(self, iri: str) -> str:
        return urljoin(self._query.base, iri)


def simple(verb: Any) -> Any:
    """The one IRI or variable of a path that is not really a path; else the path itself."""
    while isinstance(verb, CompValue) and verb.name.startswith("Path"):
        parts = verb.part if isinstance(verb.part, list) else [verb.part]
        if len(parts) != 1 or "mod" in verb or verb.name in ("PathEltOrInverse",):
            return verb
        verb = parts[0]
    return verb


def properties(verb: Any) -> Iterator[Any]:
    """The IRIs of a path."""
    for part in tree.walk(verb):
        if (isinstance(part, CompValue) and part.name == "pname") or isinstance(part, URIRef):
            yield part


def unwrapped(value: Any) -> Any:
    """What stands inside an expression that only wraps it."""
    while isinstance(value, CompValue) and value.name.endswith("Expression"):
        if set(value) - {"expr"}:
            return value
        value = value.expr
    return value


def _equalities(element: tree.Element) -> Iterator[tuple[str, Any]]:
    """Variable and value, for what a VALUES or a filter says a variable is."""
    if isinstance(element, tree.Values):
        for row in element.rows:
            yield from zip(element.variables, row, strict=False)
    if not isinstance(element, tree.Filter):
        return
    for part in tree.walk(element.value):
        if not isinstance(part, CompValue) or part.name != "RelationalExpression":
            continue
        left, right = unwrapped(part.expr), unwrapped(part.other)
        options: Sequence[Any] = list(right) if str(part.op) == "IN" else [right]
        for option in options if str(part.op) in ("=", "IN") else ():
            for one, other in ((left, unwrapped(option)), (unwrapped(option), left)):
                if isinstance(one, Variable):
                    yield str(one), other

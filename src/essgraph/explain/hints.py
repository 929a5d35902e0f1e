"""What a query may have meant: terms that exist, graphs that match, literals as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, unquote

from pyoxigraph import Literal, NamedNode

from essgraph import queries
from essgraph.explain import tree
from essgraph.explain.culprits import Blame
from essgraph.explain.model import (
    OtherGraph,
    OtherLiteral,
    Suggestion,
    UnknownTerm,
    place_of,
)
from essgraph.explain.probes import Probes
from essgraph.explain.uses import Terms, Use
from essgraph.explain.vocabulary import MOST, Vocabulary, most_like
from essgraph.vocab import RDF_TYPE, XSD, XSD_INTEGER

MAX_NAMES = 60_000
"""Most entities of a class whose IRIs are compared with a wrong one."""

_PROPERTIES_SHOWN = 12
_NUMBERS = frozenset(XSD + kind for kind in ("integer", "decimal", "double", "float"))


class Hints:
    """Looks for what one query's constants may stand for."""

    def __init__(self, query: tree.Query, vocabulary: Vocabulary, probes: Probes) -> None:
        self._query = query
        self._vocabulary = vocabulary
        self._probes = probes
        self._terms = Terms(query)

    def unknown_terms(self, chosen: tuple[str, ...]) -> Iterator[UnknownTerm]:
        """The terms that the graph does not have; `chosen` are the graphs the caller named.

        Raises: Spent; QueryError; StoreUnavailable.
        """
        uses = [Use(iri, f"<{iri}>", "graph", 0) for iri in chosen]
        seen: set[tuple[str, str]] = set()
        for use in (*uses, *self._terms.uses()):
            if (use.iri, use.role) in seen or self._known(use):
                continue
            seen.add((use.iri, use.role))
            of_class = self._terms.class_of(use.subject) if use.role == "property" else None
            has = self._properties_of(of_class) if of_class else ()
            yield UnknownTerm(
                place_of(self._query.text, use.start, use.written, use.role),
                use.written,
                use.iri,
                use.role,
                self._suggestions(use, has),
                self._compact(of_class) if has and of_class else "",
                tuple(map(self._compact, has[:_PROPERTIES_SHOWN])),
            )

    def missing_properties(self, blames: list[Blame]) -> Iterator[UnknownTerm]:
        """Properties that exist, in a conflict with a class whose entities do not have them.

        Raises: as `unknown_terms`.
        """
        for blame in blames:
            patterns = [leaf for leaf in blame.conflict if isinstance(leaf, tree.Pattern)]
            for use in self._terms.uses():
                of_class = self._terms.class_of(use.subject) if use.role == "property" else None
                inside = any(use.start == pattern.verb.start for pattern in patterns)
                if len(patterns) < 2 or not inside or not of_class or use.iri == RDF_TYPE.value:
                    continue
                has = self._properties_of(of_class)
                # These are of a few entities: one that none of them has may be of others.
                pair = f"?s a {NamedNode(of_class)} ; {NamedNode(use.iri)} ?o"
                if has and self._known(use) and use.iri not in has and not self._anywhere(pair):
                    others = {iri: self._vocabulary.properties.get(iri, 0) for iri in has}
                    yield UnknownTerm(
                        place_of(self._query.text, use.start, use.written, use.role),
                        use.written,
                        use.iri,
                        "class-property",
                        self._vocabulary.nearest(use.iri, others),
                        self._compact(of_class),
                        tuple(map(self._compact, has[:_PROPERTIES_SHOWN])),
                    )

    def other_graphs(self, blames: list[Blame]) -> Iterator[OtherGraph]:
        """The graphs that have what a query looks for in the wrong one, or in only one.

        Raises: as `unknown_terms`.
        """
        chosen = self._probes.restricted or bool(self._query.dataset)
        inside = _inside_graphs(self._query.group)
        for blame in blames:
            patterns = [leaf for leaf in blame.conflict if isinstance(leaf, tree.Pattern)]
            reads = chosen or any(leaf in inside for leaf in patterns)
            if not reads or not self._anywhere("\n".join(leaf.text for leaf in patterns)):
                continue
            for leaf in patterns:
                found = tuple(
                    graph
                    for graph in self._vocabulary.graphs
                    if self._anywhere(f"GRAPH {NamedNode(graph)} {{ {leaf.text}\n}}")
                )
                shown = place_of(self._query.text, leaf.start, leaf.shown, "pattern")
                yield OtherGraph(shown, found)

    def other_literals(self) -> Iterator[OtherLiteral]:
        """The literals that no value equals, though some read the same.

        Raises: as `unknown_terms`.
        """
        names = self._vocabulary.names
        seen: set[tuple[str, Literal]] = set()
        for compared in self._terms.compared():
            key = (compared.predicate, compared.literal)
            if key in seen or compared.predicate not in self._vocabulary.properties:
                continue
            seen.add(key)
            bound = queries.app("explain-values", names).bind(
                property=NamedNode(compared.predicate), text=Literal(compared.literal.value)
            )
            found = [
                (value, uses)
                for value, uses in self._probes.table(bound).rows
                if isinstance(value, Literal) and isinstance(uses, Literal)
            ]
            if any(_same(value, compared.literal, compared.loose) for value, _ in found):
                continue
            suggestions = tuple(
                Suggestion(self._written(value), "", "literal", int(uses.value))
                for value, uses in found[:MOST]
            )
            if suggestions:
                place = place_of(self._query.text, compared.start, compared.shown, "literal")
                predicate = self._compact(compared.predicate)
                yield OtherLiteral(place, self._written(compared.literal), predicate, suggestions)

    def _anywhere(self, body: str) -> bool:
        return self._probes.anywhere(f"{self._query.prologue}\nASK {{\n{body}\n}}")

    def _known(self, use: Use) -> bool:
        vocabulary = self._vocabulary
        match use.role:
            case "class":
                return use.iri in vocabulary.classes
            case "property":
                return use.iri in vocabulary.properties
            case "graph":
                return use.iri in vocabulary.graphs
            case _:
                terms = (vocabulary.classes, vocabulary.properties, vocabulary.graphs)
                return any(use.iri in known for known in terms) or self._exists(use.iri)

    def _exists(self, iri: str) -> bool:
        try:
            entity = NamedNode(iri)
        except ValueError:  # a relative IRI that no base makes whole
            return False
        bound = queries.app("describe-exists", self._vocabulary.names).bind(entity=entity)
        return self._probes.anywhere(bound)

    def _suggestions(self, use: Use, has: tuple[str, ...]) -> tuple[Suggestion, ...]:
        vocabulary = self._vocabulary
        if use.role == "entity":
            return self._entities(use.iri)
        if use.role == "graph":
            graphs = dict.fromkeys(vocabulary.graphs, 0)
            found = vocabulary.nearest(use.iri, graphs)
            found = found or tuple(vocabulary.suggestion(g, "close") for g in graphs)
            return tuple(Suggestion(s.term, s.iri, s.reason) for s in found)
        known = vocabulary.classes if use.role == "class" else vocabulary.properties
        found = vocabulary.nearest(use.iri, known, has)
        return tuple(self._declared(suggestion, use.written) for suggestion in found)

    def _declared(self, suggestion: Suggestion, written: str) -> Suggestion:
        """The suggestion with its prefix, where the query declares another namespace for it."""
        prefix = suggestion.term.partition(":")[0]
        namespace = self._vocabulary.names.prefixes.get(prefix)
        if namespace is None or self._query.prefixes.get(prefix, namespace) == namespace:
            return suggestion
        declaration = f"PREFIX {prefix}: <{namespace}>"
        same = suggestion.term == written
        return replace(
            suggestion, term=declaration if same else f"{suggestion.term} ({declaration})"
        )

    def _entities(self, iri: str) -> tuple[Suggestion, ...]:
        """Entities whose IRI is nearly this one: another spelling, a missing zero, a near key."""
        spelled = tuple(filter(self._exists, dict.fromkeys(_spellings(iri))))
        if spelled:
            return tuple(self._vocabulary.suggestion(s, "address") for s in spelled[:MOST])
        head = self._vocabulary.names.base + "id/"
        kind, slash, key = iri.removeprefix(head).partition("/")
        if not iri.startswith(head) or not slash:
            return ()
        kinds = self._kinds()
        near = [kind] if kind in kinds else most_like(kind, {name: name for name in kinds}, 1)
        for name in near:
            swapped = f"{head}{name}/{key}"
            if swapped != iri and self._exists(swapped):
                return (self._vocabulary.suggestion(swapped, "address"),)
            entities = self._of_class(kinds[name], MAX_NAMES)
            keys = {
                entity: unquote(entity.removeprefix(f"{head}{name}/")).lower()
                for entity in entities
                if entity.startswith(f"{head}{name}/")
            }
            return tuple(
                self._vocabulary.suggestion(entity, "close")
                for entity in most_like(unquote(key), keys)
            )
        return ()

    def _kinds(self) -> dict[str, str]:
        """Kind of an entity's IRI -> the largest class that has one first."""
        head = self._vocabulary.names.base + "id/"
        kinds: dict[str, str] = {}
        for one in sorted(self._vocabulary.classes, key=lambda c: -self._vocabulary.classes[c]):
            for entity in self._of_class(one, 1):
                if entity.startswith(head):
                    kinds.setdefault(entity.removeprefix(head).partition("/")[0], one)
        return kinds

    def _of_class(self, iri: str, limit: int) -> list[str]:
        bound = queries.app("explain-examples", self._vocabulary.names).bind(
            **{"class": NamedNode(iri)}, limit=Literal(str(limit), datatype=XSD_INTEGER)
        )
        rows = self._probes.table(bound).rows
        return [entity.value for (entity,) in rows if isinstance(entity, NamedNode)]

    def _properties_of(self, iri: str) -> tuple[str, ...]:
        """The properties that entities of a class have, the most used in the graph first."""
        if iri not in self._vocabulary.classes:
            return ()
        names = self._vocabulary.names
        bound = queries.app("class-properties", names).bind(**{"class": NamedNode(iri)})
        rows = self._probes.table(bound).rows
        found = {term.value for (term,) in rows if isinstance(term, NamedNode)}
        uses = self._vocabulary.properties
        found.discard(RDF_TYPE.value)
        return tuple(sorted(found, key=lambda term: (-uses.get(term, 0), term)))

    def _compact(self, iri: str) -> str:
        return self._vocabulary.names.compact(iri)

    def _written(self, literal: Literal) -> str:
        """As one writes it in a query: numbers bare, a datatype with its prefix."""
        text = str(literal)
        datatype = literal.datatype.value
        if datatype == XSD_INTEGER.value:
            return literal.value
        return text.replace(f"<{datatype}>", self._compact(datatype))


def _inside_graphs(group: tree.Group) -> frozenset[tree.Element]:
    return frozenset(
        inner
        for element in tree.elements(group)
        if isinstance(element, tree.Graph)
        for inner in tree.elements(element.group)
    )


def _same(value: Literal, wanted: Literal, loose: bool) -> bool:
    numbers = {value.datatype.value, wanted.datatype.value} <= _NUMBERS
    return value == wanted or (loose and numbers)


def _spellings(iri: str) -> Iterator[str]:
    """Other ways to write an address."""
    scheme, _, rest = iri.partition("://")
    yield f"{'http' if scheme == 'https' else 'https'}://{rest}"
    yield iri.rstrip("/") if iri.endswith("/") else f"{iri}/"
    for part in ("page", "data"):
        yield iri.replace(f"/{part}/", "/id/")
    head, slash, key = iri.rpartition("/")
    if key.isdecimal():
        for width in (2, 3, 5, 9):
            if len(key) < width:
                yield f"{head}{slash}{key.zfill(width)}"
        yield f"{head}{slash}{key.lstrip('0')}"
    yield f"{head}{slash}{quote(unquote(key), safe='')}"
    yield f"{head}{slash}{key.lower()}"
    yield f"{head}{slash}{key.upper()}"

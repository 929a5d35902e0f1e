"""Concept schemes as trees: each concept with its definition and how often it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from flask import url_for
from pyoxigraph import Literal, NamedNode

from essgraph import queries, vocab
from essgraph.search import FACETS
from essgraph.web import text
from essgraph.web.context import names, store

COUNTED = 1000
"""Uses of one concept counted at most."""

_LABEL, _DEFINITION = vocab.RDFS + "label", vocab.SKOS + "definition"
_ALSO, _NOTATION = vocab.SKOS + "altLabel", vocab.SKOS + "notation"
_BROADER = vocab.SKOS + "broader"
_FACETS = {"legal-form": "form"}
"""Scheme -> the facet whose values are its concepts, where it is called otherwise."""

STRUCTURE = frozenset(
    vocab.SKOS + name
    for name in ("broader", "narrower", "hasTopConcept", "topConceptOf", "inScheme", "related")
) | {vocab.RDF + name for name in ("object", "subject", "predicate", "type")}
"""Links to a concept that are no use of it."""


@dataclass
class Concept:
    """A concept in the tree of its scheme; beyond COUNTED, `uses` is COUNTED + 1."""

    iri: str
    label: text.Cell
    definition: text.Cell
    also: tuple[str, ...]
    notation: str
    uses: int = 0
    explore: str | None = None
    narrower: list[Concept] = field(default_factory=list)

    @property
    def more(self) -> bool:
        """Whether it is used more often than is counted."""
        return self.uses > COUNTED


@dataclass(frozen=True)
class Scheme:
    """A scheme with its concepts: those at the top, each with what is below it."""

    iri: str
    label: text.Cell
    definition: text.Cell
    top: tuple[Concept, ...] = ()
    size: int = 0


def every() -> list[Scheme]:
    """All schemes, in order of label. Raises: StoreUnavailable."""
    rows = store().select(queries.app("schemes", names()).text).rows
    found = [
        Scheme(iri, _link(iri, known), _text(known, _DEFINITION))
        for iri, known in _collected(rows).items()
    ]
    return sorted(found, key=lambda scheme: (scheme.label.text.casefold(), scheme.iri))


def tree(iri: NamedNode) -> Scheme | None:
    """A scheme as a tree; None for one that the graph does not know. Raises: StoreUnavailable."""
    own = next((scheme for scheme in every() if scheme.iri == iri.value), None)
    if own is None:
        return None
    saved = queries.app("scheme-concepts", names())
    collected = _collected(store().select(saved.bind(scheme=iri)).rows)
    concepts = {
        concept: Concept(
            concept,
            _link(concept, known),
            _text(known, _DEFINITION),
            tuple(told for language, told in known.get(_ALSO, ()) if language in ("", text.lang())),
            next((told for _, told in known.get(_NOTATION, ())), ""),
            uses(concept),
            explored(iri.value, concept),
        )
        for concept, known in collected.items()
        if known.get(_LABEL)
    }
    above = {iri: [told for _, told in known.get(_BROADER, ())] for iri, known in collected.items()}
    for concept in sorted(concepts.values(), key=_order):
        for broader in above[concept.iri]:
            if broader in concepts:
                concepts[broader].narrower.append(concept)
    top = [c for c in concepts.values() if not any(b in concepts for b in above[c.iri])]
    return Scheme(own.iri, own.label, own.definition, tuple(sorted(top, key=_order)), len(concepts))


def uses(concept: str) -> int:
    """How often a concept is used, up to COUNTED + 1; its place in a scheme is no use."""
    saved = queries.app("describe-incoming-counts", names())
    bound = saved.bind(entity=NamedNode(concept), limit=Literal(COUNTED + 1))
    totals = {
        prop.value: int(total.value)
        for prop, total in store().select(bound).rows
        if isinstance(prop, NamedNode) and isinstance(total, Literal)
    }
    if sum(totals.values()) > COUNTED:
        return COUNTED + 1
    return sum(total for prop, total in totals.items() if prop not in STRUCTURE)


def explored(scheme: str, concept: str) -> str | None:
    """The page of what has a concept, where its scheme is a facet of something."""
    name = scheme.rpartition("/")[2]
    facet = _FACETS.get(name, name)
    kind = next((kind for kind, facets in FACETS.items() if facet in facets), None)
    if kind is None:
        return None
    chosen: dict[str, Any] = {facet: unquote(concept.rpartition("/")[2])}
    return url_for("explore.explore", kind=kind, **chosen)


_Known = Mapping[str, Sequence[tuple[str, str]]]


def _collected(rows: Sequence[Sequence[object]]) -> dict[str, _Known]:
    """IRI -> property -> languages and texts, or IRIs without language."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for iri, prop, value in rows:
        if not isinstance(iri, NamedNode) or not isinstance(prop, NamedNode):
            continue
        if isinstance(value, Literal):
            found[iri.value][prop.value].append((value.language or "", value.value))
        elif isinstance(value, NamedNode):
            found[iri.value][prop.value].append(("", value.value))
    return dict(found)


def _text(known: _Known, prop: str) -> text.Cell:
    texts = dict(known.get(prop, ()))
    shown = text.translated(texts) or next(iter(texts.values()), "")
    same = texts.get(text.lang()) == shown
    spoken = next((language for language, told in texts.items() if told == shown), "")
    return text.Cell(shown, lang=None if same else text.foreign(spoken))


def _link(iri: str, known: _Known) -> text.Cell:
    shown = _text(known, _LABEL)
    return text.labelled(iri, shown.text or text.short(iri), shown.lang)


def _order(concept: Concept) -> tuple[str, str, str]:
    return concept.notation, concept.label.text.casefold(), concept.iri

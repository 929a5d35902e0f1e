"""One assertion a fact: the default source of a node of the collection, written out.

A node of the collection carries the source and the kind of evidence of all its facts; a fact
with a source of its own has an assertion in the collection, and gets no other here. So one
query pattern finds the source of any fact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from essgraph import vocab
from essgraph.errors import NotFound
from essgraph.vocab import Names

_Node = NamedNode | BlankNode | Literal | Triple

_SUBJECT = NamedNode(vocab.RDF + "subject")
_PREDICATE = NamedNode(vocab.RDF + "predicate")
_OBJECT = NamedNode(vocab.RDF + "object")
_SOURCE = NamedNode(vocab.PROV + "hadPrimarySource")
_BOOLEAN = NamedNode(vocab.XSD + "boolean")
_PREF_LABEL = NamedNode(vocab.SKOS + "prefLabel")
_NOTES = {NamedNode(vocab.SKOS + name) for name in ("note", "editorialNote")}

_COLON = {"fr": "\u00a0: ", "en": ": "}
_YES_NO = {"fr": {"true": "oui", "false": "non"}, "en": {"true": "yes", "false": "no"}}
_LONGEST = 80  # characters of a text that a label quotes

_DIGITS = 16  # of a sha256: two of a million facts meet once in 37 million builds


def assertions(
    triples: Iterable[Triple], terms: Iterable[Triple], names: Names
) -> Iterator[Triple]:
    """The assertions that the facts of the collection have by default, in the facts' order.

    Shape: an ess:Assertion a fact, named after the fact, with the sources and the kinds of
    evidence of its subject, and a French and an English label, "subject, property: value"; the
    names of properties and concepts are those of the ontology's `terms`. Classes, labels
    and provenance are no facts to source, nor are our own notes and links between nodes that
    contradict one another; a subject without a kind of evidence has no default.
    """
    about = _Descriptions(triples)
    labels = _Labels([*terms, *about.facts], names)
    evidence = names.ess("evidence")
    unsourced = {
        vocab.RDF_TYPE,
        vocab.RDFS_LABEL,
        _PREF_LABEL,
        _SOURCE,
        evidence,
        names.ess("wording"),
        names.ess("contradicts"),
        *_NOTES,
    }
    for fact in about.facts:
        if fact.predicate in unsourced or _terms(fact) in about.asserted:
            continue
        if fact.subject in about.assertions or not about.values(fact.subject, evidence):
            continue
        yield from _assertion(fact, about, labels, names)


def assertion_iri(fact: Triple, names: Names) -> NamedNode:
    """The IRI of the assertion a fact has by default."""
    return names.entity("assertion", sha256(str(fact).encode()).hexdigest()[:_DIGITS])


class _Descriptions:
    """The facts of the collection, by subject and predicate, and which have an assertion."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.facts = list(triples)
        self._values: defaultdict[tuple[_Node, NamedNode], list[_Node]] = defaultdict(list)
        for fact in self.facts:
            self._values[fact.subject, fact.predicate].append(fact.object)
        self.assertions = {fact.subject for fact in self.facts if fact.predicate == _SUBJECT}
        self.asserted = {
            (subject, predicate, value)
            for assertion in self.assertions
            for subject in self.values(assertion, _SUBJECT)
            for predicate in self.values(assertion, _PREDICATE)
            for value in self.values(assertion, _OBJECT)
        }

    def values(self, subject: _Node, predicate: NamedNode) -> list[_Node]:
        """The objects of a subject's predicate, in file order."""
        return self._values.get((subject, predicate), [])


class _Labels:
    """What terms and entities are called in French and English."""

    def __init__(self, triples: Iterable[Triple], names: Names) -> None:
        self._names = names
        self._said: dict[tuple[_Node, str], str] = {}
        for fact in triples:
            if fact.predicate == vocab.RDFS_LABEL and isinstance(fact.object, Literal):
                self._said[fact.subject, fact.object.language or ""] = fact.object.value

    def of(self, node: _Node, language: str) -> str:
        """The label in the language, else the one without language, else what stands for it.

        Territories and their authorities are named by the national layers, which are too long
        to read for a label: their key stands for them, an INSEE code or a SIREN.
        """
        said = self._said.get((node, language)) or self._said.get((node, ""))
        if said:
            return said
        if isinstance(node, NamedNode):
            return self._key(node.value)
        text = node.value if isinstance(node, Literal) else str(node)
        if isinstance(node, Literal) and node.datatype == _BOOLEAN:
            return _YES_NO[language].get(text, text)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"

    def _key(self, iri: str) -> str:
        try:
            return self._names.entity_parts(iri)[1]
        except NotFound:
            return self._names.compact(iri)


def _assertion(
    fact: Triple, about: _Descriptions, labels: _Labels, names: Names
) -> Iterator[Triple]:
    assertion = assertion_iri(fact, names)
    yield Triple(assertion, vocab.RDF_TYPE, names.ess("Assertion"))
    for language, colon in _COLON.items():
        subject, predicate, said = (labels.of(term, language) for term in _terms(fact))
        sentence = f"{subject}, {predicate}{colon}{said}"
        yield Triple(assertion, vocab.RDFS_LABEL, Literal(sentence, language=language))
    yield Triple(assertion, _SUBJECT, fact.subject)
    yield Triple(assertion, _PREDICATE, fact.predicate)
    yield Triple(assertion, _OBJECT, fact.object)
    for provenance in (_SOURCE, names.ess("evidence")):
        for value in about.values(fact.subject, provenance):
            yield Triple(assertion, provenance, value)


def _terms(fact: Triple) -> tuple[_Node, NamedNode, _Node]:
    return fact.subject, fact.predicate, fact.object

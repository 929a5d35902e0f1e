"""The classes and properties of the ontology, and those of others that the graph uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from essgraph import queries, vocab
from essgraph.profiles import Field, Profiles
from essgraph.web import text
from essgraph.web.context import context, names, opened, store

_LABEL = vocab.RDFS + "label"
_DEFINITION = vocab.SKOS + "definition"
_ABOVE = (vocab.RDFS + "subClassOf", vocab.RDFS + "subPropertyOf")
_DOMAIN, _RANGE = vocab.RDFS + "domain", vocab.RDFS + "range"
_MATCHES = tuple(f"{vocab.SKOS}{kind}Match" for kind in ("exact", "close", "broad", "related"))
_TYPE = vocab.RDF + "type"
_READ = (_TYPE, _LABEL, _DEFINITION, *_ABOVE, _DOMAIN, _RANGE, *_MATCHES)


@dataclass(frozen=True)
class Term:
    """One class or property, with all that the ontology says of it.

    Shape: `said` has property -> IRIs; `uses` are entities of a class, or triples of a property.
    """

    iri: str
    label: text.Cell
    definition: text.Cell
    said: Mapping[str, Sequence[str]]
    uses: int

    @property
    def anchor(self) -> str:
        """Its fragment, or the last part of its IRI."""
        return self.iri.replace("#", "/").rpartition("/")[2]

    @property
    def name(self) -> str:
        """`ess:Initiative`."""
        return names().compact(self.iri)

    @property
    def is_class(self) -> bool:
        """Whether it is a class: what is not typed, of other vocabularies, is told by its name."""
        types = {iri.rpartition("#")[2] for iri in self.said.get(_TYPE, ())}
        if types:
            return "Class" in types
        return self.anchor[:1].isupper()

    @property
    def is_ours(self) -> bool:
        """Whether it is a term of our ontology."""
        return self.iri.startswith(names().ontology)

    @property
    def above(self) -> tuple[str, ...]:
        """What it is a subclass or a subproperty of."""
        return tuple(iri for prop in _ABOVE for iri in self.said.get(prop, ()))

    @property
    def domains(self) -> tuple[str, ...]:
        """The classes whose entities have the property."""
        return tuple(self.said.get(_DOMAIN, ()))

    @property
    def ranges(self) -> tuple[str, ...]:
        """The classes or datatypes of its values."""
        return tuple(self.said.get(_RANGE, ()))

    @property
    def matches(self) -> tuple[str, ...]:
        """Terms of other vocabularies that mean the same, or nearly."""
        return tuple(iri for prop in _MATCHES for iri in self.said.get(prop, ()))


@dataclass(frozen=True)
class Vocabulary:
    """The terms that the graph of the ontology names, by IRI, in order of label."""

    terms: Mapping[str, Term]
    profiles: Profiles

    @cached_property
    def classes(self) -> list[Term]:
        """Our classes."""
        return [term for term in self.terms.values() if term.is_ours and term.is_class]

    @cached_property
    def properties(self) -> list[Term]:
        """Our properties."""
        return [term for term in self.terms.values() if term.is_ours and not term.is_class]

    @cached_property
    def borrowed(self) -> list[Term]:
        """Terms of other vocabularies, in order of their prefixed names."""
        found = (term for term in self.terms.values() if not term.is_ours)
        return sorted(found, key=lambda term: (term.name.partition(":")[0], not term.is_class))

    @cached_property
    def below(self) -> Mapping[str, list[Term]]:
        """IRI -> the terms right below it."""
        found: dict[str, list[Term]] = defaultdict(list)
        for term in self.terms.values():
            for iri in term.above:
                found[iri].append(term)
        return found

    def roots(self) -> list[Term]:
        """Our classes that are below none of ours."""
        return [term for term in self.classes if not any(map(self._ours, term.above))]

    def fields(self, class_iri: str) -> list[Field]:
        """What the shapes say of a class itself, without what it has from those above."""
        own = self.profiles.own.get(class_iri)
        return list(own.fields) if own is not None else []

    def inherited(self, class_iri: str) -> list[Field]:
        """What the shapes say of a class by way of those above it."""
        own = {field.key for field in self.fields(class_iri)}
        every = self.profiles.of([class_iri]).fields
        return [field for field in every if field.key not in own]

    def told_by(self, property_iri: str) -> list[tuple[str, Field]]:
        """The classes whose shapes speak of a property, each with its field."""
        return [
            (class_iri, field)
            for class_iri, profile in self.profiles.own.items()
            for field in profile.fields
            if field.path == property_iri and not field.inverse and not field.then
        ]

    def named(self, texts: Mapping[str, str]) -> str:
        """The name that a shape gives to a property, in the reader's language."""
        return text.translated(texts)

    def cell(self, iri: str) -> text.Cell:
        """A link to a term by its label; other IRIs stay what they are."""
        term = self.terms.get(iri)
        if term is None:
            return text.Cell(names().compact(iri), text.href(iri, names()))
        return text.labelled(iri, term.label.text, term.label.lang)

    def cells(self, iris: Iterable[str]) -> list[text.Cell]:
        """Links to terms."""
        return [self.cell(iri) for iri in iris]

    def _ours(self, iri: str) -> bool:
        return iri in self.terms and self.terms[iri].is_ours


def read() -> Vocabulary:
    """The vocabulary of this request's release, in its language; read once.

    Raises: StoreUnavailable.
    """
    return opened().once.get(("vocabulary", text.lang()), _read)


def _read() -> Vocabulary:
    texts: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    saved = queries.app("ontology-terms", names())
    wanted = [NamedNode(iri) for iri in _READ]
    for term, prop, value in store().select(saved.bind(property=wanted)).rows:
        if not isinstance(term, NamedNode) or not isinstance(prop, NamedNode):
            continue
        if isinstance(value, Literal):
            texts[term.value][prop.value][value.language or ""] = value.value
        elif isinstance(value, NamedNode):
            said[term.value][prop.value].append(value.value)
    manifest = opened().release.manifest
    uses = {**manifest.get("properties", {}), **manifest.get("classes", {})}
    ontology = names().ontology.removesuffix("#")
    found = [
        Term(
            iri,
            _cell(known.get(_LABEL, {})),
            _cell(known.get(_DEFINITION, {})),
            {prop: sorted(iris) for prop, iris in said[iri].items()},
            uses.get(names().compact(iri), 0),
        )
        for iri, known in texts.items()
        if iri != ontology and known.get(_LABEL)
    ]
    found.sort(key=lambda term: (term.label.text.casefold(), term.iri))
    return Vocabulary({term.iri: term for term in found}, context().profiles)


def _cell(texts: Mapping[str, str]) -> text.Cell:
    shown = text.translated(texts) or next(iter(texts.values()), "")
    spoken = next((language for language, told in texts.items() if told == shown), "")
    same = texts.get(text.lang()) == shown
    return text.Cell(shown, lang=None if same else text.foreign(spoken))

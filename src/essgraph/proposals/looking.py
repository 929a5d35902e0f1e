"""What a name, a code, an address or a label means in a release."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import Literal, NamedNode

from essgraph import queries
from essgraph.errors import NotFound
from essgraph.profiles import Profiles
from essgraph.proposals.form import Form
from essgraph.search import Hit, SearchIndex
from essgraph.search.fold import words
from essgraph.search.rows import fold
from essgraph.store.base import GraphStore, Term
from essgraph.vocab import Names

MAX_NAME = 300
"""Characters of a name that is looked up."""

_NEAR = 6
"""Entities offered where nothing has exactly the name."""
_OFFERED = 30
"""Homonyms to choose from; sixteen communes are called Sainte-Colombe."""

_TERRITORIES = (
    "region", "departement", "epci", "commune", "collectivite-outre-mer", "country",
    "commune-deleguee", "commune-associee", "arrondissement-municipal",
)  # fmt: skip
_KINDS = {
    "Territory": _TERRITORIES,
    "Organisation": ("organisation",),
    "Person": ("person",),
    "Place": ("place",),
    "Publication": ("publication",),
}
_BRACKETED = re.compile(r".*\((?P<short>[a-z][a-z-]*/[^/()\s]+)\)")
_SHORT = re.compile(r"[a-z][a-z-]*/[^/\s]+")
_LOST_ZERO = re.compile(r"[0-9]{4}|[0-9]")


@dataclass(frozen=True)
class Found:
    """What a text means: one term, or none with those it may mean.

    Shape: `exact` if what is offered bears exactly the name; `mended` is what was read instead;
    `other` is the class label of what exists but is of another kind.
    """

    term: NamedNode | None = None
    offers: tuple[Hit, ...] = ()
    exact: bool = False
    mended: str = ""
    other: str = ""


@dataclass(frozen=True)
class Concept:
    """A concept to choose: `called` are its labels, other labels and notation; `broader` is the
    IRI of the one above, "" at the top.
    """

    iri: str
    labels: Mapping[str, str]
    called: tuple[str, ...]
    notation: str
    broader: str


def concepts(store: GraphStore, scheme: str, names: Names) -> list[Concept]:
    """The concepts of a scheme, those below one right after it, by notation.

    Raises: StoreUnavailable.
    """
    asked = queries.app("scheme-concepts", names).bind(scheme=NamedNode(scheme))
    told: dict[str, dict[str, list[Term]]] = {}
    for concept, prop, value in store.select(asked).rows:
        if isinstance(concept, NamedNode) and isinstance(prop, NamedNode) and value is not None:
            local = re.split("[#/]", prop.value)[-1]
            told.setdefault(concept.value, {}).setdefault(local, []).append(value)
    found = [_concept(iri, facts) for iri, facts in told.items()]
    tops = {concept.iri: concept for concept in found}

    def place(concept: Concept) -> tuple[str, bool, str, str]:
        top = tops.get(concept.broader, concept)
        label = concept.labels.get("fr", "")
        return fold(top.labels.get("fr", "")), bool(concept.broader), fold(label), concept.iri

    return sorted(found, key=place)


def choices(form: Form, store: GraphStore, names: Names, lang: str) -> dict[str, list[str]]:
    """The labels that each list of the form offers. Raises: StoreUnavailable."""
    schemes = dict.fromkeys(field.scheme for field in form.fields if field.scheme)
    return {
        scheme: [c.labels.get(lang) or c.notation for c in concepts(store, scheme, names)]
        for scheme in schemes
    }


def _concept(iri: str, facts: Mapping[str, list[Term]]) -> Concept:
    def texts(*locals_: str) -> list[Literal]:
        return [v for name in locals_ for v in facts.get(name, []) if isinstance(v, Literal)]

    above = next((v.value for v in facts.get("broader", []) if isinstance(v, NamedNode)), "")
    return Concept(
        iri,
        {value.language or "": value.value for value in texts("label")},
        tuple(value.value for value in texts("label", "altLabel", "notation")),
        next((value.value for value in texts("notation")), ""),
        above,
    )


class Lookup(Protocol):
    """Answers what texts mean."""

    def entity(self, text: str, classes: tuple[str, ...]) -> Found:
        """The entity of one of these classes that a name, a code or an address means."""
        ...

    def concept(self, text: str, scheme: str) -> Found:
        """The concept of a scheme that a label, a notation or an address means."""
        ...

    def taken(self, iri: NamedNode) -> bool:
        """Whether the graph describes something under this address."""
        ...


class Release:
    """The meanings of one release; what was asked once is kept."""

    def __init__(
        self, store: GraphStore, index: SearchIndex, names: Names, profiles: Profiles, lang: str
    ) -> None:
        self._store, self._index = store, index
        self._names, self._profiles, self._lang = names, profiles, lang
        self._entities: dict[tuple[str, tuple[str, ...]], Found] = {}
        self._schemes: dict[str, dict[str, set[NamedNode]]] = {}

    def entity(self, text: str, classes: tuple[str, ...]) -> Found:
        """The entity that a name, a code or an address means (see `Lookup`)."""
        key = text.strip()[:MAX_NAME], classes
        if key not in self._entities:
            self._entities[key] = self._entity(*key)
        return self._entities[key]

    def concept(self, text: str, scheme: str) -> Found:
        """The concept that a label, a notation or an address means (see `Lookup`)."""
        found = self._called(scheme).get(fold(text), set())
        return Found(next(iter(found))) if len(found) == 1 else Found()

    def taken(self, iri: NamedNode) -> bool:
        """Whether the graph describes something under this address (see `Lookup`)."""
        return self._store.ask(queries.app("describe-exists", self._names).bind(entity=iri))

    def _called(self, scheme: str) -> dict[str, set[NamedNode]]:
        """What concepts of a scheme are called, folded -> which."""
        if scheme not in self._schemes:
            found: dict[str, set[NamedNode]] = {}
            for concept in concepts(self._store, scheme, self._names):
                short = concept.iri.removeprefix(self._names.base)
                for name in (concept.iri, short, *concept.called):
                    found.setdefault(fold(name), set()).add(NamedNode(concept.iri))
            self._schemes[scheme] = found
        return self._schemes[scheme]

    def suggest(self, text: str, classes: tuple[str, ...], limit: int) -> list[Hit]:
        """The likeliest entities of these classes while a name is being typed."""
        found: dict[str, Hit] = {}
        for kind in self._kinds(classes):
            page = self._index.suggest(text[:MAX_NAME], kind=kind, limit=limit, lang=self._lang)
            found |= {hit.iri: hit for hit in page.hits}
        wanted = words(text)
        # Those whose name is the text go first, whichever kind they are of.
        return sorted(found.values(), key=lambda hit: words(hit.label) != wanted)[:limit]

    def _entity(self, text: str, classes: tuple[str, ...]) -> Found:
        written = self._written(text)
        if written is not None:
            return self._of_classes(written, classes)
        kinds = self._kinds(classes)
        if coded := self._coded(text, kinds):
            return self._one(coded)
        if _LOST_ZERO.fullmatch(text) and (coded := self._coded(f"0{text}", kinds)):
            found = self._one(coded)
            return Found(found.term, found.offers, found.exact, mended=f"0{text}")
        near: list[Hit] = []
        same: list[Hit] = []
        for kind in kinds:
            # A name in the other language of the page is a name too.
            for lang in sorted(("en", "fr"), key=lambda code: code != self._lang):
                hits = self._index.find(text, kind=kind, limit=_OFFERED, lang=lang).hits
                near += hits if lang == self._lang else []
                known = {hit.iri for hit in same}
                same += [
                    hit for hit in hits if hit.iri not in known and fold(hit.label) == fold(text)
                ]
        if len(same) == 1:
            return Found(NamedNode(same[0].iri))
        return Found(offers=tuple(same[:_OFFERED] or near[:_NEAR]), exact=bool(same))

    def _written(self, text: str) -> NamedNode | None:
        """The entity whose address the text is, or has at its end between brackets."""
        bracketed = _BRACKETED.fullmatch(text)
        short = bracketed["short"] if bracketed else text
        if _SHORT.fullmatch(short):
            kind, _, key = short.partition("/")
            return self._names.entity(kind, key)
        if not text.startswith(self._names.base + "id/"):
            return None
        try:
            return self._names.entity(*self._names.entity_parts(text))
        except NotFound:
            return None

    def _of_classes(self, iri: NamedNode, classes: tuple[str, ...]) -> Found:
        """The entity, if it is described and of one of the classes."""
        asked = queries.app("describe-labels", self._names).bind(iri=iri)
        found = [value for _, value in self._store.select(asked).rows]
        own = [value.value for value in found if isinstance(value, NamedNode)]
        above = {up for name in own for up in self._profiles.supers.get(name, (name,))}
        if not found:
            return Found()
        if not classes or above & set(classes):
            return Found(iri)
        label = next((self._profiles.of([name]).labels for name in own), {})
        return Found(other=label.get(self._lang) or (self._names.compact(own[0]) if own else "?"))

    def _coded(self, text: str, kinds: Iterable[str]) -> list[NamedNode]:
        if not re.fullmatch(r"[0-9A-Za-z-]{1,40}", text):
            return []
        named = {kind: self._names.entity(kind, text) for kind in kinds}
        found = {kind: iri for kind, iri in named.items() if self.taken(iri)}
        if "commune" in found:
            # A delegated commune keeps the code of the one that it was, and is the rarer meaning.
            found = {kind: iri for kind, iri in found.items() if not kind.startswith("commune-")}
        return list(found.values())

    def _one(self, iris: list[NamedNode]) -> Found:
        if len(iris) == 1:
            return Found(iris[0])
        return Found(offers=tuple(map(self._hit, iris)), exact=True)

    def _hit(self, iri: NamedNode) -> Hit:
        asked = queries.app("describe-labels", self._names).bind(iri=iri)
        found = [value for _, value in self._store.select(asked).rows]
        said = {value.language or "": value.value for value in found if isinstance(value, Literal)}
        label = said.get(self._lang) or next(iter(said.values()), iri.value)
        classes = [value.value for value in found if isinstance(value, NamedNode)]
        told = (self._profiles.own[name].labels for name in classes if name in self._profiles.own)
        called = [labels.get(self._lang, "") for labels in told]
        kind = self._names.entity_parts(iri.value)[0]
        return Hit(iri.value, label, "", "", called[-1] if called else kind, kind)

    def _kinds(self, classes: tuple[str, ...]) -> list[str]:
        own = [name.removeprefix(self._names.ontology) for name in classes]
        return [kind for name in own for kind in _KINDS.get(name, ())]

"""What was written in the fields of a proposal -> its triples, or what is wrong with each value."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

from essgraph import vocab
from essgraph.proposals import dates, words
from essgraph.proposals.form import SOURCE, Field, Form
from essgraph.proposals.looking import Found, Lookup
from essgraph.proposals.model import ADDRESS, Fault, Proposal, Values
from essgraph.proposals.words import Texts
from essgraph.search import Hit
from essgraph.search.fold import words as folded
from essgraph.store.base import Term
from essgraph.vocab import Names

NEW = 5
"""New organisations, and new persons, that one proposal may describe."""

MAX_VALUES = 30
"""Values of one field."""

MAX_TEXT = 4_000
MAX_SHORT = 300
_MAX_SLUG = 80

_PLACE_OF_NEW = {"organisation": "Organisation", "person": "Person"}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.\w+|(?<!\d)0[1-9]([ .-]?\d\d){4}(?!\d)")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


def slug(text: str) -> str:
    """What an IRI ends in, from a name: `Épicerie d’Ô` -> `epicerie-o`."""
    found = [word for word in folded(text) if word.isascii() and word not in ("d", "l")]
    whole = "-".join(found)
    return whole if len(whole) <= _MAX_SLUG else whole[:_MAX_SLUG].rpartition("-")[0]


def draft(values: Values, form: Form, names: Names, lookup: Lookup) -> Proposal:
    """The proposal that these values make; faults name the fields that hinder it."""
    drafting = _Drafting(values, form, names, lookup)
    drafting.entities()
    for one in form.initiative:
        drafting.read(one, drafting.iri)
    drafting.publication()
    drafting.together()
    return Proposal(
        drafting.iri,
        tuple(dict.fromkeys(drafting.triples())),
        tuple(drafting.faults),
        {key: tuple(terms) for key, terms in drafting.terms.items()},
        drafting.subjects,
    )


class _Drafting:
    """One proposal in the making."""

    def __init__(self, values: Values, form: Form, names: Names, lookup: Lookup) -> None:
        # What stands beside new organisations keeps its place, empty or not.
        beside = {field.key for field in form.entities if field.path}
        self._values = {
            key: [text.strip() for text in texts if text.strip() or key in beside]
            for key, texts in values.items()
        }
        self._form, self._names, self._lookup = form, names, lookup
        self.faults: list[Fault] = []
        self.terms: defaultdict[str, list[Term]] = defaultdict(list)
        self._facts: defaultdict[NamedNode, list[tuple[NamedNode, Term]]] = defaultdict(list)
        self._new: dict[tuple[str, str], NamedNode] = {}
        self._used: set[tuple[str, str]] = set()
        self.iri = self._address()
        self.subjects: dict[NamedNode, str] = {self.iri: ""}

    def _address(self) -> NamedNode:
        named = self._first("name.fr") or self._first("name.en")
        asked = self._first(ADDRESS)
        key = asked or slug(named)
        if asked and (len(asked) > _MAX_SLUG or not _SLUG.fullmatch(asked)):
            self._fault(ADDRESS, asked, words.say("slug"))
            key = slug(named)
        iri = self._names.entity("initiative", key or "sans-nom")
        if key and self._lookup.taken(iri):
            self._fault(ADDRESS if asked else "name.fr", key, words.say("taken", value=key))
        return iri

    def entities(self) -> None:
        """The organisations and persons that the graph does not have yet."""
        for kind, class_name in _PLACE_OF_NEW.items():
            key = f"new.{kind}"
            own = self._form.field(key)
            for at, called in enumerate(self._values.get(key, [])[:NEW]):
                if own is None or not self._fits(own, called):
                    continue
                iri = self._names.entity(kind, slug(called) or "sans-nom")
                if self._lookup.taken(iri):
                    short = f"{kind}/{slug(called)}"
                    said = words.say("known", value=called, short=short)
                    self._fault(key, called, said)
                    continue
                self._new[class_name, " ".join(folded(called))] = iri
                self.subjects[iri] = key
                label = Literal(called) if kind == "person" else Literal(called, language="fr")
                self._facts[iri] += [(vocab.RDF_TYPE, c) for c in self._classes(class_name)]
                self._facts[iri].append((vocab.RDFS_LABEL, label))
                self.terms[key].append(label)
                for more in self._form.entities if kind == "organisation" else ():
                    written = self._values.get(more.key, []) if more.path else []
                    if at < len(written) and written[at]:
                        self._add(more, written[at], iri)
            self._bounded(key, NEW)
        amount = len(self._values.get("new.organisation", []))
        for more in self._form.entities:
            if more.path and len(self._values.get(more.key, [])) > amount:
                self._fault(more.key, "", words.say("apart"))

    def read(self, one: Field, subject: NamedNode) -> None:
        """The values of one field, as facts of an entity."""
        written = self._values.get(one.key, [])
        if one.required and not written and not self._excused(one):
            self._fault(one.key, "", words.say("missing"))
        self._bounded(one.key, MAX_VALUES if one.repeats else 1)
        for text in dict.fromkeys(written[: MAX_VALUES if one.repeats else 1]):
            self._add(one, text, subject)

    def publication(self) -> None:
        """The publication that the graph does not have yet, if there is one."""
        if not any(self._values.get(one.key) for one in self._form.publication):
            return
        title = self._first(f"{SOURCE}.title")
        iri = self._names.entity("publication", slug(title) or "sans-titre")
        if title and self._lookup.taken(iri):
            short = f"publication/{slug(title)}"
            said = words.say("known", value=title, short=short)
            self._fault(f"{SOURCE}.title", title, said)
        self.subjects[iri] = f"{SOURCE}."
        self._facts[iri] += [(vocab.RDF_TYPE, c) for c in self._classes("Publication")]
        if title:
            self._facts[iri].append((vocab.RDFS_LABEL, Literal(title, language="fr")))
        for one in self._form.publication:
            self.read(one, iri)
        self._facts[iri].append((self._names.ess("about"), self.iri))
        path = next(one.path for one in self._form.initiative if one.key == SOURCE)
        self._facts[self.iri].append((NamedNode(path), iri))

    def together(self) -> None:
        """What concerns several fields; and where each entity comes from."""
        began, ended = (self.terms.get(key, []) for key in ("startDate", "endDate"))
        if began and ended:
            first, last = (getattr(some[0], "value", "") for some in (began, ended))
            if last < first[: len(last)]:
                self._fault("endDate", self._first("endDate"), words.say("order"))
        for (class_name, _), iri in self._new.items():
            if (class_name, iri.value) not in self._used:
                labels = (o for p, o in self._facts[iri] if p == vocab.RDFS_LABEL)
                called = next(label.value for label in labels if isinstance(label, Literal))
                self._fault(self.subjects[iri], called, words.say("unused", value=called))
        path = next(one.path for one in self._form.initiative if one.key == SOURCE)
        sources = [o for p, o in self._facts[self.iri] if p.value == path]
        self._facts[self.iri].insert(0, (vocab.RDF_TYPE, self._names.ess("Initiative")))
        for iri, place in self.subjects.items():
            own: list[Term] = [iri] if place == f"{SOURCE}." else sources
            self._facts[iri] += [(NamedNode(vocab.PROV + "hadPrimarySource"), o) for o in own]
            stated = self._names.concept("evidence", "stated")
            self._facts[iri].append((self._names.ess("evidence"), stated))

    def triples(self) -> Iterable[Triple]:
        """The facts, entity by entity, the initiative first."""
        return (
            Triple(iri, prop, value) for iri in self.subjects for prop, value in self._facts[iri]
        )

    def _add(self, one: Field, text: str, subject: NamedNode) -> None:
        term = self._term(one, text) if self._fits(one, text) else None
        if term is not None:
            self.terms[one.key].append(term)
            self._facts[subject].append((NamedNode(one.path), term))

    def _term(self, one: Field, text: str) -> Term | None:
        if one.kind == "entity":
            return self._entity(one, text)
        if one.kind == "text":
            return Literal(text, language=one.lang) if one.lang else Literal(text)
        term: Term | None = None
        if one.kind == "date":
            term = dates.read(text)
        elif one.kind == "concept":
            term = self._lookup.concept(text, one.scheme).term
        elif _ADDRESS.fullmatch(text):
            term = NamedNode(text)
        if term is None:
            self._fault(one.key, text, words.say(one.kind, value=text[:100]))
        return term

    def _entity(self, one: Field, text: str) -> Term | None:
        wanted = [name.removeprefix(self._names.ontology) for name in one.classes]
        for class_name in wanted:
            new = self._new.get((class_name, " ".join(folded(text))))
            if new is not None:
                self._used.add((class_name, new.value))
                return new
        found = self._lookup.entity(text, one.classes)
        if found.term is None:
            able = bool({"Organisation", "Person"} & set(wanted))
            self._fault(one.key, text, _unfound(found, text, able), found.offers)
            return None
        if found.mended:
            said = words.say("mended", read=found.mended)
            self.faults.append(Fault(one.key, text, said, note=True))
        return found.term

    def _fits(self, one: Field, text: str) -> bool:
        most = MAX_TEXT if one.key.startswith("description") else MAX_SHORT
        if one.kind == "address":
            most = 2_000
        if len(text) > most:
            self._fault(one.key, text[:100], words.say("long", count=len(text), most=most))
        elif _CONTROL.search(text):
            self._fault(one.key, "", words.say("control"))
        elif one.kind == "text" and _PERSONAL.search(text):
            self._fault(one.key, text[:100], words.say("personal"))
        else:
            return True
        return False

    def _bounded(self, key: str, most: int) -> None:
        count = len(self._values.get(key, []))
        if count > most:
            self._fault(key, "", words.say("many", count=count, most=most))

    def _excused(self, one: Field) -> bool:
        """Whether what is required is given otherwise: in another language, as a new one."""
        if one.key == SOURCE:
            return any(self._values.get(other.key) for other in self._form.publication)
        return bool(one.lang) and bool(self._first(one.key.removesuffix(one.lang) + "en"))

    def _classes(self, name: str) -> list[NamedNode]:
        more = {
            "Organisation": [vocab.ORG + "Organization"],
            "Person": [vocab.FOAF + "Person", vocab.PERSON + "Person"],
            "Publication": [vocab.SCHEMA + "CreativeWork"],
        }
        return [self._names.ess(name), *(NamedNode(iri) for iri in more[name])]

    def _first(self, key: str) -> str:
        return next(iter(self._values.get(key, [])), "")

    def _fault(self, key: str, value: str, texts: Texts, offers: tuple[Hit, ...] = ()) -> None:
        self.faults.append(Fault(key, value, texts, offers))


def _unfound(found: Found, text: str, able: bool) -> Texts:
    value = text[:100]
    if found.other:
        return words.say("kind", value=value, other=found.other)
    if found.offers and found.exact:
        return words.say("homonyms", value=value)
    told = words.say("near" if found.offers else "nothing", value=value)
    return words.joined(told, words.say("describe")) if able else told


def values_of(triples: Iterable[Triple], iri: NamedNode, form: Form, names: Names) -> Values:
    """The values that a form has for an initiative that is described already.

    What is described with it and has no field here (mandates, figures) is left out.
    """
    facts = [(t.predicate.value, t.object) for t in triples if t.subject == iri]
    found: dict[str, list[str]] = {ADDRESS: [names.entity_parts(iri.value)[1]]}
    for one in form.initiative:
        for prop, value in facts:
            if prop != one.path:
                continue
            if isinstance(value, NamedNode):
                # An address of ours in few characters.
                short = value.value.removeprefix(names.base).removeprefix("id/")
                found.setdefault(one.key, []).append(short)
            elif isinstance(value, Literal) and (value.language or "") == one.lang:
                found.setdefault(one.key, []).append(value.value)
    return found

"""The form of a proposal as a page shows it: inputs, what is wrong beside them, a preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString, gettext, lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal, NamedNode

from essgraph import proposals
from essgraph.describe import labels
from essgraph.proposals import Fault, Field, Form, Proposal, Values
from essgraph.search import Hit
from essgraph.vocab import RDFS_LABEL
from essgraph.web import text
from essgraph.web.context import names, opened, store

_HELP: Mapping[str, LazyString] = {
    "name.fr": lazy_gettext("What it is called, with the place: “Social grocery of Guillestre”."),
    "name.en": lazy_gettext("If you know one; nobody has to translate."),
    "description.fr": lazy_gettext("One to three sentences: what is done, for whom, how."),
    "description.en": lazy_gettext("If you have one; nobody has to translate."),
    "spatial": lazy_gettext("Commune, intermunicipality, département or région: name or code."),
    "site": lazy_gettext("A precise place, if the graph has it: a park, a plant."),
    "source": lazy_gettext("Where it can be read: a publication that the graph has. A new one is described below."),  # noqa: E501
    "source.title": lazy_gettext("Of the article, the page or the report, as it was published."),
}  # fmt: skip
_HELP_OF_KIND: Mapping[str, LazyString] = {
    "text": lazy_gettext("A text."),
    "date": lazy_gettext("As precise as you know: 2013, 2013-10 or 2013-10-05."),
    "concept": lazy_gettext("Tick all that apply."),
    "entity": lazy_gettext(
        "An exact name or a code. If it is new, describe it below under the same name."
    ),
    "address": lazy_gettext("It begins with https:// or http://."),
}


@dataclass(frozen=True)
class Offer:
    """One of those that a name may mean; `value` is what to write for it."""

    label: str
    context: str
    value: str


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a value, in the language of the page."""

    key: str
    value: str
    sentence: str
    offers: Sequence[Offer]
    note: bool


@dataclass(frozen=True)
class Option:
    """A concept to tick or to choose; `below` are those under it."""

    value: str
    label: str
    chosen: bool
    below: Sequence[Option] = ()

    @property
    def ticked(self) -> int:
        """How many are chosen of it and of those under it."""
        return self.chosen + sum(option.ticked for option in self.below)


@dataclass(frozen=True)
class Input:
    """One field as the page shows it.

    Shape: `values` are the lines of what takes several, with an empty one at the end.
    """

    key: str
    label: str
    kind: str
    help: str
    required: bool
    repeats: bool
    long: bool
    values: Sequence[str]
    options: Sequence[Option]
    wrong: Sequence[Wrong]

    @property
    def id(self) -> str:
        """What the label and the faults refer to."""
        return "f-" + self.key.replace(".", "-")


@dataclass(frozen=True)
class Block:
    """A new organisation: its name, kind and legal form."""

    number: int
    name: str
    partner: Sequence[Option]
    legal: Sequence[Option]


def inputs(fields: Iterable[Field], values: Values, faults: Iterable[Fault]) -> list[Input]:
    """The fields with what was written and what is wrong with it."""
    wrong = list(faults)
    return [_input(field, values, wrong) for field in fields]


def blocks(form: Form, values: Values, least: int = 1) -> list[Block]:
    """The new organisations, and an empty block for one more."""
    called = list(values.get("new.organisation", []))
    kinds, forms = (list(values.get(f"new.{name}", [])) for name in ("partnerType", "legalForm"))

    def at(some: Sequence[str], number: int) -> list[str]:
        return [some[number]] if number < len(some) else []

    amount = min(proposals.NEW, max(least, len([name for name in called if name]) + 1))
    partner, legal = (form.field(f"new.{name}") for name in ("partnerType", "legalForm"))
    return [
        Block(
            number + 1,
            called[number] if number < len(called) else "",
            _options(partner, at(kinds, number)),
            _options(legal, at(forms, number)),
        )
        for number in range(amount)
    ]


def told(fault: Fault) -> Wrong:
    """A fault in the language of the page."""
    offers = [_offer(hit) for hit in fault.offers]
    return Wrong(fault.key, fault.value, fault.texts[text.lang()], offers, fault.note)


def preview(form: Form, proposal: Proposal) -> list[tuple[str, list[text.Cell]]]:
    """What each field means, by the names of the entities."""
    named = (term for some in proposal.terms.values() for term in some)
    iris = [t.value for t in named if isinstance(t, NamedNode) and _is_ours(t)]
    known = labels.look_up(store(), names(), iris, text.lang()) if iris else None
    new = {
        triple.subject: triple.object.value
        for triple in proposal.triples
        if triple.predicate == RDFS_LABEL and isinstance(triple.object, Literal)
    }

    def cell(term: object) -> text.Cell:
        if isinstance(term, NamedNode) and term in new:
            return text.Cell(gettext("%(name)s (new)", name=new[term]))
        if isinstance(term, NamedNode) and known is not None and _is_ours(term):
            label = known.label(term.value)
            return text.labelled(term.value, label.value, label.lang)
        return text.cell(term)

    shown = [field for field in form.fields if not field.key.startswith(("name.", "new."))]
    return [
        (field.called(text.lang()), [cell(term) for term in proposal.terms[field.key]])
        for field in shown
        if proposal.terms.get(field.key)
    ]


def _input(field: Field, values: Values, faults: Sequence[Fault]) -> Input:
    written = [value for value in values.get(field.key, []) if value.strip()]
    if field.kind == "concept":
        options, lines = _options(field, written), []
    else:
        options = []
        several = field.repeats and len(written) < proposals.MAX_VALUES
        lines = [*written, ""] if several or not written else written
    return Input(
        field.key,
        field.called(text.lang()),
        field.kind,
        str(_HELP.get(field.key) or _HELP_OF_KIND[field.kind]),
        field.required,
        field.repeats,
        field.key.startswith("description"),
        lines,
        options,
        [told(fault) for fault in faults if fault.key == field.key],
    )


def _options(field: Field | None, chosen: Sequence[str]) -> list[Option]:
    """The concepts of a field's scheme, those below one with it; what is chosen by any name."""
    if field is None:
        return []
    # Several fields and every page of a release show the same lists.
    found = opened().once.get(
        (proposals.concepts, field.scheme),
        lambda: proposals.concepts(store(), field.scheme, names()),
    )
    named = {value.casefold() for value in chosen}

    def option(concept: proposals.Concept) -> Option:
        short = text.short(concept.iri)
        ways = (short, concept.iri, *concept.called)
        below = [option(other) for other in found if other.broader == concept.iri]
        is_chosen = any(way.casefold() in named for way in ways)
        return Option(short, text.translated(concept.labels), is_chosen, below)

    inside = {concept.iri for concept in found}
    return [option(concept) for concept in found if concept.broader not in inside]


def _offer(hit: Hit) -> Offer:
    short = text.short(hit.iri)
    return Offer(hit.label, hit.context or hit.class_label or short, f"{hit.label} ({short})")


def _is_ours(iri: NamedNode) -> bool:
    return iri.value.startswith(names().base)

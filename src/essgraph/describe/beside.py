"""What is told beside a name: the amount of a figure, the time of a mandate, a person's office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from essgraph import queries, vocab
from essgraph.describe.labels import choose
from essgraph.describe.model import Description, Text
from essgraph.describe.office import Day
from essgraph.describe.values import text_of, values
from essgraph.store.base import GraphStore, Term
from essgraph.vocab import Names

_VALUE, _LEAST, _MOST = (vocab.SCHEMA + name for name in ("value", "minValue", "maxValue"))
_UNIT, _CURRENCY = vocab.SCHEMA + "unitText", vocab.SCHEMA + "currency"
_START, _END = vocab.SCHEMA + "startDate", vocab.SCHEMA + "endDate"
_DATE = vocab.DCTERMS + "date"


@dataclass(frozen=True)
class Amount:
    """What a figure says: its numbers, in what unit or currency, of when.

    Shape: `least` and `most` are the same for a single value, None for a bound that no source
    gives; `unit` and `currency` are "" where not told.
    """

    least: Literal | None
    most: Literal | None
    unit: str
    currency: str
    date: Day | None


@dataclass(frozen=True)
class Office:
    """What a person holds, as its source calls it, and from when to when; `called` is empty of
    a mandate told by its own name.
    """

    called: Text
    start: Day | None
    end: Day | None


def beside(
    store: GraphStore, found: Description, names: Names, lang: str
) -> tuple[Mapping[str, Amount], Mapping[str, Sequence[Office]]]:
    """The amounts of the figures that point here; the times of the mandates that do, and the
    offices of the people of an initiative where it takes place. Nothing is read in vain.

    Raises: StoreUnavailable.
    """
    of_class = defaultdict(list)
    for group in found.incoming:
        for link in group.links:
            of_class[link.class_iri].append(link.iri)
    figures = sorted(of_class[names.ess("Figure").value])
    mandates = sorted(of_class[names.ess("Mandate").value])
    told = values(
        store,
        names,
        [*figures, *mandates],
        (_VALUE, _LEAST, _MOST, _UNIT, _CURRENCY, _DATE, _START, _END),
    )
    amounts = {iri: _amount(told[iri], lang) for iri in figures if iri in told}
    offices: dict[str, list[Office]] = {
        iri: [Office(Text(""), _day(told[iri], _START), _day(told[iri], _END))]
        for iri in mandates
        if iri in told
    }
    if names.ess("Initiative").value in {link.iri for link in found.classes}:
        people = {
            value.link.iri
            for fact in found.facts
            for value in fact.values
            if value.link and value.link.class_iri == names.ess("Person").value
        }
        for person, office in _offices(store, found.iri, people, names, lang):
            offices.setdefault(person, []).append(office)
    return amounts, offices


def _amount(facts: Mapping[str, Sequence[Term]], lang: str) -> Amount:
    value = _literal(facts, _VALUE)
    units = [
        Text(term.value, term.language or "")
        for term in facts.get(_UNIT, ())
        if isinstance(term, Literal)
    ]
    unit = choose(units, lang)
    currency = _literal(facts, _CURRENCY)
    return Amount(
        value or _literal(facts, _LEAST),
        value or _literal(facts, _MOST),
        unit.value if unit else "",
        currency.value if currency else "",
        _day(facts, _DATE),
    )


def _offices(
    store: GraphStore, initiative: str, people: Collection[str], names: Names, lang: str
) -> list[tuple[str, Office]]:
    """Each of its people with an office, once for each that they hold or held."""
    if not people:
        return []
    text = queries.app("offices-of-people", names).bind(
        initiative=NamedNode(initiative),
        person=[NamedNode(iri) for iri in sorted(people)],
        lang=Literal(lang),
    )
    found: dict[str, tuple[str, Office]] = {}
    for person, mandate, name, label, role, body, start, end in store.select(text).rows:
        if not isinstance(person, NamedNode) or not isinstance(mandate, NamedNode):
            continue
        told = _called(text_of(label), text_of(name), text_of(role), text_of(body))
        office = Office(Text(told), Day.of(start), Day.of(end))
        if told:
            found.setdefault(mandate.value, (person.value, office))
    return list(found.values())


def _called(label: str, name: str, role: str, body: str) -> str:
    """“Maire de Guillestre”, of a mandate whose label names its holder last; else role and body."""
    head, colon, tail = label.rpartition(":")
    if colon and name and tail.strip() == name:
        return head.strip()
    return ", ".join(filter(None, (role, body)))


def _literal(facts: Mapping[str, Sequence[Term]], prop: str) -> Literal | None:
    return next((term for term in facts.get(prop, ()) if isinstance(term, Literal)), None)


def _day(facts: Mapping[str, Sequence[Term]], prop: str) -> Day | None:
    return Day.of(_literal(facts, prop))

"""The mandates of a person or of a body, read and told apart by time.

A register says who is in office on its day; the collection says what a source said once. So a
mandate of the register without end is of today, and one of the collection never is.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode

from essgraph import queries, vocab
from essgraph.describe.labels import local_name, look_up
from essgraph.describe.model import Link, Text
from essgraph.describe.office import Day, Known, Mandate, Mandates, Register, When, standings
from essgraph.describe.values import Said, pointing, values
from essgraph.store.base import GraphStore, Term
from essgraph.vocab import Names

MOST = 1000
"""Mandates of one body read at most; the largest, the National Assembly, has 577 seats."""

MEMBER = vocab.ORG + "member"
ORGANISATION = vocab.ORG + "organization"

_REGISTER = "officials"
_ROLE = vocab.ORG + "role"
_START, _END = vocab.SCHEMA + "startDate", vocab.SCHEMA + "endDate"
_DURING = vocab.ORG + "memberDuring"
_SOURCE = vocab.PROV + "hadPrimarySource"
_DISSOLVED = vocab.SCHEMA + "dissolutionDate"
_LABEL = vocab.RDFS + "label"
_FAMILY = vocab.FOAF + "familyName"


def mandates_of(
    store: GraphStore,
    entities: Iterable[NamedNode],
    prop: str,
    names: Names,
    lang: str,
    today: datetime.date,
    known: Mapping[str, Known] = MappingProxyType({}),
) -> Mandates:
    """The mandates that point at these entities by `MEMBER` or by `ORGANISATION`.

    Shape: known: mandate -> what need not be read of it; functions in order of standing, then
    rank; seats in order of the person's name.
    Raises: StoreUnavailable.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for entity in entities:
        for graph, mandate in pointing(store, names, entity, prop, MOST + 1):
            found[mandate].add(graph)
    truncated = len(found) > MOST
    if not found:
        return Mandates((), (), truncated=False)
    iris = sorted(found)[:MOST]
    register = names.graph(_REGISTER).value
    listed = {iri for iri in iris if register in found[iri]}
    attested, rank = _own(names)
    # Of a register no more is asked than it tells: a council has two hundred mandates.
    some = (MEMBER, _ROLE, _START, _END, rank, *({ORGANISATION} - {prop}))
    others = (*some, ORGANISATION, _DURING, attested, _SOURCE)
    seats = {iri: known[iri] for iri in listed if iri in known}
    said = {
        **values(store, names, sorted(listed - seats.keys()), some),
        **values(store, names, [iri for iri in iris if iri not in listed], others),
    }
    registers = _registers(store, names, register, lang) if listed else ()
    reading = _Reading(store, names, lang, said, seats, listed, registers, today)
    read = [reading.mandate(iri) for iri in iris if iri not in seats]
    read += [reading.seat(iri, seat) for iri, seat in seats.items()]
    read.sort(key=_order)
    return Mandates(tuple(read), registers, truncated)


def bodies(store: GraphStore, territory: NamedNode, names: Names) -> list[NamedNode]:
    """The authorities that govern a territory.

    Raises: StoreUnavailable.
    """
    saved = queries.app("bodies-of-territory", names)
    rows = store.select(saved.bind(territory=territory)).rows
    return [body for (body,) in rows if isinstance(body, NamedNode)]


def told(classes: Collection[str], names: Names) -> frozenset[str]:
    """The properties whose links the page of something of these classes tells in its own way:
    as mandates, or as namesakes.
    """
    candidate = names.ess("candidate").value
    known = {
        "Person": (MEMBER, candidate),
        "Organisation": (ORGANISATION,),
        "Authority": (ORGANISATION,),
    }
    return frozenset(
        prop
        for name, properties in known.items()
        if names.ess(name).value in classes
        for prop in properties
    )


def _own(names: Names) -> tuple[str, str]:
    return names.ess("attestedDuring").value, names.ess("rank").value


class _Reading:
    """What the mandates say, with what they point at looked up all at once."""

    def __init__(
        self,
        store: GraphStore,
        names: Names,
        lang: str,
        said: Said,
        seats: Mapping[str, Known],
        listed: Collection[str],
        registers: Sequence[Register],
        today: datetime.date,
    ) -> None:
        self._said = said
        self._names = names
        self._listed = listed
        self._today = today.isoformat()
        self._attested, self._rank = _own(names)
        self._register = tuple(register.link for register in registers)
        self._standings = standings(names)

        def of(*properties: str) -> set[str]:
            return {
                value.value
                for facts in said.values()
                for prop in properties
                for value in facts.get(prop, ())
                if isinstance(value, NamedNode)
            }

        # Names alone of people: a council has a hundred of them, each of three classes.
        people = sorted(of(MEMBER))
        self._people = values(store, names, people, (_LABEL, _FAMILY))
        # The end of a period, or of a body, which ends the mandates in it.
        ends = sorted(of(_DURING, self._attested, ORGANISATION))
        self._ends = values(store, names, ends, (_END, _DISSOLVED))
        others = of(ORGANISATION, _ROLE, _DURING, self._attested, _SOURCE)
        others |= {seat.role for seat in seats.values()}
        lexicon = look_up(store, names, others, lang)
        # Each once: two hundred mandates share a few roles and one body.
        self._links = {iri: lexicon.link(iri) for iri in others}

    def mandate(self, iri: str) -> Mandate:
        """One of them."""
        facts = self._said.get(iri, {})
        role = self._iri(facts, _ROLE)
        body = self._iri(facts, ORGANISATION)
        during = self._iri(facts, self._attested) or self._iri(facts, _DURING)
        own = tuple(map(self._link, sorted(self._iris(facts, _SOURCE))))
        rank = _literal(facts, self._rank)
        return Mandate(
            iri=iri,
            when=self._when(iri, facts),
            person=self._person(self._iri(facts, MEMBER)),
            body=self._link(body),
            role=self._link(role),
            standing=self._standings.get(role, len(self._standings)),
            rank=int(rank.value) if rank is not None and rank.value.isdecimal() else 0,
            start=_day(facts, _START),
            end=_day(facts, _END),
            during=self._link(during).label if during else Text(""),
            sources=own or (self._register if iri in self._listed else ()),
            sort_name=self._family(self._iri(facts, MEMBER)),
        )

    def seat(self, iri: str, known: Known) -> Mandate:
        """One of a register, of which an index knows all that is to be told."""
        return Mandate(
            iri=iri,
            when=When.NOW,
            person=Link(known.person, Text(known.name)),
            body=self._link(""),
            role=self._link(known.role),
            standing=self._standings.get(known.role, len(self._standings)),
            rank=int(known.rank) if known.rank.isdecimal() else 0,
            start=Day(known.start, vocab.XSD_DATE.value) if known.start else None,
            end=None,
            during=Text(""),
            sources=self._register,
            sort_name=_sorted_as(known.family),
        )

    def _link(self, iri: str) -> Link:
        found = self._links.get(iri)
        if found is None:
            found = self._links[iri] = Link(iri, Text(local_name(iri, self._names)))
        return found

    def _when(self, iri: str, facts: Mapping[str, Sequence[Term]]) -> When:
        ends = [_literal(facts, _END)]
        for prop in (_DURING, self._attested):
            ends += [
                _literal(self._ends.get(period, {}), _END) for period in self._iris(facts, prop)
            ]
        ends += [
            _literal(self._ends.get(body, {}), _DISSOLVED)
            for body in self._iris(facts, ORGANISATION)
        ]
        if any(end is not None and _last_day(end.value) < self._today for end in ends):
            return When.PAST
        return When.NOW if iri in self._listed else When.UNKNOWN

    def _person(self, iri: str) -> Link:
        label = _literal(self._people.get(iri, {}), _LABEL)
        if label is None:
            return self._link(iri)
        return Link(iri, Text(label.value, label.language or ""))

    def _family(self, iri: str) -> str:
        name = _literal(self._people.get(iri, {}), _FAMILY)
        return _sorted_as(name.value) if name is not None else ""

    @staticmethod
    def _iris(facts: Mapping[str, Sequence[Term]], prop: str) -> list[str]:
        return [value.value for value in facts.get(prop, ()) if isinstance(value, NamedNode)]

    def _iri(self, facts: Mapping[str, Sequence[Term]], prop: str) -> str:
        return min(self._iris(facts, prop), default="")


def _registers(store: GraphStore, names: Names, graph: str, lang: str) -> tuple[Register, ...]:
    rows = store.select(queries.app("register", names).bind(graph=NamedNode(graph))).rows
    told = [
        (dataset.value, *(value.value if isinstance(value, Literal) else "" for value in more))
        for dataset, *more in rows
        if isinstance(dataset, NamedNode)
    ]
    lexicon = look_up(store, names, (iri for iri, *_ in told), lang)
    return tuple(Register(lexicon.link(iri), day, version) for iri, day, version in told)


def _sorted_as(name: str) -> str:
    """A name as lists order it: É among the E."""
    if name.isascii():
        return name.casefold()
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _literal(facts: Mapping[str, Sequence[Term]], prop: str) -> Literal | None:
    return next((value for value in facts.get(prop, ()) if isinstance(value, Literal)), None)


def _day(facts: Mapping[str, Sequence[Term]], prop: str) -> Day | None:
    found = _literal(facts, prop)
    return None if found is None else Day(found.value, found.datatype.value)


def _last_day(date: str) -> str:
    """The last day of a year, a month or a day, as a text that sorts by time."""
    return date + "0000-12-31"[len(date) :]


def _order(mandate: Mandate) -> tuple[int, int, str, str, str]:
    label = mandate.person.label.value
    return (
        mandate.standing,
        mandate.rank,
        mandate.sort_name or _sorted_as(label),
        label,
        mandate.iri,
    )

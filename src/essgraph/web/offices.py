"""Who holds what: the officials of a body on its page, the mandates of a person on theirs."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from flask_babel import LazyString, gettext, lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import NamedNode

from essgraph import describe, queries, vocab
from essgraph.describe import Day, Known, Link, Mandate, Mandates, Register, When
from essgraph.vocab import XSD_DATE
from essgraph.web import text
from essgraph.web.context import index, names, store
from essgraph.web.text import Cell, linked, shown

FUNCTIONS_SHOWN = 12
"""Holders of one function named on the page of a body."""

SEATS_SHOWN = 12
"""Members of a council named on the page of its body, besides those with a function."""

_TITLES: dict[When, LazyString] = {
    When.NOW: lazy_gettext("In office"),
    When.PAST: lazy_gettext("Past mandates"),
    When.UNKNOWN: lazy_gettext("Mandates whose end is not known"),
}


_FROM = lazy_gettext("from %(day)s"), lazy_gettext("from %(date)s")
_TO = lazy_gettext("to %(day)s"), lazy_gettext("to %(date)s")
_SINCE = lazy_gettext("since %(day)s"), lazy_gettext("since %(date)s")
_UNTIL = lazy_gettext("until %(day)s"), lazy_gettext("until %(date)s")


@dataclass(frozen=True)
class Holding:
    """One mandate as a line: the person or the mandate, the function, dates, sources."""

    cell: Cell
    role: str
    dates: str
    sources: tuple[Cell, ...] = ()
    mandate: Mandate | None = None


@dataclass(frozen=True)
class Group:
    """Mandates of one time under a heading; `note` says which register tells of them."""

    anchor: str
    title: LazyString
    holdings: tuple[Holding, ...]
    note: str = ""


@dataclass(frozen=True)
class Rank:
    """Who holds one function: the people, since when where all began together, how many more.

    Shape: each holding has dates of its own, unless `dates` are those of all.
    """

    role: str
    lang: str | None
    holdings: tuple[Holding, ...]
    dates: str
    total: int

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.total - len(self.holdings)


@dataclass(frozen=True)
class Council:
    """The officials of a body: those with a function, some of the others, how many more.

    Shape: `others` are the mandates that no register tells to be of today; `headless` if the
    register names councillors of a commune and no mayor.
    """

    ranks: tuple[Rank, ...]
    seats: tuple[Cell, ...]
    total: int
    more: int
    note: str
    truncated: bool
    headless: bool
    others: tuple[Group, ...]


@dataclass(frozen=True)
class Namesake:
    """A candidate for the same person, what was compared, and the decision that says so.

    Shape: `holds` is a mandate of the candidate's, who is called like this person.
    """

    cell: Cell
    holds: str
    decision: Cell
    agrees: str
    differs: str
    unknown: str


def council(iri: str, classes: Collection[str]) -> Council | None:
    """The officials of an authority, or of those that govern a territory; None without any."""
    read = in_bodies(iri, classes)
    if not read.all:
        return None
    listed = read.officials()
    seats = [mandate for mandate in listed if not mandate.is_function]
    return Council(
        ranks=ranks((mandate for mandate in listed if mandate.is_function), FUNCTIONS_SHOWN),
        seats=tuple(_person(mandate) for mandate in seats[:SEATS_SHOWN]),
        total=len(listed),
        more=max(0, len(seats) - SEATS_SHOWN),
        note=according_to(read.registers) if listed else "",
        truncated=read.truncated,
        headless=bool(
            listed and vocab.IGEO + "Commune" in classes and not any(m.is_head for m in listed)
        ),
        others=_groups(read, (When.PAST, When.UNKNOWN), official),
    )


def in_bodies(iri: str, classes: Collection[str]) -> Mandates:
    """The mandates in an organisation, or in those that govern a territory."""
    bodies = _bodies(iri, classes)
    seats = [seat for body in bodies for seat in index().council(body.value, names())]
    return _read(bodies, describe.ORGANISATION, {seat[0]: Known(*seat[1:]) for seat in seats})


def query(iri: NamedNode, classes: Collection[str]) -> str:
    """The query behind the officials of a body, or of those that govern a territory."""
    bodies = _bodies(iri.value, classes)
    return queries.app("officials-of-body", names()).bind(body=bodies)


def _bodies(iri: str, classes: Collection[str]) -> list[NamedNode]:
    if names().ess("Territory").value in classes:
        return describe.bodies(store(), NamedNode(iri), names())
    return [NamedNode(iri)] if describe.ORGANISATION in describe.told(classes, names()) else []


def held(iri: str, classes: Collection[str]) -> tuple[Group, ...]:
    """The mandates of a person, those of today first; nothing for anything else."""
    if describe.MEMBER not in describe.told(classes, names()):
        return ()
    read = _read([NamedNode(iri)], describe.MEMBER)
    return _groups(read, (When.NOW, When.PAST, When.UNKNOWN), _mandate)


def namesakes(iri: str, classes: Collection[str]) -> tuple[Namesake, ...]:
    """The namesakes of a person of whom nobody knows whether they are the same."""
    if describe.MEMBER not in describe.told(classes, names()):
        return ()
    found = describe.namesakes(store(), NamedNode(iri), names(), text.lang())
    others = [NamedNode(item.person.iri) for item in found]
    read = _read(others, describe.MEMBER).all if others else ()
    ranked = sorted(read, key=lambda mandate: mandate.when is not When.NOW)
    holds = {mandate.person.iri: _then(mandate) for mandate in reversed(ranked)}
    return tuple(
        Namesake(
            linked(item.person),
            holds.get(item.person.iri, ""),
            linked(item.decision),
            _words(item.agrees),
            _words(item.differs),
            _words(item.unknown),
        )
        for item in found
    )


def _words(links: Sequence[Link]) -> str:
    # Some labels have a comma of their own.
    return " · ".join(link.label.value for link in links)


def official(mandate: Mandate) -> Holding:
    """A mandate as its body's page tells it: who, as what, since when."""
    role = mandate.role.label.value
    return Holding(_person(mandate), role, _dates(mandate), _sources(mandate))


def ranks(mandates: Iterable[Mandate], most: int) -> tuple[Rank, ...]:
    """Mandates in order, under what each is held as; `most` of each are named."""
    found = []
    for role, held in groupby(mandates, key=lambda mandate: mandate.role):
        same = list(held)
        times = {(mandate.start, mandate.end, mandate.during) for mandate in same}
        shared = _dates(same[0]) if len(times) == 1 else ""
        holdings = tuple(
            Holding(_person(mandate), "", "" if shared else _dates(mandate))
            for mandate in same[:most]
        )
        lang = text.foreign(role.label.lang)
        found.append(Rank(role.label.value, lang, holdings, shared, len(same)))
    return tuple(found)


def according_to(registers: Sequence[Register]) -> str:
    """Which register says who is in office, and of when it is."""
    said = [
        gettext(
            "%(register)s, version %(version)s, read on %(day)s",
            register=register.link.label.value,
            version=register.version,
            day=shown(register.day, XSD_DATE.value),
        )
        for register in registers
        if register.day
    ]
    return (
        gettext("According to the register: %(registers)s.", registers="; ".join(said))
        if said
        else ""
    )


def _read(
    entities: Sequence[NamedNode], prop: str, known: Mapping[str, Known] = MappingProxyType({})
) -> Mandates:
    today = datetime.datetime.now(datetime.UTC).date()
    return describe.mandates_of(store(), entities, prop, names(), text.lang(), today, known)


def _groups(
    read: Mandates, times: Sequence[When], line: Callable[[Mandate], Holding]
) -> tuple[Group, ...]:
    return tuple(
        Group(
            f"mandates-{when}",
            _TITLES[when],
            tuple(map(line, found)),
            according_to(read.registers) if when is When.NOW else "",
        )
        for when in times
        if (found := read.when(when))
    )


def _mandate(mandate: Mandate) -> Holding:
    """A mandate as its holder's page tells it: what, where, from when to when."""
    cell = text.labelled(mandate.iri, _what(mandate), mandate.role.label.lang)
    return Holding(cell, "", _dates(mandate), _sources(mandate), mandate)


def _then(mandate: Mandate) -> str:
    """What a mandate is, with its dates where it is not of today."""
    dates = "" if mandate.when is When.NOW else _dates(mandate)
    return f"{_what(mandate)} ({dates})" if dates else _what(mandate)


def _what(mandate: Mandate) -> str:
    return f"{mandate.role.label.value}, {mandate.body.label.value}"


def _person(mandate: Mandate) -> Cell:
    return linked(mandate.person)


def _sources(mandate: Mandate) -> tuple[Cell, ...]:
    # One register backs all of its mandates: it is told once, under the heading.
    if mandate.when is When.NOW:
        return ()
    return tuple(map(linked, mandate.sources))


def _dates(mandate: Mandate) -> str:
    start, end = mandate.start, mandate.end
    if start is not None and end is not None:
        return f"{_said(start, *_FROM)} {_said(end, *_TO)}"
    if start is not None:
        return _said(start, *_SINCE)
    if end is not None:
        return _said(end, *_UNTIL)
    if mandate.during.value:
        return str(gettext("attested: %(period)s", period=mandate.during.value))
    return ""


def _said(date: Day, day: LazyString, other: LazyString) -> str:
    """A date in words: French tells a day otherwise than a month or a year."""
    words = day if date.datatype == XSD_DATE.value else other
    told = shown(date.value, date.datatype)
    return str(words % {"day": told, "date": told})

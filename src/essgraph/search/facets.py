"""What lists are narrowed by: the facets of each kind, and what an entity has of each.

An entity counts under a value and under everything above it: a commune's under its département,
its région and its country, an instrument's under the broader one. The same rules answer from the
files of a build (gather.py) and from a store (updating.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from essgraph.vocab import Names

FACETS: Mapping[str, tuple[str, ...]] = {
    "initiative": ("territory", "instrument", "sector", "partner"),
    "person": ("role", "territory"),
    "organisation": ("form", "partner", "territory"),
    "territory": ("type", "territory"),
    "publication": ("publisher",),
}
"""Kind of entity -> its facets, as pages show them."""

YEAR = "year"
"""Not chosen by value but by its first and last; in no list of facets."""

BEGUN = "begun"
"""The year that a mandate began in: what people are sorted by."""

HELD = "held"
"""All mandates of all people, under the class of people."""

_PATHS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("initiative", "territory"): ("dcterms:spatial",),
    ("initiative", "instrument"): ("ess:instrument",),
    ("initiative", "sector"): ("ess:sector",),
    ("initiative", "partner"): ("ess:partner/ess:partnerType",),
    ("initiative", YEAR): ("schema:startDate", "schema:endDate"),
    ("person", "role"): ("^org:member/org:role",),
    ("person", "territory"): ("^org:member/org:organization", "^org:member/dcterms:spatial"),
    ("person", YEAR): ("^org:member/schema:startDate", "^org:member/schema:endDate"),
    ("organisation", "form"): ("ess:legalForm",),
    ("organisation", "partner"): ("ess:partnerType",),
    ("organisation", "territory"): ("ess:governs", "dcterms:spatial"),
    ("organisation", YEAR): ("schema:foundingDate",),
    ("territory", "type"): ("rdf:type",),
    ("territory", "territory"): ("igeo:subdivisionDe", "ess:inEpci"),
    ("publication", "publisher"): ("dcterms:publisher",),
    ("publication", YEAR): ("dcterms:issued",),
}
"""(kind, facet) -> the paths of the shapes that it is read along, in the words of SPARQL."""

DURING = ("org:memberDuring", "ess:attestedDuring")
"""From a mandate to the periods that it is told of."""

BOUNDS = ("time:hasBeginning", "time:hasEnd")
DATES = ("time:inXSDDate", "time:inXSDgYearMonth", "time:inXSDgYear")
"""From a period to its instants, and from these to their dates."""

_LONGEST = 300
"""Years of a period at most; of a longer one, a slip of the pen, its ends alone."""

Value = tuple[str, str]
"""A facet and a value of it: an IRI, or a year of four digits."""


class Graph(Protocol):
    """Where statements are looked up, by properties such as `org:member`."""

    def objects(self, iri: str, prop: str) -> Collection[str]:
        """IRIs and texts that an entity has by a property."""

    def subjects(self, prop: str, iri: str) -> Collection[str]:
        """Entities that have this one by a property."""


def keys(kind: str, facet: str, names: Names) -> list[tuple[str, bool, str]]:
    """The paths of a facet as the profiles of the shapes tell them: property, inverse, then."""
    found = []
    for path in _PATHS.get((kind, facet), ()):
        first, _, then = path.partition("/")
        inverse = first.startswith("^")
        found.append((_iri(first.removeprefix("^"), names), inverse, _iri(then, names)))
    return found


def kind_class(kind: str, names: Names) -> str:
    """The class whose members are of a kind."""
    return names.ess(kind.capitalize()).value


@dataclass
class Trees:
    """What is above territories and concepts; what it has found once it knows."""

    graph: Graph
    _above: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def above(self, iri: str) -> tuple[str, ...]:
        """A value and all above it.

        A commune lies in its intercommunality, and this in every département that a commune of
        it lies in; the commune does not lie in all of these.
        """
        known = self._above.get(iri)
        if known is None:
            line = self._up(iri, "igeo:subdivisionDe")
            found = dict.fromkeys(line)
            for one in line:
                found.update(dict.fromkeys(self.graph.objects(one, "ess:inEpci")))
            for commune in self.graph.subjects("ess:inEpci", iri):
                found.update(dict.fromkeys(self._up(commune, "igeo:subdivisionDe")[1:]))
            found.update(dict.fromkeys(self._up(iri, "skos:broader")))
            known = self._above[iri] = tuple(found)
        return known

    def parents(self, iri: str) -> list[str]:
        """What is right above a value, that which it is shown under first."""
        objects = self.graph.objects
        spread = {
            up
            for commune in self.graph.subjects("ess:inEpci", iri)
            for up in objects(commune, "igeo:subdivisionDe")
        }
        some = (
            sorted(objects(iri, "igeo:subdivisionDe")),
            sorted(objects(iri, "skos:broader")),
            sorted(spread),
            sorted(objects(iri, "ess:inEpci")),
        )
        return [up for up in dict.fromkeys(up for ups in some for up in ups) if up != iri]

    def _up(self, iri: str, prop: str) -> list[str]:
        """An entity and those above it by one property, nearest first."""
        seen = [iri]
        for one in seen:
            seen += [up for up in self.graph.objects(one, prop) if up not in seen]
        return seen


class Reading:
    """The values of an entity's facets, looked up in a graph.

    `register` is the year that the register of officials was read in: whoever it lists without an
    end is in office then. 0 where there is no register.
    """

    def __init__(self, graph: Graph, names: Names, register: int) -> None:
        self.trees = Trees(graph)
        self._register = register
        self._graph = graph
        self._own = (names.ontology, names.prefixes["igeo"])
        self._territory = names.ess("Territory").value
        self._person = kind_class("person", names)
        self._of: Mapping[str, Callable[[str], Iterable[Value]]] = {
            "initiative": self._initiative,
            "organisation": self._organisation,
            "territory": self._of_territory,
            "publication": self._publication,
        }

    def values(self, kind: str, iri: str) -> list[frozenset[Value]]:
        """What an entity of a kind counts under; of a person, what each mandate gives."""
        if kind != "person":
            return [frozenset(self._of[kind](iri))]
        held = (frozenset(self._mandate(one, iri)) for one in self._mandates(iri))
        return sorted(set(filter(None, held)), key=sorted)

    def mandate(
        self, roles: Iterable[str], bodies: Iterable[str], spatial: Iterable[str]
    ) -> Iterator[Value]:
        """What a mandate lets its holder count under, its time apart."""
        objects = self._graph.objects
        yield HELD, self._person
        yield from self._all("role", roles)
        places = (place for body in bodies for place in objects(body, "ess:governs"))
        yield from self._all("territory", places)
        yield from self._all("territory", spatial)

    def in_office(self, starts: Collection[str], ends: Collection[str]) -> Iterator[Value]:
        """The years of a mandate of the register, which lasts unless its end is told."""
        if self._register and not ends:
            latest = max(self._register, *map(year_of, starts), 0)
            ends = (year_text(latest),)
        yield from term(starts, ends)

    def _initiative(self, iri: str) -> Iterator[Value]:
        objects = self._graph.objects
        yield from self._all("territory", objects(iri, "dcterms:spatial"))
        yield from self._all("instrument", objects(iri, "ess:instrument"))
        yield from self._all("sector", objects(iri, "ess:sector"))
        for partner in objects(iri, "ess:partner"):
            yield from self._all("partner", objects(partner, "ess:partnerType"))
        yield from self._period(iri)

    def _mandates(self, iri: str) -> Iterator[str]:
        objects = self._graph.objects
        for mandate in self._graph.subjects("org:member", iri):
            # As the register is read (people.py): of several the greatest.
            if max(objects(mandate, "org:member")) == iri:
                yield mandate

    def _mandate(self, iri: str, person: str) -> Iterator[Value]:
        objects = self._graph.objects
        roles, bodies = objects(iri, "org:role"), objects(iri, "org:organization")
        spatial = objects(iri, "dcterms:spatial")
        yield from self.mandate(sorted(roles)[-1:], sorted(bodies)[-1:], spatial)
        starts, ends = objects(iri, "schema:startDate"), objects(iri, "schema:endDate")
        periods = [period for prop in DURING for period in objects(iri, prop)]
        if periods or objects(iri, "prov:hadPrimarySource"):
            yield from term(starts, ends)
        else:
            yield from self.in_office(starts, ends)
        for period in periods:
            yield from years(*(self._instants(period, prop) for prop in BOUNDS))

    def _instants(self, period: str, prop: str) -> list[str]:
        """The dates of the beginnings or the ends of a period."""
        objects = self._graph.objects
        instants = objects(period, prop)
        return [date for one in instants for told in DATES for date in objects(one, told)]

    def _organisation(self, iri: str) -> Iterator[Value]:
        objects = self._graph.objects
        yield from self._all("form", objects(iri, "ess:legalForm"))
        yield from self._all("partner", objects(iri, "ess:partnerType"))
        yield from self._all("territory", objects(iri, "ess:governs"))
        yield from self._all("territory", objects(iri, "dcterms:spatial"))
        for date in objects(iri, "schema:foundingDate"):
            yield from years((date,), ())

    def _of_territory(self, iri: str) -> Iterator[Value]:
        for class_iri in self._graph.objects(iri, "rdf:type"):
            if class_iri != self._territory and class_iri.startswith(self._own):
                yield "type", class_iri
        for up in self.trees.above(iri):
            if up != iri:
                yield "territory", up

    def _publication(self, iri: str) -> Iterator[Value]:
        yield from (("publisher", one) for one in self._graph.objects(iri, "dcterms:publisher"))
        for date in self._graph.objects(iri, "dcterms:issued"):
            yield from years((date,), ())

    def _period(self, iri: str) -> Iterator[Value]:
        objects = self._graph.objects
        yield from years(objects(iri, "schema:startDate"), objects(iri, "schema:endDate"))

    def _all(self, facet: str, iris: Iterable[str]) -> Iterator[Value]:
        return ((facet, up) for iri in iris for up in self.trees.above(iri))


def years(starts: Iterable[str], ends: Iterable[str]) -> Iterator[Value]:
    """The years from the first start to the last end; one year where the other is not known."""
    latest = max(filter(None, map(year_of, ends)), default=0)
    first = min(filter(None, map(year_of, starts)), default=latest)
    last = latest or first
    if first:
        yield from ((YEAR, year_text(year)) for year in _between(first, last))


def term(starts: Iterable[str], ends: Iterable[str]) -> Iterator[Value]:
    """The years of a mandate, and the one it began in."""
    told = dict.fromkeys(years(starts, ends))
    yield from told
    yield from ((BEGUN, year) for _, year in [*told][:1])


def year_of(date: str) -> int:
    """The year of a date as XML Schema writes it, 0 for what is none."""
    head = date[:4]
    told = head.isascii() and head.isdecimal() and date[4:5] in ("", "-", "Z", "+")
    return int(head) if told else 0


def year_text(year: int) -> str:
    """A year as it is filed, so that years sort as texts."""
    return f"{year:04}"


def _between(first: int, last: int) -> Iterable[int]:
    if first > last:
        return (first, last)
    return range(first, last + 1) if last - first <= _LONGEST else (first, last)


def _iri(compact: str, names: Names) -> str:
    prefix, colon, local = compact.partition(":")
    return names.prefixes[prefix] + local if colon else ""

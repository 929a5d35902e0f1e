"""Officials of today's register who have the name of a person of the collection.

The collection tells no birth date, so nothing here is stronger than a name: no namesake is ever
joined to a person of the collection. Each is a candidate, with what agrees and what does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from essgraph import vocab
from essgraph.errors import NotFound
from essgraph.sources.ntriples import Statement, Terms
from essgraph.sources.officials import decisions
from essgraph.sources.officials.folding import Folding
from essgraph.sources.officials.identity import OVERSEAS, Point, Territory, departement_of
from essgraph.vocab import Names

_GIVEN = NamedNode(vocab.FOAF + "givenName")
_FAMILY = NamedNode(vocab.FOAF + "familyName")
_MEMBER = NamedNode(vocab.ORG + "member")
_ROLE = NamedNode(vocab.ORG + "role")
_SPATIAL = NamedNode(vocab.DCTERMS + "spatial")
_START = NamedNode(vocab.SCHEMA + "startDate")
_END = NamedNode(vocab.SCHEMA + "endDate")
_COMPARED = ("commune", "epci", "departement", "collectivite-outre-mer")  # a région is too wide


@dataclass(frozen=True, slots=True)
class Official:
    """A person of the register; `key` is the local name of the IRI."""

    key: str
    given: str
    family: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A mandate, as far as it may be compared; dates may be a year, a month or a day, or ""."""

    person: str
    role: str
    territories: frozenset[Territory]
    start: str
    end: str = ""


def statements(
    collection: Iterable[Triple],
    officials: Iterable[Official],
    seats: Callable[[frozenset[str]], Iterable[Seat]],
    names: Names,
) -> Iterator[Statement]:
    """The facts of each candidate, in the order of the register.

    `officials` is read once, then `seats` of the namesakes, if there are any.
    """
    known, mandates = _of_collection(collection, names)
    folded = Folding()
    wanted: defaultdict[tuple[str, str], list[Official]] = defaultdict(list)
    for person in known:
        wanted[folded[person.given], folded[person.family]].append(person)
    families = {family for _, family in wanted}
    pairs = [
        (person, official)
        for official in officials
        if folded[official.family] in families
        for person in wanted.get((folded[official.given], folded[official.family]), [])
    ]
    if not pairs:
        return
    held: defaultdict[str, list[Seat]] = defaultdict(list)
    for seat in seats(frozenset(official.key for _, official in pairs)):
        held[seat.person].append(seat)
    terms = Terms(names)
    for person, official in pairs:
        yield from _facts(person, official, mandates[person.key], held[official.key], terms)


def around(place: Territory) -> frozenset[Territory]:
    """A territory, and the département or overseas collectivity of a commune."""
    if place.kind != "commune":
        return frozenset({place})
    code = departement_of(place.code)
    kind = "collectivite-outre-mer" if code in OVERSEAS else "departement"
    return frozenset({place, Territory(kind, code)})


def _of_collection(
    triples: Iterable[Triple], names: Names
) -> tuple[list[Official], defaultdict[str, list[Seat]]]:
    """The persons of the collection, by IRI, and their mandates by person."""
    values: defaultdict[NamedNode, dict[NamedNode, list[str]]] = defaultdict(dict)
    for fact in triples:
        if isinstance(fact.subject, NamedNode) and isinstance(fact.object, NamedNode | Literal):
            values[fact.subject].setdefault(fact.predicate, []).append(fact.object.value)
    persons = []
    mandates: defaultdict[str, list[Seat]] = defaultdict(list)
    for subject, said in values.items():
        if _GIVEN in said and _FAMILY in said:
            for _, key in _ours([subject.value], names):
                persons.append(Official(key, said[_GIVEN][0], said[_FAMILY][0]))
        if _MEMBER in said and _ROLE in said:
            places = [Territory(*parts) for parts in _ours(said.get(_SPATIAL, []), names)]
            found = frozenset[Territory]().union(*map(around, places))
            start, end = ("".join(said.get(date, [])[:1]) for date in (_START, _END))
            role = said[_ROLE][0].rpartition("/")[2]
            for _, person in _ours(said[_MEMBER], names):
                mandates[person].append(Seat(person, role, found, start, end))
    return persons, mandates


def _ours(iris: Iterable[str], names: Names) -> Iterator[tuple[str, str]]:
    """Kind and key of the IRIs that are entities of this graph."""
    for iri in iris:
        try:
            yield names.entity_parts(iri)
        except NotFound:
            continue


def _facts(
    person: Official, official: Official, past: list[Seat], present: list[Seat], terms: Terms
) -> Iterator[Statement]:
    places = _smallest(past, present)
    outcome = {
        Point.TERRITORY: _agree(
            bool(places), [s.territories for s in past], [s.territories for s in present]
        ),
        Point.ROLE: _agree(
            bool({s.role for s in past} & {s.role for s in present}),
            [s.role for s in past],
            [s.role for s in present],
        ),
        Point.PERIOD: _same_period(past, present),
        Point.BIRTH_DATE: None,  # the collection tells none
    }
    yield from decisions.facts(
        terms,
        persons=[terms.entity("person", person.key), terms.entity("person", official.key)],
        key=f"{person.key}--{official.key}",
        name=f"{person.given} {person.family}",
        agrees=[Point.FULL_NAME, *(point for point, same in outcome.items() if same)],
        differs=[point for point, same in outcome.items() if same is False],
        unknown=[point for point, same in outcome.items() if same is None],
        territories=places,
    )


def _agree(same: bool, past: list[object], present: list[object]) -> bool | None:
    """Whether something agrees; None where one side does not tell."""
    return same or (False if any(past) and any(present) else None)


def _smallest(past: list[Seat], present: list[Seat]) -> list[Territory]:
    """The smallest territories of both, of one kind; none where they share none."""
    both = {place for s in past for place in s.territories} & {
        place for s in present for place in s.territories
    }
    for kind in _COMPARED:
        found = sorted(place for place in both if place.kind == kind)
        if found:
            return found
    return []


def _same_period(past: list[Seat], present: list[Seat]) -> bool | None:
    """Whether a mandate of the collection is known to last into one of the register.

    None where an end or a start is unknown, or too vague to tell.
    """
    known = [_lasts(one.end, other.start) for one in past for other in present]
    if True in known:
        return True
    return False if known and None not in known else None


def _lasts(end: str, start: str) -> bool | None:
    precision = min(len(end), len(start))
    if not precision or end[:precision] == start[:precision]:
        return None
    return end[:precision] > start[:precision]

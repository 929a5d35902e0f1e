"""Which records of the register speak of one person, and on what evidence.

Records are joined only when they agree three times: the full name, the birth date, and a
territory. Neither a name nor a name with a birth date is enough: in the register of 2026, 23
pairs share both and hold seats that one person cannot hold together. What is near
but not enough becomes a candidate, told with what agrees and what does not, and never joined.

No birth date leaves this module: a decision says only that birth dates agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations, groupby

from essgraph.sources.officials.folding import Folding
from essgraph.sources.officials.record import Kind, Record


class Point(StrEnum):
    """What two records are compared by; the notations of the scheme `identity`."""

    FULL_NAME = "full-name"
    BIRTH_DATE = "birth-date"
    BIRTH_DATE_IN_PART = "birth-date-in-part"
    TERRITORY = "territory"
    TERRITORY_IN_PART = "territory-in-part"
    ROLE = "role"
    PERIOD = "period"
    SEAT = "seat"


@dataclass(frozen=True, slots=True, order=True)
class Territory:
    """A territory as its IRI names it: `departement`, `05`."""

    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Rows that are one person, or, where `joined` is false, two persons that might be one.

    Shape: `keys` are rows of the register, sorted; of a candidate, one row of each person.
    """

    keys: tuple[str, ...]
    joined: bool
    agrees: tuple[Point, ...]
    differs: tuple[Point, ...] = ()
    unknown: tuple[Point, ...] = ()
    territories: tuple[Territory, ...] = ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions, sorted by their rows."""

    joined: tuple[Decision, ...]
    candidates: tuple[Decision, ...]
    _leaders: dict[str, str] = field(repr=False)

    def leader(self, key: str) -> str:
        """The row that stands for the person of a row: the first of theirs, often itself."""
        return self._leaders.get(key, key)


def decide(records: Iterable[Record], regions: Mapping[str, str]) -> Decisions:
    """Which rows are one person, whatever the order of the records.

    `regions` leads from the code of a département to that of its région.
    """
    named: defaultdict[str, list[Record]] = defaultdict(list)
    folded = Folding()
    for record in records:
        named[f"{folded[record.given]}|{folded[record.family]}"].append(record)
    joined: list[Decision] = []
    candidates: list[Decision] = []
    for homonyms in named.values():
        if len({record.key for record in homonyms}) > 1:
            for decision in _of_one_name(_rows(homonyms, regions)):
                (joined if decision.joined else candidates).append(decision)
    leaders = {key: decision.keys[0] for decision in joined for key in decision.keys}
    return Decisions(_sorted(joined), _sorted(candidates), leaders)


class _Row:
    """What one row of the register says that may tell persons apart."""

    def __init__(self, key: str, records: Iterable[Record], regions: Mapping[str, str]) -> None:
        self.key = key
        self.born = ""
        self.seats: dict[Kind, str] = {}
        self.places: set[Territory] = set()
        for record in records:
            self.born = self.born or record.born
            self.seats[record.kind] = _seat(record)
            self.places.update(_places(record, regions))


_Person = list[_Row]
"""The rows of one person, in the order of their keys; never none."""


def _rows(records: list[Record], regions: Mapping[str, str]) -> list[_Row]:
    """The rows of the register that the records come from, in the order of their keys."""
    records.sort(key=lambda record: record.key)
    groups = groupby(records, key=lambda record: record.key)
    return [_Row(key, group, regions) for key, group in groups]


def _places(record: Record, regions: Mapping[str, str]) -> Iterator[Territory]:
    """The territories that a record says its mandate has to do with."""
    departement = (
        record.departement
        or record.circonscription.rpartition("-")[0]
        or departement_of(record.commune)
    )
    if record.commune:
        yield Territory("commune", record.commune)
    if record.epci:
        yield Territory("epci", record.epci)
    if departement in regions:
        yield Territory("departement", departement)
    elif departement in OVERSEAS:
        yield Territory("collectivite-outre-mer", departement)
    if region := record.region or regions.get(departement, ""):
        yield Territory("region", region)


OVERSEAS = frozenset({"975", "977", "978", "984", "986", "987", "988", "989"})
"""Codes of the collectivities that are no département (INSEE, Code officiel géographique)."""

_NARROWING = ("commune", "epci", "departement", "collectivite-outre-mer", "region")


def departement_of(commune: str) -> str:
    """The code of the département, or of the overseas collectivity, that a commune's begins with.

    Source: INSEE, Code officiel géographique: three characters from 97 up, two before.
    """
    return commune[:3] if commune.startswith(("97", "98")) else commune[:2]


def _seat(record: Record) -> str:
    """The body in which one person has one seat of this kind."""
    return {
        Kind.MUNICIPAL: record.commune,
        Kind.EPCI: record.epci,
        Kind.DEPARTEMENTAL: record.canton or record.departement,
        Kind.REGIONAL: record.region,
        Kind.DEPUTY: record.circonscription,
        Kind.SENATOR: record.departement,
        Kind.EUROPEAN: "",  # one constituency, the whole country
    }[record.kind]


def _of_one_name(rows: list[_Row]) -> Iterator[Decision]:
    """The decisions on rows with one name, in the order of their keys."""
    persons: list[_Person] = []
    for born, group in groupby(sorted(rows, key=lambda row: row.born), key=lambda row: row.born):
        alike = list(group)
        if not born:
            persons += [[row] for row in alike]
            continue
        shared = {
            (one.key, other.key): place
            for one, other in combinations(alike, 2)
            if (place := _shared(one, other)) and not _seats_exclude(one, other)
        }
        found = list(_persons(alike, shared))
        for person in found:
            if len(person) > 1:
                yield _joined(person, shared)
        for one, others in combinations(found, 2):
            yield _candidate(one, others, Point.BIRTH_DATE)
        persons += found
    # Beside a name, a territory says little where thousands sit: only someone of another kind
    # of assembly, whose birth date is unknown or almost the same, is told.
    if any(row.seats.keys() - {Kind.MUNICIPAL, Kind.EPCI} for row in rows):
        yield from _of_unlike_births(persons)


def _persons(rows: list[_Row], shared: Mapping[tuple[str, str], Territory]) -> Iterator[_Person]:
    """The persons that rows with one name and one birth date are.

    All rows of a person agree with each other. Of a group in which they do not, one odd row
    stays out if it is the only one; else with which of them a row goes is not known, and none
    is joined.
    """
    agreed = {*shared, *((other, one) for one, other in shared)}
    for group in _connected(rows, shared):
        friends = {row.key: sum((row.key, other.key) in agreed for other in group) for row in group}
        fewest = min(friends.values())
        odd = [row for row in group if friends[row.key] == fewest]
        kept = [row for row in group if row not in odd]
        if fewest == len(group) - 1:
            yield group
        elif (
            len(odd) == 1
            and all((a.key, b.key) in agreed for a, b in combinations(kept, 2))
            and not any(_seats_exclude(odd[0], row) for row in kept)
        ):
            yield from (kept, odd)
        else:
            yield from ([row] for row in group)


def _joined(person: _Person, shared: Mapping[tuple[str, str], Territory]) -> Decision:
    keys = tuple(row.key for row in person)
    places = {place for (one, other), place in shared.items() if one in keys and other in keys}
    agrees = (Point.FULL_NAME, Point.BIRTH_DATE, Point.TERRITORY)
    return Decision(keys, True, agrees, territories=tuple(sorted(places)))


def _of_unlike_births(persons: list[_Person]) -> Iterator[Decision]:
    """Candidates with one name and a territory, who sit in assemblies of different kinds."""
    for one, other in combinations(persons, 2):
        kinds = [{kind for row in person for kind in row.seats} for person in (one, other)]
        if kinds[0] & kinds[1] or not any(_shared(a, b) for a in one for b in other):
            continue
        births = one[0].born, other[0].born
        if not all(births):
            yield _candidate(one, other, None)
        elif _alike_in_part(*births):
            yield _candidate(one, other, Point.BIRTH_DATE_IN_PART)


def _candidate(ones: _Person, others: _Person, birth: Point | None) -> Decision:
    """Two persons that might be one; without `birth`, one of the dates is unknown."""
    pairs = [(one, other) for one in ones for other in others]
    common = [_shared(one, other) for one, other in pairs]
    places = {place for place in common if place}
    agrees = [Point.FULL_NAME, birth] if birth else [Point.FULL_NAME]
    differs = [Point.BIRTH_DATE] if birth == Point.BIRTH_DATE_IN_PART else []
    unknown = [] if birth else [Point.BIRTH_DATE]
    if places:
        agrees.append(Point.TERRITORY if all(common) else Point.TERRITORY_IN_PART)
    elif all(row.places for row in ones) and all(row.places for row in others):
        differs.append(Point.TERRITORY)
    else:
        unknown.append(Point.TERRITORY)
    if any(_seats_exclude(one, other) for one, other in pairs):
        differs.append(Point.SEAT)
    keys = tuple(sorted((ones[0].key, others[0].key)))
    return Decision(
        keys, False, tuple(agrees), tuple(differs), tuple(unknown), tuple(sorted(places))
    )


def _shared(one: _Row, other: _Row) -> Territory | None:
    """The smallest territory of both; a région counts only for one who sits in its council."""
    of_region = Kind.REGIONAL in one.seats or Kind.REGIONAL in other.seats
    both = sorted(one.places & other.places)
    for kind in _NARROWING:
        if kind != "region" or of_region:
            for place in both:
                if place.kind == kind:
                    return place
    return None


def _seats_exclude(one: _Row, other: _Row) -> bool:
    """Whether they sit in two bodies of a kind of which one person has one seat."""
    return any(
        body and other.seats.get(kind) and body != other.seats[kind]
        for kind, body in one.seats.items()
    )


def _alike_in_part(born: str, other: str) -> bool:
    """Whether two days differ in one of year, month and day, or by their exchange."""
    (year, *rest), (other_year, *other_rest) = born.split("-"), other.split("-")
    if year == other_year and rest == other_rest[::-1] and rest != other_rest:
        return True
    return sum(a != b for a, b in zip([year, *rest], [other_year, *other_rest], strict=False)) == 1


def _connected(rows: list[_Row], pairs: Mapping[tuple[str, str], Territory]) -> list[_Person]:
    """The rows in groups that the pairs hold together, each in the order of its keys."""
    group = {row.key: {row.key} for row in rows}
    for one, other in pairs:
        whole = group[one] | group[other]
        group.update(dict.fromkeys(whole, whole))
    members = {row.key: row for row in rows}
    distinct = sorted({tuple(sorted(keys)) for keys in group.values()})
    return [[members[key] for key in keys] for keys in distinct]


def _sorted(decisions: list[Decision]) -> tuple[Decision, ...]:
    return tuple(sorted(decisions, key=lambda decision: (decision.keys, decision.agrees)))

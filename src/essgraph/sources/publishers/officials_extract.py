"""Records of the registers -> the extract that a build converts (`sources.officials.extract`).

Birth dates end here: they tell persons apart, and are written nowhere.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from essgraph.errors import SourceError
from essgraph.sources import edition
from essgraph.sources.edition import Edition, Publisher
from essgraph.sources.officials import decisions, extract, identity
from essgraph.sources.officials.extract import Body
from essgraph.sources.officials.naming import slug
from essgraph.sources.officials.record import Kind, Record, Rejected, without_days
from essgraph.sources.publishers import officials_bodies
from essgraph.sources.publishers.officials_bodies import Bodies
from essgraph.sources.tabular import LIST_SEPARATOR

_MOST_REJECTED = 0.01
_SEATS = {
    Kind.MUNICIPAL: "conseiller-municipal",
    Kind.EPCI: "conseiller-communautaire",
    Kind.DEPARTEMENTAL: "conseiller-departemental",
    Kind.REGIONAL: "conseiller-regional",
    Kind.DEPUTY: "depute",
    Kind.SENATOR: "senateur",
    Kind.EUROPEAN: "depute-europeen",
}
SIZES = {
    "conseiller-municipal": (450_000, 560_000),
    "maire": (30_000, 37_000),
    "conseiller-communautaire": (50_000, 75_000),
    "conseiller-departemental": (3_500, 4_500),
    "conseiller-regional": (1_600, 2_000),
    "depute": (500, 700),
    "senateur": (300, 400),
    "depute-europeen": (65, 100),
}
"""The fewest and the most mandates of a role that the whole of France can have."""
_ASSEMBLIES = {Kind.DEPUTY: "an", Kind.SENATOR: "senat"}
# Whose spelling of a name is kept: the assemblies' own, in ordinary case, then the register's.
_SPELLING = (Kind.DEPUTY, Kind.SENATOR, *Kind)

Cells = Sequence[str]


@dataclass
class Outcome:
    """What was written, by file, and what was joined, left apart or rejected."""

    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(extract.COLUMNS, 0))
    roles: Counter[str] = field(default_factory=Counter)
    joined: int = 0
    candidates: int = 0

    @property
    def rejected(self) -> int:
        """How many rows could not be used."""
        return self.rows[extract.REJECTED]


def write(
    records: Iterable[Record | Rejected],
    bodies: Bodies,
    inputs: Mapping[Publisher, Mapping[str, str]],
    folder: Path,
    day: date,
) -> Outcome:
    """The files of the extract, in an empty folder; `inputs` are digests by publisher and file.

    Raises: SourceError when more than one row in a hundred cannot be used, or a file cannot be
    written.
    """
    usable, rejected = _sorted_out(records, bodies)
    decided = identity.decide(usable, bodies.regions)
    outcome = Outcome(joined=len(decided.joined), candidates=len(decided.candidates))
    told = {key for one in (*decided.joined, *decided.candidates) for key in one.keys}
    persons: dict[str, list[Record]] = defaultdict(list)
    for record in usable:
        persons[decided.leader(record.key)].append(record)
    try:
        with _Tables(folder, outcome) as tables:
            _write_people(persons.values(), bodies, tables, told)
            for decision in (*decided.joined, *decided.candidates):
                line = decisions.line(
                    decision,
                    tables.names[decision.keys[0]],
                    tables.persons.__getitem__,
                    tables.mandates.__getitem__,
                )
                tables.add(extract.IDENTITY, list(line.values()))
            for row in sorted(rejected, key=lambda row: (row.file, row.line, row.column)):
                said = (row.name, row.place)
                cells = [row.file, str(row.line), row.column, row.reason, *map(without_days, said)]
                tables.add(extract.REJECTED, cells)
        about = _edition(outcome, inputs, day)
        (folder / edition.FILE).write_text(
            edition.to_toml(about, "officials"), "utf-8", newline="\n"
        )
    except OSError as error:
        raise SourceError(f"{error.filename}: {error.strerror}") from error
    return outcome


def check_sizes(outcome: Outcome) -> None:
    """Nothing, if there are as many mandates of each role as the whole of France can have.

    Raises: SourceError, naming the role, its mandates and those expected.
    """
    for role, (fewest, most) in SIZES.items():
        count = outcome.roles[role]
        if not fewest <= count <= most:
            raise SourceError(
                f"{extract.MANDATES}: {count} mandates {role}, {fewest} to {most} expected"
            )


class _Tables:
    """The files of the extract while they are written."""

    def __init__(self, folder: Path, outcome: Outcome) -> None:
        self.outcome = outcome
        self._files = {
            name: (folder / name).open("w", encoding="utf-8", newline="")
            for name in extract.COLUMNS
        }
        self._writers = {
            name: csv.writer(file, lineterminator="\n") for name, file in self._files.items()
        }
        for name, columns in extract.COLUMNS.items():
            self._writers[name].writerow(columns)
        self.names: dict[str, str] = {}
        self.persons: dict[str, str] = {}
        self.mandates: dict[str, list[str]] = {}
        """By row of the register: the person's name and local name, the local names of mandates."""

    def __enter__(self) -> _Tables:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def add(self, name: str, cells: Cells) -> None:
        """One more row of a file."""
        self._writers[name].writerow(cells)
        self.outcome.rows[name] += 1


def _sorted_out(
    records: Iterable[Record | Rejected], bodies: Bodies
) -> tuple[list[Record], list[Rejected]]:
    usable: list[Record] = []
    rejected: list[Rejected] = []
    for record in records:
        if isinstance(record, Rejected):
            rejected.append(record)
        elif bodies.of(record) is None:
            column, place = _place(record)
            name = f"{record.given} {record.family}"
            reason = "is not in data/territories"
            rejected.append(Rejected(record.file, record.line, column, reason, name, place))
        else:
            usable.append(record)
    total = len(usable) + len(rejected)
    if len(rejected) > _MOST_REJECTED * total:
        first = rejected[0]
        raise SourceError(
            f"{len(rejected)} of {total} rows cannot be used, more than 1 %; the first is "
            f"{first.file}:{first.line}: column {first.column!r}: "
            f"{without_days(first.place)!r} {first.reason}"
        )
    return usable, rejected


def _place(record: Record) -> tuple[str, str]:
    """The column and code of the place that a record names first."""
    for column in ("epci", "commune", "departement", "region"):
        if code := getattr(record, column):
            return column, code
    return "", ""


def _write_people(
    persons: Iterable[list[Record]], bodies: Bodies, tables: _Tables, told: set[str]
) -> None:
    taken: set[str] = set()
    known: dict[str, Body] = {}
    for records in persons:
        spelled = min(records, key=lambda record: _SPELLING.index(record.kind))
        key = _free(f"{slug(f'{spelled.given} {spelled.family}')}-{_whence(records)}", taken)
        tables.add(extract.PERSONS, (key, spelled.given, spelled.family))
        held: set[str] = set()
        written: set[tuple[str, ...]] = set()
        for record in records:
            mandates = []
            for cells, concerned in _mandates(record, bodies):
                known.update({body.key: body for body in concerned})
                if cells in written:
                    continue  # the row of a second function tells of the seat again
                written.add(cells)
                role, seat_of, *rest = cells
                mandate = f"{key}-{role}"
                if mandate in held:
                    mandate = _free(f"{mandate}-{seat_of}", held)
                held.add(mandate)
                mandates.append(mandate)
                tables.outcome.roles[role] += 1
                tables.add(extract.MANDATES, (mandate, key, role, seat_of, *rest))
            if record.key in told:
                tables.names[record.key] = f"{spelled.given} {spelled.family}"
                tables.persons[record.key] = key
                tables.mandates.setdefault(record.key, []).extend(mandates)
    for _, body in sorted(known.items()):
        tables.add(
            extract.BODIES,
            (
                *(body.key, body.kind, body.name_fr, body.name_en, body.of_fr, body.siren),
                *(body.governs, LIST_SEPARATOR.join(body.spatial)),
            ),
        )


def _mandates(record: Record, bodies: Bodies) -> Iterator[tuple[tuple[str, ...], list[Body]]]:
    """The cells from the role on, and the bodies."""
    body = bodies.of(record)
    if body is None:
        raise SourceError(f"{record.file}:{record.line}: a body is not known")
    concerned = [body]
    group = party = place = ""
    constituency = record.inner  # the electoral sector of Paris, Lyon or Marseille
    if record.group:
        concerned.append(officials_bodies.group(record.group, _ASSEMBLIES[record.kind]))
        group = concerned[-1].key
    if record.party:
        concerned.append(officials_bodies.party(record.party))
        party = concerned[-1].key
    spatial: tuple[str, ...] = ()
    if record.kind in (Kind.DEPARTEMENTAL, Kind.REGIONAL, Kind.DEPUTY, Kind.SENATOR):
        narrow = record.canton or record.circonscription or record.section
        constituency = narrow or record.departement
        spatial = bodies.elected_in(record)
    if record.kind in _ASSEMBLIES:
        place = bodies.name(record.departement)
    elsewhere = (constituency, place, LIST_SEPARATOR.join(spatial), group, party)
    seat = (_SEATS[record.kind], body.key, record.start, record.end, "")
    yield (*seat, *elsewhere), concerned
    if record.function:
        rank = str(record.rank or "")
        since = record.function_start
        yield (record.function, body.key, since, "", rank, *elsewhere), concerned


def _whence(records: list[Record]) -> str:
    """The place that tells a person from namesakes in the local name of their IRI."""
    by_kind = {record.kind: record for record in reversed(records)}
    first = by_kind[min(by_kind, key=list(Kind).index)]
    if first.kind is Kind.DEPUTY:
        return f"an-{slug(first.circonscription)}"
    if first.kind is Kind.SENATOR:
        return f"senat-{slug(first.departement)}"
    if first.kind is Kind.REGIONAL:
        return slug(first.region)
    place = first.commune or first.epci or first.departement
    return slug(place) or "parlement-europeen"


def _free(key: str, taken: set[str]) -> str:
    """The key, or the first of key-2, key-3 … that is not taken; it is taken then."""
    free, number = key, 2
    while free in taken:
        free, number = f"{key}-{number}", number + 1
    taken.add(free)
    return free


def _edition(outcome: Outcome, inputs: Mapping[Publisher, Mapping[str, str]], day: date) -> Edition:
    packages = tuple(publisher.package for publisher in inputs)
    remarks = [
        f"{outcome.rejected} rows cannot be used; {extract.REJECTED} lists them",
        f"{outcome.joined} persons have the mandates of several rows; "
        f"{outcome.candidates} pairs are candidates; {extract.IDENTITY} says why",
        "birth date, sex, occupation, nationality and e-mail address are not kept",
    ]
    return Edition(
        day=day,
        remarks=tuple(remarks),
        publishers=tuple(inputs),
        digests={publisher.package: files for publisher, files in inputs.items()},
        rows=outcome.rows,
        origins=dict.fromkeys(outcome.rows, packages),
    )

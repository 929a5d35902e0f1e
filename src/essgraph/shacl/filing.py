"""A report filed in its release: as Turtle, as JSON, and as a table that pages are read from."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from essgraph.errors import SourceError
from essgraph.shacl.repairs import Repair
from essgraph.shacl.report import Locate, Report, Result, plain

FILE = "report.sqlite"

_SCHEMA = """
CREATE TABLE said (conforms INTEGER, engine TEXT, duration_s REAL, counts TEXT);
-- total: cases; one case may be told once a language.
CREATE TABLE rule (
    id INTEGER PRIMARY KEY, iri TEXT, severity TEXT, messages TEXT, total INTEGER
);
-- focus, value: terms as N-Triples; path: SPARQL syntax; messages: null where the rule's.
CREATE TABLE result (
    id INTEGER PRIMARY KEY, rule INTEGER, focus TEXT, path TEXT, value TEXT, component TEXT,
    messages TEXT, place TEXT, kind TEXT, repair TEXT
);
-- Rows of a source that could not be used, each with its reason.
CREATE TABLE rejected (id INTEGER PRIMARY KEY, file TEXT, line INTEGER, col TEXT, reason TEXT);
"""
_INDEXES = """
CREATE INDEX result_of_rule ON result (rule);
CREATE INDEX result_of_focus ON result (focus);
"""
REJECTED_HEADER = ("file", "line", "column", "reason")


@dataclass(frozen=True)
class Rejected:
    """A row of a source that could not be used; `column` is "" where it is the row as a whole."""

    file: str
    line: int
    column: str
    reason: str


def read_rejected(fetched: Path, layers: Iterable[str]) -> Iterator[Rejected]:
    """The rows that were rejected when the extracts of these layers were made (`rejected.csv`).

    Raises: SourceError for another header, or a line that is not a number.
    """
    for layer in layers:
        path = fetched / layer / "rejected.csv"
        if path.is_file():
            yield from _rejected(path)


def _rejected(path: Path) -> Iterator[Rejected]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        if rows.fieldnames is None or not set(REJECTED_HEADER) <= set(rows.fieldnames):
            raise SourceError(f"{path}: the header is {rows.fieldnames}, not {REJECTED_HEADER}")
        for row in rows:
            if not row["line"].isdecimal():
                raise SourceError(f"{path}:{rows.line_num}: line = {row['line']!r} is no number")
            yield Rejected(row["file"], int(row["line"]), row["column"], row["reason"])


def file(
    folder: Path,
    report: Report,
    locate: Locate,
    repairs: Mapping[Result, Repair],
    rejected: Iterable[Rejected] = (),
) -> None:
    """Write a release's report: report.ttl, report.json and report.sqlite.

    Raises: OSError; SourceError where a source cannot be read for the places.
    """
    (folder / "report.ttl").write_bytes(report.turtle())
    told = json.dumps(report.json(locate), indent=2, ensure_ascii=False)
    (folder / "report.json").write_text(told + "\n", "utf-8")
    path = folder / FILE
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        connection.executescript(_SCHEMA)
        _write(connection, report, locate, repairs)
        connection.executemany(
            "INSERT INTO rejected (file, line, col, reason) VALUES (?, ?, ?, ?)",
            ((row.file, row.line, row.column, row.reason) for row in rejected),
        )
        connection.executescript(_INDEXES)
        connection.commit()
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error
    finally:
        connection.close()


def by_rule(report: Report) -> Iterator[tuple[str, list[Result]]]:
    """The results of each rule, worst severity first, the same case once."""
    for rule, results in groupby(report.results, key=lambda result: result.rule):
        cases = {(r.key, tuple(sorted(r.messages.items()))): r for r in results}
        yield rule, list(cases.values())


def _write(
    connection: sqlite3.Connection,
    report: Report,
    locate: Locate,
    repairs: Mapping[Result, Repair],
) -> None:
    connection.execute(
        "INSERT INTO said VALUES (?, ?, ?, ?)",
        (report.conforms, report.engine, report.duration_s, json.dumps(report.counts)),
    )
    for number, (rule, results) in enumerate(by_rule(report), 1):
        shared = _shared(results)
        connection.execute(
            "INSERT INTO rule VALUES (?, ?, ?, ?, ?)",
            (number, rule, results[0].severity.value, _json(shared), len(results)),
        )
        connection.executemany(
            "INSERT INTO result (rule, focus, path, value, component, messages, place, kind, "
            "repair) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_row(number, result, shared, locate, repairs.get(result)) for result in results),
        )


def _row(
    rule: int,
    result: Result,
    shared: Mapping[str, str],
    locate: Locate,
    repair: Repair | None,
) -> tuple[object, ...]:
    return (
        rule,
        str(result.focus_node),
        str(result.path) if result.path else None,
        None if result.value is None else str(result.value),
        result.component.value,
        None if result.messages == shared else _json(result.messages),
        locate(plain(result.focus_node)),
        repair.kind if repair else None,
        repair.update if repair else None,
    )


def _shared(results: Sequence[Result]) -> Mapping[str, str]:
    """The messages of a rule, where all its results say the same."""
    first = results[0].messages
    return first if all(result.messages == first for result in results) else {}


def _json(messages: Mapping[str, str]) -> str:
    return json.dumps(messages, ensure_ascii=False)

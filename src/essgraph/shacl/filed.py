"""Reading of a release's filed report, a page at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from essgraph.errors import NotFound, StoreUnavailable
from essgraph.shacl.filing import FILE, Rejected

_CASES = (
    "SELECT rule.iri, rule.severity, focus, path, value, component,"
    " coalesce(result.messages, rule.messages), place, kind, repair"
    " FROM result JOIN rule ON rule.id = result.rule"
)


@dataclass(frozen=True)
class Rule:
    """A rule that was broken, and in how many cases.

    Shape: `messages` maps a language to the sentence; empty where each case has its own.
    """

    iri: str
    severity: str
    messages: dict[str, str]
    total: int


@dataclass(frozen=True)
class Case:
    """One case; `focus` and `value` are terms as N-Triples, `path` is in SPARQL syntax.

    Shape: `place` is `file:line`; `repair` a SPARQL Update of the kind `kind`.
    """

    rule: str
    severity: str
    focus: str
    path: str | None
    value: str | None
    component: str
    messages: dict[str, str]
    place: str | None
    kind: str | None
    repair: str | None


@dataclass(frozen=True)
class Said:
    """What a report says as a whole."""

    conforms: bool
    engine: str
    duration_s: float
    counts: dict[str, int]

    @property
    def strictly_conforms(self) -> bool:
        """The specification's sh:conforms: no result at all."""
        return not any(self.counts.values())


@dataclass(frozen=True)
class Chosen:
    """Which cases: of one rule, of one entity (both by IRI), or all."""

    rule: str | None = None
    entity: str | None = None

    @property
    def where(self) -> tuple[str, list[str]]:
        """The condition in SQL, with its values."""
        told = {"rule.iri": self.rule, "focus": self.entity and f"<{self.entity}>"}
        terms = {column: value for column, value in told.items() if value is not None}
        text = " AND ".join(f"{column} = ?" for column in terms)
        return (f" WHERE {text}" if text else ""), list(terms.values())


class FiledReport:
    """The report in a release's folder; each question opens the file and closes it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def said(self) -> Said:
        """The verdict. Raises: NotFound where the release has no such file."""
        with self._open() as connection:
            conforms, engine, seconds, counts = connection.execute("SELECT * FROM said").fetchone()
        return Said(bool(conforms), engine, seconds, json.loads(counts))

    def rules(self, chosen: Chosen) -> list[Rule]:
        """The rules broken in the chosen cases, with their number, worst first."""
        where, values = chosen.where
        with self._open() as connection:
            rows = connection.execute(
                "SELECT rule.iri, severity, rule.messages, count(*) FROM result"  # noqa: S608  # our columns
                f" JOIN rule ON rule.id = result.rule{where} GROUP BY rule.id ORDER BY rule.id",
                values,
            ).fetchall()
        return [Rule(iri, severity, json.loads(said), n) for iri, severity, said, n in rows]

    def cases(self, chosen: Chosen, limit: int = -1, offset: int = 0) -> Iterator[Case]:
        """The chosen cases in the report's order, read as they are taken."""
        where, values = chosen.where
        with self._open() as connection:
            found = connection.execute(
                f"{_CASES}{where} ORDER BY result.id LIMIT ? OFFSET ?", [*values, limit, offset]
            )
            for row in found:
                rule, severity, focus, path, value, component, said, *rest = row
                messages: dict[str, str] = json.loads(said)
                place, kind, repair = rest
                yield Case(
                    *(rule, severity, focus, path, value, component, messages),
                    *(place, kind, repair),
                )

    def counts(self, entity: str) -> dict[str, int]:
        """Cases of an entity by severity, worst first; none where there is no report."""
        if not self._path.is_file():
            return {}
        found: dict[str, int] = {}
        for rule in self.rules(Chosen(entity=entity)):
            found[rule.severity] = found.get(rule.severity, 0) + rule.total
        return found

    def rejected_total(self) -> int:
        """How many rows of sources could not be used."""
        with self._open() as connection:
            return int(connection.execute("SELECT count(*) FROM rejected").fetchone()[0])

    def rejected(self, limit: int = -1, offset: int = 0) -> Iterator[Rejected]:
        """The rows that could not be used, read as they are taken; none without a report."""
        if not self._path.is_file():
            return
        with self._open() as connection:
            found = connection.execute(
                "SELECT file, line, col, reason FROM rejected ORDER BY id LIMIT ? OFFSET ?",
                (limit, offset),
            )
            for row in found:
                yield Rejected(*row)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self._path.is_file():
            raise NotFound(f"release {self._path.parent.name} keeps no report to be read here")
        connection: Any = None
        try:
            connection = sqlite3.connect(
                f"{self._path.resolve().as_uri()}?mode=ro&immutable=1",
                uri=True,
                check_same_thread=False,
            )
            yield connection
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self._path}: {error}") from error
        finally:
            if connection is not None:
                connection.close()

"""An explanation, as data: what a query lacks, and what it may have meant."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from essgraph.explain.probes import Count


@dataclass(frozen=True)
class Place:
    """A part of a query: its text, where it begins (from 1), and what kind of part it is."""

    text: str
    line: int
    column: int
    kind: str


@dataclass(frozen=True)
class Culprit:
    """The pattern with which a query loses its last solution.

    `before`: solutions of the patterns before it, those aside that nothing depends on (OPTIONAL,
    BIND); None where there are no such patterns, or when they were not counted.
    `alone`: what it matches by itself, None where that means nothing (a filter).
    `conflict`: a smallest set of patterns, it included, that have no solution together; one
    alone is itself to blame. `branches`: for UNION, the culprit of each of its groups.
    """

    place: Place
    before: Count | None
    alone: Count | None = None
    conflict: tuple[Place, ...] = ()
    branches: tuple[Culprit, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """A term that exists: as one writes it, whole, and how often the graph uses it.

    `reason` is close, same-name, same-meaning, namespace, address or class (its entities have it).
    """

    term: str
    iri: str
    reason: str
    uses: int | None = None


@dataclass(frozen=True)
class UnknownTerm:
    """A term that the graph uses nowhere in this `role`: class, property, graph or entity.

    With role class-property, the graph has the property, but entities of `of_class` do not.
    `class_has`: properties of the subject's class, where the query says which class that is.
    """

    place: Place
    term: str
    iri: str
    role: str
    suggestions: tuple[Suggestion, ...]
    of_class: str = ""
    class_has: tuple[str, ...] = ()


@dataclass(frozen=True)
class OtherGraph:
    """A pattern that matches in other graphs than those the query reads; `graphs`, IRIs."""

    place: Place
    graphs: tuple[str, ...]


@dataclass(frozen=True)
class OtherLiteral:
    """A literal that `predicate` never has, and the values of nearly the same text that it has."""

    place: Place
    literal: str
    predicate: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True)
class Warn:
    """Something that a query hardly means.

    `kind` is cartesian (`parts` that share no variable), unbound-filter, unbound-projection or
    string-number; `names` are the variables concerned.
    """

    kind: str
    place: Place
    names: tuple[str, ...] = ()
    parts: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """Why a query has no row.

    `outcome` is rows (it has `rows`), empty, unread (our parser cannot read what the engine can;
    `reason` says where), or unknown (it outlived the time given; `rows` is None).
    `culprits`, in reading order: without all of them, and without what is about what only they
    bind, there are `without` solutions, counted as `Culprit.before`; None if no pattern is left,
    or when it was not counted.
    `untried` names the steps not brought to their end: rows, terms, literals, culprits, graphs.
    `left_running`: a probe still runs in this process.
    """

    outcome: str
    rows: Count | None
    reason: str = ""
    culprits: tuple[Culprit, ...] = ()
    without: Count | None = None
    terms: tuple[UnknownTerm, ...] = ()
    graphs: tuple[OtherGraph, ...] = ()
    literals: tuple[OtherLiteral, ...] = ()
    warnings: tuple[Warn, ...] = ()
    untried: tuple[str, ...] = ()
    probes: int = 0
    milliseconds: int = field(default=0, compare=False)
    left_running: bool = False

    def json(self) -> dict[str, Any]:
        """The same as dictionaries, lists, text and numbers."""
        data = asdict(self)
        return {key: _lists(value) for key, value in data.items()}

    def sentences(self, lang: str) -> list[str]:
        """The same in words, in French ("fr") or English, the most useful first."""
        from essgraph.explain.sentences import sentences

        return sentences(self, lang)


def _lists(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_lists(item) for item in value]
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    return value


def place_of(text: str, start: int, shown: str, kind: str) -> Place:
    """The place of a part of a query that begins at `start`."""
    line = text.count("\n", 0, start) + 1
    return Place(shown, line, start - (text.rfind("\n", 0, start) + 1) + 1, kind)

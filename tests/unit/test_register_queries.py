"""Saved queries on today's officials: what they answer beside the collection of tiny.trig."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from essgraph import queries, sources
from essgraph.config import Settings
from essgraph.shacl import engine
from essgraph.shacl.data import of_files
from essgraph.shacl.report import INFO
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names
from tests.conftest import TINY

NAMES = Names()
SETTINGS = Settings()
REGISTER = TINY.parent / "identity" / "register.trig"
QUERIES = queries.read_all(SETTINGS.queries_dir, NAMES)
NEEDS_REGISTER = (
    "communes-without-mayor",
    "identity-candidates",
    "mayors-presiding-epci",
    "merged-persons",
    "namesakes-in-register",
    "officials-of-territory",
)


@pytest.fixture(name="register", scope="module")
def _register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    path: Path = tmp_path_factory.mktemp("register")
    store = Store(str(path))
    store.load(path=TINY, format=RdfFormat.TRIG)
    store.load(path=REGISTER, format=RdfFormat.TRIG)
    ontology = "".join(sources.LAYERS["ontology"].statements(SETTINGS))
    store.load(ontology, format=RdfFormat.N_TRIPLES, to_graph=NAMES.graph("ontology"))
    store.flush()
    del store
    opened = EmbeddedStore.open(path, base_iri=NAMES.base)
    yield opened
    opened.close()


def _rows(store: EmbeddedStore, name: str, columns: str, **bound: Literal) -> list[tuple[str, ...]]:
    """The cells of some columns, IRIs as `kind/key`, no value as empty."""
    answer = store.select(QUERIES[name].bind(**bound))
    places = [answer.columns.index(column) for column in columns.split()]
    return [tuple(_short(row[place]) for place in places) for row in answer.rows]


def _short(cell: object) -> str:
    if isinstance(cell, NamedNode):
        return cell.value.removeprefix(NAMES.base).removeprefix("id/")
    return cell.value if isinstance(cell, Literal) else ""


def test_register_in_little_keeps_every_rule() -> None:
    """The fixture is as sound as the layer it stands for."""
    with of_files([TINY, REGISTER], NAMES, sources.LAYERS["ontology"].statements(SETTINGS)) as data:
        report = engine.validate(data, SETTINGS.shapes_dir, "fast", NAMES)

    told = [(r.rule, r.focus_node) for r in report.results if r.severity != INFO]
    assert told == []


def test_mayors_of_collection(register: EmbeddedStore) -> None:
    """Question 13: today's mayors only, and a commune without one is not left out."""
    rows = _rows(register, "mayors-of-collection", "commune personLabel start")

    assert rows == [
        ("commune/05026", "Zoé Durand", "2026-03-22"),
        ("commune/05065", "", ""),
    ]


def test_mayors_presiding_epci(register: EmbeddedStore) -> None:
    """Question 15: both offices are of the register, and of one person."""
    rows = _rows(register, "mayors-presiding-epci", "person authority grouping")

    assert rows == [("person/zoe-durand-05026", "organisation/210500260", "organisation/200067452")]


def test_communes_without_mayor(register: EmbeddedStore) -> None:
    """Question 16: a mayor of the past does not count; the council's members are counted."""
    rows = _rows(register, "communes-without-mayor", "commune departementLabel councillors")

    assert rows == [("commune/05065", "Hautes-Alpes", "2")]


def test_communes_near_collection(register: EmbeddedStore) -> None:
    """Question 20: each pair within the distance, and none beyond it."""
    columns = "commune near kilometres"
    near = _rows(register, "communes-near-collection", columns)
    nearer = _rows(register, "communes-near-collection", columns, distance=Literal(10))

    assert [row[:2] for row in near] == [
        ("commune/05026", "commune/05065"),
        ("commune/05065", "commune/05026"),
    ]
    assert all(10 < float(row[2]) < 11 for row in near)
    assert nearer == []


def test_namesakes_in_register(register: EmbeddedStore) -> None:
    """Question 21: who has the name, and that identity is not established: one row a pair."""
    columns = "person other agreements differences notCompared territory"
    (row,) = _rows(register, "namesakes-in-register", columns)
    (labels,) = _rows(register, "namesakes-in-register", "otherLabel mandates decisionLabel")

    assert row[:2] == ("person/louis-abrard", "person/louis-abrard-05065")
    assert set(row[2].split(", ")) == {"nom complet", "territoire"}
    assert row[3:] == ("rôle", "date de naissance", "commune/05065")
    assert all(labels)


def test_namesakes_whose_mandates_are_named_in_french_only(register: EmbeddedStore) -> None:
    """A pair is not lost for want of a label in the language: the mandates are told in French."""
    columns = "person other mandates"
    (french,) = _rows(register, "namesakes-in-register", columns)
    rows = _rows(register, "namesakes-in-register", columns, lang=Literal("oc"))

    assert rows == [french]


def test_identity_candidates(register: EmbeddedStore) -> None:
    """Homonyms of the register alone; a namesake of the collection has its own query."""
    rows = _rows(register, "identity-candidates", "person other outcome pointLabel")

    assert {row[:2] for row in rows} == {("person/zoe-durand-05026", "person/zoe-durand-05065")}
    assert [row[2:] for row in rows] == [
        ("concorde", "date de naissance"),
        ("concorde", "nom complet"),
        ("concorde", "territoire"),
        ("diffère", "siège"),
    ]


def test_merged_persons(register: EmbeddedStore) -> None:
    """Which mandates were joined, and the territory they agree on; as many persons as asked."""
    rows = _rows(register, "merged-persons", "person mandate territory")
    none = _rows(register, "merged-persons", "person", limit=Literal(0))

    assert rows == [
        ("person/zoe-durand-05026", f"mandate/zoe-durand-05026-{role}", "departement/05")
        for role in ("maire", "senateur")
    ]
    assert none == []


def test_officials_of_territory(register: EmbeddedStore) -> None:
    """Those in office today, in the council or above it; none of the past."""
    council = _rows(register, "officials-of-territory", "person roleLabel start")
    query = QUERIES["officials-of-territory"]
    epci = register.select(query.bind(territory=NAMES.entity("epci", "200067452")))

    assert council == [
        (f"person/{key}-05065", "conseiller municipal ou conseillère municipale", "2026-03-15")
        for key in ("louis-abrard", "zoe-durand")
    ]
    assert [_short(row[0]) for row in epci.rows] == ["person/zoe-durand-05026"]


def test_mandates_of_a_person_of_the_register(register: EmbeddedStore) -> None:
    """A mandate without assertions of its own has the source of its graph."""
    person = NAMES.entity("person", "zoe-durand-05026")
    answer = register.select(QUERIES["mandates-of-person"].bind(person=person))
    cells = [dict(zip(answer.columns, map(_short, row), strict=True)) for row in answer.rows]

    assert [(row["mandate"], row["start"], row["source"]) for row in cells] == [
        (f"mandate/zoe-durand-05026-{role}", start, "dataset/decoupage-administratif")
        for role, start in (("maire", "2026-03-22"), ("president-epci", "2026-04-09"))
    ] + [("mandate/zoe-durand-05026-senateur", "", "dataset/decoupage-administratif")]


@pytest.mark.parametrize("name", NEEDS_REGISTER)
def test_without_the_register_nothing_is_answered(tiny: EmbeddedStore, name: str) -> None:
    """A graph without the layer of officials says nothing of today's officials."""
    assert tiny.select(QUERIES[name].bind()).rows == []


@pytest.mark.parametrize("name", [*NEEDS_REGISTER, "mayors-of-collection"])
def test_labels_come_in_english(register: EmbeddedStore, name: str) -> None:
    """In English there are as many rows, and no French word where there is an English one."""
    english = register.select(QUERIES[name].bind(lang=Literal("en")))
    french = register.select(QUERIES[name].bind())

    words = {cell.value for row in english.rows for cell in row if isinstance(cell, Literal)}
    assert len(english.rows) == len(french.rows)
    assert words & {"concorde", "diffère", "territoire", "siège"} == set()


def test_officials_of_body(register: EmbeddedStore) -> None:
    """The query behind the officials of a page finds the register's mandates of the body alone."""
    rows = register.select(queries.app("officials-of-body", NAMES).text).rows

    mandates = {_short(row[-1]) for row in rows}
    assert mandates
    assert "mandate/abrard-maire-guillestre" not in mandates

"""GeoSPARQL: what the engine can do, as docs/reference/geosparql.md says, and the saved queries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from essgraph import queries
from essgraph.config import Settings
from essgraph.errors import QueryError
from essgraph.sources import boundaries
from essgraph.store.base import Term
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import GEO, Names

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
PAGE = (ROOT / "docs" / "reference" / "geosparql.md").read_text("utf-8")
NAMES = Names()
PROLOGUE = (
    f"PREFIX geo: <{GEO}> PREFIX geof: <http://www.opengis.net/def/function/geosparql/> "
    "PREFIX uom: <http://www.opengis.net/def/uom/OGC/1.0/> "
)
WEST = '"POLYGON((6 44,7 44,7 45,6 45,6 44))"^^geo:wktLiteral'
EAST = '"MULTIPOLYGON(((7 44,8 44,8 45,7 45,7 44)))"^^geo:wktLiteral'
BOTH = '"POLYGON((6 44,8 44,8 45,6 45,6 44))"^^geo:wktLiteral'
POINT = '"POINT(6.5 44.5)"^^geo:wktLiteral'
NEAR = '"POINT(6.6 44.5)"^^geo:wktLiteral'


@pytest.fixture(name="geo_store", scope="module")
def _geo_store(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """The tiny graph with the outlines of the fixture."""
    lines = tmp_path_factory.mktemp("geo") / "boundaries.nt"
    settings = Settings(home=FIXTURES / "sources" / "home")
    lines.write_text("".join(boundaries.statements(settings)), "utf-8")
    engine = Store()
    engine.load(path=FIXTURES / "tiny.trig", format=RdfFormat.TRIG)
    graph = NAMES.graph("boundaries")
    engine.load(path=lines, format=RdfFormat.N_TRIPLES, to_graph=graph)
    return EmbeddedStore(engine)


def value(expression: str) -> Term | None:
    """What the engine makes of an expression; None for an error."""
    answer = EmbeddedStore().select(f"{PROLOGUE} SELECT ?x {{ BIND({expression} AS ?x) }}")
    return answer.rows[0][0]


def functions(heading: str) -> list[str]:
    """The functions named in a section of the page."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"`geof:(\w+)`", section)


@pytest.mark.parametrize("name", functions("Relations"))
def test_each_relation_of_the_page_is_there(name: str) -> None:
    """Two areas, as two boolean answers."""
    found = value(f"geof:{name}({WEST}, {EAST})")

    assert isinstance(found, Literal)
    assert found.value in ("true", "false")


@pytest.mark.parametrize("name", functions("What the engine lacks"))
def test_each_function_said_to_be_missing_is(name: str) -> None:
    """The page is mended when the engine learns one."""
    with pytest.raises(QueryError, match="is not supported"):
        value(f"geof:{name}({WEST})")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"geof:sfWithin({POINT}, {WEST})", "true"),
        (f"geof:sfContains({WEST}, {POINT})", "true"),
        (f"geof:sfContains({EAST}, {POINT})", "false"),
        (f"geof:sfTouches({WEST}, {EAST})", "true"),
        (f'geof:sfContains({WEST}, "POINT(44.5 6.5)"^^geo:wktLiteral)', "false"),
        (f"ROUND(geof:distance({POINT}, {NEAR}, uom:metre))", "7931"),
        (f"ROUND(geof:distance({POINT}, {NEAR}, uom:kilometre))", "8"),
        (f"ROUND(geof:perimeter({WEST}, uom:kilometre))", "381"),
        (f"ROUND(geof:area({WEST}, uom:square_metre) / 1000000)", "8837"),
        (f"STRAFTER(STR(geof:centroid({WEST})), ' ')", "POINT(6.5 44.5)"),
        (f"geof:sfEquals(geof:union({WEST}, {EAST}), {BOTH})", "true"),
    ],
)  # fmt: skip
def test_what_the_page_says_of_axes_and_units(expression: str, expected: str) -> None:
    """Longitude comes first; a distance is in metres or kilometres."""
    found = value(expression)

    assert isinstance(found, Literal)
    assert found.value == expected


@pytest.mark.parametrize(
    "expression",
    [
        f"geof:distance({POINT}, {EAST}, uom:metre)",
        f"geof:distance({POINT}, {NEAR}, uom:degree)",
        f'geof:distance({POINT}, "<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(44.5 6.6)"'
        "^^geo:wktLiteral, uom:metre)",
    ],
)
def test_what_gives_no_value_without_a_word(expression: str) -> None:
    """A distance to an area, another unit, another reference system."""
    assert value(expression) is None


def ask(store: EmbeddedStore, name: str, **texts: str) -> list[tuple[str | None, ...]]:
    """The rows of a saved query, terms without the base."""
    saved = queries.read(ROOT / "queries" / f"{name}.rq", NAMES)
    found = store.select(saved.bind(**saved.terms(texts, NAMES)))
    return [
        tuple(
            cell.value.replace(NAMES.base, "") if isinstance(cell, NamedNode | Literal) else None
            for cell in row
        )
        for row in found.rows
    ]


@pytest.mark.parametrize(
    ("longitude", "latitude", "commune"),
    [("6.78", "44.67", "05026"), ("6.65", "44.65", "05065"), ("2.35", "48.92", "93066")],
)
def test_the_territories_at_a_point(
    geo_store: EmbeddedStore, longitude: str, latitude: str, commune: str
) -> None:
    """The commune, then what it is part of."""
    rows = ask(geo_store, "territory-at-point", longitude=longitude, latitude=latitude)

    assert rows[0][0] == f"id/commune/{commune}"
    assert rows[-1][0] == "id/country/FR"
    assert {row[0] for row in rows} >= {f"id/departement/{commune[:2]}", "id/country/FR"}


@pytest.mark.parametrize(
    ("longitude", "latitude"), [("0", "0"), ("-5.01", "-44.6"), ("6.85", "46")]
)
def test_no_territory_at_a_point(geo_store: EmbeddedStore, longitude: str, latitude: str) -> None:
    """At sea, or abroad."""
    assert ask(geo_store, "territory-at-point", longitude=longitude, latitude=latitude) == []


def test_the_neighbours_of_a_commune(geo_store: EmbeddedStore) -> None:
    """Those whose outline touches, and only those; the initiatives of each are counted."""
    rows = ask(geo_store, "neighbours-of-commune", commune="commune/05026")

    assert {(row[0], row[5]) for row in rows} == {
        ("id/commune/05065", "1"),
        ("id/commune/05183", "0"),
    }
    assert len(rows) == 2
    assert ask(geo_store, "neighbours-of-commune", commune="commune/93066") == []


def test_initiatives_near_a_point(geo_store: EmbeddedStore) -> None:
    """With the distance, and none farther than asked."""
    rows = ask(geo_store, "initiatives-near", longitude="6.65", latitude="44.66", distance="50")
    far = ask(geo_store, "initiatives-near", longitude="6.65", latitude="46.66", distance="50")

    assert [row[2:4] for row in rows] == [("0", "id/commune/05065")]
    assert far == []


def test_communes_near_reads_no_outline(geo_store: EmbeddedStore) -> None:
    """The outlines, which have no distance, neither stop nor lengthen the answer."""
    rows = ask(geo_store, "communes-near", commune="commune/05065", distance="100")

    assert rows == []

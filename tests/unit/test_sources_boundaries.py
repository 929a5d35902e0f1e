"""The fetched outlines: each row's facts, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from essgraph import vocab
from essgraph.config import Settings
from essgraph.errors import SourceError
from essgraph.sources import boundaries, ntriples
from essgraph.vocab import Names

HOME = Path(__file__).parents[1] / "fixtures" / "sources" / "home"
BASE = Names().base


def facts(home: Path, subject: str) -> set[tuple[str, str]]:
    """What the layer says of an IRI under the base, terms as N-Triples but for the base."""
    triples = ntriples.triples(boundaries.statements(Settings(home=home)))
    return {
        (Names().compact(triple.predicate.value), str(triple.object).replace(BASE, ""))
        for triple in triples
        if triple.subject == NamedNode(BASE + subject)
    }


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    """A copy of the fixture that a test may change."""
    return Path(shutil.copytree(HOME, tmp_path / "home"))


def change(home: Path, file: str, old: str, new: str) -> None:
    """Replace the first `old` in a file of the extract."""
    path = home / "fetched" / "boundaries" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_an_outline_is_a_geometry_beside_the_centroid() -> None:
    """With its label, its area in WKT without reference system, and its cells."""
    assert facts(HOME, "id/commune/93066") == {
        ("geo:hasGeometry", "<id/geometry/commune-93066-outline>")
    }
    assert facts(HOME, "id/geometry/commune-93066-outline") == {
        ("rdf:type", f"<{vocab.GEO}Geometry>"),
        ("rdfs:label", '"Contour\u00a0: Saint-Denis"@fr'),
        (
            "geo:asWKT",
            '"MULTIPOLYGON (((2.40000 48.90000, 2.40000 48.95000, 2.30000 48.95000, '
            f'2.30000 48.90000, 2.40000 48.90000)))"^^<{vocab.GEO}wktLiteral>',
        ),
        *(("ess:gridCell", f'"{x} {y}"') for x in (22, 23, 24) for y in (488, 489)),
    }


@pytest.mark.parametrize(
    "territory", ["epci/200067452", "departement/05", "departement/93", "region/93", "region/11"]
)
def test_each_kind_of_territory_has_outlines(territory: str) -> None:
    """Under its own code: the département 93 and the région 93 have one each."""
    outline = f"id/geometry/{territory.replace('/', '-')}-outline"

    assert facts(HOME, f"id/{territory}") == {("geo:hasGeometry", f"<{outline}>")}
    assert "ess:gridCell" not in {predicate for predicate, _ in facts(HOME, outline)}


def test_the_graph_says_its_tolerance() -> None:
    """In metres, as a whole number."""
    assert facts(HOME, "graph/boundaries") == {("ess:tolerance", f'"50"^^<{vocab.XSD}integer>')}


def test_each_fact_comes_once() -> None:
    """As the registry promises of this layer."""
    lines = list(boundaries.statements(Settings(home=HOME)))

    assert len(set(lines)) == len(lines) > 0


def test_names_follow_the_base() -> None:
    """Another deployment mints its own IRIs."""
    settings = Settings(home=HOME, base_iri="https://other.example/")

    triples = list(ntriples.triples(boundaries.statements(settings)))

    assert all(isinstance(triple, Triple) for triple in triples)
    assert not any(BASE in str(triple) for triple in triples)


def test_inputs_are_the_extract() -> None:
    """Each file of it, and no other that lies beside."""
    assert [path.name for path in boundaries.files(Settings(home=HOME))] == [
        "SOURCE.toml",
        "communes.csv",
        "departements.csv",
        "epci.csv",
        "regions.csv",
    ]


def test_what_was_not_fetched_is_told(tmp_path: Path) -> None:
    """With the command to run."""
    with pytest.raises(SourceError, match="run `essgraph fetch boundaries` first"):
        boundaries.files(Settings(home=tmp_path))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("communes.csv", "wkt", "contour", r"communes\.csv:1: column 'wkt' is missing"),
        ("communes.csv", "05065", "5065", r"communes\.csv:3: column 'code': '5065' does not"),
        ("communes.csv", "MULTIPOLYGON", "POINT", r"communes\.csv:2: column 'wkt': 'POINT \(\(\("),
        ("communes.csv", "(((6.7", "(((6°7", r"communes\.csv:2: column 'wkt': 'MULTIPOLYGON"),
        ("communes.csv", "66 445", "6.6 44", r"communes\.csv:2: column 'carreaux': "),
        ("communes.csv", "Guillestre", "", r"communes\.csv:3: column 'nom': '' is empty"),
        ("epci.csv", "200067452", "2000674", r"epci\.csv:2: column 'code': '2000674'"),
        ("SOURCE.toml", "rows = 4", "rows = 5", r"communes\.csv: 4 rows, 5 expected"),
        ("SOURCE.toml", "tolerance_m", "tolerance", r"measure 'tolerance_m' is missing"),
        ("SOURCE.toml", 'files."epci.csv"', 'files."e.csv"', r"key 'epci\.csv' is missing"),
    ],
)
def test_a_fault_is_placed(home: Path, file: str, old: str, new: str, message: str) -> None:
    """File, line, column and value."""
    change(home, file, old, new)

    with pytest.raises(SourceError, match=message):
        list(boundaries.statements(Settings(home=home)))


def test_a_missing_file_is_named(home: Path) -> None:
    """Half an extract is none."""
    (home / "fetched" / "boundaries" / "epci.csv").unlink()

    with pytest.raises(SourceError, match=r"epci\.csv: No such file"):
        list(boundaries.statements(Settings(home=home)))

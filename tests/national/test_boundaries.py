"""The fetched outlines of France, where `essgraph fetch boundaries` was run."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
import shapely

from essgraph import config
from essgraph.config import Settings
from essgraph.sources import boundaries, tabular
from essgraph.sources.boundaries import extract

# Of the environment, where the extract is: a variable of other tests is no setting.
SETTINGS = config.load({k: v for k, v in os.environ.items() if k == "ESSGRAPH_HOME"})
FOLDER = SETTINGS.fetched_dir / "boundaries"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"{FOLDER}: run `essgraph fetch boundaries` to test real outlines"
)


@pytest.fixture(name="outlines", scope="module")
def _outlines() -> dict[str, dict[str, shapely.MultiPolygon]]:
    """File -> code -> outline."""
    found: dict[str, dict[str, shapely.MultiPolygon]] = {}
    for file, columns in extract.COLUMNS.items():
        found[file] = {}
        for row in tabular.read(FOLDER / file, columns):
            outline = shapely.from_wkt(row["wkt"])
            assert isinstance(outline, shapely.MultiPolygon)
            found[file][row["code"]] = outline
    return found


Outlines = dict[str, dict[str, shapely.MultiPolygon]]


def test_the_counts_are_those_of_the_territories(outlines: Outlines) -> None:
    """All but four communes of Cantal and those of the overseas collectivities."""
    assert {file: len(areas) for file, areas in outlines.items()} == {
        "communes.csv": 34_871,
        "epci.csv": 1_255,
        "departements.csv": 101,
        "regions.csv": 18,
    }


@pytest.mark.parametrize("file", extract.COLUMNS)
def test_outlines_are_valid_and_do_not_overlap(outlines: Outlines, file: str) -> None:
    """Those of one kind make a coverage: no two overlap, neighbours share their vertices."""
    areas = list(outlines[file].values())

    assert all(shapely.is_valid(areas))
    assert shapely.coverage_is_valid(areas)


def test_centroids_lie_in_their_outlines(outlines: Outlines) -> None:
    """Ceillac's does; of all communes but a few that the publisher draws over one another."""
    outside = []
    path = SETTINGS.data_dir / "territories" / "communes.csv"
    with Path(path).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            outline = outlines["communes.csv"].get(row["code"])
            if outline is not None and row["longitude"]:
                point = shapely.Point(float(row["longitude"]), float(row["latitude"]))
                if not outline.covers(point):
                    outside.append(row["code"])

    assert "05026" not in outside
    assert len(outside) <= 10


def test_the_layer_has_four_facts_an_outline_and_its_cells() -> None:
    """Each once."""
    lines = list(boundaries.statements(Settings(home=SETTINGS.home)))

    cells = sum("#gridCell>" in line for line in lines)
    assert len(lines) == len(set(lines)) == 4 * 36_245 + cells + 1

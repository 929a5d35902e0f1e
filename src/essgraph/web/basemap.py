"""The base map that is kept in `data/basemap`: its files, its areas, their outlines as paths.

Units: paths and boxes are in units of the Mercator plane, y down: the world is SIZE wide, and
one unit is about 26 m in the middle of France.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from essgraph.errors import SourceError
from essgraph.web.geojson import Geometry, Ring, polygons

Point: TypeAlias = tuple[float, float]

AREAS = {"departements": "departement", "regions": "region"}
"""Each file's name -> the kind of the entities it draws."""

SIZE = 2.0**20
COARSE = 32
"""Units of one step of the coarse paths, which are for pictures of the whole country."""


_OVERSEAS_REGIONS = {
    "Guadeloupe": "971",
    "Martinique": "972",
    "Guyane": "973",
    "La Réunion": "974",
    "Mayotte": "976",
}
"""Départements that are régions too, of another code."""


@dataclass(frozen=True)
class Box:
    """A rectangle of the plane."""

    west: float
    north: float
    east: float
    south: float

    @property
    def width(self) -> float:
        """From west to east."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """From north to south."""
        return self.south - self.north

    def meets(self, other: Box) -> bool:
        """Whether the two have a point in common."""
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.north <= other.south
            and other.north <= self.south
        )

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is inside."""
        return self.west <= x <= self.east and self.north <= y <= self.south


@dataclass(frozen=True)
class Area:
    """A département or a région as it is drawn; `home` is the code of the département overseas
    that it is or lies in, "" on the mainland and in Corsica."""

    code: str
    name: str
    home: str
    shape: Geometry
    box: Box
    fine: str
    coarse: str


@dataclass(frozen=True)
class BaseFile:
    """One file of the base map."""

    body: bytes
    etag: str
    areas: Mapping[str, Area]


def read(data_dir: Path, name: str) -> BaseFile:
    """The file of that name, one of AREAS, read once in the life of a process.

    Raises: SourceError where it is missing or malformed.
    """
    return _read(data_dir / "basemap" / f"{name}.geojson")


@cache
def _read(path: Path) -> BaseFile:
    try:
        body = path.read_bytes()
        areas = {one.code: one for one in map(_area, json.loads(body)["features"])}
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: not a base map: {error!r}") from error
    return BaseFile(body, sha256(body).hexdigest()[:16], areas)


def _area(read: Mapping[str, Geometry]) -> Area:
    shape, said = read["geometry"], read["properties"]
    code = str(said["code"])
    return Area(
        code,
        str(said["name"]),
        _OVERSEAS_REGIONS.get(str(said["name"]), code if code.startswith("97") else ""),
        shape,
        around([place(*point) for part in polygons(shape) for point in part[0]]),
        path(shape, 1),
        path(shape, COARSE),
    )


def place(longitude: float, latitude: float) -> Point:
    """Where a point is on the plane; the poles are cut off as Mercator does."""
    bent = math.asinh(math.tan(math.radians(max(-85.05, min(85.05, latitude)))))
    return (longitude + 180) / 360 * SIZE, (1 - bent / math.pi) / 2 * SIZE


def around(points: Sequence[Point]) -> Box:
    """The smallest box that holds these points, one at least."""
    across, down = [x for x, _ in points], [y for _, y in points]
    return Box(min(across), min(down), max(across), max(down))


def path(shape: Geometry, step: float) -> str:
    """The outline of an area as the data of an SVG path, in whole steps of so many units."""
    return "".join(_ring(ring, step) for part in polygons(shape) for ring in part)


def _ring(ring: Ring, step: float) -> str:
    snapped = [(round(x / step), round(y / step)) for x, y in (place(*p) for p in ring[:-1])]
    (x, y), *rest = snapped
    moves = []
    for to_x, to_y in rest:
        if (to_x, to_y) != (x, y):
            moves.append(f"{to_x - x} {to_y - y}")
            x, y = to_x, to_y
    if len(moves) < 2:
        return ""
    return f"M{snapped[0][0]} {snapped[0][1]}l{' '.join(moves)}z".replace(" -", "-")

"""Areas that share their edges: simplified together, so that neighbours stay neighbours.

Shape: the simplification drops vertices and moves none (Visvalingam-Whyatt, as GEOS does it on
a coverage); a vertex that two areas share is dropped from both or from neither.
Units: degrees of CRS84, rounded to five decimals (about a metre) unless fewer are asked for;
tolerances in metres.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError

from essgraph.errors import SourceError

DECIMALS = 5

Area: TypeAlias = shapely.Polygon | shapely.MultiPolygon
Areas: TypeAlias = Mapping[str, Area]
_Numbers: TypeAlias = NDArray[np.float64]

_DEGREE_M = 6_371_008.8 * math.pi / 180  # on the sphere of the mean radius (IUGG)
# Edges that cross once rounded are matched again; the real data needs one round.
_ROUNDS = 5


def simplify(
    areas: Areas, tolerance_m: float, decimals: int = DECIMALS
) -> dict[str, shapely.MultiPolygon]:
    """The areas without the vertices whose triangle is smaller than the square of the tolerance.

    No two of them overlap, and where two touched they share each vertex of the edge. Overlaps
    in what is given go to the area with the longer border there.
    Raises: SourceError when rounding leaves nothing of an area, or edges that cannot be matched.
    """
    simplified: dict[str, shapely.MultiPolygon] = {}
    for codes in _apart(areas):
        given = np.array([areas[code] for code in codes], dtype=object)
        try:
            made = _simplified(given, tolerance_m, decimals)
        except ShapelyError as error:
            raise SourceError(f"areas {codes[0]} to {codes[-1]}: {error}") from error
        for code, area in zip(codes, made, strict=True):
            simplified[code] = _whole(code, area)
    return simplified


def union(code: str, areas: Iterable[Area]) -> shapely.MultiPolygon:
    """What areas of one coverage cover together; its edges are theirs.

    Raises: SourceError, naming the code, when that is no valid area.
    """
    return _whole(code, shapely.coverage_union_all(list(areas)))


def square_km(areas: Sequence[Area]) -> float:
    """The area of areas, each measured at its own latitude."""
    total = 0.0
    for area in areas:
        _, south, _, north = area.bounds
        total += area.area * math.cos(math.radians((south + north) / 2))
    return total * (_DEGREE_M / 1000) ** 2


def _apart(areas: Areas) -> list[list[str]]:
    """The codes by part of the country: mainland with Corsica, then each one overseas.

    Metres are told from degrees at the latitude of each.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for code in areas:
        groups[code[:3] if code.startswith(("97", "98")) else ""].append(code)
    return list(groups.values())


def _simplified(
    areas: NDArray[np.object_], tolerance_m: float, decimals: int
) -> NDArray[np.object_]:
    scale = _scale(areas)
    metres = _rounded(np.asarray(shapely.transform(areas, lambda c: c * scale)), scale, DECIMALS)
    made = shapely.coverage_simplify(_matched(metres, scale, DECIMALS), tolerance_m)
    rounded = _rounded(np.asarray(made), scale, decimals)
    return _degrees(_matched(rounded, scale, decimals), scale, decimals)


def _scale(areas: NDArray[np.object_]) -> _Numbers:
    """Metres a degree of longitude and of latitude, in the middle of the areas.

    From 41.3 to 51.1 degrees, lengths are true within 10 %, the square root of a triangle
    within 5 %. Linear, so that what is valid in metres is valid in degrees.
    """
    _, south, _, north = shapely.total_bounds(areas)
    return np.array([_DEGREE_M * math.cos(math.radians((south + north) / 2)), _DEGREE_M])


def _degrees(areas: NDArray[np.object_], scale: _Numbers, decimals: int) -> NDArray[np.object_]:
    # Plus zero, since rounding may leave -0.0.
    return np.asarray(shapely.transform(areas, lambda c: np.round(c / scale, decimals) + 0.0))


def _rounded(areas: NDArray[np.object_], scale: _Numbers, decimals: int) -> NDArray[np.object_]:
    """The areas with their vertices on the grid of the decimals, still in metres."""
    snapped = shapely.transform(areas, lambda c: np.round(c / scale, decimals) * scale)
    return np.asarray(shapely.remove_repeated_points(snapped))


def _matched(areas: NDArray[np.object_], scale: _Numbers, decimals: int) -> NDArray[np.object_]:
    """The areas as a valid coverage on the grid: matching adds vertices, which are rounded."""
    for _ in range(_ROUNDS):
        if bool(np.all(shapely.is_valid(areas))) and shapely.coverage_is_valid(areas):
            return areas
        clean = shapely.coverage_clean  # type: ignore[attr-defined]  # new in 2.2; not in the stubs
        areas = _rounded(clean(areas, snapping_distance=0), scale, decimals)
    raise SourceError(f"{len(areas)} areas: edges still cross after {_ROUNDS} rounds")


def _whole(code: str, area: object) -> shapely.MultiPolygon:
    if isinstance(area, shapely.Polygon) and not area.is_empty:
        area = shapely.MultiPolygon([area])
    if not isinstance(area, shapely.MultiPolygon) or area.is_empty or not area.is_valid:
        raise SourceError(f"{code}: no valid area is left, but {area}")
    return area

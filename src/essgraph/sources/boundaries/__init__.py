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
from essgraph.sources.fetched import Extract
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

EXTRACT = Extract(
    "boundaries",
    extract.COLUMNS,
    {
        "geometry/region": "regions.csv",
        "geometry/departement": "departements.csv",
        "geometry/epci": "epci.csv",
        "geometry/commune": "communes.csv",
    },
)
"""A kind of entity is told with that of the territory it outlines."""


def files(settings: Settings) -> list[Path]:
    """What the layer is made of. Raises: SourceError before `essgraph fetch boundaries`."""
    return EXTRACT.files(settings)


def about(settings: Settings) -> Edition:
    """What the extract was made from.

    Raises: SourceError before `essgraph fetch boundaries`, or when SOURCE.toml is malformed.
    """
    found = EXTRACT.about(settings)
    if extract.TOLERANCE not in found.measures:
        path = EXTRACT.folder(settings) / edition.FILE
        raise SourceError(f"{path}: measure {extract.TOLERANCE!r} is missing")
    return found


def statements(settings: Settings) -> Iterator[Statement]:
    """The facts, each once.

    Raises: SourceError before `essgraph fetch boundaries`, or for a file that is malformed.
    """
    made, folder, terms = about(settings), EXTRACT.folder(settings), Terms(settings.names)
    layer = Term(str(settings.names.graph("boundaries")))
    yield fact(layer, terms.ess("tolerance"), integer(made.measures[extract.TOLERANCE]))
    for source in SOURCES:
        rows = made.rows[source.file]
        exact = replace(source, rows=(rows, rows))
        yield from exact.statements(folder / source.file, terms)

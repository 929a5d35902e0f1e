"""Who holds which mandate, from the national registers.

The extract that `essgraph fetch officials` wrote -> facts. What the extract holds, and what it
leaves out of the registers, is in `extract`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import Triple

from essgraph.config import Settings
from essgraph.sources.fetched import Extract
from essgraph.sources.ntriples import Statement, Terms
from essgraph.sources.officials import conversion, decisions, extract, namesakes
from essgraph.sources.officials.extract import Body
from essgraph.sources.officials.identity import Territory
from essgraph.sources.officials.namesakes import Official, Seat

LAYER = "officials"

EXTRACT = Extract(
    LAYER,
    extract.COLUMNS,
    {
        "person": extract.PERSONS,
        "mandate": extract.MANDATES,
        "organisation": extract.BODIES,
        "identity": extract.IDENTITY,
    },
)


def files(settings: Settings) -> list[Path]:
    """What the layer is made of. Raises: SourceError before `essgraph fetch officials`."""
    return EXTRACT.files(settings)


def statements(settings: Settings) -> Iterator[Statement]:
    """The facts, each once.

    Raises: SourceError for a file of the extract that is not as it was written.
    """
    folder, terms = EXTRACT.folder(settings), Terms(settings.names)
    rows = EXTRACT.about(settings).rows
    bodies = conversion.bodies(folder, rows)
    for body in bodies.values():
        yield from conversion.describe(body, terms)
    yield from conversion.People(folder, rows, bodies, terms).statements()
    for row in conversion.read(folder, extract.IDENTITY, rows):
        yield from decisions.convert(row, terms)


def candidates(settings: Settings, collection: Iterable[Triple]) -> Iterator[Statement]:
    """The facts on officials who have the name of a person of the collection.

    Raises: SourceError as `statements`.
    """
    folder = EXTRACT.folder(settings)
    rows = EXTRACT.about(settings).rows
    officials = (
        Official(row["key"], row["given"], row["family"])
        for row in conversion.read(folder, extract.PERSONS, rows)
    )

    def seats(persons: frozenset[str]) -> Iterator[Seat]:
        bodies = conversion.bodies(folder, rows)
        for row in conversion.read(folder, extract.MANDATES, rows):
            if row["person"] in persons:
                places = _around(bodies[row["body"]])
                yield Seat(row["person"], row["role"], places, row["start"], row["end"])

    yield from namesakes.statements(collection, officials, seats, settings.names)


def _around(body: Body) -> frozenset[Territory]:
    places = (*filter(None, (body.governs,)), *body.spatial)
    found = frozenset[Territory]()
    for place in places:
        found |= namesakes.around(Territory(*place.split("/")))
    return found

"""What was written, by whom and when, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from essgraph import journal
from essgraph.config import Settings
from essgraph.errors import NotFound
from essgraph.journal import Entry, Journal


@dataclass(frozen=True)
class Record:
    """One accepted write.

    Shape: added, removed: graph IRI -> triples. `at` is an ISO 8601 instant; `undone` where a
    rollback undid it.
    """

    id: str
    previous: str
    at: str
    agent: str
    message: str
    added: Mapping[str, int]
    removed: Mapping[str, int]
    undone: bool


def changes(settings: Settings, limit: int | None = None, offset: int = 0) -> list[Record]:
    """The accepted writes, newest first; `limit` of them after the `offset` newest.

    Raises: StoreUnavailable for a journal that cannot be read.
    """
    book = Journal(settings.home, settings.names)
    undone = journal.undone(settings.home)
    names = list(reversed(journal.ids(settings.home)))
    end = None if limit is None else offset + limit
    return [record(book.read(name), name in undone) for name in names[offset:end]]


def diff(settings: Settings, entry_id: str) -> Entry:
    """One write with the triples that it added and removed, graph by graph.

    Raises: NotFound; StoreUnavailable for a file that cannot be read.
    """
    if entry_id not in journal.ids(settings.home):
        raise NotFound(f"no write {entry_id!r} was accepted")
    return Journal(settings.home, settings.names).read(entry_id)


def record(entry: Entry, undone: bool) -> Record:
    """The record of an entry of the journal."""
    return Record(
        *entry.told,
        added={patch.graph: len(patch.added) for patch in entry.patches},
        removed={patch.graph: len(patch.removed) for patch in entry.patches},
        undone=undone,
    )

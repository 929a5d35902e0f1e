"""Every entity of the text index, part by part, best first: for those who list them all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from essgraph.errors import StoreUnavailable
from essgraph.search.postings import GAP
from essgraph.search.rows import REGISTER_TIER

PART = 45_000
"""Entities of a part, as a build numbers them; writes may put some thousands between them."""


def parts(index: Path) -> int:
    """How many parts the index in this file has.

    Raises: StoreUnavailable if it cannot be read.
    """
    with closing(_open(index)) as connection:
        try:
            ((last,),) = connection.execute("SELECT coalesce(max(id), 0) FROM entity")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{index}: {error}") from error
    return -(-int(last) // (PART * GAP))


def listed(index: Path, part: int) -> Iterator[tuple[str, bool]]:
    """The IRIs of a part, from 1, and whether each is a person of the register of officials.

    Raises: StoreUnavailable if it cannot be read.
    """
    after, to = (part - 1) * PART * GAP, part * PART * GAP
    with closing(_open(index)) as connection:
        try:
            yield from connection.execute(
                "SELECT iri, tier = ? FROM entity WHERE id > ? AND id <= ? ORDER BY id",
                (REGISTER_TIER, after, to),
            )
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{index}: {error}") from error


def _open(index: Path) -> sqlite3.Connection:
    address = f"{index.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        # Begun in one thread, it may be read to its end in another.
        return sqlite3.connect(address, uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{index}: {error}") from error

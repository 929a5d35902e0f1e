"""The file of an index, read by several threads."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

from essgraph.errors import StoreUnavailable


class IndexFile:
    """An index that nobody writes. Safe between threads: each has its own connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._opened: list[sqlite3.Connection] = []

    def rows(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        """The rows that a statement gives with these values. Raises: StoreUnavailable."""
        try:
            return self._connection().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self._path}: {error}") from error

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
            # Used by one thread, closed by whichever lets the index go.
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            with self._lock:
                self._opened.append(connection)
            self._local.connection = connection
        return connection

"""The queries that run now, in all processes of a server: each pool writes its own to a file.

A file is renewed while its pool is busy, so one that is not is of a pool that is gone.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from essgraph.errors import NotFound

FOLDER = "running"
"""Where the lists are, under ESSGRAPH_HOME."""

_FRESH_S = 3.0


@dataclass(frozen=True, slots=True)
class Running:
    """A query under way: the process it runs in, and its hash.

    Units: seconds; megabytes of resident memory.
    """

    pid: int
    hash: str
    elapsed_s: float
    cpu_s: float
    memory_mb: float


class Board:
    """The list of one pool, in a folder that all pools of a server share."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{os.getpid()}.json"
        self._shown = False

    def show(self, running: Sequence[Running]) -> None:
        """Put up the queries that run; nothing where none does."""
        if running:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps([asdict(one) for one in running]), "utf-8")
            fresh.replace(self._path)
            self._shown = True
        elif self._shown:
            self._path.unlink(missing_ok=True)
            self._shown = False


def read(folder: Path) -> list[Running]:
    """The queries that run in any pool, the longest first."""
    found: list[Running] = []
    for path in folder.glob("*.json"):
        with suppress(OSError, ValueError, TypeError):
            if time.time() - path.stat().st_mtime <= _FRESH_S:
                found += [Running(**one) for one in json.loads(path.read_text("utf-8"))]
    return sorted(found, key=lambda one: -one.elapsed_s)


def cancel(folder: Path, pid: int) -> Running:
    """End a query, by the process that it runs in.

    Raises: NotFound if no query runs there.
    """
    for one in read(folder):
        if one.pid == pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            return one
    raise NotFound(f"no query runs in process {pid}")

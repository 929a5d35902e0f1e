"""The journal: every accepted write, one TriG file each, on disk before it is published.

Layout under ESSGRAPH_HOME:

    journal/<id>.trig    one write: who, when, and for each graph the triples added and removed
    journal/undone.json  the writes that a rollback undid, for the builds to come

A file that is here is an accepted write: a release that holds it is made sooner or later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from essgraph import disk
from essgraph.errors import StoreUnavailable
from essgraph.journal.entry import Entry, Patch, read, text
from essgraph.journal.replaying import Conflict, apply, replay
from essgraph.vocab import Names

__all__ = [
    "Conflict",
    "Entry",
    "Journal",
    "Patch",
    "apply",
    "digests",
    "ids",
    "replay",
    "text",
    "undo",
    "undone",
]

_FOLDER = "journal"
_UNDONE = "undone.json"
_NAME = re.compile(r"\w+")


class Journal:
    """The accepted writes of one ESSGRAPH_HOME, oldest first."""

    def __init__(self, home: Path, names: Names) -> None:
        self._home = home
        self._folder = home / _FOLDER
        self._names = names

    def append(self, entry: Entry) -> None:
        """Accept a write: once this returns, it outlives the process and the power.

        Raises: StoreUnavailable, and then nothing was accepted.
        """
        try:
            disk.make_folder(self._folder)
            disk.write(self._folder / f"{entry.id}.trig", text(entry, self._names))
        except OSError as error:
            raise StoreUnavailable(f"{self._folder} cannot be written: {error}") from error

    def read(self, entry_id: str) -> Entry:
        """The write of that name, moved to the base of the names.

        Raises: StoreUnavailable, naming the file, if it cannot be read whole.
        """
        path = self._folder / f"{entry_id}.trig"
        try:
            return read(entry_id, path.read_text("utf-8"), self._names)
        except (OSError, SyntaxError, ValueError, KeyError) as error:
            raise StoreUnavailable(f"{path}: not a whole entry of the journal: {error}") from error

    def entries(self) -> Iterator[Entry]:
        """Every accepted write, undone ones too. Raises: as `read`."""
        return map(self.read, ids(self._home))

    def standing(self) -> list[Entry]:
        """The writes that a build has to hold: all but those undone. Raises: as `read`."""
        undone_ids = undone(self._home)
        return [self.read(name) for name in ids(self._home) if name not in undone_ids]

    def find(self, key: str, known: Collection[str]) -> str | None:
        """The write that its caller knows by `key`, if it was accepted; not one of `known`.

        Raises: as `read`.
        """
        fresh = (name for name in reversed(ids(self._home)) if name not in known)
        return next((name for name in fresh if self.read(name).key == key), None)

    def sweep(self) -> None:
        """Delete what writers that were killed left beside the entries. Raises: OSError."""
        for leftover in self._folder.glob(".*"):
            leftover.unlink()


def ids(home: Path) -> list[str]:
    """The names of all accepted writes, oldest first."""
    # What is being written has a name that begins with a dot: it is not accepted yet.
    return sorted(
        path.stem for path in (home / _FOLDER).glob("*.trig") if _NAME.fullmatch(path.stem)
    )


def undone(home: Path) -> frozenset[str]:
    """The writes that a rollback undid. Raises: StoreUnavailable for a malformed file."""
    path = home / _FOLDER / _UNDONE
    try:
        return frozenset(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, TypeError) as error:
        raise StoreUnavailable(f"{path}: {error}") from error


def undo(home: Path, entry_ids: Iterable[str]) -> None:
    """Say which writes are undone, in place of what was said before. Raises: OSError."""
    if (home / _FOLDER).is_dir():
        disk.write(home / _FOLDER / _UNDONE, json.dumps(sorted(entry_ids)).encode())


def digests(home: Path) -> dict[str, str]:
    """What a release depends on here: each write's SHA-256, and which are undone.

    Raises: OSError.
    """
    found = {}
    for name in ids(home):
        content = (home / _FOLDER / f"{name}.trig").read_bytes()
        found[f"journal/{name}"] = sha256(content).hexdigest()
    if gone := undone(home):
        found["journal/undone"] = " ".join(sorted(gone))
    return found

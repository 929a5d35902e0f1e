"""Answers kept in memory: those of this process at hand, and those that all processes share.

An answer is kept under the release it is of, so it never has to be taken back. Both parts are
bounded; the shared one is a memory map in the home, which the system may write out.
Source: LMDB, https://lmdb.readthedocs.io (OpenLDAP Public License).
"""

from __future__ import annotations

import marshal
import weakref
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import lmdb
from cachetools import LRUCache

from essgraph import __version__
from essgraph.store.evaluating import Answered

FOLDER = "cache"
"""Where the shared answers are, under ESSGRAPH_HOME."""

_WRITERS = (__version__, version("pyoxigraph"))
"""What writes an answer: another version of it may write other bytes."""

_MEGABYTE = 1_000_000
_OVERHEAD = 600
"""Bytes that an entry takes besides its body, about."""
_FULL = 0.4
"""Part of the map that may be in use: what is emptied needs room once more until it is reused."""
_LARGEST_PART = 16
"""An answer larger than one in so many of the whole is not kept."""

_open: weakref.WeakValueDictionary[Path, lmdb.Environment] = weakref.WeakValueDictionary()
"""The maps that this process has open: LMDB allows each once, and closes it with its last user."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was sent.

    Shape: etag without quotes; rows of a table or triples of a graph.
    """

    media_type: str
    encoding: str
    truncated: str
    rows: int
    etag: str
    body: bytes

    @classmethod
    def of(cls, answered: Answered, etag: str | None, body: bytes) -> Kept:
        """What is kept of an answer of that tag, whose file holds these bytes."""
        told = (answered.media_type, answered.encoding, answered.truncated, answered.rows)
        return cls(*told, etag or "", body)


def tag_of(release: str, *parts: str | tuple[str, ...]) -> str:
    """The entity tag of what these parts ask of a release, without its quotes."""
    asked = repr((_WRITERS, parts)).encode("utf-8", "surrogatepass")
    return f"{release}-{blake2b(asked, digest_size=12).hexdigest()}"


class Answers:
    """The answers kept for a home, up to a number of megabytes in each of the two parts."""

    def __init__(self, home: Path, megabytes: int) -> None:
        self._largest = megabytes * _MEGABYTE // _LARGEST_PART
        self._near: LRUCache[object, Kept] = LRUCache(
            max(1, megabytes * _MEGABYTE), getsizeof=lambda kept: len(kept.body) + _OVERHEAD
        )
        self._size = megabytes * _MEGABYTE
        self._folder = (home / FOLDER).absolute()
        self._opened: lmdb.Environment | None = None

    @property
    def _shared(self) -> lmdb.Environment | None:
        """The shared part, opened when it is first needed: then the home is there."""
        if self._opened is None and self._size:
            self._opened = _map(self._folder, self._size)
        return self._opened

    def near(self, request: object) -> Kept | None:
        """The answer to that very request, if this process has it at hand."""
        return self._near.get(request)

    def shared(self, key: str) -> Kept | None:
        """The answer under a key, if any process put it there."""
        shared = self._shared
        if shared is None:
            return None
        with shared.begin() as reading:
            found = reading.get(_short(key))
        return Kept(*marshal.loads(found)) if found else None  # noqa: S302  # written by `share`

    def keep(self, request: object, kept: Kept) -> None:
        """Have an answer at hand for that very request."""
        if len(kept.body) <= self._largest:
            self._near[request] = kept

    def share(self, key: str, kept: Kept) -> None:
        """Let every process have an answer. When the room is used up, it is emptied first."""
        shared = self._shared
        if shared is None or len(kept.body) > self._largest:
            return
        value = marshal.dumps(
            (kept.media_type, kept.encoding, kept.truncated, kept.rows, kept.etag, kept.body)
        )
        with suppress(lmdb.MapFullError), shared.begin(write=True) as writing:
            # Emptied while there is room to: a full map has none even for that.
            used = writing.stat(shared.open_db(txn=writing))
            pages = used["branch_pages"] + used["leaf_pages"] + used["overflow_pages"]
            if pages * used["psize"] > _FULL * self._size:
                writing.drop(shared.open_db(txn=writing), delete=False)
            writing.put(_short(key), value)

    def close(self) -> None:
        """Let the shared part go."""
        self._opened, self._size = None, 0


def _map(folder: Path, size: int) -> lmdb.Environment:
    found = _open.get(folder)
    if found is None:
        folder.mkdir(exist_ok=True)
        found = _open[folder] = lmdb.open(
            str(folder),
            map_size=size,
            sync=False,
            metasync=False,
            writemap=True,
            readahead=False,
        )
    return found


def _short(key: str) -> bytes:
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=20).digest()

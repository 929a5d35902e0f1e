"""The current release and a few kept ones, opened: for as long as somebody reads them.

The pointer is read once a request (one readlink); when it has moved, the release it
names is opened beside the old one, which the requests under way keep alive. A kept release that
`?release=` asks for is opened beside it too.
"""

from __future__ import annotations

import os
import re
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from essgraph.config import Settings
from essgraph.describe.similar import Initiatives
from essgraph.describe.territory import LocalInitiatives
from essgraph.describe.timeline import Histories
from essgraph.errors import ConfigError, NotFound, QueryError, ReleaseGone
from essgraph.releases import Release, Releases
from essgraph.search import SearchIndex
from essgraph.store.base import GraphStore
from essgraph.store.opening import open_store
from essgraph.vocab import LANGUAGES, Names

KEPT_OPEN = 3
"""Releases besides the current one that stay open: each has files and memory of its own."""

LISTED = 20
"""Kept releases that a refusal names, newest first."""

_NAME = re.compile(r"[0-9A-Za-z-]{1,40}")

_T = TypeVar("_T")


class Once:
    """Things that are made when first asked for, each once however many threads ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}
        self._made: dict[Hashable, object] = {}

    def get(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """What was made under a key; who asks meanwhile waits. What fails is tried again."""
        if key not in self._made:
            with self._lock:
                making = self._making.setdefault(key, threading.Lock())
            with making:
                if key not in self._made:
                    self._made[key] = make()
        return cast(_T, self._made[key])


@dataclass(frozen=True)
class Opened:
    """A release with its store and index open for reading."""

    release: Release
    store: GraphStore
    index: SearchIndex
    once: Once = field(default_factory=Once, repr=False, compare=False)
    """What pages have read of it and keep: a release never changes."""

    @property
    def initiatives(self) -> Initiatives:
        """Its initiatives with their places and traits, read when first asked for."""
        return self.once.get(Initiatives, lambda: Initiatives(self.store, self._names, LANGUAGES))

    @property
    def local(self) -> LocalInitiatives:
        """Which initiatives each of its territories has, read when first asked for."""
        return self.once.get(
            LocalInitiatives, lambda: LocalInitiatives(self.store, self._names, LANGUAGES)
        )

    @property
    def histories(self) -> Histories:
        """Which of its entities have a dated history, read when first asked for."""
        return self.once.get(Histories, lambda: Histories(self.store, self._names))

    def warm(self) -> None:
        """Read now what is else read when first asked for. Raises: StoreUnavailable."""
        _ = self.initiatives, self.local, self.histories

    @property
    def _names(self) -> Names:
        return Names(self.release.manifest["base_iri"])


def named_release(written: Sequence[str]) -> str | None:
    """The release that the values of `?release=` name; None without any.

    Raises: QueryError if there are several.
    """
    if len(written) > 1:
        raise QueryError(f"release is given {len(written)} times: a page has one release")
    return written[0] if written else None


class CurrentRelease:
    """The release the pointer names, opened when it changes. Safe between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._releases = Releases(settings.home)
        self._lock = threading.Lock()
        self._pointer = str(self._releases.pointer)
        self._opened: tuple[Opened | None, str] = (None, "")
        self._older: OrderedDict[str, Opened] = OrderedDict()

    def get(self) -> Opened:
        """The current release, opened.

        Raises: StoreUnavailable before the first build; ConfigError if the settings do not fit
        the release, or its store.
        """
        target = self._target()
        opened, told = self._opened
        if opened is not None and target == told:
            return opened
        with self._lock:
            release = self._releases.require_current()
            opened = self._opened[0]
            if opened is None or opened.release.id != release.id:
                opened = self._open(release)
            self._opened = opened, target
        return opened

    def of(self, release_id: str) -> Opened:
        """A kept release by its name, opened; the last few asked for stay so.

        Raises: QueryError for what is no name of a release; ReleaseGone if it is not kept, or
        cannot answer: another engine holds the graph, or it has another base IRI; and as `get`.
        """
        if not _NAME.fullmatch(release_id):
            raise QueryError(f"release = {release_id[:60]!r} is not the name of a release")
        current = self.get()
        if current.release.id == release_id:
            return current
        if self._settings.store_url:
            raise ReleaseGone(
                f"release {release_id} cannot be asked: the graph is in another engine, which "
                f"holds the release of today alone"
            )
        with self._lock:
            # A release that was pruned is not told as if it were kept.
            found = self._older.pop(release_id, None)
            if found is None or not found.release.path.is_dir():
                found = self._kept(release_id)
            self._older[release_id] = found
            while len(self._older) > KEPT_OPEN:
                self._older.popitem(last=False)  # requests under way keep it alive
        return found

    def kept(self) -> list[str]:
        """The names of the releases that can be asked for, the newest first, LISTED at most."""
        if self._settings.store_url:
            return []
        return [release.id for release in reversed(self._releases.kept())][:LISTED]

    def _kept(self, release_id: str) -> Opened:
        try:
            return self._open(self._releases.get(release_id))
        except NotFound as error:
            known = ", ".join(self.kept()) or "none"
            raise ReleaseGone(
                f"release {release_id} is not kept; those that are: {known}"
            ) from error
        except ConfigError as error:
            raise ReleaseGone(f"release {release_id} cannot be asked: {error}") from error

    def _target(self) -> str:
        try:
            return os.readlink(self._pointer)
        except OSError:
            return ""

    def _open(self, release: Release) -> Opened:
        built, wanted = release.manifest.get("base_iri"), self._settings.base_iri
        if built != wanted:
            raise ConfigError(
                f"release {release.id} was built with base_iri = {built!r}, the settings say "
                f"{wanted!r}: run `essgraph build` again, or put the setting back"
            )
        index = SearchIndex(release.index_path)
        store = open_store(self._settings, release.store_path)
        fresh = Opened(release, store, index)
        weakref.finalize(fresh, index.close)
        weakref.finalize(fresh, store.close)
        return fresh

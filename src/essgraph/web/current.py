"""The current release, opened: its store and its index, for as long as somebody reads them.

The pointer is read once a request (one readlink); when it has moved, the release it
names is opened beside the old one, which the requests under way keep alive.
"""

from __future__ import annotations

import os
import threading
import weakref
from dataclasses import dataclass

from essgraph.config import Settings
from essgraph.errors import ConfigError
from essgraph.releases import Release, Releases
from essgraph.search import SearchIndex
from essgraph.store.base import GraphStore
from essgraph.store.opening import open_store


@dataclass(frozen=True)
class Opened:
    """A release with its store and index open for reading."""

    release: Release
    store: GraphStore
    index: SearchIndex


class CurrentRelease:
    """The release the pointer names, opened when it changes. Safe between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._releases = Releases(settings.home)
        self._lock = threading.Lock()
        self._pointer = str(self._releases.pointer)
        self._opened: tuple[Opened | None, str] = (None, "")

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

"""What a request works with: settings, the current release, its store and its index.

The pointer is read once a request (one readlink); when it has moved, the release it
names is opened beside the old one, which the requests under way keep alive.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from typing import cast

from flask import current_app, g

from essgraph.config import Settings
from essgraph.errors import ConfigError, StoreUnavailable
from essgraph.queries import SavedQuery, read_all
from essgraph.releases import Release, Releases
from essgraph.search import SearchIndex
from essgraph.store.base import GraphStore
from essgraph.store.opening import open_store
from essgraph.vocab import Names

_KEY = "essgraph"


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
        self._opened: Opened | None = None

    def get(self) -> Opened:
        """The current release, opened.

        Raises: StoreUnavailable before the first build; ConfigError if the settings do not fit
        the release, or its store.
        """
        release = self._releases.require_current()
        opened = self._opened
        if opened is not None and opened.release.id == release.id:
            return opened
        with self._lock:
            opened = self._opened
            if opened is None or opened.release.id != release.id:
                opened = self._opened = self._open(release)
        return opened

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


@dataclass(frozen=True)
class Context:
    """What one application holds."""

    settings: Settings
    names: Names
    current: CurrentRelease
    queries: dict[str, SavedQuery]
    assets: dict[str, str]
    downloads: threading.BoundedSemaphore
    visitors_queries: threading.BoundedSemaphore


def context() -> Context:
    """What the current application holds."""
    return cast(Context, current_app.extensions[_KEY])


def attach(extensions: dict[str, object], settings: Settings, assets: dict[str, str]) -> None:
    """Read what an application needs once, and hang it on the application."""
    names = settings.names
    extensions[_KEY] = Context(
        settings=settings,
        names=names,
        current=CurrentRelease(settings),
        queries=read_all(settings.queries_dir, names),
        assets=assets,
        # A download keeps its thread for as long as its client reads: half are left to others.
        downloads=threading.BoundedSemaphore(max(1, settings.threads // 2)),
        # A visitor's query may run for long: one thread is left to the pages.
        visitors_queries=threading.BoundedSemaphore(max(1, settings.threads - 1)),
    )


def settings() -> Settings:
    """Settings of the current application."""
    return context().settings


def names() -> Names:
    """IRIs under the base IRI of the current application."""
    return context().names


def opened() -> Opened:
    """The release of this request, the same one from its start to its end.

    Raises: StoreUnavailable before the first build.
    """
    if "opened" not in g:
        g.opened = context().current.get()
    return cast(Opened, g.opened)


def store() -> GraphStore:
    """The store of this request's release."""
    return opened().store


def index() -> SearchIndex:
    """The text index of this request's release."""
    return opened().index


def release_id() -> str:
    """The name of the release this request answers from; "" where none can be opened."""
    try:
        return opened().release.id
    except (StoreUnavailable, ConfigError):
        return ""

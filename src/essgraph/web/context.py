"""What a request works with: settings, the current release, its store and its index."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import Flask, current_app, g, request

from essgraph import profiles
from essgraph.config import Settings
from essgraph.errors import EssgraphError
from essgraph.profiles import Profiles
from essgraph.queries import SavedQuery, read_all
from essgraph.search import SearchIndex
from essgraph.store.base import GraphStore, truth
from essgraph.tokens import Tokens
from essgraph.vocab import Names
from essgraph.web.current import CurrentRelease, Opened, named_release
from essgraph.web.endpoint import Endpoint
from essgraph.web.evaluators import Here
from essgraph.writes import Change, Outcome, submit

_KEY = "essgraph"

_READS = ("GET", "HEAD", "QUERY")
_ASKED_BY_POST = ("/sparql", "POST")
"""Where a POST may ask a query."""

WRITES = 7
"""Writes that run and wait in one process of the server."""


_T = TypeVar("_T")


class Loop:
    """The event loop that queries run on, once a server has one."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def use(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on, wait for what runs on that loop."""
        self._loop = loop

    def wait(self, coroutine: Coroutine[None, None, _T]) -> _T:
        """The result of a coroutine, from a thread that is not the loop's."""
        if self._loop is None:
            return asyncio.run(coroutine)
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


@dataclass(frozen=True)
class Context:
    """What one application holds."""

    settings: Settings
    names: Names
    current: CurrentRelease
    queries: dict[str, SavedQuery]
    profiles: Profiles
    assets: dict[str, str]
    downloads: threading.BoundedSemaphore
    writes: threading.BoundedSemaphore
    write: Callable[[Settings, Change], Outcome]
    tokens: Tokens
    endpoint: Endpoint
    loop: Loop


def context() -> Context:
    """What the current application holds."""
    return cast(Context, current_app.extensions[_KEY])


def context_of(app: Flask) -> Context:
    """What an application holds, outside a request."""
    return cast(Context, app.extensions[_KEY])


def wait(coroutine: Coroutine[None, None, _T]) -> _T:
    """The result of a coroutine of the endpoint."""
    return context().loop.wait(coroutine)


def attach(extensions: dict[str, object], settings: Settings, assets: dict[str, str]) -> None:
    """Read what an application needs once, and hang it on the application."""
    names = settings.names
    current, tokens = CurrentRelease(settings), Tokens(settings.home)
    extensions[_KEY] = Context(
        settings=settings,
        names=names,
        current=current,
        queries=read_all(settings.queries_dir, names),
        profiles=profiles.read(settings.shapes_dir, settings.ontology_dir, names),
        assets=assets,
        # A download keeps its thread for as long as its client reads: half are left to others.
        downloads=threading.BoundedSemaphore(max(1, settings.threads // 2)),
        writes=threading.BoundedSemaphore(WRITES),
        write=submit,
        tokens=tokens,
        endpoint=Endpoint(settings, current, tokens, Here(settings)),
        loop=Loop(),
    )


def settings() -> Settings:
    """Settings of the current application."""
    return context().settings


def names() -> Names:
    """IRIs under the base IRI of the current application."""
    return context().names


def opened() -> Opened:
    """The release of this request, the same one from its start to its end: that of `?release=`
    where the request reads, else the current one.

    Raises: StoreUnavailable before the first build; QueryError, ReleaseGone.
    """
    if "opened" not in g:
        asked = asked_release()
        current = context().current
        g.opened = current.get() if asked is None else current.of(asked)
    return cast(Opened, g.opened)


def asked_release() -> str | None:
    """The release that this request names; None for one that names none, or that writes.

    Raises: QueryError if it names several.
    """
    if request.method not in _READS and (request.path, request.method) != _ASKED_BY_POST:
        return None
    return named_release(request.args.getlist("release"))


def store() -> GraphStore:
    """The store of this request's release."""
    return opened().store


def holds(layer: str) -> bool:
    """Whether this request's release has anything of a layer.

    Raises: StoreUnavailable.
    """
    return truth(store().query("ASK { ?s ?p ?o }", default_graphs=[names().graph(layer)]))


def index() -> SearchIndex:
    """The text index of this request's release."""
    return opened().index


def release_id() -> str:
    """The name of the release this request answers from; "" where none can be opened."""
    try:
        return opened().release.id
    except EssgraphError:
        return ""

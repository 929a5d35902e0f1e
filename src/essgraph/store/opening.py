"""The store that the settings choose: the release's own, or another engine with the same graphs."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from essgraph.config import Settings
from essgraph.errors import ConfigError
from essgraph.store.base import GraphStore, Requests
from essgraph.store.embedded import EmbeddedStore
from essgraph.store.remote import RemoteStore

_SMALL_LAYER = "meta"
"""A layer that every release has and that is small, so that a join over it is."""


def open_store(settings: Settings, directory: Path, requests: Requests | None = None) -> GraphStore:
    """A store to read from: the engine at `store_url`, else Oxigraph in a release's directory.

    Queries of the latter may send requests by `requests`; without, SERVICE is refused.

    Raises: StoreUnavailable; ConfigError for an engine whose answers would be wrong, because
    it lacks our named graphs, their union as default graph, or FROM.
    """
    if not settings.store_url:
        return EmbeddedStore.open(directory, base_iri=settings.base_iri, requests=requests)
    store = RemoteStore(
        settings.store_url,
        base_iri=settings.base_iri,
        union_parameter=settings.store_union_parameter,
        max_bytes=settings.max_result_bytes,
    )
    with ExitStack() as failing:
        failing.callback(store.close)
        _check(store, settings)
        failing.pop_all()
    return store


def _check(store: RemoteStore, settings: Settings) -> None:
    small = settings.names.graph(_SMALL_LAYER).value
    held = f"GRAPH <{small}> {{ ?s ?p ?o }}"
    if not store.ask(f"ASK {{ {held} }}"):
        raise ConfigError(
            f"store_url: {settings.store_url} does not hold the graph <{small}>: load it with "
            "the N-Quads of `essgraph export`, named graphs kept"
        )
    if not store.ask(f"ASK {{ {held} ?s ?p ?o }}"):
        raise ConfigError(
            f"store_url: the default graph of {settings.store_url} is not the union of its named "
            "graphs: make it so, or set store_union_parameter (union-default-graph for Oxigraph)"
        )
    if store.ask("ASK FROM <urn:x-essgraph:empty> { ?s ?p ?o }"):
        raise ConfigError(
            f"store_url: {settings.store_url} does not heed FROM: for Oxigraph, leave out "
            "--union-default-graph and set store_union_parameter to union-default-graph"
        )

"""A change worked out: the statements that it adds to and removes from each graph.

Nothing is changed here. An update runs on a copy of the store that is thrown away, and only
what it did to the graphs that may be written is taken from there: whatever its text hides,
no other graph can change. What else it touched is refused, not passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, parse

from essgraph import sources, syntax, updates
from essgraph.config import Settings
from essgraph.errors import GraphProtected, NotFound, PreconditionFailed, QueryError
from essgraph.journal import Patch
from essgraph.release import Release
from essgraph.sources import ntriples, skolem
from essgraph.store.base import reading
from essgraph.store.embedded import EmbeddedStore
from essgraph.store.forms import stored
from essgraph.updates import Prepared
from essgraph.writes.change import Change, Delete, Post, Put, Update

CURATED = tuple(name for name, layer in sources.LAYERS.items() if layer.curated)
"""Layers that may be written."""

_SMALL = 100_000
"""Triples of a layer that is compared whole after an update; of a larger one the text decides."""

_BLANK = re.compile(r"^_:| _:")


@dataclass(frozen=True)
class State:
    """A release as writes see it: the source statements of the graphs that may be written."""

    settings: Settings
    release: Release

    @property
    def collection(self) -> str:
        """The graph that writes go to where they name none."""
        return self.settings.names.graph(CURATED[0]).value

    def statements(self, graph: str) -> dict[str, None]:
        """The source statements of a graph, in their order; none for one that is not there.

        Raises: OSError.
        """
        path = self.release.graph_path(graph, self.settings.names)
        if not path.is_file():
            return {}
        with path.open(encoding="utf-8", newline="\n") as lines:
            return dict.fromkeys(lines)

    def refuse_protected(self, graphs: Iterable[str]) -> None:
        """Raises: GraphProtected, naming a graph that may not be written."""
        names = self.settings.names
        curated = {names.graph(name).value for name in CURATED}
        prefixes = tuple(self.settings.writable_graphs.split())
        own = names.graph("").value
        for graph in sorted(graphs):
            allowed = bool(prefixes) and graph.startswith(prefixes) and not graph.startswith(own)
            if graph not in curated and not allowed:
                known = ", ".join(sorted(curated))
                raise GraphProtected(f"<{graph}> may not be written; these may: {known}")


def patches(change: Change, state: State, scratch: Path) -> list[Patch]:
    """What a change does to each graph; none that stays as it is. `scratch` is a free path.

    Raises: QueryError for what cannot be read; GraphProtected; NotFound for a graph to delete
    that is not there; PreconditionFailed; StoreUnavailable; OSError.
    """
    action = change.action
    if isinstance(action, Update):
        _check_release(change, state)
        found = _updated(action, change.key, state, scratch)
    else:
        state.refuse_protected([action.graph])
        held = state.statements(action.graph)
        _check_graph(change, action.graph, state, exists=bool(held))
        found = [_document(action, change.key, held, state)]
    return [patch for patch in found if patch.added or patch.removed]


def _check_release(change: Change, state: State) -> None:
    if change.if_releases and state.release.id not in change.if_releases:
        raise PreconditionFailed(f"the current release is {state.release.id}")


def _check_graph(change: Change, graph: str, state: State, *, exists: bool) -> None:
    if isinstance(change.action, Delete) and not exists:
        raise NotFound(f"<{graph}> is not there")
    if change.if_absent and exists:
        raise PreconditionFailed(f"<{graph}> is there already")
    if change.if_releases is None:
        return
    modified = state.release.manifest["modified"].get(graph)
    known = (state.release.path.with_name(name) for name in change.if_releases)
    same = modified in change.if_releases or any(
        Release(path).manifest["modified"].get(graph) == modified for path in known if path.is_dir()
    )
    if not exists or (change.if_releases and not same):
        raise PreconditionFailed(f"<{graph}> is not what it was: it changed with {modified}")


def _document(
    action: Put | Post | Delete, key: str, held: Mapping[str, None], state: State
) -> Patch:
    if isinstance(action, Delete):
        return Patch(action.graph, (), tuple(sorted(held)))
    said = _read(action, key, state)
    if isinstance(action, Put):
        gone = held.keys() - said
        return Patch(action.graph, tuple(sorted(said - held.keys())), tuple(sorted(gone)))
    known = set(stored(held).values())
    forms = stored(said - held.keys())
    fresh = sorted(line for line, form in forms.items() if form not in known)
    return Patch(action.graph, tuple(fresh))


def _read(action: Put | Post, key: str, state: State) -> set[str]:
    """The statements of a document, its blank nodes named after the write."""
    form = RdfFormat.from_media_type(action.media_type)
    if form is None:
        raise QueryError(f"{action.media_type!r} is no format of RDF known here")
    names = state.settings.names
    found = set()
    with reading(text=action.document.decode("utf-8", "replace")):
        for quad in parse(action.document, format=form, base_iri=action.graph):
            if quad.graph_name != DefaultGraph():
                raise QueryError(f"{quad.graph_name}: a document for one graph names another")
            found.add(ntriples.statement(skolem.named(quad.triple, names, f"{key}-")))
    return {str(line) for line in found}


def _updated(action: Update, key: str, state: State, scratch: Path) -> list[Patch]:
    settings, names = state.settings, state.settings.names
    before = EmbeddedStore.open(state.release.store_path, base_iri=names.base)
    try:
        with _guarded(action.text, settings) as (text, told):
            graphs = [names.graph(layer).value for layer in state.release.manifest["graphs"]]
            graphs += state.release.manifest["other_graphs"]
            prepared = updates.prepare(
                text, state.collection, graphs, names.base, action.using, action.using_named
            )
            state.refuse_protected(prepared.targets)
            try:
                written = _run(prepared, before, state, scratch)
            except QueryError as error:
                raise type(error)(told(str(error))) from error
    finally:
        before.close()
    return [
        _difference(graph, state.statements(graph), written.get(graph, ()), key, state)
        for graph in sorted(prepared.targets)
    ]


@contextmanager
def _guarded(text: str, settings: Settings) -> Iterator[tuple[str, Callable[[str], str]]]:
    """The update as the engine may read it, and what turns its errors back."""
    if not settings.service_allowed and not settings.load_allowed:
        syntax.guard(text)
        yield text, str
        return
    # Its HTTP client takes longer to import than a small update to run.
    from essgraph import federation

    with federation.from_settings(settings) or federation.Federation() as requests:
        yield requests.prepare_update(text), requests.told


def _run(
    prepared: Prepared, before: EmbeddedStore, state: State, scratch: Path
) -> dict[str, list[str]]:
    """What the graphs that an update writes to hold after it, in the engine's spelling."""
    before.checkpoint(scratch)
    after = EmbeddedStore.open(scratch, read_only=False, base_iri=state.settings.base_iri)
    try:
        with ThreadPoolExecutor(1) as pool:
            protected = pool.submit(_protected, before, state)
            after.update(prepared.text)
            _refuse_others(protected.result(), before, after, state)
        there = prepared.targets & {graph.value for graph in after.graphs()}
        return {graph: after.lines(NamedNode(graph)) for graph in there}
    finally:
        after.close()


def _protected(store: EmbeddedStore, state: State) -> dict[str, bytes]:
    """The layers that no update may change, as the engine dumps them; not the large ones."""
    return {
        graph.value: store.dump(graph)
        for layer, amount in state.release.manifest["graphs"].items()
        if layer not in CURATED and amount <= _SMALL
        for graph in (state.settings.names.graph(layer),)
    }


def _refuse_others(
    protected: Mapping[str, bytes], before: EmbeddedStore, after: EmbeddedStore, state: State
) -> None:
    """Look whether the update really kept to the graphs that its text names."""
    fresh = {graph.value for graph in after.graphs()} - {graph.value for graph in before.graphs()}
    state.refuse_protected(fresh)
    if after.dump(DefaultGraph()):
        raise QueryError("the update writes to no graph: name one")
    # A copy is dumped in the order of what it was copied from.
    state.refuse_protected(
        graph for graph, held in protected.items() if after.dump(NamedNode(graph)) != held
    )


def _difference(
    graph: str, held: Mapping[str, None], written: Iterable[str], key: str, state: State
) -> Patch:
    """The patch between source statements and what the engine holds after an update.

    Statements that stay keep their spelling.
    """
    after = set(written)
    forms = stored(held)
    removed = sorted(line for line, form in forms.items() if form not in after)
    added = after - set(forms.values())
    blank = {line for line in added if _BLANK.search(line)}
    named = (
        ntriples.statement(skolem.named(triple, state.settings.names, f"{key}-"))
        for triple in ntriples.triples(ntriples.Statement(line) for line in sorted(blank))
    )
    return Patch(graph, tuple(sorted({*(added - blank), *named})), tuple(removed))

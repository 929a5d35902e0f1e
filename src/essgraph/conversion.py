"""The source RDF of a release: converted, or taken from the build that converted it first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future
from threading import BoundedSemaphore
from typing import Protocol

from pyoxigraph import NamedNode

from essgraph import catalogue, sources
from essgraph.config import Settings
from essgraph.converted import Converted
from essgraph.release import Release
from essgraph.replay import Facts
from essgraph.shacl import spelling
from essgraph.store.embedded import EmbeddedStore

_AHEAD = 2
"""Chunks in memory that were converted and not yet loaded."""


class Watch(Protocol):
    """Who is told how far a build is, by whichever thread is there."""

    def phase(self, name: str, seconds: float | None) -> None:
        """A phase begins (None) or ended (its seconds)."""

    def moved(self, name: str, triples: int) -> None:
        """So many more triples went through a phase that takes them one by one."""


class Loading:
    """Loads under way: what is written is loaded by another thread, a few chunks behind."""

    def __init__(self, store: EmbeddedStore, loader: Executor, watch: Watch) -> None:
        self._store = store
        self._loader = loader
        self._watch = watch
        self._room = BoundedSemaphore(_AHEAD)
        self._jobs: list[Future[None]] = []

    def add(self, chunk: bytes, graph: NamedNode) -> None:
        """Have N-Triples loaded; waits while enough of them are waiting already."""
        self._room.acquire()
        self._jobs.append(self._loader.submit(self._load, chunk, graph))

    def wait(self) -> None:
        """Return once all is loaded. Raises: what a load raised."""
        for job in self._jobs:
            job.result()

    def _load(self, chunk: bytes, graph: NamedNode) -> None:
        try:
            self._store.bulk_load(chunk, graph, lenient=True)
            self._watch.moved("load", chunk.count(b"\n"))
        finally:
            self._room.release()


class Layers:
    """The source RDF of a release, written or taken from the build that converted it first."""

    def __init__(
        self,
        settings: Settings,
        release: Release,
        facts: Facts,
        digests: Mapping[str, str],
        loading: Loading,
    ) -> None:
        self._names = settings.names
        self._release = release
        self._facts = facts
        self._digests = digests
        self._converted = Converted(settings.home)
        self.loading = loading

    def convert(self, watch: Watch) -> catalogue.Counts:
        """Write each graph, and have each chunk loaded as soon as it is written.

        Shape: the triples of each graph.
        """
        self._release.data_path.mkdir()
        graphs = {name: self._layer(name, watch) for name in self._facts.layers}
        others = {}
        for iri, lines in self._facts.others.items():
            path = self._release.graph_path(iri, self._names)
            chunks = sources.write_chunks(iter(lines), path)
            others[iri] = self._load(chunks, NamedNode(iri), watch)
        return catalogue.Counts(graphs, {}, {}, others)

    def note(self) -> None:
        """Note how each file spells its literals: a write need not look through them again."""
        for source in self._release.sources:
            noted = source.with_name(source.name + spelling.SUFFIX)
            settled = source.stem in self._facts.settled
            digest = self._digests.get(source.stem, "")
            if settled and self._converted.recall(source.stem, digest, noted, spelling.SUFFIX):
                continue
            spelling.note(source)
            if settled:
                self._converted.keep(source.stem, digest, noted, spelling.SUFFIX)

    def _layer(self, name: str, watch: Watch) -> int:
        graph, path = self._names.graph(name), self._release.layer_path(name)
        facts, distinct = self._facts.layers[name], sources.LAYERS[name].distinct
        if name not in self._facts.settled:
            chunks = sources.write_chunks(facts(), path, distinct=distinct)
            return self._load(chunks, graph, watch)
        digest = self._digests[name]
        kept = self._converted.find(name, digest)
        if kept is None:
            chunks = self._converted.write(name, digest, facts(), distinct=distinct)
        else:
            chunks = sources.read_chunks(kept)
        total = self._load(chunks, graph, watch)
        self._converted.link(name, digest, path)
        return total

    def _load(self, chunks: Iterable[bytes], graph: NamedNode, watch: Watch) -> int:
        total = 0
        for chunk in chunks:
            lines = chunk.count(b"\n")
            total += lines
            watch.moved("convert", lines)
            self.loading.add(chunk, graph)
        return total

"""The source RDF of a release: converted, or taken from the build that converted it first."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Empty, Full, Queue
from threading import BoundedSemaphore, Event
from types import TracebackType
from typing import Protocol

from pyoxigraph import NamedNode

from essgraph import catalogue, sources
from essgraph.config import Settings
from essgraph.converted import Converted
from essgraph.errors import StoreUnavailable
from essgraph.release import Release
from essgraph.replay import Facts
from essgraph.shacl import spelling
from essgraph.shacl.data import piped
from essgraph.store.embedded import EmbeddedStore

_AHEAD = 2
"""Chunks in memory that were converted and not yet loaded."""
_PATIENCE_S = 0.1


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
        """Have N-Triples loaded; waits while enough of them are waiting already.

        Raises: what an earlier load raised.
        """
        self._room.acquire()
        while self._jobs and self._jobs[0].done():
            self._jobs.pop(0).result()
        self._jobs.append(self._loader.submit(self._load, chunk, graph))

    def close(self) -> None:
        """No more is added: have the store compacted, which is read twice as fast then."""
        self._jobs.append(self._loader.submit(self._finish, list(self._jobs)))

    def wait(self) -> EmbeddedStore:
        """The store, once it holds all. Raises: what a load raised."""
        for job in self._jobs:
            job.result()
        return self._store

    def _finish(self, loads: Iterable[Future[None]]) -> None:
        for load in loads:
            load.result()
        self._store.finish()

    def _load(self, chunk: bytes, graph: NamedNode) -> None:
        try:
            self._store.bulk_load(chunk, graph, lenient=True)
            self._watch.moved("load", chunk.count(b"\n"))
        finally:
            self._room.release()


class Feed:
    """What is converted, for whoever checks it meanwhile, until they leave.

    As a context it lasts as long as the conversion. Of one that fails the reader has a part, as
    of a file that ends, and learns of the failure after it.
    """

    def __init__(self) -> None:
        self._queue: Queue[bytes | None] = Queue(maxsize=1)
        self._left, self._over = Event(), Event()
        self._whole = False

    def __enter__(self) -> Feed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._whole = kind is None
        self._over.set()
        self._put(None)

    def add(self, chunk: bytes) -> None:
        """Hand on a chunk; waits while the one before it was not taken."""
        self._put(chunk)

    def close(self) -> None:
        """Nobody takes anything any more."""
        self._left.set()

    def wait(self) -> None:
        """Return once all is converted. Raises: StoreUnavailable if that failed."""
        self._over.wait()
        if not self._whole:
            raise StoreUnavailable("the conversion failed")

    def pieces(self) -> Generator[bytes, None, None]:
        """All that is converted, in order. Raises: as `wait`, at the end."""
        try:
            while (chunk := self._get()) is not None:
                yield chunk
            self.wait()
        finally:
            self.close()

    def _get(self) -> bytes | None:
        while True:
            try:
                return self._queue.get(timeout=_PATIENCE_S)
            except Empty:
                if self._left.is_set():
                    raise StoreUnavailable("what is converted was let go") from None

    def _put(self, chunk: bytes | None) -> None:
        while not self._left.is_set():
            try:
                self._queue.put(chunk, timeout=_PATIENCE_S)
            except Full:
                continue
            return


class Coming:
    """The data of a release that is being made (`shacl.data.Data`): checked while it comes."""

    def __init__(self, release: Release, loading: Loading, feed: Feed) -> None:
        self._release = release
        self._loading = loading
        self._feed = feed

    @property
    def store(self) -> EmbeddedStore:
        """The store, once it holds all."""
        self._feed.wait()
        return self._loading.wait()

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files, once all are whole."""
        self._feed.close()
        self._feed.wait()
        return tuple(self._release.sources)

    @contextmanager
    def one_file(self) -> Iterator[Path]:
        """All triples as they are converted, as a file to be opened once."""
        with closing(self._feed), piped(self._feed.pieces()) as file:
            yield file


class Layers:
    """The source RDF of a release, written or taken from the build that converted it first."""

    def __init__(
        self,
        settings: Settings,
        release: Release,
        facts: Facts,
        digests: Mapping[str, str],
        loading: Loading,
        feed: Feed,
    ) -> None:
        self._names = settings.names
        self._release = release
        self._facts = facts
        self._digests = digests
        self._converted = Converted(settings.home)
        self._loading = loading
        self._feed = feed

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
            self._loading.add(chunk, graph)
            self._feed.add(chunk)
        return total

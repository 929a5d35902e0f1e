"""The data graph as engines take it: N-Triples files and one store of the same triples."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

from pyoxigraph import NamedNode, RdfFormat, Triple

from essgraph.errors import NotFound, SourceError, StoreUnavailable
from essgraph.sources import ntriples, read_chunks, turtle
from essgraph.sources.ntriples import Statement
from essgraph.store.base import Answer, GraphStore, Table, table, triples, truth
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

_PIECE = 1 << 20  # bytes
_SOON_S = 0.1


class Data(Protocol):
    """What engines check: the same triples as N-Triples and in a store."""

    @property
    def store(self) -> GraphStore:
        """Answers SPARQL over the union of its graphs; waits until it holds all."""
        ...

    @property
    def sources(self) -> tuple[Path, ...]:
        """All files of N-Triples, whole; waits until they are."""
        ...

    def one_file(self) -> AbstractContextManager[Path]:
        """All triples as one file, to be opened once and read to its end."""
        ...


@dataclass(frozen=True)
class DataGraph:
    """The same triples twice.

    `source` is N-Triples with literals spelled as the publisher wrote them; Oxigraph
    normalises literals when it stores them (`1.50` becomes `1.5`), so lexical rules need
    the file; `further` files hold the rest where one does not hold all. `await_store` gives
    the store once it holds them: a file can be checked while it is still being loaded.
    """

    source: Path
    await_store: Callable[[], GraphStore]
    further: tuple[Path, ...] = ()

    @property
    def store(self) -> GraphStore:
        """Answers SPARQL over the union of its graphs."""
        return self.await_store()

    @property
    def sources(self) -> tuple[Path, ...]:
        """All files."""
        return (self.source, *self.further)

    @contextmanager
    def one_file(self) -> Iterator[Path]:
        """All triples in a file: the source itself if there is no other.

        Of several sources it is a pipe (`piped`). Raises: SourceError at the end, for a source
        that could not be read.
        """
        if not self.further:
            yield self.source
            return
        with piped(_pieces(self.sources)) as pipe:
            yield pipe


@contextmanager
def piped(pieces: Generator[bytes, None, None]) -> Iterator[Path]:
    """What comes piece by piece as a file, to be opened once and read to its end.

    A copy of the national graph would take 1.7 GB and 5 s. Raises: StoreUnavailable where the
    system gives no pipe; at the end, what the pieces raised.
    """
    with _pipe() as pipe, ThreadPoolExecutor(1) as writer:
        written = writer.submit(_pour, pieces, pipe)
        try:
            yield pipe
        finally:
            while not wait([written], timeout=_SOON_S).done:
                # Nobody opened it: the writer waits for a reader, who comes and goes.
                os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
        written.result()


@contextmanager
def _pipe() -> Iterator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix="essgraph-")
    except OSError as error:
        raise StoreUnavailable(f"{tempfile.gettempdir()}: {error.strerror}") from error
    with folder as name:
        pipe = Path(name) / "data.nt"
        try:
            os.mkfifo(pipe)
        except OSError as error:
            raise StoreUnavailable(f"{pipe}: {error.strerror}") from error
        yield pipe


def _pour(pieces: Generator[bytes, None, None], pipe: Path) -> None:
    """Write into a pipe, as far as its reader wants it."""
    with closing(pieces), suppress(BrokenPipeError), pipe.open("wb", buffering=0) as target:
        with suppress(OSError):  # more than the system lets anyone have: what there is will do
            fcntl.fcntl(target, fcntl.F_SETPIPE_SZ, _PIECE)
        for piece in pieces:
            left = memoryview(piece)
            while left:
                left = left[target.write(left) :]


def _pieces(sources: Sequence[Path]) -> Generator[bytes, None, None]:
    for source in sources:
        try:
            yield from read_chunks(source, _PIECE)
        except OSError as error:
            raise SourceError(f"{source}: {error.strerror}") from error


class SomeGraphs:
    """A store as if it held only some of its named graphs: a release but for its description.

    Keeps the `GraphStore` contract for reading; it is not written through.
    """

    def __init__(self, store: GraphStore, graphs: Sequence[NamedNode]) -> None:
        self._store = store
        self._graphs = list(graphs)

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[NamedNode] | None = None,
        named_graphs: Sequence[NamedNode] | None = None,
    ) -> Answer:
        """An answer not yet read (see `GraphStore.query`)."""
        if default_graphs is None and named_graphs is None:
            default_graphs = named_graphs = self._graphs
        return self._store.query(text, default_graphs=default_graphs, named_graphs=named_graphs)

    def select(self, text: str) -> Table:
        """The answer to a SELECT (see `GraphStore.select`)."""
        return table(self.query(text))

    def ask(self, text: str) -> bool:
        """The answer to an ASK (see `GraphStore.ask`)."""
        return truth(self.query(text))

    def construct(self, text: str) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE (see `GraphStore.construct`)."""
        return triples(self.query(text))

    def load(self, data: bytes | Path, format: RdfFormat, graph: NamedNode) -> None:
        """Nothing is loaded. Raises: StoreUnavailable."""
        raise StoreUnavailable("a view of some graphs is not written through")

    def size(self, graph: NamedNode | None = None) -> int:
        """Number of triples (see `GraphStore.size`)."""
        return sum(self._store.size(one) for one in self._graphs if graph in (None, one))

    def close(self) -> None:
        """Let the store go."""
        self._store.close()


@contextmanager
def of_files(
    files: Sequence[Path], names: Names, background: Iterable[Statement] = ()
) -> Iterator[DataGraph]:
    """The triples of RDF files, and of a background they are read against, in memory.

    Raises: NotFound for a missing file; SourceError with file:line:column for a malformed one.
    """
    for file in files:
        if not file.is_file():
            raise NotFound(f"{file}: no such file")
    facts = (ntriples.statement(t) for file in files for t in turtle.read(file, names))
    with tempfile.TemporaryDirectory(prefix="essgraph-") as folder:
        source = Path(folder) / "data.nt"
        ntriples.write_ntriples(chain(background, facts), source)
        store = EmbeddedStore(base_iri=names.base)
        store.bulk_load(source, names.graph("collection"))
        try:
            yield DataGraph(source, lambda: store)
        finally:
            store.close()

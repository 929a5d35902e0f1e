"""Oxigraph in this process: a directory that a build wrote, or memory.

A directory has one writer and, while nobody writes, any number of readers: open it
read-only to serve. A query cannot be cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from essgraph import syntax
from essgraph.errors import StoreUnavailable
from essgraph.store.base import Answer, Requests, Table, reading, table, triples, truth
from essgraph.vocab import DEFAULT_BASE


class EmbeddedStore:
    """Keeps the `GraphStore` contract over pyoxigraph; without arguments, in memory."""

    def __init__(
        self,
        engine: Store | None = None,
        base_iri: str = DEFAULT_BASE,
        requests: Requests | None = None,
    ) -> None:
        self._engine: Store | None = Store() if engine is None else engine
        self._base_iri = base_iri
        self._requests = requests

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = True,
        base_iri: str = DEFAULT_BASE,
        requests: Requests | None = None,
    ) -> EmbeddedStore:
        """The store in a directory; made if absent, unless read-only.

        Queries may send requests by `requests` only.

        Raises: StoreUnavailable.
        """
        try:
            engine = Store.read_only(str(path)) if read_only else Store(str(path))
        except OSError as error:
            raise StoreUnavailable(f"{path}: {error}") from error
        return cls(engine, base_iri, requests)

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[NamedNode] | None = None,
        named_graphs: Sequence[NamedNode] | None = None,
    ) -> Answer:
        """An answer not yet read (see `GraphStore.query`); SERVICE is refused, or prepared."""
        if self._requests is None:
            syntax.guard(text)
        else:
            text = self._requests.prepare(text)
        engine = self._open_engine()
        with reading(text=text):
            if default_graphs is not None or named_graphs is not None:
                return _known(
                    engine.query(
                        text,
                        base_iri=self._base_iri,
                        default_graph=list(default_graphs or ()),
                        named_graphs=list(named_graphs or ()),
                    )
                )
            # The engine's union flag overrides FROM without a word, hence the look at the text.
            union = not syntax.names_dataset(text)
            return _known(
                engine.query(text, base_iri=self._base_iri, use_default_graph_as_union=union)
            )

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
        """Add a document to a graph in one transaction (see `GraphStore.load`)."""
        engine = self._open_engine()
        place = f"{data}: " if isinstance(data, Path) else ""
        with reading(place), _writing(place):
            if isinstance(data, Path):
                engine.load(path=data, format=format, base_iri=self._base_iri, to_graph=graph)
            else:
                engine.load(data, format=format, base_iri=self._base_iri, to_graph=graph)

    def bulk_load(self, data: bytes | Path, graph: NamedNode, *, lenient: bool = False) -> None:
        """Add N-Triples, a file or in memory, as fast as the engine can.

        `lenient` skips checks, for what we have just written ourselves.
        Raises: QueryError for malformed data; StoreUnavailable.
        """
        engine = self._open_engine()
        place = f"{data}: " if isinstance(data, Path) else ""
        with reading(place), _writing(place):
            if isinstance(data, Path):
                engine.bulk_load(
                    path=data, format=RdfFormat.N_TRIPLES, to_graph=graph, lenient=lenient
                )
            else:
                engine.bulk_load(data, format=RdfFormat.N_TRIPLES, to_graph=graph, lenient=lenient)

    def checkpoint(self, path: Path) -> None:
        """Copy the store to a new directory, its unchanging files by hard links: milliseconds.

        A store opened read-only copies only what was flushed when it was written.
        Raises: StoreUnavailable.
        """
        with reading(f"{path}: "), _writing(f"{path}: "):
            self._open_engine().backup(str(path))

    def update(self, text: str) -> None:
        """Run a SPARQL Update that was guarded already, all of it or nothing.

        Its default graph is the engine's own, not the union (`updates.prepare`).
        Raises: QueryError with line and column for bad syntax; StoreUnavailable.
        """
        with reading(text=text), _writing():
            self._open_engine().update(text, base_iri=self._base_iri)

    def change(self, graph: NamedNode, added: Iterable[str], removed: Iterable[str]) -> None:
        """Take N-Triples lines out of a graph, and put others in; an empty graph is none.

        Not one transaction: for a store that nobody reads yet. Raises: StoreUnavailable.
        """
        engine = self._open_engine()
        with reading(), _writing():
            for quad in parse("".join(removed), format=RdfFormat.N_TRIPLES):
                engine.remove(Quad(quad.subject, quad.predicate, quad.object, graph))
            fresh = parse("".join(added), format=RdfFormat.N_TRIPLES)
            engine.extend(Quad(q.subject, q.predicate, q.object, graph) for q in fresh)
            if next(engine.quads_for_pattern(None, None, None, graph), None) is None:
                engine.remove_graph(graph)

    def lines(self, graph: NamedNode | DefaultGraph) -> list[str]:
        """A graph's triples as lines of N-Triples, in the engine's spelling. Raises: as `size`."""
        return [f"{line}\n" for line in self.dump(graph).decode().split("\n") if line]

    def dump(self, graph: NamedNode | DefaultGraph) -> bytes:
        """A graph as N-Triples, in the engine's spelling and order. Raises: as `size`."""
        with reading():
            return self._open_engine().dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""

    def holds(self, triple: Triple, graphs: Iterable[NamedNode]) -> bool:
        """Whether one of the graphs has the triple. Raises: as `size`."""
        engine = self._open_engine()
        with reading():
            return any(
                Quad(triple.subject, triple.predicate, triple.object, graph) in engine
                for graph in graphs
            )

    def match(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        value: NamedNode | None = None,
        *,
        but: NamedNode,
    ) -> list[Triple]:
        """The triples of that pattern in all graphs but one, each once. Raises: as `size`."""
        return list(dict.fromkeys(self._matching(subject, predicate, value, but)))

    def has(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        value: NamedNode | None = None,
        *,
        but: NamedNode,
    ) -> bool:
        """Whether `match` has any. Raises: as `size`."""
        return next(self._matching(subject, predicate, value, but), None) is not None

    def _matching(
        self,
        subject: NamedNode | None,
        predicate: NamedNode | None,
        value: NamedNode | None,
        but: NamedNode,
    ) -> Iterator[Triple]:
        with reading():
            found = self._open_engine().quads_for_pattern(subject, predicate, value, None)
            for quad in found:
                if quad.graph_name != but:
                    yield quad.triple

    def few(
        self,
        pattern: tuple[NamedNode | None, NamedNode | None, NamedNode | Literal | None],
        *,
        most: int,
    ) -> bool:
        """Whether a pattern of three terms matches no more than so many times, in all graphs.

        Raises: as `size`.
        """
        subject, predicate, value = pattern
        with reading():
            found = self._open_engine().quads_for_pattern(subject, predicate, value, None)
            return next(islice(found, most, None), None) is None

    def graphs(self) -> list[NamedNode]:
        """The named graphs. Raises: as `size`."""
        with reading():
            found = self._open_engine().named_graphs()
            return [graph for graph in found if isinstance(graph, NamedNode)]

    def flush(self) -> None:
        """Put what was written on disk, in files that will not change. Raises: StoreUnavailable."""
        with reading(), _writing():
            self._open_engine().flush()

    def finish(self) -> None:
        """Compact a store that was just written, and put it on disk: reads get faster.

        Raises: StoreUnavailable.
        """
        with reading(), _writing():
            self._open_engine().flush()
            self._open_engine().optimize()

    def size(self, graph: NamedNode | None = None) -> int:
        """Number of triples (see `GraphStore.size`)."""
        engine = self._open_engine()
        if graph is None:
            return len(engine)
        with reading():
            return sum(1 for _ in engine.quads_for_pattern(None, None, None, graph))

    def close(self) -> None:
        """Let the engine go: its lock and files are freed once no answer uses it."""
        self._engine = None

    def _open_engine(self) -> Store:
        if self._engine is None:
            raise StoreUnavailable("the store is closed")
        return self._engine


@contextmanager
def _writing(place: str = "") -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # what a store opened read-only answers to a write
        raise StoreUnavailable(f"{place}{error}") from error


def _known(answer: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    return answer

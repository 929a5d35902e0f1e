"""Oxigraph in this process: a directory that a build wrote, or memory.

A directory has one writer and, while nobody writes, any number of readers: open it
read-only to serve. A query cannot be cancelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
)

from essgraph import syntax
from essgraph.errors import StoreUnavailable
from essgraph.store.base import Answer, Table, reading, table, triples, truth
from essgraph.vocab import DEFAULT_BASE


class EmbeddedStore:
    """Keeps the `GraphStore` contract over pyoxigraph; without arguments, in memory."""

    def __init__(self, engine: Store | None = None, base_iri: str = DEFAULT_BASE) -> None:
        self._engine: Store | None = Store() if engine is None else engine
        self._base_iri = base_iri

    @classmethod
    def open(
        cls, path: Path, *, read_only: bool = True, base_iri: str = DEFAULT_BASE
    ) -> EmbeddedStore:
        """The store in a directory; made if absent, unless read-only.

        Raises: StoreUnavailable.
        """
        try:
            engine = Store.read_only(str(path)) if read_only else Store(str(path))
        except OSError as error:
            raise StoreUnavailable(f"{path}: {error}") from error
        return cls(engine, base_iri)

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[NamedNode] | None = None,
        named_graphs: Sequence[NamedNode] | None = None,
    ) -> Answer:
        """An answer not yet read (see `GraphStore.query`); SERVICE is refused."""
        syntax.guard(text)
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

    def bulk_load(self, path: Path, graph: NamedNode, *, lenient: bool = False) -> None:
        """Add a file, its format told by its suffix, as fast as the engine can.

        `lenient` skips checks, for files we have just written ourselves.
        Raises: QueryError for a malformed file; StoreUnavailable.
        """
        with reading(f"{path}: "), _writing(f"{path}: "):
            self._open_engine().bulk_load(
                path=path, base_iri=self._base_iri, to_graph=graph, lenient=lenient
            )

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

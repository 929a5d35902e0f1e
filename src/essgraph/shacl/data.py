"""The data graph as engines take it: one N-Triples file and one store of the same triples."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from essgraph.errors import NotFound
from essgraph.sources import ntriples, turtle
from essgraph.sources.ntriples import Statement
from essgraph.store.base import GraphStore
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names


@dataclass(frozen=True)
class DataGraph:
    """The same triples twice.

    `source` is N-Triples with literals spelled as the publisher wrote them; Oxigraph
    normalises literals when it stores them (`1.50` becomes `1.5`), so lexical rules need
    the file. `await_store` gives the store once it holds them: a file can be checked while
    it is still being loaded.
    """

    source: Path
    await_store: Callable[[], GraphStore]

    @property
    def store(self) -> GraphStore:
        """Answers SPARQL over the union of its graphs."""
        return self.await_store()


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

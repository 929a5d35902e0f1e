"""The store contract: what every engine behind essgraph answers, and how it fails.

Two engines keep it, `embedded` and `remote`; `tests/unit/store_contract.py` runs on both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Triple,
)

from essgraph import syntax
from essgraph.errors import QueryError, StoreUnavailable

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Answer: TypeAlias = QuerySolutions | QueryBoolean | Iterator[Triple]
"""What a query gives before it is read; reading it may still fail (`GraphStore.query`)."""


@dataclass(frozen=True)
class Table:
    """The solutions of a SELECT, read to their end.

    Shape: one tuple per solution, in `columns` order; unbound is None.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]


@contextmanager
def reading(place: str = "", text: str = "") -> Iterator[None]:
    """Translate what pyoxigraph raises when a query is read, and while its answer is.

    Raises: QueryError, StoreUnavailable.
    """
    try:
        yield
    except SyntaxError as error:
        raise QueryError(place + syntax.explain(error.msg, text)) from error
    except (ValueError, RuntimeError) as error:
        raise QueryError(f"{place}{error}") from error
    except OSError as error:
        raise StoreUnavailable(f"{place}{error}") from error


def table(answer: Answer) -> Table:
    """The answer to a SELECT, read to its end.

    Raises: QueryError (failed evaluation, not a SELECT); StoreUnavailable.
    """
    if not isinstance(answer, QuerySolutions):
        raise QueryError("expected a SELECT query")
    with reading():
        columns = tuple(variable.value for variable in answer.variables)
        return Table(columns, [tuple(row) for row in answer])


def truth(answer: Answer) -> bool:
    """The answer to an ASK. Raises: as `table`."""
    if not isinstance(answer, QueryBoolean):
        raise QueryError("expected an ASK query")
    return bool(answer)


def triples(answer: Answer) -> list[Triple]:
    """The triples of a CONSTRUCT or DESCRIBE, read to their end. Raises: as `table`."""
    if isinstance(answer, QuerySolutions | QueryBoolean):
        raise QueryError("expected a CONSTRUCT or DESCRIBE query")
    with reading():
        return list(answer)


class Requests(Protocol):
    """What a query may send requests by."""

    def prepare(self, query: str) -> str:
        """The query as the engine may read it. Raises: QueryError for what is not allowed."""

    def told(self, message: str) -> str:
        """A message of the engine as the visitor may read it."""


class GraphStore(Protocol):
    """A set of named graphs that answers SPARQL.

    The default graph of a query is the union of all named graphs, unless the query says FROM
    or the caller names graphs; naming any makes the dataset exactly those named (SPARQL 1.1
    Protocol, 2.1.4). Relative IRIs of a query resolve against the store's base IRI.
    """

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[NamedNode] | None = None,
        named_graphs: Sequence[NamedNode] | None = None,
    ) -> Answer:
        """An answer not yet read: iterate it, or call `serialize`.

        Raises: QueryError, StoreUnavailable, QueryTimeout; and while it is read RuntimeError
        or OSError, the engine's own (`reading` translates them).
        """

    def select(self, text: str) -> Table:
        """The answer to a SELECT, read to its end.

        Raises: QueryError (bad syntax, failed evaluation, not a SELECT); StoreUnavailable;
        QueryTimeout.
        """

    def ask(self, text: str) -> bool:
        """The answer to an ASK. Raises: as `select`."""

    def construct(self, text: str) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE, read to their end. Raises: as `select`."""

    def load(self, data: bytes | Path, format: RdfFormat, graph: NamedNode) -> None:
        """Add a document to a named graph: all of it, or nothing.

        Raises: QueryError with line and column for a malformed document; StoreUnavailable.
        """

    def size(self, graph: NamedNode | None = None) -> int:
        """Number of triples of one named graph, or of all (a triple in two graphs counts twice).

        Raises: StoreUnavailable.
        """

    def close(self) -> None:
        """Give back what the store holds; it must not be used afterwards."""

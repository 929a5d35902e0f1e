"""The RDF of one IRI, for `/data`."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from essgraph import queries
from essgraph.store.base import GraphStore
from essgraph.vocab import Names

INCOMING = 1000
"""Incoming triples given at most."""


@dataclass(frozen=True)
class ConciseData:
    """The triples of one IRI; `truncated` if more point at it than are given."""

    triples: list[Triple]
    truncated: bool


def exists(store: GraphStore, iri: NamedNode) -> bool:
    """Whether the graph says anything of this IRI.

    Raises: StoreUnavailable.
    """
    # The query holds no term of ours, so that any base will do.
    return store.ask(queries.app("describe-exists", Names()).bind(entity=iri))


def data(store: GraphStore, iri: NamedNode, names: Names) -> ConciseData:
    """What the graph says of an IRI: its triples, its point, the assertions on it, and up to
    INCOMING triples that point at it.

    Raises: StoreUnavailable.
    """
    own = store.construct(queries.app("describe-data", names).bind(entity=iri))
    pointing = queries.app("describe-data-incoming", names)
    found = store.construct(pointing.bind(entity=iri, limit=Literal(INCOMING + 1)))
    return ConciseData(_distinct([*own, *found[:INCOMING]]), len(found) > INCOMING)


def _distinct(triples: list[Triple]) -> list[Triple]:
    return list(dict.fromkeys(triples))

"""Values of a few properties of many resources at once, and what points at one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode

from essgraph import queries
from essgraph.store.base import GraphStore, Term
from essgraph.vocab import Names

Said: TypeAlias = Mapping[str, Mapping[str, Sequence[Term]]]
"""IRI -> property -> values."""


def values(
    store: GraphStore, names: Names, subjects: Sequence[str], properties: Sequence[str]
) -> Said:
    """What these resources have for these properties.

    Raises: StoreUnavailable.
    """
    found: dict[str, dict[str, list[Term]]] = {}
    if not subjects:
        return found
    text = queries.app("values-of", names).bind(
        subject=[NamedNode(iri) for iri in subjects],
        property=[NamedNode(iri) for iri in properties],
    )
    for subject, prop, value in store.select(text).rows:
        if isinstance(subject, NamedNode) and isinstance(prop, NamedNode) and value is not None:
            found.setdefault(subject.value, {}).setdefault(prop.value, []).append(value)
    return found


def pointing(
    store: GraphStore, names: Names, entity: NamedNode, prop: str, limit: int
) -> Iterator[tuple[str, str]]:
    """The first links to an entity by a property: graph and subject.

    Raises: StoreUnavailable.
    """
    saved = queries.app("pointing-by", names)
    text = saved.bind(entity=entity, property=NamedNode(prop), limit=Literal(limit))
    for graph, subject in store.select(text).rows:
        if isinstance(graph, NamedNode) and isinstance(subject, NamedNode):
            yield graph.value, subject.value

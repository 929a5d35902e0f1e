"""The counts of a release after a write, without counting what did not change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode

from essgraph.catalogue import Counts
from essgraph.journal import Patch
from essgraph.sources import ntriples
from essgraph.sources.ntriples import Statement
from essgraph.store.embedded import EmbeddedStore
from essgraph.store.forms import stored
from essgraph.vocab import RDF_TYPE, Names


def counted(
    counts: Counts,
    patches: Iterable[Patch],
    before: EmbeddedStore,
    after: EmbeddedStore,
    names: Names,
) -> Counts:
    """The counts of a union that differs by these patches, without counting it again.

    A triple counts once, in however many graphs it is; the description is not counted.
    """
    classes, properties = Counter(counts.classes), Counter(counts.properties)
    lines = {line for patch in patches for line in (*patch.added, *patch.removed)}
    asked = (Statement(line) for line in sorted(set(stored(lines).values())))
    old, new = (
        [graph for graph in store.graphs() if graph != names.graph("meta")]
        for store in (before, after)
    )
    for triple in ntriples.triples(asked):
        change = after.holds(triple, new) - before.holds(triple, old)
        properties[triple.predicate.value] += change
        if triple.predicate == RDF_TYPE and isinstance(triple.object, NamedNode):
            classes[triple.object.value] += change
    return Counts({}, _ranked(classes), _ranked(properties))


def _ranked(amounts: Mapping[str, int]) -> dict[str, int]:
    """As the queries of a build give them: largest first, then by IRI."""
    return {k: n for k, n in sorted(amounts.items(), key=lambda item: (-item[1], item[0])) if n}

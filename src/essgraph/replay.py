"""The facts of a build: those of the files, after the accepted writes of the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from essgraph import journal, sources
from essgraph.config import Settings
from essgraph.journal import Conflict, Entry, Journal
from essgraph.sources import ntriples
from essgraph.sources.ntriples import Statement


@dataclass(frozen=True)
class Facts:
    """What is to be built.

    Shape: layers: layer -> its statements; settled: those of them that no write changes;
    others: graph IRI -> the statements of a graph that only writes made; entries: the writes
    that are in them; conflicts: what of them could not be done as it was asked.
    """

    layers: Mapping[str, Callable[[], Iterator[Statement]]]
    settled: frozenset[str]
    others: Mapping[str, list[Statement]]
    entries: list[Entry]
    conflicts: list[Conflict]


def facts(settings: Settings) -> Facts:
    """The layers in the order they are built, and the other graphs by IRI.

    Raises: StoreUnavailable for a journal that cannot be read; SourceError for a curated file.
    """
    names = settings.names
    entries = Journal(settings.home, names).standing()
    conflicts: list[Conflict] = []
    curated: dict[str, list[Statement]] = {}
    layers: dict[str, Callable[[], Iterator[Statement]]] = {}
    for name, layer in sources.chosen(settings).items():
        layers[name] = partial(layer.statements, settings)
        if layer.curated:
            graph = names.graph(name).value
            lines, found = journal.replay(layer.statements(settings), graph, entries)
            curated[name] = [Statement(line) for line in lines]
            conflicts += found
            layers[name] = partial(iter, curated[name])
    settled = frozenset(layers.keys() - curated.keys() - {"evidence"})
    layers["evidence"] = partial(_evidence, settings, curated["collection"])
    ours = {names.graph(name).value for name in layers}
    others = {}
    for graph in sorted({p.graph for entry in entries for p in entry.patches} - ours):
        lines, found = journal.replay((), graph, entries)
        conflicts += found
        if lines:
            others[graph] = [Statement(line) for line in lines]
    return Facts(layers, settled, others, entries, conflicts)


def _evidence(settings: Settings, collection: list[Statement]) -> Iterator[Statement]:
    return sources.concluded(settings, list(ntriples.triples(collection)))

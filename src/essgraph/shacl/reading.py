"""Reading a graph along walks: the triples from and to nodes, as the sources spell them.

Nodes are asked for many at a time, and each once. What cannot be told for certain, or is too
much, is `Untold`: whoever reads then takes the whole graph instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from essgraph.errors import QueryError
from essgraph.shacl.spelling import Spellings, Stored
from essgraph.shacl.walks import Either, Sequence, Step, Walk, inverse
from essgraph.store.base import GraphStore, Table, Term

_AT_ONCE = 500
"""Nodes asked for in one query."""


class Untold(Exception):
    """The graph cannot be told part by part here, or not at a sensible price."""


class Reading:
    """A graph, read from a store and spelled as its sources are; what was read is kept.

    At most `most` triples are read. Blank nodes are never walked: the store gives them names
    of its own, which no query can say.
    """

    def __init__(self, store: GraphStore, spellings: Spellings | None, most: int) -> None:
        self._store = store
        self._spellings = spellings
        self._stored = Stored()
        self._left = most
        self._known: dict[Step, dict[Term, list[Triple]]] = {}

    def stored(self, triple: Triple) -> Triple:
        """The triple as the store spells it."""
        return self._stored.triple(triple)

    def triples(self, nodes: Iterable[Term], step: Step) -> Iterator[Triple]:
        """The triples that the step walks over from the nodes.

        Raises: Untold.
        """
        known = self._known.setdefault(step, {})
        wanted = list(dict.fromkeys(nodes))
        self._read([node for node in wanted if node not in known], step, known)
        for node in wanted:
            yield from known[node]

    def reach(
        self, nodes: Iterable[Term], walk: Walk, over: set[Triple] | None = None
    ) -> set[Term]:
        """The nodes where the walk from these nodes ends; the triples walked over go to `over`.

        Raises: Untold.
        """
        here = set(nodes)
        if not here:
            return here
        if isinstance(walk, Step):
            found = list(self.triples(here, walk))
            if over is not None:
                over.update(found)
            return {t.subject if walk.back else t.object for t in found}
        if isinstance(walk, Sequence):
            for part in walk.parts:
                here = self.reach(here, part, over)
            return here
        if isinstance(walk, Either):
            return set().union(*(self.reach(here, part, over) for part in walk.parts))
        new = here
        while new:
            new = self.reach(new, walk.part, over) - here
            here = here | new
        return here

    def origins(self, nodes: Iterable[Term], walk: Walk) -> set[Term]:
        """The nodes from which the walk ends at these nodes.

        Raises: Untold.
        """
        return self.reach(nodes, inverse(walk))

    def having(self, nodes: Iterable[Term], step: Step) -> set[Term]:
        """Those of the nodes from which the step leads anywhere, however many its triples.

        Raises: Untold.
        """
        wanted = set(nodes)
        # Of literals, the spelling matters: it is seen on the triples.
        literals = {node for node in wanted if not isinstance(node, NamedNode)}
        ends = self.triples(literals, step)
        found: set[Term] = {t.object if step.back else t.subject for t in ends}
        pattern = f"?any {step.predicate} ?node" if step.back else f"?node {step.predicate} ?any"
        for asked in _batches(wanted - literals):
            text = f"SELECT ?node {{ VALUES ?node {{ {asked} }} FILTER EXISTS {{ {pattern} }} }}"
            found.update(row[0] for row in self._select(text).rows if row[0] is not None)
        return found

    def _read(self, nodes: list[Term], step: Step, known: dict[Term, list[Triple]]) -> None:
        for node in nodes:
            if isinstance(node, BlankNode | Triple):
                raise Untold(f"{node} cannot be asked for")
            known[node] = []
        fresh = set(nodes)
        # A literal is no subject.
        asked = [node for node in nodes if step.back or isinstance(node, NamedNode)]
        if not asked:
            return
        predicate = step.predicate or "?p"
        start = "?o" if step.back else "?s"
        columns = "?s ?o" if step.predicate else "?s ?o ?p"
        for batch in _batches(asked):
            text = f"SELECT {columns} {{ VALUES {start} {{ {batch} }} ?s {predicate} ?o }}"
            table = self._select(f"{text} LIMIT {self._left + 1}")
            self._left -= len(table.rows)
            if self._left < 0:
                raise Untold("too many triples to read")
            for triple in self._spelled(table, step):
                node = triple.object if step.back else triple.subject
                if node in fresh:
                    known[node].append(triple)

    def _spelled(self, table: Table, step: Step) -> Iterator[Triple]:
        found: dict[Triple, None] = {}
        for row in table.rows:
            subject, value, predicate = (*row, step.predicate)[:3]
            if not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode):
                raise Untold(f"{subject} is no node to walk from")
            if not isinstance(value, NamedNode | Literal):
                raise Untold(f"{value} is no node to walk to")
            found[Triple(subject, predicate, value)] = None
        if self._spellings is None:
            yield from found
            return
        for triple in found:
            spelled = self._spellings.of(triple)
            if not spelled:
                raise Untold(f"{triple}: its spelling is not known")
            yield from spelled

    def _select(self, text: str) -> Table:
        try:
            return self._store.select(text)
        except QueryError as error:  # the guard takes a strange literal for syntax
            raise Untold(str(error)) from error


def _batches(nodes: Iterable[Term]) -> Iterator[str]:
    """The nodes as rows of VALUES, a bounded number at once."""
    words = [str(node) for node in nodes]
    for i in range(0, len(words), _AT_ONCE):
        yield " ".join(words[i : i + _AT_ONCE])

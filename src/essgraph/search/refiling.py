"""The bitmaps of facets after a change: those that it touches, as a build makes them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from pyoxigraph import Literal, NamedNode, Triple
from pyroaring import BitMap

from essgraph import vocab
from essgraph.search import slots, spots
from essgraph.search.facets import BOUNDS, DATES, DURING, FACETS, Reading, kind_class
from essgraph.search.postings import APART, GAP, Numbering, Posting, filed, shown
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

_UPWARDS = ("igeo:subdivisionDe", "ess:inEpci", "skos:broader")


class StoreGraph:
    """The statements of a store, as facets look them up; those on releases apart."""

    def __init__(self, store: EmbeddedStore, names: Names) -> None:
        self._store = store
        self._prefixes = names.prefixes
        self._meta = names.graph("meta")
        self._kept: dict[tuple[str, str, bool], list[str]] = {}

    def objects(self, iri: str, prop: str) -> Collection[str]:
        """IRIs and texts that an entity has by a property."""
        key = iri, prop, False
        node = _node(iri)
        if node is None:
            return ()
        if key not in self._kept:
            said = self._store.match(node, self.term(prop), None, but=self._meta)
            found = (t.object.value for t in said if isinstance(t.object, NamedNode | Literal))
            self._kept[key] = list(dict.fromkeys(found))
        return self._kept[key]

    def subjects(self, prop: str, iri: str) -> Collection[str]:
        """Entities that have this one by a property."""
        key = iri, prop, True
        node = _node(iri)
        if node is None:
            return ()
        if key not in self._kept:
            said = self._store.match(None, self.term(prop), node, but=self._meta)
            found = (t.subject.value for t in said if isinstance(t.subject, NamedNode))
            self._kept[key] = list(dict.fromkeys(found))
        return self._kept[key]

    def labels(self, iri: str) -> dict[str, str]:
        """The labels of an entity by language; of several the first."""
        found: dict[str, str] = {}
        node = _node(iri)
        if node is None:
            return found
        for triple in self._store.match(node, vocab.RDFS_LABEL, None, but=self._meta):
            if isinstance(triple.object, Literal):
                lang, text = triple.object.language or "", triple.object.value
                found[lang] = min(text, found.get(lang, text))
        return found

    def term(self, prop: str) -> NamedNode:
        """A property, of its short form."""
        prefix, _, local = prop.partition(":")
        return NamedNode(self._prefixes[prefix] + local)


def _node(iri: str) -> NamedNode | None:
    """The node of that name; None for a text that stands where an IRI belongs."""
    try:
        return NamedNode(iri)
    except ValueError:
        return None


class Refiling:
    """One change of the bitmaps in an index."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        triples: Iterable[Triple],
        before: StoreGraph,
        after: StoreGraph,
        names: Names,
    ) -> None:
        self._connection = connection
        self._graphs = (before, after)
        self._names = names
        ((self._register,),) = connection.execute("SELECT year FROM register")
        self._numbering = Numbering(connection.execute("SELECT doc, entity FROM apart"))
        self._said: dict[NamedNode, set[str]] = defaultdict(set)
        self._epcis: set[str] = set()
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                self._said[triple.predicate].add(triple.subject.value)
                if triple.predicate == after.term("ess:inEpci"):
                    self._epcis.add(getattr(triple.object, "value", ""))
        self._moved = {iri for prop in _UPWARDS for iri in self._subjects(prop)}
        self._epcis |= self._objects(self._subjects("igeo:subdivisionDe"), "ess:inEpci")
        self._epcis.discard("")

    def affected(self, most: int) -> set[str] | None:
        """Entities that may count under other values than before; None of more than `most`."""
        subjects = {iri for iris in self._said.values() for iri in iris}
        found = self._objects(subjects | self._timed(), "org:member") | subjects
        placed = set(self._subjects("geo:hasCentroid"))
        for graph in self._graphs:
            for iri in self._subjects("geo:asWKT"):
                placed.update(graph.subjects("geo:hasCentroid", iri))
        for graph in self._graphs:
            for iri in placed:
                found.update(graph.subjects("ess:site", iri))
            for iri in self._subjects("ess:partnerType"):
                found.update(graph.subjects("ess:partner", iri))
            for iri in self._subjects("ess:governs"):
                mandates = graph.subjects("org:organization", iri)
                if len(mandates) > most:
                    return None
                found |= self._objects(mandates, "org:member")
        docs = BitMap()
        for iri in self._moved | self._epcis:
            for kind, facet in _pairs():
                docs |= self._docs((kind, facet, iri))
        for iri in placed:
            for kind in spots.KINDS:
                docs |= self._docs((kind, "territory", iri))
        if len(docs) + len(found) > most:
            return None
        marks = ", ".join("?" * len(docs))
        rows = self._connection.execute(
            f"SELECT iri FROM entity WHERE id IN ({marks})",  # noqa: S608 - only marks
            [self._numbering.entity(doc) for doc in docs],
        )
        return found | placed | self._epcis | {iri for (iri,) in rows}

    def _timed(self) -> set[str]:
        """The mandates of periods that the triples say something of."""
        instants = {iri for prop in DATES for iri in self._subjects(prop)}
        periods = {iri for prop in BOUNDS for iri in self._subjects(prop)}
        for graph in self._graphs:
            for prop in BOUNDS:
                periods.update(x for iri in instants for x in graph.subjects(prop, iri))
        return {
            mandate
            for graph in self._graphs
            for prop in DURING
            for iri in periods
            for mandate in graph.subjects(prop, iri)
        }

    def file(self, affected: Iterable[str], old: Mapping[str, int], new: Mapping[str, int]) -> None:
        """Change the bitmaps; `old` and `new` are numbers in the index of those affected."""
        connection = self._connection
        removed = self._filed(affected, {iri: self._numbering.doc(old[iri]) for iri in old}, 0)
        left = set(old.values()) - set(new.values())
        connection.executemany("DELETE FROM apart WHERE entity = ?", ((x,) for x in left))
        came = sorted(set(new.values()) - set(old.values()))
        ((last,),) = connection.execute("SELECT coalesce(max(doc), ?) FROM apart", (APART - 1,))
        later = [entity for entity in came if entity % GAP]
        connection.executemany("INSERT INTO apart VALUES (?, ?)", enumerate(later, last + 1))
        numbering = Numbering(connection.execute("SELECT doc, entity FROM apart"))
        added = self._filed(affected, {iri: numbering.doc(new[iri]) for iri in new}, 1)
        for key in removed.keys() | added.keys():
            # A build may have told the mandates of a person in another order.
            if key[0] == "person" or removed.get(key) != added.get(key):
                gone = slots.spread(slots.holders(BitMap(removed.get(key, ()))), slots.SLOTS)
                self._write(key, (self._docs(key) - gone) | BitMap(added.get(key, ())))
        self._place(old, new)
        values = {value for _, facet, value in removed.keys() | added.keys() if facet}
        self._show(values | set(affected))
        self._put_above()

    def _filed(
        self, iris: Iterable[str], docs: Mapping[str, int], at: int
    ) -> dict[Posting, set[int]]:
        """Where entities are filed in the graph before (0) or after (1)."""
        graph = self._graphs[at]
        reading = Reading(graph, self._names, self._register)
        found: dict[Posting, set[int]] = defaultdict(set)
        for iri in iris:
            if iri not in docs:
                continue
            classes = graph.objects(iri, "rdf:type")
            for kind in FACETS:
                own = kind_class(kind, self._names)
                if own in classes:
                    found[kind, "", own].add(docs[iri])
                    for number, values in enumerate(reading.values(kind, iri)):
                        for facet, value in values:
                            found[kind, facet, value].add(slots.slot(docs[iri], number))
        return found

    def _place(self, old: Mapping[str, int], new: Mapping[str, int]) -> None:
        self._connection.executemany(
            "DELETE FROM spot WHERE entity = ?", ((number,) for number in old.values())
        )
        graph = self._graphs[1]
        for iri, number in new.items():
            classes = graph.objects(iri, "rdf:type")
            for kind in spots.KINDS:
                if kind_class(kind, self._names) in classes:
                    spots.write(self._connection, [(number, spots.spots(graph, kind, iri))])

    def _write(self, key: Posting, docs: BitMap) -> None:
        self._connection.execute(
            "DELETE FROM posting WHERE kind = ? AND facet = ? AND value = ?", key
        )
        if docs:
            self._connection.execute(
                "INSERT INTO posting VALUES (?, ?, ?, ?, ?)", (*key, *filed(docs))
            )

    def _show(self, iris: Iterable[str]) -> None:
        """Write the labels of those of these that are values, now or before."""
        for iri in iris:
            self._connection.execute("DELETE FROM value WHERE iri = ?", (iri,))
            if any(self._is_filed((kind, facet, iri)) for kind, facet in _pairs()):
                self._connection.execute(
                    "INSERT INTO value VALUES (?, ?, ?, ?)",
                    (iri, *shown(self._graphs[1].labels(iri))),
                )

    def _put_above(self) -> None:
        trees = Reading(self._graphs[1], self._names, self._register).trees
        for iri in self._moved | self._epcis:
            self._connection.execute("DELETE FROM above WHERE value = ?", (iri,))
            self._connection.executemany(
                "INSERT INTO above VALUES (?, ?, ?)",
                ((iri, at, parent) for at, parent in enumerate(trees.parents(iri))),
            )

    def _is_filed(self, key: Posting) -> bool:
        rows = self._connection.execute(
            "SELECT 1 FROM posting WHERE kind = ? AND facet = ? AND value = ?", key
        )
        return rows.fetchone() is not None

    def _docs(self, key: Posting) -> BitMap:
        row = self._connection.execute(
            "SELECT docs FROM posting WHERE kind = ? AND facet = ? AND value = ?", key
        ).fetchone()
        return BitMap.deserialize(row[0]) if row else BitMap()

    def _subjects(self, prop: str) -> set[str]:
        """The subjects of the changed triples of a property."""
        return self._said.get(self._graphs[1].term(prop), set())

    def _objects(self, iris: Iterable[str], prop: str) -> set[str]:
        """What entities have by a property, before or after."""
        return {one for iri in iris for graph in self._graphs for one in graph.objects(iri, prop)}


def _pairs() -> list[tuple[str, str]]:
    return [(kind, facet) for kind, facets in FACETS.items() for facet in facets]

"""Which entities have each value of a facet, as bitmaps in the index.

A bitmap is of 32 bits and wants its numbers close together, so that an entity, whose number in
the index leaves room for others, has another one here (`Numbering`), and a person one for each
mandate (slots.py). The row of facet "" holds all entities of a kind, and its value is their class.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from pyroaring import BitMap

from essgraph.search import slots, spots
from essgraph.search.facets import FACETS, Reading, Value, kind_class, year_text
from essgraph.search.gather import Facts
from essgraph.vocab import LANGUAGES, Names

GAP = 1 << 20
"""Between the numbers of two neighbours in the index, so that later ones find room."""

SCHEMA = """
-- amount: how many entities docs has the mandates of.
CREATE TABLE posting (
    kind TEXT, facet TEXT, value TEXT, amount INTEGER, docs BLOB, PRIMARY KEY (kind, facet, value)
) WITHOUT ROWID;
-- What is right above a value, that which it is shown under first.
CREATE TABLE above (value TEXT, at INTEGER, parent TEXT, PRIMARY KEY (value, at)) WITHOUT ROWID;
CREATE INDEX below ON above (parent, value);
CREATE TABLE value (iri TEXT PRIMARY KEY, fr TEXT, en TEXT, other TEXT) WITHOUT ROWID;
-- The year that the register of officials was read in.
CREATE TABLE register (year INTEGER);
-- Entities that came after the build, between two others.
CREATE TABLE apart (doc INTEGER PRIMARY KEY, entity INTEGER UNIQUE);
"""

APART = 1 << 31
"""From here on are the numbers of those that came later."""

NOWHERE = APART - 1
"""The number of no entity: a build has fewer."""

Posting = tuple[str, str, str]
"""A kind, a facet and a value."""


class Numbering:
    """The numbers of entities in bitmaps, told from those in the index and back.

    Those of a build are numbered from 0 in the same order; those that came between them later
    are told one by one.
    """

    def __init__(self, apart: Iterable[tuple[int, int]]) -> None:
        self._entity_of = dict(apart)
        self._doc_of = {entity: doc for doc, entity in self._entity_of.items()}
        self._later = BitMap(self._entity_of)

    def doc(self, entity: int) -> int:
        """The number in bitmaps of an entity's number."""
        whole, rest = divmod(entity, GAP)
        return self._doc_of[entity] if rest else whole - 1

    def docs(self, entities: Iterable[int]) -> BitMap:
        """The bitmap of entities."""
        if not self._doc_of:
            return BitMap([entity // GAP - 1 for entity in entities])
        return BitMap([self.doc(entity) for entity in entities])

    def entity(self, doc: int) -> int:
        """The number of an entity in the index."""
        return self._entity_of[doc] if doc >= APART else (doc + 1) * GAP

    def span(self, docs: BitMap) -> tuple[int, int]:
        """Two numbers in the index between which these entities are, and others."""
        later = [self._entity_of[doc] for doc in self._later & docs]
        early = docs - self._later
        ends = [(early.min() + 1) * GAP, (early.max() + 1) * GAP] if early else []
        return min([*later, *ends], default=0), max([*later, *ends], default=0)

    def page(self, docs: BitMap, start: int, stop: int) -> list[int]:
        """Numbers of entities in order of rank, some of them."""
        if not self._later.intersect(docs):
            return [self.entity(doc) for doc in docs[start:stop]]
        later = sorted(self._entity_of[doc] for doc in self._later & docs)
        early = docs - self._later
        places = [at + (early.rank(x // GAP - 1) if x > GAP else 0) for at, x in enumerate(later)]
        found = []
        for place in range(start, min(stop, len(docs))):
            at = bisect_left(places, place)
            if at < len(places) and places[at] == place:
                found.append(later[at])
            else:
                found.append(self.entity(early[place - at]))
        return found


class FactsGraph:
    """The statements that a build has gathered, as facets look them up."""

    def __init__(self, facts: Facts, names: Names) -> None:
        self._targets = facts.targets
        self._turned: dict[str, dict[str, list[str]]] = {}
        self._classes: dict[str, list[str]] = defaultdict(list)
        for class_iri, members in facts.members.items():
            if class_iri.startswith((names.ontology, names.prefixes["igeo"])):
                for iri in members:
                    if iri not in facts.holdings:  # the many, of whom nobody asks it
                        self._classes[iri].append(class_iri)

    def objects(self, iri: str, prop: str) -> Collection[str]:
        """IRIs and texts that an entity has by a property."""
        if prop == "rdf:type":
            return self._classes.get(iri, ())
        return self._targets[prop].get(iri, ())

    def subjects(self, prop: str, iri: str) -> Collection[str]:
        """Entities that have this one by a property."""
        if prop not in self._turned:
            turned: dict[str, list[str]] = defaultdict(list)
            for subject, objects in self._targets[prop].items():
                for one in objects:
                    turned[one].append(subject)
            self._turned[prop] = dict(turned)
        return self._turned[prop].get(iri, ())


def write(
    connection: sqlite3.Connection,
    facts: Facts,
    docs: Mapping[str, int],
    names: Names,
    register: int,
) -> None:
    """Write the bitmaps of a build; `docs` are the numbers of all entities of the index."""
    graph = FactsGraph(facts, names)
    reading = Reading(graph, names, register)
    connection.execute("INSERT INTO register VALUES (?)", (register,))
    used: set[str] = set()
    for kind in FACETS:
        members = facts.members.get(kind_class(kind, names), ())
        found: dict[Value, array[int]] = defaultdict(lambda: array("I"))
        whole = BitMap(docs[iri] for iri in members if iri in docs)
        if not whole:
            continue
        found["", kind_class(kind, names)].extend(whole)
        read: Iterable[str] = members
        mandates = bytearray(len(docs) if kind == "person" else 0)
        if kind == "person":
            _of_register(facts, reading, docs, whole, mandates, found)
            read = {holder for held in facts.targets["org:member"].values() for holder in held}
        held = [(iri, docs[iri]) for iri in read if docs.get(iri, NOWHERE) in whole]
        for iri, doc in held:
            first = mandates[doc] if mandates else 0
            for at, values in enumerate(reading.values(kind, iri), first):
                number = slots.slot(doc, at)
                for value in values:
                    found[value].append(number)
        if kind in spots.KINDS:
            points = (((doc + 1) * GAP, spots.spots(graph, kind, iri)) for iri, doc in held)
            spots.write(connection, points)
        connection.executemany(
            "INSERT INTO posting VALUES (?, ?, ?, ?, ?)",
            ((kind, *value, *filed(BitMap(numbers))) for value, numbers in sorted(found.items())),
        )
        used.update(value for facet, value in found if facet in FACETS[kind])
    connection.executemany(
        "INSERT INTO value VALUES (?, ?, ?, ?)",
        ((iri, *shown(facts.labels.get(iri, {}))) for iri in sorted(used)),
    )
    told = facts.targets
    below = {*told["igeo:subdivisionDe"], *told["skos:broader"], *told["ess:inEpci"]}
    below.update(epci for epcis in told["ess:inEpci"].values() for epci in epcis)
    connection.executemany(
        "INSERT INTO above VALUES (?, ?, ?)",
        (
            (iri, at, parent)
            for iri in sorted(below)
            for at, parent in enumerate(reading.trees.parents(iri))
        ),
    )


def shown(labels: Mapping[str, str]) -> tuple[str | None, str | None, str | None]:
    """The labels that a value is shown with: French, English, of another language."""
    other = min((lang for lang in labels if lang not in LANGUAGES), default="")
    return labels.get("fr"), labels.get("en"), labels.get(other)


def _of_register(
    facts: Facts,
    reading: Reading,
    docs: Mapping[str, int],
    whole: BitMap,
    mandates: bytearray,
    found: dict[Value, array[int]],
) -> None:
    """What the mandates of the register let people count under, many at a time.

    Shape: mandates: how many an entity has had so far, by its number.
    """
    known: dict[tuple[str, str, tuple[str, ...]], list[Value]] = {}
    for tenure, holders in facts.tenures.alike():
        key = tenure.role, tenure.body, tenure.spatial
        if key not in known:
            known[key] = list(reading.mandate((tenure.role,), (tenure.body,), tenure.spatial))
        since = [year_text(tenure.since)] if tenure.since else []
        until = [year_text(tenure.until)] if tenure.until else []
        numbers = array("I")
        for holder in holders:
            doc = docs.get(holder, NOWHERE)
            if doc in whole:
                numbers.append(slots.slot(doc, mandates[doc]))
                mandates[doc] = min(mandates[doc] + 1, slots.SLOTS)
        if not numbers:
            continue
        for value in (*known[key], *reading.in_office(since, until)):
            found[value].extend(numbers)


def filed(docs: BitMap) -> tuple[int, bytes]:
    """How many entities a bitmap has, and the bitmap as it is kept."""
    docs.run_optimize()
    return slots.amount(docs), docs.serialize()

"""The text index of a release that differs from the one before by a few triples.

The index is copied, and the rows of the entities that the triples say something of, or that
are shown with something that they say, are made again. The answers are those of an index made
from nothing (tests/property/test_search_update.py).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from essgraph import vocab
from essgraph.errors import StoreUnavailable
from essgraph.search import gather, members, spelling
from essgraph.search.gather import Facts
from essgraph.search.postings import GAP
from essgraph.search.refiling import Refiling, StoreGraph
from essgraph.search.rows import (
    Entity,
    columns,
    counted,
    entities,
    fold,
    rank,
    sort_keys,
    write_rows,
)
from essgraph.sources import ntriples
from essgraph.sources.ntriples import Statement
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

_MOST = 3_000
"""Entities made again one by one; of more, the whole index is made again sooner."""

_SUBCLASS = NamedNode(vocab.RDFS + "subClassOf")


def update(
    old: Path,
    new: Path,
    changed: Iterable[str],
    before: EmbeddedStore,
    after: EmbeddedStore,
    names: Names,
) -> bool:
    """Whether the index `new` could be made from `old`; if not, it is to be built.

    `changed` are the N-Triples lines that only one of the stores holds.
    Raises: StoreUnavailable.
    """
    lines = [Statement(line) for line in gather.telling(changed, names)]
    try:
        shutil.copyfile(old, new)
        return not lines or _Update(new, lines, before, after, names).done()
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"{new}: {error}") from error


class _Update:
    """One update of an index, from a copy of the one before."""

    def __init__(
        self,
        path: Path,
        lines: Sequence[Statement],
        before: EmbeddedStore,
        after: EmbeddedStore,
        names: Names,
    ) -> None:
        self._path = path
        self._triples = list(ntriples.triples(lines))
        self._stores = (before, after)
        self._names = names
        self._meta = names.graph("meta")
        self._links = gather.links(names)
        self._in_epci, self._governs = names.ess("inEpci"), names.ess("governs")
        self._inside = NamedNode(vocab.IGEO + "subdivisionDe")
        self._member = NamedNode(vocab.ORG + "member")
        self._organisation = NamedNode(vocab.ORG + "organization")
        self._role = NamedNode(vocab.ORG + "role")

    def done(self) -> bool:
        """Make the rows again, unless it is the classes that change, or too many rows, or all."""
        connection = sqlite3.connect(self._path)
        try:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            known = dict(connection.execute("SELECT iri, id FROM class"))
            touched = self._touched()
            older = not connection.execute("PRAGMA table_info(register)").fetchall()
            if older or len(touched) > _MOST or self._classes_change(known):
                return False
            before, after = (StoreGraph(store, self._names) for store in self._stores)
            refiling = Refiling(connection, self._triples, before, after, self._names)
            affected = refiling.affected(_MOST)
            if affected is None:
                return False
            fits = self._write(connection, sorted(touched), known, refiling, affected)
            fits = fits and self._empty_councils(connection)
            connection.commit()
            return fits
        finally:
            connection.close()

    def _empty_councils(self, connection: sqlite3.Connection) -> bool:
        """Take away what the triples may have made untrue; False where that is too much."""
        subjects = {t.subject for t in self._triples if isinstance(t.subject, NamedNode)}
        mandates = subjects | self._incoming(subjects, [self._member])
        bodies = self._outgoing(mandates, [self._organisation])
        connection.executemany(
            "DELETE FROM council WHERE body = ?", ((body.value,) for body in bodies)
        )
        return len(mandates) <= _MOST

    def _classes_change(self, known: dict[str, int]) -> bool:
        """Whether a class gets its first member, loses its last, or is called otherwise."""
        before, after = self._stores
        for triple in self._triples:
            if triple.predicate == _SUBCLASS:
                return True
            if isinstance(triple.subject, NamedNode) and triple.subject.value in known:
                return True
            if triple.predicate == vocab.RDF_TYPE and isinstance(triple.object, NamedNode):
                used = (
                    store.has(None, vocab.RDF_TYPE, triple.object, but=self._meta)
                    for store in (before, after)
                )
                if len(set(used)) == 2:
                    return True
        return False

    def _touched(self) -> set[NamedNode]:
        """What the triples speak of, and what is shown with it: inside it, or about it."""
        subjects = {t.subject for t in self._triples if isinstance(t.subject, NamedNode)}
        near = subjects | self._incoming(subjects, self._links)
        near |= self._incoming(near, self._links)
        near |= self._outgoing(near, [self._in_epci])
        near |= self._incoming(near, [self._governs])
        # People are shown with what their commune lies in.
        places = subjects | self._incoming(subjects, [self._inside])
        bodies = places | self._incoming(places, [self._governs])
        mandates = subjects | self._incoming(bodies, [self._organisation, self._role])
        return near | self._outgoing(mandates, [self._member])

    def _incoming(
        self, nodes: Iterable[NamedNode], properties: Iterable[NamedNode]
    ) -> set[NamedNode]:
        found: set[NamedNode] = set()
        for node in nodes:
            for prop in properties:
                if len(found) > _MOST:
                    return found
                for store in self._stores:
                    said = store.match(None, prop, node, but=self._meta)
                    found |= {t.subject for t in said if isinstance(t.subject, NamedNode)}
        return found

    def _outgoing(
        self, nodes: Iterable[NamedNode], properties: Iterable[NamedNode]
    ) -> set[NamedNode]:
        found: set[NamedNode] = set()
        for node in nodes:
            for prop in properties:
                for store in self._stores:
                    said = store.match(node, prop, None, but=self._meta)
                    found |= {t.object for t in said if isinstance(t.object, NamedNode)}
        return found

    def _facts(self, touched: Iterable[NamedNode], known: dict[str, int]) -> Facts:
        """What the changed graph says of these entities and of what they are shown with."""
        after = self._stores[1]
        nodes = set(touched)
        mandates = self._incoming(nodes, [self._member])
        nodes |= mandates | self._outgoing(mandates, [self._organisation, self._role])
        nodes |= self._outgoing(nodes, self._links)
        nodes |= self._incoming(nodes, [self._in_epci])
        nodes |= self._outgoing(nodes, self._links)
        said = [
            triple
            for node in sorted(nodes, key=str)
            for triple in after.match(node, but=self._meta)
        ]
        said += after.match(None, _SUBCLASS, None, but=self._meta)
        facts = gather.gather(map(ntriples.statement, said), self._names)
        facts.members = {iri: facts.members[iri] for iri in known if iri in facts.members}
        facts.supers = {iri: supers for iri, supers in facts.supers.items() if self._used(iri)}
        return facts

    def _used(self, class_iri: str) -> bool:
        node = NamedNode(class_iri)
        return self._stores[1].has(None, vocab.RDF_TYPE, node, but=self._meta)

    def _write(
        self,
        connection: sqlite3.Connection,
        touched: Sequence[NamedNode],
        known: dict[str, int],
        refiling: Refiling,
        affected: set[str],
    ) -> bool:
        facts = self._facts(touched, known)
        iris = {node.value for node in touched}
        affected = affected | iris
        old = dict(_rows(connection, affected))
        gone = {iri: number for iri, number in old.items() if iri in iris}
        members.take_out(connection, gone.values())
        for iri, number in gone.items():
            texts, around = connection.execute(
                "SELECT texts, around FROM entity WHERE id = ?", (number,)
            ).fetchone()
            connection.execute(
                "INSERT INTO folded (folded, rowid, words, exact, kind, around)"
                " VALUES ('delete', ?, ?, ?, ?, ?)",
                (number, *columns(iri, texts, around, self._names)),
            )
            connection.execute("DELETE FROM entity WHERE id = ?", (number,))
            spelling.count(connection, counted(iri, texts, around, self._names), -1)
        labels = {iri: said for iri, said in facts.labels.items() if iri in iris}
        fresh = sorted(entities(facts, labels, self._names), key=rank)
        numbered: list[tuple[int, Entity]] = []
        floor = 0
        for entity in fresh:
            place = _place(connection, rank(entity), gone.get(entity.iri), floor)
            if place is None:
                return False
            numbered.append((place, entity))
            floor = place
        write_rows(connection, facts, numbered, known, self._names)
        members.put_in(connection, fresh, facts.members, known)
        for place, entity in numbered:
            texts, around = connection.execute(
                "SELECT texts, around FROM entity WHERE id = ?", (place,)
            ).fetchone()
            spelling.count(connection, counted(entity.iri, texts, around, self._names), 1)
        kept = {iri: number for iri, number in old.items() if iri not in iris}
        refiling.file(affected, old, kept | {entity.iri: place for place, entity in numbered})
        return True


def _rows(connection: sqlite3.Connection, iris: Iterable[str]) -> Iterator[tuple[str, int]]:
    connection.execute("CREATE TEMP TABLE touched (iri TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.executemany("INSERT INTO touched VALUES (?)", ((iri,) for iri in iris))
    found = connection.execute("SELECT iri, id FROM entity WHERE iri IN touched").fetchall()
    connection.execute("DROP TABLE touched")
    yield from found


def _place(
    connection: sqlite3.Connection, wanted: tuple[int, int, str, str], last: int | None, floor: int
) -> int | None:
    """A free number above `floor` where an entity belongs, its last one if that is it.

    None without room.
    """
    ((highest,),) = connection.execute("SELECT coalesce(max(id), 0) FROM entity")
    low, high = 0, highest + 1
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(
            "SELECT id, tier, weight, iri, fr, en, other FROM entity WHERE id >= ? LIMIT 1",
            (middle,),
        ).fetchone()
        if row is not None and _key(row) < wanted:
            low = row[0] + 1
        else:
            high = middle
    (after,) = connection.execute("SELECT min(id) FROM entity WHERE id >= ?", (low,)).fetchone()
    (before,) = connection.execute("SELECT max(id) FROM entity WHERE id < ?", (low,)).fetchone()
    before = max(before or 0, floor)
    if after is None:
        after = before + 2 * GAP
    if last is not None and before < last < after:
        return last
    number = (before + after) // 2
    return number if number > before else None


def _key(row: Sequence[Any]) -> tuple[int, int, str, str]:
    """What a row is ranked by, as `rank` tells it of an entity."""
    _, tier, weight, iri, *labels = row
    french, _ = sort_keys(*(None if text is None else fold(text) for text in labels))
    return tier, -weight, french, iri

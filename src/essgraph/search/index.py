"""Writing of the text index: one row an entity or concept, numbered best first."""

from __future__ import annotations

import gc
import sqlite3
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from essgraph.errors import StoreUnavailable
from essgraph.search import council, gather, postings, spelling, spots
from essgraph.search.gather import Facts
from essgraph.search.postings import GAP
from essgraph.search.rows import DESCRIBED, Entity, entities, label, rank, write_rows
from essgraph.vocab import Names

SCHEMA = (
    """
-- list_fr, list_en: the lists of its members by French and by English label; one list where
-- they are the same.
CREATE TABLE class (
    id INTEGER PRIMARY KEY, iri TEXT, fr TEXT, en TEXT, amount INTEGER, list_fr INTEGER,
    list_en INTEGER
);
-- tier and weight are what it is ranked by; texts, one a line, and around what `folded` was
-- given, which it has to be told again to forget it.
CREATE TABLE entity (
    id INTEGER PRIMARY KEY, iri TEXT, fr TEXT, en TEXT, other TEXT, class INTEGER,
    context_fr TEXT, context_en TEXT, tier INTEGER, weight INTEGER, texts TEXT, around TEXT
);
CREATE TABLE member (
    list INTEGER, position INTEGER, entity INTEGER, PRIMARY KEY (list, position)
) WITHOUT ROWID;
-- officials: the mandates of a body, as council.py writes and reads them.
CREATE TABLE council (body TEXT PRIMARY KEY, officials TEXT) WITHOUT ROWID;
-- The text is folded before it comes here, so that the plainest tokenizer splits it as we do.
-- Short beginnings have lists of their own: else to look up "m" is to merge those of each word.
-- words: labels and codes; around: what it is in, and of an initiative also what it is about.
CREATE VIRTUAL TABLE folded USING fts5 (
    words, exact, kind, around, content = '', columnsize = 0, detail = 'column',
    tokenize = 'ascii', prefix = '1 2 3 4 5'
);
"""
    + postings.SCHEMA
    + spelling.SCHEMA
    + spots.SCHEMA
)

_HELD = 64 << 20
"""Bytes of the text index held while it is made: merged once at the end, not again and again."""
_HELD_BY_DEFAULT = 1 << 20
_MERGED_BY_DEFAULT = 4


def build(sources: Sequence[Path], path: Path, names: Names, register: int = 0) -> int:
    """Write the text index of files of N-Triples, each named after its layer, to a new file.

    Shape: the number of entities in it; register: the year that the register of officials was
    read in, until which whoever it lists is in office; 0 where there is no register.

    Raises: StoreUnavailable if one cannot be read or the other written.
    """
    # Millions of objects are made and none in a cycle: looking for any takes a fifth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        facts = gather.read(sources, names)
        ranked = sorted(entities(facts, facts.labels, names), key=rank)
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        try:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            connection.executescript(SCHEMA)
            _write(connection, facts, ranked, names, register)
            connection.commit()
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"{path}: {error}") from error
    finally:
        if collecting:
            gc.enable()
    return len(ranked)


def _write(
    connection: sqlite3.Connection,
    facts: Facts,
    ranked: Sequence[Entity],
    names: Names,
    register: int,
) -> None:
    class_ids = {iri: number for number, iri in enumerate(sorted(facts.members), 1)}
    numbered = ((number * GAP, entity) for number, entity in enumerate(ranked, 1))
    officials = council.rows(facts.councils, facts.labels, facts.families, names)
    connection.executemany("INSERT INTO council VALUES (?, ?)", officials)
    facts.councils.clear()
    facts.families.clear()  # not asked for again, and large
    _set(connection, hashsize=_HELD, automerge=0)
    write_rows(connection, facts, numbered, class_ids, names)
    connection.execute("INSERT INTO folded (folded) VALUES ('optimize')")
    _set(connection, hashsize=_HELD_BY_DEFAULT, automerge=_MERGED_BY_DEFAULT)
    spelling.write(connection, _described(connection, ranked))
    # Entities by their place among all: a number is smaller than what it stands for.
    places = {entity.iri: place for place, entity in enumerate(ranked)}
    _write_classes(connection, facts, ranked, places, class_ids)
    postings.write(connection, facts, places, names, register)


def _described(connection: sqlite3.Connection, ranked: Sequence[Entity]) -> list[str]:
    """The texts around what is sought by its description."""
    numbers = [at * GAP for at, entity in enumerate(ranked, 1) if entity.kind in DESCRIBED]
    rows = (
        connection.execute("SELECT around FROM entity WHERE id = ?", (number,)).fetchone()
        for number in numbers
    )
    return [around for (around,) in rows]


def _set(connection: sqlite3.Connection, **options: int) -> None:
    """Options of the text index, which it keeps. Source: https://www.sqlite.org/fts5.html, 6."""
    for name, value in options.items():
        connection.execute("INSERT INTO folded (folded, rank) VALUES (?, ?)", (name, value))


def _write_classes(
    connection: sqlite3.Connection,
    facts: Facts,
    ranked: Sequence[Entity],
    places: Mapping[str, int],
    class_ids: Mapping[str, int],
) -> None:
    french = sorted(range(len(ranked)), key=lambda at: (ranked[at].fr, ranked[at].iri))
    # Sorted from the French order: most labels are in one language, and so in order already.
    english = sorted(french, key=lambda at: (ranked[at].en, ranked[at].iri))
    orders = [_Order(french), _Order(english)]
    named_apart = {place for place, entity in enumerate(ranked) if entity.fr != entity.en}
    for class_iri, class_id in class_ids.items():
        members = [places[iri] for iri in facts.members[class_iri] if iri in places]
        lists = {class_id: orders[0].of(members)}
        if not named_apart.isdisjoint(members):
            lists[class_id + len(class_ids)] = orders[1].of(members)
        labels = facts.labels.get(class_iri, {})
        local = class_iri.replace("#", "/").rpartition("/")[2]
        connection.execute(
            "INSERT INTO class VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                class_id,
                class_iri,
                label(labels, "fr") or local,
                label(labels, "en") or local,
                len(lists[class_id]),
                class_id,
                max(lists),
            ),
        )
        for list_id, numbered in lists.items():
            connection.executemany(
                "INSERT INTO member VALUES (?, ?, ?)",
                ((list_id, at, (place + 1) * GAP) for at, place in enumerate(numbered)),
            )


class _Order:
    """An order of all entities, which are told by their places among the ranked."""

    def __init__(self, places: Sequence[int]) -> None:
        self._places = places
        self._at = array("Q", bytes(8 * len(places)))
        for at, place in enumerate(places):
            self._at[place] = at

    def of(self, members: Iterable[int]) -> list[int]:
        """These entities in that order, each once."""
        return [self._places[at] for at in sorted({self._at[place] for place in members})]

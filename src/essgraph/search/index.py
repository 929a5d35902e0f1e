"""Writing of the text index: one row an entity or concept, numbered best first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from essgraph.errors import StoreUnavailable
from essgraph.search import gather
from essgraph.search.gather import Facts
from essgraph.search.rows import Entity, entities, label, rank, write_rows
from essgraph.vocab import Names

SCHEMA = """
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
-- The text is folded before it comes here, so that the plainest tokenizer splits it as we do.
-- words: labels and codes; around: what it is in, and of an initiative also what it is about.
CREATE VIRTUAL TABLE folded USING fts5 (
    words, exact, kind, around, content = '', columnsize = 0, detail = 'column',
    tokenize = 'ascii'
);
"""

GAP = 1 << 20
"""Between the numbers of two neighbours, so that later ones find room between them."""


def build(source: Path, path: Path, names: Names) -> int:
    """Write the text index of a file of N-Triples to a new file; the number of entities in it.

    Raises: StoreUnavailable if the one cannot be read or the other written.
    """
    try:
        facts = gather.read(source, names)
        ranked = sorted(entities(facts.labels, names), key=partial(rank, facts))
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        try:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            connection.executescript(SCHEMA)
            _write(connection, facts, ranked, names)
            connection.commit()
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"{path}: {error}") from error
    return len(ranked)


def _write(
    connection: sqlite3.Connection, facts: Facts, ranked: Sequence[Entity], names: Names
) -> None:
    class_ids = {iri: number for number, iri in enumerate(sorted(facts.members), 1)}
    rows = dict(enumerate(ranked, 1))
    write_rows(
        connection,
        facts,
        {number * GAP: entity for number, entity in rows.items()},
        class_ids,
        names,
    )
    connection.execute("INSERT INTO folded (folded) VALUES ('optimize')")
    _write_classes(connection, facts, ranked, class_ids)


def _write_classes(
    connection: sqlite3.Connection,
    facts: Facts,
    ranked: Sequence[Entity],
    class_ids: Mapping[str, int],
) -> None:
    numbers = {entity.iri: number * GAP for number, entity in enumerate(ranked, 1)}
    by_french = sorted(ranked, key=lambda entity: (entity.fr, entity.iri))
    # Sorted from the French order: most labels are in one language, and so in order already.
    by_english = sorted(by_french, key=lambda entity: (entity.en, entity.iri))
    french, english = (
        ([numbers[entity.iri] for entity in order], {e.iri: at for at, e in enumerate(order)})
        for order in (by_french, by_english)
    )
    named_apart = {entity.iri for entity in ranked if entity.fr != entity.en}
    for class_iri, class_id in class_ids.items():
        members = [iri for iri in facts.members[class_iri] if iri in numbers]
        lists = {class_id: _in_order(members, *french)}
        if not named_apart.isdisjoint(members):
            lists[class_id + len(class_ids)] = _in_order(members, *english)
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
                ((list_id, position, number) for position, number in enumerate(numbered)),
            )


def _in_order(members: Iterable[str], order: Sequence[int], places: Mapping[str, int]) -> list[int]:
    """The numbers of these entities, each once, in this order of all."""
    return [order[place] for place in sorted({places[iri] for iri in members})]

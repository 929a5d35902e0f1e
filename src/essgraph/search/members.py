"""The lists of the members of classes, changed member by member.

Shape: a list's positions count from 0 without a gap, in order of label and IRI; a class has
one list, or a second by English labels where some differ.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from essgraph.search.rows import Entity, fold, sort_keys


def take_out(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Take entities out of every list they are in."""
    gone = set(numbers)
    marks = ", ".join("?" * len(gone))
    touched = connection.execute(
        f"SELECT DISTINCT list FROM member WHERE entity IN ({marks})",  # noqa: S608 - only marks
        tuple(gone),
    )
    for (list_id,) in touched.fetchall():
        held = _read(connection, list_id)
        _write(connection, list_id, held, [number for number in held if number not in gone])


def put_in(
    connection: sqlite3.Connection,
    entities: Sequence[Entity],
    members: Mapping[str, Sequence[str]],
    class_ids: Mapping[str, int],
) -> None:
    """Put entities, which have their rows by now, in the lists of their classes."""
    by_iri = {entity.iri: entity for entity in entities}
    for class_iri, iris in members.items():
        fresh = [by_iri[iri] for iri in dict.fromkeys(iris) if iri in by_iri]
        if not fresh:
            continue
        class_id = class_ids[class_iri]
        french, english = connection.execute(
            "SELECT list_fr, list_en FROM class WHERE id = ?", (class_id,)
        ).fetchone()
        if french == english and any(entity.fr != entity.en for entity in fresh):
            # The others are called the same in both: so far the order is the same.
            ((english,),) = connection.execute(
                "SELECT max(list_fr, list_en) + 1 FROM class ORDER BY 1 DESC LIMIT 1"
            )
            _write(connection, english, [], _read(connection, french))
            connection.execute("UPDATE class SET list_en = ? WHERE id = ?", (english, class_id))
        for list_id, lang in {english: 1, french: 0}.items():
            _insert(connection, list_id, lang, fresh)


def _insert(
    connection: sqlite3.Connection, list_id: int, lang: int, fresh: Sequence[Entity]
) -> None:
    def key(number: int) -> tuple[str, str]:
        iri, *labels = connection.execute(
            "SELECT iri, fr, en, other FROM entity WHERE id = ?", (number,)
        ).fetchone()
        keys = sort_keys(*(None if text is None else fold(text) for text in labels))
        return keys[lang], iri

    held = _read(connection, list_id)
    changed = list(held)
    for entity in fresh:
        ((number,),) = connection.execute("SELECT id FROM entity WHERE iri = ?", (entity.iri,))
        wanted = (entity.en if lang else entity.fr), entity.iri
        changed.insert(bisect_left(changed, wanted, key=key), number)
    _write(connection, list_id, held, changed)


def _read(connection: sqlite3.Connection, list_id: int) -> list[int]:
    rows = connection.execute(
        "SELECT entity FROM member WHERE list = ? ORDER BY position", (list_id,)
    )
    return [number for (number,) in rows]


def _write(
    connection: sqlite3.Connection, list_id: int, old: Sequence[int], new: Sequence[int]
) -> None:
    """Write what follows the first position that differs."""
    same = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        same += 1
    connection.execute("DELETE FROM member WHERE list = ? AND position >= ?", (list_id, same))
    connection.executemany(
        "INSERT INTO member VALUES (?, ?, ?)",
        ((list_id, position, number) for position, number in enumerate(new[same:], same)),
    )
    connection.execute("UPDATE class SET amount = ? WHERE list_fr = ?", (len(new), list_id))

"""Misspelt words: the words of the index that a reader may have meant.

A word that begins none of the index is held against those of about its length that begin with
its first letter or its second: of the nearest the most frequent, for people mistype names that
are often looked for. Codes and short words are left alone, as almost all is near to them.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

Ask = Callable[[str, tuple[object, ...]], list[tuple[Any, ...]]]
"""Answers a statement of SQL with its values."""

SCHEMA = """
-- amount: how many entities are called so, or, of what is sought by its description, described.
CREATE TABLE word (
    initial TEXT, length INTEGER, word TEXT, amount INTEGER, PRIMARY KEY (initial, length, word)
) WITHOUT ROWID;
"""

SHORTEST = 4
"""Letters of a word that may be corrected."""

_LONG = 8
"""Letters from which on two of them may be wrong."""

_REST = 8
"""Letters at most that are not typed yet."""


def write(connection: sqlite3.Connection, described: Iterable[str]) -> None:
    """Write the words of an index; `described` are the texts around what has a description."""
    connection.execute("CREATE VIRTUAL TABLE temp.term USING fts5vocab(main, folded, col)")
    connection.execute(
        "INSERT INTO word SELECT substr(term, 1, 1), length(term), term, doc FROM temp.term"
        " WHERE col = 'words' AND length(term) >= ? AND term NOT GLOB '*[0-9]*'",
        (SHORTEST,),
    )
    connection.execute("DROP TABLE temp.term")
    count(connection, described, 1)


def count(connection: sqlite3.Connection, texts: Iterable[str], by: int) -> None:
    """Count the words of texts, `by` 1, or take them away, by -1; once a text."""
    found = Counter[str]()
    for text in texts:
        found.update(_told(text))
    connection.executemany(
        "INSERT INTO word VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
        ((word[0], len(word), word, by * amount) for word, amount in found.items()),
    )
    if by < 0:
        connection.executemany(
            "DELETE FROM word WHERE initial = ? AND length = ? AND word = ? AND amount <= 0",
            ((word[0], len(word), word) for word in found),
        )


def corrected(ask: Ask, sought: Sequence[str], unknown: Callable[[str], bool]) -> list[str] | None:
    """The words with those mended that begin no word of the index; None if none can be."""
    if not ask("PRAGMA table_info(word)", ()):
        return None  # a release made before there were corrections
    found = [_mended(ask, word) if _is_word(word) and unknown(word) else word for word in sought]
    return None if found == list(sought) else found


def _mended(ask: Ask, word: str) -> str:
    """The word that is most likely meant, whole or begun; the same if there is none."""
    size = len(word)
    rows = ask(
        "SELECT word, amount FROM word WHERE initial IN (?, ?) AND length BETWEEN ? AND ?",
        (word[0], word[1], size - 1, size + _REST),
    )
    wrong = 1 if size < _LONG else 2
    whole = [(text, amount) for text, amount in rows if len(text) <= size + wrong]
    return _nearest(word, whole, wrong) or _nearest(word, rows, 1, begun=True) or word


def _nearest(
    word: str, rows: Sequence[tuple[str, int]], wrong: int, *, begun: bool = False
) -> str | None:
    size = len(word)
    texts = [text[: size + 1] for text, _ in rows] if begun else [text for text, _ in rows]
    near = process.extract(word, texts, scorer=OSA.distance, score_cutoff=wrong, limit=None)
    if begun:
        shorter = [text[:size] for text in texts]
        near += process.extract(word, shorter, scorer=OSA.distance, score_cutoff=wrong, limit=None)
    best = min(((distance, -rows[at][1], rows[at][0]) for _, distance, at in near), default=None)
    return best[2] if best else None


def _told(text: str) -> Iterator[str]:
    return (word for word in dict.fromkeys(text.split()) if _is_word(word))


def _is_word(word: str) -> bool:
    return len(word) >= SHORTEST and not any("0" <= letter <= "9" for letter in word)

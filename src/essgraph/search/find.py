"""Look-up in the text index."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from essgraph.errors import NotFound, StoreUnavailable
from essgraph.search.fold import words

MAX_WORDS = 12
"""Words of a search that count; the rest is not looked at."""

MAX_TOTAL = 10_000
"""Matches are counted up to here; beyond, `truncated` says that there are more."""

_ENTITY = (
    "SELECT entity.iri, entity.fr, entity.en, entity.other, class.iri, class.fr, class.en,"
    " context_fr, context_en FROM entity LEFT JOIN class ON class.id = entity.class"
)


_ABBREVIATIONS = {"st": "saint", "ste": "sainte"}
"""As typed -> as written in the names of communes."""


@dataclass(frozen=True)
class Hit:
    """One entity: what it is called, what it is, and what tells it from its homonyms.

    `label_lang` is "" for a label without language, such as a person's name.
    """

    iri: str
    label: str
    label_lang: str
    class_iri: str
    class_label: str
    context: str


@dataclass(frozen=True)
class SearchPage:
    """A page of matches, best first; if `truncated`, there are more than `total`."""

    hits: list[Hit]
    total: int
    truncated: bool


@dataclass(frozen=True)
class ClassCount:
    """A class and how many entities are of it."""

    iri: str
    label: str
    count: int


@dataclass(frozen=True)
class ClassPage:
    """A page of a class's entities by label, and how many there are in all."""

    hits: list[Hit]
    total: int
    label: str


class SearchIndex:
    """The index of one release. Safe between threads: each has its own connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._opened: list[sqlite3.Connection] = []
        self._rows("SELECT count(*) FROM class", ())

    def find(
        self,
        text: str,
        *,
        kind: str | None = None,
        limit: int = 20,
        offset: int = 0,
        lang: str = "fr",
    ) -> SearchPage:
        """Entities whose labels and codes hold every word of `text`, each word a prefix.

        First those whose label or code is exactly the text. `kind` is that of the IRI
        (`commune`, `initiative`, `scheme`).
        Raises: StoreUnavailable.
        """
        sought = words(text)[:MAX_WORDS]
        if not sought:
            return SearchPage([], 0, truncated=False)
        only = "".join(words(kind)) if kind is not None else None
        if only == "":
            return SearchPage([], 0, truncated=False)
        scope = f' AND kind : "{only}"' if only else ""
        whole = [_ABBREVIATIONS.get(word, word) for word in sought]
        exact = " OR ".join(f'exact : "{text}"' for text in {"".join(sought): 0, "".join(whole): 0})
        prefixes = " AND ".join(map(_prefix, sought))
        first = f"({exact}){scope}"
        every = f"({prefixes}){scope}"
        others = f"(({prefixes}){scope}) NOT ({exact})"
        exact_total = self._count(first)
        total = self._count(every)
        numbers: list[int] = []
        if offset < exact_total:
            numbers = self._numbers(first, limit, offset)
        if len(numbers) < limit:
            skipped = max(0, offset - exact_total)
            numbers += self._numbers(others, limit - len(numbers), skipped)
        hits = [self._hit(number, lang) for number in numbers]
        return SearchPage(hits, min(total, MAX_TOTAL), truncated=total > MAX_TOTAL)

    def classes(self, lang: str = "fr") -> list[ClassCount]:
        """The classes that have entities, the largest first.

        Raises: StoreUnavailable.
        """
        label = "en" if lang == "en" else "fr"
        rows = self._rows(
            f"SELECT iri, {label}, amount FROM class WHERE amount > 0 ORDER BY amount DESC, iri",  # noqa: S608 - one of two words
            (),
        )
        return [ClassCount(*row) for row in rows]

    def members(
        self, class_iri: str, limit: int = 50, offset: int = 0, lang: str = "fr"
    ) -> ClassPage:
        """Entities of a class in order of their folded label in `lang`, then IRI.

        Raises: NotFound for a class without entities; StoreUnavailable.
        """
        found = self._rows(
            "SELECT list_fr, list_en, amount, fr, en FROM class WHERE iri = ? AND amount > 0",
            (class_iri,),
        )
        if not found:
            raise NotFound(f"there is no entity of class {class_iri}")
        ((by_french, by_english, amount, french, english),) = found
        numbers = self._rows(
            "SELECT entity FROM member WHERE list = ? AND position >= ? ORDER BY position LIMIT ?",
            (by_english if lang == "en" else by_french, offset, limit),
        )
        hits = [self._hit(number, lang) for (number,) in numbers]
        return ClassPage(hits, amount, english if lang == "en" else french)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()

    def _count(self, match: str) -> int:
        rows = self._rows(
            "SELECT count(*) FROM (SELECT 1 FROM folded WHERE folded MATCH ? LIMIT ?)",
            (match, MAX_TOTAL + 1),
        )
        return int(rows[0][0])

    def _numbers(self, match: str, limit: int, offset: int) -> list[int]:
        rows = self._rows(
            "SELECT rowid FROM folded WHERE folded MATCH ? ORDER BY rowid LIMIT ? OFFSET ?",
            (match, limit, offset),
        )
        return [number for (number,) in rows]

    def _hit(self, number: int, lang: str) -> Hit:
        (row,) = self._rows(f"{_ENTITY} WHERE entity.id = ?", (number,))
        iri, french, english, other, class_iri, class_fr, class_en, place_fr, place_en = row
        choices = [("fr", french), ("en", english), ("", other)]
        if lang == "en":
            choices = [("en", english), ("fr", french), ("", other)]
        label_lang, label = next((pair for pair in choices if pair[1]), ("", iri))
        class_label = class_en if lang == "en" else class_fr
        place = place_en if lang == "en" else place_fr
        return Hit(iri, label, label_lang, class_iri or "", class_label or "", place or "")

    def _rows(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._connection().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self._path}: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
            # Used by one thread, closed by whichever lets the index go.
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            with self._lock:
                self._opened.append(connection)
            self._local.connection = connection
        return connection


def _prefix(word: str) -> str:
    """A condition on a word's beginning; an abbreviation also stands for the whole word."""
    whole = _ABBREVIATIONS.get(word)
    return f'(words : "{word}"* OR words : "{whole}"*)' if whole else f'words : "{word}"*'

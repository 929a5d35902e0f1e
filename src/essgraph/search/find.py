"""Look-up in the text index."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Any

from essgraph.errors import NotFound, StoreUnavailable
from essgraph.search import council, offices
from essgraph.search.council import Seat
from essgraph.search.fold import ABBREVIATIONS, SMALL, words
from essgraph.vocab import Names

MAX_WORDS = 12
"""Words of a search that count; the rest is not looked at."""

MAX_TOTAL = 1_000
"""Matches are counted up to here; beyond, `truncated` says that there are more."""

_ENTITY = (
    "SELECT entity.iri, entity.fr, entity.en, entity.other, class.iri, class.fr, class.en,"
    " context_fr, context_en FROM entity LEFT JOIN class ON class.id = entity.class"
)


MAX_DROPPED = 5
"""Words looked at where not all of them match; more would make too many combinations."""

_LETTERS = 2
"""Letters alone that are looked up where nothing else is asked: each has a long list."""

_NAME = "words"


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
    """A page of matches, best first; if `truncated`, there are more than `total`.

    Shape: `partial` if nothing matches all words, and these match most of them.
    """

    hits: list[Hit]
    total: int
    truncated: bool
    partial: bool = False


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
        columns = {row[1] for row in self._rows("PRAGMA table_info(folded)", ())}
        # A release rolled back to may be older than the column.
        self._anywhere = "{words around}" if "around" in columns else _NAME
        self._has_councils = bool(self._rows("PRAGMA table_info(council)", ()))

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

        First those whose label or code is exactly the text; last those that hold the words
        only together with what they are in or about. Articles do not have to match, nor letters
        that stand alone beside words. Where nothing holds every word, what holds most of them
        (`SearchPage.partial`). `kind` is that of the IRI (`commune`, `initiative`, `scheme`).
        Raises: StoreUnavailable.
        """
        sought = words(text)[:MAX_WORDS]
        only = "".join(words(kind)) if kind is not None else None
        if not sought or only == "":
            return SearchPage([], 0, truncated=False)
        scope = f' AND kind : "{only}"' if only else ""
        told = [word for word in sought if len(word) > 1 or word.isdecimal()] or sought[:_LETTERS]
        needed = [word for word in told if word not in SMALL] or told
        tiers = _tiers(sought, told, needed, self._anywhere)
        first = offices.named(self._rows, needed, scope)
        if needed[0] == offices.TOWN_HALL and len(needed) > 1:
            tiers.append(_every(self._anywhere, needed[1:]))
        found = self._page(tiers, scope, limit, offset, lang, first)
        pool = needed[:MAX_DROPPED]
        for amount in range(min(len(needed) - 1, len(pool)), (len(pool) - 1) // 2, -1):
            if found.total:
                break
            some = list(combinations(pool, amount))
            found = self._page(
                [_exact(needed), _some(self._anywhere, some)], scope, limit, offset, lang
            )
            found = replace(found, partial=found.total > 0)
        return found

    def _page(
        self,
        tiers: Sequence[str],
        scope: str,
        limit: int,
        offset: int,
        lang: str,
        captions: Mapping[int, offices.Caption] = MappingProxyType({}),
    ) -> SearchPage:
        """A page of those that come first, then of what matches the first of the tiers, then of
        what matches the next only.

        Those that come first are shown with the office they are found by.
        """
        first = list(captions)
        numbers = first[offset : offset + limit]
        total = len(first)
        seen = set(first)
        for tier in tiers:
            if total > MAX_TOTAL:
                break
            # Those seen are left out here: the engine would match the tiers before once more.
            among = self._numbers(f"({tier}){scope}", MAX_TOTAL + 1 + len(seen))
            found = [number for number in among if number not in seen]
            seen.update(found)
            skipped = max(0, offset - total)
            numbers += found[skipped : skipped + limit - len(numbers)]
            total += len(found)
        hits = []
        for number in numbers:
            hit = self._hit(number, lang)
            french, english = captions.get(number, ("", ""))
            caption = english if lang == "en" else french
            hits.append(replace(hit, context=caption) if caption else hit)
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

    def council(self, body_iri: str, names: Names) -> list[Seat]:
        """Mandates of the register in a body, in no order; of some bodies none is here.

        Raises: StoreUnavailable.
        """
        if not self._has_councils:
            return []
        found = self._rows("SELECT officials FROM council WHERE body = ?", (body_iri,))
        return [seat for (officials,) in found for seat in council.read(officials, names)]

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()

    def _numbers(self, match: str, limit: int) -> list[int]:
        """The first matches by rank: counted and cut here, as the engine would match twice."""
        rows = self._rows(
            "SELECT rowid FROM folded WHERE folded MATCH ? ORDER BY rowid LIMIT ?",
            (match, limit),
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


def _tiers(
    sought: Sequence[str], told: Sequence[str], needed: Sequence[str], anywhere: str
) -> list[str]:
    """What matches best first: the text itself, all words of a name, all but the small ones,
    and these with the help of what is around it.
    """
    whole = [ABBREVIATIONS.get(word, word) for word in sought]
    exact = _exact("".join(some) for some in (sought, whole, told))
    tiers = [exact, _every(_NAME, told), _every(_NAME, needed), _every(anywhere, needed)]
    return list(dict.fromkeys(tiers))


def _exact(texts: Iterable[str]) -> str:
    return " OR ".join(f'exact : "{text}"' for text in dict.fromkeys(texts))


def _every(columns: str, sought: Iterable[str]) -> str:
    return " AND ".join(_prefix(columns, word) for word in sought)


def _some(columns: str, choices: Iterable[Iterable[str]]) -> str:
    return " OR ".join(f"({_every(columns, chosen)})" for chosen in choices)


def _prefix(columns: str, word: str) -> str:
    """A condition on a word's beginning; an abbreviation also stands for the whole word."""
    forms = dict.fromkeys((word, ABBREVIATIONS.get(word, word)))
    conditions = (f'{columns} : "{form}"*' for form in forms)
    return f"({' OR '.join(conditions)})"

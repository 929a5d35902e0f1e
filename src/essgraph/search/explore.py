"""Exploration: a list of one kind, narrowed by text, facets and years, with what is left of each.

What is chosen in a facet widens within it and narrows all else: its own counts are of the list
as it would be without it, so that a reader sees what another choice gives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

from cachetools import LRUCache
from pyroaring import BitMap

from essgraph.errors import QueryError
from essgraph.search import slots
from essgraph.search.choices import Choices, marks
from essgraph.search.facets import BEGUN, FACETS, HELD, YEAR, year_text
from essgraph.search.matching import Sought
from essgraph.search.model import KINDS, Place, Selection
from essgraph.search.narrowing import Matches, Narrowed
from essgraph.search.postings import Numbering
from essgraph.search.rows import fold, sort_keys

Ask = Callable[[str, tuple[object, ...]], list[tuple[Any, ...]]]
"""Answers a statement of SQL with its values."""

Sort = Literal["best", "name", "date"]

MAX_MATCHES = 50_000
"""Matches of a text that are counted, the best ones; only beginnings of one or two letters have
more."""

_KEPT = 2_000
"""Bitmaps kept in memory."""

_MATCHES_KEPT = 20 << 20
"""Bytes of the matches of texts that are kept in memory."""

_AT_ONCE = 500
"""Rows asked for in one statement, and steps of a walk."""

_STEP_COST = 30
"""What sorting one entity by its label costs, in entities passed by in a list sorted before."""


class Explorer:
    """The facets of one index."""

    def __init__(self, ask: Ask, anywhere: str) -> None:
        self._ask = ask
        self._anywhere = anywhere
        self.choices = Choices(ask)
        self._numbering = Numbering(ask("SELECT doc, entity FROM apart", ()))
        self._classes: dict[str, str] = {}
        self._most: dict[str, int] = {}
        self._kept: LRUCache[tuple[str, str, str], BitMap] = LRUCache(_KEPT)
        self._found: LRUCache[tuple[str, tuple[str, ...]], Matches] = LRUCache(
            _MATCHES_KEPT, lambda matches: matches.size
        )
        self._lock = threading.Lock()
        for kind, class_iri in ask("SELECT kind, value FROM posting WHERE facet = ''", ()):
            self._classes[kind] = class_iri

    def narrowed(self, selection: Selection, sought: Sought) -> Narrowed:
        """Work out a selection; `sought` is its text.

        Raises: QueryError for a kind or a facet that there is not.
        """
        kind = selection.kind
        if kind not in KINDS:
            raise QueryError(f"kind: {kind!r} is none of {', '.join(KINDS)}")
        parts = {}
        for name, iris in selection.chosen.items():
            if name not in FACETS[kind]:
                raise QueryError(f"{name!r} is no facet of kind {kind!r}")
            if iris:
                parts[name] = BitMap.union(*(self._posting(kind, name, iri) for iri in iris))
        if selection.since is not None or selection.until is not None:
            parts[YEAR] = self._within(kind, selection.since, selection.until)
        whole = self._posting(kind, "", self._classes.get(kind, ""))
        matches = self._matches(kind, whole, sought) if sought.needed else None
        return Narrowed(kind, whole, matches, parts, self._mandates(kind))

    def numbers(self, found: Narrowed, sort: Sort, offset: int, limit: int, lang: str) -> list[int]:
        """Numbers of entities in the index, in order.

        By rank, those first that match the text best; by name; the latest year first, of people
        that in which a mandate began, those without a year last.
        """
        docs = found.docs()
        if sort == "name":
            return self._by_name(found, docs, offset, limit, lang)
        if sort == "date":
            return self._chained(self._by_year(found), docs, offset, limit)
        tiers = found.matches.tiers if found.matches else ()
        return self._chained(tiers, docs, offset, limit)

    def years(self, found: Narrowed) -> tuple[tuple[int, int], ...]:
        """The years that have entities, whatever years are chosen."""
        counted = self.choices.counted(found, YEAR, self.choices.rows(found.kind, YEAR))
        return tuple(sorted((int(year), count) for year, count in counted.items() if count))

    def places(self, numbers: Sequence[int], limit: int, lang: str) -> list[Place]:
        """The points of entities in the same order, the first of them."""
        found: list[Place] = []
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            rows = self._ask(
                "SELECT id, lon, lat, iri, fr, en, other FROM spot"  # noqa: S608 - only marks
                f" JOIN entity ON id = entity WHERE entity IN ({marks(some)})",
                tuple(some),
            )
            order = {number: at for at, number in enumerate(some)}
            for _, lon, lat, iri, *labels in sorted(rows, key=lambda row: (order[row[0]], row[:4])):
                shown = labels[1::-1] if lang == "en" else labels[:2]
                label = next(filter(None, (*shown, labels[2])), iri)
                found.append(Place(iri, label, lon, lat))
            if len(found) > limit:
                break
        return found

    def amount_of_places(self, numbers: Sequence[int]) -> int:
        """How many points entities have together."""
        found = 0
        for start in range(0, len(numbers), _AT_ONCE * 10):
            some = numbers[start : start + _AT_ONCE * 10]
            ((amount,),) = self._ask(
                f"SELECT count(*) FROM spot WHERE entity IN ({marks(some)})",  # noqa: S608 - only marks
                tuple(some),
            )
            found += amount
        return found

    def iris(self, numbers: Sequence[int]) -> Iterator[str]:
        """The IRIs of entities, in the same order."""
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            rows = self._ask(
                f"SELECT id, iri FROM entity WHERE id IN ({marks(some)})",  # noqa: S608 - only marks
                tuple(some),
            )
            of_number: dict[int, str] = dict(rows)
            yield from (of_number[number] for number in some)

    def _posting(self, kind: str, facet: str, value: str) -> BitMap:
        key = kind, facet, value
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            rows = self._ask(
                "SELECT docs FROM posting WHERE kind = ? AND facet = ? AND value = ?", key
            )
            kept = BitMap.deserialize(rows[0][0]) if rows else BitMap()
            with self._lock:
                self._kept[key] = kept
        return kept

    def _mandates(self, kind: str) -> int:
        """How many mandates an entity of a kind has at most."""
        if kind not in self._most:
            held = self._posting(kind, HELD, self._classes.get(kind, ""))
            self._most[kind] = slots.most(held)
        return self._most[kind]

    def _within(self, kind: str, since: int | None, until: int | None) -> BitMap:
        first, last = since if since is not None else 0, until if until is not None else 9999
        rows = self._ask(
            "SELECT docs FROM posting WHERE kind = ? AND facet = ? AND value BETWEEN ? AND ?",
            (kind, YEAR, year_text(max(first, 0)), year_text(min(last, 9999))),
        )
        return BitMap.union(*(BitMap.deserialize(docs) for (docs,) in rows)) if rows else BitMap()

    def _matches(self, kind: str, whole: BitMap, sought: Sought) -> Matches:
        key = kind, tuple(sought.all)
        with self._lock:
            kept = self._found.get(key)
        if kept is not None:
            return kept
        tiers: list[BitMap] = []
        seen, truncated = BitMap(), False
        # Those of a kind are side by side, so that others do not count among the matches.
        ends = self._numbering.span(whole)
        conditions = sought.tiers(self._anywhere)
        for condition in conditions:
            rows = self._ask(
                "SELECT rowid FROM folded WHERE folded MATCH ? AND rowid BETWEEN ? AND ?"
                " ORDER BY rowid LIMIT ?",
                (condition, *ends, MAX_MATCHES),
            )
            truncated = len(rows) == MAX_MATCHES
            tier = self._numbering.docs([number for (number,) in rows]) & whole
            tiers.append(tier - seen)
            seen |= tier
            if truncated:
                break
        found = Matches(tuple(tiers), seen, truncated)
        with self._lock:
            self._found[key] = found
        return found

    def _chained(
        self, groups: Iterable[BitMap], docs: BitMap, offset: int, limit: int
    ) -> list[int]:
        """A page of those in the first group, then of those in the next, last of those in none."""
        numbers: list[int] = []
        left, at = docs, 0
        for group in (*groups, docs):
            some = left & group
            left = left - some
            start, stop = max(0, offset - at), offset + limit - at
            if some and start < len(some) and stop > 0:
                numbers += self._numbering.page(some, start, stop)
            at += len(some)
            if at >= offset + limit:
                break
        return numbers

    def _by_year(self, found: Narrowed) -> Iterator[BitMap]:
        numbers = found.numbers()
        rows = self._ask(
            "SELECT docs FROM posting WHERE kind = ? AND facet = ? ORDER BY value DESC",
            (found.kind, BEGUN if found.kind == "person" else YEAR),
        )
        return (slots.holders(numbers & BitMap.deserialize(of_year)) for (of_year,) in rows)

    def _by_name(
        self, found: Narrowed, docs: BitMap, offset: int, limit: int, lang: str
    ) -> list[int]:
        amount = len(docs)
        if not amount or offset >= amount:
            return []
        if amount * _STEP_COST < (offset + limit) * len(found.whole) / amount:
            return self._sorted(docs, lang)[offset : offset + limit]
        column = "list_en" if lang == "en" else "list_fr"
        ((list_id,),) = self._ask(
            f"SELECT {column} FROM class WHERE iri = ?",  # noqa: S608 - one of two words
            (self._classes[found.kind],),
        )
        numbers: list[int] = []
        start, doc, everything = 0, self._numbering.doc, amount == len(found.whole)
        if everything:
            start, offset = offset, 0
        while len(numbers) < offset + limit:
            rows = self._ask(
                "SELECT entity FROM member WHERE list = ? AND position >= ?"
                " ORDER BY position LIMIT ?",
                (list_id, start, _AT_ONCE * 4),
            )
            numbers += [number for (number,) in rows if doc(number) in docs]
            start += len(rows)
            if not rows:
                break
        return numbers[offset : offset + limit]

    def _sorted(self, docs: BitMap, lang: str) -> list[int]:
        numbers = self._numbering.page(docs, 0, len(docs))
        keyed = []
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            rows = self._ask(
                "SELECT id, iri, fr, en, other FROM entity"  # noqa: S608 - only marks
                f" WHERE id IN ({marks(some)})",
                tuple(some),
            )
            for number, iri, *labels in rows:
                keys = sort_keys(*(None if text is None else fold(text) for text in labels))
                keyed.append((keys[lang == "en"], iri, number))
        return [number for _, _, number in sorted(keyed)]

"""A search by words: what has all of them first, then what a reader may have meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from types import MappingProxyType
from typing import Any, NamedTuple

from essgraph.search import likely, matching, offices, spelling
from essgraph.search.fold import words
from essgraph.search.matching import Sought
from essgraph.search.model import Hit, SearchPage

Ask = Callable[[str, tuple[object, ...]], list[tuple[Any, ...]]]
"""Answers a statement of SQL with its values."""

MAX_DROPPED = 5
"""Words looked at where not all of them match; more would make too many combinations."""


class _Page(NamedTuple):
    limit: int
    offset: int
    lang: str
    most: int
    """Matches are counted up to here."""


class Searcher:
    """The words of one index; `hit` tells an entity by its number, in a language."""

    def __init__(self, ask: Ask, anywhere: str, hit: Callable[[int, str], Hit]) -> None:
        self._ask = ask
        self._anywhere = anywhere
        self._hit = hit

    def search(
        self,
        text: str,
        kind: str | None,
        limit: int,
        offset: int,
        lang: str,
        most: int,
        *,
        typing: bool = False,
    ) -> SearchPage:
        """A page of what has every word, else of what has them mended, else of what has most.

        To a reader who is still `typing`, what begins with the text comes before what has it.
        """
        sought = Sought.of(text)
        only = "".join(words(kind)) if kind is not None else None
        if not sought.all or only == "":
            return SearchPage([], 0, truncated=False)
        scope = f' AND kind : "{only}"' if only else ""
        page = _Page(limit, offset, lang, most)
        found = self._all_words(sought, scope, page, typing)
        if not found.total and (mended := self.mended(sought)) is not None:
            found = self._all_words(mended, scope, page, typing)
            if found.total:
                return replace(found, corrected=" ".join(mended.all))
        needed = sought.needed
        pool = needed[:MAX_DROPPED]
        for amount in range(min(len(needed) - 1, len(pool)), (len(pool) - 1) // 2, -1):
            if found.total:
                break
            some = matching.any_of(self._anywhere, combinations(pool, amount))
            found = self._page([matching.exact(needed), some], scope, page)
            found = replace(found, partial=found.total > 0)
        return found

    def _all_words(self, sought: Sought, scope: str, page: _Page, typing: bool) -> SearchPage:
        first = offices.named(self._ask, sought.needed, scope)
        tiers = sought.tiers(self._anywhere)
        if sought.needed[0] == offices.TOWN_HALL and len(sought.needed) > 1:
            tiers.append(matching.every(self._anywhere, sought.needed[1:]))
        if typing and not scope:
            return self._typed(tiers, matching.begun(sought.all), page, first)
        if typing:
            tiers.insert(1, matching.begun(sought.all))
        return self._page(tiers, scope, page, first)

    def _typed(
        self,
        tiers: Sequence[str],
        begun: str,
        page: _Page,
        captions: Mapping[int, offices.Caption],
    ) -> SearchPage:
        """The likeliest of the best matches, those first that are found by their office."""
        same, *names, anywhere = tiers
        ways = [(likely.NAMED, same), (likely.BEGUN, begun)]
        ways += [(likely.BEGUN, tier) for tier in names] + [(likely.AROUND, anywhere)]
        matched: dict[int, int] = {}
        for way, tier in ways:
            if len(matched) >= likely.CONSIDERED:
                break
            for number in self._numbers(tier, likely.CONSIDERED + 1 + len(matched)):
                matched.setdefault(number, way)
        marks = ", ".join("?" * len(matched))
        rows = self._ask(f"SELECT id, iri FROM entity WHERE id IN ({marks})", tuple(matched))  # noqa: S608 - only marks
        iris: dict[int, str] = dict(rows)
        found = likely.ordered((number, iris[number], way) for number, way in matched.items())
        numbers = list(dict.fromkeys((*captions, *found)))
        shown, total = numbers[: page.limit], len(numbers)
        hits = [self._captioned(number, captions, page.lang) for number in shown]
        return SearchPage(hits, min(total, page.most), truncated=total > page.most)

    def mended(self, sought: Sought) -> Sought | None:
        """The same with words that are not in the index mended; None where none can be."""

        def unknown(word: str) -> bool:
            return not self._numbers(matching.prefix(self._anywhere, word), 1)

        found = spelling.corrected(self._ask, sought.all, unknown)
        return Sought.of_words(found) if found else None

    def _page(
        self,
        tiers: Sequence[str],
        scope: str,
        page: _Page,
        captions: Mapping[int, offices.Caption] = MappingProxyType({}),
    ) -> SearchPage:
        """A page of those that come first, then of what matches the first of the tiers, then of
        what matches the next only.

        Those that come first are shown with the office they are found by.
        """
        limit, offset, lang, most = page
        first = list(captions)
        numbers = first[offset : offset + limit]
        total = len(first)
        seen = set(first)
        for tier in tiers:
            if total > most:
                break
            # Those seen are left out here: the engine would match the tiers before once more.
            among = self._numbers(f"({tier}){scope}", most + 1 + len(seen))
            found = [number for number in among if number not in seen]
            seen.update(found)
            skipped = max(0, offset - total)
            numbers += found[skipped : skipped + limit - len(numbers)]
            total += len(found)
        hits = [self._captioned(number, captions, lang) for number in numbers]
        return SearchPage(hits, min(total, most), truncated=total > most)

    def _captioned(self, number: int, captions: Mapping[int, offices.Caption], lang: str) -> Hit:
        """An entity, shown with the office it is found by if it is."""
        hit = self._hit(number, lang)
        french, english = captions.get(number, ("", ""))
        caption = english if lang == "en" else french
        return replace(hit, context=caption) if caption else hit

    def _numbers(self, match: str, limit: int) -> list[int]:
        """The first matches by rank: counted and cut here, as the engine would match twice."""
        rows = self._ask(
            "SELECT rowid FROM folded WHERE folded MATCH ? ORDER BY rowid LIMIT ?",
            (match, limit),
        )
        return [number for (number,) in rows]

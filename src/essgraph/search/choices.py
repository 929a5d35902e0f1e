"""The values of a facet that readers choose from, with what each would leave of a list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pyroaring import BitMap

from essgraph.errors import QueryError
from essgraph.search import matching, slots
from essgraph.search.facets import FACETS
from essgraph.search.fold import words
from essgraph.search.model import Facet, FacetValue
from essgraph.search.narrowing import Narrowed
from essgraph.search.rows import fold

Ask = Callable[[str, tuple[object, ...]], list[tuple[Any, ...]]]
"""Answers a statement of SQL with its values."""

_TREE = "territory"
"""The facet that is opened step by step: it has 36,000 values."""

_PEOPLE = 'kind : "person" OR kind : "organisation"'
"""What is no territory: most of what the text index has."""

_FEW = 5_000
"""Values of a facet that are looked at one by one for a text."""

_FEW_BELOW = 15
"""Values right below a chosen one that are all shown; of more only the best."""

_AT_ONCE = 500
"""Values asked for in one statement."""


class Choices:
    """The facets of one index, counted."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._tops: dict[str, list[str]] = {}

    def facet(
        self, found: Narrowed, name: str, chosen: Sequence[str], most: int, lang: str
    ) -> Facet:
        """The best values of a facet, and those chosen with all above them.

        Of the tree of territories, its top, and what is right below what is chosen and below
        the country.
        """
        below: Sequence[str] = ()
        if name == _TREE:
            told = list(dict.fromkeys(up for iri in chosen for up in self._line(iri)))
            tops = self._top(found.kind, name)
            opened = [*told, *(iri for iri in tops if "/country/" in iri)]
            levels = [tops, *(self._below(iri) for iri in dict.fromkeys(opened))]
            iris = dict.fromkeys(iri for level in levels for iri in level)
            below = [one for iri in chosen for one in self._below(iri)]
        else:
            told, iris = list(chosen), None
        return self._facet(found, name, iris, told, (0, most), lang, below=below)

    def more(
        self,
        found: Narrowed,
        name: str,
        text: str,
        parent: str | None,
        page: tuple[int, int],
        chosen: Sequence[str],
        lang: str,
    ) -> Facet:
        """A page of the values of a facet: whose label has the words of a text, below a parent.

        Shape: page: offset, limit.
        Raises: QueryError for a facet that there is not.
        """
        if name not in FACETS[found.kind]:
            raise QueryError(f"{name!r} is no facet of kind {found.kind!r}")
        iris: Iterable[str] | None = None
        sought = words(text)
        if parent is not None:
            iris = self._below(parent)
        elif sought and name == _TREE:
            named = self._named(found.kind, name, sought)
            facet = self._facet(found, name, named[:_FEW], (), page, lang)
            return replace(facet, truncated=len(named) > _FEW)
        elif name == _TREE:
            iris = self._top(found.kind, name)
            iris = [*iris, *(x for up in iris if "/country/" in up for x in self._below(up))]
        return self._facet(found, name, iris, () if sought else chosen, page, lang, sought)

    def rows(
        self, kind: str, facet: str, iris: Collection[str] | None = None
    ) -> Iterator[tuple[str, int, bytes]]:
        """Values of a facet with their amounts and bitmaps; all, or of these those that are."""
        columns = "SELECT value, amount, docs FROM posting WHERE kind = ? AND facet = ?"
        if iris is None:
            yield from self._ask(columns, (kind, facet))
            return
        told = list(iris)
        for start in range(0, len(told), _AT_ONCE):
            some = told[start : start + _AT_ONCE]
            yield from self._ask(f"{columns} AND value IN ({marks(some)})", (kind, facet, *some))

    def counted(
        self, found: Narrowed, but: str, rows: Iterable[tuple[str, int, bytes]]
    ) -> dict[str, int]:
        """How many entities each value has of what all parts leave but one, of rows of a facet."""
        numbers = found.numbers(but)
        if found.matches is None and not found.parts.keys() - {but}:
            return {value: amount for value, amount, _ in rows}
        if not numbers:
            return {value: 0 for value, _, _ in rows}
        if found.mandates == 1:
            return {
                value: numbers.intersection_cardinality(BitMap.deserialize(of_value))
                for value, _, of_value in rows
            }
        return {
            value: slots.amount(numbers & BitMap.deserialize(of_value))
            for value, _, of_value in rows
        }

    def _facet(
        self,
        found: Narrowed,
        name: str,
        iris: Iterable[str] | None,
        told: Sequence[str],
        page: tuple[int, int],
        lang: str,
        sought: Sequence[str] = (),
        below: Sequence[str] = (),
    ) -> Facet:
        """A page of values; on the first those told, and those below these if they are few."""
        some = None if iris is None else list(dict.fromkeys((*iris, *told)))
        rows = self.rows(found.kind, name, some)
        counts = self.counted(found, name, rows)
        wanted = {iri: n for iri, n in counts.items() if n} | {x: counts.get(x, 0) for x in told}
        few = [iri for iri in below if counts.get(iri)]
        kept = {*told, *(few if len(few) <= _FEW_BELOW else ())}
        offset, limit = page
        ordered = sorted(wanted, key=lambda iri: (-wanted[iri], iri))
        if not sought and len(ordered) > offset + limit:
            # Labels only of those that may be shown, and of those as many as the last.
            least = wanted[ordered[offset + limit - 1]]
            ordered = [iri for iri in ordered if wanted[iri] >= least or iri in kept]
        labels = self._labels(ordered, lang)
        if sought:
            ordered = [iri for iri in ordered if _begin(sought, labels[iri][0])]
            wanted = {iri: wanted[iri] for iri in ordered}
        ordered.sort(key=lambda iri: (-wanted[iri], fold(labels[iri][0]), iri))
        shown = ordered[offset : offset + limit]
        # What is chosen stands on the first page, wherever it belongs, and on no other.
        if offset:
            shown = [iri for iri in shown if iri not in told]
        else:
            shown += [iri for iri in ordered[limit:] if iri in kept]
        parents = self._parents(shown)
        values = tuple(
            FacetValue(iri, *labels[iri], wanted[iri], parents.get(iri, "")) for iri in shown
        )
        return Facet(name, values, len(wanted))

    def _labels(self, iris: Sequence[str], lang: str) -> dict[str, tuple[str, str]]:
        found = {iri: (iri.replace("#", "/").rpartition("/")[2], "") for iri in iris}
        for start in range(0, len(iris), _AT_ONCE):
            some = iris[start : start + _AT_ONCE]
            rows = self._ask(
                f"SELECT iri, fr, en, other FROM value WHERE iri IN ({marks(some)})",  # noqa: S608 - only marks
                tuple(some),
            )
            for iri, *labels in rows:
                choices = list(zip(labels, ("fr", "en", ""), strict=True))
                if lang == "en":
                    choices[:2] = choices[1::-1]
                found[iri] = next(((x, y) for x, y in choices if x), found[iri])
        return found

    def _parents(self, iris: Sequence[str]) -> dict[str, str]:
        rows = self._ask(
            f"SELECT value, parent FROM above WHERE at = 0 AND value IN ({marks(iris)})",  # noqa: S608 - only marks
            tuple(iris),
        )
        return dict(rows)

    def _line(self, iri: str) -> list[str]:
        """A value and those that it is shown under."""
        line = [iri]
        for one in line:
            line += [up for up in self._parents([one]).values() if up not in line]
        return line

    def _below(self, iri: str) -> list[str]:
        rows = self._ask("SELECT value FROM above WHERE parent = ? ORDER BY value", (iri,))
        return [value for (value,) in rows]

    def _top(self, kind: str, facet: str) -> list[str]:
        if kind not in self._tops:
            rows = self._ask(
                "SELECT value FROM posting WHERE kind = ? AND facet = ?"
                " AND NOT EXISTS (SELECT 1 FROM above WHERE above.value = posting.value)",
                (kind, facet),
            )
            self._tops[kind] = [value for (value,) in rows]
        return self._tops[kind]

    def _named(self, kind: str, facet: str, sought: Sequence[str]) -> list[str]:
        """The values of a facet whose label has these words, one more than are looked at."""
        rows = self._ask(
            "SELECT iri FROM folded JOIN entity ON entity.id = folded.rowid"
            " WHERE folded MATCH ? AND EXISTS (SELECT 1 FROM posting"
            " WHERE posting.kind = ? AND facet = ? AND value = iri)"
            " ORDER BY folded.rowid LIMIT ?",
            (
                f"({matching.every(matching.NAME, sought[: matching.MAX_WORDS])}) NOT ({_PEOPLE})",
                kind,
                facet,
                _FEW + 1,
            ),
        )
        return [iri for (iri,) in rows]


def _begin(sought: Sequence[str], label: str) -> bool:
    told = words(label)
    return all(any(word.startswith(one) for word in told) for one in sought)


def marks(some: Collection[object]) -> str:
    """As many marks of SQL as there are values."""
    return ", ".join("?" * len(some))

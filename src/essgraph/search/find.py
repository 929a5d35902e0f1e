"""Look-up in the text index."""

from __future__ import annotations

from pathlib import Path

from essgraph.errors import NotExplorable, NotFound
from essgraph.search import council, matching, spots
from essgraph.search.council import Seat
from essgraph.search.explore import Explorer, Sort
from essgraph.search.facets import FACETS
from essgraph.search.file import IndexFile
from essgraph.search.matching import Sought
from essgraph.search.model import (
    ClassCount,
    ClassPage,
    ExplorePage,
    Facet,
    Hit,
    PlacePage,
    SearchPage,
    Selection,
)
from essgraph.search.narrowing import Narrowed
from essgraph.search.searching import Searcher
from essgraph.search.whole import Whole
from essgraph.vocab import Names

MAX_TOTAL = 1_000
"""Matches are counted up to here; beyond, `truncated` says that there are more."""

_ENTITY = (
    "SELECT entity.iri, entity.fr, entity.en, entity.other, class.iri, class.fr, class.en,"
    " context_fr, context_en FROM entity LEFT JOIN class ON class.id = entity.class"
)


class SearchIndex:
    """The index of one release. Safe between threads: each has its own connection."""

    def __init__(self, path: Path) -> None:
        self._file = IndexFile(path)
        self._rows = self._file.rows
        self._rows("SELECT count(*) FROM class", ())
        columns = {row[1] for row in self._rows("PRAGMA table_info(folded)", ())}
        # A release rolled back to may be older than the column.
        self._anywhere = matching.AROUND if "around" in columns else matching.NAME
        self._searcher = Searcher(self._rows, self._anywhere, self._hit)
        self._exploring: Explorer | None = None
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
        that stand alone beside words. Where nothing holds every word, what holds them once
        misspelt ones are mended (`SearchPage.corrected`), else what holds most of them
        (`SearchPage.partial`). `kind` is that of the IRI (`commune`, `initiative`, `scheme`).
        Raises: StoreUnavailable.
        """
        return self._searcher.search(text, kind, limit, offset, lang, MAX_TOTAL)

    def suggest(
        self, text: str, *, kind: str | None = None, limit: int = 8, lang: str = "fr"
    ) -> SearchPage:
        """The best of what `find` finds, for a reader who is still typing: first what begins so.

        Shape: `total` is what is shown, and `truncated` says that there is more.
        Raises: StoreUnavailable.
        """
        return self._searcher.search(text, kind, limit, 0, lang, limit, typing=True)

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

    def explore(
        self,
        selection: Selection,
        *,
        sort: Sort = "best",
        limit: int = 20,
        offset: int = 0,
        lang: str = "fr",
        most: int = 12,
    ) -> ExplorePage:
        """A page of a selection, with the best values of each facet and the years.

        Raises: QueryError for a kind or facet that there is not; StoreUnavailable, also for the
        index of a release made before there were facets.
        """
        explorer = self._explorer()
        found, corrected = self._narrowed(selection)
        numbers = explorer.numbers(found, sort, offset, limit, lang)
        facets = tuple(
            explorer.choices.facet(found, name, selection.chosen.get(name, ()), most, lang)
            for name in FACETS[selection.kind]
        )
        truncated = found.matches is not None and found.matches.truncated
        return ExplorePage(
            [self._hit(number, lang) for number in numbers],
            len(found.docs()),
            facets,
            explorer.years(found),
            corrected,
            truncated,
        )

    def facet(
        self,
        selection: Selection,
        name: str,
        *,
        text: str = "",
        parent: str | None = None,
        limit: int = 100,
        offset: int = 0,
        lang: str = "fr",
    ) -> Facet:
        """A page of the values of one facet: with a label that has these words, below a parent.

        Without either, of the tree of territories its upper levels.
        Raises: QueryError for a kind or facet that there is not; StoreUnavailable.
        """
        explorer = self._explorer()
        found, _ = self._narrowed(selection)
        chosen = selection.chosen.get(name, ())
        return explorer.choices.more(found, name, text, parent, (offset, limit), chosen, lang)

    def chosen(
        self,
        selection: Selection,
        *,
        sort: Sort = "best",
        limit: int = 1_000,
        offset: int = 0,
        lang: str = "fr",
    ) -> list[str]:
        """The IRIs of a selection, in the order that its pages have.

        Raises: QueryError for a kind or facet that there is not; StoreUnavailable.
        """
        explorer = self._explorer()
        found, _ = self._narrowed(selection)
        return list(explorer.iris(explorer.numbers(found, sort, offset, limit, lang)))

    def whole(self, selection: Selection) -> Whole:
        """All of a selection, some at a time.

        Raises: QueryError for a kind or facet that there is not; StoreUnavailable.
        """
        return Whole(self._explorer(), self._narrowed(selection)[0])

    def amount(self, selection: Selection) -> int:
        """How many entities a selection has.

        Raises: QueryError for a kind or facet that there is not; StoreUnavailable.
        """
        found = self._explorer().narrowed(selection, Sought.of(selection.text))
        return len(found.docs())

    def places(self, selection: Selection, *, limit: int = 2_000, lang: str = "fr") -> PlacePage:
        """The points of a selection, those of the best entities; people have none.

        Raises: QueryError for a kind or facet that there is not; StoreUnavailable.
        """
        explorer = self._explorer()
        found, _ = self._narrowed(selection)
        total = len(found.docs())
        if selection.kind not in spots.KINDS:
            return PlacePage([], total, truncated=False)
        numbers = explorer.numbers(found, "best", 0, total, lang)
        places = explorer.places(numbers, limit, lang)
        return PlacePage(places[:limit], total, truncated=len(places) > limit)

    def explorable(self) -> bool:
        """Whether there are facets: not in a release made before there were."""
        return self._exploring is not None or bool(self._rows("PRAGMA table_info(posting)", ()))

    def close(self) -> None:
        """Close the connections of all threads."""
        self._file.close()

    def _narrowed(self, selection: Selection) -> tuple[Narrowed, str]:
        """A selection worked out, and the text sought instead of a misspelt one, else ""."""
        explorer = self._explorer()
        sought = Sought.of(selection.text)
        found = explorer.narrowed(selection, sought)
        if found.matches is not None and not found.matches.all:
            mended = self._searcher.mended(sought)
            if mended is not None:
                again = explorer.narrowed(selection, mended)
                if again.matches is not None and again.matches.all:
                    return again, " ".join(mended.all)
        return found, ""

    def _explorer(self) -> Explorer:
        if self._exploring is None:
            if not self.explorable():
                raise NotExplorable("this release was made before lists could be narrowed")
            self._exploring = Explorer(self._rows, self._anywhere)
        return self._exploring

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

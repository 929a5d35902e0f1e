"""A whole selection, some of it at a time: what is downloaded has no pages."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from essgraph.search import spots
from essgraph.search.explore import Explorer, Sort
from essgraph.search.model import Place
from essgraph.search.narrowing import Narrowed


@dataclass(frozen=True)
class Whole:
    """A selection worked out, to be gone through once or again."""

    explorer: Explorer
    found: Narrowed

    @property
    def truncated(self) -> bool:
        """Whether its words match more than is counted."""
        return self.found.matches is not None and self.found.matches.truncated

    def iris(self, sort: Sort = "best", size: int = 500, lang: str = "fr") -> Iterator[list[str]]:
        """The IRIs in the order of the pages, `size` at a time.

        Raises: StoreUnavailable.
        """
        for some in self._numbers(sort, size, lang):
            yield list(self.explorer.iris(some))

    def places(self, size: int = 500, lang: str = "fr") -> Iterator[list[Place]]:
        """The points, those of `size` entities at a time; people have none.

        Raises: StoreUnavailable.
        """
        if self.found.kind in spots.KINDS:
            for some in self._numbers("best", size, lang):
                yield self.explorer.places(some, sys.maxsize, lang)

    @property
    def amount_of_places(self) -> int:
        """How many points there are.

        Raises: StoreUnavailable.
        """
        if self.found.kind not in spots.KINDS:
            return 0
        numbered = self._numbers("best", sys.maxsize, "fr")
        return sum(self.explorer.amount_of_places(some) for some in numbered)

    def _numbers(self, sort: Sort, size: int, lang: str) -> Iterator[array[int]]:
        most = len(self.found.docs())
        # Eight bytes a number: a list of half a million would take five times that.
        numbers = array("Q", self.explorer.numbers(self.found, sort, 0, most, lang))
        for start in range(0, len(numbers), size):
            yield numbers[start : start + size]

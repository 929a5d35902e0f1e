"""A selection worked out: what each of its parts leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyroaring import BitMap

from essgraph.search import slots


@dataclass(frozen=True)
class Matches:
    """What matches a text: those that match best first, then those that match only less well."""

    tiers: tuple[BitMap, ...]
    all: BitMap
    truncated: bool = False

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return _OVERHEAD + 4 * len(self.all) * 2


_OVERHEAD = 1_000
"""Bytes of the smallest."""


@dataclass(frozen=True)
class Narrowed:
    """What each part of a selection leaves, and what all of them do.

    Shape: whole, matches: of entities; parts: of their mandates (slots.py), of which an entity
    has so many at most.
    """

    kind: str
    whole: BitMap
    matches: Matches | None
    parts: Mapping[str, BitMap]
    mandates: int = 1

    def docs(self, but: str = "") -> BitMap:
        """The entities that all parts leave, but for one."""
        others = [part for name, part in self.parts.items() if name != but]
        docs = self.whole if self.matches is None else self.whole & self.matches.all
        if not others:
            return docs
        return slots.holders(BitMap.intersection(*others)) & docs

    def numbers(self, but: str = "") -> BitMap:
        """The mandates of which all parts hold, but for one."""
        docs = self.whole if self.matches is None else self.whole & self.matches.all
        others = [part for name, part in self.parts.items() if name != but]
        return BitMap.intersection(slots.spread(docs, self.mandates), *others)

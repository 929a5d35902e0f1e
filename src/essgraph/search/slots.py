"""The mandates of people in bitmaps, so that what is chosen holds of one of them.

Whoever is mayor of one commune and sits in a council elsewhere is no mayor of what that council
governs. A bitmap of a person's facet therefore has a number for each mandate: that of the person
in the first of 32 equal parts of each half of the numbers, and those of the next mandates in the
parts after it. Other entities have a number in the first part alone.
"""

from __future__ import annotations

from pyroaring import BitMap

_BITS = 26
_PART = 1 << _BITS

SLOTS = 32
"""Mandates of one person that are told apart; all beyond are taken for one."""

_HALF = SLOTS << _BITS
_FIRST = BitMap(range(_PART)) | BitMap(range(_HALF, _HALF + _PART))


def slot(doc: int, at: int) -> int:
    """The number of an entity's mandate, counted from 0."""
    return doc + (min(at, SLOTS - 1) << _BITS)


def holders(numbers: BitMap) -> BitMap:
    """The entities of the numbers of mandates."""
    rest = numbers - _FIRST
    if not rest:
        return numbers
    found = numbers & _FIRST
    while rest:
        rest = rest.shift(-_PART)
        found |= rest & _FIRST
        rest -= _FIRST
    return found


def amount(numbers: BitMap) -> int:
    """How many entities the numbers of mandates are of."""
    return len(holders(numbers))


def most(numbers: BitMap) -> int:
    """How many mandates an entity of these has at most, but one at least."""
    found, rest = 1, numbers - _FIRST
    while rest:
        found += 1
        rest = rest.shift(-_PART) - _FIRST
    return found


def spread(docs: BitMap, mandates: int) -> BitMap:
    """The numbers of so many mandates of each of some entities."""
    return BitMap.union(*(docs.shift(at << _BITS) for at in range(mandates)))

"""Folding of text for search: what a reader types equals what is written."""

from __future__ import annotations

import re
import unicodedata

ABBREVIATIONS = {"st": "saint", "ste": "sainte"}
"""As typed -> as written in the names of communes."""

SMALL = frozenset(("d", "de", "des", "du", "l", "la", "le", "les", "of", "the"))
"""Words that help but do not have to match."""

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")


def words(text: str) -> list[str]:
    """The words of a text without accents, case, ligatures, hyphens or apostrophes.

    Shape: "L’Haÿ-les-Roses" -> ["l", "hay", "les", "roses"].
    """
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return _WORD.findall(bare.casefold())


def same(text: str, other: str) -> bool:
    """Whether two texts have the same words, small ones and abbreviations aside."""
    first, second = (
        [ABBREVIATIONS.get(word, word) for word in words(one) if word not in SMALL]
        for one in (text, other)
    )
    return first == second

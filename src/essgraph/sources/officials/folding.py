"""Names compared whatever their spelling: what a register prints in capitals is one name."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_WORD = re.compile(r"[^\W_]+")


def plain(name: str) -> str:
    """A name without accents, case or ligatures."""
    name = name.casefold().translate(_LIGATURES)
    if name.isascii():
        return name
    letters = unicodedata.normalize("NFKD", name)
    return "".join(c for c in letters if not unicodedata.combining(c))


def fold(name: str) -> str:
    """A name without accents, case, ligatures, hyphens or apostrophes.

    Shape: "D’Hérécourt-Le Goff" -> "d herecourt le goff".
    """
    return " ".join(_WORD.findall(plain(name).casefold()))


class Folding(dict[str, str]):
    """Name -> `fold` of it, worked out once: half a million people share few names."""

    def __missing__(self, name: str) -> str:
        folded = self[name] = fold(name)
        return folded

"""Names compared whatever their spelling: what a register prints in capitals is one name."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_WORD = re.compile(r"[^\W_]+")


def fold(name: str) -> str:
    """A name without accents, case, ligatures, hyphens or apostrophes.

    Shape: "D’Hérécourt-Le Goff" -> "d herecourt le goff".
    """
    if not name.isascii():
        plain = unicodedata.normalize("NFKD", name.casefold().translate(_LIGATURES))
        name = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_WORD.findall(name.casefold()))


class Folding(dict[str, str]):
    """Name -> `fold` of it, worked out once: half a million people share few names."""

    def __missing__(self, name: str) -> str:
        folded = self[name] = fold(name)
        return folded

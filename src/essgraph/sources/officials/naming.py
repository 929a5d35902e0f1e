"""Names of officials: ordinary case from capitals, and the part of an IRI that a name makes.

The register prints family names in capitals, and accents with them. Every word takes one
capital, as in the names that the two assemblies print themselves ("Le Pen", "Da Conceicao
Carvalho", "de La Gontrie"), but for the words below. What is lost in capitals stays lost:
"MCDONALD" becomes "Mcdonald". A name that is not all capitals is kept letter for letter.
"""

from __future__ import annotations

import re

from essgraph.sources.officials.folding import plain

_SMALL = frozenset({"de", "dit", "dite", "née", "nee", "épouse", "epouse", "ép", "ep", "veuve"})
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ELIDED = frozenset({"dall", "dell", "sant"})  # "Dall’Agnol"; but "Prud’homme", "Le Floc’h"
_NOT_OF_NAMES = re.compile(r"[\d;|\"\\<>\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BEFORE_MARK = re.compile(r" (?=[!?:;%»])|(?<=«) ")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def ordinary(name: str) -> str:
    """The name in ordinary case, blanks single, apostrophes typographic.

    Shape: "D'HÉRÉCOURT-LE GOFF" -> "d’Hérécourt-Le Goff".
    """
    name = " ".join(name.replace("'", "’").split())
    if name != name.upper():
        return name
    return _WORD.sub(_word, name)


def is_name(text: str) -> bool:
    """Whether it can be a name: some Latin letter, and no digit, separator or line break.

    What the cells of a damaged row have run into, a birth date among it, is none.
    """
    return bool(slug(text)) and not _NOT_OF_NAMES.search(text)


def typographic(name: str) -> str:
    """The name of a party or group, apostrophes typographic, marks after no-break spaces."""
    return _BEFORE_MARK.sub("\u00a0", name.replace("'", "’"))


def slug(name: str) -> str:
    """The name in a-z, 0-9 and hyphens; empty for one that has no Latin letter."""
    return _NOT_SLUG.sub("-", plain(name)).strip("-")


def _word(found: re.Match[str]) -> str:
    first, *rest = found.group().lower().split("’")
    if not rest:
        return first if first in _SMALL else first.capitalize()
    if first == "d":
        return "’".join([first, *(part.capitalize() for part in rest)])
    if len(first) == 1 or first in _ELIDED:
        rest = [part.capitalize() for part in rest]
    return "’".join([first.capitalize(), *rest])

"""A search for whoever holds an office in a place: "mairie de Guillestre", "maire du Havre"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from essgraph.search.council import FIELDS
from essgraph.search.fold import ABBREVIATIONS, SMALL, words

Ask = Callable[[str, tuple[object, ...]], list[tuple[Any, ...]]]
"""Answers a statement of SQL with its values."""

TOWN_HALL = "mairie"

_MAYOR = frozenset(("maire", "mairesse", "mayor", TOWN_HALL))
"""How such a search begins."""

_ROLE = "maire"
_JOINING = SMALL | {"of", "the"}

_MOST = 200
"""Looked at for a place of exactly the name sought: those with longer names match too."""

_COUNCILS = 20
"""Councils read at most of communes that share a name."""


def named(ask: Ask, sought: Sequence[str], scope: str) -> list[int]:
    """Of a place of that very name: the commune and its authority if its town hall is sought,
    and whoever the register says is its mayor.

    Shape: numbers of entities, the best first; `scope` is a condition on the kind, or empty.
    """
    place = [ABBREVIATIONS.get(word, word) for word in sought[1:] if word not in _JOINING]
    if not place or sought[0] not in _MAYOR:
        return []
    found: list[int] = []
    if sought[0] == TOWN_HALL:
        found += (number for number, _ in _called(ask, "commune", place, scope))
        found += (number for number, _ in _called(ask, "organisation", ["commune", *place], scope))
    found += sorted(_mayors(ask, place, scope))
    return list(dict.fromkeys(found))


def _mayors(ask: Ask, place: Sequence[str], scope: str) -> Iterator[int]:
    """By the councils rather than by what people are shown with: some preside elsewhere too."""
    if not ask("PRAGMA table_info(council)", ()):
        return
    for _, authority in _called(ask, "organisation", ["commune", *place], "")[:_COUNCILS]:
        for (officials,) in ask("SELECT officials FROM council WHERE body = ?", (authority,)):
            for line in officials.split("\n"):
                fields = line.split("\t")  # as council.py writes them
                if len(fields) == FIELDS and fields[2] == _ROLE:
                    yield from _person(ask, fields[0], fields[5], scope)


def _person(ask: Ask, key: str, name: str, scope: str) -> list[int]:
    rows = ask(
        "SELECT entity.id, iri FROM folded JOIN entity ON entity.id = folded.rowid"
        " WHERE folded MATCH ?",
        (f'exact : "{"".join(words(name))}" AND kind : "person"{scope}',),
    )
    return [number for number, iri in rows if iri.endswith(f"/id/person/{key}")]


def _called(ask: Ask, kind: str, sought: Sequence[str], scope: str) -> list[tuple[int, str]]:
    """Entities of a kind whose label has these words and no others that tell: number, IRI."""
    every = " AND ".join(f'words : "{word}"' for word in sought)
    rows = ask(
        "SELECT entity.id, iri, fr, en, other FROM folded JOIN entity ON entity.id = folded.rowid"
        " WHERE folded MATCH ? ORDER BY folded.rowid LIMIT ?",
        (f'({every}) AND kind : "{kind}"{scope}', _MOST),
    )
    return [
        (number, iri)
        for number, iri, *labels in rows
        if any(_telling(text) == sought for text in labels if text)
    ]


def _telling(text: str) -> list[str]:
    return [word for word in words(text) if word not in _JOINING]

"""Conditions of the text index for what a reader types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from essgraph.search.fold import ABBREVIATIONS, SMALL, words

MAX_WORDS = 12
"""Words of a search that count; the rest is not looked at."""

_LETTERS = 2
"""Letters alone that are looked up where nothing else is asked: each has a long list."""

NAME = "words"
AROUND = "{words around}"


@dataclass(frozen=True)
class Sought:
    """The words of a text: all, those that tell something, those that have to match.

    Articles do not have to match, nor letters that stand alone beside words.
    """

    all: Sequence[str]
    told: Sequence[str]
    needed: Sequence[str]

    @classmethod
    def of(cls, text: str) -> Sought:
        """What is sought by a text; nothing, by one without a word."""
        return cls.of_words(words(text))

    @classmethod
    def of_words(cls, found: Sequence[str]) -> Sought:
        """What is sought by words, folded."""
        sought = found[:MAX_WORDS]
        told = [word for word in sought if len(word) > 1 or word.isdecimal()] or sought[:_LETTERS]
        return cls(sought, told, [word for word in told if word not in SMALL] or told)

    def tiers(self, anywhere: str) -> list[str]:
        """What matches best first: the text itself, all words of a name, all but the small ones,
        and these with the help of what is around it.
        """
        whole = [ABBREVIATIONS.get(word, word) for word in self.all]
        same = exact("".join(some) for some in (self.all, whole, self.told))
        last = [every(NAME, self.told), every(NAME, self.needed), every(anywhere, self.needed)]
        return list(dict.fromkeys([same, *last]))


def begun(sought: Sequence[str]) -> str:
    """A label or code begins with this text, written without spaces."""
    return f'exact : "{"".join(sought)}"*'


def exact(texts: Iterable[str]) -> str:
    """A label or code is exactly one of these, written without spaces."""
    return " OR ".join(f'exact : "{text}"' for text in dict.fromkeys(texts))


def every(columns: str, sought: Iterable[str]) -> str:
    """Each of these begins a word."""
    return " AND ".join(prefix(columns, word) for word in sought)


def any_of(columns: str, choices: Iterable[Iterable[str]]) -> str:
    """All words of one of these choices begin a word."""
    return " OR ".join(f"({every(columns, chosen)})" for chosen in choices)


def prefix(columns: str, word: str) -> str:
    """This begins a word; an abbreviation also stands for the whole word."""
    forms = dict.fromkeys((word, ABBREVIATIONS.get(word, word)))
    conditions = (f'{columns} : "{form}"*' for form in forms)
    return f"({' OR '.join(conditions)})"

"""Look-ups: queries that are over so soon that they are evaluated between two requests.

A look-up asks one or two things of one named subject, or of the few things that one named fact
leads to. Whether they are few is asked of the store, which costs less than the query; what one
property may still multiply ends with the answer's length (`evaluating.evaluate_short`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from essgraph.store.embedded import EmbeddedStore
from essgraph.web.wording import LONGEST

FEW = 32
"""The most things that a look-up may lead to."""

_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

# Possessive, as the engine reads tokens: taken one way only, a text costs its length.
_NAME = r"[A-Za-z][A-Za-z0-9_]*+:[A-Za-z0-9_%-]*+"  # no blank node, which stands for anything
_IRI = r'<[^<>"{}|^`\\\x00-\x20]*+>'
_VARIABLE = r"[?$][A-Za-z0-9_]++"
_LITERAL = r'"[^"\\\r\n]*+"(?:@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)?+'
_TERM = rf"(?:{_IRI}|{_NAME}|{_LITERAL})"
_OBJECT = rf"(?:{_TERM}|{_VARIABLE})"
_PAIR = rf"(?:{_IRI}|{_NAME}|a|{_VARIABLE}) ?{_OBJECT}"
_FIXED = rf"(?:{_IRI}|{_NAME}|a) ?{_OBJECT}"
_PREFIX = re.compile(rf"PREFIX ({_NAME}) ?({_IRI}) ?", re.IGNORECASE)
_BEGIN = (
    rf"(?P<prefixes>(?:PREFIX {_NAME} ?{_IRI} ?)*+)"
    rf"(?:SELECT ?(?:\*|{_VARIABLE}(?: {_VARIABLE})*)|ASK) ?(?:WHERE ?)?\{{ ?"
)
_END = r" ?\.? ?\}(?: ?LIMIT [0-9]+)?"
_OF_SUBJECT = re.compile(
    rf"{_BEGIN}(?:{_IRI}|{_NAME}) ?(?:{_PAIR}(?: ?; ?{_FIXED})?|{_FIXED} ?; ?{_PAIR}){_END}",
    re.IGNORECASE,
)
_TO_SUBJECTS = re.compile(
    rf"{_BEGIN}(?P<of>{_VARIABLE}) ?(?P<verb>{_IRI}|{_NAME}|a) ?(?P<value>{_TERM})"
    rf"(?: ?(?:;|\. ?(?P=of)) ?{_FIXED})?{_END}",
    re.IGNORECASE,
)
_TO_VALUES = re.compile(
    rf"{_BEGIN}(?P<of>{_IRI}|{_NAME}) ?(?P<verb>{_IRI}|{_NAME}|a) ?(?P<value>{_VARIABLE}) ?"
    rf"\. ?(?P=value) ?{_FIXED}{_END}",
    re.IGNORECASE,
)


def is_look_up(text: str, store: EmbeddedStore) -> bool:
    """Whether a canonical query costs no more than the facts of one thing, or of a few."""
    if len(text) > LONGEST:
        return False
    if _OF_SUBJECT.fullmatch(text):
        return True
    found = _TO_SUBJECTS.fullmatch(text) or _TO_VALUES.fullmatch(text)
    if found is None:
        return False
    try:
        prefixes = _prefixes(found["prefixes"])
        subject, verb = _node(found["of"], prefixes), _node(found["verb"], prefixes)
        value = _term(found["value"], prefixes)
    except (KeyError, ValueError):  # the engine will say what is wrong with it
        return False
    return store.few((subject, verb, value), most=FEW)


def _prefixes(text: str) -> dict[str, str]:
    """Raises: ValueError for one that is declared twice, which engines may read in two ways."""
    found: dict[str, str] = {}
    for name, iri in _PREFIX.findall(text):
        if name in found:
            raise ValueError(name)
        found[name] = iri[1:-1]
    return found


def _term(word: str, prefixes: Mapping[str, str]) -> NamedNode | Literal | None:
    """A term of a query; None for a variable. Raises: as `_node`."""
    if word[0] != '"':
        return _node(word, prefixes)
    written, _, language = word[1:].rpartition('"')
    return Literal(written, language=language[1:] or None)


def _node(word: str, prefixes: Mapping[str, str]) -> NamedNode | None:
    """Raises: KeyError for an unknown prefix; ValueError for an IRI that is relative."""
    if word[0] in "?$":
        return None
    if word[0] == "<":
        return NamedNode(word[1:-1])
    if word == "a":
        return _TYPE
    name, _, local = word.partition(":")
    return NamedNode(prefixes[f"{name}:"] + local)

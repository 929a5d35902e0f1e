"""How a query is worded: what tells two wordings of one query from two queries.

Texts that differ in blanks and comments are one query; texts that differ in their IRIs and
strings only have one shape, and queries of one shape tend to take as long.
"""

from __future__ import annotations

import re

_ATOMS = (
    r"'''(?:'{0,2}(?:[^'\\]|\\.))*+'''"
    r'|"""(?:"{0,2}(?:[^"\\]|\\.))*+"""'
    r"|'(?:[^'\\\r\n]|\\.)*+'"
    r'|"(?:[^"\\\r\n]|\\.)*+"'
    r'|<[^<>"{}|^`\x00-\x20]*+>'
)
_BLANKS = re.compile(rf"({_ATOMS}|\\.)|(?:#[^\r\n]*+|[ \t\r\n]++)++|(['\"])", re.DOTALL)
# In `1 <2#x>` the engine finds a comment, in `?s <urn:a#b>` an IRI; only `//` tells for sure.
_UNSURE = re.compile(
    r'<(?![A-Za-z][A-Za-z0-9+.-]*://)[^<>"{}|^`\x00-\x20#]*+#[^<>"{}|^`\x00-\x20]*+>'
)
# The last alternative keeps the search linear: no quote behind a backslash begins a string.
_CONSTANTS = re.compile(rf"{_ATOMS}|\\.", re.DOTALL)

# Possessive, as the engine reads tokens: taken one way only, a text costs its length.
_NAME = r"[A-Za-z][A-Za-z0-9_]*+:[A-Za-z0-9_%-]*+"  # no blank node, which stands for anything
_IRI = r'<[^<>"{}|^`\\\x00-\x20]*+>'
_VARIABLE = r"[?$][A-Za-z0-9_]++"
_LITERAL = r'"[^"\\\r\n]*+"(?:@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)?+'
_OBJECT = rf"(?:{_IRI}|{_NAME}|{_VARIABLE}|{_LITERAL})"
_PAIR = rf"(?:{_IRI}|{_NAME}|a|{_VARIABLE}) ?{_OBJECT}"
_FIXED = rf"(?:{_IRI}|{_NAME}|a) ?{_OBJECT}"
_LOOK_UP = re.compile(
    rf"(?:PREFIX {_NAME} ?{_IRI} ?)*+"
    rf"(?:SELECT ?(?:\*|{_VARIABLE}(?: {_VARIABLE})*)|ASK) ?(?:WHERE ?)?"
    rf"\{{ ?(?:{_IRI}|{_NAME}) ?(?:{_PAIR} ?(?:; ?{_FIXED} ?)?|{_FIXED} ?; ?{_PAIR} ?)\.? ?\}}"
    r"(?: ?LIMIT [0-9]+)?",
    re.IGNORECASE,
)


_LONGEST = 16_384
"""Characters of a query that is looked into: more would hold up others."""


def canonical(text: str) -> str:
    """The query without its comments, every run of blanks one space.

    Texts that the engine may read in two ways, or not at all, come back as they are.
    """
    if len(text) > _LONGEST or _UNSURE.search(text):
        return text
    try:
        return _BLANKS.sub(_kept, text).strip(" ")
    except _Open:
        return text


def shape(text: str) -> str:
    """A canonical query without its IRIs and strings; numbers stay, a LIMIT is one."""
    return text if len(text) > _LONGEST else _CONSTANTS.sub("_", text)


def looks_up(text: str) -> bool:
    """Whether a canonical query asks one or two things of one named subject, and no more.

    Its cost is bounded: the facts of that subject, times those of one property of it.
    """
    return len(text) <= _LONGEST and _LOOK_UP.fullmatch(text) is not None


class _Open(Exception):  # not an error: ends a substitution
    """A string is opened and not closed: what is a blank cannot be told."""


def _kept(match: re.Match[str]) -> str:
    if match[2]:
        raise _Open
    return match[1] or " "

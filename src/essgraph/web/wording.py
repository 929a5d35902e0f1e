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
# Nothing to change: seen sooner than by looking at each blank.
_PLAIN = re.compile(r"""(?:[^#'"\\<\s]++|<[^<>"{}|^`\x00-\x20]*+>|"[^"\\\r\n]*+"| (?! )|<)*+""")
# In `1 <2#x>` the engine finds a comment, in `?s <urn:a#b>` an IRI; only `//` tells for sure.
_UNSURE = re.compile(
    r'<(?![A-Za-z][A-Za-z0-9+.-]*://)[^<>"{}|^`\x00-\x20#]*+#[^<>"{}|^`\x00-\x20]*+>'
)
# The last alternative keeps the search linear: no quote behind a backslash begins a string.
_CONSTANTS = re.compile(rf"{_ATOMS}|\\.", re.DOTALL)

LONGEST = 16_384
"""Characters of a query that is looked into: more would hold up others."""


def canonical(text: str) -> str:
    """The query without its comments, every run of blanks one space.

    Texts that the engine may read in two ways, or not at all, come back as they are.
    """
    if len(text) > LONGEST or _UNSURE.search(text):
        return text
    if _PLAIN.fullmatch(text):
        return text.strip(" ")
    try:
        return _BLANKS.sub(_kept, text).strip(" ")
    except _Open:
        return text


def shape(text: str) -> str:
    """A canonical query without its IRIs and strings; numbers stay, a LIMIT is one."""
    return text if len(text) > LONGEST else _CONSTANTS.sub("_", text)


class _Open(Exception):  # not an error: ends a substitution
    """A string is opened and not closed: what is a blank cannot be told."""


def _kept(match: re.Match[str]) -> str:
    if match[2]:
        raise _Open
    return match[1] or " "

"""A text of SPARQL cut into tokens, where the engine would cut it.

The engine's parser has no tokens of its own: it knows no word boundary (`1SERVICE <iri> {}`
runs a SERVICE), and when one reading of a place fails it tries another. Both are seen to here
and in `calls`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essgraph.errors import QueryError

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\r\n]*)
    | (?P<string>'''(?:'{0,2}(?:[^'\\]|\\.))*''' | \"""(?:"{0,2}(?:[^"\\]|\\.))*\"""
        | '(?:[^'\\\r\n]|\\.)*' | "(?:[^"\\\r\n]|\\.)*")
    | (?P<iri><[^<>"{}|^`\x00-\x20]*>)
    | (?P<variable>[?$]CHAR+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>(?P<prefix>(?:CHAR(?:CHAR|[.-])*)?):
        (?:(?:CHAR|:|PERCENT|ESCAPE)(?:CHAR|[:-]|PERCENT|ESCAPE)*)?)
    | (?P<word>CHAR(?:CHAR|[.-])*)
    | (?P<space>\s+)
    | (?P<open>['"])
    | (?P<other>.)
    """
    # A word takes its dots, and a quote left open ends the search: else a hostile text would
    # be read again from each of them, in quadratic time.
    # Wider than the grammar beyond ASCII: there the engine knows no token at all. Narrower
    # for dots in local names: `a:.SERVICE:p {}` runs a SERVICE.
    .replace("CHAR", "[0-9A-Za-z_\u0080-\U0010ffff]")
    .replace("PERCENT", "%[0-9A-Fa-f]{2}")
    .replace("ESCAPE", r"\\[_~.\-!$&'()*+,;=/?\#@%]"),
    re.VERBOSE | re.DOTALL,
)
# Possessive, or a bad escape at the end of a string would take exponential time.
_ESCAPES = re.compile(
    r"""(?:[^\\]++
    | \\[tbnrf"'\\]
    | \\u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}
    | \\U(?:0000(?![Dd][89A-Fa-f])|000[1-9A-Fa-f]|0010)[0-9A-Fa-f]{4})*+""",
    re.VERBOSE,
)


def tokens(text: str) -> Iterator[re.Match[str]]:
    """The tokens of a query or an update; the kind of each is its `lastgroup`.

    Raises: QueryError for a string that is not closed, or with an escape that SPARQL lacks.
    """
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "open":
            raise QueryError(
                f"line {line_at(text, token.start())}: a string is opened and not closed"
            )
        # The engine tries a long string with a bad escape again as an empty one before a short
        # one: `'''a' } SERVICE <iri> {} #\q'''` runs a SERVICE.
        if token.lastgroup == "string" and "\\" in token[0] and not _ESCAPES.fullmatch(token[0]):
            raise QueryError(
                f"line {line_at(text, token.start())}: {token[0][:80]!r}: a string with a "
                "backslash that begins none of SPARQL's escapes"
            )
        yield token


def line_at(text: str, place: int) -> int:
    """The number of the line that a place is on."""
    return text.count("\n", 0, place) + 1

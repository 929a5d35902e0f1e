"""Just enough of SPARQL's syntax to know which keywords a query really uses.

The engine offers no parsed form of a query, yet two words decide what may be run and
how: SERVICE (makes the engine send a request) and FROM (names the dataset). They are
looked for outside strings, IRIs, comments, variables and names.

Where our tokens could differ from the engine's, the query is refused: its parser knows no
word boundary, so `service:p {}` and `1SERVICE <iri> {}` both run a SERVICE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essgraph.errors import QueryError

MAX_NESTING = 60
"""Deepest brackets let through: the engine's parser takes cubic time and then dies."""

MAX_OPERATORS = 1_000
"""Most operators and pattern keywords let through: each is a level of the engine's recursion,
and from 4,000 of some (MINUS, BIND) its stack overflows and ends the process."""

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
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_DOUBTFUL = re.compile(r"['#\\]|service", re.IGNORECASE)
_EXPECTED = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_SHOWN = 60
_OPENING = "{(["
_CLOSING = "})]"
_OPERATORS = frozenset("+-*/|&!^=<>")
_KEYWORDS = frozenset({"union", "optional", "filter", "bind", "minus", "exists", "graph"})


def guard(text: str) -> None:
    """Refuse a query that would make the engine send requests, or break it.

    Raises: QueryError for SERVICE, for brackets nested deeper than MAX_NESTING, for more than
    MAX_OPERATORS, and for a query that cannot be told apart from one with SERVICE.
    """
    if "service" in text.lower():
        _refuse_service(text)
    if sum(text.count(bracket) for bracket in _OPENING) > MAX_NESTING:
        _refuse_nesting(text)
    if len(text) > MAX_OPERATORS:
        _refuse_chains(text)


def names_dataset(text: str) -> bool:
    """Whether the query says with FROM or FROM NAMED which graphs it reads.

    The engine knows no word boundary: `ASKFROM <g> {}` names one too.
    Raises: QueryError for a string that is not closed.
    """
    return "from" in text.lower() and any(
        token.lastgroup == "word" and "from" in token["word"].lower() for token in _tokens(text)
    )


def explain(message: str, text: str, place: str = "line ", skipped: int = 0) -> str:
    """The engine's message on bad syntax, with the text it stumbled on and its long list cut.

    `skipped` characters were sent before the text, on its first line.
    """
    found = _EXPECTED.match(message)
    if not found:
        return message
    line, column = int(found[1]), int(found[2])
    if line == 1:
        column = max(1, column - skipped)
    lines = text.split("\n")
    wrong = lines[min(line, len(lines)) - 1]
    start = max(0, column - 1 - _SHOWN // 2)
    near = wrong[start : start + _SHOWN].strip()
    if not near:
        # The engine tells how far it came: at the end, show what it had just read.
        near = "\n".join(lines[:line]).rstrip()[-_SHOWN:].rpartition("\n")[2].strip()
    expected = found[3].replace("\n", " ")
    if len(expected) > 4 * _SHOWN:
        expected = expected[: 4 * _SHOWN] + "…"
    return f"{place}{line}:{column}: near {near!r}: {expected}"


def _tokens(text: str) -> Iterator[re.Match[str]]:
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "open":
            raise QueryError(f"line {_line(text, token)}: a string is opened and not closed")
        yield token


def _line(text: str, token: re.Match[str]) -> int:
    return text.count("\n", 0, token.start()) + 1


def _refuse_service(text: str) -> None:
    for token in _tokens(text):
        kind = token.lastgroup
        if kind in ("comment", "string", "variable", "language", "space", "other"):
            continue
        if kind == "iri":
            # `?a<?b)SERVICE:p#>` is no IRI for the engine; only `scheme://` is beyond doubt.
            risky = not _ABSOLUTE.match(token[0]) and bool(_DOUBTFUL.search(token[0]))
        elif kind == "name":
            risky = "service" in token["prefix"].lower()
        else:
            risky = "service" in token[0].lower()
        if risky:
            raise QueryError(
                f"line {_line(text, token)}: {token[0][:80]!r}: SERVICE is not allowed here "
                "(nor what cannot be told from it: 'service' in a prefix or after a dot in a name, "
                "a relative IRI with ' or #)"
            )


def _refuse_nesting(text: str) -> None:
    depth = 0
    for token in _tokens(text):
        if token[0] in _OPENING:
            depth += 1
        elif token[0] in _CLOSING:
            depth -= 1
        if depth > MAX_NESTING:
            line = _line(text, token)
            raise QueryError(f"line {line}: brackets are nested deeper than {MAX_NESTING}")


def _refuse_chains(text: str) -> None:
    amount = 0
    for token in _tokens(text):
        kind = token.lastgroup
        if kind == "other":
            amount += token[0] in _OPERATORS
        elif kind == "word":
            amount += token[0].lower() in _KEYWORDS
        if amount > MAX_OPERATORS:
            line = _line(text, token)
            raise QueryError(
                f"line {line}: more than {MAX_OPERATORS} operators and pattern keywords "
                "(of + - * / | & ! ^ = < >, UNION, OPTIONAL, FILTER, BIND, MINUS, EXISTS, GRAPH)"
            )

"""What the engine says about bad syntax, made readable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from essgraph.errors import QueryError
from essgraph.syntax.tokens import tokens
from essgraph.vocab import Names

_EXPECTED = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_ITEMS = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.)*")
    | (?P<characters>\[(?:'(?:[^'\\]|\\.)+'|[^]'])*\])
    | (?P<words>[^\s,"[][^,"[]*)""",
    re.VERBOSE | re.DOTALL,
)
_SHOWN = 60
_MOST_WORDS = 8
_UPDATES = frozenset(
    {"insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"}
)
_NOT_OFFERED = frozenset(("LATERAL", "SERVICE"))
"""What the engine would read, and this server refuses or standards do not know."""

_BEGINNINGS = frozenset(("select", "ask", "construct", "describe", "base", "prefix", "version"))
_CLOSED_BY = {"{": "}", "(": ")", "[": "]"}
_ONLY_IN_QUERIES = re.compile(r"\b(?:CONSTRUCT|DESCRIBE)\b")
# Of a deployment under another base, `ess` is offered as the repository's files write it.
_PREFIXES = Names().prefixes


def explain(message: str, text: str, place: str = "line ", skipped: int = 0) -> str:
    """The engine's message on bad syntax, with the text it stumbled on and its long list cut.

    An undeclared prefix and an update in place of a query are named as what they are.
    `skipped` characters were sent before the text, on its first line.
    """
    found = _EXPECTED.match(message)
    if not found:
        return message
    line, column = int(found[1]), int(found[2])
    if line == 1:
        column = max(1, column - skipped)
    known = _undeclared(text, line, column) or _update(found[3], text) or _misshapen(text)
    if known is None and place == "line " and (broken := _broken(text)):
        return broken
    if known is not None:
        start, told = known
        return f"{place}{_place(text, start)}: {told}"
    lines = text.split("\n")
    wrong = lines[min(line, len(lines)) - 1]
    begin = max(0, column - 1 - _SHOWN // 2)
    near = wrong[begin : begin + _SHOWN].strip()
    if not near:
        # The engine tells how far it came: at the end, show what it had just read.
        near = "\n".join(lines[:line]).rstrip()[-_SHOWN:].rpartition("\n")[2].strip()
    return f"{place}{line}:{column}: near {near!r}: {_brief(found[3])}"


def _brief(expected: str) -> str:
    """The engine's list without its classes of characters, and a few words of it.

    What it says in a sentence (an IRI it cannot read, a variable that is unbound) stands alone.
    """
    head = re.match(r"expected (?:one of )?", expected)
    if head is None:
        return _cut(expected)
    items = [item for item in _ITEMS.finditer(expected, head.end()) if item["characters"] is None]
    sentences = [item[0].strip() for item in items if item["words"] and " " in item[0].strip()]
    if sentences:
        return _cut("; ".join(sentences))
    words = [item[0].strip() for item in sorted(items, key=lambda item: item["words"] is None)]
    words = [word for word in words if word not in _NOT_OFFERED and word[0] != "<"]
    # It counts a keyword as far as it had to look for it: one that stands alone was only
    # looked for last, and says nothing of what is missing.
    if not words or (len(words) == 1 and words[0].isidentifier()):
        return "this cannot be read"
    more = ", …" if len(words) > _MOST_WORDS else ""
    one_of = "one of " if len(words) > 1 else ""
    return _cut(f"expected {one_of}{', '.join(words[:_MOST_WORDS])}{more}")


def _cut(said: str) -> str:
    said = said.replace("\n", " ")
    return said if len(said) <= 4 * _SHOWN else said[: 4 * _SHOWN] + "…"


def _undeclared(text: str, line: int, column: int) -> tuple[int, str] | None:
    """The first name before that place whose prefix nothing declares: where, and what to do.

    The engine does not always tell: what else it expected there may hide it.
    """
    declared = {"_"}  # the mark of blank nodes
    declares = False
    for token in _meaningful(text):
        if token.lastgroup == "name" and declares:
            declared.add(token["prefix"])
        elif token.lastgroup == "name" and token["prefix"] not in declared:
            if _numbers(text, token.start()) > (line, column):
                return None
            prefix = token["prefix"]
            namespace = _PREFIXES.get(prefix)
            offer = f"PREFIX {prefix}: <{namespace or '…'}>"
            return token.start(), f"the prefix {prefix}: is not declared; begin with {offer}"
        declares = token.lastgroup == "word" and token[0].lower() == "prefix"
    return None


def _update(expected: str, text: str) -> tuple[int, str] | None:
    """Where an update begins that was sent as a query, and how to send it."""
    if not _ONLY_IN_QUERIES.search(expected):  # an update that is itself malformed
        return None
    for token in _meaningful(text):
        if token.lastgroup == "word" and token[0].lower() not in ("base", "prefix", "version"):
            if token[0].lower() not in _UPDATES:
                return None
            told = "this is an update: send it as `update` by POST, with a token"
            return token.start(), told
    return None


def _misshapen(text: str) -> tuple[int, str] | None:
    """Where a query begins as none does, or a bracket has no other: where, and what is wrong.

    The engine tells such places by what it looked for last, often far behind.
    """
    found = list(_meaningful(text))
    if _broken(text):
        return None
    if not found:
        return 0, "there is nothing to read: write a query"
    first = found[0]
    if first.lastgroup == "word" and first[0].lower() not in _BEGINNINGS | _UPDATES:
        beginnings = "SELECT, ASK, CONSTRUCT, DESCRIBE"
        return first.start(), f"{first[0][:_SHOWN]} begins no query; what does: {beginnings}"
    opened: list[re.Match[str]] = []
    for token in found:
        if token[0] in _CLOSED_BY:
            opened.append(token)
        elif token[0] in _CLOSED_BY.values():
            if not opened or _CLOSED_BY[opened[-1][0]] != token[0]:
                return token.start(), f"this {token[0]} closes nothing"
            opened.pop()
    if opened:
        return opened[-1].start(), f"this {opened[-1][0]} is opened and not closed"
    return None


def _broken(text: str) -> str:
    """What a text says of itself that has no tokens to its end; "" where it has."""
    try:
        for _ in tokens(text):
            pass
    except QueryError as error:
        return str(error)
    return ""


def _meaningful(text: str) -> Iterator[re.Match[str]]:
    """The tokens but spaces and comments, up to what is no token."""
    try:
        for token in tokens(text):
            if token.lastgroup not in ("space", "comment"):
                yield token
    except QueryError:  # a string left open: the engine's own message has to do
        return


def _place(text: str, start: int) -> str:
    line, column = _numbers(text, start)
    return f"{line}:{column}"


def _numbers(text: str, start: int) -> tuple[int, int]:
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)

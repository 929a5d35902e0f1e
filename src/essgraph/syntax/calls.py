"""SERVICE, LOAD and FROM: the words of a text that reach beyond the patterns around them.

A word counts wherever the engine could read it. Besides the missing word boundaries, that is
inside a name: when prefix and local name do not join to a valid IRI, the engine takes the
prefix alone and reads on, so with `PREFIX a: <http://x:>` the text `a:SERVICE<iri>{}` runs a
SERVICE. And after a `<` that is an operator: `?a<?b)SERVICE:p#>` is no IRI.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from essgraph.errors import QueryError
from essgraph.syntax.tokens import line_at, tokens

MAX_CALLS = 20
"""Most SERVICE and LOAD of one text: each may be one or several requests to someone."""

_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_DOUBTFUL = re.compile(r"['#\\]|service|load", re.IGNORECASE)
# A namespace to which any plain local name can be joined: no port or host is left open.
_NAMESPACE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://[^/?#\\]+(?:[/?#].*)?[/#]>")
_PLAIN = re.compile(r"[A-Za-z0-9_\-]*")
_SHOWN = 80


@dataclass(frozen=True)
class Call:
    """A SERVICE or a LOAD, whose address is written in full.

    Shape: `start` to `end` is the address of a SERVICE with its brackets, or the whole of a
    LOAD; `graph` is the text of the name after INTO GRAPH, empty without; `in_exists` tells a
    SERVICE that the engine would ask for each row, and whose failure it would keep to itself.
    """

    keyword: str
    iri: str
    silent: bool
    start: int
    end: int
    graph: str = ""
    in_exists: bool = False


def calls(text: str) -> list[Call]:
    """Every SERVICE and LOAD of a query or an update, in order.

    Raises: QueryError for one whose address is not an absolute IRI between < and >, and for
    what cannot be told from one.
    """
    lowered = text.lower()
    if "service" not in lowered and "load" not in lowered:
        return []
    return _Reader(text).calls()


def names_dataset(text: str) -> bool:
    """Whether the query says with FROM or FROM NAMED which graphs it reads.

    The engine knows no word boundary: `ASKFROM <g> {}` and `ASK FROMa:b {}` name one too.
    Raises: QueryError for a string that is not closed.
    """
    if "from" not in text.lower():
        return False
    reader = _Reader(text)
    declared = {name for name, _ in reader.declarations()}
    return any(
        "from" in reader.readable(token, "from").lower()
        for token in reader.found
        if token.lastgroup == "word"
        or (token.lastgroup == "name" and f"{token['prefix']}:" not in declared)
    )


class _Reader:
    """The tokens of a text that are not space nor comment."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = [t for t in tokens(text) if t.lastgroup not in ("space", "comment")]
        self._sound: bool | None = None

    def calls(self) -> list[Call]:
        """See `calls`."""
        read: list[Call] = []
        groups = [False]  # for each open brace, whether it is inside EXISTS
        for place, token in enumerate(self.found):
            if token[0] == "{":
                exists = place > 0 and self.found[place - 1][0].lower().endswith("exists")
                groups.append(groups[-1] or exists)
            elif token[0] == "}" and len(groups) > 1:
                groups.pop()
            elif token.lastgroup == "iri":
                # Only `scheme://` is beyond doubt: no operand begins with a slash.
                if not _ABSOLUTE.match(token[0]) and _DOUBTFUL.search(token[0]):
                    raise self._doubt(token)
            elif token.lastgroup in ("word", "name"):
                word = self.readable(token, "service").lower()
                if word == "service":
                    read.append(self._service(place, groups[-1]))
                elif word == "load":
                    read.append(self._load(place))
                # LOAD begins an operation, so it begins a token too.
                elif "service" in word or word.startswith("load"):
                    raise self._doubt(token)
            if len(read) > MAX_CALLS:
                raise QueryError(
                    f"line {self._line(token)}: more than {MAX_CALLS} SERVICE or LOAD in one text"
                )
        return read

    def declarations(self) -> list[tuple[str, re.Match[str]]]:
        """Each prefix, with its colon, and the namespace after it."""
        return [
            (name[0], iri)
            for name, iri in pairwise(self.found)
            if name.lastgroup == "name" and name[0].endswith(":") and iri.lastgroup == "iri"
        ]

    def readable(self, token: re.Match[str], keyword: str) -> str:
        """The part of a word or name in which the engine may read the keyword."""
        if token.lastgroup != "name":
            return token[0]
        local = token[0][token.end("prefix") - token.start() + 1 :]
        if keyword not in local.lower():
            return token["prefix"] + ":"
        if self._sound is None:
            self._sound = all(_NAMESPACE.fullmatch(iri[0]) for _, iri in self.declarations())
        return token["prefix"] + ":" if self._sound and _PLAIN.fullmatch(local) else token[0]

    def _service(self, place: int, in_exists: bool) -> Call:
        keyword = self.found[place]
        silent = self._is(place + 1, "silent")
        address = self._address(place + 1 + silent, keyword)
        iri, (start, end) = address[0][1:-1], address.span()
        return Call("SERVICE", iri, silent, start, end, in_exists=in_exists)

    def _load(self, place: int) -> Call:
        keyword = self.found[place]
        silent = self._is(place + 1, "silent")
        at = place + 1 + silent
        address = self._address(at, keyword)
        end, graph = address.end(), ""
        if self._is(at + 1, "into") and self._is(at + 2, "graph") and at + 3 < len(self.found):
            name = self.found[at + 3]
            if name.lastgroup in ("iri", "name"):
                end, graph, at = name.end(), name[0], at + 3
        if at + 1 < len(self.found) and self.found[at + 1][0] != ";":
            raise self._doubt(self.found[at + 1])
        iri = address[0][1:-1]
        return Call("LOAD", iri, silent, keyword.start(), end, graph)

    def _address(self, place: int, keyword: re.Match[str]) -> re.Match[str]:
        if place < len(self.found):
            address = self.found[place]
            if address.lastgroup == "iri" and _ABSOLUTE.match(address[0]):
                return address
        raise QueryError(
            f"line {self._line(keyword)}: {self.text[keyword.start() :][:_SHOWN]!r}: "
            f"{keyword[0].upper()} is not allowed here, but perhaps for an address that is "
            "written in full between < and >: no variable, prefix or relative IRI"
        )

    def _is(self, place: int, word: str) -> bool:
        return place < len(self.found) and self.found[place][0].lower() == word

    def _doubt(self, token: re.Match[str]) -> QueryError:
        return QueryError(
            f"line {self._line(token)}: {token[0][:_SHOWN]!r}: SERVICE is not allowed here, nor "
            "LOAD, nor what cannot be told from them: 'service' in a prefix, after a dot in a "
            "name, or in a name while a namespace ends in neither / nor #; a prefix that begins "
            "with 'load'; a relative IRI with ' or #"
        )

    def _line(self, token: re.Match[str]) -> int:
        return line_at(self.text, token.start())

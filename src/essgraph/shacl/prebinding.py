"""One query for all focus nodes, out of a SHACL-SPARQL query meant for one.

The specification runs a constraint's SELECT once a focus node with `$this` replaced
everywhere. Here the pattern of all focus nodes is put into every group where the value of
`$this` is needed; each group then has the solutions it would have had for each focus node,
side by side. What would break that (or what the specification forbids) is refused.

Source: SHACL section 5.3.1 and appendix A, https://www.w3.org/TR/shacl/#pre-binding
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from essgraph.errors import QueryError

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<name>[\w.\-%]*:[\w.\-%:\\]*)
    | (?P<word>@?[A-Za-z_][\w\-]*)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORBIDDEN = frozenset(
    {
        "MINUS",
        "SERVICE",
        "VALUES",
        "FROM",
        "GRAPH",
        "LIMIT",
        "OFFSET",
        "DESCRIBE",
        "CONSTRUCT",
        "ASK",
    }
)
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_NEEDS_VALUE = frozenset({"FILTER", "BIND"})
_UNSUPPORTED_VARIABLES = frozenset({"shapesGraph", "currentShape"})


@dataclass
class Token:
    """A piece of a query, of one of the kinds of `_TOKEN`."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """A keyword in capitals, else nothing."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def variable(self) -> str:
        """A variable's name, else nothing."""
        return self.text[1:] if self.kind == "variable" else ""


@dataclass
class _Group:
    """One `{ ... }`, with the tokens that are its own and not those of a group inside it."""

    start: int
    exists: bool
    own: list[Token] = field(default_factory=list)

    @property
    def joins_focus_nodes(self) -> bool:
        """The group speaks of $this, and is evaluated apart from the groups around it."""
        return not self.exists and any(token.variable == "this" for token in self.own)

    @property
    def needs_focus_nodes(self) -> bool:
        """The group uses the value of $this other than to match triples."""
        if not self.joins_focus_nodes:
            return False
        return any(t.word in _NEEDS_VALUE or t.text in ("*", "?") for t in self.own)


def bind_focus_nodes(select: str, focus: str, path: str | None, *, few: bool = False) -> str:
    """The query for every focus node that the pattern `focus` binds `?this` to.

    `path` is the property shape's path in SPARQL syntax, which `$PATH` stands for; `few` says
    that `focus` names a few nodes: each group that speaks of `$this` then begins with them.
    Raises: QueryError for a query that one run cannot answer for all focus nodes.
    """
    tokens = list(read_tokens(select))
    _refuse_unsound(tokens, path)
    groups = _groups(tokens)
    if not groups:
        raise QueryError("a SELECT query with a WHERE clause is expected")
    places = {
        _home(tokens, groups).start,
        *(g.start for g in groups if g.needs_focus_nodes or (few and g.joins_focus_nodes)),
    }
    out = []
    for i, token in enumerate(tokens):
        out.append(path if path and token.text == "$PATH" else token.text)
        if i in places:
            out.append(f" {focus} ")
    return "".join(out)


def _home(tokens: list[Token], groups: list[_Group]) -> _Group:
    """The group that the focus nodes stand in first: a SELECT the query begins with, if any.

    Its solutions are joined with all others, so that nobody else need look at them all; one side
    of a UNION is not.
    """
    outermost, *inner = groups
    if not inner or not inner[0].joins_focus_nodes:
        return outermost
    following = _significant(tokens[outermost.start + 1 :])
    if [token.word or token.text for token in following[:2]] != ["{", "SELECT"]:
        return outermost
    depth = 0
    for token, after in pairwise(following):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0:
            return outermost if after.word == "UNION" else inner[0]
    return outermost


def counts_solutions(select: str) -> bool:
    """The query groups its solutions, so each focus node must be bound once only."""
    return any(token.word == "GROUP" for token in read_tokens(select))


def read_tokens(text: str) -> Iterator[Token]:
    """The query's tokens, in order; a comment is a space."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "comment":
            yield Token("space", " ")
        else:
            yield Token(kind, match.group())


def _significant(tokens: list[Token]) -> list[Token]:
    return [token for token in tokens if token.kind != "space"]


def _groups(tokens: list[Token]) -> list[_Group]:
    """The groups that hold patterns, outermost first; `{ SELECT` opens none of its own."""
    found: list[_Group] = []
    open_: list[_Group] = []
    before = Token("space", " ")
    for i, token in enumerate(tokens):
        if token.kind == "space":
            continue
        if token.text == "{":
            following = next((t for t in tokens[i + 1 :] if t.kind != "space"), token)
            group = _Group(i, exists=before.word == "EXISTS")
            open_.append(group)
            if following.word != "SELECT":
                found.append(group)
        elif token.text == "}":
            if not open_:
                raise QueryError("the query closes more groups than it opens")
            open_.pop()
        elif open_:
            open_[-1].own.append(token)
        before = token
    if open_:
        raise QueryError("the query leaves a group open")
    return found


def _refuse_unsound(tokens: list[Token], path: str | None) -> None:
    significant = _significant(tokens)
    for i, token in enumerate(significant):
        if token.word in _FORBIDDEN:
            raise QueryError(f"{token.word} is not supported in a constraint")
        if token.variable in _UNSUPPORTED_VARIABLES:
            raise QueryError(f"{token.text} is not supported")
        if token.variable == "this" and i and significant[i - 1].word == "AS":
            raise QueryError("$this is bound in advance and cannot be assigned")
        if token.text == "$PATH" and path is None:
            raise QueryError("$PATH has no value: the shape is not a property shape")
    for select in _selects(significant):
        _refuse_unsound_select(select)


def _selects(significant: list[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """(projection, solution modifiers) of each SELECT."""
    starts = [i for i, token in enumerate(significant) if token.word == "SELECT"]
    if not starts:
        raise QueryError("a SELECT query is expected")
    for start in starts:
        brace = next(
            (i for i in range(start, len(significant)) if significant[i].text == "{"), None
        )
        if brace is None:
            raise QueryError("a SELECT query with a WHERE clause is expected")
        depth, end = 0, len(significant)
        for i in range(brace, len(significant)):
            depth += {"{": 1, "}": -1}.get(significant[i].text, 0)
            if depth == 0:
                end = i
                break
        tail = []
        for token in significant[end + 1 :]:
            if token.text in ("{", "}"):
                break
            tail.append(token)
        yield significant[start:brace], tail


def _refuse_unsound_select(select: tuple[list[Token], list[Token]]) -> None:
    projection, modifiers = select
    if not any(token.variable == "this" for token in projection):
        raise QueryError("a SELECT must project $this")
    aggregates = any(token.word in _AGGREGATES for token in [*projection, *modifiers])
    words = [token.word for token in modifiers]
    grouped = False
    if "GROUP" in words:
        keys = modifiers[words.index("GROUP") + 2 :]
        stop = next((i for i, t in enumerate(keys) if t.word in ("HAVING", "ORDER")), len(keys))
        grouped = any(token.variable == "this" for token in keys[:stop])
        if not grouped:
            raise QueryError("GROUP BY must include $this")
    if aggregates and not grouped:
        raise QueryError("an aggregate needs GROUP BY $this")

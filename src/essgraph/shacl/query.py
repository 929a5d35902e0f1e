"""The patterns of a SHACL-SPARQL query: which triples it asks for, and how groups nest.

Only the few forms of SPARQL that constraints are written in are read; any other is `Untold`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from essgraph.shacl import prebinding
from essgraph.shacl.paths import Path
from essgraph.shacl.prebinding import Token
from essgraph.shacl.reading import Untold
from essgraph.shacl.walks import (
    ANY,
    STAY,
    Either,
    Repeat,
    Sequence,
    Step,
    Walk,
    inverse,
    of_path,
    then,
)
from essgraph.vocab import RDF_TYPE

JOINED, OPTIONAL, EXISTS = "joined", "optional", "exists"
"""How a group stands in another: as it is or in a UNION, after OPTIONAL, in a filter."""

_NOTHING = Token("end", "")


@dataclass(frozen=True)
class End:
    """Subject or object of a pattern: a variable, or a term."""

    variable: str = ""
    term: NamedNode | Literal | None = None


@dataclass(frozen=True)
class Pattern:
    """A triple pattern; its predicate or path as the walk between its ends."""

    subject: End
    walk: Walk
    value: End


@dataclass
class Group:
    """Patterns of one `{ ... }`; groups inside it, each with the patterns before it."""

    patterns: list[Pattern] = field(default_factory=list)
    inside: list[tuple[str, int, Group]] = field(default_factory=list)


def parse(select: str, path: Path | None) -> Group:
    """The outermost group of a query; `path` is what `$PATH` stands for.

    Raises: Untold for syntax beyond the forms known here.
    """
    return _Parser(select, path).query()


class _Parser:
    """Reads the forms of SPARQL that a constraint's query is made of, and no other."""

    def __init__(self, select: str, path: Path | None) -> None:
        self._tokens = [t for t in _split(select) if t.kind != "space"]
        self._at = 0
        self._path = path
        self._prefixes: dict[str, str] = {}

    def query(self) -> Group:
        while self._next.word == "PREFIX":
            self._take()
            prefix, iri = self._take(), self._take()
            self._prefixes[prefix.text.removesuffix(":")] = iri.text[1:-1]
        if self._take().word != "SELECT":
            raise Untold("a query that does not begin with SELECT")
        while self._next.text != "{":
            if self._take().word == "EXISTS":
                raise Untold("EXISTS outside of a group")
        group = self._group()
        if any(token.word == "EXISTS" for token in self._tokens[self._at :]):
            raise Untold("EXISTS outside of a group")
        return group

    @property
    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _NOTHING

    def _take(self, text: str = "") -> Token:
        token = self._next
        if token is _NOTHING or (text and token.text != text):
            raise Untold(f"{token.text!r} where {text or 'more'} was expected")
        self._at += 1
        return token

    def _group(self) -> Group:
        group = Group()
        self._take("{")
        while self._next.text != "}":
            token = self._next
            if token.text == ".":
                self._take()
            elif token.text == "{":
                self._add(group, JOINED)
                while self._next.word == "UNION":
                    self._take()
                    self._add(group, JOINED)
            elif token.word == "OPTIONAL":
                self._take()
                self._add(group, OPTIONAL)
            elif token.word == "FILTER":
                self._take()
                self._filter(group)
            elif token.word == "BIND":
                self._take()
                self._brackets(None)
            else:
                self._triples(group)
        self._take("}")
        return group

    def _add(self, group: Group, kind: str) -> None:
        before = len(group.patterns)
        group.inside.append((kind, before, self._group()))

    def _filter(self, group: Group) -> None:
        while self._next.kind in ("word", "name", "iri"):
            if self._take().word == "EXISTS":
                self._add(group, EXISTS)
                return
        self._brackets(group)

    def _brackets(self, group: Group | None) -> None:
        """Skip an expression but for the groups of its EXISTS, which go into `group`."""
        depth = 0
        if self._next.text != "(":
            raise Untold(f"{self._next.text!r} where an expression was expected")
        while True:
            token = self._take()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.word == "EXISTS":
                if group is None:
                    raise Untold("EXISTS in BIND")
                self._add(group, EXISTS)
            if depth == 0:
                return

    def _triples(self, group: Group) -> None:
        subject = self._term()
        while True:
            walk = self._verb()
            while True:
                group.patterns.append(Pattern(subject, walk, self._term()))
                if self._next.text != ",":
                    break
                self._take()
            while self._next.text == ";":
                self._take()
            ended = self._next.text in (".", "}", "{")
            if ended or (self._next.word and self._next.text != "a"):
                return

    def _term(self) -> End:
        token = self._take()
        if token.variable:
            return End(variable=token.variable)
        if token.kind in ("iri", "name"):
            return End(term=self._iri(token))
        # A literal only tells which triples match: those with any other are taken for it.
        if token.kind == "string":
            if self._next.text.startswith("@"):
                self._take()
            elif self._next.text == "^":
                self._take("^")
                self._take("^")
                self._take()
            return End()
        raise Untold(f"{token.text!r} as a term")

    def _verb(self) -> Walk:
        if self._next.variable and self._next.text != "$PATH":
            self._take()
            return ANY
        return self._alternative()

    def _alternative(self) -> Walk:
        parts = [self._sequence()]
        while self._next.text == "|":
            self._take()
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _sequence(self) -> Walk:
        parts = [self._element()]
        while self._next.text == "/":
            self._take()
            parts.append(self._element())
        return then(*parts)

    def _element(self) -> Walk:
        back = self._next.text == "^"
        if back:
            self._take()
        walk = self._primary()
        if self._next.text in ("*", "+", "?"):
            sign = self._take().text
            if sign == "?":
                walk = Either((STAY, walk))
            else:
                walk = Repeat(walk) if sign == "*" else Sequence((walk, Repeat(walk)))
        return inverse(walk) if back else walk

    def _primary(self) -> Walk:
        token = self._take()
        if token.text == "(":
            walk = self._alternative()
            self._take(")")
            return walk
        if token.text == "$PATH" and self._path is not None:
            return of_path(self._path)
        if token.text == "a":
            return Step(RDF_TYPE)
        if token.kind in ("iri", "name"):
            return Step(self._iri(token))
        raise Untold(f"{token.text!r} in a property path")

    def _iri(self, token: Token) -> NamedNode:
        if token.kind == "iri":
            try:
                return NamedNode(token.text[1:-1])
            except ValueError as error:
                raise Untold(f"{token.text}: {error}") from error
        prefix, _, local = token.text.partition(":")
        if prefix not in self._prefixes or "\\" in local:
            raise Untold(f"{token.text!r} as a name")
        return NamedNode(self._prefixes[prefix] + local)


def _split(select: str) -> list[Token]:
    """The tokens; the dot after a name is one of its own."""
    found: list[Token] = []
    for token in prebinding.read_tokens(select):
        if token.kind == "name" and token.text.endswith("."):
            found += [Token("name", token.text.rstrip(".")), Token("other", ".")]
        else:
            found.append(token)
    return found

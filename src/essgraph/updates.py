"""What the text of a SPARQL Update may change, and what its default graph is.

The engine knows neither: it has no default graph that is a union in an update, and changes
whatever graph it is told to. So the text is read operation by operation, and its default
graph is said aloud: for what is written it is the collection, and for WHERE the union of all
graphs, as in a query; WITH, USING and the protocol's using-graph-uri come before both.

Source: SPARQL 1.1 Update, 3; SPARQL 1.1 Protocol, 2.2.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from essgraph import syntax
from essgraph.errors import GraphProtected, QueryError

_ESCAPE = re.compile(r"\\(.)")
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True)
class Prepared:
    """An update that says its default graph, and the graphs that it can change, by IRI."""

    text: str
    targets: frozenset[str]


def prepare(
    text: str,
    collection: str,
    graphs: Iterable[str],
    base: str,
    using: Sequence[str] = (),
    using_named: Sequence[str] = (),
) -> Prepared:
    """The update with its graphs said; `graphs` are those of the union that WHERE sees.

    `using` and `using_named` are those of the protocol; they exclude USING and WITH.
    Raises: QueryError, naming line and text, for what is no update, for LOAD, and for WITH or
    USING beside the protocol's; GraphProtected for a graph that the text does not name.
    """
    return _Reader(text, collection, base, (tuple(using), tuple(using_named))).read(graphs)


class _Reader:
    """Reads an update once, from its beginning to its end."""

    def __init__(
        self, text: str, collection: str, base: str, using: tuple[Sequence[str], Sequence[str]]
    ) -> None:
        self._text = text
        self._collection = collection
        self._base = base
        self._protocol = using
        self._tokens = [t for t in syntax.tokens(text) if t.lastgroup not in ("space", "comment")]
        self._at = 0
        self._prefixes: dict[str, str] = {}
        self._targets: set[str] = set()
        self._edits: list[tuple[int, int, str]] = []
        self._late = False
        self._datasets: list[int] = []
        """Where the dataset of a WHERE is to be said; which one is only known at the end."""

    def read(self, graphs: Iterable[str]) -> Prepared:
        """The whole update."""
        while self._at < len(self._tokens):
            if not self._skip(";"):
                self._operation()
        default, named = self._protocol
        if not default and not named:
            default = named = sorted({*graphs, *self._targets})
        dataset = [f"USING <{iri}>" for iri in default] + [f"USING NAMED <{iri}>" for iri in named]
        said = " ".join((*dataset, ""))
        # In the order they were made where they meet: a template comes before its dataset.
        edits = [*self._edits, *((at, at, said) for at in self._datasets)]
        edits.sort(key=lambda edit: edit[0])
        parts, done = [], 0
        for start, end, new in edits:
            parts += [self._text[done:start], new]
            done = end
        return Prepared("".join((*parts, self._text[done:])), frozenset(self._targets))

    def _operation(self) -> None:
        word = self._word()
        start = self._tokens[self._at - 1]
        if word == "BASE":
            self._base = self._iri()
            self._hoist(start, late="BASE")
        elif word == "PREFIX":
            prefix = self._next("name")["prefix"]
            namespace = self._iri()
            if self._prefixes.setdefault(prefix, namespace) != namespace:
                self._hoist(start, late=f"another {prefix}:")
            self._hoist(start)
        elif word in ("CLEAR", "DROP", "CREATE"):
            self._skip("SILENT")
            self._targets.add(self._graph())
        elif word in ("ADD", "MOVE", "COPY"):
            self._skip("SILENT")
            source = self._graph()
            self._expect("TO")
            self._targets |= {self._graph()} | ({source} if word == "MOVE" else set())
        elif word in ("WITH", "INSERT", "DELETE"):
            self._modify(word)
        else:
            raise self._wrong(start, "an operation of SPARQL Update")
        self._late = self._late or word not in ("BASE", "PREFIX")

    def _hoist(self, start: re.Match[str], late: str = "") -> None:
        """Declare before the first operation what is declared after it.

        The grammar allows it there, but the engine reads declarations only at the beginning.
        """
        if self._late and late:
            raise QueryError(
                f"line {self._line(start)}: {late} after an operation cannot be read: send the "
                "operations one by one"
            )
        if self._late:
            end = self._tokens[self._at - 1].end()
            said = self._text[start.start() : end]
            self._edits.append((start.start(), end, "\n" * said.count("\n")))
            self._edits.insert(0, (0, 0, " ".join(said.split("\n")) + " "))

    def _modify(self, word: str) -> None:
        start = self._tokens[self._at - 1]
        if word != "WITH" and self._skip("DATA"):
            self._quads(self._collection, wrap=True)
            return
        if word == "DELETE" and self._skip("WHERE"):
            self._delete_where(start)
            return
        default = self._collection
        if word == "WITH":
            self._refuse_beside_protocol(start)
            default = self._iri()
            word = self._word()
        else:
            self._edits.append((start.start(), start.start(), f"WITH <{self._collection}> "))
        if word not in ("INSERT", "DELETE"):
            raise self._wrong(self._tokens[self._at - 1], "INSERT or DELETE")
        self._quads(default)
        if word == "DELETE" and self._skip("INSERT"):
            self._quads(default)
        self._where(said=start[0].upper() == "WITH")

    def _where(self, said: bool) -> None:
        """USING clauses and WHERE; `said` where WITH has named the dataset already."""
        while self._skip("USING"):
            self._refuse_beside_protocol(self._tokens[self._at - 1])
            said = True
            self._skip("NAMED")
            self._iri()
        where = self._expect("WHERE")
        if not said:
            self._datasets.append(where.start())
        self._group()

    def _delete_where(self, delete: re.Match[str]) -> None:
        """DELETE WHERE; its pattern is its template, so it has no place for USING."""
        where = self._tokens[self._at - 1]
        if self._protocol == ((), ()):
            self._quads(self._collection, wrap=True)
            return
        first = self._at
        self._quads(self._collection)
        end = self._tokens[self._at - 1].end()
        template = self._text[self._tokens[first].start() : end]
        self._edits.append((delete.start(), delete.start(), f"WITH <{self._collection}> "))
        self._edits.append((where.start(), where.start(), f"{template} "))
        self._datasets.append(where.start())

    def _quads(self, default: str, *, wrap: bool = False) -> None:
        """A block of triples and GRAPH blocks, whose graphs are targets.

        `wrap` puts triples without a graph in the default one.
        """
        self._expect("{")
        loose: list[re.Match[str]] = []

        def close() -> None:
            if loose:
                self._targets.add(default)
                if wrap:
                    begin, end = loose[0].start(), loose[-1].end()
                    self._edits.append((begin, begin, f"GRAPH <{default}> {{ "))
                    self._edits.append((end, end, " } "))
                loose.clear()

        while not self._skip("}"):
            if self._skip("GRAPH"):
                close()
                self._targets.add(self._iri())
                self._group()
                self._skip(".")
            else:
                token = self._advance()
                if token[0] == "{":
                    raise self._wrong(token, "triples, or GRAPH and an IRI before the brace")
                loose.append(token)
        close()

    def _group(self) -> None:
        self._expect("{")
        depth = 1
        while depth:
            said = self._advance()[0]
            depth += (said == "{") - (said == "}")

    def _graph(self) -> str:
        """A graph named by a management operation; DEFAULT is the collection."""
        if self._skip("DEFAULT"):
            token = self._tokens[self._at - 1]
            self._edits.append((*token.span(), f"GRAPH <{self._collection}>"))
            return self._collection
        for word in ("ALL", "NAMED"):
            if self._skip(word):
                raise GraphProtected(
                    f"line {self._line(self._tokens[self._at - 1])}: {word} would change graphs "
                    "that are not curated: name the graph"
                )
        self._skip("GRAPH")
        return self._iri()

    def _iri(self) -> str:
        """The IRI that the next token is, resolved."""
        token = self._advance()
        if token.lastgroup == "iri":
            written = _CODEPOINT.sub(lambda m: chr(int(m[1] or m[2], 16)), token[0][1:-1])
            return urljoin(self._base, written) if ":" not in written else written
        if token.lastgroup == "name" and token["prefix"] in self._prefixes:
            local = token[0].partition(":")[2]
            return self._prefixes[token["prefix"]] + _ESCAPE.sub(r"\1", local)
        if token.lastgroup == "variable":
            raise GraphProtected(
                f"line {self._line(token)}: GRAPH {token[0]}: which graph this changes cannot be "
                "told before it runs: name the graph"
            )
        raise self._wrong(token, "an IRI, or a name with a declared prefix")

    def _word(self) -> str:
        token = self._advance()
        if token.lastgroup != "word":
            raise self._wrong(token, "an operation of SPARQL Update")
        if token[0].upper() == "LOAD":
            raise QueryError(f"line {self._line(token)}: LOAD is not allowed here")
        return token[0].upper()

    def _next(self, kind: str) -> re.Match[str]:
        token = self._advance()
        if token.lastgroup != kind:
            raise self._wrong(token, f"a {kind}")
        return token

    def _advance(self) -> re.Match[str]:
        if self._at == len(self._tokens):
            raise QueryError(f"line {self._text.count(chr(10)) + 1}: the update ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, wanted: str) -> re.Match[str]:
        token = self._advance()
        if token[0].upper() != wanted:
            raise self._wrong(token, wanted)
        return token

    def _skip(self, wanted: str) -> bool:
        """Whether the next token is this one; then it is passed."""
        found = self._at < len(self._tokens) and self._tokens[self._at][0].upper() == wanted
        self._at += found
        return found

    def _refuse_beside_protocol(self, token: re.Match[str]) -> None:
        if self._protocol != ((), ()):
            raise QueryError(
                f"line {self._line(token)}: {token[0]} and using-graph-uri or "
                "using-named-graph-uri exclude each other"
            )

    def _wrong(self, token: re.Match[str], expected: str) -> QueryError:
        return QueryError(f"line {self._line(token)}: near {token[0][:60]!r}: expected {expected}")

    def _line(self, token: re.Match[str]) -> int:
        return self._text.count("\n", 0, token.start()) + 1

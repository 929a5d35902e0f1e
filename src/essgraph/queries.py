"""Saved queries: `.rq` files that run unchanged in any editor, bound with typed terms.

A file starts with a header of `#+ key: text` lines: `title@fr` and `title@en`, then as needed
`description@fr`, `description@en`, `param NAME@fr` and `param NAME@en`, `columns`, `layers` (the
optional layers without which it has no answer), and `question` (its numbers in the competency
questions). A parameter is a line
`VALUES ?name { example }`, or for page sizes a line `LIMIT 20` or `OFFSET 0`; binding replaces
that line and touches nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    Store,
    Triple,
)

from essgraph import lexical, syntax
from essgraph.config import Settings
from essgraph.errors import NotFound, QueryError
from essgraph.lexical import Term
from essgraph.syntax import guard
from essgraph.vocab import XSD_INTEGER, Names

__all__ = ["Param", "SavedQuery", "app", "guard", "parse", "read", "read_all"]

Bound: TypeAlias = Term | Sequence[Term]

_KEY = re.compile(
    r"#\+\s*(?P<key>[a-z]+)(?:\s+(?P<name>\w+))?(?:@(?P<lang>[a-z]{2}))?\s*:(?P<text>.*)"
)
_VALUES = re.compile(r"(?P<head>\s*VALUES\s+\?(?P<name>\w+)\s*)\{(?P<row>.*)\}(?P<tail>\s*)", re.I)
_SIZE = re.compile(r"(?P<head>\s*(?P<name>LIMIT|OFFSET)\s+)(?P<row>\d+)(?P<tail>\s*)", re.I)
_PROLOGUE = re.compile(r"\s*(PREFIX|BASE)\s", re.I)
_LANGUAGES = ("fr", "en")

BOUNDS = {"longitude": 180, "latitude": 90}
"""Parameters that are a coordinate, with how many degrees it goes to either side of zero."""


@dataclass(frozen=True)
class Param:
    """One parameter: what it means (`texts`, by language), the value the file gives it, the line
    that holds it."""

    name: str
    texts: Mapping[str, str]
    example: Term
    line: int

    @property
    def is_size(self) -> bool:
        """Whether it bounds the rows (LIMIT, OFFSET) rather than a variable."""
        return self.name in ("limit", "offset")


@dataclass(frozen=True)
class SavedQuery:
    """One query with what its header says.

    `form` is SELECT, ASK or CONSTRUCT (which DESCRIBE counts as); `columns` are the variables
    of a SELECT; without one of its `layers` the answer is empty.
    """

    name: str
    text: str
    titles: Mapping[str, str]
    params: tuple[Param, ...] = ()
    columns: tuple[str, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[int, ...] = ()
    form: str = "SELECT"
    layers: tuple[str, ...] = ()

    def bind(self, **terms: Bound) -> str:
        """The query's text with these terms in place of the examples.

        A sequence of terms makes as many rows; a parameter not named keeps its example.
        Raises: QueryError for a parameter that the header does not declare, a blank node, or
        a page size that is not a whole number.
        """
        lines = self.text.split("\n")
        known = {param.name: param for param in self.params}
        for name, value in terms.items():
            if name not in known:
                raise QueryError(f"{self.name}: no parameter {name!r}; it has: {_listed(known)}")
            param = known[name]
            rows = (
                [value]
                if isinstance(value, NamedNode | Literal | BlankNode | Triple)
                else list(value)
            )
            lines[param.line] = self._row(param, rows, lines[param.line])
        return "\n".join(lines)

    def terms(self, raw: Mapping[str, str], names: Names) -> dict[str, Term]:
        """Typed terms from the text of a command line or URL, each of its example's type.

        An IRI may be whole, prefixed (`ess:Initiative`) or short (`commune/05065`).
        Raises: QueryError naming the parameter and the value.
        """
        known = {param.name: param for param in self.params}
        found: dict[str, Term] = {}
        for name, text in raw.items():
            if name not in known:
                raise QueryError(f"{self.name}: no parameter {name!r}; it has: {_listed(known)}")
            try:
                # French visitors write degrees with a decimal comma.
                value = text.replace(",", ".") if name in BOUNDS else text
                found[name] = lexical.typed(value, known[name].example, names)
                if known[name].is_size:
                    _size(found[name])
                if name in BOUNDS and not abs(float(value)) <= BOUNDS[name]:
                    raise ValueError(f"expected degrees from -{BOUNDS[name]} to {BOUNDS[name]}")
            except ValueError as error:
                raise QueryError(f"{self.name}: parameter {name} = {text!r}: {error}") from error
        return found

    def _row(self, param: Param, terms: Sequence[Term], line: str) -> str:
        found = (_SIZE if param.is_size else _VALUES).fullmatch(line)
        if found is None:
            raise QueryError(f"{self.name}: line {param.line + 1} holds no parameter {param.name}")
        for term in terms:
            if not isinstance(term, NamedNode | Literal):
                raise QueryError(
                    f"{self.name}: parameter {param.name} = {term}: not an IRI or literal"
                )
        if not param.is_size:
            return f"{found['head']}{{ {' '.join(map(str, terms))} }}{found['tail']}"
        try:
            (term,) = terms
            return f"{found['head']}{_size(term)}{found['tail']}"
        except ValueError as error:
            raise QueryError(f"{self.name}: parameter {param.name}: {error}") from error


def read(path: Path, names: Names, *, plain: bool = False) -> SavedQuery:
    """The query of one file, under the base IRI of `names`; if `plain`, it needs no header.

    Raises: QueryError "file:line: ..." for a malformed header or query, or an unreadable file;
    NotFound for a missing one.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"{path}: no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path}: {error}") from error
    if plain and not any(line.startswith("#+") for line in text.splitlines()):
        form, columns = _check(text, str(path))
        return SavedQuery(path.stem, names.rebase(text), {}, columns=columns, form=form)
    return parse(path.stem, names.rebase(text), str(path))


def read_all(directory: Path, names: Names) -> dict[str, SavedQuery]:
    """The queries of a directory's top level, by name.

    Raises: QueryError as `read`.
    """
    return {path.stem: read(path, names) for path in sorted(directory.glob("*.rq"))}


def app_files() -> list[Path]:
    """The files of the queries of the pages."""
    return sorted((Settings().queries_dir / "app").glob("*.rq"))


@cache
def app(name: str, names: Names) -> SavedQuery:
    """A query of the pages, from the `queries/app` that came with this code."""
    return read(Settings().queries_dir / "app" / f"{name}.rq", names)


def parse(name: str, text: str, place: str) -> SavedQuery:
    """A query from its text, checked by the engine's own parser on an empty store.

    Raises: QueryError "place:line: ...".
    """
    titles: dict[str, str] = {}
    descriptions: dict[str, str] = {}
    meanings: dict[str, tuple[int, dict[str, str]]] = {}
    columns: tuple[str, ...] | None = None
    questions: tuple[int, ...] = ()
    layers: tuple[str, ...] = ()
    for number, entry in _header(text, place):
        key, lang, words = entry["key"], entry["lang"], entry["text"].strip()
        at = f"{place}:{number}"
        if not words:
            raise QueryError(f"{at}: {key} says nothing")
        if key in ("title", "description") and lang in _LANGUAGES and not entry["name"]:
            (titles if key == "title" else descriptions)[lang] = words
        elif key == "param" and entry["name"] and lang in _LANGUAGES:
            meanings.setdefault(entry["name"], (number, {}))[1][lang] = words
        elif key == "columns" and not lang and not entry["name"]:
            columns = tuple(words.split())
        elif key == "layers" and not lang and not entry["name"]:
            layers = tuple(words.split())
        elif key == "question" and words.replace(" ", "").isdecimal():
            questions = tuple(int(number) for number in words.split())
        else:
            raise QueryError(f"{at}: unknown header {entry[0]!r}")
    for lang in _LANGUAGES:
        if lang not in titles:
            raise QueryError(f"{place}:1: the header has no title@{lang}")
        for param, (number, texts) in meanings.items():
            if lang not in texts:
                raise QueryError(f"{place}:{number}: the header has no param {param}@{lang}")
    form, found = _check(text, place)
    if columns is not None and columns != found:
        raise QueryError(
            f"{place}:1: the header's columns are {' '.join(columns)}, "
            f"the query's are {' '.join(found)}"
        )
    given = tuple(_params(text, meanings, place))
    return SavedQuery(name, text, titles, given, found, descriptions, questions, form, layers)


def _header(text: str, place: str) -> Iterator[tuple[int, re.Match[str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith("#"):
            return
        if line.startswith("#+"):
            entry = _KEY.fullmatch(line)
            if entry is None:
                raise QueryError(f"{place}:{number}: malformed header {line!r}")
            yield number, entry


def _check(text: str, place: str) -> tuple[str, tuple[str, ...]]:
    guard(text)
    try:
        answer = Store().query(text)
    except SyntaxError as error:
        raise QueryError(syntax.explain(error.msg, text, f"{place}:")) from error
    if isinstance(answer, QuerySolutions):
        return "SELECT", tuple(variable.value for variable in answer.variables)
    return ("ASK" if isinstance(answer, QueryBoolean) else "CONSTRUCT"), ()


def _params(
    text: str, meanings: Mapping[str, tuple[int, dict[str, str]]], place: str
) -> Iterator[Param]:
    lines = text.split("\n")
    prologue = "\n".join(line for line in lines if _PROLOGUE.match(line))
    for name, (number, texts) in meanings.items():
        at = [
            (index, found["row"])
            for index, line in enumerate(lines)
            if (found := _VALUES.fullmatch(line) or _SIZE.fullmatch(line))
            and name in (found["name"], found["name"].lower())
        ]
        if len(at) != 1:
            raise QueryError(
                f"{place}:{number}: parameter {name} needs one line VALUES ?{name} {{ example }}, "
                f"found {len(at)}"
            )
        ((index, row),) = at
        if name in ("limit", "offset"):
            yield Param(name, texts, Literal(row, datatype=XSD_INTEGER), index)
            continue
        rows = Store().query(f"{prologue}\nSELECT ?x {{ VALUES ?x {{ {row} }} }}")
        examples = [row[0] for row in rows] if isinstance(rows, QuerySolutions) else []
        if not examples or not isinstance(examples[0], NamedNode | Literal):
            raise QueryError(f"{place}:{index + 1}: parameter {name} has no example")
        yield Param(name, texts, examples[0], index)


def _size(term: Term) -> str:
    if isinstance(term, Literal) and term.datatype == XSD_INTEGER and term.value.isdecimal():
        return str(int(term.value))
    raise ValueError("a page size is a whole number, zero or more")


def _listed(known: Mapping[str, Param]) -> str:
    return ", ".join(sorted(known)) or "none"

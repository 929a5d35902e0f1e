"""The header of a saved query, and its parameters, checked by the engine's own parser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, Store

from essgraph import syntax
from essgraph.errors import QueryError
from essgraph.queries.saved import SIZE, VALUES, Expect, Param, SavedQuery
from essgraph.syntax import guard
from essgraph.vocab import LANGUAGES, XSD_INTEGER

THEMES = (
    "initiatives",
    "territories",
    "officials",
    "organisations",
    "figures",
    "sources",
    "links",
)
"""What queries are about, in the order of the page that lists them."""

_KEY = re.compile(
    r"#\+\s*(?P<key>[a-z]+)(?:\s+(?P<name>\w+))?(?:@(?P<lang>[a-z]{2}))?\s*:(?P<text>.*)"
)
_EXPECT = re.compile(r"(?P<least>>=)?\s*(?P<rows>\d{1,9})")
_PROLOGUE = re.compile(r"\s*(PREFIX|BASE)\s", re.I)


@dataclass
class _Header:
    titles: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    meanings: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    questions: tuple[int, ...] = ()
    layers: tuple[str, ...] = ()
    theme: str = ""
    expect: Expect | None = None


def parse(name: str, text: str, place: str) -> SavedQuery:
    """A query from its text, checked on an empty store.

    Raises: QueryError "place:line: ...".
    """
    header = _read(text, place)
    for lang in LANGUAGES:
        if lang not in header.titles:
            raise QueryError(f"{place}:1: the header has no title@{lang}")
        for param, (number, texts) in header.meanings.items():
            if lang not in texts:
                raise QueryError(f"{place}:{number}: the header has no param {param}@{lang}")
    form, found = check(text, place)
    if header.columns is not None and header.columns != found:
        raise QueryError(
            f"{place}:1: the header's columns are {' '.join(header.columns)}, "
            f"the query's are {' '.join(found)}"
        )
    return SavedQuery(
        name,
        text,
        header.titles,
        tuple(_params(text, header.meanings, place)),
        found,
        header.descriptions,
        header.questions,
        form,
        header.layers,
        header.theme,
        header.expect,
    )


def _read(text: str, place: str) -> _Header:
    header = _Header()
    for number, entry in _entries(text, place):
        key, lang, words = entry["key"], entry["lang"], entry["text"].strip()
        plain = not lang and not entry["name"]
        at = f"{place}:{number}"
        if not words:
            raise QueryError(f"{at}: {key} says nothing")
        if key in ("title", "description") and lang in LANGUAGES and not entry["name"]:
            (header.titles if key == "title" else header.descriptions)[lang] = words
        elif key == "param" and entry["name"] and lang in LANGUAGES:
            header.meanings.setdefault(entry["name"], (number, {}))[1][lang] = words
        elif key == "columns" and plain:
            header.columns = tuple(words.split())
        elif key == "layers" and plain:
            header.layers = tuple(words.split())
        elif key == "question" and words.replace(" ", "").isdecimal():
            header.questions = tuple(int(number) for number in words.split())
        elif key == "theme" and plain:
            if words not in THEMES:
                raise QueryError(f"{at}: theme {words!r} is none of: {', '.join(THEMES)}")
            header.theme = words
        elif key == "expect" and plain:
            wanted = _EXPECT.fullmatch(words)
            if wanted is None:
                raise QueryError(f"{at}: expect {words!r} is not a number of rows, as 12 or >=1")
            header.expect = Expect(int(wanted["rows"]), exact=wanted["least"] is None)
        else:
            raise QueryError(f"{at}: unknown header {entry[0]!r}")
    return header


def _entries(text: str, place: str) -> Iterator[tuple[int, re.Match[str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith("#"):
            return
        if line.startswith("#+"):
            entry = _KEY.fullmatch(line)
            if entry is None:
                raise QueryError(f"{place}:{number}: malformed header {line!r}")
            yield number, entry


def check(text: str, place: str) -> tuple[str, tuple[str, ...]]:
    """The form of a query and the columns of a SELECT. Raises: QueryError "place:line: ..."."""
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
            if (found := VALUES.fullmatch(line) or SIZE.fullmatch(line))
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

"""N-Triples text: terms, statements, files.

The national layers are written as text because building a pyoxigraph triple for each of
their facts and serializing it takes several times longer; the escaping is held to
pyoxigraph's parser by a round-trip property (tests/unit/test_sources_ntriples.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NewType

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from essgraph import vocab

Term = NewType("Term", str)
"""One IRI or literal, spelled as in N-Triples."""

Statement = NewType("Statement", str)
"""One fact, spelled as a line of N-Triples."""

_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f]')
_SHORT = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
CHUNK = 1 << 25
"""Characters written at once, and loaded at once: some 200,000 facts."""
LARGE_CHUNK = 1 << 27
"""Bytes read at once where nothing is to be written meanwhile: loading them takes a quarter less
of the processor's time than in small chunks, and six times as much memory as they have.
"""
_XSD_INTEGER = str(vocab.XSD_INTEGER)


class Terms:
    """N-Triples terms of one base IRI; each term and each kind's IRI is spelled once."""

    def __init__(self, names: vocab.Names) -> None:
        self._names = names
        self._ess: dict[str, Term] = {}
        self._heads: dict[str, str] = {}

    def ess(self, local_name: str) -> Term:
        """A term of the ontology."""
        term = self._ess.get(local_name)
        if term is None:
            term = self._ess[local_name] = Term(str(self._names.ess(local_name)))
        return term

    def entity(self, kind: str, key: str) -> Term:
        """An entity's IRI."""
        head = self._heads.get(kind)
        if head is None:
            head = self._heads[kind] = self._names.entity(kind, "").value
        if key.isascii() and key.replace("-", "").isalnum():
            return Term(f"<{head}{key}>")  # nothing to percent-encode: ten times faster
        return Term(str(self._names.entity(kind, key)))

    def concept(self, scheme: str, notation: str) -> Term:
        """A SKOS concept's IRI."""
        return Term(str(self._names.concept(scheme, notation)))


def iri(value: str) -> Term:
    """The term of an IRI from outside our base."""
    return Term(str(NamedNode(value)))


def text(value: str, language: str | None = None) -> Term:
    """A plain literal, or one in a language."""
    if _ESCAPED.search(value):
        value = _ESCAPED.sub(_escape, value)
    return Term(f'"{value}"@{language}' if language else f'"{value}"')


def typed(value: str, datatype: Term) -> Term:
    """A literal of a datatype."""
    return Term(f"{text(value)}^^{datatype}")


def integer(value: int) -> Term:
    """An xsd:integer."""
    return Term(f'"{value}"^^{_XSD_INTEGER}')


def fact(subject: Term, predicate: Term, value: Term) -> Statement:
    """One statement of its three terms."""
    return Statement(f"{subject} {predicate} {value} .\n")


def statement(triple: Triple) -> Statement:
    """One statement of a pyoxigraph triple."""
    return Statement(f"{triple} .\n")


def triples(statements: Iterable[Statement]) -> Iterator[Triple]:
    """pyoxigraph triples of statements, for whoever computes with terms."""
    for quad in parse("".join(statements), format=RdfFormat.N_TRIPLES):
        yield quad.triple


def write_ntriples(facts: Iterable[Statement | Triple], path: Path) -> int:
    """How many distinct facts were written to `path`, in the order they first come.

    Raises: OSError when the file cannot be written.
    """
    lines = dict.fromkeys(f if isinstance(f, str) else statement(f) for f in facts)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
    return len(lines)


def amount(path: Path) -> int:
    """How many statements a file of N-Triples has. Raises: OSError."""
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def write_chunks(
    facts: Iterable[Statement], path: Path, *, distinct: bool = False, size: int = CHUNK
) -> Iterator[bytes]:
    """The text written to `path`, chunk by chunk, each once it is written.

    A chunk can be loaded while the next is made. A fact is written once; `distinct` says that
    none comes twice, and spares remembering them all.
    Shape: whole lines, until they have `size` characters.
    Raises: OSError when the file cannot be written.
    """
    with path.open("wb") as file:
        for text in _chunks(facts if distinct else _distinct(facts), size):
            chunk = text.encode()
            file.write(chunk)
            yield chunk


def read_chunks(path: Path, size: int = LARGE_CHUNK) -> Iterator[bytes]:
    """The text of a file in chunks of whole lines. Raises: OSError."""
    with path.open("rb") as file:
        while chunk := file.read(size):
            yield chunk + file.readline()


def _chunks(facts: Iterable[Statement], size: int) -> Iterator[str]:
    lines: list[Statement] = []
    length = 0
    for line in facts:
        lines.append(line)
        length += len(line)
        if length >= size:
            yield "".join(lines)
            lines.clear()
            length = 0
    if lines:
        yield "".join(lines)


def _distinct(facts: Iterable[Statement]) -> Iterator[Statement]:
    known: set[Statement] = set()
    for line in facts:
        if line not in known:
            known.add(line)
            yield line


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    return _SHORT.get(character) or f"\\u{ord(character):04X}"

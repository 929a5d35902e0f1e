"""How the source spells what the store spells otherwise.

Oxigraph normalises some literals when it stores them (`1.50` becomes `1.5`). Validation is of
the source, so what is read from the store is turned back.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from essgraph.errors import SourceError
from essgraph.sources import read_chunks
from essgraph.vocab import RDF, XSD

SUFFIX = ".spelled"
"""Of the file beside a source of N-Triples that keeps what `note` found in it."""

_TYPE = b'"^^<' + XSD.encode()
_CAPITALS = re.compile(rb'"@[a-z0-9\-]*[A-Z][A-Za-z0-9\-]* \.\n')
_PIECE = 1 << 25  # bytes
_ANY = NamedNode("urn:essgraph:any")
_KEPT = frozenset({NamedNode(XSD + "string"), NamedNode(RDF + "langString")})
_T = TypeVar("_T", NamedNode | BlankNode, NamedNode | BlankNode | Literal | Triple)


class Stored:
    """What the store makes of terms."""

    def __init__(self) -> None:
        self._known: dict[Literal, Literal] = {}

    def learn(self, literals: Iterable[Literal]) -> None:
        """Ask for many at once: alone, each costs as much as a hundred."""
        asked = list(literals)
        store = Store()
        # A key of digits, unlike a number, is kept as it is.
        store.extend(Quad(NamedNode(f"urn:{i}"), _ANY, literal) for i, literal in enumerate(asked))
        for quad in store:
            if isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode):
                self._known[asked[int(quad.subject.value[4:])]] = quad.object

    def term(self, term: _T) -> _T | Literal:
        """The term as the store spells it."""
        if not isinstance(term, Literal) or term.datatype in _KEPT:
            return term
        if term not in self._known:
            self.learn([term])
        return self._known[term]

    def triple(self, triple: Triple) -> Triple:
        """The triple as the store spells it."""
        return Triple(triple.subject, triple.predicate, self.term(triple.object))


def respelled(file: Path) -> list[str]:
    """The lines of a source that the store spells otherwise, and those it takes them for.

    Shape: `"1"` is among them where `"01"` is there as well.
    Raises: SourceError if the file cannot be read, or is no N-Triples.
    """
    stored = Stored()
    found: dict[str, None] = {}
    twins = set()
    try:
        lines = (line for text in read_chunks(file, _PIECE) for line in _doubtful(text, stored))
        for line in lines:
            plain = f"{stored.triple(_read(line, file))} ."
            if plain != line:
                found[line] = None
                twins.add(f"{plain}\n".encode())
        if twins:
            with file.open("rb") as whole:
                found.update((line[:-1].decode(), None) for line in whole if line in twins)
    except OSError as error:
        raise SourceError(f"{file}: {error.strerror}") from error
    return list(found)


def note(file: Path) -> None:
    """Keep what `respelled` finds beside a source that will not change, for `Spellings`.

    Raises: SourceError; OSError when the note cannot be written.
    """
    lines = "".join(f"{line}\n" for line in respelled(file))
    file.with_name(file.name + SUFFIX).write_text(lines, "utf-8", newline="\n")


class Spellings:
    """What sources of N-Triples spell otherwise than the store that was loaded from them."""

    def __init__(self, files: Iterable[Path]) -> None:
        """Read the notes beside the files where there are, else the files.

        Raises: SourceError if a file cannot be read, or is no N-Triples.
        """
        stored = Stored()
        self._files = list(files)
        self._lines: defaultdict[Triple, set[str]] = defaultdict(set)
        self._known: dict[Triple, tuple[Triple, ...]] = {}
        for file in self._files:
            noted = file.with_name(file.name + SUFFIX)
            for line in respelled(noted if noted.is_file() else file):
                self._lines[stored.triple(_read(line, file))].add(line)

    def of(self, triple: Triple) -> tuple[Triple, ...]:
        """The triples of the sources that the store spells like this one: as a rule just this.

        Shape: empty where pyoxigraph cannot tell the spelling, a language tag in capitals.
        """
        if triple not in self._lines:
            return (triple,)
        if triple not in self._known:
            self._known[triple] = self._read(triple)
        return self._known[triple]

    def _read(self, plain: Triple) -> tuple[Triple, ...]:
        lines = set(self._lines[plain])
        # One source may spell a triple as the store does, and another otherwise.
        if len(self._files) > 1 and any(_holds(file, plain) for file in self._files):
            lines.add(f"{plain} .")
        found = {line: _read(line, None) for line in sorted(lines)}
        told = all(f"{triple} ." == line for line, triple in found.items())
        return tuple(found.values()) if told else ()


def _holds(file: Path, triple: Triple) -> bool:
    line = f"{triple} .\n".encode()
    if file.stat().st_size < len(line):
        return False
    with file.open("rb") as source, mmap(source.fileno(), 0, access=ACCESS_READ) as text:
        return text[: len(line)] == line or text.find(b"\n" + line) >= 0


def _doubtful(text: bytes, stored: Stored) -> Iterator[str]:
    """The lines whose literal the store may spell otherwise."""
    places: defaultdict[tuple[bytes, bytes], array[int]] = defaultdict(partial(array, "Q"))
    at = text.find(_TYPE)
    while at >= 0:
        begin = text.rfind(b'"', 0, at) + 1
        name = at + len(_TYPE)
        end = text.find(b">", name)
        places[text[begin:at], text[name:end]].append(at)
        at = text.find(_TYPE, name)
    # A backslash stands for something else: whoever reads the line knows what.
    typed = {key: _literal(*key) for key in places if b"\\" not in key[0]}
    stored.learn(typed.values())
    for key, found in places.items():
        if key not in typed or stored.term(typed[key]) != typed[key]:
            yield from (_line(text, at) for at in found)
    for match in _CAPITALS.finditer(text):
        yield _line(text, match.start())


def _literal(value: bytes, datatype: bytes) -> Literal:
    return Literal(value.decode(), datatype=NamedNode(XSD + datatype.decode()))


def _line(text: bytes, at: int) -> str:
    return text[text.rfind(b"\n", 0, at) + 1 : text.find(b"\n", at)].decode()


def _read(line: str, file: Path | None) -> Triple:
    try:
        quad: Quad = next(iter(parse(line, RdfFormat.N_TRIPLES)))
        return quad.triple
    except (SyntaxError, StopIteration) as error:
        raise SourceError(f"{file}: {line[:160]!r} is no line of N-Triples") from error

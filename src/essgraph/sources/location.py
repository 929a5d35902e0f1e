"""Where an entity comes from: the file and line that its IRI is described at."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

from essgraph.errors import SourceError
from essgraph.sources.ntriples import Terms
from essgraph.sources.tabular import LIST_SEPARATOR, Row, Source, read_text
from essgraph.vocab import Names

_PREFIX = re.compile(r"\s*@?prefix\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
_SUBJECT = re.compile(r"<([^>]*)>|([\w.-]*):((?:[^\s;,\\]|\\.)+)")
_CLASS = re.compile(r"\s(?:a|rdf:type)\s")
_ESCAPE = re.compile(r"\\(.)")
_KEYS = ("code", "siren")
_OUTLINE = re.compile(r"([a-z]+)-([^-]+)-outline")
_PLACE = 32
"""Bits of a place in a file: one of 4 GB at most."""


class Index:
    """The places that the subjects of curated files and of tables are described at.

    Built at the first question, from the files as they are then. `curated` are RDF files
    whose blocks begin at the start of a line (conventions.md, 6); `tables` have their key in
    a column `code` or `siren`.
    """

    def __init__(
        self,
        names: Names,
        curated: Sequence[Path],
        tables: Sequence[tuple[Source, Path]],
        roots: Sequence[Path],
    ) -> None:
        self._names = names
        self._curated = curated
        self._sources = tables
        self._roots = roots

    def find(self, iri: str) -> str | None:
        """`folder/file:line` from a root folder; None for what no file describes.

        A block that gives the class comes before a row, and a row before a block that adds
        facts to what another file defines.
        Raises: SourceError when a file cannot be read.
        """
        defined, added = self._blocks
        place = defined.get(iri) or self._row(iri) or added.get(iri)
        if place is None:
            return None
        path, line = place
        root = next((root for root in self._roots if path.is_relative_to(root)), path.parent)
        return f"{path.relative_to(root).as_posix()}:{line}"

    @cached_property
    def _blocks(self) -> tuple[dict[str, tuple[Path, int]], dict[str, tuple[Path, int]]]:
        """Blocks that define their subject, and blocks that add to it."""
        defined: dict[str, tuple[Path, int]] = {}
        added: dict[str, tuple[Path, int]] = {}
        for path in self._curated:
            lines = self._names.rebase(read_text(path)).split("\n")
            for iri, line in _subjects(lines):
                # The class comes first in a block: on its first line, or on the next.
                blocks = defined if any(map(_CLASS.search, lines[line - 1 : line + 1])) else added
                blocks.setdefault(iri, (path, line))
        return defined, added

    @cached_property
    def _rows(self) -> dict[str, list[tuple[Source, Row]]]:
        found: dict[str, list[tuple[Source, Row]]] = {}
        for source, path in self._sources:
            for row in source.read(path):
                for key in {row.values.get(column) for column in _KEYS} - {None, ""}:
                    found.setdefault(str(key), []).append((source, row))
        return found

    def _row(self, iri: str) -> tuple[Path, int] | None:
        """The row that has the key, and whose facts have the IRI as a subject."""
        key = iri.rpartition("/")[2].rpartition("-")[2]
        terms, begins = Terms(self._names), f"<{iri}> "
        for source, row in self._rows.get(key, []):
            if any(fact.startswith(begins) for fact in source.convert(row, terms)):
                return row.path, row.line
        return None


class Extracts:
    """The rows of fetched extracts: a million keys, each the first column of its row.

    `files` leads from the kind of an entity to the file whose rows have its key; a file that
    was not fetched has none. A key of two, `a--b`, is a list in the file. A file is scanned
    once, when an entity of its kind is asked for.
    """

    def __init__(self, names: Names, files: Mapping[str, Path], root: Path) -> None:
        self._head = f"{names.base}id/"
        self._files = files
        self._root = root
        self._read: dict[Path, _Keyed] = {}

    def find(self, iri: str) -> str | None:
        """`folder/file:line` from the root folder; None for what no row is about.

        Raises: SourceError when a file cannot be read.
        """
        kind, _, key = iri.removeprefix(self._head).partition("/")
        if outline := _OUTLINE.fullmatch(key):
            kind, key = f"{kind}/{outline[1]}", outline[2]
        path = self._files.get(kind)
        if not iri.startswith(self._head) or not key or path is None or not path.exists():
            return None
        if path not in self._read:
            self._read[path] = _Keyed(path)
        line = self._read[path].line(key.replace("--", LIST_SEPARATOR))
        return None if line is None else f"{path.relative_to(self._root).as_posix()}:{line}"


class _Keyed:
    """The line of each key of a file, in 16 bytes a row."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts = array("Q")
        found = []
        with _opened(path) as lines:
            at = len(lines.readline())  # the header
            for line in lines:
                self._starts.append(at)
                found.append((crc32(line.partition(b",")[0]) << _PLACE) | at)
                at += len(line)
        found.sort()
        self._hashed = array("Q", found)

    def line(self, key: str) -> int | None:
        """The line that begins with the key; keys of the same hash are told apart there."""
        begins = f"{key},".encode()
        digest = crc32(begins[:-1]) << _PLACE
        at = bisect_left(self._hashed, digest)
        with _opened(self._path) as file:
            while at < len(self._hashed) and self._hashed[at] >> _PLACE == digest >> _PLACE:
                start = self._hashed[at] & ((1 << _PLACE) - 1)
                file.seek(start)
                if file.read(len(begins)) == begins:
                    return bisect_left(self._starts, start) + 2
                at += 1
        return None


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error


def _subjects(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The IRI that begins each block of a Turtle text, with its line."""
    prefixes: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if declared := _PREFIX.match(line):
            prefixes[declared[1]] = declared[2]
        elif subject := _SUBJECT.match(line):
            whole, prefix, local = subject.groups()
            if whole is not None:
                yield whole, number
            elif prefix in prefixes:
                yield prefixes[prefix] + _ESCAPE.sub(r"\1", local), number

"""Curated RDF files -> triples; errors name file, line, column and the offending text."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TypeVar

from pyoxigraph import BlankNode, Quad, RdfFormat, Triple, parse

from essgraph.errors import SourceError
from essgraph.sources.tabular import read_text
from essgraph.vocab import Names

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".trig": RdfFormat.TRIG,
    ".nq": RdfFormat.N_QUADS,
}
"""File suffix -> format; of quads, the triples are read."""

_Node = TypeVar("_Node")


def read(path: Path, names: Names) -> Iterator[Triple]:
    """The triples of an RDF file, in its order, moved to the base of `names`.

    Blank nodes are numbered within the file, so that the same file always gives the same
    triples and those of two files never meet.
    Raises: SourceError for an unknown suffix, bytes that are not UTF-8, or bad syntax.
    """
    text = names.rebase(read_text(path))
    blank = _BlankNodes(path)
    for quad in _parse(text, path):
        yield Triple(blank.renamed(quad.subject), quad.predicate, blank.renamed(quad.object))


def files(*folders: Path) -> list[Path]:
    """The RDF files under the folders, sorted by path.

    Raises: SourceError when there is none.
    """
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in FORMATS]
    if not found:
        raise SourceError(f"{folders[0]}: no RDF file ({', '.join(FORMATS)})")
    return sorted(found)


def _parse(text: str, path: Path) -> Iterator[Quad]:
    try:
        format_ = FORMATS[path.suffix]
    except KeyError:
        known = ", ".join(FORMATS)
        raise SourceError(f"{path}: suffix {path.suffix!r} is none of {known}") from None
    try:
        yield from parse(text, format=format_)
    except SyntaxError as error:
        raise SourceError(_place(error, text, path)) from error


def _place(error: SyntaxError, text: str, path: Path) -> str:
    """`file:line:column: message: offending line`; RDF/XML errors may have no position."""
    message = error.msg.partition(": ")[2] if error.lineno else error.msg
    if not error.lineno:
        return f"{path}: {message}"
    lines = text.split("\n")
    line = lines[min(error.lineno, len(lines)) - 1].strip()
    return f"{path}:{error.lineno}:{error.offset or 1}: {message}: {line[:160]}"


class _BlankNodes:
    """Blank nodes renamed by order of appearance, under a prefix of their file."""

    def __init__(self, path: Path) -> None:
        # The folder and the name, not the whole path: machines must agree.
        digest = sha256(f"{path.parent.name}/{path.name}".encode()).hexdigest()
        self._prefix = f"b{digest[:12]}n"
        self._numbers = count(1)
        self._known: dict[str, BlankNode] = {}

    def renamed(self, node: _Node) -> _Node | BlankNode:
        """The node itself, unless it is blank."""
        if not isinstance(node, BlankNode):
            return node
        if node.value not in self._known:
            self._known[node.value] = BlankNode(f"{self._prefix}{next(self._numbers)}")
        return self._known[node.value]

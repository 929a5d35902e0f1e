"""A visitor's query, from its text to the bytes of the answer, in whichever process that is."""

from __future__ import annotations

import asyncio
import gzip
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import IO, TYPE_CHECKING

import brotli  # type: ignore[import-untyped]  # publishes no types
import zstandard
from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat

from essgraph.errors import WrongKind
from essgraph.store.base import GraphStore, reading
from essgraph.store.cutting import UNBOUNDED, Caps, count
from essgraph.store.writing import (
    Begun,
    Spool,
    Written,
    new_file,
    write_graph,
    write_results,
)
from essgraph.vocab import Names

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_SURE = (QueryResultsFormat.JSON, QueryResultsFormat.CSV, QueryResultsFormat.TSV)
"""Formats that carry any term."""

SHORT = 65_536
"""Bytes after which an answer is not short: some hundred rows."""

COMPRESSED_FROM = 1_000
"""Bytes below which an answer fits a packet or two as it is."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of a store, in values that cross between processes.

    Shape: tables, graphs: the media type to write a table or a graph in, "" where the client
    takes none; encoding: a content coding of ENCODINGS, or ""; early: whether the client may be
    sent the beginning of a long answer before its end is known, where nothing speaks against it.
    """

    text: str
    tables: str
    graphs: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    encoding: str = ""
    caps: Caps = UNBOUNDED
    early: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer in bytes.

    Units: took_s in seconds, where the time of the evaluation alone is known.
    Shape: rows of a table or triples of a graph, counted before any compression; truncated: ""
    for a whole answer; file at its beginning; rest: done when the file has all of the answer.
    """

    media_type: str
    rows: int
    truncated: str
    encoding: str
    file: IO[bytes]
    took_s: float = 0.0
    rest: asyncio.Future[Answered] | None = None


def evaluate(store: GraphStore, job: Job, names: Names, spool: Spool | None = None) -> Answered:
    """The answer, written whole before its first byte is given; on disk if it is long.

    Raises: QueryError, NotWritable, WrongKind, StoreUnavailable, QueryTimeout.
    """
    graphs = _nodes(job)
    answer = store.query(job.text, default_graphs=graphs[0], named_graphs=graphs[1])
    written: Written
    if isinstance(answer, QuerySolutions | QueryBoolean):
        media_type = job.tables
        format = QueryResultsFormat.from_media_type(media_type)
        if format is None:
            raise WrongKind("this query gives a table, which has no format that was asked for")
        written = write_results(answer, format, job.caps, spool, _early(job, media_type, spool))
    else:
        media_type = job.graphs
        rdf = RdfFormat.from_media_type(media_type)
        if rdf is None:
            raise WrongKind("this query gives a graph, which has no format that was asked for")
        written = write_graph(
            answer, rdf, names.prefixes, job.caps, spool, _early(job, media_type, spool)
        )
    encoding = job.encoding if written.size >= COMPRESSED_FROM else ""
    file = written.file
    file.seek(0)
    if encoding:
        file = compress(file, encoding, spool)
    return Answered(media_type, written.rows, written.truncated, encoding, file)


def evaluate_short(store: GraphStore, job: Job) -> Answered | None:
    """The answer to a query that promises to be short: sooner than by `evaluate`.

    None where it is not what this can write, and as soon as it turns out to be long.

    Raises: as `evaluate`.
    """
    format = QueryResultsFormat.from_media_type(job.tables)
    if format not in _SURE:
        return None
    answer = store.query(job.text)
    if not isinstance(answer, QuerySolutions | QueryBoolean):
        return None
    file = _Short()
    try:
        with reading():
            answer.serialize(file, format=format)
    except _Long:
        return None
    body = file.getvalue()
    if 0 < job.caps.rows < len(body) or 0 < job.caps.bytes < len(body):  # a row takes a byte
        return None
    if job.encoding and len(body) >= COMPRESSED_FROM:
        packed = compress(BytesIO(body), job.encoding)
        return Answered(job.tables, count(format, body), "", job.encoding, packed)
    file.seek(0)
    return Answered(job.tables, count(format, body), "", "", file)


class _Long(Exception):  # not an error: ends the engine's work
    """An answer is not short."""


class _Short(BytesIO):
    """The bytes of a short answer. Raises: _Long."""

    def write(self, chunk: ReadableBuffer, /) -> int:
        if self.tell() > SHORT:
            raise _Long
        return super().write(chunk)


def _early(job: Job, media_type: str, spool: Spool | None) -> Begun | None:
    """Who reads a long answer while it is written: nobody where the end decides what it says.

    That is where it may be cut, is to be compressed, or be found not to be XML.
    """
    if spool is None or spool.begun is None or not job.early or job.encoding:
        return None
    return (
        None if job.caps != UNBOUNDED or "xml" in media_type else partial(spool.begun, media_type)
    )


def _nodes(job: Job) -> tuple[list[NamedNode] | None, list[NamedNode] | None]:
    # Naming any graph makes the dataset exactly those named: the other part is empty.
    if not job.default_graphs and not job.named_graphs:
        return None, None
    return [NamedNode(x) for x in job.default_graphs], [NamedNode(x) for x in job.named_graphs]


def compress(source: IO[bytes], encoding: str, spool: Spool | None = None) -> IO[bytes]:
    """The bytes of a file from where it stands, in a content coding; the source is closed."""
    target = new_file(spool)
    with source:
        ENCODINGS[encoding](source, target)
    target.seek(0)
    return target


def _gzip(source: IO[bytes], target: IO[bytes]) -> None:
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=5, mtime=0) as out:
        shutil.copyfileobj(source, out)


def _brotli(source: IO[bytes], target: IO[bytes]) -> None:
    packer = brotli.Compressor(quality=4)
    while chunk := source.read(65_536):
        target.write(packer.process(chunk))
    target.write(packer.finish())


def _zstd(source: IO[bytes], target: IO[bytes]) -> None:
    zstandard.ZstdCompressor(level=3).copy_stream(source, target)


ENCODINGS: Mapping[str, Callable[[IO[bytes], IO[bytes]], None]] = {
    "zstd": _zstd,
    "br": _brotli,
    "gzip": _gzip,
}
"""Content codings, the one we like best first."""

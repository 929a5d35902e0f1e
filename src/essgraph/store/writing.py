"""An answer in one of the formats of SPARQL and RDF: whole or cut in plain sight, never broken XML.

The engine writes into XML any character and any name; what no XML parser would read back is
refused here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, TypeAlias
from xml.parsers import expat
from xml.sax.saxutils import unescape

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    serialize,
)

from essgraph.errors import AnswerTooLarge, NotWritable
from essgraph.store import cutting
from essgraph.store.base import reading
from essgraph.store.cutting import UNBOUNDED, Caps
from essgraph.vocab import RDF, RDF_TYPE

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SPOOLED_FROM = 1_048_576
"""Bytes of an answer held in memory; the rest of a longer one is on disk."""

_RDF_XML = ("RDF/XML", "Turtle and N-Triples")
_NAMESPACE = re.compile(r'xmlns(?::\w+)?="([^"]*)"')
_XML_NAMESPACES = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")
_RESERVED = frozenset(
    RDF + name
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype"),
        *("Description", "li", "aboutEach", "aboutEachPrefix", "bagID"),
    )
)
_QUOTES = {"&apos;": "'", "&quot;": '"'}
_SHOWN = 200
"""Characters of a term shown in a message."""

_AROUND = 4_096
"""Bytes looked at on either side of what an XML parser refuses."""


Begun: TypeAlias = Callable[[IO[bytes]], None]
"""Takes a file to read while it is still written."""


@dataclass(frozen=True, slots=True)
class Spool:
    """Where long answers are written, and who is told of one that may be read meanwhile.

    Shape: begun: called with the media type and the file.
    """

    folder: Path
    begun: Callable[[str, IO[bytes]], None] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as bytes, in memory or in a file without a name.

    Shape: truncated: "" for a whole answer, else what `cutting.said` says.
    """

    file: IO[bytes]
    rows: int
    truncated: str

    @property
    def size(self) -> int:
        """Bytes."""
        return self.file.seek(0, SEEK_END)

    def read(self) -> bytes:
        """All of it, in memory."""
        self.file.seek(0)
        return self.file.read()

    def whole(self, limit: int) -> bytes:
        """All of it, where only a whole answer will do.

        Raises: AnswerTooLarge if it was cut, or has more bytes than the limit.
        """
        # A serializer holds some bytes back, so a cap may be passed after the last triple.
        if self.truncated or self.size > limit:
            raise AnswerTooLarge(
                f"the answer has more than {limit} bytes, the most that is sent here "
                "(max_result_bytes): ask for less, with LIMIT and OFFSET or fewer variables"
            )
        return self.read()


def write_results(
    answer: QuerySolutions | QueryBoolean,
    format: QueryResultsFormat,
    caps: Caps = UNBOUNDED,
    spool: Spool | None = None,
    early: Begun | None = None,
) -> Written:
    """The answer to a SELECT or an ASK; on disk where it is long and there is a spool.

    `early` is handed the file once as it gets long; the rest is added at its end.
    Raises: QueryError if its evaluation fails on the way; NotWritable, naming a term that the
    format cannot carry; StoreUnavailable.
    """
    is_xml = format == QueryResultsFormat.XML
    with _kept_open(spool) as file:
        counter = cutting.RowCounter(format, caps)
        body = _Body(file, counter, early, escapes_cr=is_xml)
        with reading(), suppress(_Cut):
            answer.serialize(body, format=format)  # type: ignore[arg-type]  # only writes
            counter.end()
        truncated = ""
        if counter.cut_at is not None:
            truncated = cutting.said(caps, counter.rows, by_rows=counter.by_rows)
            file = cutting.close_table(file, new_file(spool), format, counter, truncated)
        if is_xml:
            _check_xml(file, "SPARQL XML", "JSON, CSV and TSV")
        return Written(file, counter.rows, truncated)


def write_graph(
    triples: Iterable[Triple],
    format: RdfFormat,
    prefixes: Mapping[str, str],
    caps: Caps = UNBOUNDED,
    spool: Spool | None = None,
    early: Begun | None = None,
) -> Written:
    """The graph. Raises: as `write_results`."""
    is_xml = format == RdfFormat.RDF_XML
    with _kept_open(spool) as file:
        body = _Body(file, None, early, escapes_cr=is_xml)
        given = _Given(triples, caps, body)
        with reading():
            serialize(
                _unreserved(given) if is_xml else given,
                body,  # type: ignore[arg-type]  # only writes
                format=format,
                prefixes=dict(prefixes),
            )
        truncated = ""
        if given.cut:
            truncated = cutting.said(caps, given.amount, by_rows=given.cut == "rows")
            cutting.close_graph(file, format, truncated)
        if is_xml:
            _check_xml(file, *_RDF_XML)
        return Written(file, given.amount, truncated)


class _Cut(Exception):  # not an error: ends the engine's writing
    """A cap is passed."""


class _Body:
    """What a serializer writes to: counts, and ends the writing where a cap is passed."""

    def __init__(
        self,
        file: IO[bytes],
        counter: cutting.RowCounter | None,
        early: Begun | None,
        *,
        escapes_cr: bool,
    ) -> None:
        self._file = file
        self._early = early
        self._counter = counter
        self._escapes_cr = escapes_cr
        self.written = 0

    def write(self, chunk: ReadableBuffer, /) -> int:
        """Keep a chunk. Raises: _Cut."""
        given = kept = bytes(chunk)
        if self._counter is not None and self._counter.cut_at is not None:
            return len(given)  # what the engine still held when it was stopped
        if self._escapes_cr:
            # Written raw it would be read back as a line feed (XML 1.0, 2.11).
            kept = given.replace(b"\r", b"&#13;")
        self.written += self._file.write(kept)
        if self._early is not None and self.written > SPOOLED_FROM:
            self._early(self._file)
            self._early = None
        if self._counter is not None and self._counter.feed(kept):
            raise _Cut
        return len(given)

    def flush(self) -> None:
        """Nothing is held back."""


class _Given:
    """The triples up to a cap, counted."""

    def __init__(self, triples: Iterable[Triple], caps: Caps, body: _Body) -> None:
        self._triples = triples
        self._caps = caps
        self._body = body
        self.amount = 0
        self.cut = ""

    def __iter__(self) -> Iterator[Triple]:
        for triple in self._triples:
            if self._caps.rows and self.amount >= self._caps.rows:
                self.cut = "rows"
                return
            if self._caps.bytes and self._body.written > self._caps.bytes:
                self.cut = "bytes"
                return
            self.amount += 1
            yield triple


def new_file(spool: Spool | None) -> IO[bytes]:
    """An empty file in memory, that goes on in the spool, without a name, as it gets long."""
    if spool is None:
        return BytesIO()
    return SpooledTemporaryFile(SPOOLED_FROM, dir=str(spool.folder))  # stays open


@contextmanager
def _kept_open(spool: Spool | None) -> Iterator[IO[bytes]]:
    """A file that stays open, unless writing it fails."""
    file = new_file(spool)
    try:
        yield file
    except BaseException:
        file.close()
        raise


def _unreserved(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The triples, as long as no property or class has a name that RDF/XML or XML reserves.

    Source: RDF 1.1 XML Syntax, 5.1; Namespaces in XML 1.0, 3.
    """
    for triple in triples:
        names = (triple.predicate, triple.object if triple.predicate == RDF_TYPE else None)
        for name in names:
            if isinstance(name, NamedNode) and (
                name.value in _RESERVED or name.value.startswith(_XML_NAMESPACES)
            ):
                raise _refusal(name.value, *_RDF_XML)
        yield triple


def _check_xml(spool: IO[bytes], format: str, others: str) -> None:
    """Refuse what was written, unless an XML parser reads it."""
    spool.seek(0)
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.ParseFile(spool)
    except expat.ExpatError as error:
        place = parser.ErrorByteIndex
        begin = max(0, place - _AROUND)
        spool.seek(begin)
        written = spool.read(2 * _AROUND)
        raise _refusal(_term(written, place - begin), format, others) from error


def _term(written: bytes, place: int) -> str:
    """The term at a place in XML: the IRI that an element is named by, or a text."""
    start = max(written.rfind(b"<", 0, place + 1), written.rfind(b">", 0, place) + 1)
    ends = (written.find(b"<", place + 1), written.find(b">", place))
    end = min((end for end in ends if end >= 0), default=len(written))
    text = written[start:end].decode("utf-8", "replace")
    namespace = _NAMESPACE.search(text) if text.startswith("<") else None
    if namespace is not None:
        text = namespace[1] + text.partition(" ")[0].strip("<").rpartition(":")[2]
    return unescape(text, _QUOTES)


def _refusal(term: str, format: str, others: str) -> NotWritable:
    return NotWritable(f"{format} cannot carry {term[:_SHOWN]!r}; {others} can")

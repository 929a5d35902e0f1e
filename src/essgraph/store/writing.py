"""An answer in one of the formats of SPARQL and RDF: whole, bounded, and never broken XML.

The engine writes into XML any character and any name; what no XML parser would read back is
refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import TYPE_CHECKING
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
from essgraph.store.base import reading
from essgraph.vocab import RDF, RDF_TYPE

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

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


def write_results(
    answer: QuerySolutions | QueryBoolean, format: QueryResultsFormat, max_bytes: int
) -> bytes:
    """The whole answer to a SELECT or an ASK.

    Raises: QueryError if its evaluation fails on the way; AnswerTooLarge beyond `max_bytes`;
    NotWritable, naming a term that the format cannot carry; StoreUnavailable.
    """
    is_xml = format == QueryResultsFormat.XML
    body = _Body(max_bytes, escapes_cr=is_xml)
    with reading():
        answer.serialize(body, format=format)
    return _read_back(body, "SPARQL XML", "JSON, CSV and TSV") if is_xml else body.getvalue()


def write_graph(
    triples: Iterable[Triple], format: RdfFormat, prefixes: Mapping[str, str], max_bytes: int
) -> bytes:
    """The whole graph. Raises: as `write_results`."""
    is_xml = format == RdfFormat.RDF_XML
    body = _Body(max_bytes, escapes_cr=is_xml)
    with reading():
        if is_xml:
            triples = _unreserved(triples)
        serialize(triples, body, format=format, prefixes=dict(prefixes))
    return _read_back(body, *_RDF_XML) if is_xml else body.getvalue()


class _Body(BytesIO):
    """What a serializer writes, up to a number of bytes."""

    def __init__(self, max_bytes: int, *, escapes_cr: bool) -> None:
        super().__init__()
        self._max_bytes = max_bytes
        self._escapes_cr = escapes_cr

    def write(self, chunk: ReadableBuffer, /) -> int:
        """Keep a chunk.

        Raises: AnswerTooLarge.
        """
        given = kept = bytes(chunk)
        if self._escapes_cr:
            # Written raw it would be read back as a line feed (XML 1.0, 2.11).
            kept = given.replace(b"\r", b"&#13;")
        if self.tell() + len(kept) > self._max_bytes:
            raise AnswerTooLarge(
                f"the answer has more than {self._max_bytes} bytes, the most that is sent here "
                "(max_result_bytes): ask for less, with LIMIT and OFFSET or fewer variables"
            )
        super().write(kept)
        return len(given)


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


def _read_back(body: BytesIO, format: str, others: str) -> bytes:
    """What was written, if an XML parser reads it."""
    written = body.getvalue()
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(written, True)
    except expat.ExpatError as error:
        raise _refusal(_term(written, parser.ErrorByteIndex), format, others) from error
    return written


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

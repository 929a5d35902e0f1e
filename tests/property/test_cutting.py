"""Whatever terms an answer holds, cut it parses, holds the first rows and says what was cut."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from essgraph.errors import NotWritable
from essgraph.store import cutting
from essgraph.store.cutting import Caps, RowCounter
from essgraph.store.writing import Written, write_graph, write_results

Term = NamedNode | Literal | BlankNode
Row = list[Term | None]

FORMATS = [
    QueryResultsFormat.JSON,
    QueryResultsFormat.XML,
    QueryResultsFormat.CSV,
    QueryResultsFormat.TSV,
]
LINES = [RdfFormat.TURTLE, RdfFormat.N_TRIPLES]
SPOKEN = {RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.RDF_XML}
"""Formats of graphs that have comments."""

_MEAN = (
    '"}},{"',
    '{"x":{"type":"uri","value":"a:b"}}',
    ',{"x":{"type"',
    "<result>",
    "</result></results>",
    "a\nb",
    'a\r\n"b"\n,',
    '"\n"',
    "\\",
    '\\"',
    "\t",
    "]}}",
    "",
)
_TEXT = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(_MEAN)
_TERMS = st.one_of(
    _TEXT.map(Literal),
    _TEXT.map(lambda text: Literal(text, language="fr")),
    st.integers().map(Literal),
    st.sampled_from(["http://e.example/a", "urn:x:%22,%22", "http://e.example/é"]).map(NamedNode),
)
_ROWS = st.lists(st.lists(st.none() | _TERMS, min_size=2, max_size=2), min_size=1, max_size=12)


def _solutions(rows: list[Row]) -> QuerySolutions:
    values = " ".join(
        f"({' '.join('UNDEF' if term is None else str(term) for term in row)})" for row in rows
    )
    found = Store().query(f"SELECT ?x ?y {{ VALUES (?x ?y) {{ {values} }} }}")
    assert isinstance(found, QuerySolutions)
    return found


def _said(body: bytes, format: QueryResultsFormat) -> str | None:
    """What a document itself says of its cut."""
    if format == QueryResultsFormat.JSON:
        found = json.loads(body).get("truncated")
        return None if found is None else str(found)
    _, begun, rest = body.decode().rpartition("truncated: ")
    return rest.split()[0] if begun else None


def _table(body: bytes, format: QueryResultsFormat) -> list[Row]:
    """The rows of a document, without the last line where it tells of a cut."""
    if format == QueryResultsFormat.TSV:
        lines = body.decode().split("\n")
        body = "\n".join(line for line in lines if not line.startswith("# trunc")).encode()
    found = parse_query_results(body, format)
    assert isinstance(found, QuerySolutions)
    return [[row["x"], row["y"]] for row in found]


@pytest.mark.parametrize("format", FORMATS)
@given(rows=_ROWS, most=st.integers(1, 12))
@example([[None, None], [Literal("a"), None], [None, None], [Literal("b"), None]], 1)
def test_a_table_is_cut_after_whole_rows(
    format: QueryResultsFormat, rows: list[Row], most: int
) -> None:
    """At most so many rows, the very first ones; and a cut is told exactly when there is one."""
    try:
        whole = write_results(_solutions(rows), format)
        cut = write_results(_solutions(rows), format, Caps(rows=most))
    except NotWritable:
        return  # XML cannot carry some characters

    body = cut.read()
    if format == QueryResultsFormat.CSV:  # knows no types: compared as text
        given_rows = list(csv.reader(io.StringIO(whole.read().decode(), newline="")))
        kept_rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
        if cut.truncated:
            assert kept_rows.pop() == [f"# truncated: {cut.truncated}"]
        kept, first = kept_rows[1:], given_rows[1:]
    else:
        kept, first = _table(body, format), _table(whole.read(), format)  # type: ignore[assignment]
    assert kept == first[: len(kept)]
    assert (cut.truncated == "") == (len(kept) == len(rows))
    if cut.truncated:
        assert cut.truncated == f"rows={cut.rows}" == f"rows={most}"
        # JSON does not count rows that bind nothing: they come on top.
        assert sum(row != [None, None] or format != QueryResultsFormat.JSON for row in kept) == most
    assert _said(body, format) == (cut.truncated or None)


@pytest.mark.parametrize("format", FORMATS)
@given(rows=_ROWS, most=st.integers(1, 400), size=st.integers(1, 64))
def test_a_table_fed_in_any_chunks_is_cut_alike(
    format: QueryResultsFormat, rows: list[Row], most: int, size: int
) -> None:
    """Rows are found however the bytes arrive, and the cap in rows falls in the same place."""
    try:
        body = write_results(_solutions(rows), format).read()
    except NotWritable:
        return
    caps = Caps(rows=1 + most % 12)
    at_once, pieces = RowCounter(format, caps), RowCounter(format, caps)

    at_once.feed(body)
    for start in range(0, len(body), size):
        if pieces.feed(body[start : start + size]):
            break
    pieces.end()

    assert (at_once.cut_at, at_once.rows) == (pieces.cut_at, pieces.rows)
    if at_once.cut_at is None:
        assert cutting.count(format, body) == pieces.rows


@pytest.mark.parametrize("format", FORMATS)
@given(rows=_ROWS, most=st.integers(1, 400))
@example(rows=[[None, None], [None, Literal("")]], most=1)
def test_a_table_is_cut_at_bytes(format: QueryResultsFormat, rows: list[Row], most: int) -> None:
    """Cut by bytes it parses, holds the first rows and says the cap; else it is whole."""
    try:
        whole = write_results(_solutions(rows), format)
        cut = write_results(_solutions(rows), format, Caps(bytes=most))
    except NotWritable:
        return

    body = cut.read()
    if not cut.truncated:
        assert body == whole.read()
        return
    assert cut.truncated == f"bytes={most}" == _said(body, format)
    if format != QueryResultsFormat.CSV:
        kept = _table(body, format)
        assert kept == _table(whole.read(), format)[: len(kept)]
        assert len(kept) < len(rows)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("term", [None, Literal("x" * 100_000)], ids=["nothing", "one long text"])
def test_rows_that_are_not_counted_are_cut_too(
    format: QueryResultsFormat, term: Term | None
) -> None:
    """Rows that bind nothing, or a row longer than the cap, do not pass the cap in bytes."""
    rows: list[Row] = [[term, None]] * (20_000 if term is None else 2)

    cut = write_results(_solutions(rows), format, Caps(bytes=20_000))

    assert cut.truncated == "bytes=20000" == _said(cut.read(), format)
    assert cut.size < 30_000
    if format != QueryResultsFormat.CSV:
        assert len(_table(cut.read(), format)) < len(rows)


@pytest.mark.parametrize("format", LINES)
@given(terms=st.lists(_TERMS, min_size=1, max_size=8), most=st.integers(1, 8))
def test_a_graph_is_cut_after_whole_triples(
    format: RdfFormat, terms: list[Term], most: int
) -> None:
    """The first triples, a document that parses, and a comment that tells of a cut."""
    subject = NamedNode("http://e.example/s")
    triples = [
        Triple(subject, NamedNode(f"http://e.example/p{number}"), term)
        for number, term in enumerate(terms)
    ]

    cut = write_graph(triples, format, {"e": "http://e.example/"}, Caps(rows=most))

    body = cut.read()
    assert [quad.triple for quad in parse(body, format)] == triples[:most]
    assert (cut.truncated != "") == (most < len(triples))
    assert body.endswith(f"# truncated: rows={most}\n".encode()) == (cut.truncated != "")


@pytest.mark.parametrize("format", [*LINES, RdfFormat.RDF_XML, RdfFormat.JSON_LD])
def test_a_graph_is_cut_at_bytes(format: RdfFormat) -> None:
    """A graph beyond the cap in bytes parses, holds the first triples, and is told."""
    triples = [
        Triple(
            NamedNode(f"http://e.example/s{number}"),
            NamedNode("http://e.example/p"),
            Literal("x" * 90),
        )
        for number in range(1_000)
    ]

    cut: Written = write_graph(triples, format, {}, Caps(bytes=20_000))

    body = cut.read()
    found = [quad.triple for quad in parse(body, format)]
    assert cut.truncated == "bytes=20000"
    assert 0 < len(found) < len(triples)
    assert set(found) == set(triples[: len(found)])
    assert (b"truncated: bytes=20000" in body) == (format in SPOKEN)

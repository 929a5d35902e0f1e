"""Answers as bytes: whole or told to be cut, and XML that parsers read back."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from essgraph.errors import AnswerTooLarge, NotWritable, QueryError, StoreUnavailable
from essgraph.store.cutting import Caps
from essgraph.store.writing import SPOOLED_FROM, Spool, Written, write_graph, write_results
from essgraph.vocab import RDF, RDF_TYPE

E = "http://e.example/"
SUBJECT, PROPERTY = NamedNode(E + "s"), NamedNode(E + "p")
RESULTS = "{http://www.w3.org/2005/sparql-results#}"

_NAME = re.compile(r"[a-zé_][a-zé0-9_.·-]*\Z")
_TAIL = st.text("aé1-._~%/:·", max_size=6).map(lambda tail: tail.replace("%", "%20"))


def _solutions(text: str) -> QuerySolutions:
    """One row with one literal, made by the engine."""
    found = Store().query(f"SELECT ?x {{ VALUES ?x {{ {Literal(text)} }} }}")
    assert isinstance(found, QuerySolutions)
    return found


@given(st.text())
@example("a\rb\r\nc")
@example(" a ")
@example("]]>&#13;<x>")
@example("a\x01b")
@example("\ufffe")
def test_xml_results_read_back_or_are_refused(text: str) -> None:
    """Any literal in XML results is the same for two parsers, or the answer is refused."""
    body = _unless_refused(lambda: write_results(_solutions(text), QueryResultsFormat.XML))

    assert (body is not None) == _is_xml_text(text)
    if body is None:
        return
    literal = ElementTree.fromstring(body).find(f".//{RESULTS}literal")  # noqa: S314  # our own
    found = parse_query_results(body, QueryResultsFormat.XML)
    assert literal is not None
    assert (literal.text or "") == text
    assert isinstance(found, QuerySolutions)
    assert [row["x"] for row in found] == [Literal(text)]


@given(text=st.text(), tail=_TAIL)
@example("a\rb", "p")
@example("a\x0cb", "p")
@example("x", "1")
def test_rdf_xml_reads_back_or_is_refused(text: str, tail: str) -> None:
    """Any property and literal in RDF/XML are the same for rdflib, or the answer is refused."""
    triple = Triple(SUBJECT, NamedNode(E + tail), Literal(text))
    body = _unless_refused(lambda: write_graph([triple], RdfFormat.RDF_XML, {"e": E}))

    assert (body is not None) == (_is_xml_text(text) and _NAME.search(tail) is not None)
    if body is None:
        return
    found = set(rdflib.Graph().parse(data=body, format="xml"))
    assert found == {(rdflib.URIRef(SUBJECT.value), rdflib.URIRef(E + tail), rdflib.Literal(text))}
    assert [quad.triple for quad in parse(body, RdfFormat.RDF_XML)] == [triple]


@pytest.mark.parametrize(
    ("triple", "named"),
    [
        (Triple(SUBJECT, NamedNode(E + "1"), Literal("x")), f"'{E}1'"),
        (Triple(SUBJECT, RDF_TYPE, NamedNode("foo:")), "'foo:'"),
        (Triple(SUBJECT, RDF_TYPE, NamedNode(RDF + "li")), f"'{RDF}li'"),
        (Triple(SUBJECT, NamedNode(RDF + "about"), SUBJECT), f"'{RDF}about'"),
        (
            Triple(SUBJECT, NamedNode("http://www.w3.org/2000/xmlns/a"), SUBJECT),
            "'http://www.w3.org/2000/xmlns/a'",
        ),
        (Triple(SUBJECT, PROPERTY, Literal("<a>'\x01")), '"<a>\'\\x01"'),
    ],
)
def test_the_term_is_named(triple: Triple, named: str) -> None:
    """The refusal tells which term RDF/XML cannot carry, and what can."""
    with pytest.raises(NotWritable) as raised:
        write_graph([triple], RdfFormat.RDF_XML, {})

    assert str(raised.value) == f"RDF/XML cannot carry {named}; Turtle and N-Triples can"


def test_other_formats_carry_what_xml_cannot() -> None:
    """JSON and N-Triples take control characters and any property."""
    triple = Triple(SUBJECT, NamedNode(E + "1"), Literal("a\x01b"))

    table = write_results(_solutions("a\x01b"), QueryResultsFormat.JSON).read()
    graph = write_graph([triple], RdfFormat.N_TRIPLES, {}).read()

    found = parse_query_results(table, QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    assert [row["x"] for row in found] == [Literal("a\x01b")]
    assert [quad.triple for quad in parse(graph, RdfFormat.N_TRIPLES)] == [triple]


def test_what_must_be_whole_is_refused_where_it_is_not() -> None:
    """One byte over the bound is refused; the bound itself is not."""
    written = write_results(_solutions("x" * 9_000), QueryResultsFormat.CSV)
    size = written.size

    assert written.whole(size) == written.read()
    with pytest.raises(AnswerTooLarge, match=f"more than {size - 1} bytes"):
        written.whole(size - 1)


def test_a_cut_answer_is_not_whole() -> None:
    """However short, an answer that was cut is refused where only a whole one will do."""
    written = write_results(_numbers(5), QueryResultsFormat.CSV, Caps(rows=2))

    with pytest.raises(AnswerTooLarge):
        written.whole(1_000_000)


@pytest.mark.parametrize("caps", [Caps(rows=100), Caps(bytes=10_000)])
def test_the_rest_of_a_cut_graph_is_not_computed(caps: Caps) -> None:
    """Writing stops soon after a cap."""
    taken = 0

    def triples() -> Iterator[Triple]:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield Triple(SUBJECT, PROPERTY, Literal(number))

    written = write_graph(triples(), RdfFormat.N_TRIPLES, {}, caps)

    assert taken < 1_000
    assert written.truncated == ("rows=100" if caps.rows else "bytes=10000")


def test_the_rest_of_a_cut_table_is_not_computed() -> None:
    """A table of 10^18 rows is cut at the second, at once."""
    digits = " ".join(f"VALUES ?a{n} {{ {' '.join('0123456789')} }}" for n in range(18))
    endless = Store().query(f"SELECT ?a0 {{ {digits} }}")
    assert isinstance(endless, QuerySolutions)

    written = write_results(endless, QueryResultsFormat.TSV, Caps(rows=2))

    assert (written.rows, written.truncated) == (2, "rows=2")


@pytest.mark.parametrize("format", [QueryResultsFormat.JSON, QueryResultsFormat.CSV])
def test_a_long_answer_is_on_disk(tmp_path: Path, format: QueryResultsFormat) -> None:
    """Beyond a megabyte the rest is in a file that no name leads to; it reads back whole."""
    written = write_results(_numbers(40_000, "x" * 40), format, spool=Spool(tmp_path))

    with written.file as file:
        assert written.size == os.fstat(file.fileno()).st_size > SPOOLED_FROM
        assert list(tmp_path.iterdir()) == []
        assert written.read() == write_results(_numbers(40_000, "x" * 40), format).read()
    assert (written.rows, written.truncated) == (40_000, "")


def test_a_long_answer_is_handed_over_as_it_begins(tmp_path: Path) -> None:
    """Once, before it is whole; read to its end afterwards, it is the answer."""
    begun: list[tuple[IO[bytes], int]] = []

    written = write_results(
        _numbers(40_000, "x" * 40),
        QueryResultsFormat.CSV,
        spool=Spool(tmp_path),
        early=lambda file: begun.append((file, os.fstat(file.fileno()).st_size)),
    )

    with written.file:
        assert len(begun) == 1
        assert 0 < begun[0][1] < written.size
        assert os.pread(begun[0][0].fileno(), 2 * written.size, 0) == written.read()


def test_a_long_cut_answer_is_on_disk(tmp_path: Path) -> None:
    """What is changed at its beginning when it is cut stays out of memory all the same."""
    written = write_results(
        _numbers(50_000, "x" * 40), QueryResultsFormat.JSON, Caps(rows=40_000), Spool(tmp_path)
    )

    with written.file as file:
        assert written.size == os.fstat(file.fileno()).st_size > SPOOLED_FROM
        found = json.loads(written.read())
    assert found["truncated"] == "rows=40000"
    assert len(found["results"]["bindings"]) == 40_000


def test_an_evaluation_that_fails_late_is_an_error(tmp_path: Path) -> None:
    """What fails after many rows is a QueryError, not the rows so far."""
    failing = Store().query(
        "SELECT ?x { { VALUES ?x { 1 2 3 } } UNION { SERVICE <http://127.0.0.1:9/> { ?x ?p ?o } } }"
    )
    assert isinstance(failing, QuerySolutions)

    with pytest.raises((QueryError, StoreUnavailable)):
        write_results(failing, QueryResultsFormat.CSV, spool=Spool(tmp_path))

    assert list(tmp_path.iterdir()) == []


def _numbers(count: int, text: str = "") -> QuerySolutions:
    engine = Store()
    engine.extend(
        Quad(NamedNode(f"{E}{number}"), PROPERTY, Literal(f"{number}{text}"))
        for number in range(count)
    )
    found = engine.query("SELECT ?s ?o { ?s ?p ?o }")
    assert isinstance(found, QuerySolutions)
    return found


def _unless_refused(writing: Callable[[], Written]) -> bytes | None:
    try:
        return writing().read()
    except NotWritable:
        return None


def _is_xml_text(text: str) -> bool:
    """Whether every character is one of XML 1.0's (production 2)."""
    return all(
        char in "\t\n\r" or "\x20" <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd"
        or char >= "\U00010000"
        for char in text
    )  # fmt: skip

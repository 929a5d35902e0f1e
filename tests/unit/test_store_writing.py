"""Answers as bytes: whole, bounded, and XML that parsers read back."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import (
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

from essgraph.errors import AnswerTooLarge, NotWritable
from essgraph.store.writing import write_graph, write_results
from essgraph.vocab import RDF, RDF_TYPE

E = "http://e.example/"
ROOM = 100_000
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
    body = _unless_refused(lambda: write_results(_solutions(text), QueryResultsFormat.XML, ROOM))

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
    body = _unless_refused(lambda: write_graph([triple], RdfFormat.RDF_XML, {"e": E}, ROOM))

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
        write_graph([triple], RdfFormat.RDF_XML, {}, ROOM)

    assert str(raised.value) == f"RDF/XML cannot carry {named}; Turtle and N-Triples can"


def test_other_formats_carry_what_xml_cannot() -> None:
    """JSON and N-Triples take control characters and any property."""
    triple = Triple(SUBJECT, NamedNode(E + "1"), Literal("a\x01b"))

    table = write_results(_solutions("a\x01b"), QueryResultsFormat.JSON, ROOM)
    graph = write_graph([triple], RdfFormat.N_TRIPLES, {}, ROOM)

    found = parse_query_results(table, QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    assert [row["x"] for row in found] == [Literal("a\x01b")]
    assert [quad.triple for quad in parse(graph, RdfFormat.N_TRIPLES)] == [triple]


def test_an_answer_has_as_many_bytes_as_allowed() -> None:
    """One byte over the bound is refused; the bound itself is not."""
    whole = write_results(_solutions("x" * 9_000), QueryResultsFormat.CSV, ROOM)

    assert write_results(_solutions("x" * 9_000), QueryResultsFormat.CSV, len(whole)) == whole
    with pytest.raises(AnswerTooLarge, match=f"more than {len(whole) - 1} bytes"):
        write_results(_solutions("x" * 9_000), QueryResultsFormat.CSV, len(whole) - 1)


def test_the_rest_of_too_large_an_answer_is_not_computed() -> None:
    """Writing stops soon after the bound."""
    taken = 0

    def triples() -> list[Triple]:
        nonlocal taken
        taken += 1
        return [Triple(SUBJECT, PROPERTY, Literal(taken))]

    endless = (triple for _ in range(100_000) for triple in triples())
    with pytest.raises(AnswerTooLarge):
        write_graph(endless, RdfFormat.N_TRIPLES, {}, 10_000)

    assert taken < 1_000


def _unless_refused(writing: Callable[[], bytes]) -> bytes | None:
    try:
        return writing()
    except NotWritable:
        return None


def _is_xml_text(text: str) -> bool:
    """Whether every character is one of XML 1.0's (production 2)."""
    return all(
        char in "\t\n\r" or "\x20" <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd"
        or char >= "\U00010000"
        for char in text
    )  # fmt: skip

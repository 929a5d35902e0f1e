"""N-Triples text: whatever goes in comes out of a parser as the same terms."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from essgraph import vocab
from essgraph.sources import ntriples
from essgraph.sources.ntriples import Statement, Term, Terms

NAMES = vocab.Names("https://data.example/")
SUBJECT = ntriples.iri("https://data.example/s")
PREDICATE = ntriples.iri("https://data.example/p")


def read_back(term: Term) -> object:
    """The object that pyoxigraph reads from a statement with this object."""
    line = ntriples.fact(SUBJECT, PREDICATE, term)
    (quad,) = parse(line, format=RdfFormat.N_TRIPLES)
    return quad.object


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    """Quotes, line ends, control characters and all else are escaped."""
    assert read_back(ntriples.text(text)) == Literal(text)


@given(st.text(), st.sampled_from(["fr", "en"]))
def test_any_text_keeps_its_language(text: str, language: str) -> None:
    """A language goes with the text."""
    assert read_back(ntriples.text(text, language)) == Literal(text, language=language)


@given(st.text())
def test_any_text_keeps_its_datatype(text: str) -> None:
    """A datatype goes with the text."""
    term = ntriples.typed(text, Term(str(vocab.WKT_LITERAL)))

    assert read_back(term) == Literal(text, datatype=vocab.WKT_LITERAL)


@given(st.integers(min_value=0))
def test_an_integer_is_one(value: int) -> None:
    """Whole numbers are xsd:integer."""
    assert read_back(ntriples.integer(value)) == Literal(value)


@given(st.text(min_size=1))
def test_an_entity_is_the_one_that_names_mint(key: str) -> None:
    """The short way of writing an IRI and the percent-encoding one agree, for every key."""
    assert read_back(Terms(NAMES).entity("commune", key)) == NAMES.entity("commune", key)


def test_terms_of_the_ontology_and_concepts_are_under_the_base() -> None:
    """Another base IRI moves every term of ours."""
    terms = Terms(NAMES)

    assert read_back(terms.ess("siren")) == NamedNode("https://data.example/ontology#siren")
    concept = NamedNode("https://data.example/scheme/legal-form/7210")
    assert read_back(terms.concept("legal-form", "7210")) == concept


@given(texts=st.lists(st.text(max_size=3), max_size=5))
def test_a_file_holds_each_fact_once_in_first_order(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    """Text statements and triples of the same fact are one line; the count is that of lines."""
    subject, predicate = NamedNode("https://data.example/s"), NamedNode("https://data.example/p")
    facts: list[Statement | Triple] = []
    for text in texts:
        facts.append(Triple(subject, predicate, Literal(text)))
        facts.append(ntriples.fact(SUBJECT, PREDICATE, ntriples.text(text)))
    path = tmp_path_factory.getbasetemp() / "facts.nt"

    count = ntriples.write_ntriples(facts, path)

    found = [quad.object for quad in parse(path=path, format=RdfFormat.N_TRIPLES)]
    assert found == [Literal(text) for text in dict.fromkeys(texts)]
    assert count == len(found)


@pytest.mark.parametrize("distinct", [False, True])
def test_chunks_are_the_file(tmp_path: Path, distinct: bool) -> None:
    """What is handed on is what was written: whole lines, in order, each fact once."""
    facts = [ntriples.fact(SUBJECT, PREDICATE, ntriples.text(f"{number} é")) for number in range(9)]
    path = tmp_path / "facts.nt"

    chunks = list(
        ntriples.write_chunks(
            facts if distinct else facts + facts, path, distinct=distinct, size=200
        )
    )

    assert b"".join(chunks) == path.read_bytes() == "".join(facts).encode()
    assert len(chunks) > 2
    assert all(chunk.endswith(b"\n") for chunk in chunks)
    assert b"".join(ntriples.read_chunks(path, size=200)) == path.read_bytes()
    assert all(chunk.endswith(b" .\n") for chunk in ntriples.read_chunks(path, size=200))
    assert ntriples.amount(path) == 9


def test_a_layer_without_facts_is_an_empty_file(tmp_path: Path) -> None:
    """Nothing to load, and nothing that is missing."""
    path = tmp_path / "facts.nt"

    chunks = list(ntriples.write_chunks([], path))

    assert chunks == []
    assert path.read_bytes() == b""

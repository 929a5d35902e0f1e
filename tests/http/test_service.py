"""The description of the SPARQL endpoint."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

from essgraph import sources
from essgraph.config import Settings
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names
from essgraph.web.service import FUNCTIONS

PREFIXES = """
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""


def _described(client: FlaskClient) -> EmbeddedStore:
    store = EmbeddedStore()
    store.load(client.get("/sparql").data, RdfFormat.TURTLE, NamedNode("urn:x:description"))
    return store


def _values(store: EmbeddedStore, pattern: str) -> set[str]:
    rows = store.select(f"{PREFIXES} SELECT ?x WHERE {{ {pattern} }}").rows
    return {str(getattr(row[0], "value", row[0])) for row in rows}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "text/turtle"),
        ("*/*", "text/turtle"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
    ],
)
def test_a_program_without_query_gets_the_description(
    client: FlaskClient, accept: str | None, media_type: str
) -> None:
    """The endpoint describes itself in each format of RDF; Turtle is the default."""
    response = client.get("/sparql", headers={"Accept": accept} if accept else {})

    assert (response.status_code, response.mimetype) == (200, media_type)
    assert b"sparql-service-description" in response.data
    assert "/.well-known/void" in response.headers["Link"]


def test_it_tells_what_the_endpoint_is(client: FlaskClient) -> None:
    """Address, languages, features, and the formats that a graph may be sent in."""
    store = _described(client)

    assert _values(store, "?s a sd:Service ; sd:endpoint ?x") == {"http://localhost/sparql"}
    assert {
        iri.rpartition("#")[2] for iri in _values(store, "?s sd:supportedLanguage|sd:feature ?x")
    } == {"SPARQL11Query", "SPARQL11Update", "UnionDefaultGraph"}
    assert {iri.rpartition("/")[2] for iri in _values(store, "?s sd:inputFormat ?x")} == {
        "Turtle",
        "N-Triples",
        "RDF_XML",
        "JSON-LD",
    }


@pytest.mark.parametrize("host", ["a<b", "a b", "x:y:z"])
def test_a_malformed_host_is_refused(client: FlaskClient, host: str) -> None:
    """An address that could not be called is never described."""
    response = client.get("/sparql", headers={"Host": host})

    assert response.status_code == 400
    assert "Host" in response.get_json(force=True)["detail"]


def test_it_names_the_graphs_that_are_there(client: FlaskClient) -> None:
    """The default dataset has a default graph and every layer that has triples, and VoID."""
    store = _described(client)

    names = _values(store, "?s sd:defaultDataset/sd:namedGraph/sd:name ?x")
    built = {"meta", *sources.chosen(Settings())}
    assert names == {Names().graph(layer).value for layer in built}
    assert _values(store, "?s sd:defaultDataset/sd:defaultGraph ?g . ?g a ?x") >= {
        "http://www.w3.org/ns/sparql-service-description#Graph"
    }
    assert _values(store, "?s sd:defaultDataset/rdfs:seeAlso ?x") == {
        "http://localhost/.well-known/void"
    }


def test_it_names_each_format_of_results(client: FlaskClient) -> None:
    """All eight formats by the IRIs of the W3C's registry."""
    formats = _values(_described(client), "?s sd:resultFormat ?x")

    assert {iri.removeprefix("http://www.w3.org/ns/formats/") for iri in formats} == {
        *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV"),
        *("SPARQL_Results_TSV", "Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_function_it_names_is_there(client: FlaskClient, function: str) -> None:
    """The engine knows the function: one that it does not know makes a query fail."""
    assert function in _values(_described(client), "?s sd:extensionFunction ?x")

    answer = Store().query(f"SELECT (<{function}>(1) AS ?x) {{}}")
    assert isinstance(answer, QuerySolutions)
    assert len(list(answer)) == 1

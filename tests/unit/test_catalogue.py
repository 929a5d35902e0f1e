"""The description of a release: VoID, DCAT-AP and PROV."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, serialize

from essgraph import catalogue, vocab
from essgraph.sources import Dataset
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

NAMES = Names("https://data.example/")
WHOLE = "<https://data.example/id/dataset/essgraph>"
COUNTS = catalogue.Counts(
    graphs={"collection": 30, "meta": 12},
    classes={vocab.SKOS + "Concept": 3},
    properties={vocab.SKOS + "note": 7},
)
PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in NAMES.prefixes.items())


@pytest.fixture(name="described", scope="module")
def _described() -> EmbeddedStore:
    store = EmbeddedStore()
    datasets: list[Dataset] = []
    found = catalogue.triples(NAMES, "20260101T000000Z", "2026-01-01T00:00:00Z", COUNTS, datasets)
    text = serialize(found, format=RdfFormat.N_TRIPLES)
    assert text is not None
    store.load(text, RdfFormat.N_TRIPLES, NAMES.graph("meta"))
    return store


@pytest.mark.parametrize(
    "term", ["dcterms:title", "dcterms:description", "dcat:keyword", "rdfs:label"]
)
def test_people_read_it_in_both_languages(described: EmbeddedStore, term: str) -> None:
    """What is text is there in French and in English."""
    rows = described.select(f"{PREFIXES} SELECT DISTINCT ?x {{ {WHOLE} {term} ?x }}").rows

    assert {text.language for (text,) in rows if isinstance(text, Literal)} == {"fr", "en"}


@pytest.mark.parametrize(
    "pattern",
    [
        "dcterms:publisher [ a foaf:Agent ; foaf:name ?name ]",
        "dcterms:license ?licence",
        "dcterms:issued ?at ; dcterms:modified ?at ; dcat:version '20260101T000000Z'",
        "dcterms:language <http://publications.europa.eu/resource/authority/language/FRA>",
        "dcterms:spatial <http://publications.europa.eu/resource/authority/country/FRA>",
        "dcterms:accrualPeriodicity ?rhythm ; dcat:theme ?theme",
        "void:sparqlEndpoint <https://data.example/sparql>",
        "dcat:distribution [ a dcat:Distribution ; dcat:accessURL <https://data.example/sparql> ;"
        " dcat:accessService [ a dcat:DataService ; dcat:servesDataset ?self ] ]",
        "^foaf:primaryTopic [ a void:DatasetDescription ]",
    ],
)
def test_it_has_what_dcat_ap_asks(described: EmbeddedStore, pattern: str) -> None:
    """The whole graph's publisher, licence, dates, place, rhythm and ways to it are told."""
    assert described.ask(f"{PREFIXES} ASK {{ {WHOLE} {pattern} }}")


def test_it_tells_how_much_there_is(described: EmbeddedStore) -> None:
    """Triples of the whole, of each graph and property, entities of each class."""
    for pattern in (
        f"{WHOLE} void:triples 42 ; void:subset <https://data.example/graph/collection>",
        "<https://data.example/graph/collection> void:triples 30",
        f"{WHOLE} void:classPartition [ void:class skos:Concept ; void:entities 3 ]",
        f"{WHOLE} void:propertyPartition [ void:property skos:note ; void:triples 7 ]",
    ):
        assert described.ask(f"{PREFIXES} ASK {{ {pattern} }}"), pattern


def test_each_graph_can_be_downloaded(described: EmbeddedStore) -> None:
    """Each layer has a distribution in N-Triples, which is also its VoID dump."""
    query = f"""{PREFIXES} SELECT ?graph ?url {{
        ?graph a void:Dataset , dcat:Dataset ; void:dataDump ?url ;
            dcat:distribution [ dcat:downloadURL ?url ; dcat:mediaType ?type ] }} ORDER BY ?graph"""

    address = "https://data.example/graphs?graph=https%3A%2F%2Fdata.example%2Fgraph%2F{}&format=nt"
    assert described.select(query).rows == [
        (NAMES.graph(layer), NamedNode(address.format(layer))) for layer in ("collection", "meta")
    ]

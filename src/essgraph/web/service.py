"""The SPARQL endpoint described to machines: what it speaks, writes, holds and computes.

Source: SPARQL 1.1 Service Description (W3C Recommendation, 21 March 2013); DCAT 3, 6.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from essgraph import vocab
from essgraph.vocab import Names
from essgraph.web import negotiate

SD = "http://www.w3.org/ns/sparql-service-description#"
GEOF = "http://www.opengis.net/def/function/geosparql/"
FUNCTIONS = tuple(
    GEOF + name
    for name in (
        *("area", "asGeoJSON", "centroid", "convexHull", "coordinateDimension", "difference"),
        *("dimension", "distance", "envelope", "getSRID", "intersection", "isEmpty", "isSimple"),
        *("length", "perimeter", "relate", "spatialDimension", "symDifference", "union"),
        *("sfContains", "sfCrosses", "sfDisjoint", "sfEquals", "sfIntersects", "sfOverlaps"),
        *("sfTouches", "sfWithin", "ehContains", "ehCoveredBy", "ehCovers", "ehDisjoint"),
        *("ehEquals", "ehInside", "ehMeet", "ehOverlap", "rcc8dc", "rcc8ec", "rcc8eq"),
        *("rcc8ntpp", "rcc8ntppi", "rcc8po", "rcc8tpp", "rcc8tppi"),
    )
)
"""GeoSPARQL functions of the embedded engine: each is called in its test."""

_FORMATS = "http://www.w3.org/ns/formats/"
_SIMPLE = NamedNode("http://www.w3.org/ns/entailment/Simple")


def triples(
    endpoint: NamedNode, void: str, names: Names, layers: Mapping[str, int | None], embedded: bool
) -> Iterator[Triple]:
    """The description of the service at `endpoint`.

    Shape: layers: layer that has triples -> how many, if it is known. `embedded`: whether the
    engine is our own, whose functions are known and which takes updates.
    """
    service, dataset, default = (
        NamedNode(f"{endpoint.value}#{part}") for part in ("service", "dataset", "default-graph")
    )
    whole = names.entity("dataset", "essgraph")
    yield Triple(service, vocab.RDF_TYPE, _sd("Service"))
    yield Triple(service, vocab.RDF_TYPE, NamedNode(vocab.DCAT + "DataService"))
    yield Triple(service, vocab.RDFS_LABEL, Literal("Point d’accès SPARQL", language="fr"))
    yield Triple(service, vocab.RDFS_LABEL, Literal("SPARQL endpoint", language="en"))
    yield Triple(service, _sd("endpoint"), endpoint)
    yield Triple(service, NamedNode(vocab.DCAT + "endpointURL"), endpoint)
    yield Triple(service, NamedNode(vocab.DCAT + "servesDataset"), whole)
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    if embedded:
        yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update"))
        for offer in negotiate.GRAPHS:
            yield Triple(service, _sd("inputFormat"), NamedNode(_FORMATS + offer.known_as))
    yield Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    yield Triple(service, _sd("defaultEntailmentRegime"), _SIMPLE)
    for offer in (*negotiate.RESULTS, *negotiate.GRAPHS):
        yield Triple(service, _sd("resultFormat"), NamedNode(_FORMATS + offer.known_as))
    functions = [NamedNode(function) for function in FUNCTIONS if embedded]
    for function in functions:
        yield Triple(service, _sd("extensionFunction"), function)
    yield Triple(service, _sd("defaultDataset"), dataset)
    for function in functions:
        yield Triple(function, vocab.RDF_TYPE, _sd("Function"))
    yield Triple(dataset, vocab.RDF_TYPE, _sd("Dataset"))
    yield Triple(dataset, NamedNode(vocab.RDFS + "seeAlso"), NamedNode(void))
    yield Triple(dataset, _sd("defaultGraph"), default)
    yield Triple(default, vocab.RDF_TYPE, _sd("Graph"))
    for layer, amount in layers.items():
        named, graph = NamedNode(f"{endpoint.value}#{layer}"), names.graph(layer)
        yield Triple(dataset, _sd("namedGraph"), named)
        yield Triple(named, vocab.RDF_TYPE, _sd("NamedGraph"))
        yield Triple(named, _sd("name"), graph)
        yield Triple(named, _sd("graph"), graph)
        yield Triple(graph, vocab.RDF_TYPE, _sd("Graph"))
        if amount is not None:
            yield Triple(graph, NamedNode(vocab.VOID + "triples"), Literal(amount))


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)

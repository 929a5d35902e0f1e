"""A release described to machines: VoID, DCAT and PROV triples of the graph `meta`.

Source: VoID (W3C Interest Group Note, 3 March 2011), DCAT 3, PROV-O.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from pyoxigraph import Literal, NamedNode, Triple

from essgraph import vocab
from essgraph.sources import Dataset
from essgraph.vocab import Names

LICENCE_OUVERTE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"

_GRAPH_TITLES = {
    "ontology": ("Ontologie et nomenclatures", "Ontology and concept schemes", CC0),
    "collection": ("Collection d’exemples", "Collection of examples", CC_BY),
    "territories": ("Territoires de France", "Territories of France", LICENCE_OUVERTE),
    "evidence": ("Source de chaque fait", "Source of each fact", CC_BY),
    "meta": ("Description de la publication", "Description of the release", CC0),
}


@dataclass(frozen=True)
class Counts:
    """What a release holds.

    Shape: graphs: layer -> triples; classes: class IRI -> entities;
    properties: property IRI -> triples.
    """

    graphs: Mapping[str, int]
    classes: Mapping[str, int]
    properties: Mapping[str, int]


def triples(
    names: Names, release_id: str, created: str, counts: Counts, datasets: Sequence[Dataset]
) -> Iterator[Triple]:
    """The graph `meta` of a release; `created` is an ISO 8601 instant."""
    whole = names.entity("dataset", "essgraph")
    activity = names.entity("release", release_id)
    instant = Literal(created, datatype=NamedNode(vocab.XSD + "dateTime"))
    yield from _typed(whole, vocab.VOID + "Dataset", vocab.DCAT + "Dataset")
    yield from _labels(whole, "Graphe essgraph", "The essgraph graph")
    yield Triple(whole, _term(vocab.DCTERMS, "modified"), instant)
    yield Triple(whole, _term(vocab.DCTERMS, "license"), NamedNode(CC_BY))
    yield Triple(whole, _term(vocab.DCTERMS, "license"), NamedNode(LICENCE_OUVERTE))
    yield Triple(whole, _term(vocab.VOID, "uriSpace"), Literal(names.base))
    yield Triple(whole, _term(vocab.VOID, "triples"), _number(sum(counts.graphs.values())))
    yield Triple(whole, _term(vocab.PROV, "wasGeneratedBy"), activity)
    yield from _partitions(names, whole, counts)
    for layer, amount in counts.graphs.items():
        french, english, licence = _GRAPH_TITLES[layer]
        graph = names.graph(layer)
        yield Triple(whole, _term(vocab.VOID, "subset"), graph)
        yield from _typed(graph, vocab.VOID + "Dataset")
        yield from _labels(graph, french, english)
        yield Triple(graph, _term(vocab.VOID, "triples"), _number(amount))
        yield Triple(graph, _term(vocab.DCTERMS, "license"), NamedNode(licence))
        yield Triple(graph, _term(vocab.PROV, "wasGeneratedBy"), activity)
    yield from _typed(activity, vocab.PROV + "Activity")
    yield from _labels(activity, f"Publication {release_id}", f"Release {release_id}")
    yield Triple(activity, _term(vocab.PROV, "endedAtTime"), instant)
    for dataset in datasets:
        node = names.entity("dataset", dataset.slug)
        yield from _dataset(node, dataset)
        yield Triple(activity, _term(vocab.PROV, "used"), node)
        yield Triple(names.graph(dataset.layer), _term(vocab.PROV, "wasDerivedFrom"), node)


def _dataset(node: NamedNode, dataset: Dataset) -> Iterator[Triple]:
    yield from _typed(node, vocab.DCAT + "Dataset")
    yield from _labels(node, dataset.title_fr, dataset.title_en)
    yield Triple(node, _term(vocab.DCTERMS, "publisher"), Literal(dataset.publisher))
    yield Triple(node, _term(vocab.DCTERMS, "license"), NamedNode(dataset.licence))
    yield Triple(node, _term(vocab.DCAT, "landingPage"), NamedNode(dataset.url))
    yield Triple(node, _term(vocab.DCAT, "version"), Literal(dataset.version))
    day = Literal(dataset.read_on, datatype=vocab.XSD_DATE)
    yield Triple(node, _term(vocab.DCTERMS, "dateAccepted"), day)


def _partitions(names: Names, whole: NamedNode, counts: Counts) -> Iterator[Triple]:
    kinds = (
        ("class", "class", "entities", counts.classes),
        ("property", "property", "triples", counts.properties),
    )
    for kind, key, unit, amounts in kinds:
        for iri, amount in amounts.items():
            digest = sha256(f"{kind} {iri}".encode()).hexdigest()[:16]
            node = NamedNode(f"{names.graph('meta').value}#{kind}-{digest}")
            yield Triple(whole, _term(vocab.VOID, f"{kind}Partition"), node)
            yield Triple(node, _term(vocab.VOID, key), NamedNode(iri))
            yield Triple(node, _term(vocab.VOID, unit), _number(amount))


def _typed(node: NamedNode, *classes: str) -> Iterator[Triple]:
    for name in classes:
        yield Triple(node, vocab.RDF_TYPE, NamedNode(name))


def _labels(node: NamedNode, french: str, english: str) -> Iterator[Triple]:
    yield Triple(node, vocab.RDFS_LABEL, Literal(french, language="fr"))
    yield Triple(node, vocab.RDFS_LABEL, Literal(english, language="en"))


def _term(namespace: str, name: str) -> NamedNode:
    return NamedNode(namespace + name)


def _number(amount: int) -> Literal:
    return Literal(amount)

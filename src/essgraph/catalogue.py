"""A release described to machines: VoID, DCAT-AP and PROV triples of the graph `meta`.

Source: VoID (W3C Interest Group Note, 3 March 2011), DCAT 3, DCAT-AP 3, PROV-O; the
authority tables of the Publications Office of the European Union.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import chain
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from essgraph import vocab
from essgraph.sources import Dataset
from essgraph.vocab import Names

LICENCE_OUVERTE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"

_TITLE = (
    "essgraph : politiques locales de l’économie sociale et solidaire",
    "essgraph: local policies for the social and solidarity economy",
)
_DESCRIPTION = (
    "Graphe de connaissances des politiques locales françaises en faveur de l’économie sociale "
    "et solidaire : initiatives, collectivités, élus et organisations, chaque fait avec sa "
    "source, rattachés au découpage administratif de la France.",
    "Knowledge graph of French local policies for the social and solidarity economy: "
    "initiatives, authorities, elected people and organisations, each fact with its source, "
    "joined to the administrative divisions of France.",
)
_PUBLISHER = ("Les fondateurs d’essgraph", "The essgraph founders")
_ENDPOINT = ("Point d’accès SPARQL", "SPARQL endpoint")
_KEYWORDS = {
    "fr": ("économie sociale et solidaire", "politiques publiques", "collectivités territoriales"),
    "en": ("social and solidarity economy", "public policy", "local government"),
}
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_AUTHORITIES = {
    vocab.DCTERMS + "language": ("language/FRA", "language/ENG"),
    vocab.DCTERMS + "spatial": ("country/FRA",),
    # A release is made when something changed: there is no rhythm.
    vocab.DCTERMS + "accrualPeriodicity": ("frequency/IRREG",),
    vocab.DCAT + "theme": ("data-theme/GOVE", "data-theme/SOCI"),
}
_MEDIA_TYPE = "https://www.iana.org/assignments/media-types/application/n-triples"

PARTS = {
    "ontology": ("Ontologie et nomenclatures", "Ontology and concept schemes", CC0),
    "collection": ("Collection d’exemples", "Collection of examples", CC_BY),
    "territories": ("Territoires de France", "Territories of France", LICENCE_OUVERTE),
    "officials": ("Élus de France", "Elected officials of France", LICENCE_OUVERTE),
    "boundaries": ("Limites administratives", "Administrative boundaries", LICENCE_OUVERTE),
    "evidence": ("Source de chaque fait", "Source of each fact", CC_BY),
    "meta": ("Description de la publication", "Description of the release", CC0),
}
"""Each layer with its names in French and English, and its licence."""


@dataclass(frozen=True)
class Counts:
    """What a release holds.

    Shape: graphs: layer -> triples; classes: class IRI -> entities;
    properties: property IRI -> triples; others: graph IRI -> triples, of graphs that only
    writes made.
    """

    graphs: Mapping[str, int]
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    others: Mapping[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The triples of all graphs."""
        return sum(self.graphs.values()) + sum(self.others.values())


@dataclass(frozen=True)
class Written:
    """An accepted write, as the description tells of it; `at` is an ISO 8601 instant."""

    id: str
    previous: str
    at: str
    agent: str
    message: str


def described(
    names: Names,
    release_id: str,
    created: str,
    counts: Counts,
    datasets: Sequence[Dataset],
    writes: Iterable[Triple] = (),
) -> tuple[list[Triple], Counts]:
    """The graph `meta` of a release, and the counts with its own size.

    `created` is an ISO 8601 instant; `writes` tell of the writes it holds (`written`).
    """
    told = list(writes)

    def say(amounts: Counts) -> list[Triple]:
        about = triples(names, release_id, created, amounts, datasets)
        return list(dict.fromkeys(chain(about, told)))

    # The description counts itself: how many triples it has does not depend on that number.
    empty = replace(counts, graphs={**counts.graphs, "meta": 0})
    whole = replace(counts, graphs={**counts.graphs, "meta": len(say(empty))})
    return say(whole), whole


def written(names: Names, write: Written) -> Iterator[Triple]:
    """What the graph `meta` tells of an accepted write: who, when, what for, on what."""
    activity, agent = names.entity("release", write.id), names.entity("agent", write.agent)
    yield from _typed(activity, vocab.PROV + "Activity")
    yield from _labels(activity, f"Publication {write.id}", f"Release {write.id}")
    yield Triple(activity, _term(vocab.PROV, "endedAtTime"), _instant(write.at))
    yield Triple(activity, _term(vocab.PROV, "wasAssociatedWith"), agent)
    before = names.entity("release", write.previous)
    yield Triple(activity, _term(vocab.PROV, "wasInformedBy"), before)
    if write.message:
        yield Triple(activity, _term(vocab.DCTERMS, "description"), Literal(write.message))
    yield from _typed(agent, vocab.PROV + "Agent")
    yield Triple(agent, vocab.RDFS_LABEL, Literal(write.agent))


def triples(
    names: Names, release_id: str, created: str, counts: Counts, datasets: Sequence[Dataset]
) -> Iterator[Triple]:
    """The graph `meta` of a build without writes; `created` is an ISO 8601 instant."""
    whole = names.entity("dataset", "essgraph")
    activity = names.entity("release", release_id)
    instant = _instant(created)
    yield from _typed(whole, vocab.VOID + "Dataset", vocab.DCAT + "Dataset")
    yield from _labels(whole, "Graphe essgraph", "The essgraph graph")
    yield from _about(names, whole)
    yield Triple(whole, _term(vocab.DCTERMS, "issued"), instant)
    yield Triple(whole, _term(vocab.DCTERMS, "modified"), instant)
    yield Triple(whole, _term(vocab.DCAT, "version"), Literal(release_id))
    yield Triple(whole, _term(vocab.DCTERMS, "license"), NamedNode(CC_BY))
    yield Triple(whole, _term(vocab.DCTERMS, "license"), NamedNode(LICENCE_OUVERTE))
    yield Triple(whole, _term(vocab.VOID, "uriSpace"), Literal(names.base))
    yield Triple(whole, _term(vocab.VOID, "triples"), _number(counts.size))
    yield Triple(whole, _term(vocab.PROV, "wasGeneratedBy"), activity)
    yield from _partitions(names, whole, counts)
    yield from _access(names, whole)
    for layer, amount in counts.graphs.items():
        french, english, licence = PARTS[layer]
        graph = names.graph(layer)
        yield Triple(whole, _term(vocab.VOID, "subset"), graph)
        yield from _typed(graph, vocab.VOID + "Dataset", vocab.DCAT + "Dataset")
        yield from _labels(graph, french, english)
        yield from _bilingual(graph, vocab.DCTERMS + "title", french, english)
        yield from _download(names, layer, licence)
        yield Triple(graph, _term(vocab.VOID, "triples"), _number(amount))
        yield Triple(graph, _term(vocab.DCTERMS, "license"), NamedNode(licence))
        yield Triple(graph, _term(vocab.PROV, "wasGeneratedBy"), activity)
    for iri, amount in counts.others.items():
        graph = NamedNode(iri)
        yield Triple(whole, _term(vocab.VOID, "subset"), graph)
        yield from _typed(graph, vocab.VOID + "Dataset")
        yield from _labels(graph, f"Graphe {iri}", f"Graph {iri}")
        yield Triple(graph, _term(vocab.VOID, "triples"), _number(amount))
    yield from _typed(activity, vocab.PROV + "Activity")
    yield from _labels(activity, f"Publication {release_id}", f"Release {release_id}")
    yield Triple(activity, _term(vocab.PROV, "endedAtTime"), instant)
    for dataset in datasets:
        node = names.entity("dataset", dataset.slug)
        yield from _dataset(node, dataset)
        yield Triple(activity, _term(vocab.PROV, "used"), node)
        yield Triple(names.graph(dataset.layer), _term(vocab.PROV, "wasDerivedFrom"), node)


def _about(names: Names, whole: NamedNode) -> Iterator[Triple]:
    publisher = _part(names, "publisher")
    yield from _bilingual(whole, vocab.DCTERMS + "title", *_TITLE)
    yield from _bilingual(whole, vocab.DCTERMS + "description", *_DESCRIPTION)
    for language, words in _KEYWORDS.items():
        for word in words:
            yield Triple(whole, _term(vocab.DCAT, "keyword"), Literal(word, language=language))
    for term, values in _AUTHORITIES.items():
        for value in values:
            yield Triple(whole, NamedNode(term), NamedNode(_AUTHORITY + value))
    yield Triple(whole, _term(vocab.DCAT, "landingPage"), NamedNode(names.base))
    yield Triple(whole, _term(vocab.DCTERMS, "publisher"), publisher)
    yield from _typed(publisher, vocab.FOAF + "Agent")
    yield from _labels(publisher, *_PUBLISHER)
    yield from _bilingual(publisher, vocab.FOAF + "name", *_PUBLISHER)


def _access(names: Names, whole: NamedNode) -> Iterator[Triple]:
    """The ways to the data of a server that answers under the base IRI."""
    endpoint, service = NamedNode(names.base + "sparql"), _part(names, "service")
    distribution = _part(names, "distribution-sparql")
    description = NamedNode(names.base + ".well-known/void")
    yield Triple(whole, _term(vocab.VOID, "sparqlEndpoint"), endpoint)
    yield Triple(whole, _term(vocab.DCAT, "distribution"), distribution)
    yield from _typed(distribution, vocab.DCAT + "Distribution")
    yield from _labels(distribution, *_ENDPOINT)
    yield from _bilingual(distribution, vocab.DCTERMS + "title", *_ENDPOINT)
    yield Triple(distribution, _term(vocab.DCAT, "accessURL"), endpoint)
    yield Triple(distribution, _term(vocab.DCAT, "accessService"), service)
    yield from _typed(service, vocab.DCAT + "DataService")
    yield from _labels(service, *_ENDPOINT)
    yield from _bilingual(service, vocab.DCTERMS + "title", *_ENDPOINT)
    yield Triple(service, _term(vocab.DCAT, "endpointURL"), endpoint)
    # Asked without a query, the endpoint describes itself.
    yield Triple(service, _term(vocab.DCAT, "endpointDescription"), endpoint)
    yield Triple(service, _term(vocab.DCAT, "servesDataset"), whole)
    yield from _typed(description, vocab.VOID + "DatasetDescription")
    yield Triple(description, _term(vocab.FOAF, "primaryTopic"), whole)


def _download(names: Names, layer: str, licence: str) -> Iterator[Triple]:
    graph, distribution = names.graph(layer), _part(names, f"distribution-{layer}")
    address = f"{names.base}graphs?graph={quote(graph.value, safe='')}&format=nt"
    yield Triple(graph, _term(vocab.VOID, "dataDump"), NamedNode(address))
    yield Triple(graph, _term(vocab.DCAT, "distribution"), distribution)
    yield from _typed(distribution, vocab.DCAT + "Distribution")
    yield from _labels(distribution, f"N-Triples : {layer}", f"N-Triples: {layer}")
    yield Triple(distribution, _term(vocab.DCAT, "accessURL"), graph)
    yield Triple(distribution, _term(vocab.DCAT, "downloadURL"), NamedNode(address))
    yield Triple(distribution, _term(vocab.DCAT, "mediaType"), NamedNode(_MEDIA_TYPE))
    yield Triple(distribution, _term(vocab.DCTERMS, "license"), NamedNode(licence))


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
            node = _part(names, f"{kind}-{digest}")
            yield Triple(whole, _term(vocab.VOID, f"{kind}Partition"), node)
            yield Triple(node, _term(vocab.VOID, key), NamedNode(iri))
            yield Triple(node, _term(vocab.VOID, unit), _number(amount))


def _typed(node: NamedNode, *classes: str) -> Iterator[Triple]:
    for name in classes:
        yield Triple(node, vocab.RDF_TYPE, NamedNode(name))


def _labels(node: NamedNode, french: str, english: str) -> Iterator[Triple]:
    yield from _bilingual(node, vocab.RDFS_LABEL.value, french, english)


def _bilingual(node: NamedNode, term: str, french: str, english: str) -> Iterator[Triple]:
    yield Triple(node, NamedNode(term), Literal(french, language="fr"))
    yield Triple(node, NamedNode(term), Literal(english, language="en"))


def _part(names: Names, name: str) -> NamedNode:
    """Something that only the graph `meta` speaks of."""
    return NamedNode(f"{names.graph('meta').value}#{name}")


def _term(namespace: str, name: str) -> NamedNode:
    return NamedNode(namespace + name)


def _instant(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(vocab.XSD + "dateTime"))


def _number(amount: int) -> Literal:
    return Literal(amount)

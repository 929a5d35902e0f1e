"""Which facts a page tells first, last, apart, or as links to elsewhere."""

from __future__ import annotations

from essgraph import vocab
from essgraph.describe.labels import Lexicon

APART = frozenset(
    (
        vocab.RDF + "type",
        vocab.RDFS + "label",
        vocab.SKOS + "prefLabel",
        vocab.GEO + "asWKT",
        vocab.GEO + "hasCentroid",
        vocab.GEO + "hasGeometry",
    )
)
"""Shown as label, classes and point rather than as facts."""

OUT = frozenset(
    (
        vocab.DCAT + "landingPage",
        vocab.FOAF + "homepage",
        vocab.OWL + "sameAs",
        vocab.SCHEMA + "url",
        vocab.SKOS + "closeMatch",
        vocab.SKOS + "exactMatch",
        vocab.SKOS + "relatedMatch",
    )
)
"""Links to other datasets and sites."""

_FIRST = (
    "dcterms:description",
    "skos:definition",
    "skos:altLabel",
    "ess:wording",
    "igeo:codeINSEE",
    "ess:siren",
    "skos:notation",
    "ess:inhabitants",
    "ess:postalCode",
    "igeo:subdivisionDe",
    "ess:inEpci",
    "ess:legalForm",
    "ess:governs",
    "org:member",
    "org:role",
    "org:organization",
    "ess:delegation",
    "dcterms:spatial",
    "schema:startDate",
    "schema:endDate",
    "ess:attestedDuring",
    "org:memberDuring",
    "ess:carriedBy",
    "ess:initiatedBy",
    "ess:ledBy",
    "ess:involves",
    "ess:partner",
    "ess:site",
    "ess:instrument",
    "ess:sector",
    "ess:about",
    "ess:measures",
    "schema:value",
    "schema:minValue",
    "schema:maxValue",
    "schema:unitText",
    "dcterms:creator",
    "dcterms:publisher",
    "dcterms:issued",
)
_LAST = ("dcterms:source", "prov:hadPrimarySource", "ess:evidence", "rdfs:isDefinedBy")
_PLACES = {name: place for place, name in enumerate((*_FIRST, "", *_LAST))}
_ELSEWHERE = _PLACES[""]


def rank(prop: str, lexicon: Lexicon) -> tuple[int, str, str]:
    """Where a property comes: what it is and where, who, how; the rest by label; sources."""
    place = _PLACES.get(lexicon.names.compact(prop), _ELSEWHERE)
    return place, lexicon.label(prop).value if place == _ELSEWHERE else "", prop

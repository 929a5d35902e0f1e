"""One description in the words of schema.org, for search engines: a node of JSON-LD.

Source: https://schema.org/docs/full.html, read 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from essgraph import vocab
from essgraph.describe import Description, Fact, Link, Mandate, Value
from essgraph.vocab import Names

Node: TypeAlias = dict[str, Any]

_TYPES = {
    **dict.fromkeys(("ess:Initiative", "ess:Policy", "ess:CandidateSurvey"), "Project"),
    "igeo:Pays": "Country",
    **dict.fromkeys(
        (
            "ess:Territory",
            "igeo:Commune",
            "igeo:CommuneDeleguee",
            "igeo:CommuneAssociee",
            "igeo:ArrondissementMunicipal",
            "igeo:Intercommunalite",
            "igeo:Departement",
            "igeo:Region",
            "igeo:CollectiviteDOutreMer",
        ),
        "AdministrativeArea",
    ),
    "ess:Place": "Place",
    "ess:Person": "Person",
    "ess:PoliticalParty": "PoliticalParty",
    "ess:Authority": "GovernmentOrganization",
    "ess:Organisation": "Organization",
    "ess:Publication": "CreativeWork",
    "ess:Clipping": "CreativeWork",
    "ess:Collection": "Collection",
    "ess:Event": "Event",
    "dcat:Dataset": "Dataset",
    "skos:Concept": "DefinedTerm",
    **dict.fromkeys(("skos:ConceptScheme", "owl:Ontology"), "DefinedTermSet"),
    **dict.fromkeys(("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty"), "DefinedTerm"),
}
"""The class of an entity -> its type there, the most telling first."""

_ARTICLES = ("NewsArticle", "Article", "Report", "Book", "WebPage", "Question")
"""Types of schema.org that an entity bears itself, more telling than what its class says."""

_ANYTHING = {"skos:altLabel": "alternateName"}
_ORGANISATION = {
    "org:memberOf": "memberOf",
    "ess:governs": "areaServed",
    "dcterms:spatial": "areaServed",
    "schema:foundingDate": "foundingDate",
}
_PLACE = {"igeo:subdivisionDe": "containedInPlace", "ess:inEpci": "containedInPlace"}
_WORK = {
    "dcterms:creator": "author",
    "dcterms:publisher": "publisher",
    "dcterms:issued": "datePublished",
    "dcterms:date": "datePublished",
    "ess:about": "about",
    "dcterms:isPartOf": "isPartOf",
    "dcterms:license": "license",
    "prov:wasQuotedFrom": "isBasedOn",
}
_PROPERTIES: Mapping[str, Mapping[str, str]] = {
    "Project": {
        "dcterms:spatial": "areaServed",
        "ess:site": "location",
        "ess:carriedBy": "parentOrganization",
        "ess:initiatedBy": "founder",
        "schema:sponsor": "sponsor",
        "ess:instrument": "keywords",
        "ess:sector": "keywords",
        "schema:startDate": "foundingDate",
        "schema:endDate": "dissolutionDate",
        "dcterms:source": "subjectOf",
    },
    "AdministrativeArea": _PLACE,
    "Country": _PLACE,
    "Place": {"dcterms:spatial": "containedInPlace"},
    "Person": {"foaf:givenName": "givenName", "foaf:familyName": "familyName"},
    **dict.fromkeys(("Organization", "GovernmentOrganization", "PoliticalParty"), _ORGANISATION),
    **dict.fromkeys(("CreativeWork", "Collection", "Dataset", *_ARTICLES), _WORK),
    "Event": {
        "dcterms:spatial": "location",
        "schema:startDate": "startDate",
        "schema:endDate": "endDate",
    },
    "DefinedTerm": {"skos:notation": "termCode", "skos:inScheme": "inDefinedTermSet"},
}
_CODES = {"igeo:codeINSEE": "INSEE", "ess:siren": "SIREN"}
_SAME = ("owl:sameAs", "skos:exactMatch", "schema:url", "foaf:homepage", "dcat:landingPage")
SUMMARIES = (vocab.DCTERMS + "description", vocab.SKOS + "definition")
"""What tells of an entity in a sentence or two."""

_LEAST_OF_DATASET = 50
"""Characters of the description of a Dataset, below which search engines refuse it.
Source: https://developers.google.com/search/docs/appearance/structured-data/dataset"""


def node(found: Description, names: Names, url: str, mandates: Sequence[Mandate] = ()) -> Node:
    """What a description says that schema.org has words for.

    Shape: `url` is the address of its page; `mandates` are those of a person, all public offices.
    """
    kind = type_of([link.iri for link in found.classes], names)
    told: Node = {"@type": kind, "@id": found.iri, "name": found.label.value, "url": url}
    told["mainEntityOfPage"] = url
    about = summary(found)
    if about:
        told["description"] = about
    if kind == "Dataset" and len(about) < _LEAST_OF_DATASET:
        told["@type"] = "CreativeWork"
    if kind in _ARTICLES or kind == "CreativeWork":
        told["headline"] = found.label.value
    words = {**_ANYTHING, **_PROPERTIES.get(kind, {})}
    for fact in found.facts:
        compact = names.compact(fact.property.iri)
        if compact in words:
            _add(told, words[compact], (_value(value, names) for value in fact.values))
        elif compact in _CODES:
            _add(told, "identifier", (_code(_CODES[compact], value) for value in fact.values))
    _add(told, "sameAs", _elsewhere(found.links_out, names))
    if found.point is not None and "containedInPlace" in words.values():
        longitude, latitude = found.point
        told["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": latitude,
            "longitude": longitude,
        }
    if kind == "Person":
        _add(told, "memberOf", (_office(mandate, names) for mandate in mandates))
    return told


def summary(found: Description) -> str:
    """The first sentence or two that say what it is; "" where nothing does."""
    texts = (v.text.value for f in found.facts if f.property.iri in SUMMARIES for v in f.values)
    return next(texts, "")


def type_of(classes: Iterable[str], names: Names) -> str:
    """The type in schema.org of what has these classes, the most telling of them."""
    compact = {names.compact(iri) for iri in classes}
    own = {name.removeprefix("schema:") for name in compact if name.startswith("schema:")}
    articles = [name for name in _ARTICLES if name in own]
    if articles:
        return articles[0]
    return next((kind for name, kind in _TYPES.items() if name in compact), "Thing")


def _add(told: Node, word: str, values: Iterable[Any]) -> None:
    """Say these of a node besides what it says already; one value stands alone."""
    known = told.get(word, [])
    every = [*(known if isinstance(known, list) else [known]), *values]
    if every:
        told[word] = every if len(every) > 1 else every[0]


def _value(value: Value, names: Names) -> Any:
    if value.link is None:
        return value.text.value
    return _linked(value.link, names)


def _linked(link: Link, names: Names) -> Node:
    if link.label.value == link.iri:  # nothing is known of it but its address
        return {"@id": link.iri}
    kind = type_of([link.class_iri], names)
    return {"@type": kind, "@id": link.iri, "name": link.label.value}


def _code(scheme: str, value: Value) -> Node:
    return {"@type": "PropertyValue", "propertyID": scheme, "value": value.text.value}


def _elsewhere(links_out: Iterable[Fact], names: Names) -> list[str]:
    return [
        value.link.iri
        for fact in links_out
        if names.compact(fact.property.iri) in _SAME
        for value in fact.values
        if value.link is not None and value.link.iri.startswith(("http://", "https://"))
    ]


def _office(mandate: Mandate, names: Names) -> Node:
    """A public office as schema.org tells one: a role between the person and the body."""
    body = _linked(mandate.body, names)
    body.setdefault("@type", "GovernmentOrganization")
    told: Node = {
        "@type": "OrganizationRole",
        "@id": mandate.iri,
        "roleName": mandate.role.label.value,
        "memberOf": body,
    }
    if mandate.start is not None:
        told["startDate"] = mandate.start.value
    if mandate.end is not None:
        told["endDate"] = mandate.end.value
    return told

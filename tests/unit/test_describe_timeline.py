"""The time line of an entity, from a few triples."""

from __future__ import annotations

import datetime

import pytest
from pyoxigraph import RdfFormat, Store

from essgraph import describe
from essgraph.describe import Day
from essgraph.describe.timeline import Histories, Moment, moments
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import XSD, Names

NAMES = Names()
TODAY = datetime.date(2026, 7, 1)
TRIG = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .
@base <https://w3id.org/essgraph/> .
<graph/collection> {
    <id/organisation/union> a ess:Organisation ; rdfs:label "Union"@fr ;
        schema:foundingDate "1998"^^xsd:gYear ;
        ess:hadStatus <id/status/first> , <id/status/second> ; org:changedBy <id/change/name> .
    <id/status/first> a ess:LegalStatus ; rdfs:label "Association"@fr ;
        org:classification <scheme/legal-form/association> ;
        schema:startDate "1998-03"^^xsd:gYearMonth ; schema:endDate "2011"^^xsd:gYear ;
        prov:hadPrimarySource <id/publication/a> , <id/publication/b> .
    <id/status/second> a ess:LegalStatus ; rdfs:label "Coopérative"@fr ;
        schema:startDate "2011-05-02"^^xsd:date .
    <id/change/name> a org:ChangeEvent ; rdfs:label "Nouveau nom"@fr ;
        dcterms:date "2011"^^xsd:gYear .
    <scheme/legal-form/association> rdfs:label "association"@fr .
    <id/publication/a> rdfs:label "A"@fr . <id/publication/b> rdfs:label "B"@fr .
    <id/organisation/authority> a ess:Authority ; ess:governs <id/commune/01001> ;
        rdfs:label "Commune"@fr ; org:changedBy <id/change/one> , <id/change/two> .
    <id/change/one> rdfs:label "Un"@fr ; dcterms:date "2001"^^xsd:gYear .
    <id/change/two> rdfs:label "Deux"@fr ; dcterms:date "2002"^^xsd:gYear .
    <id/commune/01001> a ess:Territory ; rdfs:label "Lieu"@fr .
    <id/organisation/young> a ess:Organisation ; rdfs:label "Jeune"@fr ;
        schema:foundingDate "2020"^^xsd:gYear .
    <id/person/one> a ess:Person ; rdfs:label "Une personne" .
    <id/mandate/mayor> org:member <id/person/one> ; org:role <scheme/role/maire> ;
        schema:startDate "2001"^^xsd:gYear ; schema:endDate "2014"^^xsd:gYear .
    <id/mandate/deputy> org:member <id/person/one> ; org:role <scheme/role/depute> ;
        schema:startDate "2007-06"^^xsd:gYearMonth ; schema:endDate "2012-06"^^xsd:gYearMonth .
    <id/mandate/adviser> org:member <id/person/one> ; org:role <scheme/role/conseiller-regional> ;
        schema:startDate "2014"^^xsd:gYear .
    <scheme/role/maire> rdfs:label "maire"@fr . <scheme/role/depute> rdfs:label "député"@fr .
    <scheme/role/conseiller-regional> rdfs:label "conseiller"@fr .
}
"""


@pytest.fixture(name="store", scope="module")
def _store() -> EmbeddedStore:
    """A store of a few histories."""
    engine = Store()
    engine.load(TRIG.encode(), format=RdfFormat.TRIG)
    return EmbeddedStore(engine)


def _moments(store: EmbeddedStore, kind: str, key: str) -> tuple[Moment, ...]:
    found = describe.describe(store, NAMES.entity(kind, key), NAMES, "fr", 10)
    return moments(store, found, Histories(store, NAMES), NAMES, "fr", TODAY)


def test_an_organisation_is_told_in_the_order_of_time(store: EmbeddedStore) -> None:
    """Founding, forms and changes, a year before the months in it; each date as it is given."""
    found = _moments(store, "organisation", "union")

    assert [(m.start, m.end) for m in found] == [
        (Day("1998", XSD + "gYear"), None),
        (Day("1998-03", XSD + "gYearMonth"), Day("2011", XSD + "gYear")),
        (Day("2011", XSD + "gYear"), None),
        (Day("2011-05-02", XSD + "date"), None),
    ]
    assert [m.lasts for m in found] == [False, False, False, True]


def test_a_moment_has_its_form_and_its_sources(store: EmbeddedStore) -> None:
    """A legal form by its name, and every source of the moment, once."""
    first = _moments(store, "organisation", "union")[1]

    assert first.detail.value == "association"
    assert [source.label.value for source in first.sources] == ["A", "B"]


def test_a_territory_is_told_the_history_of_who_governs_it(store: EmbeddedStore) -> None:
    """What changed its authority stands on its page."""
    found = _moments(store, "commune", "01001")

    assert [m.label.label.value for m in found] == ["Un", "Deux"]


def test_one_date_makes_no_time_line(store: EmbeddedStore) -> None:
    """Fewer than two dated things are told among the facts alone."""
    assert _moments(store, "organisation", "young") == ()


def test_mandates_held_at_the_same_time_say_so(store: EmbeddedStore) -> None:
    """Only where that is sure: a mandate that begins in the year another ends may follow it."""
    found = {
        m.label.label.value: [t.value for t in m.with_] for m in _moments(store, "person", "one")
    }

    assert found == {"maire": [], "député": ["maire"], "conseiller": []}

"""What the published graph holds: the counts of the publishers, and no broken rule."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal

from essgraph import inputs
from essgraph.web import create_app
from tests.national.conftest import National

COUNTS = [
    ("igeo:Commune", 34_969),
    ("igeo:CommuneDeleguee", 2_105),
    ("igeo:CommuneAssociee", 471),
    ("igeo:ArrondissementMunicipal", 45),
    ("igeo:Intercommunalite", 1_255),
    ("igeo:Departement", 101),
    ("igeo:Region", 18),
    ("igeo:CollectiviteDOutreMer", 8),
    ("ess:Clipping", 17),
    ("ess:Initiative", 17),
]


def _count(national: National, pattern: str) -> int:
    prefixes = "".join(
        f"PREFIX {name}: <{iri}>\n" for name, iri in national.settings.names.prefixes.items()
    )
    rows = national.store.select(f"{prefixes}SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}").rows
    number = rows[0][0]
    assert isinstance(number, Literal)
    return int(number.value)


@pytest.mark.parametrize(("name", "amount"), COUNTS)
def test_classes_have_the_publishers_counts(national: National, name: str, amount: int) -> None:
    """Today's territories once each, former and inner ones in classes of their own."""
    assert _count(national, f"?entity a {name}") == amount


@pytest.mark.parametrize("code", ["75056", "69123", "13055", "2A004", "2B033", "05065", "97411"])
def test_a_commune_is_one_node_with_a_chain_to_the_country(national: National, code: str) -> None:
    """Commune, département, région, country; Corsica, overseas, Paris included."""
    names = national.settings.names
    commune, country = names.entity("commune", code), names.entity("country", "FR")
    chain = "igeo:subdivisionDe/igeo:subdivisionDe/igeo:subdivisionDe"

    assert _count(national, f"{commune} {chain} {country}") == 1
    assert _count(national, f"?commune a igeo:Commune ; igeo:codeINSEE '{code}'") == 1


def test_every_entity_has_a_label(national: National) -> None:
    """Nothing that is described lacks rdfs:label."""
    pattern = "SELECT DISTINCT ?s { ?s a ?c . FILTER(STRSTARTS(STR(?s), '%s')) MINUS { %s } }"
    head = national.settings.base_iri + "id/"

    assert _count(national, "{ " + pattern % (head, "?s rdfs:label ?label") + " }") == 0


def test_every_fact_of_the_collection_has_a_source(national: National) -> None:
    """Each triple but labels, types, notes and provenance has an assertion with its source."""
    graph = national.settings.names.graph("collection")
    apart = (
        "rdf:type, rdfs:label, skos:prefLabel, skos:note, skos:editorialNote, ess:wording, "
        "ess:contradicts, ess:evidence, prov:hadPrimarySource, rdf:subject, rdf:predicate, "
        "rdf:object"
    )
    pattern = f"""
        GRAPH {graph} {{ ?s ?p ?o . ?s ess:evidence ?any }}
        FILTER(?p NOT IN ({apart}))
        FILTER NOT EXISTS {{ ?s a ess:Assertion }}
        FILTER NOT EXISTS {{
            ?a rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ;
                prov:hadPrimarySource ?source ; ess:evidence ?kind
        }}"""

    assert _count(national, pattern) == 0


def test_the_release_conforms(national: National) -> None:
    """No violation, and what is reported is known: undated sources, one double date."""
    checked = national.release.manifest["validation"]

    assert checked["violations"] == 0
    assert checked["infos"] == 1
    assert checked["engine"] == "fast"


def test_an_unchanged_checkout_is_not_built_again(national: National) -> None:
    """`make serve` builds once."""
    assert inputs.up_to_date(national.settings) == national.release


def test_the_power_plant_page_links_all_who_took_part(national: National) -> None:
    """Two communes, their union, two mayors, the co-operative and the article."""
    client = create_app(national.settings).test_client()

    page = client.get(
        "/page/initiative/microcentrale-cristillan", headers={"Accept": "text/html"}
    ).get_data(as_text=True)

    for entity in (
        "commune/05065",
        "commune/05026",
        "organisation/sivu-cristillan",
        "person/louis-abrard",
        "person/bernard-leterrier",
        "organisation/enercoop",
        "publication/intercommunalite-cooperative-hautes-alpes",
    ):
        assert f'href="/page/{entity}' in page

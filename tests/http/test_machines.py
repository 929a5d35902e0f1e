"""What machines find: JSON-LD, addresses, pictures, sitemaps, robots.txt."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageFont
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from essgraph.catalogue import CC0, CC_BY, LICENCE_OUVERTE
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import SCHEMA, Names
from essgraph.web import card
from essgraph.web.context import context_of

NAMES = Names()
HTML = {"Accept": "text/html"}
INITIATIVE = NAMES.entity("initiative", "microcentrale-cristillan")
_DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def _document(client: FlaskClient, address: str) -> dict[str, Any]:
    page = client.get(address, headers=HTML)
    assert page.status_code == 200
    (written,) = _DATA.findall(page.text)
    document: dict[str, Any] = json.loads(written)
    return document


def _triples(document: dict[str, Any]) -> set[tuple[str, str, object]]:
    """What a JSON-LD processor reads, with schema.org's context in the place of its address."""
    assert document["@context"] == "https://schema.org"
    inline = {**document, "@context": {"@vocab": SCHEMA}}
    quads = parse(json.dumps(inline).encode(), RdfFormat.JSON_LD)
    return {
        (str(quad.subject), quad.predicate.value.removeprefix(SCHEMA), quad.object)
        for quad in quads
    }


def _said(document: dict[str, Any], iri: NamedNode) -> dict[str, set[str]]:
    """Property -> values of one resource of the document."""
    found: dict[str, set[str]] = {}
    for subject, word, value in _triples(document):
        if subject == str(iri) and isinstance(value, NamedNode | Literal):
            found.setdefault(word, set()).add(value.value)
    return found


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/page/initiative/microcentrale-cristillan", "Project"),
        ("/page/policy/achats-responsables", "Project"),
        ("/page/commune/05065", "AdministrativeArea"),
        ("/page/country/FR", "Country"),
        ("/page/person/louis-abrard", "Person"),
        ("/page/organisation/210500658", "GovernmentOrganization"),
        ("/page/organisation/enercoop", "Organization"),
        ("/page/publication/article-microcentrale", "CreativeWork"),
        ("/scheme/sector/energie", "DefinedTerm"),
        ("/scheme/sector", "DefinedTermSet"),
    ],
)
def test_each_kind_of_page_is_described_in_schema_org(
    client: FlaskClient, address: str, kind: str
) -> None:
    """A processor reads the type, the page's address and the way to it."""
    iri = NamedNode(NAMES.base + address.replace("/page/", "/id/").removeprefix("/"))

    document = _document(client, address)

    said = _said(document, iri)
    assert said["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"] == {SCHEMA + kind}
    assert said["url"] == {"http://localhost" + address}
    assert "BreadcrumbList" in [node["@type"] for node in document["@graph"]]


@pytest.mark.parametrize(
    "address",
    ["/page/initiative/microcentrale-cristillan", "/page/policy/achats-responsables",
     "/page/commune/05065", "/page/organisation/210500658", "/page/person/louis-abrard",
     "/page/publication/article-microcentrale", "/page/initiative/interpellation-2011"],
)  # fmt: skip
def test_what_is_told_is_in_the_graph(
    client: FlaskClient, tiny: EmbeddedStore, address: str
) -> None:
    """Each link and each text of the description is one that the graph states of the entity."""
    _, _, kind, key = address.split("/")
    iri = NAMES.entity(kind, key)
    rows = tiny.select(
        f"PREFIX org: <http://www.w3.org/ns/org#> SELECT ?o {{ {{ {iri} ?p ?o }} UNION"
        f" {{ ?o org:member {iri} }} }}"
    ).rows
    stated = {value.value for (value,) in rows if isinstance(value, NamedNode | Literal)}
    page = "http://localhost" + address

    said = _said(_document(client, address), iri)

    told = set().union(*(values for word, values in said.items() if "#type" not in word))
    assert told - stated - {page} == set()
    assert len(told - {page}) >= 2


def test_initiative_says_where_and_by_whom(client: FlaskClient) -> None:
    """Its territories, who carries it and its source are linked with their names."""
    document = _document(client, "/page/initiative/microcentrale-cristillan?lang=en")

    said = _said(document, INITIATIVE)
    assert NAMES.entity("commune", "05065").value in said["areaServed"]
    assert said["parentOrganization"] == {NAMES.entity("organisation", "sivu-cristillan").value}
    assert said["subjectOf"] == {NAMES.entity("publication", "article-microcentrale").value}
    names = {str(value) for _, word, value in _triples(document) if word == "name"}
    assert '"Cristillan union of communes"' in names


def test_territory_has_code_and_point(client: FlaskClient) -> None:
    """A commune says its INSEE code, where it is and what it is part of."""
    (node, _) = _document(client, "/page/commune/05065")["@graph"]

    assert node["geo"] == {"@type": "GeoCoordinates", "latitude": 44.66, "longitude": 6.65}
    assert node["identifier"] == {"@type": "PropertyValue", "propertyID": "INSEE", "value": "05065"}
    inside = {place["@id"] for place in node["containedInPlace"]}
    assert inside == {
        NAMES.entity("departement", "05").value,
        NAMES.entity("epci", "200067452").value,
    }


def test_person_has_public_offices_only(client: FlaskClient) -> None:
    """A person is told by name and office: who else has the role is not there, nor a birth date."""
    (node, _) = _document(client, "/page/person/louis-abrard?lang=fr")["@graph"]

    assert node["memberOf"]["@type"] == "OrganizationRole"
    assert node["memberOf"]["roleName"] == "maire"
    assert node["memberOf"]["memberOf"]["@id"] == NAMES.entity("organisation", "210500658").value
    assert set(node) <= {
        *("@type", "@id", "name", "url", "mainEntityOfPage", "memberOf"),
        *("givenName", "familyName", "description", "alternateName", "sameAs"),
    }


def test_home_is_a_site_with_search_and_a_dataset(client: FlaskClient) -> None:
    """A search engine finds the search, the licences, the release's date and the files."""
    site, dataset, catalogue = _document(client, "/")["@graph"]

    target = site["potentialAction"]["target"]["urlTemplate"]
    assert client.get(target.replace("{q}", "guillestre")).status_code == 200
    assert dataset["dateModified"] == "2026-01-01T00:00:00Z"
    assert len(dataset["license"]) == 2
    assert 50 <= len(dataset["description"]) <= 5000
    assert catalogue["dataset"]["@id"] == dataset["@id"]
    for download in dataset["distribution"]:
        response = client.get(download["contentUrl"])
        assert response.mimetype == download["encodingFormat"]
    told = {
        download["contentUrl"].rpartition("/")[2].partition("?")[0]
        for download in dataset["distribution"]
    }
    assert {"collection", "territories", "ontology"} <= told


@pytest.mark.parametrize(
    ("address", "licences"),
    [
        ("/page/organisation/hostile", {CC_BY}),
        ("/page/commune/05065", {LICENCE_OUVERTE}),
        ("/scheme/sector", {CC0}),
        ("/", {CC_BY, LICENCE_OUVERTE}),
        ("/search?q=guillestre", set()),
        ("/contribute", set()),
    ],
)
def test_page_is_under_the_licence_of_what_it_shows(
    client: FlaskClient, address: str, licences: set[str]
) -> None:
    """A page without data claims none; one of an entity claims those of the layers that tell it."""
    links = client.get(address, headers=HTML).headers.getlist("Link")

    assert {link[1:].partition(">")[0] for link in links if 'rel="license"' in link} == licences


def test_who_answered_a_survey_is_no_member(client: FlaskClient) -> None:
    """Parties that answered are not told to belong to what asked them."""
    (node, _) = _document(client, "/page/initiative/interpellation-2011")["@graph"]

    assert "member" not in node


def test_a_picture_is_drawn_once_for_those_who_wait(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two requests for one picture at a time, the second takes what the first draws."""
    app, begun, go_on, draw = client.application, Event(), Event(), card.draw
    drawn: list[card.Card] = []

    def slowly(one: card.Card) -> bytes:
        drawn.append(one)
        begun.set()
        assert go_on.wait(5)
        return draw(one)

    monkeypatch.setattr(card, "draw", slowly)
    with ThreadPoolExecutor(2) as threads:
        address = "/og/epci/200067452.png?lang=en"
        first = threads.submit(app.test_client().get, address)
        assert begun.wait(5)
        second = threads.submit(app.test_client().get, address)
        go_on.set()

    assert first.result().data == second.result().data
    assert len(drawn) == 1


def test_saved_query_is_a_dataset_with_its_downloads(client: FlaskClient) -> None:
    """Each format of a saved query is a distribution that can be fetched."""
    name = next(iter(context_of(client.application).queries))

    dataset, _ = _document(client, f"/queries/{name}")["@graph"]

    assert dataset["@type"] == "Dataset"
    for download in dataset["distribution"]:
        assert client.get(download["contentUrl"]).mimetype == download["encodingFormat"]


def test_data_cannot_end_its_element(client: FlaskClient) -> None:
    """A label with markup stays a text inside the script element."""
    page = client.get("/page/organisation/hostile", headers=HTML).text

    (written,) = _DATA.findall(page)
    assert "<" not in written
    assert json.loads(written)["@graph"][0]["name"] == "<script>alert(1)</script>"
    assert "javascript:" not in written


@pytest.mark.parametrize(
    ("asked", "canonical", "bare"),
    [
        ("/", "http://localhost/", "http://localhost/"),
        ("/?lang=en&utm_source=x", "http://localhost/?lang=en", "http://localhost/"),
        ("/list/Territory?page=2&lang=fr", "http://localhost/list/Territory?page=2&lang=fr",
         "http://localhost/list/Territory?page=2"),
        ("/page/organisation/odd%20key%C3%A9", "http://localhost/page/organisation/odd%20key%C3%A9",
         "http://localhost/page/organisation/odd%20key%C3%A9"),
    ],
)  # fmt: skip
def test_each_page_has_one_address_and_its_languages(
    client: FlaskClient, asked: str, canonical: str, bare: str
) -> None:
    """The canonical address is whole and leads back here; so do those of both languages."""
    page = client.get(asked, headers=HTML).text

    assert re.findall(r'rel="canonical" href="([^"]+)"', page) == [canonical.replace("&", "&amp;")]
    alternates = dict(re.findall(r'hreflang="([\w-]+)" href="(http[^"]+)"', page))
    joint = "&amp;" if "?" in bare else "?"
    assert alternates == {
        "fr": f"{bare}{joint}lang=fr",
        "en": f"{bare}{joint}lang=en",
        "x-default": bare,
    }
    for address in alternates.values():
        assert client.get(address.replace("&amp;", "&"), headers=HTML).status_code == 200


@pytest.mark.parametrize(
    "address", ["/search?q=guillestre", "/sparql?query=ASK{}", "/page/commune/00000"]
)
def test_what_anybody_can_make_up_is_not_listed(client: FlaskClient, address: str) -> None:
    """Searches, queries and errors are kept out of search engines."""
    page = client.get(address, headers=HTML).text

    assert '<meta name="robots" content="noindex' in page
    assert 'rel="canonical"' not in page


def test_page_is_ready_to_be_shared(client: FlaskClient) -> None:
    """Title, summary, address and picture are there for networks; the picture exists."""
    page = client.get("/page/initiative/microcentrale-cristillan?lang=en", headers=HTML).text
    told = dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)">', page))

    assert told["title"]
    assert f">{told['title']}</h1>" in page
    assert told["url"].endswith("/page/initiative/microcentrale-cristillan?lang=en")
    assert told["locale"] == "en_GB"
    assert client.get(told["image"].replace("&amp;", "&")).mimetype == "image/png"


def test_the_foot_of_a_page_leads_to_what_machines_read(client: FlaskClient) -> None:
    """What the data hold, the feed, the addresses for programs and the sitemap are linked."""
    foot = client.get("/?lang=fr", headers=HTML).text.partition('id="reuse"')[2]

    links = re.findall(r'<a href="([^"]+)"', foot)
    assert [link.partition("?")[0] for link in links] == [
        "/.well-known/void", "/changes.atom", "/openapi.json", "/sitemap.xml",
    ]  # fmt: skip
    assert [client.get(link).status_code for link in links] == [200] * 4


def test_headers_lead_to_the_data(client: FlaskClient) -> None:
    """A client that reads no HTML finds formats, description and licences in Link."""
    links = client.get("/page/commune/05065", headers=HTML).headers.getlist("Link")

    said = " ".join(links)
    for rel in ("alternate", "describedby", "license", "describes"):
        assert f'rel="{rel}"' in said


@pytest.mark.parametrize(
    "address",
    ["/og/site.png", "/og/commune/05065.png", "/og/organisation/odd%20key%C3%A9.png",
     "/og/organisation/hostile.png", "/og/country/FR.png"],
)  # fmt: skip
def test_pictures_have_the_size_that_networks_ask_for(client: FlaskClient, address: str) -> None:
    """A picture is a PNG of 1200 by 630, kept by its tag."""
    response = client.get(address)

    image = Image.open(io.BytesIO(response.data))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_no_picture_of_what_is_not_there(client: FlaskClient) -> None:
    """What the graph does not know has no picture."""
    response = client.get("/og/commune/99999.png")

    assert response.status_code == 404


def test_every_french_letter_is_drawn() -> None:
    """The typeface of the pictures spells French."""
    letters = "àâäæçéèêëîïôœöùûüÿÀÂÄÆÇÉÈÊËÎÏÔŒÖÙÛÜŸ’«»–—…·€"

    assert [letter for letter in letters if not card.spells(letter)] == []


@pytest.mark.parametrize(
    "title",
    ["Court", "Un titre " * 40, "M" * 400, "日本語", "é\u0301\u202fa\u00a0b\n\nc", "", " "],
)
def test_any_title_makes_a_picture(title: str) -> None:
    """However long or strange a title is, it is drawn, in lines that have room."""
    image = Image.open(io.BytesIO(card.draw(card.Card(title, "Genre", title, "initiative"))))

    assert image.size == (card.WIDTH, card.HEIGHT)


def test_lines_have_room() -> None:
    """No line of a wrapped text is wider than asked, and no character is lost."""
    font = card.bold(48)
    text = "Syndicat intercommunal à vocation unique " + "x" * 80

    lines = card.wrapped(text, font, 500)

    assert isinstance(font, ImageFont.FreeTypeFont)
    assert max(map(font.getlength, lines)) <= 500
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_sitemaps_list_pages_that_exist(client: FlaskClient) -> None:
    """Every address of every sitemap of the index answers, and none is there twice."""
    index = ET.fromstring(client.get("/sitemap.xml").data)  # noqa: S314 - our own document
    parts = [loc.text or "" for loc in index.iter(f"{_SITEMAP}loc")]
    found = []
    for part in parts:
        response = client.get(part)
        assert response.mimetype == "application/xml"
        document = ET.fromstring(response.data)  # noqa: S314 - our own document
        found += [loc.text or "" for loc in document.iter(f"{_SITEMAP}loc")]
        assert {day.text for day in document.iter(f"{_SITEMAP}lastmod")} == {"2026-01-01T00:00:00Z"}

    assert len(found) == len(set(found)) > 20
    assert "http://localhost/page/initiative/microcentrale-cristillan" in found
    own = {"explore", "schemes", "shape", "contribute", "queries"}
    assert {f"http://localhost/{path}" for path in own} <= set(found)
    assert "http://localhost/page/organisation/odd%20key%C3%A9" in found
    assert {client.get(loc, headers=HTML).status_code for loc in found} == {200}


def test_people_outside_the_register_are_not_in_sitemaps(client: FlaskClient) -> None:
    """Search engines are told of people in public office only."""
    listed = client.get("/sitemap-1.xml").text

    assert "/page/person/" not in listed


def test_no_sitemap_beyond_the_last(client: FlaskClient) -> None:
    """A part that does not exist is a 404."""
    response = client.get("/sitemap-9.xml")

    assert response.status_code == 404


def test_robots_are_told_what_is_theirs(client: FlaskClient) -> None:
    """Pages are allowed, made-up questions are not, and the sitemap is named whole."""
    response = client.get("/robots.txt")

    assert response.mimetype == "text/plain"
    assert "Sitemap: http://localhost/sitemap.xml\n" in response.text
    assert "Disallow: /sparql?" in response.text
    assert "Disallow: /page" not in response.text

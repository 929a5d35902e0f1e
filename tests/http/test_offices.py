"""Who is in office, who bears the same name, and how mandates are listed and found."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from essgraph.config import Settings
from essgraph.describe.links import LISTED
from essgraph.web import create_app
from tests.http import release
from tests.http.conftest import Publish
from tests.http.release import FIXTURES

BASE = "https://w3id.org/essgraph/"
REGISTER = (FIXTURES / "identity" / "register.trig").read_text("utf-8")
NBSP = "\u00a0"
COUNCIL = "".join(
    f"""
    <{BASE}id/mandate/{key}-05065-{role}> a <{BASE}ontology#Mandate> ;
        <http://www.w3.org/ns/org#member> <{BASE}id/person/{key}-05065> ;
        <http://www.w3.org/ns/org#organization> <{BASE}id/organisation/210500658> ;
        <http://www.w3.org/ns/org#role> <{BASE}scheme/role/{role}> {more} .
    <{BASE}id/person/{key}-05065> a <{BASE}ontology#Person> ;
        <http://www.w3.org/2000/01/rdf-schema#label> "{name}" ;
        <http://xmlns.com/foaf/0.1/familyName> "{name.partition(" ")[2]}" .
    """
    for key, name, role, more in (
        ("ana-zola", "Ana Zola", "maire", '; <https://schema.org/startDate> "2026-03-01"'),
        ("ben-yver", "Ben Yver", "adjoint", f'; <{BASE}ontology#rank> "2"'),
        ("cid-xu", "Cid Xu", "adjoint", f'; <{BASE}ontology#rank> "1"'),
        ("guy-evrard", "Guy Évrard", "conseiller-municipal", ""),
        ("eva-fabre", "Eva Fabre", "conseiller-municipal", ""),
    )
).replace('"2026-03-01"', '"2026-03-01"^^<http://www.w3.org/2001/XMLSchema#date>')
MORE = f"""
{REGISTER}
<{BASE}graph/officials> {{ {COUNCIL} }}
<{BASE}graph/meta> {{
    <{BASE}id/dataset/decoupage-administratif>
        <http://www.w3.org/ns/dcat#version> "6.0.0" ;
        <http://purl.org/dc/terms/dateAccepted>
            "2026-11-01"^^<http://www.w3.org/2001/XMLSchema#date> .
    [] <http://rdfs.org/ns/void#class> <{BASE}ontology#Mandate> ;
        <http://rdfs.org/ns/void#entities> 1010 .
}}
"""


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    home = tmp_path_factory.mktemp("home")
    release.publish(home, "20260101T000000Z-cccccc", MORE)
    return create_app(Settings(home=home, page_size=4)).test_client()


def _text(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split(" ")).replace("&#39;", "'")


def _section(page: str, anchor: str) -> str:
    found = re.search(rf'<section aria-labelledby="{anchor}">(.*?)</section>', page, re.DOTALL)
    assert found is not None, anchor
    return found[1]


def _people(page: str) -> list[str]:
    return re.findall(r'href="/page/person/([^"?]+)', page)


def test_officials_are_listed_head_first_page_by_page(site: FlaskClient) -> None:
    """The mayor, deputies by rank, then councillors by family name, É among the E."""
    pages = [
        site.get(f"/page/organisation/210500658/officials?lang=fr&page={n}").text for n in (1, 2)
    ]

    assert [key for page in pages for key in _people(page)] == [
        "ana-zola-05065",
        "cid-xu-05065",
        "ben-yver-05065",
        "louis-abrard-05065",
        "zoe-durand-05065",
        "guy-evrard-05065",
        "eva-fabre-05065",
    ]
    assert pages[0].count(">maire</h2>") == 1
    assert "depuis le 1er mars 2026" in _text(pages[0])
    assert f"D’après le répertoire{NBSP}: " in pages[0]
    assert "version 6.0.0, lu le 1er novembre 2026." in pages[0]


def test_the_saved_query_lists_officials_head_first_too(site: FlaskClient) -> None:
    """The mayor, deputies by rank, then the others by family name."""
    query = {"territory": "commune/05065"}
    answer = site.get(
        "/queries/officials-of-territory", query_string=query, headers={"Accept": "text/csv"}
    )
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert [row["personLabel"] for row in rows] == [
        "Ana Zola",
        "Cid Xu",
        "Ben Yver",
        "Louis Abrard",
        "Zoé Durand",
        "Eva Fabre",
        "Guy Évrard",
    ]


def test_the_index_and_the_store_tell_the_same_council(
    publish: Publish, site: FlaskClient, tmp_path: Path
) -> None:
    """A page whose council is not in the index is the same, read from the store."""
    path = publish(tmp_path, "20260101T000000Z-dddddd", MORE)
    connection = sqlite3.connect(path / "search.sqlite")
    emptied = connection.execute("DELETE FROM council").rowcount
    connection.commit()
    connection.close()
    client = create_app(Settings(home=tmp_path, page_size=4)).test_client()

    address = "/page/commune/05065?lang=fr"
    assert emptied > 0
    assert _section(client.get(address).text, "officials") == _section(
        site.get(address).text, "officials"
    )


@pytest.mark.parametrize(
    "address",
    [
        "/page/organisation/enercoop/officials",
        "/page/person/louis-abrard/officials",
        "/page/commune/99999/officials",
        "/page/organisation/210500658/officials?page=0",
        "/page/organisation/210500658/officials?page=x",
    ],
)
def test_officials_of_what_has_none(site: FlaskClient, address: str) -> None:
    """What nobody is in office in, and a page that is none, are refused."""
    assert site.get(address).status_code in (400, 404)


def test_a_namesake_is_told_with_what_was_compared(site: FlaskClient) -> None:
    """The other is named with a mandate, what agrees, differs and was not compared, once."""
    page = site.get("/page/person/louis-abrard?lang=fr").text
    told = _text(_section(page, "namesakes"))

    assert "/page/person/louis-abrard-05065" in _section(page, "namesakes")
    assert "Commune de Guillestre" in told
    for start in ("concorde", "diffère", "non comparé"):
        assert f"{start}{NBSP}: " in told
    assert page.count("/page/identity/louis-abrard--louis-abrard-05065") == 1


def test_a_merged_person_has_one_page_with_all_mandates(site: FlaskClient) -> None:
    """What was joined is told once, in the order of time, with the decision that joined it."""
    page = site.get("/page/person/zoe-durand-05026?lang=fr").text

    held = _section(page, "timeline")
    assert 'id="mandates-now"' not in page
    for role in ("maire", "president-epci", "senateur"):
        assert f"/page/mandate/zoe-durand-05026-{role}" in held
    assert "/page/identity/zoe-durand-05026?" in page


def test_the_list_of_mandates_says_how_many_it_leaves_out(site: FlaskClient) -> None:
    """Those of the register are counted, and it is said where they are."""
    page = site.get("/list/Mandate?lang=fr").text
    whole = site.get("/list/Initiative?lang=fr").text

    assert f"autres ne sont pas listés ici{NBSP}:" in page
    assert "autres ne sont pas" not in whole


def test_more_pointers_than_are_listed(publish: Publish, tmp_path: Path) -> None:
    """Of more links than are listed the page says so, and leads to the query for all."""
    crowd = "".join(
        f"<{BASE}id/place/{n}> <http://purl.org/dc/terms/spatial> <{BASE}id/commune/05065> .\n"
        for n in range(LISTED + 1)
    )
    crowd = f"<{BASE}graph/collection> {{ {crowd} }}"
    publish(tmp_path, "20260101T000000Z-eeeeee", crowd)
    client = create_app(Settings(home=tmp_path)).test_client()
    page = client.get("/page/commune/05065/incoming?property=dcterms:spatial&lang=en").text

    assert f"more than {LISTED:,}" in page
    assert "/sparql?query=" in page


@pytest.mark.parametrize(
    ("sought", "first"),
    [
        ("Guillestre", "id/commune/05065"),
        ("ceillac", "id/commune/05026"),
        ("Enercoop", "id/organisation/enercoop"),
        ("Zola Ana", "id/person/ana-zola-05065"),
        ("louis abrard", "id/person/louis-abrard"),
        ("a b c guillestre", "id/commune/05065"),
        ("maire de Guillestre", "id/person/ana-zola-05065"),
        # Presides an intermunicipality too, and is shown with another office.
        ("maire de Ceillac", "id/person/zoe-durand-05026"),
        ("Mayor of Guillestre", "id/person/ana-zola-05065"),
        ("mairie de Guillestre", "id/commune/05065"),
    ],
)
def test_what_is_found_first(site: FlaskClient, sought: str, first: str) -> None:
    """A place before people, the collection before the register, a family name first."""
    found = site.get("/search", query_string={"q": sought}, headers={"Accept": "application/json"})

    assert found.json is not None
    assert found.json["hits"][0]["iri"] == BASE + first


@pytest.mark.parametrize(
    ("sought", "lang", "first", "office"),
    [
        ("maire ceillac", "fr", "Zoé Durand", "maire, Ceillac (Hautes-Alpes)"),
        ("mayor of ceillac", "en", "Zoé Durand", "mayor, Ceillac (Hautes-Alpes)"),
        # The tiny graph has no label of this role: its key stands for it.
        ("adjoint guillestre", "fr", "Cid Xu", "adjoint, Guillestre (Hautes-Alpes)"),
    ],
)
def test_who_is_found_by_an_office_is_shown_with_it(
    site: FlaskClient, sought: str, lang: str, first: str, office: str
) -> None:
    """Even where the person holds a higher one; deputies come by rank."""
    query = {"q": sought, "lang": lang}
    found = site.get("/search", query_string=query, headers={"Accept": "application/json"})

    assert found.json is not None
    hit = found.json["hits"][0]
    assert (hit["label"], hit["context"]) == (first, office)


def test_a_town_hall_leads_to_its_commune_authority_and_mayor(site: FlaskClient) -> None:
    """Then to all that has to do with the place, each once, page by page."""
    asked = {"q": "mairie de guillestre"}
    found = []
    for number in (1, 2, 3):
        page = site.get(
            "/search",
            query_string={**asked, "page": number},
            headers={"Accept": "application/json"},
        )
        assert page.json is not None
        found += [hit["iri"].removeprefix(BASE + "id/") for hit in page.json["hits"]]

    assert found[:3] == ["commune/05065", "organisation/210500658", "person/ana-zola-05065"]
    assert len(found) == len(set(found)) > 4


def test_homonyms_are_told_apart_by_their_offices(site: FlaskClient) -> None:
    """Two persons of one name carry what they hold and where; decisions are not found."""
    query = {"q": "zoé durand", "lang": "fr"}
    found = site.get("/search", query_string=query, headers={"Accept": "application/json"})

    assert found.json is not None
    hits = found.json["hits"]
    contexts = [hit["context"] for hit in hits if hit["label"] == "Zoé Durand"]
    assert len(contexts) == len(set(contexts)) == 2
    assert "Guillestre (Hautes-Alpes)" in contexts
    assert not any("/id/identity/" in hit["iri"] for hit in hits)


def test_a_function_is_named_once_for_all_who_hold_it(site: FlaskClient) -> None:
    """Two deputies stand under one heading, after the mayor and before the councillors."""
    section = _section(site.get("/page/commune/05065?lang=fr").text, "officials")
    roles = re.findall(r"<dt>(.*?)</dt>", section)

    assert [re.sub("<[^>]+>", "", role).strip() for role in roles] == [
        "maire",
        "adjoint (2)",
        "Autres membres du conseil (4)",
    ]


def test_a_commune_without_mayor_says_so(publish: Publish, tmp_path: Path) -> None:
    """Where the register has councillors and no mayor, the page does not leave it to be guessed."""
    publish(tmp_path, "20260101T000000Z-dddddd", MORE.replace("role/maire>", "role/adjoint>"))
    without = create_app(Settings(home=tmp_path)).test_client()

    page = without.get("/page/commune/05065?lang=fr").text
    assert "Le répertoire ne donne pas de maire." in page

"""Home, lists, search."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def test_home_explains_counts_and_leads_on(browser: FlaskClient) -> None:
    """The first page has a search box, counts that lead to lists, initiatives and queries."""
    page = browser.get("/").text

    assert 'type="search" name="q"' in page
    assert re.search(r'href="/list/igeo:Commune"><span>Commune</span> <b>4</b>', page)
    assert 'href="/page/initiative/microcentrale-cristillan"' in page
    assert "Guillestre" in page
    assert 'href="/queries/communes-of-a-departement"' in page


def test_home_counts_what_no_list_has(client: FlaskClient) -> None:
    """The mandates of the registers are counted, though only the collection's are listed."""
    page = client.get("/").text

    assert re.search('href="/list/Mandate"><span>Mandat</span> <b>99</b>', page)


def test_home_leads_to_all_initiatives(browser: FlaskClient) -> None:
    """Under the chosen ones there is a link to all, with their number."""
    page = browser.get("/").text

    assert re.search(r'href="/explore\?kind=initiative">Les 3 initiatives</a>', page)


def test_search_says_when_not_all_words_match(browser: FlaskClient) -> None:
    """What holds most of the words is shown, and told as such."""
    page = browser.get("/search?q=cristillan+zzzz").text

    assert "Rien ne répond à tous les mots" in page
    assert 'href="/page/initiative/microcentrale-cristillan"' in page


def test_every_list_that_is_offered_answers(browser: FlaskClient) -> None:
    """Each class on the index of lists has its list, with as many entries as said."""
    index = browser.get("/list").text
    offered = re.findall(r'href="(/list/[^"]+)"><span>[^<]+</span> <b>(\d+)</b>', index)

    assert len(offered) >= 20
    for address, count in offered:
        page = browser.get(address)
        assert page.status_code == 200
        # The registers' mandates are counted, not listed: the list says how many there are.
        assert re.search(rf"\b{count} fiches?\b", page.text) or address == "/list/Mandate"


def test_list_pages_hold_each_entity_once(browser: FlaskClient) -> None:
    """Following the next links finds every entity of the class exactly once."""
    address, found = "/list/igeo:Commune", []
    while address:
        page = browser.get(address).text
        found += re.findall(r'<li><a href="(/page/commune/\d+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""

    assert len(found) == len(set(found)) == 4


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/list/Nope", 404),
        ("/list/nope:Commune", 404),
        ("/list/a b", 404),
        ("/list/<script>", 404),
        ("/list/igeo:Commune?page=99", 404),
        ("/list/igeo:Commune?page=-1", 400),
        ("/list/igeo:Commune?page=1e3", 400),
        ("/list/igeo:Commune?page=99999999999999999999", 400),
        ("/search?q=" + "a" * 201, 400),
        ("/search?q=guillestre&page=20", 404),
    ],
)
def test_what_does_not_exist_is_refused(client: FlaskClient, address: str, status: int) -> None:
    """Unknown classes and pages are told as such, never a server error."""
    response = client.get(address)

    assert response.status_code == status


def test_search_folds_accents_and_tells_homonyms_apart(browser: FlaskClient) -> None:
    """Two communes of one name are told apart by their département."""
    page = browser.get("/search?q=SAINT DENÍS&kind=commune").text

    assert "Commune · Seine-Saint-Denis" in page
    assert "Commune · La Réunion" in page
    assert '<option value="commune" selected>Communes</option>' in page


def test_search_answers_json_to_programs(client: FlaskClient) -> None:
    """The same hits as data, by Accept or by ?format=."""
    by_accept = client.get("/search?q=guillestre", headers={"Accept": "application/json"})
    by_format = client.get("/search?q=guillestre&format=json")

    assert by_accept.get_json() == by_format.get_json()
    assert by_accept.get_json()["hits"][0]["iri"] == "https://w3id.org/essgraph/id/commune/05065"


def test_search_without_a_match_helps(browser: FlaskClient) -> None:
    """No result says so and what to try."""
    page = browser.get("/search?q=zzzz").text

    assert "0 résultat<" in page
    assert "Essayez des mots moins nombreux" in page


def test_search_words_are_shown_as_text(browser: FlaskClient) -> None:
    """What was typed comes back in the box, escaped."""
    page = browser.get('/search?q="><script>alert(1)</script>').text

    assert "<script>alert" not in page


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=30), kind=st.text(max_size=8))
def test_any_search_is_answered(client: FlaskClient, text: str, kind: str) -> None:
    """No text whatever is a server error."""
    response = client.get("/search", query_string={"q": text, "kind": kind})

    assert response.status_code == 200

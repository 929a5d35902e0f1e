"""Searches that ask something of a place lead to the page that answers."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from essgraph.web import meant

LEAD = re.compile(r'<ul class="leads">\s*(.*?)</ul>', re.DOTALL)


@pytest.mark.parametrize(
    ("sought", "meaning"),
    [
        ("élus de Guillestre", ("officials", "guillestre")),
        ("maire du Havre", ("officials", "havre")),
        ("conseil municipal de L’Haÿ-les-Roses", ("officials", "hay les roses")),
        ("initiatives près de Vitré", ("near", "vitre")),
        ("près de Vitré", ("near", "vitre")),
        ("initiatives à Niort", ("initiatives", "niort")),
        ("Guillestre", ("", "guillestre")),
        ("élus", ("officials", "")),
        ("", ("", "")),
    ],
)
def test_words_say_what_is_asked_of_which_place(sought: str, meaning: tuple[str, str]) -> None:
    """What a search begins with says what is asked; the rest is the name of the place."""
    assert meant.read(sought) == meaning


def test_officials_of_a_place_lead_a_search(browser: FlaskClient) -> None:
    """The page of the commune, at those in office, before what has the words."""
    page = browser.get("/search", query_string={"q": "élus de Guillestre"}).text
    lead = LEAD.search(page)

    assert lead is not None
    assert 'href="/page/commune/05065#officials"' in lead[1]
    assert "Élus\u00a0: Guillestre (commune, Hautes-Alpes)" in lead[1]


def test_what_is_near_a_place_leads_a_search(browser: FlaskClient) -> None:
    """The list of initiatives in the place itself, with how many there are."""
    page = browser.get("/search", query_string={"q": "initiatives près de Guillestre"}).text
    lead = LEAD.search(page)

    assert lead is not None
    assert "/explore?kind=initiative&amp;territory=commune/05065" in lead[1]


def test_people_of_that_name_are_not_those_of_the_place(browser: FlaskClient) -> None:
    """Among people whose words match, the whole of the place of that name is one click away."""
    page = browser.get("/explore?kind=person&q=Guillestre").text
    lead = LEAD.search(page)

    assert lead is not None
    listed = re.search(r'href="([^"]+)">[^<]*<span class="count">(\d+)<', lead[1])
    assert listed is not None
    everybody = browser.get(f"{listed[1].replace('&amp;', '&')}&format=json").json
    assert everybody is not None
    assert everybody["total"] == int(listed[2])


@pytest.mark.parametrize("address", ["/search?q=cristillan", "/explore?kind=person&q=abrard"])
def test_other_searches_lead_nowhere_else(browser: FlaskClient, address: str) -> None:
    """Where no place is called so, nothing stands before the results."""
    assert LEAD.search(browser.get(address).text) is None

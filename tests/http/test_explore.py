"""Explore: a selection as list, map, table and data; what its address says; the query behind it."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, parse
from werkzeug.datastructures import MultiDict

from essgraph.search import FACETS, KINDS
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names
from essgraph.web.explore import exports, querying, state, values

NAMES = Names()
SELECTIONS = (
    "kind=initiative",
    "kind=initiative&territory=region/93",
    "kind=initiative&territory=epci/200067452",
    "kind=initiative&territory=country/FR&sector=energie",
    "kind=initiative&instrument=PUR&instrument=PUR.supply",
    "kind=initiative&q=crist",
    "kind=person",
    "kind=person&role=maire&territory=departement/05",
    "kind=organisation&form=7210",
    "kind=organisation&territory=departement/05",
    "kind=territory&type=igeo:Commune&territory=region/93",
    "kind=territory&territory=epci/200067452",
    "kind=publication&publisher=organisation/journal-local",
    "kind=publication&since=2011&until=2011",
    "kind=publication&until=2011",
)


def _rows(client: FlaskClient, asked: str) -> list[dict[str, str]]:
    told = client.get(f"/explore.csv?{asked}").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(told)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("view", ["list", "map", "table"])
def test_every_view_of_every_kind_is_a_page(browser: FlaskClient, kind: str, view: str) -> None:
    """Each kind has a list, a map and a table, the kind being the tab that is chosen."""
    page = browser.get(f"/explore?kind={kind}&view={view}")

    assert page.status_code == 200
    assert re.search(rf'kind={kind}[^"]*" aria-current="page"', page.text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_facet_narrows_as_it_counts(browser: FlaskClient, kind: str) -> None:
    """The number beside each value is the number of rows that the value gives as CSV."""
    page = browser.get(f"/explore?kind={kind}").text
    offered = re.findall(
        r'<a href="/explore\?([^"]+)" rel="nofollow">.*?<span class="count">(\d+)</span>', page
    )

    assert len(offered) >= 1
    for asked, count in offered:
        assert len(_rows(browser, html.unescape(asked))) == int(count)


@pytest.mark.parametrize("asked", SELECTIONS)
def test_the_query_behind_gives_the_same_entities(
    app: Flask, client: FlaskClient, tiny: EmbeddedStore, asked: str
) -> None:
    """The SPARQL of a selection finds what its CSV lists, no more and no less."""
    rows = _rows(client, asked)
    with app.test_request_context(f"/explore?{asked}"):
        read = state.read(MultiDict(_pairs(asked)), NAMES)
        query = querying.query(read, len(rows))

    found = {entity.value for entity, _ in tiny.select(query).rows if isinstance(entity, NamedNode)}
    # Two organisations of the release of these tests are not in tiny.trig.
    more = {NAMES.entity("organisation", key).value for key in ("hostile", "odd keyé")}
    assert found == {row["iri"] for row in rows} - more


def test_the_same_entities_in_every_format(client: FlaskClient) -> None:
    """CSV and JSON list the same in the same order; Turtle describes each of them."""
    asked = "kind=initiative&sort=name"
    rows = [row["iri"] for row in _rows(client, asked)]
    items = json.loads(client.get(f"/explore.json?{asked}").text)["items"]
    turtle = client.get(f"/explore.ttl?{asked}").data

    assert [item["iri"] for item in items] == rows
    described = {
        quad.subject.value
        for quad in parse(turtle, format=RdfFormat.TURTLE)
        if isinstance(quad.subject, NamedNode)
    }
    assert set(rows) <= described


def test_a_download_has_a_name_and_its_format_by_accept(client: FlaskClient) -> None:
    """Accept gives what the suffix gives, to be saved under a name."""
    answer = client.get("/explore?kind=initiative", headers={"Accept": "text/csv"})

    assert answer.mimetype == "text/csv"
    assert "essgraph-initiative.csv" in answer.headers["Content-Disposition"]
    assert answer.data == client.get("/explore.csv?kind=initiative").data


def test_points_are_geojson(client: FlaskClient) -> None:
    """A territory with a centroid is a point at it, longitude first."""
    answer = client.get("/explore.geojson?kind=territory&q=guillestre")
    features = json.loads(answer.text)["features"]

    assert answer.mimetype == "application/geo+json"
    assert [6.65, 44.66] in [feature["geometry"]["coordinates"] for feature in features]


def test_a_period_keeps_what_is_within(client: FlaskClient) -> None:
    """Publications of 2011, without the one of 2012."""
    found = [row["iri"] for row in _rows(client, "kind=publication&since=2010&until=2011")]

    assert found == [NAMES.entity("publication", "article-microcentrale").value]


def test_a_chosen_value_is_a_chip_that_leads_back(browser: FlaskClient) -> None:
    """What is chosen is named, and a link takes it away again."""
    page = browser.get("/explore?territory=region/93&territory=departement/05").text
    chip = re.search(r'<a class="chip" href="([^"]+)"><span class="sr">Retirer', page)

    assert chip is not None
    assert html.unescape(chip[1]) == "/explore?kind=initiative&territory=departement/05"


def test_a_misspelt_word_is_mended_and_said(browser: FlaskClient) -> None:
    """What was searched instead is told, and the exports have the same."""
    page = browser.get("/explore?kind=territory&q=guilestre").text

    assert "Résultats pour «\u00a0guillestre\u00a0»" in page
    assert len(_rows(browser, "kind=territory&q=guilestre")) >= 1


def test_all_values_of_a_facet_have_a_page(browser: FlaskClient) -> None:
    """They can be looked for, and each leads back to the list with it chosen."""
    page = browser.get("/explore/sector?kind=initiative&find=ener").text

    assert re.search(r'href="/explore\?kind=initiative&amp;sector=energie"', page)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("kind=cat", "cat"),
        ("territory=region", "region"),
        ("territory=region/00", "region/00"),
        ("sector=no%3Csuch", "no&lt;such"),
        ("role=maire", "role"),
        ("since=abc", "abc"),
        ("since=2014&until=2008", "2014"),
        ("view=globe", "globe"),
        ("sort=colour", "colour"),
        ("page=0", "page"),
        ("q=" + "x" * 201, "q"),
        ("since=2008&since=2009", "since"),
        ("colour=red", "colour"),
    ],
)
def test_what_cannot_be_read_is_named(browser: FlaskClient, asked: str, named: str) -> None:
    """A parameter or a value that means nothing is a 400 that says which."""
    page = browser.get(f"/explore?{asked}")

    assert page.status_code == 400
    assert named in page.text


def test_a_page_beyond_the_last_is_not_there(browser: FlaskClient) -> None:
    """Following the pages ends; no page is empty."""
    assert browser.get("/explore?kind=territory&page=99").status_code == 404


def test_pages_hold_each_entity_once(browser: FlaskClient) -> None:
    """The pages together are the CSV, in its order."""
    address, found = "/explore?kind=territory&sort=name", []
    while address:
        page = browser.get(address).text
        found += re.findall(r'class="title" href="/page/([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else ""

    listed = [row["iri"] for row in _rows(browser, "kind=territory&sort=name")]
    assert [NAMES.base + "id/" + one for one in found] == listed


def test_formulas_of_a_spreadsheet_stay_text() -> None:
    """A text that a spreadsheet would compute is marked as text; a number stays one."""
    safe = exports.safe

    assert [safe(cell) for cell in ("=1+1", "@a", "-2.5", "plain")] == [
        "'=1+1",
        "'@a",
        "-2.5",
        "plain",
    ]


_KEYS = st.text(
    st.characters(codec="utf-8", exclude_characters="/", exclude_categories=["C"]),
    min_size=1,
    max_size=12,
)
_ENTITIES = st.builds(lambda key: NAMES.entity("region", key).value, _KEYS)


def _concepts(facet: str) -> st.SearchStrategy[str]:
    keys = st.text("abcXYZ019._-", min_size=1, max_size=12)
    return st.builds(lambda key: NAMES.concept(values.SCHEMES[facet], key).value, keys)


@st.composite
def _states(draw: st.DrawFn) -> state.State:
    kind = draw(st.sampled_from(KINDS))
    chosen = {}
    for facet in FACETS[kind]:
        some = _concepts(facet) if facet in values.SCHEMES else _ENTITIES
        iris = draw(st.lists(some, unique=True, max_size=3))
        if iris:
            chosen[facet] = tuple(iris)
    since, until = draw(st.none() | st.integers(1, 1500)), draw(st.none() | st.integers(1500, 2999))
    words = " ".join(draw(st.text(max_size=30)).split())
    view, sort = draw(st.sampled_from(state.VIEWS)), draw(st.sampled_from(state.SORTS))
    return state.State(
        kind, words, chosen, since, until, view, sort, draw(st.integers(1, state.MAX_PAGE))
    )


@given(_states())
def test_every_state_comes_back_from_its_address(shown: state.State) -> None:
    """What an address says is what was written into it, whatever was chosen."""
    told = MultiDict(_pairs(urlencode(shown.arguments(NAMES))))

    assert state.read(told, NAMES) == shown


def _pairs(asked: str) -> list[tuple[str, str]]:
    return parse_qsl(asked, keep_blank_values=True)


def test_suggestions_have_what_a_list_shows(client: FlaskClient) -> None:
    """A name that is begun gives entities with label, kind, page and short IRI."""
    answer = client.get("/suggest?q=guil&kind=commune&lang=fr")
    (hit,) = json.loads(answer.text)["hits"]

    assert (hit["label"], hit["short"], hit["kind"]) == ("Guillestre", "commune/05065", "commune")
    assert hit["href"] == "/page/commune/05065?lang=fr"
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("asked", ["q=" + "x" * 101, "q=a&kind=" + "k" * 41])
def test_suggestions_are_bounded(client: FlaskClient, asked: str) -> None:
    """What is too long to be a name is a 400."""
    assert client.get(f"/suggest?{asked}").status_code == 400


def test_a_regions_initiatives_as_csv_are_two_clicks_away(browser: FlaskClient) -> None:
    """From home to a région's list, and from its page too; there the CSV is a link."""
    listed = re.search(
        r'href="(/explore\?kind=initiative&amp;territory=region/93)"', browser.get("/").text
    )
    assert listed is not None
    download = re.search(r'href="(/explore\.csv[^"]+)"', browser.get(html.unescape(listed[1])).text)
    from_page = re.search(r'href="(/explore\.csv[^"]+)"', browser.get("/page/region/93").text)

    assert download is not None
    assert from_page is not None
    for found in (download, from_page):
        assert len(_rows(browser, html.unescape(found[1]).partition("?")[2])) == 2


def test_search_leads_to_lists_of_each_kind(browser: FlaskClient) -> None:
    """Matches are grouped, and each kind of thing is a list with the same words."""
    page = browser.get("/search?q=cristillan").text

    assert re.search(r'href="/explore\?kind=initiative&amp;q=cristillan">Initiatives \(1\)', page)
    assert "<h2>Initiatives</h2>" in page

"""Explore: a selection as list, map, table and data; what its address says; the query behind it."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, parse
from werkzeug.datastructures import MultiDict

from essgraph.config import Settings
from essgraph.search import FACETS, KINDS
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names
from essgraph.web import create_app, explore
from essgraph.web.context import context_of
from essgraph.web.explore import exports, querying, state, values, writing

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
    # What the columns are called depends on the language; the last one has the IRIs.
    head, *rows = csv.reader(io.StringIO(told))
    return [dict(zip([*head[:-1], "iri"], row, strict=True)) for row in rows]


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
    assert "essgraph-initiatives.csv" in answer.headers["Content-Disposition"]
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
    safe = writing.safe

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


def test_a_form_says_language_and_release_once(browser: FlaskClient) -> None:
    """What a form sends beside its fields is not in its address too, which would say it twice."""
    page = browser.get("/explore?kind=publication&lang=en").text
    facet = browser.get("/explore/publisher?kind=publication&lang=en").text
    forms = re.findall(r'<form[^>]* action="(/explore[^"]*)"(.*?)</form>', page + facet, re.DOTALL)

    assert len(forms) == 3
    for action, fields in forms:
        assert "lang" not in action
        assert fields.count('name="lang"') == 1


def test_a_page_is_new_after_an_upgrade(settings: Settings, browser: FlaskClient) -> None:
    """A page that a browser keeps is not called unchanged once its styles are others."""
    kept = browser.get("/explore").headers["ETag"]
    assert browser.get("/explore", headers={"If-None-Match": kept}).status_code == 304

    upgraded = create_app(settings)
    context_of(upgraded).assets["explore.css"] = "0" * 12
    answer = upgraded.test_client().get(
        "/explore", headers={"If-None-Match": kept, "Accept": "text/html"}
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("form", ["csv", "json", "geojson"])
def test_a_download_is_whole_and_streamed(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """More entities than are read at a time come one after the other, none left out."""
    whole = browser.get(f"/explore.{form}?kind=territory").data
    monkeypatch.setattr(writing, "AT_ONCE", 2)
    answer = browser.get(f"/explore.{form}?kind=territory", buffered=True)

    assert answer.data.replace(b"\n", b"") == whole.replace(b"\n", b"")
    assert "Essgraph-Truncated" not in answer.headers


def test_downloads_at_a_time_are_few(
    app: Flask, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks while all places are taken is told to try again; each place is given back."""
    monkeypatch.setattr(writing, "AT_ONCE", 2)
    downloads = context_of(app).downloads
    taken = 0
    while downloads.acquire(blocking=False):
        taken += 1
    refused = browser.get("/explore.csv?kind=territory")
    for _ in range(taken):
        downloads.release()

    assert refused.status_code == 503
    for _ in range(taken + 1):
        for form in ("csv", "ttl"):
            answer = browser.get(f"/explore.{form}?kind=territory", buffered=True)
            assert answer.status_code == 200


def test_turtle_comes_in_parts(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says how large a part is and leads to the parts; there is none beyond the last."""
    monkeypatch.setattr(exports, "DESCRIBED", 2)
    page = browser.get("/explore?kind=territory").text
    parts = re.findall(r'href="(/explore\.ttl[^"]*)"[^>]*>partie', page)
    first = browser.get(html.unescape(parts[0]))

    assert "Turtle (RDF), par 2" in page
    assert 'rel="next"' in first.headers["Link"]
    assert first.headers["Essgraph-Truncated"].startswith("rows 1-2 of ")
    last = browser.get(html.unescape(parts[-1]))
    assert last.status_code == 200
    assert 'rel="next"' not in last.headers.get("Link", "")
    number = int(re.findall(r"page=(\d+)", parts[-1])[0])
    assert browser.get(f"/explore.ttl?kind=territory&page={number + 1}").status_code == 404


def test_there_is_no_second_part_of_what_is_whole(browser: FlaskClient) -> None:
    """An address of a part, as there were, is not answered with the whole or with nothing."""
    assert browser.get("/explore.csv?kind=territory&page=2").status_code == 404


@pytest.mark.parametrize("kind", ["person", "publication"])
def test_what_has_no_places_has_no_map(browser: FlaskClient, kind: str) -> None:
    """Neither the view nor GeoJSON is offered, and GeoJSON is not there."""
    page = browser.get(f"/explore?kind={kind}").text

    assert "view=map" not in page
    assert "geojson" not in page
    assert browser.get(f"/explore.geojson?kind={kind}").status_code == 404


def test_a_map_gets_what_it_draws(client: FlaskClient) -> None:
    """Name, page and colour of each place: an IRI besides would be for nobody."""
    (feature,) = json.loads(client.get("/explore.points?kind=territory&q=guillestre").text)[
        "features"
    ]

    assert feature["geometry"]["coordinates"] == [6.65, 44.66]
    assert sorted(feature["properties"]) == ["accent", "name", "url"]


def test_a_map_that_is_cut_says_so(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers are told how many places the picture and the map have, where they lack some."""
    assert "premiers lieux sur" not in browser.get("/explore?kind=territory&view=map").text
    monkeypatch.setattr(explore, "DRAWN", 0)
    monkeypatch.setattr(explore, "MARKED", 0)
    page = browser.get("/explore?kind=territory&view=map").text

    assert "Cette image montre les 0 premiers lieux sur 1" in page
    assert "Cette carte montre les 0 premiers lieux sur 1" in page


def test_words_that_match_too_much_are_said_in_data(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where not all matches are counted, JSON and the header say so."""
    asked = "/explore.json?kind=territory&q=g"
    assert json.loads(client.get(asked).text)["truncated"] is False
    monkeypatch.setattr("essgraph.search.explore.MAX_MATCHES", 1)
    answer = create_app(context_of(client.application).settings).test_client().get(asked)

    assert json.loads(answer.text)["truncated"] is True
    assert answer.headers["Essgraph-Truncated"] == "the best 1 matches of these words"


def test_the_last_page_is_numbered_on(browser: FlaskClient) -> None:
    """Two a page: the third begins at 5, however few are on it."""
    numbers = [
        re.search(r'<ol class="hits results" start="(\d+)"', browser.get(address).text)
        for address in ("/explore?kind=organisation", "/explore?kind=organisation&page=3")
    ]

    assert [found and found[1] for found in numbers] == ["1", "5"]


def test_an_older_release_says_that_it_cannot_be_explored(
    tmp_path: Path, publish: Callable[..., Path]
) -> None:
    """One without facets is not there to explore; no path of the server is told."""
    release = publish(tmp_path, "20260101T000000Z-aaaaaa")
    connection = sqlite3.connect(release / "search.sqlite")
    connection.execute("DROP TABLE posting")
    connection.close()
    client = create_app(Settings(home=tmp_path)).test_client()
    page = client.get("/explore", headers={"Accept": "text/html", "Accept-Language": "fr"})
    problem = client.get("/explore.json")

    assert (page.status_code, problem.status_code) == (404, 404)
    assert "Cette version des données ne peut pas être explorée" in page.text
    assert str(tmp_path) not in page.text + problem.text


def test_a_value_of_no_form_is_said_in_one_language(browser: FlaskClient) -> None:
    """The sentence is French, with examples of what values look like."""
    page = browser.get("/explore?territory=region").text

    assert "n’est pas de la forme region/93 | https://…" in html.unescape(page)
    assert "a notation" not in page


@pytest.mark.parametrize("name", ["utm_source", "fbclid", "gclid"])
def test_tracking_parameters_say_nothing(browser: FlaskClient, name: str) -> None:
    """What a mail program or a network adds to a shared address is passed over."""
    for address in ("/explore?kind=initiative", "/queries/labels?"):
        assert browser.get(f"{address}&{name}=x").status_code == 200


def test_facets_are_called_as_the_shapes_call_them(browser: FlaskClient) -> None:
    """The names are those of the fields that the facets are read along."""
    page = browser.get("/explore?kind=person").text

    assert re.findall(r'<h2 id="f-(?!years)\w+">([^<]+)</h2>', page) == ["Fonction", "Territoire"]


def test_a_territory_that_is_not_there_is_said_plainly(browser: FlaskClient) -> None:
    """A French sentence that names it, and no parameter of ours."""
    page = html.unescape(browser.get("/explore?territory=region/999").text)

    assert "Ce territoire n’est pas dans le graphe\u00a0: region/999" in page


def test_the_keyboard_passes_the_filters(browser: FlaskClient) -> None:
    """The first link of the list leads to the results, before tabs and filters."""
    page = browser.get("/explore").text

    assert page.index('href="#found">Aller aux résultats') < page.index('class="kinds"')
    assert 'id="found"' in page


@pytest.mark.parametrize("address", ["/search", "/search?q=zzzzzz"])
def test_a_search_without_results_leads_on(browser: FlaskClient, address: str) -> None:
    """There are searches to begin with, and other ways to find."""
    page = browser.get(address).text

    assert re.search(r'href="/search\?q=[^"]+">mutuelle communale', page)
    assert 'href="/contribute"' in page

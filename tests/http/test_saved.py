"""Saved queries: index, form, data, bad parameters."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from essgraph.config import Settings
from essgraph.queries import read_all
from essgraph.vocab import Names
from essgraph.web.headings import heading

ONE = "/queries/communes-of-a-departement"
PUBLIC = read_all(Settings().queries_dir, Names())


def test_index_lists_titles_in_the_language(browser: FlaskClient) -> None:
    """Every saved query is listed by its title in the page's language."""
    french = browser.get("/queries").text
    english = browser.get("/queries?lang=en").text

    assert "Communes d’un département" in french
    assert "Communes of a département" in english
    assert 'href="/queries/labels?lang=en"' in english


def test_page_has_form_answer_and_text(browser: FlaskClient) -> None:
    """The page asks for the parameters, shows the rows as links, and the query itself."""
    page = browser.get(ONE).text

    assert '<option value="departement/05" selected>Hautes-Alpes</option>' in page
    assert 'href="/page/commune/05065"' in page
    assert "VALUES ?least { 0 }" in page
    assert 'href="/sparql?query=' in page


def test_parameters_of_the_url_are_bound(client: FlaskClient) -> None:
    """A short IRI and a number from the URL decide the rows."""
    response = client.get(f"{ONE}?departement=departement/05&least=1000&format=csv")

    assert response.content_type == "text/csv; charset=utf-8"
    assert response.text.splitlines() == [
        "commune,label,inhabitants",
        "https://w3id.org/essgraph/id/commune/05065,Guillestre,2400",
    ]


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("text/html", "text/html"),
        ("*/*", "text/html"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("text/tab-separated-values", "text/tab-separated-values"),
    ],
)
def test_data_is_chosen_by_accept(client: FlaskClient, accept: str, mimetype: str) -> None:
    """The page is the default; result formats are there for programs."""
    response = client.get(ONE, headers={"Accept": accept})

    assert response.mimetype == mimetype


def test_a_graph_is_given_as_turtle(client: FlaskClient) -> None:
    """A CONSTRUCT is a graph: a table of triples on the page, Turtle as data."""
    page = client.get("/queries/neighbourhood")
    data = client.get("/queries/neighbourhood?format=ttl")

    assert 'role="columnheader">propriété</th>' in page.text
    assert data.mimetype == "text/turtle"
    assert b"Guillestre" in data.data


def test_results_follow_the_language_of_the_page(client: FlaskClient) -> None:
    """A query's own lang parameter is the page's, unless given."""
    french = client.get("/queries/labels?format=csv", headers={"Accept-Language": "fr"})
    english = client.get("/queries/labels?format=csv&lang=en")

    assert "Microcentrale hydroélectrique du Cristillan" in french.text
    assert "Cristillan micro hydroelectric plant" in english.text


def test_a_label_column_names_the_links(browser: FlaskClient) -> None:
    """Columns x and xLabel are one on the page, a link by its label; the data keeps both."""
    page = browser.get("/queries/parts").text
    data = browser.get("/queries/parts?format=csv").text

    assert re.search(r'<td[^>]*><a href="/page/commune/05065"[^>]*>Guillestre</a></td>', page)
    assert "partLabel</th>" not in page
    assert data.startswith("part,partLabel\r\n")


def test_a_column_called_label_names_the_one_before(browser: FlaskClient) -> None:
    """The first column is read by its label, not by its code."""
    page = browser.get(ONE).text

    assert re.search(r'<td[^>]*><a href="/page/commune/05065"[^>]*>Guillestre</a></td>', page)
    assert ">nom</th>" not in page


def test_the_text_of_the_query_is_folded(browser: FlaskClient) -> None:
    """Rows come first: the SPARQL text is behind a fold; a wide table says so."""
    page = browser.get("/queries/neighbourhood").text

    assert page.index("<table") < page.index("<details") < page.index("<pre")
    assert "Le tableau continue à droite" in page


@pytest.mark.parametrize(
    ("lang", "hint"), [("fr", "nombre minimal d’habitants"), ("en", "fewest inhabitants")]
)
def test_form_is_in_the_language_of_the_page(client: FlaskClient, lang: str, hint: str) -> None:
    """Each parameter is explained in the page's language, and only in it."""
    page = client.get(f"{ONE}?lang={lang}").text

    assert f'<label for="p-least">{hint}</label>' in page
    assert ("fewest" in page.partition("<pre")[0]) == (lang == "en")


@pytest.mark.parametrize(("lang", "words"), [("fr", "habitants"), ("en", "inhabitants")])
def test_headings_are_in_the_language_of_the_page(
    client: FlaskClient, lang: str, words: str
) -> None:
    """Columns are headed by words, those of numbers to the right; the data keeps the names."""
    page = client.get(f"{ONE}?lang={lang}").text

    assert f'role="columnheader" class="num">{words}</th>' in page


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_column_of_our_queries_has_a_heading(app: Flask, name: str) -> None:
    """No page of a public query shows the name of a variable for a heading."""
    columns = PUBLIC[name].columns
    with app.test_request_context("/?lang=fr"):
        bare = [column for column in columns if heading(column) == column]

    assert set(bare) <= {"commune", "communes", "date", "initiative", "initiatives", "instrument",
                         "maximum", "minimum", "note", "organisation", "place", "population",
                         "publication", "questions", "source", "sources", "type"}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("least=many", "least"),
        ("departement=<oops", "departement"),
        ("departement=departement/99", "departement"),
        ("least=", "least"),
        ("nothing=1", "nothing"),
        ("least=1&least=2", "least"),
    ],
)
def test_a_bad_parameter_is_named(client: FlaskClient, query: str, named: str) -> None:
    """A parameter that cannot be used is a 400 that names it."""
    response = client.get(f"{ONE}?{query}", headers={"Accept": "application/json"})

    assert response.status_code == 400
    assert named in response.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("query", "field", "lang", "sentence"),
    [
        ("least=beaucoup", "least", "fr", "Écrivez un nombre entier, en chiffres."),
        ("least=many", "least", "en", "Write a whole number, in digits."),
        ("departement=Nowhere", "departement", "en", "Choose from the list, or write a name"),
        ("departement=", "departement", "fr", "Choisissez dans la liste"),
        ("departement=departement/99", "departement", "fr", "ne connaît pas cette entité"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field(
    browser: FlaskClient, query: str, field: str, lang: str, sentence: str
) -> None:
    """The form comes back with what was written and what is expected, in the page's language."""
    response = browser.get(f"{ONE}?{query}&lang={lang}")
    written = query.partition("=")[2]

    assert response.status_code == 400
    assert f'name="{field}" value="{written}"' in response.text
    assert sentence in response.text.partition(f'id="e-{field}"')[2].partition("</p>")[0]
    assert 'id="results"' not in response.text


@pytest.mark.parametrize("written", ["05", "Hautes-Alpes", "hautes-alpes", "departement/05"])
def test_a_code_or_a_name_will_do(client: FlaskClient, written: str) -> None:
    """A territory may be written as people do."""
    response = client.get(ONE, query_string={"departement": written, "format": "csv"})

    assert "commune/05065" in response.text


def test_departements_are_offered(browser: FlaskClient) -> None:
    """The form has a list of those that the graph knows."""
    page = browser.get(ONE).text

    assert '<option value="departement/05" selected>Hautes-Alpes</option>' in page


def test_an_unknown_query_is_not_found(client: FlaskClient) -> None:
    """A name that no query has is a 404."""
    response = client.get("/queries/nope")

    assert response.status_code == 404


def test_a_graph_cannot_be_had_as_csv(client: FlaskClient) -> None:
    """A format the answer has no form in is a 406 that lists the others."""
    response = client.get("/queries/neighbourhood?format=csv")

    assert response.status_code == 406
    assert "text/turtle" in response.get_json(force=True)["detail"]


def test_rows_come_in_pages_and_data_whole(browser: FlaskClient) -> None:
    """A page of the table has so many rows and leads to the next; the data has them all."""
    address = "/queries/neighbourhood"
    pages = [browser.get(f"{address}?page={number}").text for number in (1, 2)]
    whole, paged = (browser.get(f"{address}?format=nt{more}").data for more in ("", "&page=2"))

    bodies = [page.partition("<tbody")[2].partition("</tbody>")[0] for page in pages]
    assert bodies[0].count("<tr") == 2
    assert bodies[1].count("<tr") >= 1
    assert bodies[0] != bodies[1]
    assert 'rel="next"' in pages[0]
    assert 'rel="prev"' in pages[1]
    assert sorted(paged.splitlines()) == sorted(whole.splitlines())


@pytest.mark.parametrize(
    ("page", "status", "told"), [("99", 404, "la dernière est"), ("no", 400, "no")]
)
def test_a_page_that_is_not_there_is_told(
    client: FlaskClient, page: str, status: int, told: str
) -> None:
    """Beyond the last page the answer says which is the last; a word is refused."""
    response = client.get(f"{ONE}?page={page}", headers={"Accept": "text/html"})

    assert response.status_code == status
    assert told in response.text


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("fr", "<p>Il n’y a pas de page 99\u00a0; la dernière est la page 1.</p>"),
        ("en", "<p>There is no page 99; the last is 1.</p>"),
    ],
)
def test_the_last_page_is_told_in_the_language(
    browser: FlaskClient, lang: str, sentence: str
) -> None:
    """A visitor reads it in the language of the page; a program in English always."""
    address = f"{ONE}?page=99&lang={lang}"
    page = browser.get(address)
    other = f"/list/igeo:Commune?page=99&lang={lang}"
    told = browser.get(other, headers={"Accept": "application/json"})

    assert sentence in page.text
    assert ("There is no page" in page.text) == (lang == "en")
    assert told.get_json(force=True)["detail"] == "There is no page 99; the last is 2."


@pytest.mark.parametrize(("name", "told"), [("labels", True), ("communes-of-a-departement", False)])
def test_a_layer_that_is_missing_is_told(client: FlaskClient, name: str, told: bool) -> None:
    """A query of a layer that this server does not have says so; another says nothing of it."""
    page = client.get(f"/queries/{name}?lang=en", headers={"Accept": "text/html"}).text

    assert ("needs the layer of elected officials" in page) == told


def test_data_has_an_address_and_a_name_of_its_own(client: FlaskClient) -> None:
    """Each format has a suffix; a browser keeps the file under the query's name."""
    response = client.get(f"{ONE}.csv?least=1000")
    again = client.get(f"{ONE}.csv?least=1000", headers={"If-None-Match": response.headers["ETag"]})

    assert response.text.splitlines()[1].endswith("Guillestre,2400")
    disposition = response.headers["Content-Disposition"]
    assert disposition == 'attachment; filename="essgraph-communes-of-a-departement-1000.csv"'
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert again.status_code == 304


def test_places_of_an_answer_are_geojson(client: FlaskClient) -> None:
    """The points of the communes of an answer, with its other columns as properties."""
    response = client.get(f"{ONE}.geojson?least=1000")
    (feature,) = response.get_json()["features"]

    assert response.mimetype == "application/geo+json"
    assert feature["geometry"]["type"] == "Point"
    assert feature["properties"]["name"] == "Guillestre"
    assert feature["properties"]["inhabitants"] == 2400


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/queries/labels.geojson", "this answer has no places"),
        (f"{ONE}.ttl", "format=ttl is not offered here"),
        ("/queries/neighbourhood.csv", "format=csv is not offered here"),
    ],
)
def test_a_format_without_sense_is_told(client: FlaskClient, address: str, told: str) -> None:
    """No map without places, no graph of a table, no table of a graph: a 406 with a sentence."""
    response = client.get(address)

    assert response.status_code == 406
    assert told in response.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("view", "there"), [("table", "<table role"), ("chart", "<rect"), ("map", "data-map=")]
)
def test_a_view_is_in_the_address(browser: FlaskClient, view: str, there: str) -> None:
    """Table, chart and map, each a link that works without scripts."""
    page = browser.get(f"{ONE}?view={view}").text

    assert there in page
    assert page.count('aria-current="page">') == 1


def test_a_view_of_no_name_is_refused(client: FlaskClient) -> None:
    """The 400 names parameter and value."""
    response = client.get(f"{ONE}?view=cube", headers={"Accept": "text/html"})

    assert response.status_code == 400
    assert "cube" in response.text


def test_an_entity_is_shown_by_its_name(browser: FlaskClient) -> None:
    """The field says what the entity is called, and what it says is understood when it is sent."""
    page = browser.get("/queries/neighbourhood?thing=commune/05065").text
    shown = re.search(r'name="thing" value="([^"]*)"', page)
    assert shown is not None
    again = browser.get("/queries/neighbourhood", query_string={"thing": shown[1]})

    assert shown[1] == "Guillestre"
    assert again.status_code == 200
    assert 'data-kind="commune"' in page


def test_a_name_that_is_not_whole_offers_those_it_may_mean(browser: FlaskClient) -> None:
    """Each that the name may mean is a link to the answer for it."""
    response = browser.get("/queries/neighbourhood?thing=guill")

    assert response.status_code == 400
    assert re.search(
        r'<a href="/queries/neighbourhood\?thing=commune%2F05065">Guill', response.text
    )


def test_the_list_for_programs_has_types_and_addresses(client: FlaskClient) -> None:
    """Each query with its parameters' types, and where its answer is in each format."""
    found = {query["name"]: query for query in client.get("/queries.json").get_json()["queries"]}
    one = found["communes-of-a-departement"]

    assert one["parameters"][1]["schema"] == {"type": "integer", "default": 0}
    assert one["data"]["csv"] == "http://localhost/queries/communes-of-a-departement.csv"
    assert "geojson" in one["data"]
    assert set(found["neighbourhood"]["data"]) == {"ttl", "nt", "rdf", "jsonld"}

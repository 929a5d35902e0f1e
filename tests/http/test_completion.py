"""What the query editor asks the server, and the page that it enhances."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from essgraph import profiles
from essgraph.config import Settings
from essgraph.vocab import LAYERS, Names
from essgraph.web.completion import MAX_LABELS

NAMES = Names()
ESS = NAMES.ontology
GUILLESTRE = NAMES.entity("commune", "05065").value
FIRST_VIEW_BYTES = 25_000
"""The page with 28 examples and its words; with the examples' texts it was 93,000."""


def test_terms_are_those_of_the_graph(client: FlaskClient) -> None:
    """Classes and properties come with counts and labels, graphs and prefixes with IRIs."""
    found = client.get("/sparql/completion.json").get_json()

    (initiatives,) = (entry for entry in found["classes"] if entry["iri"] == f"{ESS}Initiative")
    assert initiatives["count"] == 3
    assert (initiatives["fr"], initiatives["en"]) == ("Initiative", "Initiative")
    assert [entry["iri"] for entry in found["graphs"]] == [NAMES.graph(x).value for x in LAYERS]
    assert found["prefixes"] == NAMES.prefixes


def test_a_class_has_the_properties_of_its_entities(client: FlaskClient) -> None:
    """A class names, by their places, properties that its entities have."""
    found = client.get("/sparql/completion.json").get_json()

    (initiatives,) = (entry for entry in found["classes"] if entry["iri"] == f"{ESS}Initiative")
    properties = {found["properties"][place]["iri"] for place in initiatives["properties"]}
    assert properties == {"http://purl.org/dc/terms/spatial"}


def test_completion_and_shapes_agree(client: FlaskClient) -> None:
    """Each class offers what the shapes say of it, in their order and by their names, no more."""
    defaults = Settings()
    known = profiles.read(defaults.shapes_dir, defaults.ontology_dir, NAMES)
    found = client.get("/sparql/completion.json").get_json()

    offered = {
        entry["iri"]: [found["fields"][place] for place in entry["fields"]]
        for entry in found["classes"]
    }
    assert len(offered[f"{ESS}Initiative"]) > 15
    assert offered == {
        iri: [
            {"iri": field.path, **field.names, "scheme": field.scheme}
            for field in known.of([iri]).fields
            if not field.inverse and not field.then
        ]
        for iri in offered
    }


def test_a_property_with_a_scheme_offers_its_concepts(client: FlaskClient) -> None:
    """The concepts that the release has of a field's scheme come with their labels."""
    found = client.get("/sparql/completion.json").get_json()

    (sector,) = (field for field in found["fields"] if field["iri"] == f"{ESS}sector")
    concepts = {concept["iri"]: concept for concept in found["concepts"][sector["scheme"]]}
    assert concepts[f"{sector['scheme']}/energie"]["fr"]
    assert found["concepts"].keys() == {f["scheme"] for f in found["fields"] if f["scheme"]}


def test_what_a_release_fixes_is_revalidated(client: FlaskClient) -> None:
    """The same release answers 304 to a client that has the answer."""
    first = client.get("/sparql/completion.json")

    again = client.get("/sparql/completion.json", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert again.data == b""


@pytest.mark.parametrize(("lang", "label"), [("fr", "territoire"), ("en", "territory")])
def test_labels_are_in_the_language_asked_for(client: FlaskClient, lang: str, label: str) -> None:
    """An IRI gets its label and its page; one that is not ours its own address."""
    spatial, commune = "http://purl.org/dc/terms/spatial", GUILLESTRE
    response = client.post(f"/sparql/labels?lang={lang}", data={"iri": [spatial, commune]})

    found = response.get_json()
    assert found[commune]["text"] == "Guillestre"
    assert found[commune]["href"].startswith("/page/commune/05065")
    assert found[spatial]["href"] == spatial


@pytest.mark.parametrize(
    ("iri", "text", "href"),
    [
        ("http://www.w3.org/2004/02/skos/core#nothing", "skos:nothing", True),
        ("javascript:alert(1)", "javascript:alert(1)", False),
        ("urn:isbn:1", "urn:isbn:1", False),
    ],
)
def test_what_has_no_label_keeps_its_name(
    client: FlaskClient, iri: str, text: str, href: bool
) -> None:
    """An unknown IRI is shortened if it can be; only http(s) becomes a link."""
    found = client.post("/sparql/labels", data={"iri": iri}).get_json()

    assert found[iri] == {"text": text, "lang": None, "href": iri if href else None}


@pytest.mark.parametrize(
    "iris", [["no iri"], ["relative"], [f"x:{n}" for n in range(MAX_LABELS + 1)]]
)
def test_labels_of_what_is_no_iri_are_refused(client: FlaskClient, iris: list[str]) -> None:
    """Malformed IRIs, and more than a page can need, are a 400 that names the parameter."""
    response = client.post("/sparql/labels", data={"iri": iris})

    assert response.status_code == 400
    assert response.get_json(force=True)["detail"].startswith("iri: ")


def test_an_example_comes_with_its_title_and_without_its_header(client: FlaskClient) -> None:
    """The text of a saved query, for a reader of English: title, language, no header."""
    response = client.get("/sparql/examples/labels?lang=en")

    assert response.mimetype == "application/sparql-query"
    assert response.text.startswith("# Labels of a thing\nPREFIX ")
    assert '{ "en" }' in response.text
    assert "#+" not in response.text


@pytest.mark.parametrize("address", ["/sparql/examples/nothing", "/sparql?example=nothing"])
def test_an_unknown_example_is_not_found(browser: FlaskClient, address: str) -> None:
    """A name that no saved query has is a 404."""
    assert browser.get(address).status_code == 404


def test_an_example_is_put_into_the_plain_form(browser: FlaskClient) -> None:
    """Without a script, a link brings an example into the form; nothing runs yet."""
    page = browser.get("/sparql?example=labels")

    assert "# Libellés d’une chose\n" in unescape(page.text)
    assert 'id="results"' not in page.text


def test_examples_are_linked_by_name(browser: FlaskClient) -> None:
    """The page links every example without its text."""
    page = browser.get("/sparql").text

    links = re.findall(r'<a href="([^"]+)" data-text="([^"]+)"', page)
    assert len(links) == len(set(links)) == 4
    assert ("/sparql?example=labels", "/sparql/examples/labels?lang=fr") in links
    assert len(page.encode()) < FIRST_VIEW_BYTES


def test_the_words_of_the_editor_are_in_the_page_s_language(browser: FlaskClient) -> None:
    """The page carries the editor's texts, the same ones in both languages."""
    french, english = (_words(browser.get(f"/sparql?lang={lang}").text) for lang in ("fr", "en"))

    assert french.keys() == english.keys()
    assert (french["run"], english["run"]) == ("Lancer", "Run")
    assert [key for key in french if french[key].count("{}") != english[key].count("{}")] == []


def test_snippets_ask_this_server(client: FlaskClient) -> None:
    """The snippets of a query name the endpoint that gave them."""
    found = client.post("/sparql/snippets", data={"query": "ASK { ?s ?p ?o }"}).get_json()

    assert set(found) == {"curl", "python", "r"}
    assert all("http://localhost/sparql" in text for text in found.values())


def test_snippets_of_no_query_are_refused(client: FlaskClient) -> None:
    """A request without a query is a 400 that names the parameter."""
    response = client.post("/sparql/snippets", data={})

    assert response.status_code == 400
    assert "query" in response.get_json(force=True)["detail"]


def test_the_page_shows_the_snippets_of_its_query(browser: FlaskClient) -> None:
    """Without a script, the snippets are of the query in the form."""
    query = "SELECT ?unusual WHERE { ?unusual ?p ?o } LIMIT 1"

    page = browser.get(f"/sparql?query={quote(query)}")

    shown = re.findall(r'data-snippet="\w+">(.*?)</code>', page.text, re.DOTALL)
    assert len(shown) == 3
    assert all(query in unescape(text) for text in shown)


def _words(page: str) -> dict[str, str]:
    found = re.search(r'data-words="([^"]*)"', page)
    assert found is not None
    words: dict[str, str] = json.loads(unescape(found[1]))
    return words

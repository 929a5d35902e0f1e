"""Every term, concept and shape answers, as a page and as RDF."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse

from essgraph.config import Settings
from essgraph.web import create_app
from essgraph.web.terms import diagram, vocabulary
from tests.http.conftest import Publish

BASE = "https://w3id.org/essgraph/"
ROOT = Path(__file__).parents[2]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
TURTLE = {"Accept": "text/turtle"}


def _described(folder: Path) -> list[str]:
    """The IRIs under our base that Turtle files describe."""
    found = {
        quad.subject.value
        for file in sorted(folder.rglob("*.ttl"))
        for quad in parse(file.read_bytes(), format=RdfFormat.TURTLE)
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(BASE)
    }
    return sorted(found)


def _address(iri: str) -> tuple[str, str]:
    """Where a client asks for an IRI, and the fragment that it keeps to itself."""
    path, _, fragment = iri.removeprefix(BASE).partition("#")
    return f"/{path}", fragment


@pytest.fixture(name="whole", scope="module")
def _whole(tmp_path_factory: pytest.TempPathFactory, publish: Publish) -> FlaskClient:
    """A client of a site with the whole ontology and all its schemes."""
    home = tmp_path_factory.mktemp("whole")
    files = (file.read_text("utf-8") for file in sorted((ROOT / "ontology").rglob("*.ttl")))
    prefixes, bodies = [], []
    for text in files:
        lines = text.splitlines()
        prefixes += [line for line in lines if line.startswith("@prefix")]
        bodies.append("\n".join(line for line in lines if not line.startswith("@prefix")))
    ontology = "\n".join(bodies)
    more = "\n".join(dict.fromkeys(prefixes)) + f"\n<{BASE}graph/ontology> {{\n{ontology}\n}}\n"
    publish(home, "20260101T000000Z-bbbbbb", more)
    return create_app(Settings(home=home)).test_client()


@pytest.mark.parametrize("folder", ["ontology", "shapes"])
def test_every_iri_of_ours_dereferences_both_ways(whole: FlaskClient, folder: str) -> None:
    """Each IRI of the ontology, the schemes and the shapes has a page, and RDF that describes it;
    behind a hash, the page has an anchor of that name.
    """
    documents: dict[str, tuple[str, set[str]]] = {}
    amiss = []

    for iri in _described(ROOT / folder):
        address, fragment = _address(iri)
        if address not in documents:
            page = whole.get(address, headers={"Accept": BROWSER})
            data = whole.get(address, headers=TURTLE)
            quads = data.data if data.status_code == 200 else b""
            subjects = {
                quad.subject.value
                for quad in parse(quads, format=RdfFormat.TURTLE)
                if isinstance(quad.subject, NamedNode)
            }
            documents[address] = (page.text if page.status_code == 200 else "", subjects)
        text, subjects = documents[address]
        if not text or iri not in subjects or (fragment and f'id="{fragment}"' not in text):
            amiss.append(iri)

    assert amiss == []


def test_an_anchor_is_one_place(whole: FlaskClient) -> None:
    """No two elements of the ontology's page have the same name."""
    ids = re.findall(r' id="([^"]+)"', whole.get("/ontology", headers={"Accept": BROWSER}).text)

    assert len(ids) == len(set(ids))


def test_the_ontology_tells_a_class_whole(whole: FlaskClient) -> None:
    """A class has its definition, what it is below, its number, an example and its rules."""
    page = whole.get("/ontology?lang=en", headers={"Accept": BROWSER}).text
    section = page[page.index('<section class="term k-initiative" id="Policy"') :]
    section = section[: section.index("</section>")]
    above = page[page.index('id="Initiative" aria') :]
    above = above[: above.index("</section>")]

    assert "Lasting initiative of an authority" in section
    assert 'href="/ontology?term=Initiative&amp;lang=en"' in section
    assert 'href="/shape/Initiative-partner?lang=en"' in above
    assert re.search(r'href="/page/initiative/[^"]+"', above)


def test_a_page_of_terms_keeps_to_its_language(whole: FlaskClient) -> None:
    """A class has one definition on the page: that of the page's language."""
    french = whole.get("/ontology?lang=fr", headers={"Accept": BROWSER}).text
    english = whole.get("/ontology?lang=en", headers={"Accept": BROWSER}).text

    assert "Personne citée pour une fonction publique" in french
    assert "Person named for a public office" not in french
    assert "Person named for a public office" in english
    assert "Personne citée" not in english


def test_each_term_has_a_page_and_data(browser: FlaskClient, client: FlaskClient) -> None:
    """A term is reached from the ontology's page, and has a page and RDF of its own."""
    terms = browser.get("/ontology").text
    page = browser.get("/ontology?term=Initiative").text
    data = client.get("/ontology?term=Initiative", headers=TURTLE).data

    assert 'href="/ontology?term=Initiative"' in terms
    assert "<h1>Initiative</h1>" in page
    assert 'href="/ontology?term=Initiative&amp;format=ttl"' in page
    subjects = {triple.subject for triple in parse(data, format=RdfFormat.TURTLE)}
    assert NamedNode(BASE + "ontology#Initiative") in subjects


@pytest.mark.parametrize("term", ["Initiative", "carriedBy"])
def test_the_query_of_a_term_finds_something(browser: FlaskClient, term: str) -> None:
    """The example query of a class or a property runs, and has rows."""
    page = browser.get(f"/ontology?term={term}").text
    address = re.search(r'class="button" href="(/sparql\?query=[^"]+)"', page)

    assert address is not None
    answer = browser.get(address[1].replace("&amp;", "&"), headers={"Accept": "text/csv"})
    assert len(answer.text.splitlines()) > 1


@pytest.mark.parametrize("term", ["Nothing", "", "a b", "x>y", "%00"])
@pytest.mark.parametrize("accept", [BROWSER, "text/turtle"])
def test_unknown_term_of_the_ontology(client: FlaskClient, term: str, accept: str) -> None:
    """A term that the graph does not know is a 404."""
    response = client.get(f"/ontology?term={term}", headers={"Accept": accept})

    assert response.status_code == 404


def test_and_more_of_a_term_leads_to_all(browser: FlaskClient) -> None:
    """What points at a term is capped, and its address pages through all."""
    page = browser.get("/ontology?term=Territory").text
    address = re.search(r'href="(/ontology\?[^"]*incoming=[^"]+)">et \d+ autres?<', page)

    assert address is not None
    first = browser.get(address[1].replace("&amp;", "&"))
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following is not None
    second = browser.get(following[1].replace("&amp;", "&"))
    assert (first.status_code, second.status_code) == (200, 200)
    shown = [set(re.findall(r'<li><a href="([^"]+)" class', page.text)) for page in (first, second)]
    assert all(shown)
    assert shown[0].isdisjoint(shown[1])


def test_a_scheme_is_a_tree_with_counts(browser: FlaskClient) -> None:
    """A concept is inside the one above it, with how often it is used."""
    page = browser.get("/scheme/instrument").text
    tree = page[page.index('<ul class="concepts">') :]

    assert re.search(
        r'href="/scheme/instrument/PUR".*?<ul class="concepts">\s*<li>.*?'
        r'href="/scheme/instrument/PUR.supply".*?1 initiative',
        tree,
        re.S,
    )


def test_every_scheme_is_listed(browser: FlaskClient) -> None:
    """The index leads to each scheme of the graph."""
    page = browser.get("/schemes").text

    for name in ("instrument", "sector", "role", "legal-form", "evidence"):
        assert f'href="/scheme/{name}"' in page


def test_a_scheme_is_whole_as_rdf(client: FlaskClient) -> None:
    """The RDF of a scheme describes its concepts too."""
    data = client.get("/scheme/instrument", headers=TURTLE).data

    subjects = {quad.subject for quad in parse(data, format=RdfFormat.TURTLE)}
    assert {
        NamedNode(f"{BASE}scheme/instrument{rest}") for rest in ("", "/PUR", "/PUR.supply")
    } <= subjects


def test_a_concept_says_where_it_is_used(browser: FlaskClient) -> None:
    """A concept's page leads up to its scheme and the concept above it, and to what has it."""
    page = browser.get("/scheme/instrument/PUR.supply").text
    up = page[page.index("<main") : page.index("<h1")]

    assert 'href="/scheme/instrument"' in up
    assert 'href="/scheme/instrument/PUR"' in up
    assert 'href="/page/initiative/microcentrale-cristillan"' in page


def test_a_concept_that_is_called_otherwise_says_so(browser: FlaskClient) -> None:
    """Other names of a concept are on its page, in their language."""
    page = browser.get("/scheme/role/maire").text

    assert "mairesse" in page


@pytest.mark.parametrize(
    "path", ["scheme/nope", "scheme/instrument/nope", "scheme/a/b/c", "shape/nope", "shape/%3C"]
)
@pytest.mark.parametrize("accept", [BROWSER, "text/turtle"])
def test_unknown_concepts_and_shapes(client: FlaskClient, path: str, accept: str) -> None:
    """What is not there is a 404, for people and for programs."""
    assert client.get(f"/{path}", headers={"Accept": accept}).status_code == 404


def test_a_rule_is_told_in_words_and_as_it_is_written(browser: FlaskClient) -> None:
    """A shape has its sentence, its class, its property, and its Turtle."""
    page = browser.get("/shape/Initiative-territory").text

    assert "Cette initiative n’a pas de territoire" in page
    assert 'href="/ontology?term=Initiative"' in page
    assert "sh:minCount 1" in page
    assert "/validation?rule=" in page


def test_every_rule_is_listed(browser: FlaskClient) -> None:
    """The index of the rules leads to each property shape."""
    page = browser.get("/shape").text
    shapes = [
        quad.subject.value
        for file in (ROOT / "shapes").glob("*.ttl")
        for quad in parse(file.read_bytes(), format=RdfFormat.TURTLE)
        if str(quad.object) == "<http://www.w3.org/ns/shacl#PropertyShape>"
        and isinstance(quad.subject, NamedNode)
    ]

    missing = [iri for iri in shapes if f'href="/shape/{iri.rpartition("/")[2]}"' not in page]
    assert missing == []


def test_the_diagram_has_no_box_on_a_box(whole: FlaskClient) -> None:
    """Boxes lie apart, inside the drawing, and each line of words is inside it too."""
    with whole.application.test_request_context("/?lang=en"):
        picture = diagram.draw(vocabulary.read())

    corners = {(box.x, box.y) for box in picture.boxes}
    assert len(corners) == len(picture.boxes) > 10
    assert all(box.x > 0 and box.x + box.width < picture.width for box in picture.boxes)
    assert all(box.y > 0 and box.y + box.height < picture.height for box in picture.boxes)
    words = [word for line in picture.lines for word in line.words]
    assert all(0 < x < picture.width and 0 < y < picture.height for x, y, _ in words)


def test_another_base_moves_the_shapes(publish: Publish, tmp_path: Path) -> None:
    """Under another base the shapes are under that base."""
    publish(tmp_path, "20260101T000000Z-aaaaaa", base_iri="https://data.example/")
    settings = Settings(home=tmp_path, base_iri="https://data.example/")
    client = create_app(settings).test_client()

    data = client.get("/shape/Initiative-territory", headers=TURTLE)

    subjects = {q.subject for q in parse(data.data, format=RdfFormat.TURTLE)}
    assert NamedNode("https://data.example/shape/Initiative-territory") in subjects

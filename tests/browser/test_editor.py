"""The query editor in a browser: what a visitor types, clicks and sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

COMMUNES = """\
PREFIX ess: <https://w3id.org/essgraph/ontology#>
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX igeo: <http://rdf.insee.fr/def/geo#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?commune ?name ?inhabitants ?point WHERE {
  ?commune a igeo:Commune ; rdfs:label ?name ; ess:inhabitants ?inhabitants .
  OPTIONAL { ?commune geo:hasCentroid/geo:asWKT ?point }
}
ORDER BY ?name"""
NOTHING = "SELECT * WHERE { ?s <http://example.org/none> ?o }"


@pytest.fixture(name="page")
def _page(watched: Page) -> Iterator[Page]:
    """The editor, loaded."""
    watched.goto("/sparql")
    expect(watched.locator(".CodeMirror")).to_be_visible()
    yield watched
    assert watched.evaluate("localStorage.length") == 0


def _write(page: Page, query: str) -> None:
    page.locator(".CodeMirror-lines").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(query)


def _written(page: Page) -> str:
    return page.locator("#query").input_value()


def _run(page: Page, query: str) -> None:
    _write(page, query)
    page.get_by_role("button", name="Lancer").click()


def _at_end(page: Page, text: str) -> None:
    page.locator(".CodeMirror-lines").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def test_an_answer_is_a_table_with_labels_and_links(page: Page) -> None:
    """Entities show their labels, and lead to their pages here."""
    _run(page, COMMUNES)

    link = page.get_by_role("link", name="Guillestre")
    expect(link).to_have_attribute("href", "/page/commune/05065?lang=fr")


def test_a_heading_sorts_the_rows(page: Page) -> None:
    """A click sorts by a number's size, another the other way round."""
    _run(page, COMMUNES)
    heading = page.get_by_role("columnheader", name="inhabitants")
    numbers = page.locator("tbody td.num")
    expect(numbers.first).to_be_visible()

    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    rising = [re.sub(r"\D", "", text) for text in numbers.all_inner_texts()]
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    falling = [re.sub(r"\D", "", text) for text in numbers.all_inner_texts()]

    assert rising == sorted(rising, key=int)
    assert falling == rising[::-1]
    assert len(set(rising)) > 1


def test_a_class_is_completed_and_its_prefix_declared(page: Page) -> None:
    """Typing a part of a class offers it with its label and count; Enter writes it."""
    _at_end(page, "SELECT * { ?s a init")
    hint = page.locator(".CodeMirror-hint").first
    expect(hint).to_contain_text("ess:Initiative")
    expect(hint).to_contain_text("3")

    page.keyboard.press("Enter")

    expect(page.locator(".CodeMirror-hint")).to_have_count(0)
    assert _written(page).startswith("PREFIX ess: <https://w3id.org/essgraph/ontology#>\n")
    assert "?s a ess:Initiative" in _written(page)


def test_a_prefix_is_declared_as_it_is_typed(page: Page) -> None:
    """The colon of a prefix that the project knows declares it, once."""
    _at_end(page, "SELECT * { ?s rdfs:label ?l ; rdfs:seeAlso ?o")

    declaration = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    assert _written(page).count(declaration) == 1


def test_control_space_offers_the_properties_of_the_class_first(page: Page) -> None:
    """At a predicate, without a letter typed, the subject's class decides what is first."""
    _at_end(page, "SELECT * { ?s a ess:Initiative ; ")

    page.keyboard.press("Control+Space")

    expect(page.locator(".CodeMirror-hint").first).to_have_class(re.compile("hint-fits"))


def test_escape_leaves_the_editor_for_the_button(page: Page) -> None:
    """Tab indents in the editor; Escape goes to the button that runs the query."""
    page.locator(".CodeMirror-lines").click()

    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Lancer")).to_be_focused()


def test_the_whole_way_by_keyboard(page: Page) -> None:
    """Control+Enter runs; Escape then Tab reaches the views, and arrows change them."""
    _write(page, COMMUNES)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("tab", name="Tableau")).to_be_visible()

    page.keyboard.press("Escape")
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.get_by_role("tab", name="Tableau").evaluate("x => x === document.activeElement"):
            break
    page.keyboard.press("ArrowRight")

    expect(page.get_by_role("tab", name="Graphique")).to_be_focused()
    expect(page.locator("#view-chart canvas")).to_be_visible()


def test_a_chart_draws_numbers(page: Page) -> None:
    """A column of numbers can be drawn, and says in words what is drawn."""
    _run(page, COMMUNES)

    page.get_by_role("tab", name="Graphique").click()

    expect(page.get_by_role("img", name=re.compile("inhabitants selon name"))).to_be_visible()


def test_a_map_draws_places_without_tiles(page: Page) -> None:
    """WKT points are drawn over an outline of dots; a click on a place tells its row."""
    _run(page, COMMUNES.replace("?name ;", "'Guillestre'@fr, ?name ;"))

    page.get_by_role("tab", name="Carte").click()
    expect(page.get_by_text("Lieux dessinés : 1.")).to_be_visible()
    # The only place is in the middle.
    page.locator(".map").click()

    expect(page.locator(".leaflet-popup").get_by_role("link", name="Guillestre")).to_be_visible()
    expect(page.locator(".map img")).to_have_count(0)
    expect(page.get_by_role("button", name="Agrandir")).to_be_visible()


def test_no_chart_or_map_is_offered_for_words(page: Page) -> None:
    """An answer without numbers or places has neither view."""
    _run(page, 'SELECT ?x WHERE { VALUES ?x { "a" "b" } }')
    expect(page.get_by_role("tab", name="Tableau")).to_be_visible()

    assert page.get_by_role("tab").all_inner_texts() == ["Tableau", "Réponse brute"]


def test_the_raw_response_is_what_the_server_sent(page: Page) -> None:
    """The last view is the response itself."""
    _run(page, 'SELECT ?x WHERE { VALUES ?x { "a" } }')

    page.get_by_role("tab", name="Réponse brute").click()

    expect(page.locator("#view-raw code")).to_contain_text('{"head":{"vars":["x"]}')


@pytest.mark.parametrize(
    ("query", "word"), [("ASK { ?s ?p ?o }", "oui"), (f"ASK {NOTHING[15:]}", "non")]
)
def test_a_question_is_answered_yes_or_no(page: Page, query: str, word: str) -> None:
    """ASK is answered in a word of the page's language."""
    _run(page, query)

    expect(page.locator("#answer b")).to_have_text(word)


def test_a_graph_is_a_table_of_triples(page: Page) -> None:
    """CONSTRUCT shows its triples, literals with quotes and line ends included."""
    _run(page, 'CONSTRUCT { ?s a "one \\"two\\"\\nthree"@en } WHERE { BIND(<urn:x> AS ?s) }')

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text('one "two"\nthree')


def test_the_address_holds_the_query(page: Page, context: BrowserContext) -> None:
    """After a run the address is a link to the query, which runs when it is opened."""
    _run(page, COMMUNES)
    expect(page.get_by_role("link", name="Guillestre")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"query": [COMMUNES]}

    other = context.new_page()
    other.goto(page.url)

    expect(other.get_by_role("tab", name="Tableau")).to_be_visible()
    assert _written(other).strip() == COMMUNES


def test_going_back_finds_the_page_and_the_query_before(page: Page) -> None:
    """The button Back brings the query before, as a page and not as data."""
    _run(page, "ASK { ?s ?p ?o }")
    expect(page.locator("#answer b")).to_have_text("oui")
    _run(page, COMMUNES)
    expect(page.get_by_role("link", name="Guillestre")).to_be_visible()

    page.go_back()

    expect(page.locator("#answer b")).to_have_text("oui")
    assert _written(page).strip() == "ASK { ?s ?p ?o }"


def test_a_link_within_the_page_loses_nothing(page: Page) -> None:
    """Skipping to the content does not load the page again."""
    _write(page, "ASK { <urn:kept> ?p ?o }")

    page.locator("a.skip").focus()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()
    assert _written(page) == "ASK { <urn:kept> ?p ?o }"


@pytest.mark.refused
def test_an_error_is_told_and_its_place_shown(page: Page) -> None:
    """A query that cannot be read is refused where it was typed, at its line."""
    _run(page, "SELECT *\nWHERE { ?s ?p }")

    expect(page.get_by_role("alert")).to_contain_text("line 2:")
    expect(page.locator(".refused")).to_have_count(1)


def test_an_example_goes_into_the_editor(page: Page) -> None:
    """A click on a saved query writes it, ready to run."""
    page.get_by_role("link", name="Libellés d’une chose").click()

    expect(page.get_by_role("button", name="Lancer")).to_be_focused()
    assert _written(page).startswith("# Libellés d’une chose\n")


def test_snippets_follow_what_is_typed(page: Page) -> None:
    """Opening a snippet writes it for the query in the editor."""
    _write(page, "ASK { <urn:typed> ?p ?o }")

    page.locator("summary", has_text="curl").click()

    expect(page.locator("[data-snippet=curl]")).to_contain_text("urn:typed")


def test_downloads_are_the_answer_in_other_formats(page: Page) -> None:
    """CSV is a link to the same query that saves a file."""
    _run(page, COMMUNES)

    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()

    assert started.value.suggested_filename == "essgraph.csv"
    assert started.value.path().read_text("utf-8").startswith("commune,name,inhabitants,point")


def test_a_query_too_long_for_an_address_runs(page: Page) -> None:
    """It goes by POST, and its download too; the address stays as it was."""
    before = page.url
    _run(page, f"# {'x' * 9_000}\n{COMMUNES}")
    expect(page.get_by_role("link", name="Guillestre")).to_be_visible()

    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()

    assert page.url == before
    assert started.value.path().read_text("utf-8").startswith("commune,name,inhabitants,point")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("rows=10000", "10\u202f000 premières lignes"),
        ("bytes=16000000", "16\u202f000\u202f000 octets"),
    ],
)
def test_a_cut_answer_says_so(page: Page, header: str, words: str) -> None:
    """The header of a cut answer becomes a banner above the table."""

    def cut(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "Essgraph-Truncated": header})

    page.route(re.compile(r"/sparql\?.*format=json"), cut)
    _run(page, COMMUNES)

    expect(page.get_by_role("alert")).to_contain_text(words)


def test_an_empty_answer_can_be_explained(page: Page) -> None:
    """A button asks the server why there are no rows, and shows what it says."""

    def explain(route: Route) -> None:
        route.fulfill(json={"sentences": {"fr": ["Rien ne correspond."], "en": ["No match."]}})

    page.route(re.compile(r"explain=empty"), explain)
    _run(page, NOTHING)

    page.get_by_role("button", name="Expliquer pourquoi c’est vide").click()

    expect(page.get_by_text("Rien ne correspond.")).to_be_visible()


@pytest.mark.refused
def test_a_server_that_cannot_explain_is_passed_over(page: Page) -> None:
    """When the server refuses to explain, the button goes and nothing else happens."""
    page.route(re.compile(r"explain=empty"), lambda route: route.fulfill(status=400, body="no"))
    _run(page, NOTHING)

    page.get_by_role("button", name="Expliquer pourquoi c’est vide").click()

    expect(page.get_by_role("button", name="Expliquer")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_running_query_can_be_stopped(page: Page) -> None:
    """While the server works there is a button that gives up, and says so."""
    page.route(re.compile(r"/sparql\?.*format=json"), lambda _: None)
    _run(page, COMMUNES)

    page.get_by_role("button", name="Arrêter").click()

    expect(page.get_by_text("La requête a été arrêtée.")).to_be_visible()
    expect(page.get_by_role("button", name="Arrêter")).to_be_hidden()
    page.unroute_all(behavior="ignoreErrors")


def test_an_old_answer_is_no_answer_to_the_next_query(page: Page) -> None:
    """It is marked as old while the next query runs, and goes if that one is stopped."""
    _run(page, COMMUNES)
    expect(page.locator("#answer tbody")).to_be_visible()
    expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")
    page.route(re.compile(r"/sparql\?.*format=json"), lambda _: None)

    _run(page, NOTHING)
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "true")
    page.get_by_role("button", name="Arrêter").click()

    expect(page.locator("#answer")).to_be_empty()
    expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")
    page.unroute_all(behavior="ignoreErrors")


def test_hostile_text_stays_text(page: Page) -> None:
    """What an answer holds is never markup, and a script's address no link."""
    _run(
        page, 'SELECT ?x ?y { VALUES (?x ?y) { ("<img src=x onerror=alert(1)>" <javascript:x>) } }'
    )

    expect(page.locator("tbody")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("tbody img, tbody a")).to_have_count(0)


@pytest.mark.parametrize("width", [380, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows(
    chromium: Browser, address: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    """On a phone and on a desk, in both schemes, the page is as wide as the window."""
    page = chromium.new_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="fr-FR"
    )
    page.goto(f"{address}/sparql")
    expect(page.locator(".CodeMirror")).to_be_visible()
    _run(page, COMMUNES)

    for view in ("Tableau", "Graphique", "Carte", "Réponse brute"):
        page.get_by_role("tab", name=view).click()
        expect(page.get_by_role("tabpanel", name=view)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_the_form_works_without_scripts(chromium: Browser, address: str) -> None:
    """Without JavaScript the form answers with a table, and examples are links."""
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}/sparql")

    page.get_by_label("Query").fill(COMMUNES)
    page.get_by_role("button", name="Run").click()

    expect(page.get_by_role("link", name="commune/05065")).to_be_visible()
    page.get_by_role("link", name="Labels of a thing").click()
    expect(page.get_by_label("Query")).to_have_value(re.compile("^# Labels of a thing"))
    context.close()


def test_the_editor_comes_compressed_and_only_where_it_is_used(page: Page, address: str) -> None:
    """The script is sent in Brotli or gzip to be kept for ever; other pages do not name it."""
    source = page.locator("script[src*=editor]").get_attribute("src")
    assert source is not None
    for coding in ("br", "gzip"):
        answer = page.request.get(source, headers={"Accept-Encoding": coding})
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
        assert len(answer.body()) > 300_000

    plain = page.request.get(source, headers={"Accept-Encoding": "identity"})

    assert "content-encoding" not in plain.headers
    assert "editor" not in page.request.get(f"{address}/", headers={"Accept": "text/html"}).text()

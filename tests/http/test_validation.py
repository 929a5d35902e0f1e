"""/validation: by rule, of one entity, in every format, and the badge that leads there."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from essgraph.config import Settings
from essgraph.releases import Releases
from essgraph.shacl import filing, report
from essgraph.shacl.paths import Path as PropertyPath
from essgraph.shacl.repairs import BLANKS, Repair
from essgraph.shacl.report import INFO, WARNING, Result
from essgraph.vocab import RDFS_LABEL, SH, XSD, Names
from essgraph.web import create_app
from tests.http.conftest import Publish
from tests.http.writable import Site
from tests.writing import labelled

NAMES = Names()
COMMUNE = NAMES.entity("commune", "05065")
RULE = NAMES.base + "shape/Some-rule"
UPDATE = "INSERT DATA { <urn:a> <urn:b> <urn:c> }"
HTML = {"Accept": "text/html", "Accept-Language": "fr"}
_MESSAGES = {
    "fr": "Ceci <b>manque</b>. Ajoutez dcterms:issued (xsd:date).",
    "en": "This is missing. Add dcterms:issued (xsd:date).",
}


def _result(node: NamedNode, severity: NamedNode = WARNING) -> Result:
    return Result(
        focus_node=node,
        path=PropertyPath(predicate=RDFS_LABEL),
        value=None,
        component=NamedNode(SH + "MinCountConstraintComponent"),
        severity=severity,
        source_shape=NamedNode(RULE if severity == WARNING else RULE + "-2"),
        messages=_MESSAGES,
    )


@pytest.fixture(name="reported", scope="module")
def _reported(tmp_path_factory: pytest.TempPathFactory, publish: Publish) -> FlaskClient:
    """A client of a release with a report of nine warnings and a note."""
    home = tmp_path_factory.mktemp("reported")
    release: Path = publish(home, "20260101T000000Z-aaaaaa")
    first = _result(COMMUNE)
    others = [_result(NAMES.entity("person", f"p{i}")) for i in range(8)]
    found = report.make([first, *others, _result(COMMUNE, INFO)], "fast", 0.5)
    filing.file(
        release,
        found,
        lambda iri: f"data/x.ttl:{len(iri)}",
        {first: Repair(BLANKS, UPDATE)},
        [filing.Rejected("elus.csv", 12, "nom", "empty")],
    )
    return create_app(Settings(home=home, page_size=2)).test_client()


def test_page_has_each_rule_with_its_cases(reported: FlaskClient) -> None:
    """Sentence, count, entity, place and repair; text is escaped; the rest is counted."""
    page = reported.get("/validation", headers=HTML)

    assert page.mimetype == "text/html"
    for words in (
        "Avertissement <b>9</b>",
        # The name of the property in place of its term, which programs get.
        "Ceci &lt;b&gt;manque&lt;/b&gt;. Ajoutez «\u00a0date de publication\u00a0».",
        "9 cas",
        'href="/page/commune/05065"',
        "data/x.ttl:",
        "Retirer les espaces autour de la valeur",
        "INSERT DATA { &lt;urn:a&gt;",
        "et 4 autres",
        "elus.csv:12",
    ):
        assert words in page.text


def test_page_speaks_english(reported: FlaskClient) -> None:
    """The same in English."""
    page = reported.get("/validation", headers={**HTML, "Accept-Language": "en"})

    assert "Validation report" in page.text
    assert "This is missing." in page.text


def test_one_rule_comes_page_by_page(reported: FlaskClient) -> None:
    """No page holds more than the page size, and together they hold every case."""
    seen = 0
    for number in range(1, 6):
        page = reported.get(
            "/validation", query_string={"rule": RULE, "page": number}, headers=HTML
        )
        seen += page.text.count("data/x.ttl:")

    beyond = reported.get("/validation", query_string={"rule": RULE, "page": 6}, headers=HTML)

    assert seen == 9
    assert beyond.status_code == 404


def test_badge_leads_to_the_part_of_the_entity(reported: FlaskClient) -> None:
    """The page of an entity counts what was found on it, and leads to it."""
    page = reported.get("/page/commune/05065", headers=HTML)
    part = reported.get(
        "/validation", query_string={"entity": COMMUNE.value, "format": "json"}
    ).get_json()

    assert "1 avertissement, 1 information" in page.text
    assert "/validation?entity=" in page.text
    assert [case["focusNode"] for case in part["results"]] == [COMMUNE.value] * 2


def test_data_holds_every_case(reported: FlaskClient) -> None:
    """JSON, CSV and Turtle have all ten, and what is with them."""
    told = reported.get("/validation?format=json").get_json()
    table = list(csv.DictReader(io.StringIO(reported.get("/validation?format=csv").text)))
    turtle = reported.get("/validation", headers={"Accept": "text/turtle"})
    graph = list(parse(turtle.data, RdfFormat.TURTLE))

    assert (len(told["results"]), told["rejected"][0]["line"]) == (10, 12)
    assert told["results"][0]["message"] == _MESSAGES
    assert [row["repair"] for row in table if row["repair"]] == [UPDATE]
    assert [row["severity"] for row in table][-2:] == ["Info", "Rejected"]
    assert len([q for q in graph if q.predicate == NamedNode(SH + "result")]) == 10


@pytest.mark.parametrize("name", ["json", "csv", "ttl"])
def test_downloads_have_a_name(reported: FlaskClient, name: str) -> None:
    """A report that is kept says by its name what it is and of which release."""
    response = reported.get("/validation", query_string={"format": name})

    told = response.headers["Content-Disposition"]
    assert told == f'inline; filename="validation-20260101T000000Z-aaaaaa.{name}"'


def test_what_is_no_iri_is_refused(reported: FlaskClient) -> None:
    """A rule or an entity is an IRI."""
    response = reported.get("/validation", query_string={"entity": "a b"})

    assert response.status_code == 400


def test_release_without_report_says_so(client: FlaskClient) -> None:
    """An older release has no report to read, and its pages no badge."""
    response = client.get("/validation")

    assert response.status_code == 404
    assert client.get("/page/commune/05065").status_code == 200


def test_a_write_keeps_the_report(site: Site) -> None:
    """The release of a write has a report of its own."""
    before = Releases(site.settings.home).require_current().id
    site.ask("POST", "/sparql", {"update": f"INSERT DATA {{ {labelled('Une', 'une')} }}"})

    told = site.client.get("/validation?format=json").get_json()

    assert Releases(site.settings.home).require_current().id != before
    assert told["conforms"] is True


def test_namesakes_are_told_apart(
    tmp_path_factory: pytest.TempPathFactory, publish: Publish
) -> None:
    """An entity and a value of the same name are shown with what their addresses end in."""
    home = tmp_path_factory.mktemp("namesakes")
    region, departement = NAMES.entity("region", "04"), NAMES.entity("departement", "974")
    found = report.make([replace(_result(region), value=departement)], "fast", 0.5)
    filing.file(publish(home, "20260101T000000Z-aaaaaa"), found, lambda _: None, {})
    client = create_app(Settings(home=home)).test_client()

    page = client.get("/validation", headers=HTML)

    assert "La Réunion (region/04)" in page.text
    assert "La Réunion (departement/974)" in page.text


def test_a_rule_that_was_not_broken_has_no_case(reported: FlaskClient) -> None:
    """A page says so; data is empty and well-formed."""
    query = {"rule": RULE + "-none"}

    page = reported.get("/validation", query_string=query, headers=HTML)
    told = reported.get("/validation", query_string={**query, "format": "json"}).get_json()

    assert "Rien à signaler" in page.text
    assert told["results"] == []


@pytest.mark.parametrize("asked", [{}, {"rule": RULE}, {"rule": RULE + "-none"}])
def test_the_verdict_is_that_on_the_release(reported: FlaskClient, asked: dict[str, str]) -> None:
    """Whichever cases are chosen: none blocks it; SHACL says false as soon as there is one."""
    told = reported.get("/validation", query_string={**asked, "format": "json"}).get_json()
    turtle = reported.get("/validation", query_string={**asked, "format": "ttl"})

    assert (told["conforms"], told["strictly_conforms"]) == (True, False)
    (verdict,) = {
        quad.object
        for quad in parse(turtle.data, RdfFormat.TURTLE)
        if quad.predicate == NamedNode(SH + "conforms")
    }
    assert verdict == Literal("false", datatype=NamedNode(XSD + "boolean"))

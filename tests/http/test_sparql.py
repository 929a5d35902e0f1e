"""The SPARQL endpoint and its form."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import rdflib
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from essgraph.config import Settings
from essgraph.web import create_app

SELECT = (
    "SELECT ?c ?n WHERE { ?c <https://w3id.org/essgraph/ontology#inhabitants> ?n } "
    "ORDER BY DESC(?n) LIMIT 2"
)
FORM = "application/x-www-form-urlencoded"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?s = <id/commune/05065>) }"
LARGEST = "https://w3id.org/essgraph/id/commune/97411"


def test_get_answers_json_by_default(client: FlaskClient) -> None:
    """A program that names no format gets SPARQL JSON results."""
    response = client.get("/sparql", query_string={"query": SELECT})

    assert response.content_type == "application/sparql-results+json"
    assert response.get_json(force=True)["results"]["bindings"][0]["c"]["value"] == LARGEST
    assert "Accept" in response.vary


def test_both_posts_answer_as_get(client: FlaskClient) -> None:
    """The three ways of asking give the same answer."""
    by_get = client.get("/sparql", query_string={"query": SELECT})
    by_form = client.post("/sparql", data={"query": SELECT})
    by_body = client.post("/sparql", data=SELECT, content_type="application/sparql-query")

    assert by_get.data == by_form.data == by_body.data


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
def test_result_formats_read_back(client: FlaskClient, name: str) -> None:
    """Each result format holds the same two solutions."""
    formats = {
        "json": QueryResultsFormat.JSON,
        "xml": QueryResultsFormat.XML,
        "tsv": QueryResultsFormat.TSV,
    }

    response = client.get("/sparql", query_string={"query": SELECT, "format": name})

    found = parse_query_results(response.data, format=formats[name])
    assert isinstance(found, QuerySolutions)
    assert [row["n"].value for row in found] == ["155000", "150000"]


def test_csv_is_text_with_charset(client: FlaskClient) -> None:
    """CSV says its charset and has a header line."""
    response = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "text/csv"})

    assert response.content_type == "text/csv; charset=utf-8"
    assert list(csv.reader(io.StringIO(response.text)))[1] == [LARGEST, "155000"]


@pytest.mark.parametrize(
    ("accept", "rdf"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/rdf+xml", RdfFormat.RDF_XML),
        ("application/ld+json", RdfFormat.JSON_LD),
        ("*/*", RdfFormat.TURTLE),
    ],
)
def test_graph_formats_read_back(client: FlaskClient, accept: str, rdf: RdfFormat) -> None:
    """Each graph format holds the same triples."""
    answer = client.get("/sparql", query_string={"query": CONSTRUCT}, headers={"Accept": accept})
    reference = client.get("/sparql", query_string={"query": CONSTRUCT, "format": "nt"})

    got = {(q.subject, q.predicate, q.object) for q in parse(answer.data, format=rdf)}
    expected = parse(reference.data, format=RdfFormat.N_TRIPLES)
    assert got == {(q.subject, q.predicate, q.object) for q in expected}
    assert len(got) >= 8


def test_ask_answers_true_and_false(client: FlaskClient) -> None:
    """ASK is a boolean in every result format."""
    yes = client.get("/sparql", query_string={"query": "ASK { ?s ?p ?o }"})
    no = client.get("/sparql", query_string={"query": "ASK { <x:x> ?p ?o }", "format": "csv"})

    assert yes.get_json(force=True)["boolean"] is True
    assert no.text == "false"


def test_named_graphs_restrict_the_dataset(client: FlaskClient) -> None:
    """default-graph-uri replaces the union of all graphs."""
    sent = {
        "query": "SELECT (COUNT(*) AS ?n) WHERE { ?s a ?c }",
        "default-graph-uri": "https://w3id.org/essgraph/graph/meta",
    }

    response = client.get("/sparql", query_string=sent)

    assert response.get_json(force=True)["results"]["bindings"][0]["n"]["value"] == "1"


def test_syntax_error_quotes_the_parser(client: FlaskClient) -> None:
    """A query that cannot be parsed is a 400 whose problem says where."""
    response = client.get("/sparql", query_string={"query": "SELECT * WHERE { ?s ?p"})

    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert "line 1" in response.get_json(force=True)["detail"].lower()


def test_syntax_error_in_the_form_keeps_the_query(browser: FlaskClient) -> None:
    """A browser gets its query back, with the parser's message beside it."""
    response = browser.get("/sparql", query_string={"query": "SELECT * WHERE { ?s <b"})

    assert response.status_code == 400
    assert "SELECT * WHERE { ?s &lt;b</textarea>" in response.text
    assert 'role="alert"' in response.text


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        ({"named-graph-uri": "urn:x:g"}, "`query` is missing"),
        ({"query": SELECT, "named-graph-uri": "relative"}, "named-graph-uri"),
        ({"query": ["ASK {}", "ASK {}"]}, "`query` is given 2 times"),
        ({"query": SELECT, "default-graph-uri": "not an iri"}, "default-graph-uri"),
        ({"update": "DELETE WHERE { ?s ?p ?o }"}, "an update is sent by POST"),
        ({"query": "SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }"}, "SERVICE"),
        ({"query": "DELETE WHERE { ?s ?p ?o }"}, "this is an update"),
        ({"query": SELECT, "format": ["csv", "json"]}, "more than once"),
    ],
)
def test_bad_requests_say_why(
    client: FlaskClient, sent: dict[str, str | list[str]], detail: str
) -> None:
    """What the protocol or we refuse is a 400 that names the reason."""
    response = client.get("/sparql", query_string=sent)

    assert response.status_code == 400
    assert detail in response.get_json(force=True)["detail"]


def test_unacceptable_lists_the_offers(client: FlaskClient) -> None:
    """A table cannot be had as Turtle: 406, with what can be had."""
    response = client.get(
        "/sparql", query_string={"query": SELECT}, headers={"Accept": "text/turtle"}
    )

    assert response.status_code == 406
    assert "application/sparql-results+json" in response.get_json(force=True)["detail"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", None])
def test_other_bodies_are_not_read(client: FlaskClient, content_type: str | None) -> None:
    """A POST of anything but a form or a query is a 415 that lists the two."""
    response = client.post("/sparql", data=b"ASK {}", content_type=content_type)

    assert response.status_code == 415
    assert "application/sparql-query" in response.get_json(force=True)["detail"]


@pytest.mark.parametrize("content_type", ["application/sparql-query", FORM])
def test_only_utf8_is_read(client: FlaskClient, content_type: str) -> None:
    """Another charset than UTF-8 is a 415, even where its bytes are the same."""
    wrong = client.post("/sparql", data="ASK {}", content_type=f"{content_type}; charset=latin1")

    assert wrong.status_code == 415
    assert "utf-8" in wrong.get_json(force=True)["detail"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_parameters_that_are_not_utf8_are_refused(client: FlaskClient, method: str) -> None:
    """Percent-encoded bytes that are no UTF-8 are a 400, never another character."""
    written = "query=ASK%20%7B%20FILTER(%22%FF%22%3D%22x%22)%7D"

    if method == "GET":
        response = client.get(f"/sparql?{written}")
    else:
        response = client.post("/sparql", data=written, content_type=FORM)

    assert response.status_code == 400
    assert "not UTF-8" in response.get_json(force=True)["detail"]


def test_query_is_a_method(client: FlaskClient) -> None:
    """HTTP QUERY asks by form or with the query as its body, and learns what may be sent."""
    by_get = client.get("/sparql", query_string={"query": SELECT})

    direct = client.open(
        "/sparql", method="QUERY", data=SELECT, content_type="application/sparql-query"
    )
    form = client.open("/sparql", method="QUERY", data={"query": SELECT})
    untyped = client.open("/sparql", method="QUERY", data=SELECT)

    assert direct.data == form.data == by_get.data
    assert untyped.status_code == 415
    assert untyped.headers["Accept-Query"] == f"application/sparql-query, {FORM}"


def test_two_queries_in_one_request_are_refused(client: FlaskClient) -> None:
    """A query in the address and another in the body, of either kind, are a 400."""
    address = "/sparql?query=ASK%20%7B%7D"

    direct = client.post(address, data=SELECT, content_type="application/sparql-query")
    form = client.post(address, data={"query": SELECT})

    assert [direct.status_code, form.status_code] == [400, 400]


@pytest.mark.parametrize(
    ("parameter", "in_default", "in_named"),
    [("default-graph-uri", True, False), ("named-graph-uri", False, True)],
)
@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_naming_one_part_empties_the_other(
    client: FlaskClient, way: str, parameter: str, in_default: bool, in_named: bool
) -> None:
    """Only default graphs: no graph is named; only named graphs: the default one is empty."""
    graph = {parameter: "https://w3id.org/essgraph/graph/meta"}

    def ask(query: str) -> bool:
        if way == "get":
            response = client.get("/sparql", query_string={"query": query, **graph})
        elif way == "form":
            response = client.post("/sparql", data={"query": query, **graph})
        else:
            response = client.post(
                "/sparql", query_string=graph, data=query, content_type="application/sparql-query"
            )
        return bool(response.get_json(force=True)["boolean"])

    assert ask("ASK { ?s ?p ?o }") is in_default
    assert ask("ASK { GRAPH ?g { ?s ?p ?o } }") is in_named


def test_other_methods_are_told_which_are_allowed(client: FlaskClient) -> None:
    """PUT and DELETE are a 405 with Allow."""
    response = client.put("/sparql", data=b"x")

    assert response.status_code == 405
    assert {"GET", "POST", "QUERY", "HEAD", "OPTIONS"} == set(response.headers["Allow"].split(", "))


def test_too_large_a_body_is_refused(client: FlaskClient) -> None:
    """A body beyond the cap is a 413, by form or direct, for programs and browsers."""
    large = "#" * 1_100_000

    direct = client.post("/sparql", data=large, content_type="application/sparql-query")
    form = client.post("/sparql", data={"query": large})
    page = client.post("/sparql", data={"query": large}, headers={"Accept": "text/html"})

    assert [direct.status_code, form.status_code, page.status_code] == [413, 413, 413]


def test_query_that_is_not_utf8_is_refused(client: FlaskClient) -> None:
    """Bytes that are not UTF-8 are a 400, and it says where."""
    response = client.post(
        "/sparql", data=b"ASK { ?s ?p '\xff' }", content_type="application/sparql-query"
    )

    assert response.status_code == 400
    assert "not UTF-8: byte 14" in response.get_json(force=True)["detail"]


def test_cross_origin_reading_is_allowed(client: FlaskClient) -> None:
    """A page of another origin may query: answers and preflight say so."""
    answer = client.get("/sparql", query_string={"query": SELECT})
    preflight = client.options(
        "/sparql",
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"},
    )

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert preflight.status_code == 200
    methods = set(preflight.headers["Access-Control-Allow-Methods"].split(", "))
    assert methods == {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    """HEAD gives the headers of GET."""
    response = client.head("/sparql", query_string={"query": SELECT})

    assert response.status_code == 200
    assert response.content_type == "application/sparql-results+json"
    assert response.data == b""


def test_form_works_without_a_query(browser: FlaskClient) -> None:
    """A browser gets the form, with the saved queries as examples."""
    response = browser.get("/sparql")

    assert response.status_code == 200
    assert '<textarea id="query" name="query"' in response.text
    assert "Communes d’un département" in response.text


def test_form_shows_a_table_with_links(browser: FlaskClient) -> None:
    """The answer is a table on the page; entities link to their pages."""
    response = browser.get("/sparql", query_string={"query": SELECT, "format": "html"})

    assert '<a href="/page/commune/97411"' in response.text
    assert "155\u202f000" in response.text


def test_the_form_posts_and_a_short_query_has_a_link(browser: FlaskClient) -> None:
    """The form goes by POST; its answer links to itself, in both languages."""
    form = browser.get("/sparql?lang=en")
    page = browser.post("/sparql?lang=en", data={"query": SELECT, "format": "html"})

    action = re.search(r'<form action="([^"]+)" method="post">', form.text)
    link = re.search(r'href="([^"]+)">Link to this query', page.text)
    french = re.search(r'href="([^"]+)" hreflang="fr"', page.text)
    assert action is not None
    assert action[1] == "/sparql?lang=en"
    assert link is not None
    assert french is not None
    for address, language in ((link[1], "en"), (french[1], "fr")):
        again = browser.get(unescape(address))
        assert f'<html lang="{language}">' in again.text
        assert SELECT in unescape(again.text)
        assert "/page/commune/97411" in again.text


def test_a_link_keeps_the_graphs_asked_for(browser: FlaskClient) -> None:
    """The link asks the same graphs as the query did."""
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s a ?c }"
    meta = "https://w3id.org/essgraph/graph/meta"

    page = browser.post("/sparql", data={"query": query, "default-graph-uri": meta})

    link = re.search(r'href="([^"]+)">Lien vers cette requête', page.text)
    assert link is not None
    asked = parse_qs(urlsplit(unescape(link[1])).query)
    assert asked == {"query": [query], "default-graph-uri": [meta]}


def test_a_long_query_is_answered_without_link(browser: FlaskClient) -> None:
    """A query that no address can hold is answered, and offers no link that would fail."""
    long = f"# {'x' * 9_000}\n{SELECT}"

    page = browser.post("/sparql", data={"query": long, "format": "html"})

    assert page.status_code == 200
    assert "/page/commune/97411" in page.text
    assert "Lien vers cette requête" not in page.text
    assert max(map(len, re.findall(r'(?:href|action)="([^"]*)"', page.text))) < 8_190


def test_data_of_an_entity_is_whole_or_refused(settings: Settings) -> None:
    """It is bounded, and never cut; a saved query is cut and says so; pages have no bound."""
    client = create_app(replace(settings, max_result_bytes=20)).test_client()

    saved = client.get("/queries/labels?format=csv")
    data = client.get("/data/commune/05065")
    page = client.get("/page/commune/05065")

    assert [saved.status_code, data.status_code] == [200, 403]
    assert saved.headers["Essgraph-Truncated"] == "bytes=20"
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("query", "name", "term"),
    [
        (r'SELECT ("a\u0001b" AS ?x) {}', "xml", r"'a\x01b'"),
        ('CONSTRUCT { <a:b> <http://e.org/1> "x" } {}', "rdf", "'http://e.org/1'"),
        (r'CONSTRUCT { <a:b> <a:c> "a\u0001b" } {}', "rdf", r"'a\x01b'"),
    ],
)
def test_what_xml_cannot_carry_is_not_acceptable(
    client: FlaskClient, query: str, name: str, term: str
) -> None:
    """Rather than broken XML there is a 406 that names the term; another format has it."""
    refused = client.get("/sparql", query_string={"query": query, "format": name})
    answered = client.get("/sparql", query_string={"query": query, "format": "json"})

    assert (refused.status_code, refused.mimetype) == (406, "application/problem+json")
    assert f"cannot carry {term}" in refused.get_json(force=True)["detail"]
    assert answered.status_code == 200


def test_a_carriage_return_survives_xml(client: FlaskClient) -> None:
    """CR, which an XML parser would read as a line feed, comes back as it was."""
    select = client.get(
        "/sparql", query_string={"query": r'SELECT ("a\rb" AS ?x) {}', "format": "xml"}
    )
    construct = client.get(
        "/sparql",
        query_string={"query": r'CONSTRUCT { <a:b> <a:c> "a\r\nb" } {}', "format": "rdf"},
    )

    table = ElementTree.fromstring(select.data)  # noqa: S314  # our own
    graph = rdflib.Graph().parse(data=construct.data, format="xml")
    assert [found.text for found in table.iter() if found.tag.endswith("}literal")] == ["a\rb"]
    assert [str(found) for found in graph.objects()] == ["a\r\nb"]


def test_form_says_that_rows_were_left_out(browser: FlaskClient) -> None:
    """A table beyond the cap says so, and shows exactly the cap."""
    query = "SELECT ?a ?b WHERE { ?a ?p ?x . ?b ?q ?y } LIMIT 1500"

    response = browser.get("/sparql", query_string={"query": query})

    assert "seules les 1\u202f000 premières sont affichées" in response.text
    assert response.text.count("<tr ") == 1001


def test_markup_in_an_answer_is_text(browser: FlaskClient) -> None:
    """A literal that looks like markup is shown, never run."""
    query = 'SELECT ("<script>alert(1)</script>" AS ?x) (<javascript:alert(1)> AS ?y) {}'

    response = browser.get("/sparql", query_string={"query": query})

    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert(1)" in response.text
    assert 'href="javascript:' not in response.text


def test_query_text_is_never_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """The log tells a query's hash and time, not what was asked."""
    caplog.set_level(logging.INFO)

    client.get("/sparql", query_string={"query": 'SELECT ("secret" AS ?x) {}'})

    assert "hash=" in caplog.text
    assert "secret" not in caplog.text


@tried(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=40), accept=st.text(st.characters(codec="latin-1"), max_size=20))
def test_no_input_is_a_server_error(client: FlaskClient, query: str, accept: str) -> None:
    """Whatever is sent, the answer is the client's or the endpoint's to explain: never 5xx."""
    clean = accept.replace("\r", " ").replace("\n", " ")

    response = client.post("/sparql", data={"query": query}, headers={"Accept": clean})

    assert response.status_code < 500
    if response.status_code >= 400 and "html" not in response.content_type:
        assert json.loads(response.data)["status"] == response.status_code

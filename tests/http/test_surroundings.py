"""What stands around an entity on its page: time line, citation, the query behind each list."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask import render_template_string
from flask.testing import FlaskClient

from essgraph.web import snippets

UNION = "/page/organisation/sivu-cristillan?lang=fr"
IRI = "https://w3id.org/essgraph/id/organisation/sivu-cristillan"
RELEASE = "20260101T000000Z-aaaaaa"


def test_the_time_line_is_an_ordered_list(browser: FlaskClient) -> None:
    """Two founding dates that contradict each other and a change, each with its date and source."""
    page = browser.get(UNION).text

    lines = re.findall(r'<li><time datetime="([^"]+)">', page)
    assert lines == ["1985", "1998", "2011"]
    assert "Changement de statut du Sivu" in page.partition('class="timeline"')[2]


def test_the_query_behind_a_list_gives_its_rows(browser: FlaskClient) -> None:
    """The SPARQL text that is shown is answered by the endpoint with what the list tells."""
    page = browser.get(UNION).text
    shown = re.search(r"<h3>SPARQL</h3>\s*<pre[^>]*><code>(.*?)</code>", page, re.S)
    assert shown is not None

    answer = browser.get(
        "/sparql", query_string={"query": html.unescape(shown[1]), "format": "csv"}
    )

    assert answer.status_code == 200
    assert "/id/change/sivu-2011,2011," in answer.text


def test_the_query_behind_a_list_is_a_program_too(browser: FlaskClient) -> None:
    """It is written for curl and for pandas, with the endpoint of this server."""
    page = html.unescape(browser.get("/list/Initiative?lang=fr").text)

    query = re.search(r"<h3>SPARQL</h3>\s*<pre[^>]*><code>(.*?)</code>", page, re.S)
    assert query is not None
    written = snippets.write(query[1], "http://localhost/sparql")
    assert written.curl.rstrip("\n") in page
    assert written.python.rstrip("\n") in page
    assert "#+" not in query[1]


def test_a_query_too_long_for_an_address_is_posted(browser: FlaskClient) -> None:
    """The editor opens it by a form instead of a link."""
    text = "SELECT * WHERE { ?s ?p ?o } #" + "x" * 9000
    template = '{% from "behind.html" import behind with context %}{{ behind(text) }}'

    with browser.application.test_request_context("/"):
        shown = render_template_string(template, text=text)

    assert '<form action="/sparql" method="post">' in shown
    assert 'class="button" href' not in shown


def test_a_citation_names_title_release_address_and_day(browser: FlaskClient) -> None:
    """What a reader needs to find the page as it was."""
    page = browser.get(UNION).text

    cited = re.search(r"«\xa0Sivu du Cristillan\xa0», essgraph, version du [^<]*", page)
    assert cited is not None
    assert f"release={RELEASE}" in cited[0]
    assert "(consulté le " in cited[0]


def test_a_citation_as_bibtex(client: FlaskClient) -> None:
    """A reference manager reads the file; its address is that of the page in its release."""
    answer = client.get("/citation", query_string={"iri": IRI, "format": "bib", "lang": "fr"})

    assert answer.mimetype == "application/x-bibtex"
    assert answer.text.startswith("@misc{essgraph-organisation-sivu-cristillan,\n")
    assert "title = {{Sivu du Cristillan}}" in answer.text
    assert f"release={RELEASE}}}" in answer.text
    assert answer.text.count("{") == answer.text.count("}")


def test_a_citation_as_csl_json(client: FlaskClient) -> None:
    """The dates are parts, the address leads to the page in its release."""
    answer = client.get("/citation", query_string={"iri": IRI, "lang": "en"})

    (item,) = json.loads(answer.data)
    assert answer.mimetype == "application/vnd.citationstyles.csl+json"
    assert item["title"] == "Cristillan union of communes"
    assert item["issued"] == {"date-parts": [[2026, 1, 1]]}
    assert client.get(item["URL"].removeprefix("http://localhost")).status_code == 200


@pytest.mark.parametrize(
    ("iri", "status"),
    [
        ("not an iri", 400),
        ("https://w3id.org/essgraph/id/" + "x" * 600, 400),
        ("https://w3id.org/essgraph/id/organisation/nowhere", 404),
        ("https://other.example/a", 404),
        ("", 400),
    ],
)
def test_only_what_is_here_is_cited(client: FlaskClient, iri: str, status: int) -> None:
    """No citation of what the graph does not know, nor of what is no IRI."""
    assert client.get("/citation", query_string={"iri": iri}).status_code == status

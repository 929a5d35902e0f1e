"""`?release=`: a page, its data and its queries from a release that is kept."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from flask.testing import FlaskClient

from essgraph.config import Settings
from essgraph.web import create_app
from essgraph.web.context import context_of
from essgraph.web.current import KEPT_OPEN, CurrentRelease
from tests.http.conftest import Publish
from tests.http.release import FIXTURES
from tests.http.serving import serving

OLD, NEW = "20260101T101500000000Z", "20260202T101500000000Z"
LABEL = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .
@base <https://w3id.org/essgraph/> .
<graph/collection> { <id/organisation/dated> a ess:Organisation ; rdfs:label "%s"@fr . }
"""
PAGE = "/page/organisation/dated"
QUERY = "SELECT ?label { <https://w3id.org/essgraph/id/organisation/dated> rdfs:label ?label }"
QUERY = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> " + QUERY
HTML = {"Accept": "text/html"}


@pytest.fixture(name="home")
def _home(tmp_path: Path, publish: Publish) -> Path:
    """A home that keeps two releases, in which one organisation has two names."""
    publish(tmp_path, OLD, LABEL % "Nom ancien")
    publish(tmp_path, NEW, LABEL % "Nom nouveau")
    return tmp_path


@pytest.fixture(name="dated")
def _dated(home: Path) -> FlaskClient:
    """A client of a server of that home."""
    return create_app(_settings(home)).test_client()


def _settings(home: Path) -> Settings:
    return Settings(home=home, queries_dir=FIXTURES / "web" / "queries", page_size=2)


@pytest.mark.parametrize("asked", [PAGE, "/data/organisation/dated.ttl", "/sparql"])
def test_an_answer_is_that_of_the_release_it_is_asked_of(dated: FlaskClient, asked: str) -> None:
    """Page, data and query answer from the release that is named, and say which it was."""
    query = {"query": QUERY} if asked == "/sparql" else {}

    old = dated.get(asked, query_string={**query, "release": OLD})
    new = dated.get(asked, query_string=query)

    assert "Nom ancien" in old.text
    assert "Nom nouveau" in new.text
    assert "Nom nouveau" not in old.text
    assert (old.headers["Essgraph-Release"], new.headers["Essgraph-Release"]) == (OLD, NEW)


def test_a_page_of_an_older_release_says_so(dated: FlaskClient) -> None:
    """It has a banner with the way to today's page, and is kept out of search engines."""
    answer = dated.get(f"{PAGE}?lang=fr&release={OLD}")

    assert "Voici la page telle qu’elle était le 1er janvier 2026 à 10:15 UTC." in answer.text
    assert f'href="{PAGE}?lang=fr"' in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_page_of_today_has_neither(dated: FlaskClient) -> None:
    """A page that names no release may be indexed."""
    answer = dated.get(PAGE)

    assert "noindex" not in answer.text
    assert "X-Robots-Tag" not in answer.headers


def test_links_between_pages_keep_the_release(dated: FlaskClient) -> None:
    """Every link to a page of the graph stays in the release; those to scripts do not name it."""
    html = dated.get(f"{PAGE}?release={OLD}").text
    links = re.findall(r'href="(/(?:page|list|search|queries|data|ontology)[^"]*)"', html)

    assert links
    assert [link for link in links if OLD not in link and not link.startswith(PAGE)] == []
    assert not re.search(rf'(?:src|href)="/static/[^"]*{OLD}', html)


@pytest.mark.parametrize(
    "page",
    ["/", "/search?q=nom", "/explore?kind=organisation", "/explore/territory?kind=initiative",
     "/queries/any", PAGE, "/list", "/sparql", "/contribute", "/ontology"],
)  # fmt: skip
def test_forms_keep_language_and_release(dated: FlaskClient, page: str) -> None:
    """Every form that makes an address sends both once, as hidden fields: its action's are lost."""
    if page == "/queries/any":
        queries = context_of(dated.application).queries.values()
        page = f"/queries/{next(query.name for query in queries if query.params)}"
    joint = "&" if "?" in page else "?"
    answer = dated.get(f"{page}{joint}lang=en&release={OLD}", headers=HTML)

    forms = re.findall(r"<form\b([^>]*)>(.*?)</form>", answer.text, re.DOTALL)
    sending = [inside for tag, inside in forms if "post" not in tag]
    assert answer.status_code == 200
    assert sending
    for inside in sending:
        hidden = re.findall(r'type="hidden" name="(lang|release)" value="([^"]*)"', inside)
        assert sorted(hidden) == [("lang", "en"), ("release", OLD)]


def test_the_canonical_address_names_no_release(dated: FlaskClient) -> None:
    """What a page is about is the same in all releases."""
    answer = dated.get(f"{PAGE}?release={OLD}")
    told = [link for link in answer.headers.getlist("Link") if 'rel="canonical"' in link]
    told += re.findall(r'<link rel="canonical"[^>]*>', answer.text)

    assert [link for link in told if OLD in link] == []
    assert '<https://w3id.org/essgraph/id/organisation/dated>; rel="describes"' in (
        answer.headers.getlist("Link")
    )


def test_a_tag_of_one_release_is_none_of_another(dated: FlaskClient) -> None:
    """A client that has today's answer is not told that the old one is the same."""
    asked = "/sparql?query=" + quote(QUERY)
    etag = dated.get(asked).headers["ETag"]

    answer = dated.get(f"{asked}&release={OLD}", headers={"If-None-Match": etag})

    assert answer.status_code == 200
    assert "Nom ancien" in answer.text


def test_a_query_by_post_keeps_the_release_of_its_address(dated: FlaskClient) -> None:
    """The programs that a page writes ask the release of their address by POST."""
    answer = dated.post(f"/sparql?release={OLD}", data={"query": QUERY})

    assert "Nom ancien" in answer.text


def test_a_release_that_is_not_kept_is_gone(dated: FlaskClient) -> None:
    """410: the page says which releases are kept and leads to today's page."""
    answer = dated.get(f"{PAGE}?lang=fr&release=20250101T000000000000Z", headers=HTML)

    assert answer.status_code == 410
    assert f'href="{PAGE}?lang=fr"' in answer.text
    assert f"{PAGE}?lang=fr&amp;release={OLD}" in answer.text
    assert f"lang=fr&amp;release={NEW}" in answer.text


def test_a_program_is_told_which_releases_are_kept(dated: FlaskClient) -> None:
    """The problem document names them."""
    answer = dated.get(f"{PAGE}?release=20250101T000000000000Z", headers={"Accept": "*/*"})

    assert answer.status_code == 410
    assert answer.json is not None
    assert f"{NEW}, {OLD}" in answer.json["detail"]


@pytest.mark.parametrize("asked", ["release=../current", "release=", "release=a&release=b"])
def test_a_malformed_release_is_a_bad_request(dated: FlaskClient, asked: str) -> None:
    """What is no name of a release is refused, wherever it is sent."""
    statuses = {dated.get(f"{path}?{asked}").status_code for path in (PAGE, "/list", "/")}

    assert statuses == {400}
    assert dated.get("/sparql?query=ASK%7B%7D&" + asked).status_code == 400


def test_a_pruned_release_is_not_answered_from_memory(home: Path, dated: FlaskClient) -> None:
    """What the operator deleted is gone, although it was open."""
    before = dated.get(f"{PAGE}?release={OLD}").status_code
    shutil.rmtree(home / "releases" / OLD)

    after = dated.get(f"{PAGE}?release={OLD}").status_code

    assert (before, after) == (200, 410)


def test_only_a_few_kept_releases_stay_open(tmp_path: Path, publish: Publish) -> None:
    """The one asked for longest ago is closed, and opened again when it is asked for."""
    ids = [f"2026010{day}T000000000000Z" for day in range(1, KEPT_OPEN + 3)]
    for release_id in ids:
        publish(tmp_path, release_id)
    current = CurrentRelease(_settings(tmp_path))
    first = current.of(ids[0])
    kept = [current.of(release_id) for release_id in ids[1 : KEPT_OPEN + 1]]

    again = current.of(ids[0])

    assert again is not first
    assert current.of(ids[-2]) is kept[-1]


def test_a_server_keeps_releases_apart(home: Path) -> None:
    """Before Flask too: each query is answered from its release, and the answer names it."""
    with serving(_settings(home)) as (address, _):
        answers = [
            httpx.get(f"{address}/sparql", params={"query": QUERY, "release": asked})
            for asked in (OLD, NEW, OLD, "20250101T000000000000Z", "a b")
        ]

    told = [(a.status_code, a.headers.get("Essgraph-Release")) for a in answers]
    assert told == [(200, OLD), (200, NEW), (200, OLD), (410, None), (400, None)]
    assert ["Nom ancien" in a.text for a in answers[:3]] == [True, False, True]

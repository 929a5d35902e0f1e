"""SPARQL Update over HTTP: with a token, to what is curated, and never half done."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from essgraph import writes
from essgraph.config import Settings
from essgraph.releases import Releases
from essgraph.vocab import SH
from essgraph.web import create_app
from essgraph.web.context import context_of
from tests.http.writable import AGENT, GRAPHS, Site, opened
from tests.writing import INITIATIVE, broken, labelled

NEW = f"INSERT DATA {{ {labelled('Neuve')} }}"
NEW_IS_THERE = f'GRAPH <{GRAPHS}collection> {{ ?s a {INITIATIVE} ; ?p "Neuve"@fr }}'
EARLIER = "20260101T000000Z"


def _current(site: Site) -> str:
    return Releases(site.settings.home).require_current().id


@pytest.mark.parametrize("form", [False, True], ids=["direct", "form"])
def test_an_update_is_served_once_it_is_answered(site: Site, form: bool) -> None:
    """Sent as a body or in a form, it makes a release, which the answer names and reads see."""
    before = _current(site)

    response = site.ask("POST", "/sparql", {"update": NEW}) if form else site.update(NEW)

    told = response.get_json()
    assert response.status_code == 200
    assert told == {
        "release": _current(site),
        "changed": True,
        "added": 2,
        "removed": 0,
        "change": f"/changes/{_current(site)}",
    }
    assert response.headers["Essgraph-Release"] == _current(site) != before
    assert response.headers["Cache-Control"] == "no-store"
    assert site.truth(NEW_IS_THERE)


def test_what_changes_nothing_makes_no_release(site: Site) -> None:
    """The answer says so, and names the release that was there."""
    before = _current(site)

    response = site.update("DELETE WHERE { <urn:nothing> ?p ?o }")

    assert response.get_json() == {"release": before, "changed": False, "added": 0, "removed": 0}
    assert _current(site) == before


@pytest.mark.parametrize(
    ("credentials", "status"),
    [
        (None, 401),
        ("Bearer wrong", 401),
        ("Bearer", 401),
        ("Basic {write}", 401),
        ("Bearer {query}", 403),
        ("bearer {write}", 200),
    ],
)
def test_only_a_token_for_writing_writes(site: Site, credentials: str | None, status: int) -> None:
    """None, a wrong one, another scheme: 401 with what is wanted; one for queries only: 403."""
    said = (credentials or "").format(write=site.secret, query=site.asks_only)

    response = site.client.post(
        "/sparql",
        data=NEW,
        content_type="application/sparql-update",
        headers={"Authorization": said} if said else {},
    )

    assert response.status_code == status
    assert ("WWW-Authenticate" in response.headers) == (status == 401)
    assert site.truth(NEW_IS_THERE) == (status == 200)


def test_a_revoked_token_is_refused_at_once(site: Site) -> None:
    """Revocation needs no restart."""
    path = site.settings.home / "tokens.json"
    accepted = site.update(NEW)

    path.write_text("[]", "utf-8")
    refused = site.update("CLEAR DEFAULT")

    assert (accepted.status_code, refused.status_code) == (200, 401)


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("INSERT DATA { <urn:s> <urn:p> }", 400, "line 1"),
        ("CLEAR XYZ", 400, "XYZ"),
        ("ASK {}", 400, "ASK"),
        (f"INSERT DATA {{ GRAPH <{GRAPHS}meta> {{ <urn:s> <urn:p> 1 }} }}", 403, "graph/meta"),
        (f"CLEAR GRAPH <{GRAPHS}territories>", 403, "graph/territories"),
        ("CLEAR ALL", 403, "name the graph"),
        ("LOAD <file:///etc/passwd> INTO GRAPH <urn:x:g>", 400, "LOAD"),
    ],
)
def test_what_may_not_be_is_refused(refusing: Site, text: str, status: int, told: str) -> None:
    """What cannot be read, other graphs and files: the answer says what, nothing is changed."""
    before = _current(refusing)

    response = refusing.update(text)

    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert told in response.get_json(force=True)["detail"]
    assert _current(refusing) == before


def test_the_dataset_of_the_protocol_is_that_of_where(site: Site) -> None:
    """using-graph-uri is what WHERE sees, in the address and in a form."""
    for name in "ab":
        site.update(f"INSERT DATA {{ GRAPH <urn:x:{name}> {{ <urn:{name}> <urn:p> 1 }} }}")
    copy = "INSERT { GRAPH <urn:x:c> { ?s <urn:%s> 1 } } WHERE { ?s <urn:p> 1 }"

    direct = site.update(copy % "direct", "/sparql?using-graph-uri=urn:x:a")
    form = site.ask("POST", "/sparql", {"update": copy % "form", "using-graph-uri": "urn:x:b"})
    named = site.update(
        "INSERT { GRAPH <urn:x:c> { ?s <urn:named> 1 } } WHERE { GRAPH ?g { ?s <urn:p> 1 } }",
        "/sparql?using-named-graph-uri=urn:x:b",
    )

    assert [direct.status_code, form.status_code, named.status_code] == [200, 200, 200]
    assert site.truth("<urn:a> <urn:direct> 1 . <urn:b> <urn:form> 1 . <urn:b> <urn:named> 1")
    assert not site.truth("<urn:b> <urn:direct> 1")
    assert not site.truth("<urn:a> <urn:form>|<urn:named> 1")


@pytest.mark.parametrize("clause", ["WITH <urn:x:a> DELETE", "DELETE"])
def test_two_datasets_exclude_each_other(refusing: Site, clause: str) -> None:
    """using-graph-uri beside USING or WITH is an error (2.2.3)."""
    using = "" if clause.startswith("WITH") else "USING <urn:x:a> "

    response = refusing.update(
        f"{clause} {{ ?s ?p 1 }} {using}WHERE {{ ?s ?p 1 }}", "/sparql?using-graph-uri=urn:x:b"
    )

    assert response.status_code == 400
    assert "exclude each other" in response.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        ({"update": [NEW, NEW]}, None, 400),
        ({"update": NEW, "query": "ASK {}"}, None, 400),
        ({"update": NEW, "default-graph-uri": "urn:x:a"}, None, 400),
        (NEW, "text/plain", 415),
        (NEW, "application/sparql-update; charset=utf-16", 415),
        (b"\xff", "application/sparql-update", 400),
    ],
)
def test_a_malformed_request_is_refused(
    refusing: Site, data: object, content_type: str | None, status: int
) -> None:
    """Repeated and foreign parameters, other types, other charsets."""
    response = refusing.ask("POST", "/sparql", data, content_type)  # type: ignore[arg-type]

    assert response.status_code == status


def test_data_that_breaks_a_shape_is_refused_with_the_report(refusing: Site) -> None:
    """422: the report for a script, sentences in both languages for people."""
    before = _current(refusing)

    response = refusing.update(f"INSERT DATA {{ {broken()} }}")

    problem = response.get_json(force=True)
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")
    (result,) = problem["report"]["results"]
    assert result["focusNode"].endswith("/cassee")
    assert problem["sentences"].keys() == {"fr", "en"}
    assert all("Cassée" in "\n".join(said) for said in problem["sentences"].values())
    assert _current(refusing) == before


def test_the_report_may_be_asked_for_as_turtle(refusing: Site) -> None:
    """Accept: text/turtle gives the W3C report."""
    response = refusing.update(f"INSERT DATA {{ {broken()} }}", Accept="text/turtle")

    assert (response.status_code, response.mimetype) == (422, "text/turtle")
    quads = list(parse(response.data, format=RdfFormat.TURTLE))
    assert any(quad.object.value == f"{SH}ValidationReport" for quad in quads)


def test_a_client_that_likes_neither_is_told_nevertheless(refusing: Site) -> None:
    """An Accept without JSON and Turtle gets the problem document."""
    response = refusing.update(f"INSERT DATA {{ {broken()} }}", Accept="image/png")

    assert (response.status_code, response.mimetype) == (422, "application/problem+json")


def test_an_update_may_rest_on_a_release(site: Site) -> None:
    """If-Match names the release that the client knows; another one is a 412."""
    first = site.update(NEW, If_Match=f'"{_current(site)}"')
    known = first.headers["Essgraph-Release"]

    late = site.update("CLEAR DEFAULT", If_Match=f'"{EARLIER}"')
    weak = site.update("CLEAR DEFAULT", If_Match=f'W/"{known}"')
    absent = site.update("CLEAR DEFAULT", If_None_Match="*")
    some = site.update("DELETE WHERE { <urn:nothing> ?p ?o }", If_Match=f'"{EARLIER}", "{known}"')
    any_ = site.update("DELETE WHERE { <urn:nothing> ?p ?o }", If_Match="*")

    assert first.status_code == 200
    assert [late.status_code, weak.status_code, absent.status_code] == [412, 412, 412]
    assert [some.status_code, any_.status_code] == [200, 200]
    assert site.truth(NEW_IS_THERE)


def test_who_and_what_for_are_kept(site: Site) -> None:
    """The name of the token and the parameter `message`, in the address or in the form."""
    site.update(NEW, "/sparql?message=%C3%A9picerie")
    site.ask("POST", "/sparql", {"update": "CLEAR DEFAULT", "message": " vidé "})

    found = [(record.agent, record.message) for record in writes.changes(site.settings)]
    assert found == [(AGENT, "vidé"), (AGENT, "épicerie")]


@pytest.mark.parametrize("said", ["message=a&message=b", "message=" + "a" * 501, "message=a%00b"])
def test_a_message_is_one_line_of_text(refusing: Site, said: str) -> None:
    """A repeated, long or unprintable one is a 400."""
    assert refusing.update(NEW, f"/sparql?{said}").status_code == 400


def test_a_large_update_is_read_to_the_limit(built: Settings, tmp_path: Path) -> None:
    """An update carries data: its body may have max_body_bytes, and not one more."""
    site = opened(built, tmp_path / "home", max_body_bytes=2_000_000)
    long = f"{NEW} # {'é' * 700_000}"

    accepted = site.update(long)
    refused = site.update(f"{long} {'-' * 700_000}")

    assert len(long.encode()) > 1_048_576
    assert (accepted.status_code, refused.status_code) == (200, 413)


def test_one_more_than_may_wait_is_told_to_come_back(site: Site) -> None:
    """503 with Retry-After, while as many writes run and wait as may."""
    app = site.client.application
    full = threading.BoundedSemaphore(1)
    full.acquire()
    app.extensions["essgraph"] = replace(context_of(app), writes=full)

    response = site.update(NEW)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "busy" in response.get_json(force=True)["detail"]


def test_a_place_is_free_again_after_a_refusal(site: Site) -> None:
    """A write that fails gives its place back."""
    app = site.client.application
    app.extensions["essgraph"] = replace(context_of(app), writes=threading.BoundedSemaphore(1))

    statuses = [site.update(text).status_code for text in ("CLEAR XYZ", NEW)]

    assert statuses == [400, 200]


def test_another_engine_is_not_written_to(built: Settings, tmp_path: Path) -> None:
    """Where store_url answers, a write to the home would be seen by nobody: 403."""
    site = opened(built, tmp_path / "home", store_url="http://127.0.0.1:9/sparql")

    response = site.update(NEW)

    assert response.status_code == 403
    assert "store_url" in response.get_json(force=True)["detail"]


def test_no_secret_and_no_text_is_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """The log has who, how much and how long; neither the token nor the update."""
    with caplog.at_level(logging.DEBUG):
        site.update(NEW)
        site.update("INSERT DATA { <urn:secret> }")
        site.client.post("/sparql", data={"update": NEW}, headers={"Authorization": "Bearer guess"})

    assert f"agent='{AGENT}'" in caplog.text
    assert "added=2 removed=0" in caplog.text
    for hidden in (site.secret, "guess", "Neuve", "urn:secret"):
        assert hidden not in caplog.text


def test_a_write_runs_in_a_process_of_its_own(site: Site) -> None:
    """An application writes by `submit`, which can end what runs away."""
    app = create_app(site.settings)

    assert context_of(app).write is writes.submit


@pytest.mark.skipif(os.name != "posix", reason="the writer's process has limits of POSIX")
def test_a_write_by_its_process_is_served(site: Site) -> None:
    """The whole way, process included."""
    client = create_app(site.settings).test_client()

    response = client.post(
        "/sparql", data={"update": NEW}, headers={"Authorization": f"Bearer {site.secret}"}
    )

    assert response.status_code == 200
    assert site.truth(NEW_IS_THERE)


def test_browsers_of_other_sites_may_send_a_token(refusing: Site) -> None:
    """The preflight allows the headers of a write, and the answer's are exposed."""
    preflight = refusing.client.options("/sparql")

    allowed = set(preflight.headers["Access-Control-Allow-Headers"].split(", "))
    exposed = set(preflight.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"Authorization", "If-Match", "If-None-Match", "Content-Type"} <= allowed
    assert {"Essgraph-Release", "ETag", "Location", "WWW-Authenticate"} <= exposed

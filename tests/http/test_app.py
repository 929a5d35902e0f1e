"""What holds for every answer: headers, errors, releases, static files."""

from __future__ import annotations

import gc
import logging
import re
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from essgraph.config import Settings
from essgraph.web import create_app
from essgraph.web.context import store

NEW = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@base <https://w3id.org/essgraph/> .
<graph/collection> { <id/place/new> rdfs:label "Nouveau lieu"@fr . }
"""


@pytest.mark.parametrize(
    "address", ["/", "/page/commune/05065", "/data/commune/05065", "/nope", "/sparql", "/healthz"]
)
def test_every_answer_is_guarded(client: FlaskClient, address: str) -> None:
    """Pages, data and errors carry the same security headers."""
    headers = client.get(address).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "address",
    ["/", "/list", "/list/Person", "/search?q=a", "/sparql?query=ASK{}", "/queries",
     "/queries/labels", "/page/initiative/microcentrale-cristillan", "/ontology", "/nope"],
)  # fmt: skip
def test_pages_keep_to_their_own_policy(browser: FlaskClient, address: str) -> None:
    """No inline style or script, no other host: the policy would block them."""
    page = browser.get(address).text

    code = page.replace('<script type="application/ld+json">', "<data>")  # read, never run
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", code)
    assert all(url.startswith("/static/") for url in re.findall(r'<script[^>]* src="([^"]+)', page))


@pytest.mark.parametrize(
    "address", ["/", "/list", "/search?q=a", "/sparql", "/queries", "/page/commune/05065"]
)
def test_pages_are_reachable_by_keyboard_and_reader(browser: FlaskClient, address: str) -> None:
    """One h1, a skip link, a language, a label for each field, no heading level skipped."""
    page = browser.get(address).text

    assert page.count("<h1") == 1
    assert '<a class="skip" href="#main">' in page
    assert '<html lang="fr">' in page
    for field in re.findall(r"<(?:input|select|textarea)[^>]*>", page):
        if 'type="hidden"' not in field:
            identifier = re.search(r'id="([^"]+)"', field)
            assert identifier is not None
            assert f'for="{identifier[1]}"' in page
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_errors_are_pages_for_browsers_and_problems_for_programs(client: FlaskClient) -> None:
    """The same 404 is HTML or application/problem+json, by Accept."""
    page = client.get("/nope", headers={"Accept": "text/html"})
    problem = client.get("/nope")

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    assert problem.get_json(force=True)["status"] == 404


def test_a_bug_is_told_without_its_inside(settings: Settings) -> None:
    """An unexpected exception is a plain 500: no traceback, no message."""
    app = create_app(settings)
    app.add_url_rule("/bug", view_func=_broken)

    response = app.test_client().get("/bug")

    assert response.status_code == 500
    assert response.get_json(force=True) == {
        "type": "about:blank",
        "title": "Internal error",
        "status": 500,
    }


def test_a_path_cannot_forge_a_line_of_the_log(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """A line feed in a path is logged escaped."""
    app = create_app(settings)
    app.add_url_rule("/bug/<rest>", view_func=lambda rest: _broken())

    app.test_client().get("/bug/a%0Aerror status=200")

    assert r"path='/bug/a\nerror status=200'" in caplog.text


@pytest.mark.parametrize("template", ["{{ 1 / 0 }}", "{{ broken() }}"])
def test_an_answer_ends_in_its_own_thread(
    settings: Settings, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an error nothing holds the engine's answer, which another thread may not drop."""
    unraisable: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: unraisable.append(str(found)))
    records = _Records()
    monkeypatch.setattr(logging.getLogger("essgraph"), "propagate", False)
    monkeypatch.setattr(logging.getLogger("essgraph"), "handlers", [records])
    app = create_app(settings)

    def fail() -> str:
        answer = store().query("SELECT * { ?s ?p ?o }")
        assert answer is not None
        return render_template_string(template, broken=_broken)

    app.add_url_rule("/bug", view_func=fail)
    thread = threading.Thread(target=lambda: app.test_client().get("/bug"))
    thread.start()
    thread.join()
    logged = len(records.kept)
    records.kept.clear()
    gc.collect()

    assert (logged, unraisable) == (1, [])


def test_a_release_of_another_base_is_refused(
    tmp_path: Path,
    settings: Settings,
    publish: Callable[..., Path],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Settings that do not fit the release stop it from being ready, and both are named."""
    publish(tmp_path, "20260101T000000Z-aaaaaa", base_iri="https://old.example/")
    client = create_app(Settings(home=tmp_path, queries_dir=settings.queries_dir)).test_client()

    assert client.get("/readyz").status_code == 500
    assert client.get("/page/commune/05065", headers={"Accept": "text/html"}).status_code == 500
    assert "built with base_iri = 'https://old.example/'" in caplog.text
    assert "'https://w3id.org/essgraph/'" in caplog.text


def test_without_a_release_the_answer_is_503(tmp_path: Path, settings: Settings) -> None:
    """Before the first build pages say so, the process is up, and it is not ready."""
    client = create_app(Settings(home=tmp_path, queries_dir=settings.queries_dir)).test_client()

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert client.get("/page/commune/05065").status_code == 503
    assert client.get("/page/commune/05065").headers["Retry-After"] == "10"
    assert "essgraph build" in client.get("/", headers={"Accept": "text/html"}).text


def test_a_new_release_is_seen_without_restart(
    tmp_path: Path, settings: Settings, publish: Callable[..., Path]
) -> None:
    """When the pointer moves, the next request reads the new release; moved back, the old."""
    old = publish(tmp_path, "20260101T000000Z-aaaaaa")
    client = create_app(Settings(home=tmp_path, queries_dir=settings.queries_dir)).test_client()
    before = client.get("/page/place/new").status_code
    publish(tmp_path, "20260202T000000Z-bbbbbb", NEW)

    after = client.get("/page/place/new")
    found = client.get("/search?q=nouveau&format=json").get_json()
    (tmp_path / "back").symlink_to(old.relative_to(tmp_path))
    (tmp_path / "back").replace(tmp_path / "current")
    rolled_back = client.get("/page/place/new").status_code

    assert (before, after.status_code, rolled_back) == (404, 200, 404)
    assert "20260202T000000Z-bbbbbb" in after.text
    assert found["total"] == 1


def test_requests_during_a_swap_all_succeed(
    tmp_path: Path, settings: Settings, publish: Callable[..., Path]
) -> None:
    """Threads that read while the pointer moves each get a whole answer."""
    publish(tmp_path, "20260101T000000Z-aaaaaa")
    app = create_app(Settings(home=tmp_path, queries_dir=settings.queries_dir))
    statuses: list[int] = []

    def read() -> None:
        statuses.extend(app.test_client().get("/page/commune/05065").status_code for _ in range(20))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    publish(tmp_path, "20260202T000000Z-bbbbbb", NEW)
    for thread in threads:
        thread.join()

    assert statuses == [200] * 60


@pytest.mark.parametrize("address", ["/", "/page/commune/05065", "/data/commune/05065", "/search"])
def test_head_works_everywhere(client: FlaskClient, address: str) -> None:
    """HEAD has the status and type of GET, and no body."""
    head = client.head(address)
    get = client.get(address)

    assert (head.status_code, head.content_type) == (get.status_code, get.content_type)
    assert head.data == b""


def test_static_files_are_cached_for_ever(app: Flask, browser: FlaskClient) -> None:
    """The style sheet's address holds its hash; another hash names nothing."""
    page = browser.get("/").text
    address = re.search(r'rel="stylesheet" href="([^"]+)"', page)

    assert address is not None
    style = browser.get(address[1], buffered=True)
    assert "immutable" in style.headers["Cache-Control"]
    assert len(style.data) < 20_000
    assert browser.get("/static/000000000000/essgraph.css").status_code == 404


def test_colours_have_contrast(browser: FlaskClient) -> None:
    """Text colours reach 4.5:1 on every ground, light and dark (WCAG 2.2, 1.4.3)."""
    page = browser.get("/").text
    address = re.search(r'rel="stylesheet" href="([^"]+/essgraph.css)"', page)
    assert address is not None
    style = browser.get(address[1], buffered=True).text

    schemes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{([^}]*)\}", style)
    ][:2]

    assert [len(scheme) for scheme in schemes] == [13, 13]
    for scheme in schemes:
        for text in scheme.keys() - {"paper", "card", "well", "line", "mark"}:
            for ground in ("paper", "card", "well"):
                assert _contrast(scheme[text], scheme[ground]) >= 4.5


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _broken() -> str:
    raise LookupError("the inside of a bug")


class _Records(logging.Handler):
    """Keeps what is logged, tracebacks and all, as a collector of errors does."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.kept.append(record)

"""A release of tiny.trig on disk, and the application that serves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from essgraph.config import Settings
from essgraph.releases import Releases
from essgraph.web import create_app
from tests.http.release import FIXTURES, publish
from tests.http.writable import Site, built, opened

Publish = Callable[..., Path]

HOSTILE = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .
@base <https://w3id.org/essgraph/> .
<graph/collection> {
    <id/organisation/hostile> a ess:Organisation ;
        rdfs:label "<script>alert(1)</script>"@fr ;
        schema:url <javascript:alert(1)> .
    <id/organisation/odd%20key%C3%A9> a ess:Organisation ; rdfs:label "Clé étrange"@fr .
}
"""


@pytest.fixture(name="settings", scope="session")
def _settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home that holds one release."""
    home = tmp_path_factory.mktemp("home")
    publish(home, "20260101T000000Z-aaaaaa", HOSTILE)
    return Settings(
        home=home, queries_dir=FIXTURES / "web" / "queries", page_size=2, links_per_property=2
    )


@pytest.fixture(name="app", scope="session")
def _app(settings: Settings) -> Flask:
    """The application on that release."""
    return create_app(settings)


@pytest.fixture(name="client")
def _client(app: Flask) -> FlaskClient:
    """A client without cookies or headers of its own."""
    return app.test_client()


@pytest.fixture(name="browser")
def _browser(app: Flask) -> FlaskClient:
    """A client that asks as a browser set to French does."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = (
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    )
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr-FR,fr;q=0.8,en;q=0.5"
    return client


@pytest.fixture(name="publish", scope="session")
def _publisher() -> Publish:
    """Makes a release of tiny.trig and more, and points at it."""
    return publish


@pytest.fixture(name="built", scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A small site with one build, to be copied."""
    return built(tmp_path_factory.mktemp("built"))


@pytest.fixture(name="site")
def _site(built: Settings, tmp_path: Path) -> Site:
    """A site that may be written to."""
    return opened(built, tmp_path / "home")


@pytest.fixture(name="refusing", scope="session")
def _refusing(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site for requests that are all refused: it is to end as it began."""
    site = opened(built, tmp_path_factory.mktemp("refusing") / "home")
    before = Releases(site.settings.home).require_current()
    yield site
    assert Releases(site.settings.home).require_current() == before

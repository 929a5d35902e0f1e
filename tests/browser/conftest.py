"""A browser on a server of its own; run with `--browser` only (`make browser`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from essgraph.build import build
from essgraph.config import Settings
from essgraph.web import assets
from tests.http.release import FIXTURES, publish
from tests.http.serving import serving

_WAITS_MS = 15_000


@pytest.fixture(name="address", scope="session")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server of tiny.trig answers, with the editor built; no slash at its end."""
    assert f"{assets.BUILT}/editor.js" in assets.fingerprints(), "run `make frontend` first"
    home = tmp_path_factory.mktemp("home")
    publish(home, "20260101T000000Z-aaaaaa")
    with serving(Settings(home=home, queries_dir=FIXTURES / "web" / "queries")) as (address, _):
        yield address


@pytest.fixture(name="chromium", scope="session")
def _chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    path = shutil.which("chromium")
    assert path is not None, "Chromium is not installed: apt-get install chromium"
    expect.set_options(timeout=_WAITS_MS)
    with sync_playwright() as playwright:
        # The sandbox needs rights that a container does not have; the pages are our own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(name="context")
def _context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A French reader's browser that reaches no host but the server."""
    context = chromium.new_context(
        locale="fr-FR", viewport={"width": 1280, "height": 900}, base_url=address
    )
    context.set_default_timeout(_WAITS_MS)
    yield context
    context.close()


@pytest.fixture(name="collection", scope="session")
def _collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server of the real collection and map answers, built as an operator builds them."""
    settings = Settings(home=tmp_path_factory.mktemp("collection"))
    build(settings)
    with serving(settings) as (address, _):
        yield address


@pytest.fixture(name="watched")
def _watched(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A blank page; a script's error, a line in the console or another host fails the test.

    Answers that refuse are lines in the console: a test marked `refused` means to get them.
    """
    page = context.new_page()
    amiss: list[str] = []
    meant = "Failed to load resource" if request.node.get_closest_marker("refused") else "\0"
    page.on("pageerror", lambda error: amiss.append(f"error: {error}"))
    page.on(
        "console",
        lambda said: (
            amiss.append(said.text)
            if said.type in ("error", "warning") and meant not in said.text
            else None
        ),
    )
    page.on(
        "request",
        lambda sent: (
            amiss.append(f"request: {sent.url}")
            if urlsplit(sent.url).hostname not in (None, "127.0.0.1")
            else None
        ),
    )
    yield page
    assert amiss == []

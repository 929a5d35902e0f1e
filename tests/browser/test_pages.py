"""Every type of page, on a phone and a desk: accessible, light, whole without scripts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages import PAGES

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FIRST_VIEW_BYTES = 100_000

every_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())


def _context(chromium: Browser, address: str, **options: Any) -> BrowserContext:
    return chromium.new_context(base_url=address, locale="fr-FR", **options)


def _faults(page: Page) -> list[str]:
    """What axe finds amiss: rule, and the first places."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "async (tags) => (await axe.run({ runOnly: { type: 'tag', values: tags } })).violations",
        RULES,
    )
    return [
        f"{one['id']}: {one['help']} -- "
        + " | ".join(node["html"][:160] + " " + str(node["target"]) for node in one["nodes"][:3])
        for one in found
    ]


@pytest.mark.refused
@every_page
def test_axe_finds_nothing(chromium: Browser, collection: str, path: str) -> None:
    """WCAG 2.2 AA and good practice, as far as a program can tell, in both colour schemes."""
    # axe is read into the page by its text, which the policy of our pages rightly refuses.
    context = _context(
        chromium, collection, color_scheme="light", reduced_motion="reduce", bypass_csp=True
    )
    page = context.new_page()
    page.goto(path, wait_until="networkidle")

    faults = _faults(page)
    page.emulate_media(color_scheme="dark")
    dark_faults = _faults(page)

    assert (faults, dark_faults) == ([], [])
    context.close()


@every_page
def test_nothing_is_cut_at_320_pixels(chromium: Browser, collection: str, path: str) -> None:
    """The narrowest phone scrolls a page in one direction only (WCAG 1.4.10)."""
    context = _context(chromium, collection, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(path)

    wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= 320 ? [] :
        [...document.querySelectorAll("body *")]
          .filter((e) => e.getBoundingClientRect().right > 321)
          .filter((e) => !e.closest(".scroll, pre, .leaflet-container"))
          .slice(0, 5).map((e) => e.outerHTML.slice(0, 160))"""
    )

    assert wide == []
    context.close()


@pytest.mark.refused
@every_page
def test_a_page_needs_no_script(chromium: Browser, collection: str, path: str) -> None:
    """Without JavaScript there are the same title and heading, and no void."""
    told = []
    for scripts in (True, False):
        context = _context(chromium, collection, java_script_enabled=scripts)
        page = context.new_page()
        page.goto(path)
        told.append(
            (page.title(), page.locator("h1").inner_text(), page.locator("main a[href]").count())
        )
        context.close()

    (title, heading, links), (bare_title, bare_heading, bare_links) = told
    assert (bare_title, bare_heading) == (title, heading)
    assert heading
    assert bare_links or not links


@every_page
def test_a_first_view_is_light(chromium: Browser, collection: str, path: str) -> None:
    """Page, styles, fonts and scripts are under 100 KB as they are sent, without the tools: a map,
    a drawing of links, the editor of queries.
    """
    context = _context(chromium, collection)
    context.route(re.compile(r"/built/(map|graph|editor)\.js$"), lambda route: route.abort())
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished",
        lambda sent: sizes.update({sent.url: sent.sizes()["responseBodySize"]}),
    )
    page.goto(path, wait_until="networkidle")

    assert sum(sizes.values()) < FIRST_VIEW_BYTES, sizes
    context.close()


@pytest.mark.refused
@every_page
def test_a_page_says_nothing_on_the_console(watched: Page, collection: str, path: str) -> None:
    """No error of a script, nothing that the policy refuses, no request to another host."""
    watched.goto(f"{collection}{path}", wait_until="networkidle")

    assert watched.locator("h1").count() == 1


@every_page
def test_the_keyboard_goes_round_a_page(chromium: Browser, collection: str, path: str) -> None:
    """The first stop leads past the head; each stop can be left, Escape helping in the editor."""
    context = _context(chromium, collection)
    page = context.new_page()
    page.goto(path)

    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    stops = []
    for _ in range(30):
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.outerHTML.slice(0, 300)"))

    assert first == "skip"
    assert len(set(stops)) > len(stops) / 2 or page.locator("main a, main button").count() < 15
    context.close()

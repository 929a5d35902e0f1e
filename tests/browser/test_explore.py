"""Explore and search as you type in a browser: keyboard, no reload, no script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect


def test_a_suggestion_is_chosen_with_the_keyboard(watched: Page) -> None:
    """Arrows go through the list while the focus stays in the field; Enter opens the page."""
    watched.goto("/")
    field = watched.get_by_role("combobox", name="Chercher").first
    field.press_sequentially("guillestr")
    options = watched.get_by_role("option")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")

    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_be_focused()
    active = field.get_attribute("aria-activedescendant")
    assert active == options.first.get_attribute("id")
    field.press("Enter")
    expect(watched).to_have_url(re.compile("/page/"))


def test_escape_closes_the_suggestions(watched: Page) -> None:
    """Escape leaves what was typed; Enter then searches it."""
    watched.goto("/")
    field = watched.get_by_role("combobox", name="Chercher").first
    field.press_sequentially("guillestr")
    expect(watched.get_by_role("listbox")).to_be_visible()
    field.press("Escape")

    expect(watched.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("guillestr")
    field.press("Enter")
    expect(watched).to_have_url(re.compile(r"/search\?.*q=guillestr"))


def test_a_filter_changes_the_list_without_a_reload(watched: Page) -> None:
    """The address, the list and the announcement change; the page stays; back goes back."""
    watched.goto("/explore?kind=initiative")
    watched.evaluate("window.stays = true")
    watched.get_by_role("link", name=re.compile("^Énergie")).click()

    expect(watched).to_have_url(re.compile("sector=energie"))
    expect(watched.locator("#found")).to_have_text("2 résultats")
    assert watched.evaluate("window.stays") is True
    watched.go_back()
    expect(watched.locator("#found")).to_have_text("3 résultats")
    assert watched.evaluate("window.stays") is True


def test_typing_narrows_the_list(watched: Page) -> None:
    """The field keeps its focus and its text while the list follows."""
    watched.goto("/explore?kind=initiative")
    field = watched.locator("#q")
    field.press_sequentially("crist")

    expect(watched.locator("#found")).to_have_text("1 résultat")
    expect(field).to_be_focused()
    expect(field).to_have_value("crist")


def test_all_works_without_scripts(chromium: Browser, address: str) -> None:
    """Filters are links and the words are a form."""
    context = chromium.new_context(
        locale="fr-FR",
        base_url=address,
        java_script_enabled=False,
        viewport={"width": 1280, "height": 900},
    )
    page = context.new_page()
    page.goto("/explore?kind=initiative")
    page.get_by_role("link", name=re.compile("Énergie")).click()
    expect(page.locator("#found")).to_have_text("2 résultats")
    page.locator("#q").fill("crist")
    page.locator("#q").press("Enter")

    expect(page.locator("#found")).to_have_text("1 résultat")
    context.close()


@pytest.mark.parametrize(
    "asked", ["lang=en", "release=20260101T000000Z-aaaaaa", "lang=en&view=map"]
)
def test_forms_work_where_a_language_or_a_release_is_chosen(watched: Page, asked: str) -> None:
    """Words and years narrow the list there too, and the choice stays in the address, once."""
    watched.goto(f"/explore?kind=territory&{asked}")
    watched.locator("#q").press_sequentially("guillestre")
    expect(watched.locator("#found")).to_have_text(re.compile("^[12] r[eé]sult"))
    watched.locator("#q").press("Enter")

    expect(watched).to_have_url(re.compile(asked.partition("&")[0]))
    assert watched.url.count("lang=") + watched.url.count("release=") == 1
    assert watched.url.count("q=guillestre") == 1


def test_a_map_follows_what_is_typed(watched: Page) -> None:
    """The list of points is another, the map is drawn anew, the field keeps its focus."""
    watched.goto("/explore?kind=territory&view=map")
    expect(watched.locator(".leaflet-container")).to_be_visible()
    watched.evaluate("window.stays = true")
    field = watched.locator("#q")
    field.press_sequentially("guillestre")

    expect(watched).to_have_url(re.compile("q=guillestre"))
    expect(watched.locator(".leaflet-container")).to_be_visible()
    expect(field).to_be_focused()
    assert watched.evaluate("window.stays") is True


def test_a_link_within_the_page_asks_nothing(watched: Page) -> None:
    """Skipping the head moves the focus to the content and leaves the list alone."""
    watched.goto("/explore?kind=initiative")
    asked: list[str] = []
    watched.on("request", lambda sent: asked.append(sent.url))
    watched.keyboard.press("Tab")
    watched.keyboard.press("Enter")

    expect(watched).to_have_url(re.compile("#main$"))
    expect(watched.locator("#main")).to_be_focused()
    watched.wait_for_load_state("networkidle")
    assert [url for url in asked if "/explore" in url] == []

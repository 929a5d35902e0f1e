"""Explore and search as you type in a browser: keyboard, no reload, no script."""

from __future__ import annotations

import re

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

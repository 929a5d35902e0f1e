"""Citation, permanent link and the query behind a list, as a reader uses them."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

UNION = "/page/organisation/sivu-cristillan"


def test_a_citation_is_copied(watched: Page, context: BrowserContext) -> None:
    """The button beside the citation puts it on the clipboard."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    watched.goto(UNION)
    section = watched.locator("section.cite").first

    section.get_by_role("button", name="Copier").click()

    expect(section.get_by_role("button", name="Copié")).to_be_visible()
    copied = watched.evaluate("navigator.clipboard.readText()")
    assert copied == section.locator("p").inner_text()


def test_the_permanent_link_leads_to_the_release(watched: Page) -> None:
    """It opens the same page with its banner, from which today's page is one step away."""
    watched.goto(UNION)

    watched.goto(watched.locator("section.cite .iri").inner_text())

    expect(watched.get_by_role("note")).to_contain_text("telle qu’elle était")
    watched.get_by_role("note").get_by_role("link").click()
    expect(watched.locator(".pinned")).to_have_count(0)
    assert watched.url.endswith(UNION)


def test_the_query_behind_opens_in_the_editor(watched: Page) -> None:
    """The query of the time line is opened and answered; it does not widen a phone's page."""
    watched.set_viewport_size({"width": 380, "height": 800})
    watched.goto(UNION)
    watched.locator("details.behind > summary").first.click()
    assert watched.evaluate("document.documentElement.scrollWidth") == 380

    watched.locator("details.behind a.button").first.click()

    expect(watched.locator("#answer")).to_contain_text("2011")


def test_a_page_is_shared_or_its_address_copied(watched: Page, context: BrowserContext) -> None:
    """A device that can shares the page; elsewhere the button copies its address and says so."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    watched.add_init_script("Object.defineProperty(navigator, 'share', {value: undefined})")
    watched.goto(UNION)

    watched.get_by_role("button", name="Partager").click()

    expect(watched.get_by_role("button", name="Adresse copiée")).to_be_visible()
    assert UNION in watched.evaluate("navigator.clipboard.readText()")

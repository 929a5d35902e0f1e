"""The graph of links, the terms and the concepts, in a browser: by mouse, by keyboard, without."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

PLANT = "/network/initiative/microcentrale-cristillan"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    PLANT,
    f"{PLANT}?hops=2",
    "/ontology",
    "/ontology?term=Initiative",
    "/ontology?term=carriedBy",
    "/schemes",
    "/scheme/instrument",
    "/scheme/role/maire",
    "/shape",
    "/shape/Initiative-territory",
)


def _drawn(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#network[data-ready]")


def _axe(page: Page) -> list[str]:
    """What axe-core finds amiss; it is run beside the page, which lets no script in."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]
    ]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_amiss_for_axe(watched: Page, path: str, width: int) -> None:
    """axe-core finds nothing, on a phone and on a desk, and no page is wider than its window."""
    watched.set_viewport_size({"width": width, "height": 800})
    watched.goto(path)
    if path.startswith("/network"):
        watched.wait_for_selector("#network[data-ready]")

    assert watched.evaluate("document.documentElement.scrollWidth") <= width
    assert _axe(watched) == []


def test_the_keyboard_goes_through_the_graph(watched: Page) -> None:
    """The graph is one stop of Tab; arrows go from name to name, Enter puts one in the middle."""
    _drawn(watched, PLANT)
    reached = watched.locator(".reach a[tabindex='0']")
    reached.focus()
    expect(watched.locator(".panel b")).to_have_text("Microcentrale hydroélectrique du Cristillan")
    watched.keyboard.press("ArrowRight")
    expect(watched.locator(".reach a[tabindex='0']")).to_have_count(1)
    name = watched.locator(".panel b").inner_text()
    assert name != "Microcentrale hydroélectrique du Cristillan"

    watched.keyboard.press("Enter")

    watched.wait_for_url(lambda url: "/network/" in url and not url.endswith(PLANT))
    expect(watched.locator("h1")).to_contain_text(name)


def test_a_click_tells_a_name_and_the_ways_on(watched: Page) -> None:
    """A click on a name says what it is, how it is linked, and leads to its page."""
    _drawn(watched, PLANT)
    box = watched.locator(".reach a[aria-label^='Enercoop']").bounding_box()
    assert box is not None

    watched.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    panel = watched.locator(".panel")
    expect(panel).to_contain_text("Enercoop")
    expect(panel).to_contain_text("partenaire")
    panel.get_by_role("link", name="Ouvrir sa fiche").click()
    watched.wait_for_url("**/page/organisation/enercoop")


def test_the_buttons_zoom(watched: Page) -> None:
    """The buttons make the names larger, smaller, and show all again."""
    _drawn(watched, PLANT)
    root = watched.locator(
        ".reach a[aria-label^='Microcentrale hydroélectrique du Cristillan']"
    ).first

    def width() -> float:
        box = root.bounding_box()
        assert box is not None
        return box["width"]

    first = width()
    watched.get_by_role("button", name="Agrandir").click()
    assert width() > first
    watched.get_by_role("button", name="Tout voir").click()
    assert abs(width() - first) < 1


@pytest.mark.parametrize("width", [380, 1280])
def test_no_name_hides_another(watched: Page, width: int) -> None:
    """No two names of the graph meet, on a phone and on a desk."""
    watched.set_viewport_size({"width": width, "height": 800})
    _drawn(watched, f"{PLANT}?hops=2")

    boxes = [link.bounding_box() for link in watched.locator(".reach a").all()]

    known = [(b["x"], b["y"], b["width"], b["height"]) for b in boxes if b is not None]
    assert len(known) > 8
    for number, (x, y, wide, high) in enumerate(known):
        for left, top, across, down in known[:number]:
            apart = x >= left + across or left >= x + wide or y >= top + down or top >= y + high
            assert apart


@pytest.mark.parametrize("width", [380, 1280])
@pytest.mark.parametrize("hops", [1, 2])
def test_the_drawing_is_as_high_as_its_names(watched: Page, width: int, hops: int) -> None:
    """No name is cut at an edge, and no empty band stands above the first."""
    watched.set_viewport_size({"width": width, "height": 800})
    _drawn(watched, f"{PLANT}?hops={hops}")

    frame = watched.locator(".stage").bounding_box()
    boxes = [link.bounding_box() for link in watched.locator(".reach a").all()]

    assert frame is not None
    known = [box for box in boxes if box is not None]
    assert min(box["x"] for box in known) >= frame["x"]
    assert max(box["x"] + box["width"] for box in known) <= frame["x"] + frame["width"]
    assert 0 <= min(box["y"] for box in known) - frame["y"] < 60
    assert max(box["y"] + box["height"] for box in known) <= frame["y"] + frame["height"]


def test_without_scripts_there_is_the_table(chromium: Browser, address: str) -> None:
    """Without JavaScript the links are a table, and the empty frame is not there."""
    context = chromium.new_context(java_script_enabled=False, base_url=address, locale="fr-FR")
    page = context.new_page()
    page.goto(PLANT)

    expect(page.locator("#network")).to_be_hidden()
    expect(page.locator("table.links")).to_contain_text("Enercoop")
    context.close()


def test_an_anchor_of_the_ontology_is_in_sight(watched: Page) -> None:
    """The address of a term leads a browser to its place."""
    watched.goto("/ontology#Territory")

    expect(watched.locator("#Territory")).to_be_in_viewport()

"""Maps in a browser: the picture, what the script makes of it, and no request to another host."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
COMMUNE = "/page/commune/05065"
DEPARTEMENTS = """
SELECT ?departement ?initiatives WHERE {
  VALUES (?departement ?initiatives) {
    (<https://w3id.org/essgraph/id/departement/05> 12)
    (<https://w3id.org/essgraph/id/departement/13> 3)
    (<https://w3id.org/essgraph/id/departement/974> 1)
  }
}
"""
PLACES = """
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
SELECT ?place ?point WHERE {
  VALUES (?place ?point) {
    ("Gap" "POINT(6.08 44.56)"^^geo:wktLiteral)
    ("Saint-Denis" "POINT(55.45 -20.88)"^^geo:wktLiteral)
  }
}
"""


@pytest.fixture(name="phone")
def _phone(chromium: Browser, address: str) -> Iterator[Page]:
    """A phone's browser, which is touched."""
    context = chromium.new_context(
        base_url=address,
        locale="fr-FR",
        viewport={"width": 380, "height": 800},
        has_touch=True,
        is_mobile=True,
    )
    yield context.new_page()
    context.close()


def _map(page: Page) -> None:
    page.locator("figure.mapped").scroll_into_view_if_needed()
    expect(page.locator(".mapped .map canvas")).to_be_attached()


def test_the_map_takes_the_place_of_the_picture(watched: Page) -> None:
    """With buttons named in the page's language, and no request to another host."""
    watched.goto(f"{COMMUNE}?lang=fr")

    _map(watched)

    expect(watched.locator(".mapped img")).to_have_count(0)
    expect(watched.get_by_role("application", name="Guillestre sur la carte")).to_be_visible()
    expect(watched.get_by_role("button", name="Agrandir")).to_be_visible()


def test_nothing_moves_when_the_map_comes(watched: Page) -> None:
    """The map is as large as the picture was."""
    held: list[Route] = []
    watched.route("**/data/commune/*.geojson*", lambda route: held.append(route))
    figure = watched.locator("figure.mapped")
    with watched.expect_request("**/data/commune/*.geojson*"):
        watched.goto(COMMUNE)
        figure.scroll_into_view_if_needed()
    before = figure.locator("img").bounding_box()

    held[0].continue_()
    _map(watched)

    after = figure.locator(".map").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["height"] - after["height"]) <= 2


def test_a_place_is_reached_by_keyboard_and_tells_its_name(watched: Page) -> None:
    """The point is a button; Enter opens what it is, with a link to its page."""
    watched.goto(f"{COMMUNE}?lang=fr")
    _map(watched)
    place = watched.get_by_role("button", name="Guillestre")

    place.focus()
    place.press("Enter")

    popup = watched.locator(".leaflet-popup")
    expect(popup.get_by_role("link", name="Guillestre")).to_have_attribute(
        "href", re.compile("^/page/commune/05065")
    )


def test_without_scripts_there_is_the_picture(chromium: Browser, address: str) -> None:
    """The picture is drawn by the server, and described."""
    context = chromium.new_context(base_url=address, java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(COMMUNE)
    picture = page.get_by_role("img", name="Guillestre sur la carte")
    picture.scroll_into_view_if_needed()

    expect(picture).to_have_js_property("complete", value=True)
    expect(picture).to_have_js_property("naturalWidth", 800)
    context.close()


def test_the_wheel_scrolls_the_page_over_a_map(watched: Page) -> None:
    """Without the key Ctrl the map says how it is zoomed, and does not take the wheel."""
    watched.set_viewport_size({"width": 1280, "height": 500})
    watched.goto(COMMUNE)
    _map(watched)
    watched.locator(".mapped .map").hover()
    before = watched.evaluate("scrollY")

    watched.mouse.wheel(0, -200 if before else 200)

    expect(watched.locator(".map-hint")).to_be_visible()
    watched.wait_for_function("before => scrollY !== before", arg=before)


def test_a_finger_moves_the_map_only_if_told_to(phone: Page) -> None:
    """A phone's page scrolls over the map; a button gives the finger to the map."""
    phone.goto(COMMUNE)
    _map(phone)
    frame = phone.locator(".mapped .map")
    expect(frame).not_to_have_class(re.compile("leaflet-touch-drag"))

    phone.get_by_role("button", name="Déplacer la carte d’un doigt").tap()

    expect(frame).to_have_class(re.compile("leaflet-touch-drag"))


def test_points_by_thousands_are_clusters(watched: Page) -> None:
    """Each a button with its number, by which the map comes closer, by keyboard too."""
    points = [
        {
            "type": "Feature",
            "properties": {"name": f"Lieu {number}"},
            "geometry": {
                "type": "Point",
                "coordinates": [(number % 100) * 0.08 - 2, number // 100 * 0.02 + 43],
            },
        }
        for number in range(35_000)
    ]
    everywhere = json.dumps({"type": "FeatureCollection", "features": points})
    watched.route(
        "**/data/commune/*.geojson*",
        lambda route: route.fulfill(body=everywhere, content_type="application/geo+json"),
    )
    watched.goto(f"{COMMUNE}?lang=fr")
    _map(watched)
    cluster = watched.get_by_role("button", name=re.compile("lieux\\s: agrandir")).first
    scale = watched.locator(".leaflet-control-scale-line")
    before = scale.inner_text()

    cluster.focus()
    cluster.press("Enter")

    expect(scale).not_to_have_text(before)


def test_nothing_is_amiss_for_assistive_technology(watched: Page) -> None:
    """axe-core finds nothing in a map, nor in what is around it."""
    watched.goto(f"{COMMUNE}?lang=fr")
    _map(watched)

    watched.evaluate(AXE.read_text("utf-8"))
    found = watched.evaluate("axe.run('figure.mapped')")

    assert [fault["id"] for fault in found["violations"]] == []


def _run(page: Page, query: str) -> None:
    page.goto("/sparql?lang=fr")
    page.locator(".CodeMirror").evaluate(
        "(element, text) => element.CodeMirror.setValue(text)", query
    )
    page.get_by_role("button", name="Lancer").click()
    page.get_by_role("tab", name="Carte").click()


def test_numbers_of_departements_shade_the_map(watched: Page) -> None:
    """With the limits of each class; a part of the country is chosen from a menu."""
    _run(watched, DEPARTEMENTS)

    expect(watched.locator(".legend li")).to_have_text(["1", "3", "12"])
    expect(watched.locator(".legend .swatch.shade-4")).to_be_visible()
    expect(watched.get_by_label("Montrer").locator("option")).to_have_text(
        ["France métropolitaine", "La Réunion", "Tout"]
    )


def test_places_overseas_are_a_choice(watched: Page) -> None:
    """The mainland is shown at first, and what is overseas on demand."""
    _run(watched, PLACES)

    watched.get_by_label("Montrer").select_option("La Réunion")

    expect(watched.get_by_text("Lieux dessinés : 2.")).to_be_visible()
    expect(watched.locator(".leaflet-control-scale-line")).to_have_text(re.compile(r"^\d+ km$"))

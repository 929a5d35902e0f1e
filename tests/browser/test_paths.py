"""What people come for, from the home page, by what they see, on a phone and on a desk."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

SIZES = {"phone": (380, 800), "desk": (1280, 900)}


@pytest.fixture(name="home", params=list(SIZES.values()), ids=list(SIZES))
def _home(chromium: Browser, collection: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The home page of the real collection."""
    width, height = request.param
    context = chromium.new_context(
        base_url=collection, locale="fr-FR", viewport={"width": width, "height": height}
    )
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def _choose(home: Page, typed: str, name: str) -> None:
    """Type into the search field and choose what it suggests by that name: its page opens."""
    field = home.get_by_role("combobox")
    field.click()
    field.press_sequentially(typed)
    home.get_by_role("option", name=name).first.click()
    expect(home.locator("h1")).to_have_text(name)


def test_the_health_plan_and_its_partner(home: Page) -> None:
    """Half a word of it, misspelt, and two clicks."""
    _choose(home, "mutuele caumont", "Mutuelle communale de Caumont-sur-Durance")

    home.get_by_role("link", name="Mutuelle générale d’Avignon").first.click()

    expect(home.locator("h1")).to_have_text("Mutuelle générale d’Avignon")


def test_the_initiatives_of_a_region_as_a_table(home: Page) -> None:
    """Explore, the région, and the download holds what the screen counts."""
    home.get_by_role("link", name="Explorer les initiatives").click()
    expect(home.locator("h1")).to_have_text("Explorer")
    region = home.get_by_text("Normandie", exact=True).first
    if not region.is_visible():
        home.get_by_text("Filtrer").first.click()
    region.click()
    found = home.locator("#found")
    expect(home).to_have_url(re.compile("territory=region"))
    expect(found).to_contain_text("4 résultats")

    with home.expect_download() as download:
        home.get_by_role("link", name="CSV").first.click()

    assert download.value.suggested_filename == "essgraph-initiatives-normandie.csv"
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 4


def test_who_was_elected_in_a_commune(home: Page) -> None:
    """The commune by its name, and those known of it, each with the office and a source."""
    _choose(home, "Guillestre", "Guillestre")

    home.get_by_role("link", name="Louis Abrard").first.click()

    expect(home.locator("main")).to_contain_text("maire")
    expect(home.locator("main")).to_contain_text("Source")

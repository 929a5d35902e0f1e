"""The form of a proposal in a browser: the draft, the check as one types, the file, no scripts."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from pyoxigraph import RdfFormat, parse

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FORM = "/contribute?lang=fr"


def _fill(page: Page) -> None:
    """A proposal that conforms beside tiny.trig."""
    page.locator("[name='name.fr']").fill("Épicerie solidaire de Guillestre")
    page.locator("#f-spatial").fill("05065")
    page.locator("[value='scheme/sector/energie']").check()
    page.locator("summary").filter(has_text="La publication n’est pas").click()
    page.locator("[name='source.title']").fill("Une épicerie pour tous")


def test_a_draft_survives_a_reload_and_can_be_deleted(watched: Page) -> None:
    """What was written comes back, opened and ticked, until the reader deletes it."""
    watched.goto(FORM)
    _fill(watched)
    expect(watched.locator("#state")).to_have_text("Tout est conforme.")
    watched.reload()

    expect(watched.locator("[name='name.fr']")).to_have_value("Épicerie solidaire de Guillestre")
    expect(watched.locator("[value='scheme/sector/energie']")).to_be_checked()
    expect(watched.locator("[name='source.title']")).to_be_visible()
    expect(watched.locator("#draft")).to_contain_text("Votre brouillon est revenu")

    watched.get_by_role("button", name="Effacer le brouillon").click()
    watched.reload()
    expect(watched.locator("[name='name.fr']")).to_have_value("")


def test_a_fault_is_told_as_it_is_typed_and_gone_once_mended(watched: Page) -> None:
    """Only a field that somebody was in is blamed; homonyms are chosen by a press."""
    watched.goto(FORM)
    watched.locator("#f-spatial").fill("Saint-Denis")
    watched.keyboard.press("Tab")
    place = watched.locator("[data-faults='spatial']")
    expect(place).to_contain_text("Plusieurs portent le nom")
    expect(watched.locator("[data-faults='name.fr']")).to_be_empty()
    place.get_by_role("button", name=re.compile("La Réunion")).click()

    expect(watched.locator("#f-spatial")).to_have_value("Saint-Denis (commune/97411)")
    expect(place).to_be_empty()
    expect(watched.locator("#told")).to_contain_text("Saint-Denis")


def test_a_fault_of_a_new_organisation_is_told_below_it(watched: Page) -> None:
    """What is wrong with the name of a new organisation stands in its part, once it is typed."""
    watched.goto("/contribute?lang=fr")
    watched.get_by_text("Une organisation ou une personne n’est pas encore").click()

    watched.locator("#new-1").fill("Épicerie, écrire à lea@exemple.fr")

    told = watched.locator("#e-new .problem")
    expect(told).to_be_visible()
    expect(watched.locator("#new-1")).to_have_attribute("aria-invalid", "true")
    watched.locator("#new-1").fill("Épicerie")
    expect(told.filter(has_text="lea@exemple.fr")).to_have_count(0)


def test_a_name_is_suggested_and_chosen_by_keyboard(watched: Page) -> None:
    """The field of a territory suggests territories; what is chosen is written with its code."""
    watched.goto(FORM)
    watched.locator("#f-spatial").press_sequentially("Guillestr")
    expect(watched.get_by_role("option", name=re.compile("^Guillestre"))).to_be_visible()
    option = watched.get_by_role("option").all_text_contents()
    for _ in range([text.startswith("Guillestre") for text in option].index(True) + 1):
        watched.keyboard.press("ArrowDown")
    watched.keyboard.press("Enter")

    expect(watched.locator("#f-spatial")).to_have_value("Guillestre (commune/05065)")


def test_the_turtle_is_downloaded_and_can_be_read(watched: Page) -> None:
    """The file has the name of the proposal, and is Turtle."""
    watched.goto(FORM)
    _fill(watched)
    with watched.expect_download() as found:
        watched.get_by_role("button", name="Télécharger en Turtle").click()
    path = found.value.path()

    assert found.value.suggested_filename == "epicerie-solidaire-de-guillestre.ttl"
    assert len(list(parse(path.read_bytes(), RdfFormat.TURTLE))) > 10


def test_one_more_line_is_added_and_kept(watched: Page) -> None:
    """A field that takes several values gets a line, which the draft brings back."""
    watched.goto(FORM)
    field = watched.locator("[data-field='partner']")
    field.locator("input").first.fill("Une")
    field.get_by_role("button", name="Ajouter une ligne").click()
    field.locator("input").nth(1).fill("Deux")
    watched.reload()

    expect(field.locator("input").nth(1)).to_have_value("Deux")


def test_the_form_works_without_scripts(chromium: Browser, address: str) -> None:
    """Faults, the choice among homonyms and the preview come from the server alone."""
    context = chromium.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto(FORM)
    _fill(page)
    page.locator("#f-spatial").fill("Saint-Denis")
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_role("button", name=re.compile("La Réunion")).click()

    expect(page.locator("#state")).to_have_text("Tout est conforme.")
    expect(page.locator("#told")).to_contain_text("Énergie")
    context.close()


def test_the_form_is_accessible_empty_and_with_faults(watched: Page) -> None:
    """Axe finds nothing, nor does the page go beyond 320 px."""
    watched.set_viewport_size({"width": 320, "height": 700})
    watched.goto(FORM)
    watched.evaluate(AXE.read_text("utf-8"))
    before = watched.evaluate("axe.run().then((found) => found.violations.map((v) => v.id))")
    watched.locator("#f-spatial").fill("Saint-Denis")
    expect(watched.locator("[data-faults='spatial']")).not_to_be_empty()
    after = watched.evaluate("axe.run().then((found) => found.violations.map((v) => v.id))")

    assert (before, after) == ([], [])
    assert watched.evaluate("document.documentElement.scrollWidth") <= 320

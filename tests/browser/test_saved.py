"""The pages of the saved queries in a browser, over the real collection."""

from __future__ import annotations

import json
from urllib.request import urlopen

from playwright.sync_api import Page, expect


def test_the_list_is_sifted_as_one_types(watched: Page, collection: str) -> None:
    """Words hide what has none of them; a theme without a query left goes."""
    watched.goto(f"{collection}/queries?lang=fr")
    watched.get_by_label("Trouver une requête").fill("membres reseau")

    expect(watched.locator(".asked > li:visible")).to_have_count(1)
    expect(watched.locator(".theme:visible")).to_have_count(1)


def test_a_chart_has_a_choice_of_columns_in_words(watched: Page, collection: str) -> None:
    """The chart replaces the server's bars, its columns named as those of the table."""
    watched.goto(f"{collection}/queries/communes-near?lang=fr&view=chart")

    expect(watched.locator("#chart canvas")).to_be_visible()
    expect(watched.locator("#chart select").first).to_contain_text("commune proche")
    expect(watched.locator(".bars")).to_be_hidden()


def test_every_example_is_as_expected_on_the_collection(collection: str) -> None:
    """A build of the real data finds the rows that the headers promise, or says why not."""
    with urlopen(f"{collection}/queries.json") as answer:  # noqa: S310  # our own server
        queries = json.load(answer)["queries"]
    states = {query["name"]: query["example"]["state"] for query in queries}

    assert {name for name, state in states.items() if state not in ("kept", "without")} == set()
    assert list(states.values()).count("kept") > len(states) / 2


def test_an_answer_about_departements_shades_a_map(watched: Page, collection: str) -> None:
    """The map takes the place of the picture; its choice and its legend are in words."""
    watched.goto(f"{collection}/queries/small-communes-by-departement?lang=fr&view=map")

    expect(watched.locator("#areas .map canvas").first).to_be_attached()
    expect(watched.locator("#areas img")).to_be_hidden()
    expect(watched.locator("#areas select").first).to_contain_text("Part en %")
    expect(watched.locator("#areas .legend:visible li")).to_have_count(5)

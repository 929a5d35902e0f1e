"""What pages say to machines, in a real browser: data blocks pass the policy, pictures load."""

from __future__ import annotations

from playwright.sync_api import Page


def test_data_and_picture_are_there(watched: Page) -> None:
    """The policy lets the JSON-LD be, which parses; the picture that the page names is one."""
    watched.goto("/page/initiative/microcentrale-cristillan")

    written = watched.locator('script[type="application/ld+json"]').text_content() or ""
    kind = watched.evaluate("text => JSON.parse(text)['@graph'][0]['@type']", written)
    picture = watched.locator('meta[property="og:image"]').get_attribute("content") or ""
    answer = watched.request.get(picture)

    assert kind == "Project"
    assert answer.headers["content-type"] == "image/png"

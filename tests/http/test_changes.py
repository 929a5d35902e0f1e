"""What was written: the list, one change, and the feed."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from essgraph.config import Settings
from essgraph.releases import Releases
from essgraph.web import changes
from tests.http.writable import AGENT, Site, opened
from tests.writing import COLLECTION, NAMES, labelled

ATOM = "{http://www.w3.org/2005/Atom}"
HTML = {"Accept": "text/html", "Accept-Language": "fr"}


def _insert(site: Site, label: str, key: str, message: str = "") -> str:
    """The release of a write of two triples."""
    form = {"update": f"INSERT DATA {{ {labelled(label, key)} }}", "message": message}
    return str(site.ask("POST", "/sparql", form).headers["Essgraph-Release"])


def _feed(response: TestResponse) -> ET.Element:
    return ET.fromstring(response.data)  # noqa: S314 - our own


def _listed(site: Site, address: str = "/changes?format=json") -> list[dict[str, object]]:
    found: list[dict[str, object]] = site.client.get(address).get_json()["changes"]
    return found


def test_changes_are_listed_newest_first(site: Site) -> None:
    """Who, when, what for, on what, and how many triples of each graph."""
    before = Releases(site.settings.home).require_current().id
    first = _insert(site, "Une", "une", "pour voir")
    second = _insert(site, "Deux", "deux")

    newest, oldest = _listed(site)

    assert newest["id"] == second
    assert datetime.fromisoformat(str(oldest.pop("at"))).utcoffset() is not None
    assert oldest == {
        "iri": NAMES.entity("release", first).value,
        "id": first,
        "previous": before,
        "agent": AGENT,
        "message": "pour voir",
        "added": {COLLECTION: 2},
        "removed": {COLLECTION: 0},
        "undone": False,
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", ["Modifications", "par Amina", "collection", "+2"]), ("en", ["Changes", "by Amina"])],
)
def test_people_read_them_in_their_language(site: Site, language: str, words: list[str]) -> None:
    """The page has the same in French and in English, and leads to each change."""
    release = _insert(site, "Une", "une", "<b>gras</b>")

    page = site.client.get("/changes", headers={**HTML, "Accept-Language": language})

    assert page.mimetype == "text/html"
    assert f'<html lang="{language}">' in page.text
    assert all(word in page.text for word in words)
    assert f'href="/changes/{release}"' in page.text
    assert "&lt;b&gt;gras&lt;/b&gt;" in page.text


def test_before_the_first_write_there_is_nothing(site: Site) -> None:
    """An empty list, a page that says so, and a feed without entries that is dated."""
    page = site.client.get("/changes", headers=HTML)
    feed = _feed(site.client.get("/changes.atom"))

    assert _listed(site) == []
    assert "Rien n’a encore été écrit." in page.text
    assert feed.findall(f"{ATOM}entry") == []
    assert datetime.fromisoformat(str(feed.findtext(f"{ATOM}updated"))).utcoffset() is not None


def test_long_lists_come_in_pages(built: Settings, tmp_path: Path) -> None:
    """`page_size` a page; one beyond the last is a 404, one that is no number a 400."""
    site = opened(built, tmp_path / "home", page_size=2)
    written = [_insert(site, key, key) for key in ("une", "deux", "trois")]

    last = _listed(site, "/changes?format=json&page=2")
    beyond = site.client.get("/changes?page=3")
    malformed = site.client.get("/changes?page=x")
    page = site.client.get("/changes", headers=HTML)

    assert [change["id"] for change in last] == [written[0]]
    assert (beyond.status_code, malformed.status_code) == (404, 400)
    assert 'rel="next"' in page.text


def test_a_change_has_its_triples(site: Site) -> None:
    """As N-Triples in JSON, as tables on a page: what it added and what it removed."""
    _insert(site, "Une", "une")
    form = {"update": f"DELETE WHERE {{ {NAMES.entity('initiative', 'une')} ?p 'Une'@fr }}"}
    release = site.ask("POST", "/sparql", form).headers["Essgraph-Release"]

    told = site.client.get(f"/changes/{release}?format=json").get_json()
    page = site.client.get(f"/changes/{release}", headers=HTML)

    (patch,) = told["patches"]
    assert told["id"] == release
    assert patch["graph"] == COLLECTION
    assert patch["added"] == []
    assert [line.split()[2] for line in patch["removed"]] == ['"Une"@fr']
    assert "Retraits" in page.text
    assert "Ajouts" not in page.text
    assert "Une" in page.text


def test_a_large_change_is_shown_in_part(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says that there is more, and where all of it is."""
    monkeypatch.setattr(changes, "ROWS_SHOWN", 1)
    release = _insert(site, "Une", "une")

    page = site.client.get(f"/changes/{release}", headers=HTML)

    assert "2 triplets" in page.text
    assert "Seuls les 1 premiers sont affichés." in page.text
    assert f"/changes/{release}?format=json" in page.text


@pytest.mark.parametrize("name", ["nope", "..%2Fcurrent", "20260101T000000000000Z"])
def test_an_unknown_change_is_not_found(site: Site, name: str) -> None:
    """Only the names of accepted writes are looked up."""
    assert site.client.get(f"/changes/{name}").status_code == 404


def test_a_rollback_shows(site: Site) -> None:
    """What it undid stays in the list, marked, and kept answers are not."""
    release = _insert(site, "Une", "une")
    tag = site.client.get("/changes?format=json").headers["ETag"]

    Releases(site.settings.home).rollback()
    again = site.client.get("/changes?format=json", headers={"If-None-Match": tag})
    page = site.client.get(f"/changes/{release}", headers=HTML)

    assert again.get_json()["changes"][0]["undone"] is True
    assert "Un retour en arrière a annulé cette modification." in page.text


def test_a_feed_reader_is_told(site: Site) -> None:
    """The Atom feed has what RFC 4287 asks for, escaped, newest first."""
    first = _insert(site, "Une", "une", "d’abord <&>")
    second = _insert(site, "Deux", "deux")

    response = site.client.get("/changes.atom?lang=fr")

    feed = _feed(response)
    entries = feed.findall(f"{ATOM}entry")
    assert response.mimetype == "application/atom+xml"
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        NAMES.entity("release", release).value for release in (second, first)
    ]
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "collection +2 −0",
        "d’abord <&>",
    ]
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    assert entries[1].findtext(f"{ATOM}author/{ATOM}name") == AGENT
    for element in (feed, *entries):
        assert all(element.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    _check_rfc_4287(feed)
    alternate = entries[0].find(f"{ATOM}link")
    assert alternate is not None
    assert alternate.get("href") == f"http://localhost/changes/{second}?lang=fr"


def _check_rfc_4287(feed: ET.Element) -> None:
    """The requirements of RFC 4287, 4.1.1, 4.1.2, 4.2.6, 4.2.7 and 3.3."""
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    known = "entry id title updated author link subtitle published summary content category rights"
    for element in (feed, *entries):
        children = [child.tag.removeprefix(ATOM) for child in element]
        assert set(children) <= set(known.split())
        assert [children.count(name) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert children.count("published") <= 1
        assert children.count("summary") <= 1
        assert re.fullmatch(r"https?://\S+", str(element.findtext(f"{ATOM}id")))
        for name in ("updated", "published"):
            for date in element.findall(f"{ATOM}{name}"):
                assert datetime.fromisoformat(str(date.text)).utcoffset() is not None
        links = element.findall(f"{ATOM}link")
        told = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in links]
        assert len(told) == len(set(told))
        assert all(str(link.get("href")).startswith("http://localhost/") for link in links)
    # An entry without an author needs one of the feed.
    assert all(entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries)
    identifiers = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(identifiers) == len(set(identifiers))
    (own,) = (link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self")
    assert own.get("href") == "http://localhost/changes.atom?lang=fr"


@pytest.mark.parametrize("address", ["/changes?format=json", "/changes.atom", "/changes/{id}"])
def test_what_is_known_is_not_sent_again(site: Site, address: str) -> None:
    """A tag gives a 304 until the next write."""
    where = address.format(id=_insert(site, "Une", "une"))
    tag = site.client.get(where).headers["ETag"]

    same = site.client.get(where, headers={"If-None-Match": tag})
    _insert(site, "Deux", "deux")
    other = site.client.get(where, headers={"If-None-Match": tag})

    assert (same.status_code, other.status_code) == (304, 200)


@pytest.mark.parametrize("address", ["/changes", "/changes/{id}"])
def test_a_format_that_is_not_offered_is_a_406(site: Site, address: str) -> None:
    """HTML and JSON are."""
    where = address.format(id=_insert(site, "Une", "une"))

    assert site.client.get(where, headers={"Accept": "image/png"}).status_code == 406


def test_pages_lead_to_the_changes(browser: FlaskClient) -> None:
    """Each page's foot has a link, and the list one to the feed."""
    home, listed = browser.get("/"), browser.get("/changes")

    assert 'href="/changes"' in home.text
    assert 'type="application/atom+xml"' in listed.text

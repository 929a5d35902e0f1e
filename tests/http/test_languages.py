"""French and English: whole catalogues, never mixed on a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

import essgraph.web

PACKAGE = Path(essgraph.web.__file__).parent
CATALOGUE = PACKAGE / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def _messages() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(
        PACKAGE,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        keywords=KEYWORDS,
    )
    return {message for _, _, message, _, _ in found}


def test_every_message_is_translated() -> None:
    """The French catalogue has all messages of code and templates, and no other."""
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream, locale="fr", abort_invalid=True)

    translated = {
        message.id
        for message in catalogue
        if message.id and not message.fuzzy and message.string and all(message.string)
    }
    assert translated == _messages()


def test_translations_keep_their_placeholders() -> None:
    """A translation has the placeholders of its message, and French spacing."""
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream, locale="fr")

    messages = [message for message in catalogue if message.id]
    assert len(messages) > 500
    for message in messages:
        english, french = _first(message.id), _first(message.string)
        assert set(re.findall(r"%\(\w+\)s", english)) == set(re.findall(r"%\(\w+\)s", french))
        assert not re.search(r"[^\u00a0\u202f][;?!»]|(?<![\u00a0\w/])[:]|«[^\u00a0]|'", french)


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", None, "fr"),
        ("", "en", "en"),
        ("", "fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("", "de, en;q=0.5", "en"),
        ("", "de", "fr"),
        ("", ";;q=,=", "fr"),
        ("?lang=en", "fr", "en"),
        ("?lang=fr", "en", "fr"),
        ("?lang=xx", "en", "en"),
    ],
)
def test_language_is_asked_for_or_negotiated(
    client: FlaskClient, query: str, header: str | None, language: str
) -> None:
    """?lang= wins, then Accept-Language, then French; the page says which it is."""
    headers = {} if header is None else {"Accept-Language": header}

    response = client.get(f"/{query}", headers=headers)

    assert f'<html lang="{language}">' in response.text
    assert "Accept-Language" in response.vary


@pytest.mark.parametrize(
    "address",
    ["/", "/list", "/search?q=guillestre", "/search?q=zzzz", "/sparql", "/queries",
     "/page/initiative/microcentrale-cristillan", "/page/commune/05065", "/ontology",
     "/page/person/louis-abrard", "/page/organisation/210500658",
     "/page/mandate/abrard-maire-guillestre",
     "/page/publication/article-microcentrale", "/scheme/sector", "/scheme/sector/energie",
     "/list/Territory", "/changes", "/validation", "/explore", "/nowhere", "/page/commune/00000",
     "/list/Territory?page=abc", "/sparql?query=SELECT", "/graph/collection"],
)  # fmt: skip
def test_interface_is_never_mixed(client: FlaskClient, address: str) -> None:
    """No message of the other language is on a page."""
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream, locale="fr")
    pairs = [
        (message.id, _first(message.string))
        for message in catalogue
        if message.id and isinstance(message.id, str) and len(message.id) > 12
        and "%" not in message.id and message.id != message.string
    ]  # fmt: skip
    assert len(pairs) > 100
    joint = "&" if "?" in address else "?"

    french = client.get(f"{address}{joint}lang=fr", headers={"Accept": "text/html"}).text
    english = client.get(f"{address}{joint}lang=en", headers={"Accept": "text/html"}).text

    assert not [message for message, _ in pairs if message in french]
    assert not [translation for _, translation in pairs if translation in english]


@pytest.mark.parametrize(("lang", "mark"), [("en", "in French"), ("fr", "en anglais")])
def test_what_is_in_the_other_language_says_so(client: FlaskClient, lang: str, mark: str) -> None:
    """A text in the other language is marked as that, for readers and for their programs."""
    query = 'SELECT ?l { VALUES ?l { "maire"@fr "mayor"@en "ville" } }'
    page = client.get(
        "/sparql", query_string={"query": query, "lang": lang}, headers={"Accept": "text/html"}
    )

    marked = re.findall(r'<span lang="(..)" title="([^"]+)">(\w+)<', page.text)
    other = ("fr", mark, "maire") if lang == "en" else ("en", mark, "mayor")
    assert marked == [other]


def test_numbers_and_dates_follow_the_language(client: FlaskClient) -> None:
    """155000 and 2011-05 are written as each language writes them."""
    french = client.get("/page/commune/97411?lang=fr").text
    english = client.get("/page/commune/97411?lang=en").text
    month_fr = client.get("/page/publication/article-microcentrale?lang=fr").text
    month_en = client.get("/page/publication/article-microcentrale?lang=en").text

    assert "155\u202f000" in french
    assert "155,000" in english
    assert "mai 2011" in month_fr
    assert "May 2011" in month_en


def _first(forms: str | Sequence[str] | None) -> str:
    """A message, or the first of its plural forms."""
    return forms if isinstance(forms, str) else (forms or ("",))[0]

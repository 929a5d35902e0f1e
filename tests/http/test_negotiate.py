"""Which format an Accept header or a ?format= gets."""

from __future__ import annotations

import pytest
from flask import Flask, Request, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import NotAcceptable

from essgraph.errors import QueryError
from essgraph.web import negotiate

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def _request(address: str, accept: str | None) -> Request:
    app = Flask("test")
    headers = {} if accept is None else {"Accept": accept}
    with app.test_request_context(address, headers=headers):
        return request._get_current_object()  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize(
    ("accept", "name", "media_type"),
    [
        (None, "json", "application/sparql-results+json"),
        ("", "json", "application/sparql-results+json"),
        ("*/*", "json", "application/sparql-results+json"),
        ("application/*", "json", "application/sparql-results+json"),
        ("application/json", "json", "application/json"),
        ("text/csv", "csv", "text/csv"),
        ("TEXT/CSV", "csv", "text/csv"),
        ("text/*", "csv", "text/csv"),
        ("text/csv;q=0.2, text/tab-separated-values;q=0.3", "tsv", "text/tab-separated-values"),
        ("text/xml", "xml", "text/xml"),
        ("application/sparql-results+xml, */*;q=0.1", "xml", "application/sparql-results+xml"),
        ("application/sparql-results+json;q=0, text/csv", "csv", "text/csv"),
        ("text/turtle, text/csv;q=0.1", "csv", "text/csv"),
        ("text/csv;charset=utf-8", "csv", "text/csv"),
        ("image/png, */*;q=0.01", "json", "application/sparql-results+json"),
    ],
)
def test_accept_chooses_results(accept: str | None, name: str, media_type: str) -> None:
    """The best q-value wins, a wildcard gets JSON, and the type named is the one answered."""
    chosen, named = negotiate.choose(_request("/", accept), negotiate.RESULTS)

    assert (chosen.name, named) == (name, media_type)


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("*/*", "ttl"),
        ("text/*", "ttl"),
        ("application/rdf+xml", "rdf"),
        ("application/ld+json", "jsonld"),
        ("application/n-triples, text/turtle;q=0.9", "nt"),
        ("application/ld+json;q=0.5, application/rdf+xml;q=0.6", "rdf"),
    ],
)
def test_accept_chooses_graphs(accept: str, name: str) -> None:
    """A wildcard gets Turtle; each graph format has its own media type."""
    chosen, _ = negotiate.choose(_request("/", accept), negotiate.GRAPHS)

    assert chosen.name == name


@pytest.mark.parametrize("accept", ["image/png", "application/sparql-results+json;q=0", "foo"])
def test_unacceptable_lists_what_is_offered(accept: str) -> None:
    """A client that accepts nothing on offer is told what is."""
    with pytest.raises(NotAcceptable) as raised:
        negotiate.choose(_request("/", accept), (negotiate.JSON, negotiate.CSV))

    assert "application/sparql-results+json (format=json), text/csv" in raised.value.description


@pytest.mark.parametrize(
    ("asked", "name"),
    [("ttl", "ttl"), ("turtle", "ttl"), ("NT", "nt"), ("xml", "rdf"), ("json", "jsonld")],
)
def test_short_names_win_over_accept(asked: str, name: str) -> None:
    """?format= is stronger than the Accept header."""
    sent = _request(f"/?format={asked}", "text/html")

    assert negotiate.choose(sent, negotiate.GRAPHS)[0].name == name


def test_unknown_short_name_is_not_acceptable() -> None:
    """A format we do not write is refused, not replaced."""
    with pytest.raises(NotAcceptable, match="format=docx is not offered"):
        negotiate.choose(_request("/?format=docx", None), negotiate.GRAPHS)


def test_repeated_format_is_a_bad_request() -> None:
    """Two formats are a contradiction."""
    with pytest.raises(QueryError, match="more than once"):
        negotiate.choose(_request("/?format=csv&format=json", None), negotiate.RESULTS)


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/html;q=0.5, text/turtle", False),
        ("text/html, text/turtle;q=0.9", True),
        ("*/*", False),
        ("text/*", False),
        ("text/html;q=0", False),
        ("", False),
        ("application/json", False),
    ],
)
def test_html_is_for_those_who_name_it(accept: str, html: bool) -> None:
    """Browsers name HTML; a wildcard alone means a program."""
    assert negotiate.wants_html(_request("/", accept)) is html


_HEADER = st.characters(codec="latin-1", exclude_categories=["Cc"])
_PIECES = st.sampled_from(
    ["text/html", "text/turtle", "*/*", "text/*", "*", "/", ";q=", ";q=2", ";q=-1", ";q=0.5", ","]
)


@given(st.lists(_PIECES | st.text(_HEADER, max_size=6)).map("".join))
def test_any_accept_header_is_understood_or_refused(accept: str) -> None:
    """No Accept header whatever makes anything but a choice or a 406."""
    sent = _request("/", accept)

    try:
        chosen, media_type = negotiate.choose(sent, (*negotiate.GRAPHS, negotiate.HTML))
    except NotAcceptable:
        return
    assert media_type in chosen.media_types


def test_several_names_of_one_format_are_one() -> None:
    """SPARQLWrapper sends a short name and a media type, and names that are nobody's."""
    request = _request("/?format=tsv&format=text/tab-separated-values&format=x", None)

    assert negotiate.choose(request, negotiate.RESULTS)[0] is negotiate.TSV

"""The Graph Store Protocol's read side, and VoID."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Triple, parse

from essgraph.config import Settings
from essgraph.web import create_app, dumps
from tests.http.conftest import Publish

GRAPH = "https://w3id.org/essgraph/graph/"
FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}
BLANK = f"""
@prefix x: <urn:x:> .
<{GRAPH}evidence> {{ [] x:p 1 , 2 , 3 ; x:q [ x:r 4 ] . }}
"""


def _triples(data: bytes, format: RdfFormat = RdfFormat.TURTLE) -> set[Triple]:
    return {quad.triple for quad in parse(data, format=format)}


def _construct(client: FlaskClient, pattern: str) -> set[Triple]:
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"
    answer = client.get("/sparql", query_string={"query": query, "format": "nt"})
    return _triples(answer.data, RdfFormat.N_TRIPLES)


@pytest.mark.parametrize("media_type", FORMATS)
def test_both_namings_give_the_triples_of_a_graph(client: FlaskClient, media_type: str) -> None:
    """By `?graph=` or at its own address, a graph has the triples that a query finds in it."""
    accept = {"Accept": media_type}
    held = _construct(client, f"GRAPH <{GRAPH}collection> {{ ?s ?p ?o }}")

    indirect = client.get("/graphs", query_string={"graph": f"{GRAPH}collection"}, headers=accept)
    direct = client.get("/graph/collection", headers=accept)

    assert indirect.mimetype == direct.mimetype == media_type
    assert _triples(indirect.data, FORMATS[media_type]) == held
    assert _triples(direct.data, FORMATS[media_type]) == held


def test_the_default_graph_is_the_union(client: FlaskClient) -> None:
    """`?default` gives what a query sees without naming a graph."""
    response = client.get("/graphs?default")

    assert _triples(response.data) == _construct(client, "?s ?p ?o")


def test_a_browser_gets_the_page_of_a_graph(browser: FlaskClient) -> None:
    """The address of a graph shows people what is said of it."""
    response = browser.get("/graph/collection")

    assert response.mimetype == "text/html"
    assert "Collection" in response.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("address", [f"/graphs?graph={GRAPH}nope", "/graph/nope"])
def test_an_unknown_graph_is_not_found(client: FlaskClient, method: str, address: str) -> None:
    """A graph without triples does not exist (5.1)."""
    assert client.open(address, method=method).status_code == 404


@pytest.mark.parametrize(
    "arguments",
    ["", "graph=foo", "graph=", "default&graph=urn:x:g", "graph=urn:x:g&graph=urn:x:h"],
)
def test_exactly_one_graph_is_named(client: FlaskClient, arguments: str) -> None:
    """None, several, both kinds, or a relative IRI are a 400 (4.2)."""
    assert client.get(f"/graphs?{arguments}").status_code == 400


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("address", [f"/graphs?graph={GRAPH}meta", "/graph/meta"])
def test_writes_need_a_token(client: FlaskClient, method: str, address: str) -> None:
    """A change by somebody without a token is a 401 that says what is wanted."""
    response = client.open(address, method=method, data=b"", content_type="text/turtle")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("address", [f"/graphs?graph={GRAPH}meta", "/graph/meta"])
def test_patches_are_not_allowed(client: FlaskClient, address: str) -> None:
    """PATCH is a 405 with what is allowed."""
    response = client.patch(address, data=b"", content_type="text/turtle")

    allowed = {"GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE"}
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == allowed


def test_an_unacceptable_format_is_a_406(client: FlaskClient) -> None:
    """Nothing but RDF is offered, and the answer lists what is."""
    response = client.get("/graphs?default", headers={"Accept": "image/png"})

    assert response.status_code == 406
    assert "text/turtle" in response.get_json(force=True)["detail"]


def test_a_graph_that_was_seen_is_not_sent_again(client: FlaskClient) -> None:
    """Its tag gives a 304 with the same headers for caches; another format has another tag."""
    first = client.get("/graph/meta?format=ttl")

    again = client.get("/graph/meta?format=ttl", headers={"If-None-Match": first.headers["ETag"]})
    other = client.get("/graph/meta?format=nt", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert other.status_code == 200


@pytest.mark.parametrize("media_type", ["text/turtle", "application/n-triples"])
def test_a_graph_comes_in_slices_that_are_one_document(
    settings: Settings,
    publish: Publish,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    media_type: str,
) -> None:
    """However it is sliced, no triple is lost and a blank node stays the same."""
    publish(tmp_path, "20260101T000000Z-bbbbbb", BLANK)
    client = create_app(replace(settings, home=tmp_path)).test_client()
    monkeypatch.setattr(dumps, "SLICE", 2)

    response = client.get("/graph/evidence", headers={"Accept": media_type})

    chunks = list(response.iter_encoded())
    found = [t for t in _triples(b"".join(chunks), FORMATS[media_type]) if "urn:x:" in str(t)]
    assert len(chunks) > 2
    assert len(found) == 5
    assert len({str(triple.subject) for triple in found}) == 2


def test_downloads_leave_threads_to_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many long downloads as half the threads; one more is told to come back, then may."""
    client = create_app(replace(settings, threads=4)).test_client()
    monkeypatch.setattr(dumps, "SLICE", 2)

    under_way = [client.get("/graph/collection?format=nt") for _ in range(2)]
    refused = client.get("/graph/collection?format=nt")
    point = client.get("/sparql?query=ASK%7B%7D")
    for response in under_way:
        response.close()
    admitted = client.head("/graph/collection?format=nt")
    again = client.get("/graph/collection?format=nt")

    assert [response.status_code for response in under_way] == [200, 200]
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert [point.status_code, admitted.status_code, again.status_code] == [200, 200, 200]


def test_only_what_is_held_in_memory_is_bounded(settings: Settings) -> None:
    """Beyond max_result_bytes RDF/XML is refused and says what is not; Turtle is streamed."""
    client = create_app(replace(settings, max_result_bytes=2_000)).test_client()

    xml = client.get("/graph/collection?format=rdf")
    turtle = client.get("/graph/collection?format=ttl")

    assert xml.status_code == 403
    assert "text/turtle or application/n-triples" in xml.get_json(force=True)["detail"]
    assert turtle.status_code == 200
    assert len(turtle.data) > 2_000


def test_void_is_where_crawlers_look(client: FlaskClient) -> None:
    """/.well-known/void is the graph `meta`, in each format of RDF."""
    held = _construct(client, f"GRAPH <{GRAPH}meta> {{ ?s ?p ?o }}")

    for media_type, format_ in FORMATS.items():
        response = client.get("/.well-known/void", headers={"Accept": media_type})
        assert (response.status_code, response.mimetype) == (200, media_type)
        assert _triples(response.data, format_) == held

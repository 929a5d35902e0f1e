"""The Graph Store Protocol's write side: PUT, POST and DELETE, directly and indirectly named."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import RdfFormat, Triple, parse
from werkzeug.test import TestResponse

from essgraph.config import Settings
from tests.http.writable import GRAPHS, Site, opened
from tests.writing import COLLECTION, broken, labelled

OTHER = "/graphs?graph=urn:x:notes"
LAYER = "/graph/collection"
TURTLE = "text/turtle"
ONE = "<urn:s> <urn:p> 1 ."
TWO = "<urn:s> <urn:p> 2 ."
XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'
    '<rdf:Description rdf:about="urn:s"><u:p '
    'rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">1</u:p></rdf:Description></rdf:RDF>'
)
DOCUMENTS = [
    (TURTLE, ONE),
    ("text/turtle; charset=UTF-8", ONE),
    ("application/n-triples", '<urn:s> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'),
    ("application/rdf+xml", XML),
    (None, XML),
    ("application/ld+json", '{"@id": "urn:s", "urn:p": 1}'),
]


def _triples(text: str | bytes) -> set[Triple]:
    return {quad.triple for quad in parse(text, format=RdfFormat.TURTLE)}


def _held(site: Site, address: str = OTHER) -> set[Triple]:
    return _triples(site.client.get(address, headers={"Accept": TURTLE}).data)


def _detail(response: TestResponse) -> str:
    return str(response.get_json(force=True)["detail"])


@pytest.mark.parametrize(("media_type", "document"), DOCUMENTS)
def test_put_makes_a_graph(site: Site, media_type: str | None, document: str) -> None:
    """201, where it is found, and the release that holds it; in each format, RDF/XML untold."""
    response = site.ask("PUT", OTHER, document, media_type)

    assert response.status_code == 201
    assert response.headers["Location"] == f"/graphs?graph={quote('urn:x:notes', safe=':')}"
    assert response.headers["Essgraph-Release"] == response.get_json()["release"]
    assert _held(site, response.headers["Location"]) == _triples(ONE)


def test_put_replaces_post_adds_delete_empties(site: Site) -> None:
    """A graph that was there is a 200; one that was deleted is not there any more."""
    made = site.ask("PUT", OTHER, ONE, TURTLE)

    replaced = site.ask("PUT", OTHER, TWO, TURTLE)
    after_put = _held(site)
    added = site.ask("POST", OTHER, ONE, TURTLE)
    after_post = _held(site)
    deleted = site.ask("DELETE", OTHER)
    again = site.ask("DELETE", OTHER)

    answers = [made, replaced, added, deleted, again]
    assert [response.status_code for response in answers] == [201, 200, 200, 200, 404]
    assert after_put == _triples(TWO)
    assert after_post == _triples(ONE + TWO)
    assert site.client.get(OTHER).status_code == 404
    assert all("Location" not in response.headers for response in answers[1:])


def test_a_layer_is_written_at_its_own_address(site: Site) -> None:
    """/graph/collection is the graph of that name: direct naming."""
    before = _held(site, LAYER)

    added = site.ask("POST", LAYER, labelled("Neuve"), TURTLE)
    after = _held(site, f"/graphs?graph={COLLECTION}")
    deleted = site.ask("DELETE", LAYER)
    made = site.ask("PUT", LAYER, labelled("Neuve"), TURTLE)

    assert [added.status_code, deleted.status_code, made.status_code] == [200, 200, 201]
    assert after == before | _triples(labelled("Neuve"))
    assert made.headers["Location"] == LAYER
    assert _held(site, LAYER) == _triples(labelled("Neuve"))


def test_nothing_to_add_makes_no_release(site: Site) -> None:
    """An empty document, or one whose triples are there, changes nothing and says so."""
    first = site.ask("PUT", OTHER, ONE, TURTLE).get_json()["release"]

    answers = [site.ask("POST", OTHER, document, TURTLE) for document in ("", ONE)]

    assert [response.status_code for response in answers] == [200, 200]
    for response in answers:
        assert response.get_json()["changed"] is False
        assert response.headers["Essgraph-Release"] == first


def test_blank_nodes_of_two_documents_are_kept_apart(site: Site) -> None:
    """They get names of their own: a merge, as RDF defines it."""
    site.ask("PUT", OTHER, "_:b <urn:p> 1 .", TURTLE)

    site.ask("POST", OTHER, "_:b <urn:p> 2 .", TURTLE)

    assert len({str(triple.subject) for triple in _held(site)}) == 2


def test_relative_iris_are_those_of_the_graph(site: Site) -> None:
    """The base is the graph's IRI, also where it is named in the query string (4.3)."""
    site.ask("PUT", "/graphs?graph=urn:x:notes", "<#me> <urn:p> 1 .", TURTLE)

    assert _held(site) == _triples("<urn:x:notes#me> <urn:p> 1 .")


def test_a_form_carries_several_documents(site: Site, tmp_path: Path) -> None:
    """multipart/form-data: each part by its own type; the same blank label is not the same node."""
    form = {
        "a": (_file(tmp_path, "_:b <urn:p> 1 ."), "a.ttl", TURTLE),
        "b": (_file(tmp_path, "_:b <urn:p> 2 ."), "b.nt", TURTLE),
        "message": "deux",
    }

    response = site.ask("POST", OTHER, form, "multipart/form-data")

    assert response.status_code == 201
    assert len({str(triple.subject) for triple in _held(site)}) == 2


@pytest.mark.parametrize(
    ("document", "media_type", "status"),
    [("<urn:s> <urn:p>", TURTLE, 400), ("x", "image/png", 415)],
)
def test_a_form_with_a_bad_document_is_refused_whole(
    refusing: Site, tmp_path: Path, document: str, media_type: str, status: int
) -> None:
    """The part is named; nothing of the others is added."""
    form = {
        "good": (_file(tmp_path, ONE), "a.ttl", TURTLE),
        "bad": (_file(tmp_path, document), "b.ttl", media_type),
    }

    response = refusing.ask("POST", OTHER, form, "multipart/form-data")

    assert response.status_code == status
    assert refusing.client.get(OTHER).status_code == 404


def _file(folder: Path, text: str) -> object:
    path = folder / f"{abs(hash(text))}"
    path.write_text(text, "utf-8")
    return path.open("rb")


def test_a_malformed_document_is_told_where(site: Site) -> None:
    """400 with line and column; the graph stays as it was."""
    site.ask("PUT", OTHER, ONE, TURTLE)

    response = site.ask("PUT", OTHER, f"{TWO}\n<urn:s> <urn:p>", TURTLE)

    assert response.status_code == 400
    assert "line 2 column 16" in _detail(response)
    assert _held(site) == _triples(ONE)


@pytest.mark.parametrize(
    ("content_type", "data", "status"),
    [
        ("image/png", "x", 415),
        ("application/x-www-form-urlencoded", ONE, 415),
        ("text/turtle; charset=latin-1", ONE, 415),
        ("application/trig", f"<urn:x:notes> {{ {ONE} }}", 415),
        (None, "", 400),
    ],
)
def test_what_is_no_document_is_refused(
    refusing: Site, content_type: str | None, data: str, status: int
) -> None:
    """Other types, other charsets, and a request that forgot its body."""
    response = refusing.ask("PUT", OTHER, data, content_type)

    assert response.status_code == status
    assert status != 415 or "text/turtle" in _detail(response) or "utf-8" in _detail(response)


@pytest.mark.parametrize(
    "address",
    [f"/graph/{layer}" for layer in ("ontology", "territories", "evidence", "meta", "nope")]
    + ["/graphs?graph=https://example.org/g", f"/graphs?graph={GRAPHS}nope"],
)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_only_curated_layers_are_written(refusing: Site, method: str, address: str) -> None:
    """Any other graph is a 403 that names it and those that may be written."""
    response = refusing.ask(method, address, ONE, TURTLE)

    assert response.status_code == 403
    assert COLLECTION in _detail(response)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_the_union_is_not_written(refusing: Site, method: str) -> None:
    """`?default` is read only: 403, which says what to name instead."""
    response = refusing.ask(method, "/graphs?default", ONE, TURTLE)

    assert response.status_code == 403
    assert f"?graph={COLLECTION}" in _detail(response)


def test_post_to_the_store_makes_a_graph_where_it_may(site: Site) -> None:
    """Without `graph`, a new IRI under the first prefix of writable_graphs: 201 and where."""
    response = site.ask("POST", "/graphs", ONE, TURTLE)

    assert response.status_code == 201
    assert response.headers["Location"].startswith("/graphs?graph=urn:x:")
    assert _held(site, response.headers["Location"]) == _triples(ONE)


def test_post_to_the_store_is_refused_where_only_layers_are_written(
    built: Settings, tmp_path: Path
) -> None:
    """Without writable_graphs no graph can be made; the answer says which to name."""
    site = opened(built, tmp_path / "home", writable_graphs="")

    response = site.ask("POST", "/graphs", ONE, TURTLE)

    assert response.status_code == 403
    assert COLLECTION in _detail(response)


@pytest.mark.parametrize(
    "arguments", ["", "graph=foo", "default&graph=urn:x:g", "graph=urn:x:g&graph=urn:x:h"]
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_exactly_one_graph_is_named(refusing: Site, method: str, arguments: str) -> None:
    """None, several, both kinds, or a relative IRI are a 400 (4.2)."""
    assert refusing.ask(method, f"/graphs?{arguments}", ONE, TURTLE).status_code == 400


@pytest.mark.parametrize("address", [OTHER, LAYER, "/graphs", "/graphs?default"])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_without_a_token_nothing_is_written(refusing: Site, method: str, address: str) -> None:
    """401, before anything else is looked at; 403 for a token that may only query."""
    nobody = refusing.client.open(address, method=method, data=ONE, content_type=TURTLE)
    asker = refusing.client.open(
        address,
        method=method,
        data=ONE,
        content_type=TURTLE,
        headers={"Authorization": f"Bearer {refusing.asks_only}"},
    )

    assert (nobody.status_code, asker.status_code) == (401, 403)
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("address", [OTHER, LAYER])
def test_other_methods_are_told_which_there_are(refusing: Site, address: str) -> None:
    """405 with Allow; OPTIONS allows the same."""
    response = refusing.ask("PATCH", address, ONE, TURTLE)
    preflight = refusing.client.options(address)

    allowed = {"GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE"}
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == allowed
    assert set(preflight.headers["Access-Control-Allow-Methods"].split(", ")) == allowed


def test_a_document_that_breaks_a_shape_is_refused(refusing: Site) -> None:
    """422 with the report, by either method; the layer stays as it was."""
    before = _held(refusing, LAYER)

    answers = [refusing.ask(method, LAYER, broken(), TURTLE) for method in ("PUT", "POST")]

    assert [response.status_code for response in answers] == [422, 422]
    assert all(response.get_json(force=True)["report"]["results"] for response in answers)
    assert _held(refusing, LAYER) == before


def test_a_write_may_rest_on_what_was_read(site: Site) -> None:
    """If-Match with the tag of a graph: it is written if nobody wrote it since, else 412."""
    site.ask("PUT", OTHER, ONE, TURTLE)
    tag = site.client.get(OTHER).headers["ETag"]

    first = site.ask("PUT", OTHER, TWO, TURTLE, If_Match=tag)
    late = site.ask("PUT", OTHER, ONE, TURTLE, If_Match=tag)
    fresh = site.client.head(OTHER, headers={"Accept": "application/n-triples"}).headers["ETag"]
    last = site.ask("DELETE", OTHER, If_Match=f'"else-where", {fresh}')

    assert tag.startswith('"')
    assert [first.status_code, late.status_code, last.status_code] == [200, 412, 200]


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_the_tag_of_a_compressed_answer_counts(site: Site, coding: str) -> None:
    """However the graph was sent, its tag says that it was seen, and a write may rest on it."""
    many = " ".join(f"<urn:s> <urn:p> {number} ." for number in range(100))
    site.ask("PUT", OTHER, many, TURTLE)
    seen = site.client.get(OTHER, headers={"Accept-Encoding": coding})
    tag = seen.headers["ETag"]

    again = site.client.get(OTHER, headers={"If-None-Match": tag, "Accept-Encoding": coding})
    response = site.ask("PUT", OTHER, ONE, TURTLE, If_Match=tag)

    assert seen.headers["Content-Encoding"] == coding
    assert (again.status_code, again.headers["ETag"]) == (304, tag)
    assert response.status_code == 200


def test_the_tag_of_a_graph_outlives_writes_to_others(built: Settings, tmp_path: Path) -> None:
    """So many that the release it names is gone: the graph is what it was."""
    site = opened(built, tmp_path / "home", keep_releases=2)
    site.ask("PUT", OTHER, ONE, TURTLE)
    tag = site.client.get(OTHER).headers["ETag"]
    for number in range(3):
        site.ask("PUT", "/graphs?graph=urn:x:else", f"<urn:s> <urn:p> {number} .", TURTLE)

    unchanged = site.client.get(OTHER, headers={"If-None-Match": tag})
    response = site.ask("PUT", OTHER, TWO, TURTLE, If_Match=tag)

    assert (unchanged.status_code, response.status_code) == (304, 200)


@pytest.mark.parametrize("said", ["W/{tag}", '"../../x"', '"nope"', "{other}", '"', ""])
def test_what_is_no_tag_of_the_graph_matches_nothing(site: Site, said: str) -> None:
    """Weak tags, those of another graph, and nonsense: 412 (RFC 9110, 13.1.1)."""
    site.ask("PUT", OTHER, ONE, TURTLE)
    site.ask("PUT", "/graphs?graph=urn:x:else", ONE, TURTLE)
    tag, other = (
        site.client.get(f"/graphs?graph=urn:x:{name}").headers["ETag"] for name in ("notes", "else")
    )

    response = site.ask("PUT", OTHER, TWO, TURTLE, If_Match=said.format(tag=tag, other=other))

    assert response.status_code == 412
    assert _held(site) == _triples(ONE)


def test_a_release_stands_for_its_state_of_the_graph(site: Site) -> None:
    """The release that an answer named may be said in If-Match, since PUT gives no tag."""
    made = site.ask("PUT", OTHER, ONE, TURTLE)
    release = made.headers["Essgraph-Release"]

    first = site.ask("PUT", OTHER, TWO, TURTLE, If_Match=f'"{release}"')
    late = site.ask("PUT", OTHER, ONE, TURTLE, If_Match=f'"{release}"')

    assert "ETag" not in made.headers
    assert (first.status_code, late.status_code) == (200, 412)


def test_existence_may_be_asked_for(site: Site) -> None:
    """If-Match: * wants the graph there, If-None-Match: * wants it absent."""
    absent = site.ask("PUT", OTHER, ONE, TURTLE, If_Match="*")
    made = site.ask("PUT", OTHER, ONE, TURTLE, If_None_Match="*")
    there = site.ask("PUT", OTHER, TWO, TURTLE, If_None_Match="*")
    tag = site.client.get(OTHER).headers["ETag"]
    same = site.ask("PUT", OTHER, TWO, TURTLE, If_None_Match=tag)
    replaced = site.ask("PUT", OTHER, TWO, TURTLE, If_Match="*")

    answers = [absent, made, there, same, replaced]
    assert [response.status_code for response in answers] == [412, 201, 412, 412, 200]


def test_post_tells_the_new_tag(site: Site) -> None:
    """The tag of the answer to a POST is that of the graph as Turtle; PUT may not give one."""
    site.ask("PUT", OTHER, ONE, TURTLE)

    tag = site.ask("POST", OTHER, TWO, TURTLE).headers["ETag"]

    assert site.client.get(OTHER, headers={"If-None-Match": tag}).status_code == 304
    assert site.ask("DELETE", OTHER, If_Match=tag).status_code == 200


def test_a_document_has_a_largest_size(built: Settings, tmp_path: Path) -> None:
    """It may be larger than a query, up to max_body_bytes; more is a 413."""
    site = opened(built, tmp_path / "home", max_body_bytes=2_000_000)

    accepted = site.ask("PUT", OTHER, f"{ONE} # {'-' * 1_500_000}", TURTLE)
    refused = site.ask("PUT", OTHER, f"{ONE} # {'-' * 2_000_000}", TURTLE)

    assert (accepted.status_code, refused.status_code) == (201, 413)


def test_a_form_has_a_largest_size(built: Settings, tmp_path: Path) -> None:
    """All documents of a form together are bounded too."""
    site = opened(built, tmp_path / "home", max_body_bytes=100_000)
    form = {name: (_file(tmp_path, f"{ONE} # {name * 60_000}"), "a.ttl", TURTLE) for name in "ab"}

    response = site.ask("POST", OTHER, form, "multipart/form-data")

    assert response.status_code == 413

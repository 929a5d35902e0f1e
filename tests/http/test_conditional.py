"""Answers that may be kept: tags, 304, and who may keep what."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from essgraph.config import Settings
from essgraph.web import create_app
from tests.http.conftest import Publish

ASK = "ASK { ?s ?p ?o }"
META = "https://w3id.org/essgraph/graph/meta"


def _tag(client: FlaskClient, accept: str = "*/*", **sent: str) -> str:
    answer = client.get("/sparql", query_string={"query": ASK, **sent}, headers={"Accept": accept})
    return answer.headers["ETag"]


def test_a_known_answer_is_not_computed_again(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The tag of an answer gives an empty 304, and no query is run for it."""
    first = client.get("/sparql", query_string={"query": ASK})
    caplog.set_level(logging.INFO)

    again = client.get(
        "/sparql", query_string={"query": ASK}, headers={"If-None-Match": first.headers["ETag"]}
    )

    assert (again.status_code, again.data) == (304, b"")
    assert "query hash=" not in caplog.text
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    assert {"public", "no-cache"} == set(first.headers["Cache-Control"].split(", "))
    assert "Accept" in first.vary


def test_what_makes_an_answer_makes_its_tag(client: FlaskClient) -> None:
    """Another query, graph, part of the dataset, format or media type has another tag."""
    tags = [
        _tag(client),
        _tag(client, query="ASK { ?s ?o ?p }"),
        _tag(client, **{"default-graph-uri": META}),
        _tag(client, **{"named-graph-uri": META}),
        _tag(client, format="xml"),
        _tag(client, accept="application/json"),
    ]

    assert len(set(tags)) == len(tags)


def test_blanks_and_comments_make_no_tag(client: FlaskClient) -> None:
    """The same query, worded with other blanks and comments, is the same answer."""
    worded = _tag(client, query="# Anything?\nASK  {\t?s ?p ?o }\r\n")

    assert worded == _tag(client, query="ASK { ?s ?p ?o }")


def test_caps_that_move_make_every_answer_new(settings: Settings) -> None:
    """An answer under one cap is not the answer under another."""
    few, many = (
        create_app(replace(settings, max_result_rows=rows)).test_client() for rows in (1, 2)
    )

    assert _tag(few) != _tag(many)


def test_the_method_query_has_tags_and_post_has_none(client: FlaskClient) -> None:
    """QUERY asks again as GET does; the answer to a POST is nobody's to keep."""
    tag = _tag(client)

    again = client.open(
        "/sparql", method="QUERY", data={"query": ASK}, headers={"If-None-Match": tag}
    )
    post = client.post("/sparql", data={"query": ASK}, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert post.status_code == 200
    assert "ETag" not in post.headers


@pytest.mark.parametrize("call", ["NOW()", "rand ( )", "UUID()", "STRUUID()", "BNODE()"])
def test_an_answer_of_the_moment_is_not_kept(client: FlaskClient, call: str) -> None:
    """What the next run would answer otherwise has no tag."""
    answer = client.get("/sparql", query_string={"query": f"SELECT ({call} AS ?x) {{}}"})

    assert answer.status_code == 200
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("tags", ["*", '"other"', 'W/"other", "another"', "malformed"])
def test_other_tags_get_the_answer(client: FlaskClient, tags: str) -> None:
    """Only the tag of this very answer spares it."""
    answer = client.get("/sparql", query_string={"query": ASK}, headers={"If-None-Match": tags})

    assert answer.status_code == 200


def test_a_bad_query_has_no_tag(client: FlaskClient) -> None:
    """An error is never kept."""
    answer = client.get("/sparql?query=ASK", headers={"If-None-Match": "*"})

    assert answer.status_code == 400
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_new_release_makes_every_answer_new(
    settings: Settings, publish: Publish, tmp_path: Path
) -> None:
    """The tag of one release is not that of the next."""
    client = create_app(replace(settings, home=tmp_path)).test_client()
    publish(tmp_path, "20260101T000000Z-cccccc")
    tag = _tag(client)
    publish(tmp_path, "20260102T000000Z-dddddd")

    answer = client.get("/sparql", query_string={"query": ASK}, headers={"If-None-Match": tag})

    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag

"""The application on another engine: a real `oxigraph serve`, loaded with tiny.trig."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpcore
import httpx
import pytest
from flask.testing import FlaskClient

from essgraph.config import Settings
from essgraph.web import create_app
from tests.conftest import TINY
from tests.oxigraph_server import oxigraph_serve

UNION = "union-default-graph"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def _load(address: str, content: bytes, media_type: str) -> None:
    sent = {"Content-Type": media_type}
    httpx.post(f"{address}/store", content=content, headers=sent).raise_for_status()


@pytest.fixture(scope="module", name="plain")
def _plain() -> Iterator[str]:
    """Query address of a server with its flags left alone."""
    with oxigraph_serve() as address:
        _load(address, TINY.read_bytes(), "application/trig")
        yield f"{address}/query"


@pytest.fixture(scope="module", name="flagged")
def _flagged() -> Iterator[str]:
    """Query address of a server with --union-default-graph."""
    with oxigraph_serve("--union-default-graph") as address:
        _load(address, TINY.read_bytes(), "application/trig")
        yield f"{address}/query"


@pytest.fixture(name="tiny_release")
def _tiny_release(tmp_path: Path, settings: Settings, publish: Callable[..., Path]) -> Settings:
    """Settings of a home that holds tiny.trig alone, as the engines do."""
    publish(tmp_path, "20260101T000000Z-aaaaaa")
    return replace(settings, home=tmp_path)


def _client(settings: Settings, url: str, parameter: str) -> FlaskClient:
    chosen = replace(settings, store_url=url, store_union_parameter=parameter)
    return create_app(chosen).test_client()


def _number(client: FlaskClient, query: str) -> int:
    response = client.get("/sparql", query_string={"query": query, "format": "csv"})
    assert response.status_code == 200, response.text
    return int(response.text.split()[1])


def test_another_engine_answers_as_our_own(tiny_release: Settings, plain: str) -> None:
    """With the union asked for by query, page, count and FROM are those of our own store."""
    own = create_app(tiny_release).test_client()
    remote = _client(tiny_release, plain, UNION)
    one_graph = COUNT.replace("WHERE", "FROM <graph/territories> WHERE")

    page = remote.get("/page/commune/05065")
    assert page.status_code == 200
    assert page.data == own.get("/page/commune/05065").data
    assert _number(remote, COUNT) == _number(own, COUNT)
    assert 0 < _number(remote, one_graph) == _number(own, one_graph) < _number(own, COUNT)
    assert remote.get("/data/commune/05065").status_code == 200


def test_an_engine_without_the_union_is_refused(
    tiny_release: Settings, plain: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Rather than find nothing anywhere, the server is not ready, and the log says what to set."""
    client = _client(tiny_release, plain, "")

    assert client.get("/readyz").status_code == 500
    assert client.get("/page/commune/05065", headers={"Accept": "text/html"}).status_code == 500
    assert "is not the union of its named graphs" in caplog.text
    assert "store_union_parameter" in caplog.text


@pytest.mark.parametrize("parameter", ["", UNION])
def test_an_engine_that_overrides_from_is_refused(
    tiny_release: Settings, flagged: str, parameter: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Oxigraph's own flag makes FROM mean nothing: no answer rather than a wrong one."""
    client = _client(tiny_release, flagged, parameter)

    assert client.get("/readyz").status_code == 500
    assert "does not heed FROM: for Oxigraph, leave out --union-default-graph" in caplog.text


def test_an_engine_without_our_graphs_is_refused(
    tiny_release: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Triples loaded without their named graphs are not a release."""
    with oxigraph_serve() as address:
        httpx.post(
            f"{address}/store?default",
            content=b"<urn:s> <urn:p> 1 .",
            headers={"Content-Type": "text/turtle"},
        ).raise_for_status()
        client = _client(tiny_release, f"{address}/query", UNION)

        assert client.get("/readyz").status_code == 500
    assert "does not hold the graph <https://w3id.org/essgraph/graph/meta>" in caplog.text


def test_an_engine_that_is_away_is_told_as_unavailable(tiny_release: Settings) -> None:
    """Without connection the answer is 503, and comes back by itself."""
    client = _client(tiny_release, "http://127.0.0.1:9/query", UNION)

    assert client.get("/readyz").status_code == 503


def test_an_engine_may_bound_an_answer_too(tiny_release: Settings, plain: str) -> None:
    """What comes from the engine is bounded as what goes to the visitor is."""
    client = _client(replace(tiny_release, max_result_bytes=2_000), plain, UNION)

    response = client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o }"})

    assert response.status_code == 403
    assert response.get_json(force=True)["title"] == "Answer too large"


def test_connections_are_closed_with_the_release(
    tiny_release: Settings, plain: str, publish: Callable[..., Path]
) -> None:
    """When the pointer moves on, the old release's connections are given back."""
    gc.collect()
    others = _pools()
    client = _client(tiny_release, plain, UNION)
    client.get("/readyz")
    (pool,) = [found for found in _pools() if found not in others]
    before = len(pool.connections)
    publish(tiny_release.home, "20260202T000000Z-bbbbbb")

    client.get("/readyz")
    gc.collect()

    assert (before, len(pool.connections)) == (1, 0)


def _pools() -> list[httpcore.ConnectionPool]:
    """The pools of connections that httpx holds in this process."""
    return [found for found in gc.get_objects() if type(found) is httpcore.ConnectionPool]

"""The store contract on both engines, and what each does by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from essgraph.errors import AnswerTooLarge, ConfigError, QueryError, QueryTimeout, StoreUnavailable
from essgraph.store.embedded import EmbeddedStore
from essgraph.store.remote import RemoteStore
from tests.oxigraph_server import oxigraph_serve
from tests.unit.store_contract import ALL, ONE, E, GraphStoreContract

NOWHERE = "http://127.0.0.1:9/sparql"


class TestEmbedded(GraphStoreContract):
    """The contract on Oxigraph in memory."""

    @pytest.fixture(name="store")
    def _store(self) -> EmbeddedStore:
        return EmbeddedStore(base_iri=E)


class TestRemote(GraphStoreContract):
    """The contract over HTTP, on the real server of PyPI's `oxigraph`."""

    @pytest.fixture(name="store")
    def _store(self, server: str) -> Iterator[RemoteStore]:
        httpx.post(f"{server}/update", data={"update": "DROP ALL"}).raise_for_status()
        store = RemoteStore(
            f"{server}/query",
            graph_store_url=f"{server}/store",
            base_iri=E,
            union_parameter="union-default-graph",
        )
        yield store
        store.close()


@pytest.fixture(scope="module", name="server")
def _server() -> Iterator[str]:
    """Address of an empty `oxigraph serve`."""
    with oxigraph_serve() as address:
        yield address


def test_service_is_refused_by_the_store() -> None:
    """No query makes the embedded engine send a request."""
    with pytest.raises(QueryError, match="SERVICE"):
        EmbeddedStore().query(f"SELECT * WHERE {{ SERVICE <{NOWHERE}> {{ ?s ?p ?o }} }}")


def test_open_missing_directory(tmp_path: Path) -> None:
    """A store that is not there is unavailable, and named."""
    with pytest.raises(StoreUnavailable, match="absent"):
        EmbeddedStore.open(tmp_path / "absent")


def test_build_then_serve(tmp_path: Path) -> None:
    """What one store bulk-loads, another reads without writing."""
    part = tmp_path / "part.nt"
    part.write_text(f"<{E}s> <{E}p> 'x' .\n".replace("'", '"'), "utf-8")
    writer = EmbeddedStore.open(tmp_path / "db", read_only=False)
    writer.bulk_load(part, ONE, lenient=True)
    writer.finish()
    writer.close()
    reader = EmbeddedStore.open(tmp_path / "db")

    assert reader.size(ONE) == 1
    with pytest.raises(StoreUnavailable):
        reader.load(b"", RdfFormat.TURTLE, ONE)


def test_bulk_load_of_bad_file(tmp_path: Path) -> None:
    """A malformed file is told by name and line."""
    part = tmp_path / "part.nt"
    part.write_text(f"<{E}s> <{E}p> oops .\n", "utf-8")
    with pytest.raises(QueryError, match=r"part\.nt: .*line 1"):
        EmbeddedStore().bulk_load(part, ONE)


def test_closed_store_is_unavailable() -> None:
    """A closed store says so rather than crash."""
    store = EmbeddedStore()
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.select(ALL)


def test_answer_outlives_close() -> None:
    """An answer being read keeps the engine, so a swap of releases breaks no request."""
    engine = Store()
    engine.load(f"<{E}s> <{E}p> 1 .".encode(), RdfFormat.TURTLE, to_graph=ONE)
    store = EmbeddedStore(engine)
    del engine
    found = store.query(ALL)
    store.close()

    assert len(list(found)) == 1  # type: ignore[arg-type]


def _answering(response: httpx.Response) -> RemoteStore:
    return RemoteStore(NOWHERE, transport=httpx.MockTransport(lambda _: response), max_bytes=100)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, QueryError),
        (404, QueryError),
        (500, QueryError),
        (502, StoreUnavailable),
        (503, StoreUnavailable),
        (504, QueryTimeout),
        (302, StoreUnavailable),
    ],
)
def test_status_becomes_our_error(status: int, error: type[Exception]) -> None:
    """The engine's status decides whose fault it is, and its text is kept."""
    store = _answering(httpx.Response(status, text="the engine says no"))
    with pytest.raises(error, match="the engine says no"):
        store.select(ALL)


def test_unknown_format_is_refused() -> None:
    """An answer in a format that was not asked for is not guessed at."""
    with pytest.raises(StoreUnavailable, match="text/html"):
        _answering(httpx.Response(200, html="<p>hello")).select(ALL)


def test_cut_answer_is_an_error() -> None:
    """Half an answer is never taken for a whole one."""
    headers = {"Content-Type": "application/sparql-results+json"}
    cut = httpx.Response(200, headers=headers, text='{"head":{"vars":["s"]},"results":{"bind')
    with pytest.raises(QueryError):
        _answering(cut).select(ALL)


def test_large_answer_is_refused() -> None:
    """An answer over the bound is refused, not held in memory."""
    with pytest.raises(AnswerTooLarge, match="larger than 100 bytes"):
        _answering(httpx.Response(200, text="x" * 101)).select(ALL)


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (httpx.ConnectError("refused"), StoreUnavailable),
        (httpx.ConnectTimeout("no route"), StoreUnavailable),
        (httpx.ReadTimeout("slow"), QueryTimeout),
        (httpx.RemoteProtocolError("broke off"), StoreUnavailable),
    ],
)
def test_connection_failure(failure: httpx.HTTPError, error: type[Exception]) -> None:
    """A network that fails is told as unavailable, one that is slow as a timeout."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise failure

    store = RemoteStore(NOWHERE, transport=httpx.MockTransport(fail))
    with pytest.raises(error, match=r"127\.0\.0\.1"):
        store.select(ALL)


def test_union_parameter_is_left_out_with_from() -> None:
    """The engine is asked for the union only when the query names no dataset."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        headers = {"Content-Type": "application/sparql-results+json"}
        return httpx.Response(200, headers=headers, json={"head": {}, "boolean": True})

    transport = httpx.MockTransport(answer)
    store = RemoteStore(NOWHERE, transport=transport, union_parameter="union")
    store.ask("ASK {}")
    store.ask(f"ASK FROM <{ONE.value}> {{}}")

    assert ["union" in request.url.params for request in seen] == [True, False]


def test_load_needs_an_address() -> None:
    """A remote store without Graph Store address says which setting is missing."""
    with pytest.raises(ConfigError, match="Graph Store"):
        RemoteStore(NOWHERE).load(b"", RdfFormat.TURTLE, NamedNode(E))


def test_both_count_alike() -> None:
    """A triple in two graphs counts in each."""
    store = EmbeddedStore()
    for graph in (ONE, NamedNode(E + "graph/2")):
        store.load(f"<{E}s> <{E}p> 1 .".encode(), RdfFormat.TURTLE, graph)

    assert store.size() == 2
    assert store.select("SELECT ?o WHERE { ?s ?p ?o }").rows[0] == (Literal(1),)

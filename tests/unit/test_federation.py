"""SERVICE and LOAD to allowed addresses: what they answer, and that nothing else is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

import httpx
import pyoxigraph as ox
import pytest

from essgraph.errors import QueryError, SourceError
from essgraph.federation import Federation
from essgraph.federation.forwarder import MAX_REQUESTS, Forwarder

XML = "application/sparql-results+xml"
Headers: TypeAlias = dict[str, str]


def results(cell: str) -> bytes:
    """SPARQL results in XML with one cell, ?x."""
    return (
        '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>'
        '<variable name="x"/></head><results><result><binding name="x">'
        f"{cell}</binding></result></results></sparql>"
    ).encode()


HELLO = results("<literal>hello</literal>")


@dataclass
class Endpoint:
    """A server on this machine that answers as a test tells it, and keeps what it was asked."""

    status: int = 200
    headers: Headers = field(default_factory=lambda: {"Content-Type": XML})
    body: bytes = HELLO
    asked: list[tuple[str, str, Headers, str]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    slow: bool = False
    port: int = 0

    @property
    def url(self) -> str:
        """The address that is allowed in these tests."""
        return f"http://127.0.0.1:{self.port}/sparql"


@pytest.fixture(name="endpoint")
def _endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            endpoint.asked.append((self.command, self.path, dict(self.headers), sent))
            if endpoint.slow:
                endpoint.ended.wait(10)
                return
            self.send_response(endpoint.status)
            for name, value in endpoint.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(endpoint.body)

        do_GET = do_POST  # noqa: N815 - the name http.server looks for

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield endpoint
    endpoint.ended.set()
    server.shutdown()
    thread.join()
    server.server_close()


def federated(endpoint: Endpoint, timeout_s: float = 5.0, max_bytes: int = 100_000) -> Federation:
    """A federation that may ask the endpoint, and load from it."""
    return Federation(
        [endpoint.url],
        [endpoint.url],
        timeout_s=timeout_s,
        max_bytes=max_bytes,
        contact="https://graph.example/",
    )


class Failed(Exception):
    """What the engine said of a query that failed, as a user is told."""


def _solutions(query: str) -> ox.QuerySolutions:
    found = ox.Store().query(query)
    assert isinstance(found, ox.QuerySolutions)
    return found


def run(federation: Federation, query: str) -> list[str]:
    """The values of ?x that the engine answers."""
    prepared = federation.prepare(query)
    try:
        # Nothing may keep the answer: it must not be dropped by another thread.
        return [row[0].value for row in _solutions(prepared) if row[0] is not None]
    except (OSError, RuntimeError) as error:
        said = federation.told(str(error))
    raise Failed(said)


@pytest.mark.parametrize("silent", ["", "SILENT ", "silent#<http://e.example/>\n"])
def test_an_allowed_service_answers(endpoint: Endpoint, silent: str) -> None:
    """SERVICE and SERVICE SILENT bring back what the endpoint has, asked politely."""
    with federated(endpoint) as federation:
        found = run(federation, f"SELECT ?x {{ SERVICE {silent}<{endpoint.url}> {{ ?x ?y ?z }} }}")

    (method, path, headers, sent), *more = endpoint.asked
    assert (found, more) == (["hello"], [])
    assert (method, path, sent) == ("POST", "/sparql", "SELECT * WHERE { ?x ?y ?z . }")
    assert headers["Host"] == f"127.0.0.1:{endpoint.port}"
    assert headers["User-Agent"].startswith("essgraph/")
    assert headers["User-Agent"].endswith("(+https://graph.example/)")
    assert (headers["Accept"], headers["Accept-Encoding"]) == (XML, "identity")


def test_a_service_in_a_service_keeps_its_address(endpoint: Endpoint) -> None:
    """The endpoint is asked for the inner SERVICE by the address that the query has."""
    inner = f"SERVICE <{endpoint.url}> {{ ?x ?y ?w }}"
    with federated(endpoint) as federation:
        run(federation, f"SELECT ?x {{ SERVICE <{endpoint.url}> {{ ?x ?y ?z {inner} }} }}")

    assert [f"SERVICE <{endpoint.url}>" in sent for *_, sent in endpoint.asked] == [True]


@pytest.mark.parametrize(
    "written",
    [
        "<{scheme}://127.0.0.1:{port}/sparql/>",
        "<{scheme}://127.0.0.1:{port}/sparql?>",
        "<{scheme}://127.0.0.1:{port}/sparql#>",
        "<{scheme}://127.0.0.1:{port}/%73parql>",
        "<{scheme}://127.0.0.1:{port}/x/../sparql>",
        "<{scheme}://127.0.0.1:{port}/\\u0073parql>",
        "<\\u0068ttp://127.0.0.1:{port}/sparql>",
        "<{scheme}://localhost:{port}/sparql>",
        "<{scheme}://127.0.0.1.:{port}/sparql>",
        "<{scheme}://127.1:{port}/sparql>",
        "<{scheme}://2130706433:{port}/sparql>",
        "<{scheme}://[::ffff:127.0.0.1]:{port}/sparql>",
        "<HTTP://127.0.0.1:{port}/sparql>",
        "<https://127.0.0.1:{port}/sparql>",
        "<{scheme}://127.0.0.1/sparql>",
        "<{scheme}://127.0.0.1:{port}@127.0.0.1:{port}/sparql>",
        "<{scheme}://u:p@127.0.0.1:{port}/sparql>",
        "<//127.0.0.1:{port}/sparql>",
        "<sparql>",
        "a:sparql",
        "a:",
        "?where",
        "$where",
    ],
)
@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_only_the_very_address_is_allowed(endpoint: Endpoint, written: str, silent: str) -> None:
    """Another spelling, host, port or scheme is another address; nothing is resolved."""
    target = written.format(scheme="http", port=endpoint.port)
    prologue = (
        f"BASE <http://127.0.0.1:{endpoint.port}/> PREFIX a: <http://127.0.0.1:{endpoint.port}/>"
    )
    query = (
        f"{prologue}\nASK {{ VALUES ?where {{ <{endpoint.url}> }} SERVICE {silent}{target} {{}} }}"
    )

    with federated(endpoint) as federation, pytest.raises(QueryError, match=r"line 2: .*SERVICE"):
        federation.prepare(query)

    assert endpoint.asked == []


def test_the_allowed_are_named() -> None:
    """Who asks elsewhere is told where they may ask."""
    allowed = Federation(["https://b.example/sparql", "https://a.example/sparql"])
    with pytest.raises(QueryError, match=r"only for <https://a\.example/sparql>, <https://b\."):
        allowed.prepare("ASK { SERVICE <https://c.example/sparql> {} }")


@pytest.mark.parametrize(
    "text", ["ASK { SERVICE <https://a.example/> {} }", "LOAD <https://a.example/>"]
)
def test_nothing_is_allowed_by_default(text: str) -> None:
    """Without addresses, SERVICE and LOAD are refused with line and text."""
    with pytest.raises(
        QueryError, match=r"line 1: .* is not allowed here for <https://a\.example/>"
    ):
        Federation().prepare_update(text)


def _answers(**changed: object) -> Callable[[Endpoint], None]:
    def change(endpoint: Endpoint) -> None:
        for name, value in changed.items():
            setattr(endpoint, name, value)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_answers(status=302, headers={"Location": "/other"}), "HTTP 302"),
        (_answers(status=500), "HTTP 500"),
        (_answers(headers={"Content-Type": "text/html"}), "answered 'text/html'"),
        (_answers(headers={"Content-Type": XML, "Content-Encoding": "gzip"}), "packed"),
        (_answers(body=HELLO + b" " * 100_000), "more than 100000 bytes"),
        (_answers(body=HELLO[:200]), "malformed results"),
        (_answers(body=results("<uri>no iri</uri>")), "malformed results"),
        (
            _answers(
                body=results(
                    "<triple><subject><uri>u:x</uri></subject><predicate><uri>u:x</uri>"
                    "</predicate><object><uri>u:x</uri></object></triple>"
                )
            ),
            "a triple as a term",
        ),
        (
            _answers(body=HELLO[: HELLO.index(b"<results>")] + b"<boolean>true</boolean></sparql>"),
            "answered no solutions",
        ),
        (_answers(slow=True), "no answer in 0.2 s"),
    ],
)
def test_a_bad_answer_is_an_error(
    endpoint: Endpoint, change: Callable[[Endpoint], None], said: str
) -> None:
    """It fails the query with its reason and the address as written; SILENT lets it pass."""
    change(endpoint)
    query = f"SELECT ?x {{ SERVICE <{endpoint.url}> {{ ?x ?y ?z }} }}"

    with federated(endpoint, timeout_s=0.2 if endpoint.slow else 5.0) as federation:
        with pytest.raises(Failed) as raised:
            run(federation, query)
        told = str(raised.value)
        quiet = run(federation, query.replace("SERVICE", "SERVICE SILENT"))

    assert said in told
    assert f"by {endpoint.url} " in told
    assert (quiet, {path for _, path, *_ in endpoint.asked}) == ([], {"/sparql"})


@pytest.mark.parametrize("exists", ["EXISTS", "NOT\nexists", "?xEXISTS", "(true&&EXISTS"])
def test_a_service_is_not_asked_for_each_row(endpoint: Endpoint, exists: str) -> None:
    """Inside EXISTS it is refused: the engine takes its failure for an answer."""
    service = f"SERVICE SILENT <{endpoint.url}> {{ ?x ?y ?z }}"
    with federated(endpoint) as federation, pytest.raises(QueryError, match="inside EXISTS"):
        federation.prepare(f"ASK {{ VALUES ?x {{ 1 }} FILTER {exists} {{ {{ {service} }} }} }}")


def test_after_exists_a_service_is_asked(endpoint: Endpoint) -> None:
    """Only what is inside the braces of EXISTS is."""
    service = f"SERVICE <{endpoint.url}> {{ ?x ?y ?z }}"
    query = f"SELECT ?x {{ FILTER NOT EXISTS {{ {{ ?a ?b ?c }} }} {service} }}"
    with federated(endpoint) as federation:
        found = run(federation, query)

    assert found == ["hello"]


def test_an_address_of_ours_serves_a_few_requests() -> None:
    """However often the engine asks, an endpoint is asked a few times for one SERVICE."""
    asked: list[str] = []

    def ask(endpoint: str, query: str) -> bytes:
        asked.append(endpoint + query)
        return b"good"

    forwarder = Forwarder(ask)
    address = forwarder.address("https://far.example/")

    statuses = [httpx.post(address, content="é").status_code for _ in range(MAX_REQUESTS + 2)]
    elsewhere = httpx.post(address + "x", content="").status_code
    forwarder.close()

    assert statuses == [200] * MAX_REQUESTS + [429, 429]
    assert (elsewhere, asked) == (404, ["https://far.example/é"] * MAX_REQUESTS)


def test_closing_ends_what_waits(endpoint: Endpoint) -> None:
    """A query that waits for an endpoint fails when the federation is closed."""
    endpoint.slow = True
    federation = federated(endpoint)
    said: list[str] = []

    def ask() -> None:
        try:
            run(federation, f"SELECT ?x {{ SERVICE <{endpoint.url}> {{ ?x ?y ?z }} }}")
        except Failed as error:
            said.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    while not endpoint.asked:
        thread.join(0.01)
    federation.close()
    thread.join(5)

    assert not thread.is_alive()
    assert "we stopped before the answer was there" in said[0]


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1"])
def test_a_name_that_means_this_network_is_not_asked(endpoint: Endpoint, host: str) -> None:
    """Over http a host that is no plain number must not lead to a machine that is not public."""
    url = f"http://{host}:{endpoint.port}/"
    refused = pytest.raises(SourceError, match=r"127\.0\.0\.1, which is not a public address")
    with Federation(documents=[url]) as federation, refused:
        federation.load(url)

    assert endpoint.asked == []


def test_an_endpoint_can_be_answered_from_here() -> None:
    """What answers in place of the network is asked the engine's query, and is enough."""
    asked: list[str] = []

    def answer(query: str) -> bytes:
        asked.append(query)
        return HELLO

    url = "https://far.example/sparql"
    with Federation(local={url: answer}) as federation:
        found = run(federation, f"SELECT ?x {{ SERVICE <{url}> {{ ?x ?y 'é' }} }}")

    assert (found, asked) == (["hello"], ['SELECT * WHERE { ?x ?y "é" . }'])


def test_lines_and_columns_stay() -> None:
    """What replaces a long enough address is as long, so errors keep their place."""
    url = "https://far.example/a/rather/long/address/of/an/endpoint/sparql"
    query = f"ASK {{\n SERVICE <{url}> {{}} oops }}"
    with Federation([url]) as federation:
        prepared = federation.prepare(query)

    assert [len(line) for line in prepared.split("\n")] == [len(line) for line in query.split("\n")]
    assert url not in prepared


def test_other_queries_are_left_alone() -> None:
    """Without SERVICE a query is what it was, and no server is started."""
    query = "SELECT ?service { ?service a <https://schema.org/Service> }"
    with Federation(["https://far.example/sparql"]) as federation:
        prepared = federation.prepare(query)

    assert prepared is query
    assert not any(thread.name == "federation" for thread in threading.enumerate())


TURTLE = b'@prefix e: <http://e.example/> . e:a e:b "x\\"}; DROP ALL #", [ e:c <rel> ] .'


def _loaded(federation: Federation, update: str) -> set[str]:
    store = ox.Store()
    store.update("INSERT DATA { <urn:kept> <urn:kept> <urn:kept> }")
    store.update(federation.prepare_update(update))
    return {f"{quad.graph_name} {quad.predicate}" for quad in store}


@pytest.mark.parametrize(
    ("update", "graph"),
    [
        ("LOAD <{url}>", "DEFAULT"),
        ("load silent <{url}>;", "DEFAULT"),
        ("LOAD <{url}> INTO GRAPH <urn:g>", "<urn:g>"),
        ("PREFIX g: <urn:> LOAD<{url}>into graph g:g ; INSERT DATA {{ }}", "<urn:g>"),
    ],
)
def test_an_allowed_document_is_loaded(endpoint: Endpoint, update: str, graph: str) -> None:
    """LOAD puts the triples where it says, whatever text is in them, and nothing else."""
    endpoint.headers, endpoint.body = {"Content-Type": "text/turtle; charset=utf-8"}, TURTLE
    with federated(endpoint) as federation:
        found = _loaded(federation, update.format(url=endpoint.url))

    assert found == {
        "DEFAULT <urn:kept>",
        f"{graph} <http://e.example/b>",
        f"{graph} <http://e.example/c>",
    }
    assert [(method, sent) for method, _, _, sent in endpoint.asked] == [("GET", "")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_answers(headers={"Content-Type": "text/html"}), "'text/html' is none of text/turtle"),
        (_answers(headers={"Content-Type": "text/plain"}), "'text/plain' is none of"),
        (_answers(headers={"Content-Type": "text/turtle"}, body=b"<a> <b>"), "sparql: "),
        (_answers(status=301, headers={"Location": "/other"}), "HTTP 301"),
    ],
)
def test_a_bad_document_is_an_error(
    endpoint: Endpoint, change: Callable[[Endpoint], None], said: str
) -> None:
    """It fails the update before anything is done; LOAD SILENT then adds nothing."""
    change(endpoint)
    with federated(endpoint) as federation:
        with pytest.raises(SourceError, match=said):
            federation.prepare_update(f"LOAD <{endpoint.url}>")
        found = _loaded(federation, f"LOAD SILENT <{endpoint.url}>")

    assert found == {"DEFAULT <urn:kept>"}
    assert {path for _, path, *_ in endpoint.asked} == {"/sparql"}


def test_only_allowed_documents_are_loaded(endpoint: Endpoint) -> None:
    """An endpoint of SERVICE is no document of LOAD, nor the other way round."""
    with Federation([endpoint.url], ["https://a.example/"]) as federation:
        with pytest.raises(QueryError, match="LOAD is not allowed here for"):
            federation.prepare_update(f"LOAD <{endpoint.url}>")
        with pytest.raises(QueryError, match="SERVICE is not allowed here for"):
            federation.prepare("ASK { SERVICE <https://a.example/> {} }")
        with pytest.raises(QueryError, match="LOAD is not allowed here for"):
            federation.load(endpoint.url)

    assert endpoint.asked == []


def test_an_update_may_ask_a_service(endpoint: Endpoint) -> None:
    """SERVICE in the WHERE of an update is asked as in a query."""
    store = ox.Store()
    where = f"SERVICE <{endpoint.url}> {{ ?x ?y ?z }}"
    with federated(endpoint) as federation:
        store.update(
            federation.prepare_update(f"INSERT {{ <urn:s> <urn:p> ?x }} WHERE {{ {where} }}")
        )

    assert [quad.object for quad in store] == [ox.Literal("hello")]

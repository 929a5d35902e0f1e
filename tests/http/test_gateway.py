"""Queries through a real server: cut answers, codings, kept answers, methods, bodies."""

from __future__ import annotations

import csv
import gzip
import io
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO

import brotli  # type: ignore[import-untyped]  # publishes no types
import httpx
import pytest
import zstandard
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from essgraph.config import Settings
from tests.http.conftest import Publish
from tests.http.serving import serving

ROWS = 3_000
LONG = "x" * 400
NUMBERS = " ".join(f'"{number} }}}},{{\\"\\n{LONG}"' for number in range(60))
PAIRS = f"VALUES ?x {{ {NUMBERS} }} VALUES ?y {{ {NUMBERS} }}"
TABLE = f"SELECT ?x ?y {{ {PAIRS} }}"
GRAPH = f"CONSTRUCT {{ <urn:a> <urn:b> ?z }} {{ {PAIRS} BIND(CONCAT(?x, ?y) AS ?z) }}"
SHORT = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 40"
FORM = "application/x-www-form-urlencoded"
TRUNCATED = "essgraph-truncated"


def _unzstd(body: bytes) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(BytesIO(body)).read()


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": _unzstd,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "": bytes,
}


@pytest.fixture(name="site", scope="module")
def _site(settings: Settings) -> Iterator[httpx.Client]:
    with (
        serving(settings, max_result_rows=ROWS, query_processes=2) as (address, _),
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        client.headers.pop("accept-encoding")
        yield client


def _ask(
    site: httpx.Client, query: str, accept: str, coding: str = "", method: str = "POST"
) -> tuple[httpx.Headers, bytes]:
    """Headers and decoded body of an answer."""
    sent = {"accept": accept, "accept-encoding": coding or "identity", "content-type": FORM}
    body = str(httpx.QueryParams({"query": query})).encode()
    with site.stream(method, "/sparql", content=body, headers=sent) as answer:
        assert answer.status_code == 200
        return answer.headers, DECODERS[coding](b"".join(answer.iter_raw()))


@pytest.mark.parametrize("coding", DECODERS)
@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ("application/sparql-results+json", QueryResultsFormat.JSON),
        ("application/sparql-results+xml", QueryResultsFormat.XML),
    ],
)
def test_a_cut_table_says_so_and_parses(
    site: httpx.Client, coding: str, accept: str, format: QueryResultsFormat
) -> None:
    """3,600 rows, megabytes long, are cut after 3,000: told by header and document."""
    headers, body = _ask(site, TABLE, accept, coding)

    found = parse_query_results(body, format)
    assert isinstance(found, QuerySolutions)
    assert sum(1 for _ in found) == ROWS
    assert headers[TRUNCATED] == f"rows={ROWS}"
    assert f"rows={ROWS}".encode() in body
    assert headers.get("content-encoding", "") == coding
    assert len(body) > 2_000_000


@pytest.mark.parametrize("coding", ["", "zstd"])
def test_a_cut_csv_ends_with_a_line_of_its_own(site: httpx.Client, coding: str) -> None:
    """Line feeds inside values are no ends of rows."""
    headers, body = _ask(site, TABLE, "text/csv", coding)

    rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
    assert len(rows) == 1 + ROWS + 1
    assert all(len(row) == 2 for row in rows[:-1])
    assert rows[-1] == [f"# truncated: rows={ROWS}"]
    assert headers[TRUNCATED] == f"rows={ROWS}"


def test_a_cut_graph_says_so_and_parses(site: httpx.Client) -> None:
    """A graph is cut after whole triples, with a comment at its end."""
    headers, body = _ask(site, GRAPH, "application/n-triples")

    assert sum(1 for _ in parse(body, RdfFormat.N_TRIPLES)) == ROWS
    assert body.endswith(f"# truncated: rows={ROWS}\n".encode())
    assert headers[TRUNCATED] == f"rows={ROWS}"


def test_a_whole_answer_says_nothing(site: httpx.Client) -> None:
    """Exactly as many rows as may be are whole."""
    headers, body = _ask(site, f"{TABLE} LIMIT {ROWS}", "application/sparql-results+json")

    assert TRUNCATED not in headers
    assert "truncated" not in json.loads(body)


def test_head_is_get_without_the_body(site: httpx.Client) -> None:
    """Status and headers are those of GET, the cut and the length too."""
    query = f"SELECT ?a {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {ROWS + 1}"
    sent = {"accept-encoding": "identity"}

    head = site.head("/sparql", params={"query": query}, headers=sent)
    get = site.get("/sparql", params={"query": query}, headers=sent)

    told = ("content-type", "content-length", "etag", "vary", "cache-control", TRUNCATED)
    assert (head.status_code, head.content) == (200, b"")
    assert [head.headers.get(name) for name in told] == [get.headers.get(name) for name in told]
    assert head.headers[TRUNCATED] == f"rows={ROWS}"
    assert int(get.headers["content-length"]) == len(get.content)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br", "br"),
        ("zstd;q=0, gzip", "gzip"),
        ("*", "zstd"),
        ("*;q=0, identity", ""),
        ("identity", ""),
        ("deflate", ""),
        ("ZSTD", "zstd"),
        ("", ""),
    ],
)
def test_the_coding_is_one_that_is_accepted(site: httpx.Client, accepted: str, coding: str) -> None:
    """The best of those not refused; caches are told that it was chosen."""
    sent = {"accept-encoding": accepted}
    with site.stream("GET", "/sparql", params={"query": SHORT}, headers=sent) as answer:
        body = DECODERS[coding](b"".join(answer.iter_raw()))

    assert answer.headers.get("content-encoding", "") == coding
    assert len(json.loads(body)["results"]["bindings"]) == 40
    assert "accept-encoding" in answer.headers["vary"].lower()


def test_a_tag_holds_whatever_the_coding(site: httpx.Client) -> None:
    """The tag is weak: a client that took gzip revalidates with zstd, or by QUERY."""
    query = {"query": SHORT + " # tag"}
    first = site.get("/sparql", params=query, headers={"accept-encoding": "gzip"})
    known = {"if-none-match": first.headers["etag"], "accept-encoding": "zstd"}

    again = site.get("/sparql", params=query, headers=known)
    asked = site.request("QUERY", "/sparql", data=query, headers=known)

    assert first.headers["etag"].startswith('W/"')
    assert [again.status_code, asked.status_code] == [304, 304]
    assert again.content == b""
    assert "content-length" not in again.headers


def test_every_way_of_asking_gives_one_answer(site: httpx.Client) -> None:
    """GET, both POSTs and both QUERYs."""
    direct = {"content": SHORT.encode(), "headers": {"content-type": "application/sparql-query"}}

    answers = [
        site.get("/sparql", params={"query": SHORT}),
        site.post("/sparql", data={"query": SHORT}),
        site.post("/sparql", **direct),  # type: ignore[arg-type]
        site.request("QUERY", "/sparql", data={"query": SHORT}),
        site.request("QUERY", "/sparql", **direct),  # type: ignore[arg-type]
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_others_may_ask_from_their_pages(site: httpx.Client) -> None:
    """A preflight tells the methods, and any answer may be read, errors too."""
    sent = {"origin": "https://e.example", "access-control-request-method": "QUERY"}
    preflight = site.options("/sparql", headers=sent)
    answers = [site.get("/sparql", params={"query": query}) for query in (SHORT, "bad")]

    assert "QUERY" in preflight.headers["access-control-allow-methods"]
    assert [answer.headers["access-control-allow-origin"] for answer in answers] == ["*", "*"]
    assert TRUNCATED in answers[0].headers["access-control-expose-headers"].lower()


def test_another_method_is_refused(site: httpx.Client) -> None:
    """405, with those that are read."""
    answer = site.put("/sparql", content=b"ASK {}")

    assert answer.status_code == 405
    assert {"GET", "HEAD", "POST", "QUERY"} <= set(answer.headers["allow"].split(", "))


def test_too_large_a_body_is_refused(site: httpx.Client) -> None:
    """More than a megabyte of query is a 413 in our words."""
    answer = site.post("/sparql", data={"query": "ASK {} #" + "x" * 1_100_000})

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_slow_bodies_hold_no_thread(site: httpx.Client) -> None:
    """Forty requests whose bodies do not come leave pages and queries to others."""
    address = (site.base_url.host, site.base_url.port or 0)
    head = b"POST /queries HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nquery="
    with ExitStack() as open_ones:
        for _ in range(40):
            slow = open_ones.enter_context(socket.create_connection(address, timeout=20))
            slow.sendall(head)
        page = site.get("/", headers={"accept": "text/html"}, timeout=10)
        answer = site.get("/sparql", params={"query": SHORT}, timeout=10)

    assert [page.status_code, answer.status_code] == [200, 200]


def test_what_a_moment_gives_is_never_kept(site: httpx.Client) -> None:
    """Two runs of UUID() differ, by GET in the very same words."""
    query = {"query": "SELECT (STRUUID() AS ?x) {}"}

    first, second = (site.get("/sparql", params=query) for _ in range(2))

    assert first.content != second.content
    assert "etag" not in first.headers
    assert first.headers["cache-control"] == "no-store"


def test_a_new_release_never_answers_from_the_old(
    settings: Settings, publish: Publish, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever was kept or revalidated, by two processes, is of the release that is current."""
    home = tmp_path_factory.mktemp("switched")
    publish(home, "20260101T000000Z-eeeeee")
    queries = [
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT ?o { <urn:x:new> <urn:x:p> ?o }",
    ]
    switched = Settings(home=home, queries_dir=settings.queries_dir)
    with (
        serving(switched, workers=2, query_processes=1) as (address, _),
        httpx.Client(base_url=address, timeout=60) as client,
    ):

        def answers(**known: str) -> list[httpx.Response]:
            sent = {"connection": "close", "accept": "text/csv"}  # either process may answer
            return [
                client.get(
                    "/sparql",
                    params={"query": query},
                    headers=sent | ({"if-none-match": known[query]} if known else {}),
                )
                for query in queries
            ]

        for _ in range(6):
            old = answers()
        tags = {answer.url.params["query"]: answer.headers["etag"] for answer in old}
        publish(home, "20260102T000000Z-ffffff", "GRAPH <urn:x:g> { <urn:x:new> <urn:x:p> 1 }")
        new = [answers(**tags) for _ in range(6)]

    assert [answer.status_code for found in new for answer in found] == [200] * 12
    count = int(old[0].text.split()[1])
    assert {(first.text, second.text) for first, second in new} == {
        (f"n\r\n{count + 1}\r\n", "o\r\n1\r\n")
    }

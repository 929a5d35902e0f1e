"""Queries of a real server that last too long, take too much, crash or are not wanted any more."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from os import kill
from pathlib import Path

import httpx
import pytest

from essgraph.config import Settings
from essgraph.store import running
from essgraph.store.running import Running
from tests.http.serving import serving

WITHIN_S = 20
CLIENT = httpx.Timeout(60)
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a != ?d) }"
GREEDY = "SELECT (COUNT(?x) AS ?n) { { SELECT DISTINCT ?a ?d ?g (STRUUID() AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } } }"  # noqa: E501
LOOK_UP = "SELECT ?p ?o { <https://w3id.org/essgraph/id/commune/05065> ?p ?o }"
QUICK = "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/essgraph/ontology#Territory> }"

Server = tuple[httpx.Client, Path]


@pytest.fixture(name="server", scope="module")
def _server(settings: Settings) -> Iterator[Server]:
    """A client of a server with two processes, room for one query to wait, and 400 MB."""
    changed = {
        "query_processes": 2,
        "query_queue": 1,
        "query_timeout_s": 30,
        "query_timeout_max_s": 40,
        "query_memory_mb": 400,
        "result_cache_mb": 0,
    }
    with serving(settings, **changed) as (address, _), httpx.Client(timeout=CLIENT) as client:
        client.base_url = httpx.URL(address)
        yield client, settings.home / "running"


@pytest.fixture(autouse=True)
def _nothing_runs(server: Server) -> None:
    """Begin when the list of the test before is cleared."""
    _until(lambda: not running.read(server[1]))


@pytest.fixture(name="threads")
def _threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as found:
        yield found


def _ask(client: httpx.Client, query: str, **sent: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query, **sent})


def _until(found: Callable[[], object]) -> None:
    """Wait for something to come true, as long as is bearable."""
    turn = threading.Event()
    ends = time.monotonic() + WITHIN_S
    while not found():
        assert time.monotonic() < ends
        turn.wait(0.02)


def _runs(board: Path, count: int = 1) -> list[Running]:
    found: list[Running] = []

    def seen() -> bool:
        found[:] = running.read(board)
        return len(found) == count

    _until(seen)
    return found


def _is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def _works(client: httpx.Client) -> bool:
    """Whether the pool answers, with a query that has not been asked before."""
    return _ask(client, f"{QUICK[:-1]} FILTER({time.monotonic_ns()} > 1) }}").status_code == 200


def _problem(answer: httpx.Response) -> tuple[int, str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["title"], answer.json()["detail"]


def test_a_deadline_ends_the_work(server: Server, threads: ThreadPoolExecutor) -> None:
    """At `timeout=` comes a 504 that says what was spent; its process is gone, others answer."""
    client, board = server
    answer = threads.submit(_ask, client, RUNAWAY, timeout="2")
    pid = _runs(board)[0].pid

    status, title, detail = _problem(answer.result(WITHIN_S))

    spent = re.search(r"deadline of 2 s; it had used ([\d.]+) s .* and (\d+) MB", detail)
    assert (status, title) == (504, "Query timeout")
    assert spent is not None
    assert 0.3 < float(spent[1]) < 4
    assert 10 < int(spent[2]) < 400
    _until(lambda: _is_gone(pid))
    _until(lambda: _works(client))


@pytest.mark.parametrize("timeout", ["0", "-1", "abc", "1e9", "", "41", "999999"])
def test_a_timeout_out_of_range_is_refused(server: Server, timeout: str) -> None:
    """What is no number of seconds, or more than may be asked for, is a 400 that names it."""
    status, _, detail = _problem(_ask(server[0], QUICK + " #", timeout=timeout))

    assert status == 400
    assert "timeout=" in detail


def test_a_query_that_takes_all_memory_is_ended(server: Server) -> None:
    """It alone gets a 403 that names the ceiling; the server goes on."""
    client, _ = server

    status, title, detail = _problem(_ask(client, GREEDY))

    assert (status, title) == (403, "Query too big")
    assert "400 MB" in detail
    _until(lambda: _works(client))


@pytest.mark.parametrize(
    ("number", "status", "title"),
    [
        (signal.SIGSEGV, 400, "Bad query"),
        (signal.SIGTERM, 503, "Query cancelled"),
    ],
)
def test_a_process_that_dies_fails_its_query_only(
    server: Server, threads: ThreadPoolExecutor, number: int, status: int, title: str
) -> None:
    """A crash of the engine is its query's; an operator's SIGTERM says that it was cancelled."""
    client, board = server
    answer = threads.submit(_ask, client, RUNAWAY)

    kill(_runs(board)[0].pid, number)

    assert _problem(answer.result(WITHIN_S))[:2] == (status, title)
    _until(lambda: _works(client))


def test_an_idle_process_that_dies_is_replaced(server: Server, threads: ThreadPoolExecutor) -> None:
    """Whoever is given it gets an answer all the same."""
    client, board = server
    first = threads.submit(_ask, client, RUNAWAY, timeout="1")
    busy = _runs(board)[0].pid
    idle = [pid for pid in _siblings(busy) if pid != busy]

    for pid in idle:
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)
    _until(lambda: first.done() and not running.read(board))
    second = threads.submit(_ask, client, RUNAWAY, timeout="1")
    _runs(board)

    assert len(idle) >= 1
    assert _works(client)
    assert [first.result().status_code, second.result(WITHIN_S).status_code] == [504, 504]


@pytest.mark.parametrize("accept", ["text/csv", "text/html"])
def test_a_client_that_leaves_ends_its_query(server: Server, accept: str) -> None:
    """A closed connection ends the process, long before the deadline."""
    client, board = server
    address = (client.base_url.host, client.base_url.port or 0)
    with socket.create_connection(address, timeout=WITHIN_S) as left:
        query = str(httpx.QueryParams({"query": RUNAWAY}))
        head = f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n"
        left.sendall(head.encode())
        pid = _runs(board)[0].pid

    _until(lambda: _is_gone(pid))
    _until(lambda: not running.read(board))
    assert _works(client)


def test_a_token_that_is_not_known_is_refused_always(server: Server) -> None:
    """A look-up that was answered before is no way around it."""
    client, _ = server
    known = _ask(client, LOOK_UP)

    refused = client.get(
        "/sparql", params={"query": LOOK_UP}, headers={"Authorization": "Bearer nope"}
    )

    assert (known.status_code, refused.status_code) == (200, 401)


def test_when_all_are_busy_more_are_told_to_come_back(
    server: Server, threads: ThreadPoolExecutor
) -> None:
    """One runs, one waits, the next is a 503 at once; look-ups, pages and the quick go on."""
    client, board = server
    for _ in range(8):  # it is known to be quick, even if this machine was busy at first
        assert _ask(client, QUICK).status_code == 200
    begun = time.monotonic()
    long: list[Future[httpx.Response]] = [
        threads.submit(_ask, client, f"{RUNAWAY} LIMIT {limit}", timeout="3") for limit in (1, 2)
    ]
    _runs(board)
    refused: list[httpx.Response] = []

    def full() -> bool:
        refused.append(_ask(client, f"{RUNAWAY} LIMIT {len(refused) + 10}", timeout="1"))
        return "wait as may" in refused[-1].text

    _until(full)
    quick, look_up = _ask(client, QUICK), _ask(client, LOOK_UP)
    page = client.get("/", headers={"Accept": "text/html"})
    took_s = time.monotonic() - begun

    assert refused[-1].status_code == 503
    assert refused[-1].headers["retry-after"] == "10"
    assert [quick.status_code, look_up.status_code, page.status_code] == [200, 200, 200]
    assert took_s < 3
    # Whoever waits in vain is told so: that is no deadline of a query that never ran.
    assert {answer.result(WITHIN_S).status_code for answer in long} == {504, 503}


def _siblings(pid: int) -> list[int]:
    """The processes of queries, by one of them: all are children of the forkserver."""
    parent = _parent(pid)
    found = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return [other for other in found if _parent(other) == parent]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return 0

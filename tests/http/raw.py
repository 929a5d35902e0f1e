"""A client that sends what no library would, and what is known of the server it sends it to."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode

from essgraph.config import Settings
from tests.http.serving import Server, serving

DEADLINE_S = 1
GRACE_S = 2.0
"""What an answer may take beyond the deadline of its query."""

ODD = """
@prefix ex: <https://w3id.org/essgraph/id/> .
<https://w3id.org/essgraph/graph/collection> {
    ex:control ex:says "a\\u0001b" . ex:return ex:says "a\\rb" . ex:digits <http://e.org/1> "c" .
}
"""
"""Terms that XML or RDF/XML cannot carry."""

_LOOK_UP = "ASK { <https://w3id.org/essgraph/id/control> ?p ?o }"
_EVERY_S = 0.05


@dataclass(frozen=True)
class Answer:
    """Shape: status 0 where the connection was closed without an answer."""

    status: int
    headers: Message
    body: bytes
    took_s: float

    @property
    def problem(self) -> dict[str, object]:
        """The problem document; its own status is that of the answer."""
        assert self.headers.get_content_type() == "application/problem+json", self
        document: dict[str, object] = json.loads(self.body)
        assert document["status"] == self.status
        return document


@dataclass(frozen=True)
class Site:
    """A server under attack: its host and port, its processes, its home."""

    place: tuple[str, int]
    server: Server
    home: Path

    def connect(self) -> socket.socket:
        """A connection that waits for an answer no longer than one may take."""
        return socket.create_connection(self.place, timeout=DEADLINE_S + GRACE_S + 3)

    def send(self, message: bytes, end: bool = False) -> Answer:
        """The first answer to some bytes; with `end`, the server is told that no more will come.

        To it, a client that sends no more is gone: it need not answer.
        """
        method = message.partition(b" ")[0].decode("latin-1")
        began = time.monotonic()
        with self.connect() as connection:
            with suppress(OSError):  # it may be answered, and closed, before all is sent
                connection.sendall(message)
                if end:
                    connection.shutdown(socket.SHUT_WR)
            return _read(connection, method, began)

    def ask(self, query: str, accept: str = "application/json", form: bool = False) -> Answer:
        """The answer to a query, sent as it is or as a form."""
        media_type = "x-www-form-urlencoded" if form else "sparql-query"
        body = urlencode({"query": query}).encode() if form else query.encode()
        head = (
            f"POST /sparql HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n"
            f"Content-Type: application/{media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return self.send(head.encode() + body)

    def get(self, target: str) -> Answer:
        """The answer to a GET by a browser."""
        return self.send(f"GET {target} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n".encode())

    @property
    def web_workers(self) -> list[int]:
        """Identifiers of the processes that speak to clients."""
        return children(self.server.pid)

    def check_alive(self, web_workers: list[int]) -> None:
        """That pages and look-ups are answered, by the processes that were there before."""
        assert self.get("/healthz").status == 200
        assert json.loads(self.ask(_LOOK_UP).body)["boolean"] is True
        assert self.web_workers == web_workers


@contextmanager
def under_attack(settings: Settings, deadline_s: int = DEADLINE_S) -> Iterator[Site]:
    """A server with short deadlines and little memory."""
    short = {"query_timeout_s": str(deadline_s), "query_timeout_max_s": str(deadline_s)}
    few = {"query_memory_mb": "300", "query_processes": "2", "query_queue": "4"}
    with serving(settings, **short, **few) as (address, server):
        host, _, port = address.removeprefix("http://").partition(":")
        yield Site((host, int(port)), server, settings.home)


@contextmanager
def others_answered(site: Site) -> Iterator[list[float]]:
    """Seconds that look-ups of another client take meanwhile; each must be answered."""
    took_s: list[float] = []
    failed: list[Answer] = []
    over = Event()

    def look_up() -> None:
        while not (took_s and over.wait(_EVERY_S)):
            answer = site.ask(_LOOK_UP)
            took_s.append(answer.took_s)
            if answer.status != 200:
                failed.append(answer)

    other = Thread(target=look_up)
    other.start()
    try:
        yield took_s
    finally:
        over.set()
        other.join()
    assert not failed, failed[0]


def children(pid: int) -> list[int]:
    """Identifiers of the processes that a process has started, by any of its threads."""
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found |= {int(child) for child in path.read_text().split()}
    return sorted(found)


def _read(connection: socket.socket, method: str, began: float) -> Answer:
    response = HTTPResponse(connection, method=method)
    try:
        response.begin()
        body = response.read()
    except TimeoutError:
        raise
    except (HTTPException, OSError):
        return Answer(0, Message(), b"", time.monotonic() - began)
    finally:
        response.close()
    return Answer(response.status, response.headers, body, time.monotonic() - began)

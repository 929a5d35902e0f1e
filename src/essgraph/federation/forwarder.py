"""A server on the loopback interface, for this process's engine alone.

The engine is given addresses of it, one for each SERVICE of a query, that nobody can guess
and that serve only a few requests: how often the engine asks is its own choice.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

from essgraph.errors import EssgraphError

MAX_REQUESTS = 20
"""Most requests to an endpoint for one SERVICE of one query."""

Ask: TypeAlias = Callable[[str, str], bytes]
"""(address, query) -> SPARQL results in XML, or an error of ours for none."""

RESULTS = "application/sparql-results+xml"

_KEPT = 1_000  # far more than there are queries at one time
_MAX_QUERY_BYTES = 4_000_000
_IDLE_S = 10.0
_POLL_S = 0.1  # how soon it sees that it is to stop


@dataclass
class _Ticket:
    """What one address of ours stands for, and how often it may be used."""

    endpoint: str
    left: int = MAX_REQUESTS


class Forwarder:
    """Addresses on this machine that stand for endpoints elsewhere; starts with the first."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._tickets: OrderedDict[str, _Ticket] = OrderedDict()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def address(self, endpoint: str) -> str:
        """A new address that stands for an endpoint, for one SERVICE of one query."""
        secret = secrets.token_urlsafe(12)
        with self._lock:
            if self._server is None:
                self._server = _server(self._answer)
                self._thread = threading.Thread(
                    target=self._server.serve_forever,
                    args=(_POLL_S,),
                    name="federation",
                    daemon=True,
                )
                self._thread.start()
            self._tickets[secret] = _Ticket(endpoint)
            while len(self._tickets) > _KEPT:
                self._tickets.popitem(last=False)
            return f"http://127.0.0.1:{self._server.server_port}/{secret}"

    def restored(self, text: str) -> str:
        """The text with our addresses replaced by what they stand for."""
        with self._lock:
            if self._server is None:
                return text
            ours = rf"http://127\.0\.0\.1:{self._server.server_port}/([A-Za-z0-9_\-]{{16}})"
            known = {secret: ticket.endpoint for secret, ticket in self._tickets.items()}
        return re.sub(ours, lambda found: known.get(found[1], found[0]), text)

    def close(self) -> None:
        """Stop the server, if it was started."""
        with self._lock:
            server, thread = self._server, self._thread
            self._server = self._thread = None
            self._tickets.clear()
        if server is not None and thread is not None:
            server.shutdown()
            thread.join()
            server.server_close()

    def _answer(self, path: str, query: str) -> tuple[HTTPStatus, bytes]:
        with self._lock:
            ticket = self._tickets.get(path.removeprefix("/"))
            if ticket is None:
                return HTTPStatus.NOT_FOUND, b"no such endpoint"
            ticket.left -= 1
            left = ticket.left
        if left < 0:
            told = f"the query asks {ticket.endpoint} more than {MAX_REQUESTS} times"
            return HTTPStatus.TOO_MANY_REQUESTS, told.encode()
        try:
            # A SERVICE inside a SERVICE is for the endpoint to ask, under its own address.
            return HTTPStatus.OK, self._ask(ticket.endpoint, self.restored(query))
        except EssgraphError as error:
            return HTTPStatus.BAD_GATEWAY, str(error).encode()


def _server(answer: Callable[[str, str], tuple[HTTPStatus, bytes]]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        """One request of the engine."""

        timeout = _IDLE_S

        def do_POST(self) -> None:
            """Answer a query."""
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdigit() and int(length) <= _MAX_QUERY_BYTES):
                self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                return
            query = self.rfile.read(int(length)).decode("utf-8", "replace")
            status, body = answer(self.path, query)
            self.send_response(status)
            good = status is HTTPStatus.OK
            self.send_header("Content-Type", RESULTS if good else "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: queries and our addresses do not belong into a log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server

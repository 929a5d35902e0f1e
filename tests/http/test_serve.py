"""`essgraph serve`: it listens, answers and stops; or says why it cannot."""

from __future__ import annotations

import signal
import socket
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner

from essgraph.cli.serve import serve
from essgraph.config import Settings
from essgraph.errors import ConfigError, StoreUnavailable
from tests.http.serving import STOPS_WITHIN_S, serving


def test_it_answers_until_it_is_told_to_stop(settings: Settings) -> None:
    """The address it prints answers at once; an interrupt ends it with exit 0."""
    with serving(settings) as (address, server):
        connection = HTTPConnection(address.removeprefix("http://"), timeout=30)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
            server.send_signal(signal.SIGINT)

        assert (answer.status, body) == (200, b"ready release=20260101T000000Z-aaaaaa\n")
        assert server.wait(timeout=STOPS_WITHIN_S) == 0


def test_without_a_release_it_tells_to_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first build it does not start, and says which command to run."""
    monkeypatch.setenv("ESSGRAPH_HOME", str(tmp_path))

    result = CliRunner().invoke(serve, ["--port", "0"])

    assert isinstance(result.exception, StoreUnavailable)
    assert "essgraph build" in str(result.exception)


def test_a_taken_port_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that another process listens on is a clear error, not a retry."""
    monkeypatch.setenv("ESSGRAPH_HOME", str(settings.home))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = CliRunner().invoke(serve, ["--port", str(port)])

    assert isinstance(result.exception, ConfigError)
    assert f"127.0.0.1:{port}" in str(result.exception)


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        ("Transfer-Encoding: chunked", "ZZ\r\n"),
        ("Transfer-Encoding: chunked", "5\r\nASK{}XX0\r\n\r\n"),
        ("Content-Length: 500", "ASK{}"),
    ],
)
def test_a_body_cut_or_badly_framed_is_refused(settings: Settings, framing: str, body: str) -> None:
    """A 400 in our words, never a query run on half a text."""
    with serving(settings) as (address, _):
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as client:
            head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query"
            client.sendall(f"{head}\r\n{framing}\r\n\r\n{body}".encode())
            client.shutdown(socket.SHUT_WR)
            answer = client.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"the body" in answer

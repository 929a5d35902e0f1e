"""The server of PyPI's `oxigraph` on this machine, for tests of the remote store."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which
from sys import prefix

import httpx
import pytest

_READY_WITHIN_S = 20.0


@contextmanager
def oxigraph_serve(*options: str) -> Iterator[str]:
    """Address of an empty `oxigraph serve` on a free port, ended on the way out."""
    binary = which("oxigraph", path=f"{prefix}/bin") or which("oxigraph")
    assert binary is not None, "the development dependency `oxigraph` has no binary"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [binary, "serve", "--bind", f"127.0.0.1:{port}", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_port(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=_READY_WITHIN_S)


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once the port accepts; each try waits in the kernel, none in us."""
    deadline = time.monotonic() + _READY_WITHIN_S
    poll = httpx.HTTPTransport(retries=10)  # with the library's growing pause between tries
    with httpx.Client(transport=poll, timeout=_READY_WITHIN_S) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                client.get(f"http://127.0.0.1:{port}/")
            except httpx.TransportError:
                continue
            return
    pytest.fail("oxigraph serve did not answer")

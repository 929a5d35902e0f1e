"""The servers that are compared, each on a free port for the length of a block."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def ours(home: Path, **settings: object) -> Iterator[tuple[str, int]]:
    """The address and the process id of `essgraph serve`; settings by their names."""
    process, address, _ = start(home, **settings)
    try:
        yield address, process.pid
    finally:
        end(process)


def start(home: Path, **settings: object) -> tuple[subprocess.Popen[str], str, float]:
    """A server of ours that answers, its address, and the seconds to its first answer."""
    environ = {**os.environ, "ESSGRAPH_HOME": str(home)}
    environ |= {f"ESSGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "essgraph", "serve", "--port", "0"]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    if process.stdout is None:
        raise RuntimeError("the server has no output")
    for said in process.stdout:
        found = re.search(r"http://[^\s/]+", said)
        if found:
            break
    else:
        raise RuntimeError("the server ended without saying its address")
    _wait(f"{found[0]}/readyz", process)
    return process, found[0], time.perf_counter() - began


def end(process: subprocess.Popen[str]) -> None:
    """End a server."""
    process.terminate()
    process.wait()


@contextmanager
def native(store: Path) -> Iterator[tuple[str, int]]:
    """The address and the process id of PyPI's Oxigraph server on the store of a release."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("oxigraph")), "serve-read-only"]
    command += ["--location", str(store), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/query?query=ASK%7B%7D", server)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait()


def settle(pid: int) -> None:
    """Wait until a process rests: a server may go on with queries whose clients have left."""
    spent = -1
    while (now := _ticks(pid)) > spent + 1:
        spent = now
        time.sleep(0.2)


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


_NGINX = """
daemon off; worker_processes 2; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 64; }}
http {{
  access_log off; etag off; open_file_cache max=9;
  keepalive_requests 1000000000; default_type text/plain;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    location = /sparql {{ {headers} alias {folder}/body; }}
    location = /unchanged {{ {headers} return 304; }}
  }}
}}
"""


@contextmanager
def constant(nginx: str, body: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    """The address of an nginx that gives one answer, at its greatest speed."""
    port = free_port()
    said = "".join(f"add_header {name} '{_quoted(value)}';" for name, value in headers.items())
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "body").write_bytes(body)
        path = Path(folder, "nginx.conf")
        path.write_text(_NGINX.format(folder=folder, port=port, headers=said), "utf-8")
        server = subprocess.Popen([nginx, "-c", str(path)])
        try:
            _wait(f"http://127.0.0.1:{port}/sparql", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _quoted(text: str) -> str:
    return text.replace("'", "\\'")


def _wait(address: str, server: subprocess.Popen[Any]) -> None:
    while server.poll() is None:
        try:
            if httpx.get(address).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise RuntimeError(f"the server at {address} ended with {server.returncode}")

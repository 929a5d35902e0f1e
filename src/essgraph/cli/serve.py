"""`essgraph serve`: the web application under granian."""

from __future__ import annotations

import logging
import resource
import shutil
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from essgraph import config, writes
from essgraph.config import Settings
from essgraph.errors import ConfigError
from essgraph.releases import Releases
from essgraph.web import answers
from essgraph.web.gateway import Gateway

_BACKLOG = 1024
_CONNECTIONS = 4096
"""Clients that one worker holds a connection with; idle ones cost some kilobytes each."""
_OPEN_FILES = 3 * _CONNECTIONS
_HEADERS_MS = 10_000
"""Time a client has to send the headers of a request."""
_PROBED_EVERY_S = 0.02


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@click.option("--workers", type=int, help="Processes that speak to clients.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the current release to browsers and SPARQL clients."""
    settings = config.load(host=host, port=port, workers=workers)
    # It is never synced: after a power loss it may be of any state.
    shutil.rmtree(settings.home / answers.FOLDER, ignore_errors=True)
    for entry in writes.recover(settings):
        click.echo(f"made the release of the accepted change {entry}", err=True)
    release = Releases(settings.home).require_current()
    family, place = _place(settings)
    port = int(place[1])
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    server = Server(
        "essgraph",
        address=settings.host,
        port=port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        http=HTTPModes.http1,
        websockets=False,
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADERS_MS),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    _allow_files()
    told = f"release {release.id} at http://{shown}:{port}/ (Ctrl-C stops)"
    over = threading.Event()
    threading.Thread(target=_tell, args=(family, place, told, over), daemon=True).start()
    try:
        server.serve(target_loader=partial(_load, settings), wrap_loader=False)
    finally:
        over.set()


def _tell(family: int, place: tuple[Any, ...], told: str, over: threading.Event) -> None:
    """Print where the server is once it accepts connections: its workers listen, not we.

    Workers are forked meanwhile, so nothing here may hold a lock that they would inherit: no
    name is resolved, which imports a module, and a worker would wait for that import for ever.
    """
    while not over.wait(_PROBED_EVERY_S):
        with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            probe.connect(place)
            click.echo(told)
            return


def _allow_files() -> None:
    """Let this process and its workers open as many files as their connections may need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _OPEN_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(_OPEN_FILES, hard), hard))


def _load(settings: Settings) -> Callable[..., Any]:
    """The application of one worker, made in its process."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("essgraph").setLevel(logging.INFO)
    return Gateway(settings)


def _place(settings: Settings) -> tuple[int, tuple[Any, ...]]:
    """The address family and the address to listen on, once it is known to be free.

    Raises: ConfigError if the address is taken or is not ours.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
            probe.listen()
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {settings.host}:{settings.port}: {error}"
            ) from error
        return family, probe.getsockname()

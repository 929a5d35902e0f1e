"""`essgraph serve`: the web application under gunicorn."""

from __future__ import annotations

import logging
import socket
from typing import Any

import click
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # publishes none

from essgraph import config
from essgraph.config import Settings
from essgraph.errors import ConfigError
from essgraph.releases import Releases
from essgraph.web import create_app

_LONGEST_LINE = 8190
"""Longest request line gunicorn can be told to read: a query by GET lives in it."""

_BACKLOG = 1024


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn, configured by our settings instead of its own command line."""

    def __init__(self, settings: Settings, descriptor: int) -> None:
        self._settings = settings
        self._descriptor = descriptor
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        options = {
            "bind": f"fd://{self._descriptor}",
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            "worker_class": "gthread",
            # Loaded before the fork, so that the workers share what was read.
            "preload_app": True,
            "limit_request_line": _LONGEST_LINE,
            "graceful_timeout": 10,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application; its stores are opened in the worker that answers."""
        return create_app(self._settings)


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@click.option("--workers", type=int, help="Processes that answer.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the current release to browsers and SPARQL clients."""
    settings = config.load(host=host, port=port, workers=workers)
    release = Releases(settings.home).require_current()
    logging.getLogger("essgraph").setLevel(logging.INFO)
    listener = _listen(settings)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    bound = listener.getsockname()[1]
    click.echo(f"release {release.id} at http://{shown}:{bound}/ (Ctrl-C stops)")
    # Gunicorn owns and closes the descriptor from here.
    _Server(settings, listener.detach()).run()


def _listen(settings: Settings) -> socket.socket:
    """A socket on the host and port of the settings.

    Raises: ConfigError if the address is taken or is not ours.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigError(f"cannot listen on {settings.host}:{settings.port}: {error}") from error
    return listener

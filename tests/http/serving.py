"""`essgraph serve` in a process of its own, on a free port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from essgraph.config import Settings

Server = subprocess.Popen[str]
STOPS_WITHIN_S = 30


@contextmanager
def serving(settings: Settings, **more: str | int) -> Iterator[tuple[str, Server]]:
    """Address, without a slash at its end, and process of a server with one worker.

    `more` are settings by name. It is ended on the way out, unless it was before.
    """
    command = [sys.executable, "-m", "essgraph", "serve", "--port=0"]
    environ = {
        **os.environ,
        "ESSGRAPH_HOME": str(settings.home),
        "ESSGRAPH_QUERIES_DIR": str(settings.queries_dir),
        "ESSGRAPH_SHAPES_DIR": str(settings.shapes_dir),
        "ESSGRAPH_ONTOLOGY_DIR": str(settings.ontology_dir),
        "ESSGRAPH_DATA_DIR": str(settings.data_dir),
        "ESSGRAPH_WRITABLE_GRAPHS": settings.writable_graphs,
        "ESSGRAPH_WORKERS": "1",
        **{f"ESSGRAPH_{name.upper()}": str(value) for name, value in more.items()},
    }
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert address is not None
            yield address[0], server
        finally:
            if server.poll() is None:
                server.send_signal(signal.SIGINT)
                server.wait(timeout=STOPS_WITHIN_S)

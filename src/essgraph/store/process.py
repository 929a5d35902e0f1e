"""A process that evaluates visitors' queries one at a time, over stores opened read-only.

It is ended from outside, at a deadline or a memory ceiling: the engine knows no cancellation.
What it says on its socket is one message a job; a long answer follows as an open file.
"""

from __future__ import annotations

import ctypes
import logging
import marshal
import resource
import signal
import socket
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeAlias

from essgraph.config import Settings
from essgraph.errors import EssgraphError, QueryTooBig, SourceError, StoreUnavailable
from essgraph.store.base import GraphStore, Requests
from essgraph.store.cutting import Caps
from essgraph.store.evaluating import Answered, Job
from essgraph.store.opening import open_store
from essgraph.store.writing import Spool
from essgraph.vocab import Names

_log = logging.getLogger(__name__)

LENGTH = 4
"""Bytes that say how long the message after them is."""

INLINE = 262_144
"""Bytes of an answer sent with its message; a longer one is handed over as a file."""

Evaluate: TypeAlias = Callable[[GraphStore, Job, Names, Spool | None], Answered]
"""What does a kind of job, as `evaluating.evaluate` does a query."""

Connect: TypeAlias = Callable[[Settings], Requests | None]
"""Makes what queries may send requests by, if they may send any."""

READY, DONE, FILE, FAILED = "ready", "done", "file", "failed"
BEGUN, ENDED = "begun", "ended"
"""A file to read already, and that all of the answer is in it."""

_NO_ROOM = "there is no room here for the answer"
_NO_MEMORY = "the query takes more memory than one query may have here (query_memory_mb)"
_PR_SET_PDEATHSIG = 1
_HEADROOM = 2
"""The kernel's own bound is this many times the ceiling that the pool watches."""


def pack(message: tuple[Any, ...]) -> bytes:
    """A message for the socket."""
    body = marshal.dumps(message)
    return len(body).to_bytes(LENGTH) + body


def order(kind: str, store_path: str, job: Job) -> bytes:
    """The message that asks for a job of a kind over the store in a directory."""
    caps = (job.caps.rows, job.caps.bytes)
    graphs = (job.default_graphs, job.named_graphs)
    return pack(
        (
            kind,
            store_path,
            job.text,
            job.tables,
            job.graphs,
            *graphs,
            job.encoding,
            *caps,
            job.early,
        )
    )


def main(
    connection: socket.socket,
    settings: Settings,
    spool: Path,
    kinds: Mapping[str, Evaluate],
    connect: Connect,
    memory_bytes: int,
) -> None:
    """Answer jobs until the other side closes the connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is the server's business
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    ceiling = _HEADROOM * memory_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    opened: tuple[str, GraphStore] | None = None
    names = settings.names
    requests = connect(settings)
    connection.sendall(pack((READY,)))
    begun = _Begun(connection)
    while message := _receive(connection):
        kind, path, text, tables, graphs, default, named, encoding, rows, most_bytes, early = (
            message
        )
        job = Job(text, tables, graphs, default, named, encoding, Caps(rows, most_bytes), early)
        try:
            if opened is None or opened[0] != path:
                opened = None
                opened = (path, open_store(settings, Path(path), requests))
            began = time.perf_counter()
            answered = kinds[kind](opened[1], job, names, Spool(spool, begun))
        except EssgraphError as error:
            begun.told()
            connection.sendall(pack((FAILED, *_failure(error, text, requests))))
        except OSError as error:
            begun.told()
            _log.error("event=spool error=%r", str(error))
            connection.sendall(pack((FAILED, StoreUnavailable.__name__, _NO_ROOM)))
        except MemoryError:
            begun.told()
            connection.sendall(pack((FAILED, QueryTooBig.__name__, _NO_MEMORY)))
        else:
            took_s = time.perf_counter() - began
            if begun.told():
                answered.file.close()
                connection.sendall(pack((ENDED, "", answered.rows, "", "", took_s, b"")))
            elif not _send(connection, answered, took_s):
                connection.sendall(pack((FAILED, StoreUnavailable.__name__, _NO_ROOM)))


class _Begun:
    """Hands over the file of an answer that is still written."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._told = False

    def __call__(self, media_type: str, file: IO[bytes]) -> None:
        message = pack((BEGUN, media_type, 0, "", "", 0.0, b""))
        socket.send_fds(self._connection, [message], [file.fileno()])
        self._told = True

    def told(self) -> bool:
        """Whether it did, since this was asked last."""
        told, self._told = self._told, False
        return told


def _failure(error: EssgraphError, text: str, requests: Requests | None) -> tuple[str, str]:
    """An error's class and message; those of a SERVICE that failed are its endpoint's."""
    name, message = type(error).__name__, str(error)
    if requests is not None:
        message = requests.told(message)
        if isinstance(error, StoreUnavailable) and "service" in text.lower():
            name = SourceError.__name__
    return name, message


def _receive(connection: socket.socket) -> tuple[Any, ...]:
    head = connection.recv(65_536)
    if not head:
        return ()
    size = int.from_bytes(head[:LENGTH]) + LENGTH
    parts, got = [head], len(head)
    while got < size:
        part = connection.recv(size - got)
        if not part:
            return ()
        parts.append(part)
        got += len(part)
    found: tuple[Any, ...] = marshal.loads(b"".join(parts)[LENGTH:])  # noqa: S302  # our own pool
    return found


def _send(connection: socket.socket, answered: Answered, took_s: float) -> bool:
    """Send an answer; False if there is no room on the disk to hand it over."""
    told = (answered.media_type, answered.rows, answered.truncated, answered.encoding, took_s)
    with answered.file as file:
        start = file.read(INLINE + 1)
        if len(start) <= INLINE:
            connection.sendall(pack((DONE, *told, start)))
            return True
        if isinstance(file, BytesIO):
            connection.sendall(pack((DONE, *told, start + file.read())))
            return True
        try:
            file.flush()
            descriptor = file.fileno()  # now it is on the disk
        except OSError as error:
            _log.error("event=spool error=%r", str(error))
            return False
        socket.send_fds(connection, [pack((FILE, *told, b""))], [descriptor])
        return True

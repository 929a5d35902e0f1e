"""One process for queries, as the pool that started it sees it.

Started from a fork server, so that another is there in some 20 milliseconds.
"""

from __future__ import annotations

import asyncio
import logging
import marshal
import multiprocessing
import os
import signal
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO, Any

from essgraph import allocator, errors
from essgraph.config import Settings
from essgraph.errors import EssgraphError, QueryCancelled, QueryError, QueryTooBig, StoreUnavailable
from essgraph.store import process
from essgraph.store.evaluating import Answered
from essgraph.store.process import Connect, Evaluate

_log = logging.getLogger(__name__)

MEGABYTE = 1_000_000

_GLANCE_US = 2_000
"""How long a blocking read waits."""
_SEND_S = 1
"""How long a process may take to take its job."""
_CHUNK = 1 << 20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Start:
    """What each process of a pool is started with."""

    settings: Settings
    kinds: Mapping[str, Evaluate]
    connect: Connect
    spool: Path

    @property
    def memory_bytes(self) -> int:
        """The most memory that a process may take."""
        return self.settings.query_memory_mb * MEGABYTE


@dataclass(eq=False)
class Worker:
    """A process, our end of its socket, and the job that it has."""

    process: BaseProcess
    socket: socket.socket
    query_memory_mb: int
    started: float = 0.0
    cpu_before_s: float = 0.0
    what: str = ""
    answer: asyncio.Future[Answered] | None = None
    rest: asyncio.Future[Answered] | None = None
    leaving: asyncio.Task[None] | None = None
    timers: list[asyncio.TimerHandle] = field(default_factory=list)
    ended: EssgraphError | None = None
    worn: bool = False
    quick: bool = False
    replaced: bool = False
    received: bytes = b""
    files: list[int] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid or 0

    def read(self, flags: int = 0) -> Answered:
        """The answer to its job.

        Raises: BlockingIOError while it is not whole, after a glance or at once, by the flags
        of the read; why it ended, if it did; and what it answers, if that is an error.
        """
        while True:
            try:
                chunk, files, _, _ = socket.recv_fds(self.socket, _CHUNK, 1, flags)
            except ConnectionResetError as error:  # it ended before it read all of its job
                raise self.why() from error
            self.files += files
            if not chunk:
                raise self.why()
            self.received = self.received + chunk if self.received else chunk
            size = int.from_bytes(self.received[: process.LENGTH]) + process.LENGTH
            if len(self.received) >= size:
                break
        message, self.received = marshal.loads(self.received[process.LENGTH :]), b""  # noqa: S302
        return self._answered(message)

    def end(self, why: EssgraphError) -> None:
        """End it, whatever it does."""
        self.ended = why
        self.process.kill()

    def why(self) -> EssgraphError:
        """Why it ended before it answered."""
        self.process.join(1)
        code = self.process.exitcode
        self.worn = True
        if self.ended is not None:
            return self.ended
        if code == -signal.SIGTERM:
            return QueryCancelled("the operator ended this query")
        if code in (-signal.SIGKILL, -signal.SIGABRT):  # by the system, or by the engine itself
            return self.too_big()
        _log.error("event=query-process-ended code=%s", code)
        return QueryError("the engine cannot evaluate this query: its process ended")

    def too_big(self) -> QueryTooBig:
        """That it takes more memory than it may."""
        return QueryTooBig(
            f"the query takes more than {self.query_memory_mb} MB of memory, the most that one "
            "query may have here (query_memory_mb): ask for less at a time"
        )

    def spent(self) -> tuple[float, float]:
        """Seconds of processor time and megabytes of memory; zeros if it is gone."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0, 0.0
        return (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE / MEGABYTE

    def let_go(self) -> None:
        """End it, and give back what it holds of ours."""
        self.process.kill()
        self.socket.close()
        for descriptor in self.files:
            os.close(descriptor)
        self.files = []

    def _answered(self, message: tuple[Any, ...]) -> Answered:
        kind = message[0]
        if kind == process.FAILED:
            _, name, text = message
            raise getattr(errors, name)(text)
        media_type, rows, truncated, encoding, took_s, rest = message[1:]
        is_file = kind in (process.FILE, process.BEGUN)
        file: IO[bytes] = os.fdopen(self.files.pop(), "rb") if is_file else BytesIO(rest)
        answered = Answered(media_type, rows, truncated, encoding, file, took_s)
        if kind == process.FILE:
            file.seek(0)  # it stands where the process left it: both have one place in it
        if kind == process.BEGUN:
            self.rest = asyncio.get_running_loop().create_future()
            return replace(answered, rest=self.rest)
        return answered


def start(what: Start) -> Worker:
    """A process that is ready for a job.

    Raises: StoreUnavailable if it ends at once; OSError if there is no room for it.
    """
    allocator.tune()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [process.__name__, *(kind.__module__ for kind in what.kinds.values())]
    )
    ours, theirs = socket.socketpair()
    args = (theirs, what.settings, what.spool, what.kinds, what.connect, what.memory_bytes)
    with theirs:
        child = context.Process(target=process.main, args=args, daemon=True)
        child.start()
    if not ours.recv(_CHUNK):
        ours.close()
        raise StoreUnavailable("a process for queries ended as soon as it was started")
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, _GLANCE_US))
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _SEND_S, 0))
    return Worker(child, ours, what.settings.query_memory_mb)

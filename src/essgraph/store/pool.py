"""Visitors' queries in processes that can be ended: at a deadline, at a memory ceiling, on demand.

Each process works on one query at a time. A query that is over quickly pays one message each
way; whatever is not is ended with its process, and another takes its place.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from essgraph.config import Settings
from essgraph.errors import (
    EssgraphError,
    QueryCancelled,
    QueryTimeout,
    TooManyQueries,
)
from essgraph.store import process
from essgraph.store.evaluating import Answered, Job
from essgraph.store.process import Connect, Evaluate
from essgraph.store.running import Board, Running
from essgraph.store.worker import Start, Worker, start

_log = logging.getLogger(__name__)

_WATCH_S = 0.05
"""How often the memory of busy processes is looked at."""
_SHOWN_EVERY = 10
"""Looks after which the operator's list is renewed."""
_LONG_S = 1.0
"""Processor time after which a query runs behind all others, and its process is replaced."""
_LEFT_S = 0.5
"""How long a query goes on whose client left."""
_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Task:
    """A job and how it is to be done.

    `what` names it to an operator; `quick` says that its like was over soon before: one process
    is kept for those. When `gone` returns, the query is ended with its process.
    Units: `timeout_s` in seconds, from when it begins.
    """

    kind: str
    job: Job
    timeout_s: float
    what: str
    gone: Callable[[], Awaitable[None]]
    quick: bool = False


class QueryPool:
    """Processes for visitors' queries, for one event loop."""

    def __init__(
        self,
        settings: Settings,
        kinds: Mapping[str, Evaluate],
        connect: Connect,
        spool: Path,
        board: Path,
    ) -> None:
        self._settings = settings
        self._start = Start(settings, dict(kinds), connect, spool)
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._kept = 1 if settings.query_processes > 1 else 0
        self._queue: deque[tuple[asyncio.Future[Worker], bool]] = deque()
        self._starting: set[asyncio.Task[None]] = set()
        self._board = Board(board)
        self._looks = 0
        self._watch: asyncio.TimerHandle | None = None
        self._closed = False

    async def start(self) -> None:
        """Start the processes."""
        await asyncio.gather(*(self._add() for _ in range(self._settings.query_processes)))

    def close(self) -> None:
        """End the processes, and whatever they do."""
        self._closed = True
        self._board.show(())
        for worker in (*self._idle, *self._busy):
            self._let_go(worker)

    def _running(self) -> list[Running]:
        now = time.monotonic()
        return [Running(w.pid, w.what, now - w.started, *w.spent()) for w in self._busy]

    async def run(self, task: Task, store: Path) -> Answered:
        """The answer to a job over the store in a directory.

        Cancelled with whoever awaits it, the query is ended with its process.
        Raises: TooManyQueries; QueryTimeout, QueryTooBig, QueryCancelled; and as `evaluate`.
        """
        # A glance takes whole answers.
        job = replace(task.job, early=False) if task.quick else task.job
        worker = self._free(task.quick) or await self._turn(task)
        worker.quick, worker.started, worker.what = task.quick, time.monotonic(), task.what
        self._busy.add(worker)
        loop = asyncio.get_running_loop()
        try:
            # The loop's watch over the last answer left it otherwise: a long text would not fit.
            os.set_blocking(worker.socket.fileno(), True)
            worker.socket.sendall(process.order(task.kind, str(store), job))
            if task.quick:
                with suppress(BlockingIOError):  # too short a wait to do something else meanwhile
                    return worker.read()
            worker.answer = loop.create_future()
            loop.add_reader(worker.socket, self._readable, worker)
            worker.timers = [
                loop.call_later(task.timeout_s, self._too_late, worker, task.timeout_s),
                loop.call_later(_LONG_S, self._step_back, worker),
            ]
            self._keep_watch()
            worker.cpu_before_s = worker.spent()[0]
            worker.leaving = loop.create_task(self._leave(worker, task.gone))
            return await worker.answer
        except (ConnectionError, BlockingIOError):  # it ended, or stood, with nothing to do
            worker.worn = True
        except asyncio.CancelledError:
            worker.ended = QueryCancelled("the client is gone")
            raise
        finally:
            if worker.rest is None:
                self._done(worker)
        return await self.run(replace(task, quick=False), store)

    def _free(self, quick: bool) -> Worker | None:
        return self._idle.pop() if len(self._idle) > (0 if quick else self._kept) else None

    async def _turn(self, task: Task) -> Worker:
        """A process, once there is one. Who leaves gives the place in the queue to others."""
        if len(self._queue) >= self._settings.query_queue:
            raise TooManyQueries("as many queries wait as may; try again soon")
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        waiting = (turn, task.quick)
        self._queue.append(waiting)
        leaving = asyncio.ensure_future(_give_up(turn, task.gone))
        try:
            async with asyncio.timeout(min(task.timeout_s, self._settings.query_timeout_s)):
                return await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():
                self._offer(turn.result())  # its turn came as it left
            if isinstance(error, asyncio.CancelledError):
                raise
            raise TooManyQueries("no process got free in time; try again soon") from None
        finally:
            leaving.cancel()
            with suppress(ValueError):
                self._queue.remove(waiting)

    async def _leave(self, worker: Worker, gone: Callable[[], Awaitable[None]]) -> None:
        await gone()
        # Another process would begin with cold caches: one about to be done is let finish.
        await asyncio.sleep(_LEFT_S)
        worker.end(QueryCancelled("the client is gone"))

    def _readable(self, worker: Worker) -> None:
        begun = worker.rest
        awaited = begun or worker.answer
        if awaited is None or awaited.done():
            return
        try:
            awaited.set_result(worker.read(socket.MSG_DONTWAIT))
        except BlockingIOError:
            return
        except EssgraphError as error:
            awaited.set_exception(error)
        except Exception as error:  # noqa: BLE001  # else whoever awaits it would wait for ever
            worker.worn = True
            awaited.set_exception(error)
        if begun is not None:
            begun.exception()  # whoever sends the answer may have left
            self._done(worker)

    def _too_late(self, worker: Worker, timeout_s: float) -> None:
        cpu_s, memory_mb = worker.spent()
        worker.end(
            QueryTimeout(
                f"the query was ended at its deadline of {timeout_s:g} s; it had used "
                f"{max(0.0, cpu_s - worker.cpu_before_s):.1f} s of processor time and "
                f"{memory_mb:.0f} MB of memory"
            )
        )

    def _step_back(self, worker: Worker) -> None:
        left_s = _LONG_S - (worker.spent()[0] - worker.cpu_before_s)
        if left_s > 0:  # it had to share, or waits for another server
            later = asyncio.get_running_loop().call_later
            worker.timers[-1] = later(max(left_s, _WATCH_S), self._step_back, worker)
            return
        worker.worn = True
        if worker.quick and len(self._busy) < 2 * self._settings.query_processes:
            worker.quick = False
            worker.replaced = True  # it was let in as quick and is not: its place is given again
            self._replace()
        with suppress(OSError):
            os.sched_setscheduler(worker.pid, os.SCHED_IDLE, os.sched_param(0))

    def _keep_watch(self) -> None:
        if self._watch is None:
            self._watch = asyncio.get_running_loop().call_later(_WATCH_S, self._look)

    def _look(self) -> None:
        self._watch = None
        for worker in self._busy:
            if worker.ended is None and worker.spent()[1] > self._settings.query_memory_mb:
                worker.end(worker.too_big())
        self._looks += 1
        if self._looks % _SHOWN_EVERY == 0 or not self._busy:
            self._board.show(self._running())
        if self._busy:
            self._keep_watch()

    def _done(self, worker: Worker) -> None:
        """A job is over: give the process the next one, or replace it."""
        loop = asyncio.get_running_loop()
        self._busy.discard(worker)
        for timer in worker.timers:
            timer.cancel()
        worker.timers = []
        if worker.leaving is not None:
            worker.leaving.cancel()
            worker.leaving = None
        if worker.answer is not None:
            loop.remove_reader(worker.socket)
        worker.answer, worker.rest, worker.what = None, None, ""
        if worker.ended is not None or worker.worn or worker.received:
            self._let_go(worker)
            if not worker.replaced:
                self._replace()
        else:
            self._offer(worker)

    def _died(self, worker: Worker) -> None:
        """A process ended; one that was busy is seen to by its job."""
        if worker in self._idle:
            self._idle.remove(worker)
            self._let_go(worker)
            self._replace()
        else:
            asyncio.get_running_loop().remove_reader(worker.process.sentinel)

    def _let_go(self, worker: Worker) -> None:
        asyncio.get_running_loop().remove_reader(worker.process.sentinel)
        worker.let_go()

    def _replace(self) -> None:
        if not self._closed:
            task = asyncio.get_running_loop().create_task(self._add())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    def _offer(self, worker: Worker) -> None:
        """Give a process to whoever waits, or set it by."""
        full = len(self._idle) >= self._kept
        for turn, quick in self._queue:
            if (quick or full) and not turn.done():
                turn.set_result(worker)
                return
        self._idle.append(worker)

    async def _add(self) -> None:
        """Have one more process: it is tried until there is room for it."""
        loop = asyncio.get_running_loop()
        while not self._closed:
            try:
                worker = await loop.run_in_executor(None, start, self._start)
            except (OSError, EssgraphError) as error:
                _log.error("event=query-process-not-started error=%r", str(error))
                await asyncio.sleep(_AGAIN_S)
                continue
            if self._closed:
                worker.let_go()
            else:
                loop.add_reader(worker.process.sentinel, self._died, worker)
                self._offer(worker)
            return


async def _give_up(turn: asyncio.Future[Worker], gone: Callable[[], Awaitable[None]]) -> None:
    await gone()
    if not turn.done():
        turn.set_exception(QueryCancelled("the client is gone"))

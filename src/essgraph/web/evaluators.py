"""What evaluates a visitor's query: this process, or a pool of processes that can be ended."""

from __future__ import annotations

from typing import Protocol

from essgraph import federation
from essgraph.config import Settings
from essgraph.jobs import KINDS
from essgraph.store import running
from essgraph.store.evaluating import Answered
from essgraph.store.pool import QueryPool, Task
from essgraph.web.current import Opened


class Evaluator(Protocol):
    """What runs a job over a release."""

    async def run(self, task: Task, opened: Opened) -> Answered:
        """The answer. Raises: as `QueryPool.run`."""


class Here:
    """Runs a job in this process, to its end: for tests, and for servers without a pool."""

    def __init__(self, settings: Settings) -> None:
        self._names = settings.names

    async def run(self, task: Task, opened: Opened) -> Answered:
        """The answer. Raises: as `evaluate`."""
        return KINDS[task.kind](opened.store, task.job, self._names, None)


class Pooled:
    """Runs jobs in a pool, each as long as somebody waits for it."""

    def __init__(self, settings: Settings) -> None:
        spool, board = settings.home / "spool", settings.home / running.FOLDER
        spool.mkdir(exist_ok=True)
        board.mkdir(exist_ok=True)
        self._pool = QueryPool(settings, KINDS, federation.from_settings, spool, board)

    async def start(self) -> None:
        """Start the processes."""
        await self._pool.start()

    def close(self) -> None:
        """End the processes."""
        self._pool.close()

    async def run(self, task: Task, opened: Opened) -> Answered:
        """The answer. Raises: as `QueryPool.run`."""
        return await self._pool.run(task, opened.release.store_path)

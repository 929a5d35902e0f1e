"""Questions put to the store on the way to an explanation: few, short, counted and timed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import TypeVar

from pyoxigraph import NamedNode, QueryBoolean

from essgraph.store.base import Answer, GraphStore, Table, reading, truth
from essgraph.syntax import guard

CAP = 1_000
"""Most solutions counted."""

MAX_PROBES = 250
"""Most questions put to the store for one explanation."""


_Answer = TypeVar("_Answer")


class Spent(Exception):
    """The time or the number of probes is used up."""


@dataclass(frozen=True)
class Count:
    """A number of solutions, exact unless there are `more`."""

    number: int
    more: bool = False


class Probes:
    """Asks one store about one dataset, until `budget_s` seconds or MAX_PROBES are spent.

    A probe cannot be interrupted. Each runs in a thread, which is left behind when the time is
    up: `left_running` then says that this process still works for nothing, and is better ended.
    """

    def __init__(
        self,
        store: GraphStore,
        default_graphs: Sequence[NamedNode] | None,
        named_graphs: Sequence[NamedNode] | None,
        budget_s: float,
    ) -> None:
        self._store = store
        self._default_graphs = default_graphs
        self._named_graphs = named_graphs
        self._start = monotonic()
        self._deadline = self._start + budget_s
        self._known: dict[str, bool] = {}
        self._thread = ThreadPoolExecutor(1, "explain")
        self.asked = 0
        self.left_running = False

    def close(self) -> None:
        """Let the thread go, without waiting for the probe that it may be left with."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    @property
    def seconds(self) -> float:
        """Time since the first probe could be put."""
        return monotonic() - self._start

    @property
    def restricted(self) -> bool:
        """Whether the caller chose graphs."""
        return self._default_graphs is not None or self._named_graphs is not None

    def any(self, ask: str) -> bool:
        """Whether an ASK of the query's dataset is true; asked once.

        Raises: Spent; QueryError; StoreUnavailable; QueryTimeout.
        """
        if ask not in self._known:
            self._known[ask] = self._run(lambda: truth(self._query(ask)))
        return self._known[ask]

    def count(self, text: str) -> Count:
        """How many rows or triples a query gives, at most CAP; an ASK that is true gives one.

        Raises: as `any`.
        """
        return self._run(lambda: self._count(text))

    def anywhere(self, ask: str) -> bool:
        """Whether an ASK is true in the union of all graphs. Raises: as `any`."""
        guard(ask)
        return self._run(lambda: self._store.ask(ask))

    def table(self, select: str) -> Table:
        """The rows of a saved query, over all graphs. Raises: as `any`."""
        return self._run(lambda: self._store.select(select))

    def _count(self, text: str) -> Count:
        answer = self._query(text)
        if isinstance(answer, QueryBoolean):
            return Count(int(bool(answer)))
        with reading():
            number = sum(1 for _ in islice(answer, CAP + 1))
        return Count(min(number, CAP), more=number > CAP)

    def _query(self, text: str) -> Answer:
        guard(text)
        return self._store.query(
            text, default_graphs=self._default_graphs, named_graphs=self._named_graphs
        )

    def _run(self, probe: Callable[[], _Answer]) -> _Answer:
        left = self._deadline - monotonic()
        if self.asked >= MAX_PROBES or left <= 0 or self.left_running:
            raise Spent
        self.asked += 1
        running = self._thread.submit(probe)
        try:
            return running.result(left)
        except TimeoutError as error:
            self.left_running = True
            raise Spent from error

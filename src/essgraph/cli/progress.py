"""How far a build is: bars where a terminal shows them, else a line a phase."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Lines:
    """A line for each phase that ended, with its rate where triples went through it."""

    def __init__(self, console: Console, phases: Sequence[str], expected: int | None) -> None:
        self._console = console
        self._moved = dict.fromkeys(phases, 0)
        self._began: dict[str, float] = {}

    def phase(self, name: str, seconds: float | None) -> None:
        """A phase begins (None) or ended."""
        if seconds is None:
            self._began[name] = time.perf_counter()
            return
        told = f"{name}: {seconds:.1f} s"
        if triples := self._moved[name]:
            told = f"{name}: {triples:,} triples in {seconds:.1f} s ({_rate(triples, seconds)})"
        self._console.print(told, highlight=False, soft_wrap=True)

    def moved(self, name: str, triples: int) -> None:
        """So many more triples went through a phase."""
        self._moved[name] += triples

    def close(self) -> None:
        """Nothing is left to show."""


class Bars(Lines):
    """A bar for each phase under way, with its rate and the time left.

    The time left is told by the size of the release before; without one, only the rate is.
    """

    def __init__(self, console: Console, phases: Sequence[str], expected: int | None) -> None:
        super().__init__(console, phases, expected)
        self._expected = expected
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._tasks = {
            name: self._bars.add_task(name, total=None, start=False, visible=False)
            for name in phases
        }
        self._bars.start()

    def phase(self, name: str, seconds: float | None) -> None:
        """A phase begins (None) or ended; what went through it before it began counts too."""
        if seconds is None:
            self._show(name)
            return
        done = self._moved[name] or 1
        self._bars.update(self._tasks[name], total=done, completed=done)
        self._bars.stop_task(self._tasks[name])

    def moved(self, name: str, triples: int) -> None:
        """So many more triples went through a phase."""
        super().moved(name, triples)
        self._show(name)
        self._bars.update(self._tasks[name], completed=self._moved[name], total=self._expected)

    def close(self) -> None:
        """Take the bars away."""
        self._bars.stop()

    def _show(self, name: str) -> None:
        self._bars.update(self._tasks[name], visible=True)
        self._bars.start_task(self._tasks[name])


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        if not task.completed or not task.elapsed or task.completed == 1:
            return Text()
        return Text(f"{task.completed:,.0f} triples, {_rate(task.completed, task.elapsed)}")


def _rate(triples: float, seconds: float) -> str:
    return f"{triples / seconds:,.0f}/s" if seconds else ""

"""What the commands of `essgraph fetch` share: a folder to unpack in, and the step under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@contextmanager
def steps(first: str) -> Iterator[tuple[Path, Callable[[str], None]]]:
    """A folder that goes at the end, and what tells a terminal which step comes next."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with (
        TemporaryDirectory(prefix="essgraph-") as scratch,
        Progress(*columns, console=console, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task(first, total=None)

        def tell(step: str) -> None:
            progress.update(task, description=step)

        yield Path(scratch), tell

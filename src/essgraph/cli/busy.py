"""A sign of life, for commands that take some seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def busy(what: str, *, quiet: bool = False) -> Iterator[None]:
    """Show on a terminal that `what` goes on; elsewhere, and if `quiet`, nothing."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield
        return
    with console.status(what):
        yield

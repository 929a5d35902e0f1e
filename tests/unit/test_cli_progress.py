"""How far a build is: lines for a log, bars for a terminal."""

from __future__ import annotations

from contextlib import closing
from io import StringIO

import pytest
from rich.console import Console

from essgraph.cli.progress import Bars, Lines

PHASES = ("convert", "publish")


def _tell(kind: type[Lines], expected: int | None, *, terminal: bool) -> str:
    written = StringIO()
    console = Console(file=written, force_terminal=terminal, width=100)
    with closing(kind(console, PHASES, expected)) as watch:
        watch.phase("convert", None)
        watch.moved("convert", 1_500)
        watch.moved("convert", 1_500)
        watch.phase("convert", 1.5)
        watch.phase("publish", None)
        watch.phase("publish", 0.25)
    return written.getvalue()


def test_a_log_has_a_line_a_phase() -> None:
    """Seconds, and the rate where triples were counted; nothing that only a terminal shows."""
    told = _tell(Lines, None, terminal=False)

    assert told == "convert: 3,000 triples in 1.5 s (2,000/s)\npublish: 0.2 s\n"


@pytest.mark.parametrize("expected", [None, 6_000])
def test_a_terminal_has_a_bar_a_phase(expected: int | None) -> None:
    """The phase, its triples and their rate, whether or not the size is known before."""
    told = _tell(Bars, expected, terminal=True)

    assert "convert" in told
    assert "3,000 triples" in told
    assert "/s" in told

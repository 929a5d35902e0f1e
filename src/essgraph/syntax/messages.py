"""What the engine says about bad syntax, made readable."""

from __future__ import annotations

import re

_EXPECTED = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_SHOWN = 60


def explain(message: str, text: str, place: str = "line ", skipped: int = 0) -> str:
    """The engine's message on bad syntax, with the text it stumbled on and its long list cut.

    `skipped` characters were sent before the text, on its first line.
    """
    found = _EXPECTED.match(message)
    if not found:
        return message
    line, column = int(found[1]), int(found[2])
    if line == 1:
        column = max(1, column - skipped)
    lines = text.split("\n")
    wrong = lines[min(line, len(lines)) - 1]
    start = max(0, column - 1 - _SHOWN // 2)
    near = wrong[start : start + _SHOWN].strip()
    if not near:
        # The engine tells how far it came: at the end, show what it had just read.
        near = "\n".join(lines[:line]).rstrip()[-_SHOWN:].rpartition("\n")[2].strip()
    expected = found[3].replace("\n", " ")
    if len(expected) > 4 * _SHOWN:
        expected = expected[: 4 * _SHOWN] + "…"
    return f"{place}{line}:{column}: near {near!r}: {expected}"

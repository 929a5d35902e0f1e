"""An answer as bars, which need no script: the first column of words, the first of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal

from essgraph.store.base import Term
from essgraph.web import text
from essgraph.web.answered import Rows
from essgraph.web.text import Cell, Grid

MOST = 50
"""Bars of one chart; the table has the other rows."""

_LOOKED_AT = 50
"""Rows that tell what a column holds."""


@dataclass(frozen=True)
class Bar:
    """A row: what it is called, its number as it is written, and its part of the largest.

    Units: width in percent.
    """

    name: Cell
    value: Cell
    width: float


@dataclass(frozen=True)
class Bars:
    """The bars of a chart, and the columns that they show; `left_out` rows have none."""

    names: str
    values: str
    bars: Sequence[Bar]
    left_out: int


def bars(found: Rows, grid: Grid) -> Bars | None:
    """The chart of an answer, whose rows `grid` holds with labels joined; None without numbers."""
    numbers = [at for at in range(len(grid.columns)) if any(row[at].number for row in grid.rows)]
    words = [at for at in range(len(grid.columns)) if at not in numbers]
    if not numbers or not words or len(grid.rows) < 2:
        return None
    name, value = words[0], numbers[0]
    column = found.columns.index(grid.columns[value])
    amounts = [amount(row[column]) for row in found.rows]
    drawn = [at for at, known in enumerate(amounts) if known is not None][:MOST]
    largest = max((abs(amounts[at] or 0) for at in drawn), default=0) or 1
    return Bars(
        grid.columns[name],
        grid.columns[value],
        [
            Bar(
                grid.rows[at][name],
                grid.rows[at][value],
                round(100 * abs(amounts[at] or 0) / largest, 1),
            )
            for at in drawn
        ],
        len(found.rows) - len(drawn),
    )


def words() -> dict[str, str]:
    """The texts of the chart's script, by the names it gives them."""
    return {
        "yes": gettext("yes"),
        "no": gettext("no"),
        "labels": gettext("Labels"),
        "values": gettext("Values"),
        "kind": gettext("Kind of chart"),
        "bars": gettext("Bars"),
        "line": gettext("Line"),
        "pie": gettext("Shares"),
        "chart.alt": gettext("Chart of {} by {}; the same figures are in the table."),
        "drawn": gettext("Only the first {} rows are drawn."),
    }


def numeric(found: Rows) -> bool:
    """Whether an answer has a number for several of its rows, and something to name them by."""
    return any(
        len([row for row in found.rows[:_LOOKED_AT] if amount(row[at]) is not None]) > 1
        for at in range(len(found.columns))
    ) and any(amount(term) is None for term in found.rows[0])


def amount(term: Term | None) -> float | None:
    """The number that a term is; None for anything else."""
    if not isinstance(term, Literal) or not text.cell(term).number:
        return None
    try:
        read = float(term.value)
    except ValueError:
        return None
    return read if isfinite(read) else None

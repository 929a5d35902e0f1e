"""Areas shaded by an answer: which column names départements or régions, and the classes of the
numbers beside them. frontend/answers/areas.js does the same where there are scripts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal, NamedNode

from essgraph.errors import NotFound
from essgraph.store.base import Term
from essgraph.web import basemap, text
from essgraph.web.answered import Rows
from essgraph.web.context import names
from essgraph.web.drawing import CLASSES
from essgraph.web.saved.chart import amount

_CODES = {
    "departements": re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-46]"),
    "regions": re.compile(r"0[1-46]|11|24|27|28|32|44|52|53|75|76|84|93|94"),
}
_SAYS = {"departements": re.compile(r"d[eé]p", re.I), "regions": re.compile(r"r[eé]g", re.I)}
"""What the name of a column of bare codes says of them."""

_ENOUGH = 0.5
"""The share of rows that have to name an area."""


@dataclass(frozen=True)
class Class:
    """The numbers of one colour: the step of the ramp, and the range in words."""

    step: int
    words: str


@dataclass(frozen=True)
class Shading:
    """Areas shaded by the numbers of a column.

    Shape: `areas` is a file of the base map; `shades` are steps of the ramp by INSEE code;
    `values` and `names` are the columns of the numbers and of the areas.
    """

    areas: str
    names: str
    values: str
    shades: Mapping[str, int]
    classes: Sequence[Class]


def shading(found: Rows) -> Shading | None:
    """The first way to shade areas by an answer; None where there is none."""
    columns = range(len(found.columns))
    numbers = [at for at in columns if any(amount(row[at]) is not None for row in found.rows)]
    for at in columns:
        for areas in _CODES:
            read = _reader(areas, found.columns[at])
            codes = [read(row[at]) for row in found.rows]
            known = [code for code in codes if code]
            if len(known) < max(2, len(codes) * _ENOUGH) or len(set(known)) < len(known):
                continue
            for number in (one for one in numbers if one != at):
                values = {
                    code: value
                    for code, row in zip(codes, found.rows, strict=True)
                    if code and (value := amount(row[number])) is not None
                }
                if len(values) > 1:
                    return _shaded(areas, found.columns[at], found.columns[number], values)
    return None


def limits(numbers: Sequence[float]) -> list[tuple[float, float]]:
    """Classes of about as many numbers each, the least and the most of each, in order.

    Numbers that are the same are in the same class, so that there may be fewer than `CLASSES`.
    """
    ordered = sorted(numbers)
    distinct = sorted(set(ordered))
    if len(distinct) <= CLASSES:
        return [(one, one) for one in distinct]
    found: list[tuple[float, float]] = []
    start = 0
    for step in range(1, CLASSES + 1):
        if start >= len(ordered):
            break
        end = max(round(len(ordered) * step / CLASSES), start + 1)
        while end < len(ordered) and ordered[end] == ordered[end - 1]:
            end += 1
        found.append((ordered[start], ordered[end - 1]))
        start = end
    return found


def _shaded(areas: str, area: str, number: str, values: Mapping[str, float]) -> Shading:
    classes = limits(list(values.values()))
    steps = [_step(at, len(classes)) for at in range(len(classes))]
    most = [top for _, top in classes]
    return Shading(
        areas,
        area,
        number,
        {code: steps[bisect_left(most, value)] for code, value in values.items()},
        [Class(step, _words(*ends)) for step, ends in zip(steps, classes, strict=True)],
    )


def _step(at: int, number: int) -> int:
    """The step of the ramp of a class: the ends of the ramp are always used."""
    return CLASSES - 1 if number < 2 else round(at * (CLASSES - 1) / (number - 1))


def _words(least: float, most: float) -> str:
    if least == most:
        return text.number(_plain(least))
    told = text.number(_plain(least)), text.number(_plain(most))
    return str(gettext("From {} to {}")).format(*told)


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def _reader(areas: str, column: str) -> Callable[[Term | None], str]:
    """What reads the code of an area in a term of a column; "" where there is none."""
    kind = basemap.AREAS[areas]
    is_said = _SAYS[areas].search(column) is not None

    def read(term: Term | None) -> str:
        if isinstance(term, NamedNode):
            try:
                found, key = names().entity_parts(term.value)
            except NotFound:
                return ""
            return key if found == kind else ""
        if isinstance(term, Literal) and is_said and _CODES[areas].fullmatch(term.value):
            return term.value
        return ""

    return read

"""The classes and what links them, drawn on the server: boxes on a grid, and straight lines.

The links are those that the shapes name. The places are found by exchanging boxes as long as the
drawing gets better, from the same start each time, so that the same ontology always looks the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from essgraph.web import text
from essgraph.web.context import names
from essgraph.web.terms.vocabulary import Vocabulary

COLUMNS = 4
_BOX = (200, 48)
_STEP = (320, 150)
_EDGE = 16
_LINE = 15
_LETTER = 6.2
_ASIDE = 12
_SHARES = tuple(share / 20 for share in range(4, 17))
_ACROSS = 6.0
_CROSSED = 1.5

_Point = tuple[float, float]
_Pair = tuple[int, int]
_Span = tuple[_Point, _Point, tuple[str, ...], bool, bool]
"""Corners of two boxes, words, whether there is a link back, whether it is dashed."""
_Area = tuple[float, float, float, float]
"""Middle, half the width, half the height."""


@dataclass(frozen=True)
class Box:
    """A class: its corner, its size, its label, its accent."""

    x: float
    y: float
    label: text.Cell
    accent: str
    width: int = _BOX[0]
    height: int = _BOX[1]


@dataclass(frozen=True)
class Line:
    """A link from box to box, with what it is called, a line each; a dashed one is `is a kind of`.

    Shape: `words` are texts with their places.
    """

    start: _Point
    end: _Point
    words: tuple[tuple[float, float, str], ...]
    dashed: bool


@dataclass(frozen=True)
class Picture:
    """The whole drawing, in units of its own."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(words: Vocabulary) -> Picture:
    """The diagram of the classes that the shapes link with each other."""
    named = {term.iri: term for term in words.classes}
    links: dict[tuple[str, str], list[str]] = {}
    for iri in named:
        for field in words.fields(iri):
            for other in field.classes:
                if other in named and other != iri and not field.inverse and not field.then:
                    links.setdefault((iri, other), []).append(text.translated(field.names))
    kinds = [(iri, up) for iri, term in named.items() for up in term.above if up in named]
    used = sorted({iri for pair in (*links, *kinds) for iri in pair})
    at = {iri: number for number, iri in enumerate(used)}
    pairs = {tuple(sorted((at[a], at[b]))) for a, b in (*links, *kinds) if a != b}
    places = _places(len(used), tuple(sorted((a, b) for a, b in pairs)))
    corner = {iri: _corner(places[number]) for iri, number in at.items()}
    spans = [
        (corner[a], corner[b], tuple(dict.fromkeys(told)), (b, a) in links, False)
        for (a, b), told in links.items()
    ]
    spans += [(corner[a], corner[b], (), False, True) for a, b in kinds]
    lines = _lines(spans, list(corner.values()))
    return Picture(
        width=_EDGE * 2 + _STEP[0] * (COLUMNS - 1) + _BOX[0],
        height=_EDGE * 2 + _STEP[1] * (max(places, default=0) // COLUMNS) + _BOX[1],
        boxes=tuple(Box(*corner[iri], named[iri].label, text.accent(iri, names())) for iri in used),
        lines=tuple(lines),
    )


def _corner(place: int) -> _Point:
    return (
        _EDGE + _STEP[0] * (place % COLUMNS),
        _EDGE + _STEP[1] * (place // COLUMNS),
    )


def _lines(spans: Sequence[_Span], corners: Sequence[_Point]) -> list[Line]:
    """Lines from the borders of boxes, those of both ways beside each other; the words of each
    where they hide the least: other words first of all, then boxes, then lines.
    """
    ends = [_ends(start, end, back) for start, end, _, back, _ in spans]
    solid = [(x + _BOX[0] / 2, y + _BOX[1] / 2, _BOX[0] / 2, _BOX[1] / 2) for x, y in corners]
    written: list[_Area] = []
    lines = []
    for number, (first, last) in enumerate(ends):
        told, dashed = spans[number][2], spans[number][4]
        wide = max((len(word) for word in told), default=0) * _LETTER / 2 + 4
        high = _LINE * len(told) / 2
        others = [pair for at, pair in enumerate(ends) if at != number]

        def hidden(share: float) -> float:
            area = (*_along(first, last, share), wide, high)  # noqa: B023  # called at once
            return (
                20 * sum(_meet(area, other) for other in written)
                + 10 * sum(_meet(area, box) for box in solid)
                + 3 * sum(_under(area, pair) for pair in others)  # noqa: B023
                + abs(share - 0.5)
            )

        x, y = _along(first, last, min(_SHARES, key=hidden))
        if told:
            written.append((x, y, wide, high))
        top = y - _LINE * (len(told) - 1) / 2
        words = tuple((round(x, 1), round(top + _LINE * n, 1), word) for n, word in enumerate(told))
        lines.append(Line(_round(first), _round(last), words, dashed))
    return lines


def _ends(start: _Point, end: _Point, back: bool) -> tuple[_Point, _Point]:
    a, b = _middle(start), _middle(end)
    length = max(((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5, 1)
    aside = _ASIDE if back else 0
    shift = (-(b[1] - a[1]) / length * aside, (b[0] - a[0]) / length * aside)
    a, b = (a[0] + shift[0], a[1] + shift[1]), (b[0] + shift[0], b[1] + shift[1])
    return _border(a, b, start), _border(b, a, end)


def _along(first: _Point, last: _Point, share: float) -> _Point:
    return first[0] + (last[0] - first[0]) * share, first[1] + (last[1] - first[1]) * share


def _meet(one: _Area, other: _Area) -> bool:
    return abs(one[0] - other[0]) < one[2] + other[2] and abs(one[1] - other[1]) < one[3] + other[3]


def _under(area: _Area, line: tuple[_Point, _Point]) -> bool:
    """Whether a line runs under an area."""
    return any(_meet(area, (*_along(*line, step / 24), 1, 1)) for step in range(25))


def _middle(corner: _Point) -> _Point:
    return corner[0] + _BOX[0] / 2, corner[1] + _BOX[1] / 2


def _border(inside: _Point, outside: _Point, corner: _Point) -> _Point:
    """Where a line from inside a box leaves it."""
    dx, dy = outside[0] - inside[0], outside[1] - inside[1]
    shares = [1.0]
    for delta, at, low, size in (
        (dx, inside[0], corner[0], _BOX[0]),
        (dy, inside[1], corner[1], _BOX[1]),
    ):
        if delta:
            shares.append(((low + size if delta > 0 else low) - at) / delta)
    share = min(share for share in shares if share >= 0)
    return inside[0] + dx * share, inside[1] + dy * share


def _round(point: _Point) -> _Point:
    return round(point[0], 1), round(point[1], 1)


@lru_cache(maxsize=4)
def _places(count: int, pairs: tuple[_Pair, ...]) -> tuple[int, ...]:
    """The place of each box on the grid: exchanged by twos, while that makes the drawing better."""
    cells = COLUMNS * -(-count // COLUMNS)
    degree = [sum(box in pair for pair in pairs) for box in range(count)]
    # The most linked boxes start in the middle.
    centre = (COLUMNS / 2 - 0.5, cells / COLUMNS / 2 - 0.5)
    by_centre = sorted(range(cells), key=lambda cell: (_far(cell, centre), cell))
    order = sorted(range(count), key=lambda box: (-degree[box], box))
    places = [0] * count
    for box, cell in zip(order, by_centre, strict=False):
        places[box] = cell
    best = _cost(places, pairs)
    better = True
    while better:
        better = False
        for box in range(count):
            for cell in range(cells):
                tried = list(places)
                if cell in places:
                    tried[places.index(cell)] = places[box]
                tried[box] = cell
                cost = _cost(tried, pairs)
                if cost < best - 1e-9:
                    places, best, better = tried, cost, True
    return tuple(places)


def _far(cell: int, centre: _Point) -> float:
    return abs(cell % COLUMNS - centre[0]) + abs(cell // COLUMNS - centre[1])


def _cost(places: Sequence[int], pairs: Iterable[_Pair]) -> float:
    """What makes a drawing bad: long lines, boxes that lines run under, lines that cross."""
    spots = [(cell % COLUMNS, cell // COLUMNS) for cell in places]
    taken = set(spots)
    drawn = [(spots[a], spots[b]) for a, b in pairs]
    cost = 0.0
    for (ax, ay), (bx, by) in drawn:
        dx, dy = bx - ax, by - ay
        cost += (dx * dx + dy * dy) ** 0.5
        steps = max(abs(dx), abs(dy))
        for step in range(1, steps):
            x, y = ax + dx * step / steps, ay + dy * step / steps
            if (round(x), round(y)) in taken and abs(x - round(x)) + abs(y - round(y)) < 0.4:
                cost += _ACROSS
    for (a, b), (c, d) in combinations(drawn, 2):
        if len({a, b, c, d}) == 4 and _cross(a, b, c, d):
            cost += _CROSSED
    return cost


def _cross(a: _Pair, b: _Pair, c: _Pair, d: _Pair) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: _Pair, b: _Pair, point: _Pair) -> int:
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])

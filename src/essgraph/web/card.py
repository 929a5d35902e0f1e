"""The picture of a page that networks show beside a link to it: title, kind, place, a small map.

Source: https://ogp.me, read 2026-11-24; the typeface is Atkinson Hyperlegible (Braille
Institute, SIL Open Font License 1.1), from the package fontpkg-atkinson-hyperlegible.
"""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
"""Pixels, as the networks ask for."""

_PAPER, _INK, _SOFT, _LAND = "#fbf9f4", "#1c2125", "#555c63", "#ddd5c5"
ACCENTS = {
    "initiative": "#ab3a1b",
    "territory": "#2b6a3b",
    "person": "#7c2d6b",
    "organisation": "#1c5792",
    "resource": "#7a5600",
    "concept": "#0b626b",
}
"""The colours of the style sheet, by accent."""

_LEFT, _TOP, _BOTTOM = 84, 64, 566
_MAP = (800, 96, 1136, 500)
"""The box of the map."""

_FRANCE = (-5.2, 41.3, 9.7, 51.2)
"""West, south, east, north of the map, in degrees."""

_ROOM, _PLACE = 372, 64
"""Pixels between the kind and the mark, and those of them that the place takes."""

_TITLE_SIZES = (72, 64, 56, 48, 42)
_MOST_LINES = 4
_MOST_CHARACTERS = 300
"""Of a title or a line: what is beyond would not be seen."""


@dataclass(frozen=True)
class Card:
    """What a picture shows.

    Shape: `land` are the outlines of the country as longitudes and latitudes, `points` those of
    the subject; without `land` there is no map.
    """

    title: str
    kind: str
    place: str
    accent: str
    land: Sequence[Sequence[Sequence[float]]] = ()
    points: Sequence[tuple[float, float]] = ()


def draw(card: Card) -> bytes:
    """The picture as PNG."""
    colour = ACCENTS.get(card.accent, ACCENTS["organisation"])
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 27, HEIGHT), fill=colour)
    has_map = bool(card.land)
    width = (_MAP[0] - 48 if has_map else WIDTH - 84) - _LEFT
    pen.text((_LEFT, _TOP), _cut(_readable(card.kind), bold(34), width), _hex(colour), bold(34))
    lines, font, step = _fitted(_readable(card.title), width, _PLACE if card.place else 0)
    top = _TOP + 64
    for line in lines:
        pen.text((_LEFT, top), line, _hex(_INK), font)
        top += step
    if card.place:
        place = _cut(_readable(card.place), regular(36), width)
        pen.text((_LEFT, top + 20), place, _hex(_SOFT), regular(36))
    _mark(pen, _LEFT, _BOTTOM - 52, 52)
    pen.text((_LEFT + 68, _BOTTOM - 48), "essgraph", _hex(_INK), bold(38))
    if has_map:
        _draw_map(pen, card, colour)
    out = io.BytesIO()
    # Few colours: a palette makes a third of the bytes.
    image.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", compress_level=6)
    return out.getvalue()


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The text in lines no wider than `width`; a word that is wider is cut in pieces."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if font.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while font.getlength(line) > width:
            kept = _fitting(line, font, width)
            lines.append(line[:kept])
            line = line[kept:]
    return [*lines, line] if line else lines


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: float) -> int:
    """How many characters of a text have room, one at least."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= width else (low, middle - 1)
    return low


def _fitted(title: str, width: int, below: int) -> tuple[list[str], ImageFont.FreeTypeFont, int]:
    """A title in lines, its type, and the height of a line: as large as it has room.

    `below` are pixels that have to stay free under it; no word is cut where a smaller type will do.
    """
    for size in _TITLE_SIZES:
        font = bold(size)
        lines = wrapped(title, font, width)
        whole = max((font.getlength(word) for word in title.split(" ")), default=0) <= width
        if whole and len(lines) <= min(_MOST_LINES, (_ROOM - below) // round(size * 1.18)):
            break
    if len(lines) > _MOST_LINES:
        last = _cut(" ".join(lines[_MOST_LINES - 1 :]), font, width)
        lines = [*lines[: _MOST_LINES - 1], last]
    return lines, font, round(size * 1.18)


def _cut(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The beginning of a text that has room on a line, and "…" where it was cut."""
    if font.getlength(text) <= width:
        return text
    return text[: _fitting(text, font, width - font.getlength("…"))].rstrip() + "…"


def _readable(text: str) -> str:
    """A text as the typeface can spell it: letters composed, plain spaces, a mark for the rest."""
    composed = unicodedata.normalize("NFC", text[:_MOST_CHARACTERS])
    known = "".join(c if not c.isspace() else " " for c in composed)
    return " ".join("".join(c if spells(c) else "·" for c in known).split())


@cache
def spells(character: str) -> bool:
    """Whether the typeface has a character: what it lacks looks as what nobody assigned."""
    font = regular(32)
    nobody = font.getmask("\uffff")
    drawn = font.getmask(character)
    return (drawn.size, bytes(drawn)) != (nobody.size, bytes(nobody)) or character == " "


def _draw_map(pen: ImageDraw.ImageDraw, card: Card, colour: str) -> None:
    for ring in card.land:
        outline = [_on_plane(longitude, latitude) for longitude, latitude in ring]
        pen.polygon(outline, fill=_LAND, outline=_PAPER, width=1)
    here = [place for place in (_placed(*point) for point in card.points) if place is not None]
    for reach, fill in ((17, _PAPER), (13, colour)):
        for x, y in here:
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=fill)


def _placed(longitude: float, latitude: float) -> tuple[float, float] | None:
    """Where a place is on the map; None for what is overseas."""
    west, south, east, north = _FRANCE
    if not (west <= longitude <= east and south <= latitude <= north):
        return None
    return _on_plane(longitude, latitude)


def _on_plane(longitude: float, latitude: float) -> tuple[float, float]:
    west, south, east, north = _FRANCE
    left, top, right, bottom = _MAP
    # A degree of longitude is shorter: by the cosine of the latitude in the middle.
    narrow = math.cos(math.radians((south + north) / 2))
    scale = min((right - left) / ((east - west) * narrow), (bottom - top) / (north - south))
    return left + (longitude - west) * narrow * scale, top + (north - latitude) * scale


def _mark(pen: ImageDraw.ImageDraw, left: int, top: int, size: int) -> None:
    """The mark of the site: six things, linked."""
    corners = ((16, 4), (26.4, 10), (26.4, 22), (16, 28), (5.6, 22), (5.6, 10))
    points = [(left + x * size / 32, top + y * size / 32) for x, y in corners]
    pen.line([*points, points[0]], fill="#777777", width=2)
    reach = size * 3.6 / 32
    for (x, y), colour in zip(points, ACCENTS.values(), strict=True):
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)


def _hex(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@cache
def _face(name: str, size: int) -> ImageFont.FreeTypeFont:
    found = files("fontpkg_atkinson_hyperlegible") / "files" / f"AtkinsonHyperlegible-{name}.ttf"
    return ImageFont.truetype(io.BytesIO(found.read_bytes()), size)


def bold(size: int) -> ImageFont.FreeTypeFont:
    """The typeface, bold, of so many pixels."""
    return _face("Bold", size)


def regular(size: int) -> ImageFont.FreeTypeFont:
    """The typeface, of so many pixels."""
    return _face("Regular", size)

"""Places on the base map as a picture (SVG), which needs no script and can be printed.

Shape: one main frame, which is the mainland, a territory overseas, or what is around the places
when they are close; and beside it a small frame for each other territory that has places.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import escape

from flask import Response

from essgraph.web import basemap, conditional
from essgraph.web.basemap import COARSE, SIZE, Area, Box, Point
from essgraph.web.geojson import Feature, polygons

WIDTH, HEIGHT = 800, 640
CLASSES = 5
"""Steps of the ramp that areas are shaded in."""

_LEAST = SIZE * 0.8 / 360  # degrees of longitude around points, about 60 km
_LEAST_OF_OUTLINES = SIZE * 0.08 / 360
_MARGIN = 0.08
_INSET = 128
_FAR = 0.5
"""Share of a frame that places span for all of it to be shown."""
_COARSE_ENOUGH = 1.5  # pixels a step
_FINEST = 0.25  # units a step of the outlines of features, about 7 m
_RADIUS, _MANY = 7, 150
_STYLE = """
:root{color-scheme:light dark}
.paper{fill:#f2ede2}.land{fill:#fff;stroke:#b9ae97}
.shape{fill:#2b6a3b;fill-opacity:.25;stroke:#2b6a3b}
path{stroke-width:1;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.shape{stroke-width:2.5}
.dot{fill:#ab3a1b;stroke:#fff;stroke-width:1.5}
.here{fill:none;stroke:#ab3a1b;stroke-width:3}
.frame{fill:none;stroke:#555c63}
.name{fill:#1c2125;font:600 20px sans-serif;paint-order:stroke;stroke:#fff;stroke-width:4px}
.small{font-size:15px}
.s0{fill:#e3eef9}.s1{fill:#b4d0ec}.s2{fill:#74a6d8}.s3{fill:#3877b6}.s4{fill:#123f70}
@media (prefers-color-scheme:dark){
.paper{fill:#14181a}.land{fill:#2b3439;stroke:#5b676e}
.shape{fill:#8ed3a0;stroke:#8ed3a0}.dot{fill:#ff9d7d;stroke:#14181a}
.here{stroke:#ff9d7d}.frame{stroke:#a9b0b3}.name{fill:#ece8df;stroke:#14181a}
.s0{fill:#1d3247}.s1{fill:#2b5580}.s2{fill:#447fba}.s3{fill:#7db2e6}.s4{fill:#cfe4fa}
}
""".replace("\n", "")
_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; sandbox"
MEDIA_TYPE = "image/svg+xml"


@dataclass
class _Group:
    """What is drawn in one frame: points, outlines, and the box that is to be seen."""

    points: list[Point] = field(default_factory=list)
    outlines: list[Feature] = field(default_factory=list)
    corners: list[Point] = field(default_factory=list)


def picture(
    data_dir: Path,
    features: Sequence[Feature],
    title: str,
    *,
    areas: str = "departements",
    shades: Mapping[str, int] | None = None,
) -> str:
    """The picture of these features; `shades` are the steps, 0 to 4, of areas by their codes.

    Raises: SourceError where there is no base map.
    """
    base = list(basemap.read(data_dir, areas).areas.values())
    homes = _homes(base)
    groups = _sorted_in(features, homes)
    shaded = {area.home for area in base if shades and area.code in shades}
    main = _main(groups, shaded)
    if main in shaded or main not in groups:
        box = _grown(homes[main])
    else:
        box = _seen(groups[main], homes.get(main))
    drawn = _frame(base, groups.get(main), _proportioned(box, WIDTH / HEIGHT), shades, WIDTH)
    if main in homes and box.width < homes[main].width * _FAR:
        drawn += _locator(data_dir, box)
    others = sorted((groups.keys() | shaded) & homes.keys() - {main})
    for at, name in enumerate(others):
        small = _proportioned(_grown(homes[name]), 1)
        content = _frame(base, groups.get(name), small, shades, _INSET)
        drawn += _inset(at, content, next(area.name for area in base if area.home == name))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style>"
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>{drawn}</svg>'
    )


def respond(svg: str, etag: str | None = None) -> Response:
    """A picture as an answer, with a policy that lets it use its own style and nothing else."""
    response = Response(svg, mimetype=MEDIA_TYPE)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return conditional.keep(response, etag) if etag else response


def _homes(base: Sequence[Area]) -> dict[str, Box]:
    corners: dict[str, list[Point]] = defaultdict(list)
    for area in base:
        corners[area.home] += [(area.box.west, area.box.north), (area.box.east, area.box.south)]
    return {home: basemap.around(points) for home, points in corners.items()}


def _sorted_in(features: Sequence[Feature], homes: Mapping[str, Box]) -> dict[str, _Group]:
    """The features by the frame that they are in; what is in none of them is in "elsewhere"."""
    groups: dict[str, _Group] = defaultdict(_Group)
    for feature in features:
        shape = feature["geometry"]
        if shape["type"] == "Point":
            points = [basemap.place(*shape["coordinates"])]
        else:
            rings = (ring for part in polygons(shape) for ring in part[:1])
            points = [basemap.place(*point) for ring in rings for point in ring]
        box = basemap.around(points)
        middle = ((box.west + box.east) / 2, (box.north + box.south) / 2)
        name = next((name for name, home in homes.items() if home.holds(*middle)), "elsewhere")
        group = groups[name]
        group.corners += [(box.west, box.north), (box.east, box.south)]
        if shape["type"] == "Point":
            group.points += points
        else:
            group.outlines.append(feature)
    return groups


def _main(groups: Mapping[str, _Group], shaded: set[str]) -> str:
    """What the large frame shows: the mainland, unless all is in one other place."""
    if "" in groups or "" in shaded or not (groups or shaded):
        return ""
    sizes = {
        name: len(groups[name].corners) if name in groups else 0 for name in shaded | set(groups)
    }
    return max(sorted(sizes), key=lambda name: sizes[name])


def _seen(group: _Group, home: Box | None) -> Box:
    """What is around the places of a group: all of the mainland if they are far apart."""
    box = basemap.around(group.corners)
    if home is not None and max(box.width / home.width, box.height / home.height) > _FAR:
        return _grown(home)
    least = _LEAST if group.points else _LEAST_OF_OUTLINES
    if box.width < least:
        middle = (box.west + box.east) / 2
        box = Box(middle - least / 2, box.north, middle + least / 2, box.south)
    return _grown(box)


def _grown(box: Box) -> Box:
    across, down = box.width * _MARGIN, box.height * _MARGIN
    return Box(box.west - across, box.north - down, box.east + across, box.south + down)


def _proportioned(box: Box, ratio: float) -> Box:
    """The box made wider or higher, to be so many times as wide as high."""
    width, height = max(box.width, box.height * ratio), max(box.height, box.width / ratio)
    x, y = (box.west + box.east) / 2, (box.north + box.south) / 2
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _frame(
    base: Sequence[Area],
    group: _Group | None,
    box: Box,
    shades: Mapping[str, int] | None,
    width: int,
) -> str:
    """What is to be seen of a box, drawn so many pixels wide from the origin."""
    scale = width / box.width
    coarse = scale * COARSE < _COARSE_ENOUGH
    step = COARSE if coarse else 1
    land = "".join(
        f'<path class="land{_shade(shades, area.code)}" '
        f'd="{area.coarse if coarse else area.fine}"/>'
        for area in base
        if area.box.meets(box)
    )
    drawn = f'<g transform="{_moved(box, scale, step)}">{land}</g>'
    if group is not None:
        outlines = "".join(
            f'<path class="shape" d="{basemap.path(one["geometry"], _FINEST)}"/>'
            for one in group.outlines
        )
        if outlines:
            drawn += f'<g transform="{_moved(box, scale, _FINEST)}">{outlines}</g>'
        spots = {
            (round((x - box.west) * scale), round((y - box.north) * scale))
            for x, y in group.points
            if box.holds(x, y)
        }
        radius = _RADIUS if len(spots) < _MANY else _RADIUS / 2
        drawn += "".join(
            f'<circle class="dot" cx="{x}" cy="{y}" r="{radius:g}"/>' for x, y in sorted(spots)
        )
    if width == WIDTH and not coarse:
        drawn += _names(base, box, scale)
    return drawn


def _names(base: Sequence[Area], box: Box, scale: float) -> str:
    """The names of the areas whose middle is to be seen, well inside the frame."""
    across, down = box.width / 8, box.height / 20
    inside = Box(box.west + across, box.north + down, box.east - across, box.south - down)
    return "".join(
        f'<text class="name" text-anchor="middle" x="{(x - box.west) * scale:.0f}" '
        f'y="{(y - box.north) * scale:.0f}">{escape(area.name)}</text>'
        for area in base
        for x, y in [((area.box.west + area.box.east) / 2, (area.box.north + area.box.south) / 2)]
        if inside.holds(x, y)
    )


def _moved(box: Box, scale: float, step: float) -> str:
    return f"translate({-box.west * scale:.2f} {-box.north * scale:.2f})scale({scale * step:.6g})"


def _shade(shades: Mapping[str, int] | None, code: str) -> str:
    return f" s{shades[code]}" if shades and code in shades else ""


def _locator(data_dir: Path, box: Box) -> str:
    """Where in the country or overseas the main frame is, at the top right."""
    regions = list(basemap.read(data_dir, "regions").areas.values())
    x, y = (box.west + box.east) / 2, (box.north + box.south) / 2
    homes = _homes(regions)
    name = next(name for name, home in homes.items() if home.holds(x, y))
    whole = _proportioned(_grown(homes[name]), 1)
    scale = _INSET / whole.width
    land = "".join(
        f'<path class="land" d="{basemap.path(area.shape, 4 / scale)}"/>'
        for area in regions
        if area.home == name
    )
    side = max(box.width * scale, 2 * _RADIUS)
    left, top = (x - whole.west) * scale - side / 2, (y - whole.north) * scale - side / 2
    return (
        f'<svg x="{WIDTH - _INSET}" width="{_INSET}" height="{_INSET}">'
        f'<rect class="paper" width="{_INSET}" height="{_INSET}"/>'
        f'<g transform="{_moved(whole, scale, 4 / scale)}">{land}</g>'
        f'<rect class="here" x="{left:.0f}" y="{top:.0f}" width="{side:.0f}" height="{side:.0f}"/>'
        f'<rect class="frame" width="{_INSET}" height="{_INSET}"/></svg>'
    )


def _inset(at: int, content: str, label: str) -> str:
    """A small frame at the left, the first at the bottom, with its name."""
    top = HEIGHT - (at + 1) * _INSET
    return (
        f'<svg y="{top}" width="{_INSET}" height="{_INSET}">'
        f'<rect class="paper" width="{_INSET}" height="{_INSET}"/>{content}'
        f'<rect class="frame" width="{_INSET}" height="{_INSET}"/>'
        f'<text class="name small" x="6" y="20">{escape(label)}</text></svg>'
    )

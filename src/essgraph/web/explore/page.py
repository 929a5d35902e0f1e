"""The page of an exploration: what is selected, what it may be narrowed by, and ways on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for
from flask_babel import LazyString, lazy_gettext  # type: ignore[import-untyped]  # publishes no types

from essgraph import vocab
from essgraph.search import KINDS, MAPPED, Facet, FacetValue, facets
from essgraph.web import text
from essgraph.web.context import context, index, names
from essgraph.web.explore.state import SORTS, VIEWS, State

VALUES_SHOWN = 8
"""Values of a facet on the page; the others have a page of their own."""

BARS = 40
"""Bars of the histogram of years at most."""

KIND_NAMES: Mapping[str, LazyString] = {
    "initiative": lazy_gettext("Initiatives"),
    "person": lazy_gettext("People"),
    "organisation": lazy_gettext("Organisations"),
    "territory": lazy_gettext("Territories"),
    "publication": lazy_gettext("Publications"),
}
VIEW_NAMES: Mapping[str, LazyString] = {
    "list": lazy_gettext("List"),
    "map": lazy_gettext("Map"),
    "table": lazy_gettext("Table"),
}
SORT_NAMES: Mapping[str, LazyString] = {
    "best": lazy_gettext("Most relevant first"),
    "name": lazy_gettext("By name"),
    "date": lazy_gettext("Latest first"),
}
_SPATIAL = vocab.DCTERMS + "spatial"
_ACCENT_OF = {"publication": "k-resource"}


@dataclass(frozen=True)
class Way:
    """A link of a choice: the state it leads to, and whether it is the present one."""

    text: str
    href: str
    current: bool = False
    count: int | None = None
    lang: str | None = None
    accent: str = ""


@dataclass(frozen=True)
class Choice:
    """A value of a facet, with the list as it is with it (or without, once it is chosen).

    Shape: depth: steps below the top of its tree.
    """

    text: str
    lang: str | None
    count: int
    href: str
    chosen: bool
    depth: int


@dataclass(frozen=True)
class Box:
    """A facet: its title, its best values, how many there are besides and where."""

    name: str
    title: str
    choices: tuple[Choice, ...]
    more: int
    more_url: str
    chosen: int


@dataclass(frozen=True)
class Bar:
    """Years and how many entities they have; place and height in hundredths of the picture."""

    label: str
    count: int
    x: float
    width: float
    height: float
    inside: bool


def address(state: State, endpoint: str = "explore.explore", **more: str | None) -> str:
    """Where a state is shown, or sent from as data."""
    told: dict[str, Any] = defaultdict(list)
    for name, value in state.arguments(names()):
        told[name].append(value)
    return url_for(endpoint, **{**told, **more})


def hidden(state: State, *without: str) -> list[tuple[str, str]]:
    """What a form has to send besides its own fields, to stay in this state."""
    told = [pair for pair in state.arguments(names()) if pair[0] not in (*without, "page")]
    kept = [(name, request.args[name]) for name in ("lang", "release") if name in request.args]
    return told + kept


def tabs(state: State) -> list[Way]:
    """The kinds of things, each with how many have the words."""
    found = []
    for kind in KINDS:
        there = state.of_kind(kind)
        if kind == state.kind:
            there = replace(state, page=1)
        count = index().amount(replace(there.everything(), view="list").selection)
        accent = _ACCENT_OF.get(kind, f"k-{kind}")
        name = str(KIND_NAMES[kind])
        found.append(Way(name, address(there), kind == state.kind, count, accent=accent))
    return found


def views(state: State) -> list[Way]:
    """The ways to look at the selection."""
    return [
        Way(str(VIEW_NAMES[view]), address(replace(state, view=view, page=1)), view == state.view)
        for view in VIEWS
        if view != "map" or state.kind in MAPPED
    ]


def sorts(state: State, *, dated: bool) -> list[Way]:
    """The orders of the selection; by date only what has any."""
    return [
        Way(str(SORT_NAMES[sort]), address(replace(state, sort=sort, page=1)), sort == state.sort)
        for sort in SORTS
        if dated or sort in ("best", "name", state.sort)
    ]


def chips(state: State, facets: Sequence[Facet]) -> list[Way]:
    """What is chosen, each with the state without it."""
    called = {(facet.name, value.iri): value for facet in facets for value in facet.values}
    found = []
    for name, iris in state.chosen.items():
        for iri in iris:
            value = called.get((name, iri))
            label = value.label if value else text.short(iri)
            language = text.foreign(value.label_lang) if value else None
            found.append(Way(label, address(state.toggled(name, iri)), lang=language))
    if state.since is not None or state.until is not None:
        without = replace(state, since=None, until=None, page=1)
        found.append(Way(period(state), address(without)))
    return found


def period(state: State) -> str:
    """The chosen years in words."""
    if state.since == state.until:
        return str(state.since)
    if state.until is None:
        return str(lazy_gettext("since %(year)s", year=state.since))
    if state.since is None:
        return str(lazy_gettext("until %(year)s", year=state.until))
    return f"{state.since}–{state.until}"


def facet_name(kind: str, facet: str) -> str:
    """What the shapes call what a facet is read along."""
    known = names()
    profile = context().profiles.of([facets.kind_class(kind, known)])
    # Of several paths, the one that is named after what is chosen: a territory, not a body.
    keys = sorted(facets.keys(kind, facet, known), key=lambda key: _SPATIAL not in key)
    fields = (profile.field(path, inverse=inverse, then=then) for path, inverse, then in keys)
    called = next((text.translated(field.names) for field in fields if field), facet)
    return called[:1].upper() + called[1:]


def boxes(state: State, facets: Sequence[Facet]) -> list[Box]:
    """The facets that leave something to choose."""
    found = []
    for facet in facets:
        choices = tuple(choices_of(state, facet))
        if choices:
            found.append(
                Box(
                    facet.name,
                    facet_name(state.kind, facet.name),
                    choices,
                    max(0, facet.total - len(facet.values)),
                    address(state, "explore.facet", name=facet.name, page=None),
                    len(state.chosen.get(facet.name, ())),
                )
            )
    return found


def choices_of(state: State, facet: Facet) -> Iterator[Choice]:
    """The values of a facet, each under the one above it."""
    shown = {value.iri for value in facet.values}
    below: dict[str, list[FacetValue]] = defaultdict(list)
    for value in facet.values:
        below[value.parent if value.parent in shown else ""].append(value)
    held = state.chosen.get(facet.name, ())
    waiting = [(value, 0) for value in reversed(below.pop("", []))]
    while waiting:
        value, depth = waiting.pop()
        yield Choice(
            value.label,
            text.foreign(value.label_lang),
            value.count,
            address(state.toggled(facet.name, value.iri)),
            value.iri in held,
            min(depth, 4),
        )
        waiting += [(one, depth + 1) for one in reversed(below.pop(value.iri, []))]


def bars(state: State, years: Sequence[tuple[int, int]]) -> list[Bar]:
    """The histogram of years: years side by side, several in a bar where there are many."""
    if len(years) < 2:
        return []
    first, last = years[0][0], years[-1][0]
    step = -(-(last - first + 1) // BARS)
    heights: dict[int, int] = defaultdict(int)
    for year, count in years:
        # Of several years together the most: an entity counts in each of its years.
        at = (year - first) // step
        heights[at] = max(heights[at], count)
    amount, most = (last - first) // step + 1, max(heights.values())
    since, until = state.since or first, state.until or last
    found = []
    for at, count in sorted(heights.items()):
        start = first + at * step
        end = min(start + step - 1, last)
        label = str(start) if start == end else f"{start}–{end}"
        found.append(
            Bar(
                label,
                count,
                round(at * 100 / amount, 2),
                round(80 / amount, 2),
                round(max(4.0, count * 100 / most), 1),
                start <= until and end >= since,
            )
        )
    return found

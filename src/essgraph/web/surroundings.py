"""What stands around an entity on its page: its time line, what is near, what is like it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import LazyString, gettext, lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal, NamedNode

from essgraph import queries
from essgraph.describe import Day, Description, When
from essgraph.describe.similar import ANYWHERE_KM, FARTHER, SHOWN, WITHIN_KM, Alike, wkt
from essgraph.describe.timeline import Moment, moments
from essgraph.errors import NotFound
from essgraph.queries.saved import Bound
from essgraph.vocab import WKT_LITERAL, XSD_DATE
from essgraph.web import cite, text
from essgraph.web.cite import Citation
from essgraph.web.context import names, opened, store
from essgraph.web.text import Cell, foreign, linked, shown

_SMALL = (
    *("commune", "commune-deleguee", "commune-associee", "arrondissement-municipal", "epci"),
    "place",
)
"""Kinds of what has a point that is where it is, rather than the middle of a large area."""

_SHARED: dict[str, LazyString] = {
    "instrument": lazy_gettext("same instrument: %(what)s"),
    "sector": lazy_gettext("same sector: %(what)s"),
    "partner": lazy_gettext("same partner: %(what)s"),
    "partnerType": lazy_gettext("same kind of partner: %(what)s"),
}


@dataclass(frozen=True)
class Line:
    """One moment of a time line: dates in words, what it is, who says so.

    Shape: `stamp` is the date as HTML writes it, "" for none; `notes` number sources of the page.
    """

    stamp: str
    dates: str
    cell: Cell
    detail: Cell
    together: str
    sources: tuple[Cell, ...]
    notes: tuple[int, ...]


@dataclass(frozen=True)
class Other:
    """Another initiative, and in words why it is listed."""

    cell: Cell
    why: tuple[str, ...]


@dataclass(frozen=True)
class Surroundings:
    """What stands around an entity; each list with the query that gives it.

    Shape: unless `is_near`, the initiatives of `near` are the least far, and far.
    """

    lines: tuple[Line, ...]
    lines_query: str
    near: tuple[Other, ...]
    is_near: bool
    near_query: str
    alike: tuple[Other, ...]
    alike_query: str
    citation: Citation


def surroundings(found: Description) -> Surroundings:
    """The surroundings of what a page is about. Raises: StoreUnavailable."""
    near, is_near, near_query = _near(found)
    alike = opened().initiatives.alike(found.iri, text.lang())
    lines, lines_query = _lines(found)
    return Surroundings(
        lines,
        lines_query,
        near,
        is_near,
        near_query,
        tuple(Other(linked(item.link), _why(item)) for item in alike),
        _query("similar-initiatives", initiative=NamedNode(found.iri)) if alike else "",
        cite.citation(found.iri, found.label),
    )


def _lines(found: Description) -> tuple[tuple[Line, ...], str]:
    today = datetime.datetime.now(datetime.UTC).date()
    histories = opened().histories
    read = moments(store(), found, histories, names(), text.lang(), today)
    entities = histories.of(found.iri)
    if not read:
        return (), ""
    person = names().ess("Person").value in {link.iri for link in found.classes}
    here = NamedNode(found.iri)
    query = (
        queries.app("dated-mandates", names()).bind(person=here)
        if person
        else queries.app("dated-steps", names()).bind(entity=entities or [here])
    )
    return tuple(map(_line, read)), query


def _line(moment: Moment) -> Line:
    day = moment.start or moment.end
    label = moment.label
    cell = linked(label) if label.iri else Cell(label.label.value, lang=foreign(label.label.lang))
    return Line(
        day.value if day else "",
        _dates(moment),
        cell,
        Cell(moment.detail.value, lang=foreign(moment.detail.lang)),
        ", ".join(other.value for other in moment.with_),
        tuple(map(linked, moment.sources)),
        moment.notes,
    )


def _dates(moment: Moment) -> str:
    start, end = moment.start, moment.end
    if start is None and end is None:
        return str(gettext("date not known"))
    if start is None or end is None:
        return _half(moment)
    return f"{_said(start)} – {_said(end)}"


def _half(moment: Moment) -> str:
    """The dates of what has only one of them: what is not known of the other is said."""
    if moment.start is None:
        return str(gettext("until %(date)s, start not known", date=_said(moment.end)))
    said = _said(moment.start)
    if moment.when is When.NOW:
        is_day = moment.start.datatype == XSD_DATE.value
        since = (
            gettext("since %(day)s", day=said) if is_day else gettext("since %(date)s", date=said)
        )
        return str(since)
    if moment.when is When.PAST:
        return str(gettext("%(date)s, over since, end not known", date=said))
    if moment.when is When.UNKNOWN or moment.lasts:
        return str(gettext("%(date)s, end not known", date=said))
    return said


def _said(day: Day | None) -> str:
    return shown(day.value, day.datatype) if day else ""


def _near(found: Description) -> tuple[tuple[Other, ...], bool, str]:
    initiatives = opened().initiatives
    points = initiatives.points(found.iri) or _point(found)
    near = initiatives.near(points, found.iri, text.lang()) if points else ()
    if not near:
        return (), False, ""
    is_near = near[0].kilometres <= WITHIN_KM
    query = _query(
        "nearby-initiatives",
        here=[Literal(wkt(point), datatype=WKT_LITERAL) for point in points],
        distance=Literal(WITHIN_KM if is_near else ANYWHERE_KM),
        limit=Literal(SHOWN if is_near else FARTHER),
        **{"except": NamedNode(found.iri)},
    )
    others = tuple(Other(linked(item.link), (_far(item.kilometres),)) for item in near)
    return others, is_near, query


def _point(found: Description) -> tuple[tuple[float, float], ...]:
    try:
        kind, _ = names().entity_parts(found.iri)
    except NotFound:
        return ()
    return (found.point,) if found.point is not None and kind in _SMALL else ()


def _far(kilometres: float) -> str:
    if kilometres < 1:
        return str(gettext("less than a kilometre away"))
    return str(gettext("%(number)s km away", number=text.number(round(kilometres))))


def _why(item: Alike) -> tuple[str, ...]:
    shared: Sequence[tuple[str, LazyString]] = tuple(_SHARED.items())
    return tuple(
        str(words % {"what": ", ".join(link.label.value for link in links)})
        for name, words in shared
        if (links := item.shared.get(names().ess(name).value))
    )


def _query(name: str, **terms: Bound) -> str:
    terms.setdefault("limit", Literal(SHOWN))
    return queries.app(name, names()).bind(**terms)

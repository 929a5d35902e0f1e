"""The views of an answer: table, chart, map; which there are, and which one is asked for."""

from __future__ import annotations

from flask import request
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types

from essgraph.errors import QueryError
from essgraph.web import answered, text
from essgraph.web.answered import Rows
from essgraph.web.saved import chart, form, places
from essgraph.web.saved.areas import Shading

_TABLE, _CHART, _MAP = form.VIEWS


def views(found: Rows, shaded: Shading | None) -> list[str]:
    """The views that an answer has."""
    views = [_TABLE]
    if chart.numeric(found):
        views.append(_CHART)
    if shaded is not None or has_places(found):
        views.append(_MAP)
    return views


def has_places(found: Rows) -> bool:
    """Whether a column tells a place."""
    return bool(found.rows) and places.named_column(found) is not None


def shade_words() -> dict[str, str]:
    """The texts of the script of shaded areas besides those of every map."""
    return {"map.alt": gettext("Map of the answer"), "places": gettext("Values")}


def chosen(views: list[str]) -> str:
    """The view that is asked for. Raises: QueryError for one that there is none of."""
    asked = request.args.get("view", _TABLE)
    if asked not in form.VIEWS:
        raise QueryError(f"view = {asked[:40]!r} is none of: {', '.join(form.VIEWS)}")
    return asked if asked in views else _TABLE


def called(view: str) -> str:
    """A view in the words of the page."""
    return str({_TABLE: gettext("Table"), _CHART: gettext("Chart"), _MAP: gettext("Map")}[view])


def bars(found: Rows) -> chart.Bars | None:
    """The chart of an answer without scripts, its labels joined; None without numbers."""
    return chart.bars(found, text.labels_joined(answered.grid(found)))

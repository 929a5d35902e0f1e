"""Saved queries: an index, and for each one a form, its answer and its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import Literal, NamedNode

from essgraph.errors import NotFound, QueryError
from essgraph.lexical import Term
from essgraph.queries import SavedQuery
from essgraph.web import headings, negotiate, text
from essgraph.web.context import context, names, settings, store

bp = Blueprint("saved", __name__)

ROWS_SHOWN = 1000
"""Rows of the HTML table; it says so when there are more."""

_RESERVED = ("format", "lang")


@dataclass(frozen=True)
class Field:
    """One parameter as the form shows it."""

    name: str
    label: str
    value: str


@bp.get("/queries")
def catalogue() -> str:
    """Every saved query, in the order of its name."""
    return render_template("queries.html", queries=list(context().queries.values()))


@bp.get("/queries/<name>")
def page(name: str) -> Response:
    """One saved query with its parameters from the URL: a page, or the data it answers."""
    query = context().queries.get(name)
    if query is None:
        raise NotFound(f"there is no saved query {name!r}")
    raw = _raw(query)
    bound = query.bind(**query.terms(raw, names()))
    found, media_type, offers = _answered(bound)
    if isinstance(found, bytes):
        return negotiate.respond(found, media_type)
    grid = text.labels_joined(found)
    html = render_template(
        "query.html",
        query=query,
        description=text.translated(query.descriptions),
        fields=_fields(query, raw),
        grid=grid,
        headings=[headings.heading(column) for column in grid.columns],
        bound=bound,
        downloads=[
            (offer, f"{url_for('saved.page', name=name, lang=None)}?{_address(raw, offer)}")
            for offer in offers
        ],
        takes_lang=_takes_lang(query),
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _answered(bound: str) -> tuple[bytes | text.Grid, str, Sequence[negotiate.Format]]:
    """The answer read to its end, as data or as a table; its media type, and what there is."""
    answer = store().query(bound)
    offers = negotiate.offers(answer)
    chosen, media_type = negotiate.choose(request, (negotiate.HTML, *offers))
    if chosen is negotiate.HTML:
        return text.grid(answer, ROWS_SHOWN), media_type, offers
    limit = settings().max_result_bytes
    return negotiate.answer_body(answer, chosen, names().prefixes, limit), media_type, offers


def _address(raw: Mapping[str, str], offer: negotiate.Format) -> str:
    return urlencode({**raw, "format": offer.name})


def _raw(query: SavedQuery) -> dict[str, str]:
    """The parameters of the URL; a query's own `lang` is the page's unless given.

    Raises: QueryError for one that is given twice.
    """
    raw: dict[str, str] = {}
    for name, values in request.args.lists():
        if name == "format" or (name == "lang" and not _takes_lang(query)):
            continue
        if len(values) > 1:
            raise QueryError(f"the parameter {name!r} is given {len(values)} times")
        if values[0].strip():
            raw[name] = values[0]
    if _takes_lang(query):
        raw["lang"] = text.lang()
    return raw


def _fields(query: SavedQuery, raw: Mapping[str, str]) -> list[Field]:
    return [
        Field(
            param.name, text.translated(param.texts), raw.get(param.name) or _written(param.example)
        )
        for param in query.params
        if param.name not in _RESERVED
    ]


def _written(example: Term) -> str:
    if isinstance(example, NamedNode):
        return text.short(example.value)
    return example.value if isinstance(example, Literal) else str(example)


def _takes_lang(query: SavedQuery) -> bool:
    return any(param.name == "lang" for param in query.params)

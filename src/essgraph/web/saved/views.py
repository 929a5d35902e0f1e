"""The pages of the saved queries and their data: `/queries`, `/queries/<name>`, and in a format."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import LazyString, lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal

from essgraph.errors import NotFound
from essgraph.lexical import Term
from essgraph.queries import THEMES, SavedQuery
from essgraph.web import (
    answered,
    conditional,
    drawing,
    geojson,
    headings,
    inventory,
    negotiate,
    paging,
    permalink,
    text,
    workbook,
)
from essgraph.web.context import context, holds, settings
from essgraph.web.operation import Operation
from essgraph.web.saved import areas, chart, form, places, rows, showing

bp = Blueprint("saved", __name__)

_SUFFIXES = ",".join(inventory.SUFFIXES)
_SHOWN_BY_BROWSERS = ("json", "jsonld", "xml", inventory.GEOJSON)
_TABLE, _CHART, _MAP = form.VIEWS

_MISSING = {
    "officials": lazy_gettext(
        "This answer needs the layer of elected officials, which this server does not have."
    ),
    "boundaries": lazy_gettext(
        "This answer needs the layer of outlines of territories, which this server does not have."
    ),
}
_TITLES = {
    "initiatives": lazy_gettext("Initiatives"),
    "territories": lazy_gettext("Territories"),
    "officials": lazy_gettext("Elected officials"),
    "organisations": lazy_gettext("Organisations"),
    "figures": lazy_gettext("Figures"),
    "sources": lazy_gettext("Sources and evidence"),
    "links": lazy_gettext("Identities and links to other data"),
    "": lazy_gettext("Other queries"),
}
_METROPOLE = ((-6.0, 10.0), (41.0, 52.0))
"""Longitudes and latitudes of mainland France."""


@bp.get("/queries")
def catalogue() -> str:
    """Every saved query, by theme, first what people ask first."""
    found = inventory.asked_first(context().queries.values())
    groups = [
        (theme, _TITLES[theme], [query for query in found if query.theme == theme])
        for theme in (*THEMES, "")
    ]
    return render_template(
        "queries.html",
        groups=[group for group in groups if group[2]],
        asked=_asked,
        described=lambda query: text.translated(query.descriptions),
    )


@bp.get("/queries.json")
def listing() -> Response:
    """Every saved query for programs: parameters with types, addresses, verified example."""
    etag = conditional.tag("queries.json", request.host_url)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    found = [inventory.described(query) for query in context().queries.values()]
    return conditional.keep(jsonify(queries=found), etag)


@bp.get(f"/queries/<name>.<any({_SUFFIXES}):suffix>")
def data(name: str, suffix: str) -> Response:
    """The answer to a saved query in the format of the suffix, as a file with a name."""
    query, terms, sent = _read(name)
    bound = query.bind(**terms)
    if suffix == inventory.GEOJSON:
        response = _places(bound)
    elif suffix == workbook.XLSX.name:
        response = rows.workbook_of(query, bound, sent)
    else:
        response = answered.send(answered.call(), Operation(bound, formats=(suffix,)))
    shown = "inline" if suffix in _SHOWN_BY_BROWSERS else "attachment"
    told = [value for key, value in sent.items() if key != "lang"]
    called = workbook.file_name(suffix, name, *told)
    response.headers["Content-Disposition"] = f'{shown}; filename="{called}"'
    return _by_language(response, query)


@bp.get("/queries/<name>.svg")
def picture(name: str) -> Response:
    """The answer to a saved query as a map: areas shaded by its numbers, else its places.

    Raises: NoPlace.
    """
    query, terms, _ = _read(name)
    bound = query.bind(**terms)
    etag = conditional.tag("answer-map", bound, text.lang())
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    found = answered.rows(answered.call(), Operation(bound), places.MOST)
    shaded = areas.shading(found)
    title = text.translated(query.titles)
    if shaded is None:
        svg = drawing.picture(settings().data_dir, places.collection(found), title)
    else:
        svg = drawing.picture(
            settings().data_dir, [], title, areas=shaded.areas, shades=shaded.shades
        )
    return drawing.respond(svg, etag)


@bp.get("/queries/<name>")
def page(name: str) -> Response:
    """One saved query with its parameters from the address: a page, or the data it answers."""
    query = _query(name)
    sent = form.raw(query)
    terms, wrong = form.terms(query, sent)
    if wrong:
        return _refused(query, sent, terms, wrong)
    bound = query.bind(**terms)
    call, asked = answered.call(), Operation(bound, formats=tuple(request.args.getlist("format")))
    if asked.formats == (inventory.GEOJSON,):
        return _by_language(_places(bound), query)
    every = (negotiate.HTML, *negotiate.RESULTS, *negotiate.GRAPHS)
    if negotiate.pick(call.accept, every, asked.formats)[0] is not negotiate.HTML:
        return _by_language(answered.send(call, asked), query)
    found = answered.rows(call, asked)
    shaded = areas.shading(found)
    views = showing.views(found, shaded)
    view = showing.chosen(views)
    listed = paging.asked(settings().page_size)
    last = listed.last(len(found.rows))
    grid = text.labels_joined(answered.grid(found, listed.offset, listed.size))
    sent_on = {key: value for key, value in sent.items() if key != "lang"}
    suffixes = [workbook.XLSX.name] if rows.offer(found) else []
    suffixes += [offer.name for offer in found.offers]
    suffixes += [inventory.GEOJSON] if showing.has_places(found) else []
    return _form(
        query,
        sent,
        terms,
        {},
        grid=grid,
        headings=[headings.heading(column) for column in grid.columns],
        heading=headings.heading,
        bound=bound,
        downloads=[(suffix, form.address(query, sent_on, suffix)) for suffix in suffixes],
        total=len(found.rows),
        page=listed.number,
        last=last,
        address=lambda number: form.address(query, {**sent_on, "page": str(number)}),
        views=[(known, showing.called(known), _address(query, sent_on, known)) for known in views],
        view=view,
        chart=showing.bars(found) if view == _CHART else None,
        shading=shaded if view == _MAP else None,
        shade_words=json.dumps(showing.shade_words(), ensure_ascii=False),
        picture=form.address(query, sent_on, form.PICTURE),
        chart_words=json.dumps(chart.words(), ensure_ascii=False) if view == _CHART else "",
        chart_headings=json.dumps(
            {column: headings.heading(column) for column in found.columns}, ensure_ascii=False
        ),
        source=form.address(query, sent_on, "json"),
        places=form.address(query, sent_on, inventory.GEOJSON),
        swapped=_swapped(query, sent_on),
    )


def _query(name: str) -> SavedQuery:
    query = context().queries.get(name)
    if query is None:
        raise NotFound(f"there is no saved query {name!r}")
    return query


def _read(name: str) -> tuple[SavedQuery, dict[str, Term], dict[str, str]]:
    """A query with the terms of this address. Raises: NotFound; QueryError for a wrong one."""
    query = _query(name)
    sent = form.raw(query)
    terms, wrong = form.terms(query, sent)
    if wrong:
        raise form.refusal(query, sent, wrong)
    return query, terms, sent


def _places(bound: str) -> Response:
    """Where the rows are, as GeoJSON. Raises: NoPlace."""
    etag = conditional.tag("places", bound, request.host_url, text.lang())
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    found = answered.rows(answered.call(), Operation(bound), places.MOST)
    features = places.collection(found)
    response = geojson.respond(features, etag, numberReturned=len(features))
    if found.truncated:
        response.headers["Essgraph-Truncated"] = found.truncated
    return response


def _by_language(response: Response, query: SavedQuery) -> Response:
    if form.takes_lang(query) and "lang" not in request.args:
        response.vary.add("Accept-Language")
    return response


def _form(
    query: SavedQuery,
    sent: Mapping[str, str],
    terms: Mapping[str, Term],
    wrong: Mapping[str, form.Wrong],
    **answer: object,
) -> Response:
    verified = inventory.example_of(query)
    html = render_template(
        "query.html",
        query=query,
        theme=_TITLES[query.theme],
        description=text.translated(query.descriptions),
        fields=form.fields(query, sent, terms, wrong),
        takes_lang=form.takes_lang(query),
        missing=_missing(query),
        verified=verified,
        verified_on=permalink.said(verified.release) if verified else "",
        **answer,
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _refused(
    query: SavedQuery,
    sent: Mapping[str, str],
    terms: Mapping[str, Term],
    wrong: Mapping[str, form.Wrong],
) -> Response:
    """The form again, saying beside each field what is expected (400).

    Raises: QueryError that says the same, for programs.
    """
    if not negotiate.wants_html(request):
        raise form.refusal(query, sent, wrong)
    response = _form(query, sent, terms, wrong)
    response.status_code = 400
    response.cache_control.no_store = True
    return response


def _missing(query: SavedQuery) -> list[LazyString]:
    """What this release does not have, and the query cannot answer without."""
    return [_MISSING[layer] for layer in query.layers if not holds(layer)]


def _asked(query: SavedQuery) -> str:
    """What a query asks a visitor for, in words; "" for nothing."""
    told = (text.translated(param.texts) for param in query.params if param.name != "lang")
    return ", ".join(told)


def _address(query: SavedQuery, sent: Mapping[str, str], view: str) -> str:
    return form.address(query, sent if view == _TABLE else {**sent, "view": view})


def _swapped(query: SavedQuery, sent: Mapping[str, str]) -> str:
    """The address with longitude and latitude the other way round, where they seem mixed up."""
    known = {param.name: param.example for param in query.params}
    if not {"longitude", "latitude"} <= known.keys():
        return ""
    longitude, latitude = (
        sent.get(name, example.value if isinstance(example, Literal) else "")
        for name, example in ((name, known[name]) for name in ("longitude", "latitude"))
    )
    (west, east), (south, north) = _METROPOLE
    x, y = (float(written.replace(",", ".")) for written in (longitude, latitude))
    if not (south <= x <= north and west <= y <= east):
        return ""
    turned = {**sent, "longitude": latitude, "latitude": longitude}
    return form.address(query, turned)

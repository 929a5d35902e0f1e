"""/explore: one kind of thing narrowed by words, facets and years, as list, map, table, data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import NamedNode

from essgraph import describe, vocab
from essgraph.errors import NotFound, QueryError
from essgraph.search import FACETS, MAPPED, Hit
from essgraph.web import conditional, drawing, geojson, meant, negotiate, paging, text
from essgraph.web.context import index, names, settings, store
from essgraph.web.explore import columns, exports, page, querying, state, writing
from essgraph.web.explore.state import State

bp = Blueprint("explore", __name__)

DRAWN = 2_000
"""Points in the picture of a map."""

MARKED = 20_000
"""Points of a map that moves: about a megabyte as it is sent."""

MAX_FIND = 100
"""Characters of a value that is looked for."""

_DESCRIPTION = (vocab.DCTERMS + "description", False, "")
_PUBLISHER = (vocab.DCTERMS + "publisher", False, "")
_ISSUED = (vocab.DCTERMS + "issued", False, "")


@dataclass(frozen=True)
class Card:
    """An entity in the list: what it is, where, in a sentence, with whom."""

    hit: Hit
    sentence: text.Cell
    others: tuple[text.Cell, ...]


@bp.get("/explore")
def explore() -> Response:
    """A selection as a page, or as data by Accept or `?format=`: .xlsx, CSV, JSON, …"""
    chosen, media_type = negotiate.choose(request, (negotiate.HTML, *exports.OFFERS))
    etag = _tag(chosen.name)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    asked = _asked()
    if chosen is not negotiate.HTML:
        return conditional.keep(_data(asked, chosen), etag)
    return conditional.keep(negotiate.respond(_page(asked), media_type), etag)


@bp.get("/explore.<any(xlsx,csv,json,geojson,ttl):suffix>")
def data(suffix: str) -> Response:
    """A selection as data, in the format of the suffix."""
    chosen, _ = negotiate.by_name(suffix, exports.OFFERS)
    etag = _tag(suffix)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    return conditional.keep(_data(_asked(), chosen), etag)


@bp.get("/explore.svg")
def picture() -> Response:
    """A picture of the map of a selection."""
    etag = _tag("svg")
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    asked = _mended(_asked())
    found, _ = writing.places(asked.selection, DRAWN)
    title = str(page.KIND_NAMES[asked.kind])
    features = [writing.feature(place) for place in found]
    return drawing.respond(drawing.picture(settings().data_dir, features, title), etag)


@bp.get("/explore.points")
def points() -> Response:
    """The points of a selection for the map of its page, the first of them."""
    etag = _tag("points")
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    found, _ = writing.places(_mended(_asked()).selection, MARKED)
    response = negotiate.respond(writing.marks(found), geojson.MEDIA_TYPE)
    response.vary.add("Accept-Language")
    return conditional.keep(response, etag)


@bp.get("/explore/<name>")
def facet(name: str) -> Response:
    """All values of a facet for a selection: `find` looks for one, `below` opens a territory."""
    asked = _asked("find", "below")
    if name not in FACETS[asked.kind]:
        raise NotFound(f"{name!r} is no facet of kind {asked.kind!r}")
    sought = request.args.get("find", "").strip()
    if len(sought) > MAX_FIND:
        raise QueryError(f"find has {len(sought)} characters; {MAX_FIND} are read at most")
    below = request.args.get("below", "").strip()
    parent = state.iri_of("below", name, below, names()) if below else None
    shown = paging.Page(asked.page, settings().page_size)
    found = index().facet(
        asked.selection,
        name,
        text=sought,
        parent=parent,
        limit=shown.size,
        offset=shown.offset,
        lang=text.lang(),
    )
    html = render_template(
        "explore_facet.html",
        state=asked,
        name=name,
        title=page.facet_name(asked.kind, name),
        back=page.address(replace(asked, page=1)),
        choices=list(page.choices_of(replace(asked, page=1), found)),
        total=found.total,
        at_least=getattr(found, "truncated", False),
        find=sought,
        below=below,
        hidden=page.hidden(asked),
        page=shown.number,
        last=shown.last(found.total),
        address=lambda number: page.address(
            replace(asked, page=number),
            "explore.facet",
            name=name,
            find=sought or None,
            below=below or None,
        ),
    )
    return negotiate.respond(html, negotiate.HTML.media_type)


def _tag(form: str) -> str | None:
    return conditional.tag("explore", form, text.lang(), request.full_path, request.host_url)


def _asked(*besides: str) -> State:
    """The state of this request.

    Raises: QueryError for a parameter or value that cannot be read, or names nothing; NotFound
    in a release that was made before there were facets.
    """
    if not index().explorable():
        raise NotFound(
            lazy_gettext("This release of the data cannot be explored: it is too old for that.")
        )
    asked = state.read(request.args, names(), besides)
    for name, iris in asked.chosen.items():
        for iri in iris:
            if not describe.exists(store(), NamedNode(iri)):
                value = f"{name}={text.short(iri)}" if name != "territory" else text.short(iri)
                message = (
                    lazy_gettext("This territory is not in the graph: %(value)s", value=value)
                    if name == "territory"
                    else lazy_gettext("%(value)s is not in the graph.", value=value)
                )
                raise QueryError(message)
    return asked


def _mended(asked: State) -> State:
    """The state with its words as they are written, where they are misspelt."""
    if not asked.text:
        return asked
    corrected = index().explore(asked.selection, limit=0, most=0, lang=text.lang()).corrected
    return replace(asked, text=corrected) if corrected else asked


def _data(asked: State, chosen: negotiate.Format) -> Response:
    asked = _mended(asked)
    truncated = index().whole(asked.selection).truncated
    return exports.send(asked, chosen, index().amount(asked.selection), truncated=truncated)


def _page(asked: State) -> str:
    if asked.view == "map" and asked.kind not in MAPPED:
        asked = replace(asked, view="list")
    shown = paging.Page(asked.page, settings().page_size)
    found = index().explore(
        asked.selection,
        sort=asked.sort,
        limit=0 if asked.view == "map" else shown.size,
        offset=shown.offset,
        lang=text.lang(),
        most=page.VALUES_SHOWN,
    )
    last = 1 if asked.view == "map" else shown.last(found.total)
    told = replace(asked, text=found.corrected) if found.corrected else asked
    query = querying.query(told, found.total)
    table = columns.columns(asked.kind) if asked.view == "table" else []
    whole = replace(told, page=1, view="list")
    places = index().whole(told.selection).amount_of_places if told.view == "map" else 0
    return render_template(
        "explore.html",
        state=asked,
        found=found,
        told=told,
        tabs=page.tabs(told),
        views=page.views(asked),
        sorts=page.sorts(asked, dated=bool(found.years)),
        leads=meant.lists(told.kind, told.text) if shown.number == 1 else [],
        chips=page.chips(asked, found.facets),
        everything=page.address(asked.everything()),
        without_text=page.address(replace(asked, text="", page=1)),
        boxes=page.boxes(asked, found.facets),
        bars=page.bars(asked, found.years),
        years=found.years,
        hidden=page.hidden,
        cards=_cards(found.hits) if asked.view == "list" else [],
        columns=table,
        lines=columns.rows([hit.iri for hit in found.hits], table, store()) if table else [],
        points=page.address(whole, "explore.points"),
        picture=page.address(whole, "explore.picture"),
        places=places,
        drawn=min(places, DRAWN),
        marked=min(places, MARKED),
        exports=exports.links(told, found.total),
        described=exports.DESCRIBED,
        query=query,
        max_length=state.MAX_TEXT,
        page=shown.number,
        first=shown.offset + 1,
        last=last,
        address=lambda number: page.address(replace(asked, page=number)),
    )


def _cards(hits: list[Hit]) -> list[Card]:
    keys = (_DESCRIPTION, _partner(), _PUBLISHER, _ISSUED)
    held = columns.values([hit.iri for hit in hits], keys, store())
    cards = []
    for hit in hits:
        row = held.get(hit.iri, {})
        told = [value for key in keys[1:] for value in row.get(key, ())]
        said = next(iter(row.get(_DESCRIPTION, ())), columns.Value(""))
        sentence = text.first_sentence(said.text, said.lang)
        cards.append(Card(hit, sentence, tuple(dict.fromkeys(value.cell for value in told))))
    return cards


def _partner() -> columns.Key:
    return names().ess("partner").value, False, ""

"""What was written to the graph: by whom, when and what for, as pages, JSON and an Atom feed.

Source: RFC 4287 (The Atom Syndication Format).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import format_datetime, gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import RdfFormat, parse

from essgraph import journal, writes
from essgraph.journal import Patch
from essgraph.web import conditional, negotiate, paging, text
from essgraph.web.context import names, opened, settings
from essgraph.writes import Record

bp = Blueprint("changes", __name__)

ROWS_SHOWN = 500
"""Triples that a page shows of those a change added to a graph, and of those it removed."""

_OFFERS = (negotiate.HTML, negotiate.PLAIN_JSON)


@dataclass(frozen=True)
class Part:
    """What a change did to one graph, as its page shows it."""

    iri: str
    graph: text.Cell
    added: text.Grid
    removed: text.Grid


@bp.get("/changes")
def changes() -> Response:
    """The changes, newest first, a page at a time."""
    chosen, media_type = negotiate.choose(request, _OFFERS)
    etag = _tag(media_type, request.full_path)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    page = paging.asked(settings().page_size)
    total = len(journal.ids(settings().home))
    last = page.last(total)
    records = writes.changes(settings(), page.size, page.offset)
    if chosen is negotiate.PLAIN_JSON:
        listed = [_told(record) for record in records]
        response = jsonify(total=total, page=page.number, last=last, changes=listed)
    else:
        html = render_template(
            "changes.html",
            records=records,
            total=total,
            page=page.number,
            last=last,
            address=paging.address,
            graph=_graph,
            instant=_instant,
        )
        response = negotiate.respond(html, media_type)
    return conditional.keep(response, etag)


@bp.get("/changes.atom")
def feed() -> Response:
    """The newest changes, as a feed reader wants them."""
    etag = _tag("application/atom+xml", request.full_path)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    records = writes.changes(settings(), settings().page_size)
    updated = records[0].at if records else opened().release.manifest["created"]
    body = render_template(
        "changes.xml",
        title=gettext("Changes of the graph"),
        records=records,
        sums=[_sum(record) for record in records],
        updated=updated,
        iri=_iri,
        base=names().base,
    )
    response = negotiate.respond(body, "application/atom+xml")
    response.vary.add("Accept-Language")
    return conditional.keep(response, etag)


@bp.get("/changes/<change_id>")
def change(change_id: str) -> Response:
    """One change: the triples that it added and removed."""
    chosen, media_type = negotiate.choose(request, _OFFERS)
    etag = _tag(media_type, request.full_path)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    entry = writes.diff(settings(), change_id)
    record = writes.record(entry, entry.id in journal.undone(settings().home))
    if chosen is negotiate.PLAIN_JSON:
        patches = [asdict(patch) for patch in entry.patches]
        response = jsonify({**_told(record), "patches": patches})
    else:
        html = render_template(
            "change.html",
            record=record,
            parts_of=[_part(patch) for patch in entry.patches],
            previous=text.cell(names().entity("release", record.previous)),
            instant=_instant,
        )
        response = negotiate.respond(html, media_type)
    return conditional.keep(response, etag)


def _tag(*parts: str) -> str | None:
    """The tag of what is told of the journal: it grows with a write, and a rollback undoes."""
    home = settings().home
    newest = (journal.ids(home) or [""])[-1]
    undone = tuple(sorted(journal.undone(home)))
    return conditional.tag("changes", text.lang(), newest, undone, *parts)


def _told(record: Record) -> dict[str, object]:
    return {"iri": _iri(record), **asdict(record)}


def _iri(record: Record) -> str:
    return names().entity("release", record.id).value


def _graph(iri: str) -> text.Cell:
    """A graph by its layer's name, or by its IRI."""
    layer = iri.removeprefix(names().graph("").value)
    return text.labelled(iri, layer)


def _sum(record: Record) -> str:
    """A change in one line."""
    said = ", ".join(
        f"{_graph(iri).text} +{text.number(added)} −{text.number(record.removed[iri])}"
        for iri, added in record.added.items()
    )
    return f"{said} ({gettext('undone')})" if record.undone else said


def _part(patch: Patch) -> Part:
    return Part(patch.graph, _graph(patch.graph), _grid(patch.added), _grid(patch.removed))


def _grid(lines: tuple[str, ...]) -> text.Grid:
    shown = "".join(lines[:ROWS_SHOWN])
    rows = tuple(
        (text.cell(quad.subject), text.cell(quad.predicate), text.cell(quad.object))
        for quad in parse(shown, format=RdfFormat.N_TRIPLES)
    )
    return text.Grid(("subject", "predicate", "object"), rows, more=len(lines) > ROWS_SHOWN)


def _instant(at: str) -> str:
    """An instant the way the page's language writes it, in UTC."""
    return f"{format_datetime(datetime.fromisoformat(at), 'medium')} UTC"

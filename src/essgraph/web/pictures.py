"""/og: the pictures that networks show beside a link to a page, drawn here when asked for."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future

from cachetools import LRUCache
from flask import Blueprint, Response
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import NamedNode
from werkzeug.exceptions import ServiceUnavailable

from essgraph import describe, queries
from essgraph.describe import Description
from essgraph.errors import SourceError
from essgraph.web import basemap, card, conditional, negotiate, text
from essgraph.web.card import Card
from essgraph.web.context import names, opened, settings, store
from essgraph.web.geojson import Ring, polygons

bp = Blueprint("pictures", __name__)

PNG = "image/png"
_KEPT_BYTES = 8_000_000
_SOON_S = 5
_LINKS = 3
"""Values read of each property: a picture names a place, not all."""

_PLACES = ("dcterms:spatial", "igeo:subdivisionDe", "ess:inEpci")

_KEPT: LRUCache[str, bytes] = LRUCache(_KEPT_BYTES, getsizeof=len)
_AWAITED: dict[str, Future[bytes]] = {}
"""Pictures that are being drawn, by what they are kept as."""

_LOCK = threading.Lock()
_DRAWING = threading.BoundedSemaphore(2)
"""A picture takes a tenth of a second of a processor: so many at a time, others wait or are told
to come back."""

_WAIT_S = 2


@bp.get("/og/site.png")
def site() -> Response:
    """The picture of pages that are about no one thing."""
    return _answer(None, None)


@bp.get("/og/<kind>/<key>.png")
def entity(kind: str, key: str) -> Response:
    """The picture of an entity: its name, what it is, where, and a map with its place."""
    return _answer(kind, key)


def _answer(kind: str | None, key: str | None) -> Response:
    etag = conditional.tag("picture", kind or "", key or "", text.lang())
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    name = "\0".join((opened().release.id, names().base, kind or "", key or "", text.lang()))
    with _LOCK:
        body = _KEPT.get(name)
        awaited = _AWAITED.get(name)
        if body is None and awaited is None:
            _AWAITED[name] = Future()
    if body is None:
        body = _first(name, kind, key) if awaited is None else _other(awaited)
    response = conditional.keep(negotiate.respond(body, PNG), etag)
    response.vary.add("Accept-Language")
    return response


def _first(name: str, kind: str | None, key: str | None) -> bytes:
    """A picture, drawn for this request and for those that wait for the same."""
    awaited = _AWAITED[name]
    try:
        body = _drawn(kind, key)
    except BaseException as error:
        awaited.set_exception(error)
        raise
    else:
        awaited.set_result(body)
        with _LOCK:
            _KEPT[name] = body
        return body
    finally:
        with _LOCK:
            del _AWAITED[name]


def _other(awaited: Future[bytes]) -> bytes:
    """A picture that another request draws. Raises: what that one does; ServiceUnavailable."""
    try:
        return awaited.result(timeout=_WAIT_S)
    except TimeoutError as error:
        raise ServiceUnavailable("try again soon", retry_after=_SOON_S) from error


def _drawn(kind: str | None, key: str | None) -> bytes:
    """Raises: NotFound for what the graph does not know; ServiceUnavailable."""
    if not _DRAWING.acquire(timeout=_WAIT_S):
        raise ServiceUnavailable("try again soon", retry_after=_SOON_S)
    try:
        if kind is None or key is None:
            return card.draw(_site_card())
        iri = names().entity(kind, key)
        found = describe.describe(store(), iri, names(), text.lang(), _LINKS)
        return card.draw(_card(found))
    finally:
        _DRAWING.release()


def _site_card() -> Card:
    title = gettext("Who does what, where and with whom, for the social and solidarity economy")
    return Card(title, gettext("Linked open data"), "", "initiative", _land())


def _card(found: Description) -> Card:
    by_name = {names().compact(fact.property.iri): fact for fact in found.facts}
    places = [by_name[name] for name in _PLACES if name in by_name][:1]
    place = ", ".join(value.text.value for fact in places for value in fact.values)
    own = found.classes[0].label.value if found.classes else ""
    accent = text.accent(found.iri, names()).removeprefix("k-")
    return Card(found.label.value, own, place, accent, _land(), _points(NamedNode(found.iri)))


def _points(iri: NamedNode) -> list[tuple[float, float]]:
    """Where it is: its own point, or those of its territories."""
    return _read(store().select(queries.app("spots-of", names()).bind(entity=iri)).rows)


def _land() -> Sequence[Ring]:
    """The outlines of the régions; none where this server has no base map."""
    try:
        areas = basemap.read(settings().data_dir, "regions").areas.values()
    except SourceError:
        return ()
    return [part[0] for area in areas if not area.home for part in polygons(area.shape)]


def _read(rows: Sequence[Sequence[object]]) -> list[tuple[float, float]]:
    """The longitudes and latitudes of points in WKT."""
    return [point for (wkt,) in rows if (point := describe.point_of(wkt)) is not None]

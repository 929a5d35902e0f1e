"""What crawlers ask for first: /robots.txt, and the pages of the graph as sitemaps.

Source: RFC 9309 (Robots Exclusion Protocol); https://www.sitemaps.org/protocol.html, read
2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from flask import Blueprint, Response, url_for
from flask_babel import lazy_gettext  # type: ignore[import-untyped]  # publishes no types

from essgraph.errors import NotFound
from essgraph.search import listing
from essgraph.vocab import Names
from essgraph.web import conditional, negotiate, text
from essgraph.web.context import context, index, names, opened
from essgraph.web.machines.addresses import absolute

bp = Blueprint("crawlers", __name__)

_XML = "application/xml"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'

_LISTED = frozenset(
    (
        *("initiative", "policy", "event", "award", "collection", "publication", "organisation"),
        *("commune", "commune-deleguee", "commune-associee", "arrondissement-municipal"),
        *("epci", "departement", "region", "collectivite-outre-mer", "country", "place"),
    )
)
"""Kinds of entity that search engines are told of; of people, those in public office."""

_ROBOTS = """\
# Pages are for everybody, and so is the data: whole graphs are at /graph/NAME, which is
# lighter for both of us than page after page.
User-agent: *
Allow: /
Disallow: /sparql?
Disallow: /sparql/
Disallow: /explore?
Disallow: /search?
Disallow: /data/
Disallow: /*?release=
Disallow: /*&release=
Disallow: /*/incoming?
Disallow: /*?incoming=
Disallow: /*&incoming=
Crawl-delay: 1

Sitemap: {sitemap}
"""


@bp.get("/robots.txt")
def robots() -> Response:
    """What crawlers may fetch: pages, not the questions that anybody can make up."""
    sitemap = absolute(url_for("crawlers.sitemaps", lang=None))
    response = Response(_ROBOTS.format(sitemap=sitemap), mimetype="text/plain")
    response.cache_control.max_age = 3600
    return response


@bp.get("/sitemap.xml")
def sitemaps() -> Response:
    """The sitemaps of this release: one of the site's own pages, and those of entities."""
    etag = conditional.tag("sitemaps", absolute("/"))
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    day = _day()
    parts = range(_parts() + 1)
    addresses = (absolute(url_for("crawlers.sitemap", part=part, lang=None)) for part in parts)
    lines = (f"<sitemap><loc>{escape(a)}</loc>{day}</sitemap>\n" for a in addresses)
    body = f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">\n{"".join(lines)}</sitemapindex>\n'
    return conditional.keep(negotiate.respond(body, _XML), etag)


@bp.get("/sitemap-<int:part>.xml")
def sitemap(part: int) -> Response:
    """One sitemap: 0 is that of the site's own pages, the others are of entities, best first."""
    if part > _parts():
        raise NotFound(
            lazy_gettext(
                "There is no page %(number)s; the last is %(last)s.",
                number=part,
                last=_parts(),
            )
        )
    etag = conditional.tag("sitemap", str(part), absolute("/"))
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    paths = _entities(opened().release.index_path, part, names()) if part else iter(_own())
    response = Response(_written(absolute(""), paths, _day()), mimetype=_XML)
    return conditional.keep(response, etag)


def _parts() -> int:
    return listing.parts(opened().release.index_path)


def _own() -> list[str]:
    """The paths of the pages that are no entity's."""
    fixed = [
        url_for(endpoint, lang=None)
        for endpoint in (
            *("browse.home", "explore.explore", "browse.lists", "saved.catalogue"),
            *("contribute.contribute", "terms.ontology", "terms.listed", "terms.rules"),
        )
    ]
    fixed += [url_for("sparql.endpoint", lang=None), url_for("changes.changes", lang=None)]
    classes = [text.class_url(found.iri) for found in index().classes("fr")]
    lists = [path.partition("?")[0] for path in classes if path is not None]
    saved = [url_for("saved.page", name=name, lang=None) for name in context().queries]
    return [*fixed, *lists, *saved]


def _entities(file: Path, part: int, known: Names) -> Iterator[str]:
    """The paths of the pages of a part of the index."""
    for iri, in_office in listing.listed(file, part):
        path = _path(iri, in_office, known)
        if path is not None:
            yield path


def _path(iri: str, in_office: bool, known: Names) -> str | None:
    """The path of an entity's page, spelled as its IRI is; None where it is not listed."""
    if iri.startswith(known.base + "scheme/"):
        return iri.removeprefix(known.base.rstrip("/"))
    head, _, key = iri.removeprefix(known.base + "id/").partition("/")
    listed = head in _LISTED or (head == "person" and in_office)
    return f"/page/{head}/{key}" if listed and key not in (".", "..") else None


def _written(site: str, paths: Iterator[str], day: str) -> Iterator[bytes]:
    """A sitemap, some lines at a time."""
    yield f'{_HEAD}<urlset xmlns="{_NAMESPACE}">\n'.encode()
    lines: list[str] = []
    for path in paths:
        lines.append(f"<url><loc>{escape(site + path)}</loc>{day}</url>\n")
        if len(lines) == _AT_ONCE:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join([*lines, "</urlset>\n"]).encode()


_AT_ONCE = 1000
"""Lines of a sitemap that are sent together."""


def _day() -> str:
    """When the release was made: no page of it is newer."""
    created = str(opened().release.manifest.get("created", ""))
    return f"<lastmod>{escape(created)}</lastmod>" if created else ""

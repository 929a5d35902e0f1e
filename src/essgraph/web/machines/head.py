"""What a page says to machines in its head: a summary, a picture, JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response, g, request, url_for
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types
from markupsafe import Markup

from essgraph.catalogue import CC0, CC_BY, LICENCE_OUVERTE, PARTS
from essgraph.describe import Description, Mandate
from essgraph.errors import NotFound
from essgraph.queries import SavedQuery
from essgraph.vocab import LANGUAGES
from essgraph.web import negotiate, text
from essgraph.web.context import holds, names, opened
from essgraph.web.machines import described
from essgraph.web.machines.addresses import absolute
from essgraph.web.machines.described import Node

_SUMMARY = 200
"""Characters of a summary; search engines cut at about 160, networks at 200."""

_CONTEXT = "https://schema.org"

_BOTH = (CC_BY, LICENCE_OUVERTE)
_OF_DATA = frozenset(
    (
        *("explore.explore", "explore.facet", "browse.members", "neighbourhood.network"),
        *("entity.values", "entity.incoming", "entity.officials"),
    )
)
"""Pages that show data of several layers; other pages say themselves what they show."""


@dataclass(frozen=True)
class Head:
    """What the head of a page says besides its title.

    Shape: `kind` is the type in the Open Graph protocol; `picture` a whole address; `data` a
    JSON-LD document, safe inside a script element.
    """

    summary: str = ""
    kind: str = "website"
    picture: str = ""
    data: Markup | None = None


def of_entity(found: Description, mandates: Sequence[Mandate | None] = ()) -> Head:
    """The head of the page of an entity, a concept, a term or a graph."""
    graphs = {link.iri for link in found.graphs}
    _show(_licences(layer for layer in PARTS if names().graph(layer).value in graphs))
    page = text.local_url(found.iri, names()) or ""
    bare = page.partition("?")[0] if "/ontology" not in page else page
    url = absolute(bare)
    node = described.node(found, names(), url, [m for m in mandates if m is not None])
    lists = (gettext("Lists"), url_for("browse.lists", lang=None))
    first = next(iter(found.classes), None)
    inside = text.class_url(first.iri) if first is not None else None
    trail = [lists]
    if first is not None and inside is not None:
        trail.append((first.label.value, inside.partition("?")[0]))
    trail.append((found.label.value, bare))
    kind = {"Person": "profile"}.get(str(node["@type"]), "article")
    return Head(
        shortened(described.summary(found)), kind, _picture(found.iri), _said(node, *_way(trail))
    )


def of_scheme(iri: str, label: str, definition: str) -> Head:
    """The head of the page of a concept scheme."""
    _show((CC0,))
    path = (text.local_url(iri, names()) or "/").partition("?")[0]
    url = absolute(path)
    node: Node = {"@type": "DefinedTermSet", "@id": iri, "name": label, "url": url}
    if definition:
        node["description"] = definition
    trail = [(gettext("Lists"), url_for("browse.lists", lang=None)), (label, path)]
    return Head(shortened(definition), "article", site_picture(), _said(node, *_way(trail)))


def of_home() -> Head:
    """The head of the home page: the site with its search, and the graph as a dataset."""
    _show(_BOTH)
    root = absolute("/")
    what = gettext(
        "Examples of local policies for the social and solidarity economy in France, each fact"
        " with its source, in the map of today’s communes, départements and régions."
    )
    site: Node = {
        "@type": "WebSite",
        "@id": root + "#site",
        "url": root,
        "name": "essgraph",
        "description": what,
        "inLanguage": list(LANGUAGES),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": absolute(url_for("browse.search", lang=None)) + "?q={q}",
            },
            "query-input": "required name=q",
        },
    }
    created = str(opened().release.manifest.get("created", ""))
    dataset: Node = {
        "@type": "Dataset",
        "@id": names().base + "graph/meta",
        "name": "essgraph",
        "description": what,
        "url": root,
        "license": list(_BOTH),
        "isAccessibleForFree": True,
        "inLanguage": list(LANGUAGES),
        "version": opened().release.id,
        "dateModified": created,
        "spatialCoverage": {"@type": "Country", "name": "France"},
        "keywords": [gettext("social and solidarity economy"), gettext("local policies")],
        "creator": {"@type": "Organization", "name": "essgraph", "url": root},
        "includedInDataCatalog": {"@id": root + "#catalogue"},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": offer.media_type,
                "contentUrl": _graph(layer, offer),
                "license": PARTS[layer][2],
            }
            for layer in PARTS
            if holds(layer)
            for offer in negotiate.GRAPHS
        ],
    }
    catalogue: Node = {
        "@type": "DataCatalog",
        "@id": root + "#catalogue",
        "name": "essgraph",
        "url": root,
        "dataset": {"@id": dataset["@id"]},
    }
    return Head(shortened(what), picture=site_picture(), data=_said(site, dataset, catalogue))


def of_query(query: SavedQuery) -> Head:
    """The head of the page of a saved query, which is a dataset that is made when asked for."""
    _show(_BOTH)
    title = text.translated(query.titles)
    about = text.translated(query.descriptions)
    path = url_for("saved.page", name=query.name, lang=None)
    node: Node = {
        "@type": "Dataset",
        "@id": absolute(path),
        "url": absolute(path),
        "name": title,
        "description": about
        if len(about) > len(title)
        else gettext("%(title)s: an answer of the graph of local policies.", title=title),
        "license": list(_BOTH),
        "isAccessibleForFree": True,
        "includedInDataCatalog": {"@id": absolute("/") + "#catalogue"},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": offer.media_type,
                "contentUrl": absolute(f"{path}?format={offer.name}"),
            }
            for offer in negotiate.RESULTS
        ],
    }
    trail = [(gettext("Questions"), url_for("saved.catalogue", lang=None)), (title, path)]
    return Head(shortened(about or title), "article", data=_said(node, *_way(trail)))


def of_list(label: str, trail: Sequence[tuple[str, str]]) -> Head:
    """The head of a page of a list: its place among the pages, as names and paths."""
    return Head(label, data=_said(*_way(trail)))


def plain() -> Head:
    """The head of a page that says nothing more to machines."""
    return Head()


def announce(response: Response) -> Response:
    """The answer of a page with what describes the data on it, and their licences (RFC 8288)."""
    if response.mimetype == "text/html" and response.status_code == 200:
        described_by = url_for("graphs.void", lang=None)
        response.headers.add("Link", f'<{described_by}>; rel="describedby"')
        shown = _BOTH if request.endpoint in _OF_DATA else ()
        for licence in g.get("licences_shown", shown):
            response.headers.add("Link", f'<{licence}>; rel="license"')
    return response


def _show(licences: Sequence[str]) -> None:
    """Keep for the headers of this page under which licences its data is."""
    g.licences_shown = licences


def _licences(layers: Iterable[str]) -> list[str]:
    return sorted({PARTS[layer][2] for layer in layers})


def shortened(said: str) -> str:
    """The beginning of a text, to the end of a word."""
    flat = " ".join(said.split())
    if len(flat) <= _SUMMARY:
        return flat
    return flat[:_SUMMARY].rpartition(" ")[0].rstrip(",;:.") + "…"


def _graph(layer: str, offer: negotiate.Format) -> str:
    return absolute(url_for("entity.graph", layer=layer, format=offer.name, lang=None))


def _picture(iri: str) -> str:
    try:
        kind, key = names().entity_parts(iri)
    except NotFound:
        return site_picture()
    if "/" in kind + key:  # no route has such parts
        return site_picture()
    return absolute(url_for("pictures.entity", kind=kind, key=key, lang=text.lang()))


def site_picture() -> str:
    """The whole address of the picture of pages that are about no one thing."""
    return absolute(url_for("pictures.site", lang=text.lang()))


def _way(trail: Sequence[tuple[str, str]]) -> list[Node]:
    """The way from the home page to this one; the names of the steps and their paths."""
    steps = [(gettext("Home page"), "/"), *trail]
    return [
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
                for place, (name, path) in enumerate(steps, 1)
            ],
        }
    ]


def _said(*nodes: Node) -> Markup:
    """A JSON-LD document for the inside of a script element.

    Nothing in it can end the element or begin a comment (HTML, 4.12.1.3).
    """
    document = {"@context": _CONTEXT, "@graph": list(nodes)}
    written = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    safe = written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704

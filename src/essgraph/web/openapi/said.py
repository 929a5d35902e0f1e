"""What the routes cannot say of themselves: parameters of the query string, bodies, formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from essgraph.web import negotiate, workbook

HTML, JSON, GEOJSON, SVG = "text/html", "application/json", "application/geo+json", "image/svg+xml"
FORM = "application/x-www-form-urlencoded"
XLSX = workbook.XLSX.media_type
RESULTS = tuple(offer.media_type for offer in negotiate.RESULTS)
GRAPHS = tuple(offer.media_type for offer in negotiate.GRAPHS)
PAGE = ("lang", "release")
"""Parameters of every page."""


@dataclass(frozen=True)
class Said:
    """What one route takes and answers besides what its rule and docstring tell.

    Shape: parameters: names of PARAMETERS; answers: media types of a success, () for none;
    bodies: media types of what is sent; status: of the success; bearer: "" for everybody, else
    whether a token is needed ("required") or gives more ("optional").
    """

    answers: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    status: int = 200
    bearer: str = ""


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", **more}}


PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "lang": _text("Language of the page; else Accept-Language, else French.", enum=["fr", "en"]),
    "release": _text("A kept release to answer from, instead of today's."),
    "format": _text("Short name or media type of the format; wins over Accept."),
    "page": {
        "description": "Page of a long list, from 1.",
        "schema": {"type": "integer", "minimum": 1, "default": 1},
    },
    "q": _text("Words of a name, or a code."),
    "kind": _text("Kind of entity, such as commune or initiative."),
    "field": _text("Key of a field of the form, such as spatial."),
    "property": _text("A property as prefix:name."),
    "term": _text("Local name of a term of the ontology."),
    "example": _text("Name of a saved query to begin with."),
    "rule": _text("IRI of a rule.", format="iri"),
    "entity": _text("An entity: its IRI, or its short form such as commune/05065."),
    "at": _text("A point: longitude,latitude in degrees."),
    "hops": {
        "description": "Links away, at most.",
        "schema": {"type": "integer", "enum": [1, 2], "default": 1},
    },
    "view": _text("How the rows are shown.", enum=["table", "chart", "map", "list"]),
    "sort": _text("Order of the list.", enum=["best", "name", "date"]),
    "territory": _text("A territory, such as region/93; may be repeated."),
    "instrument": _text("An instrument of the scheme; may be repeated."),
    "sector": _text("A sector of the scheme; may be repeated."),
    "partner": _text("A kind of partner; may be repeated."),
    "role": _text("A role of the scheme; may be repeated."),
    "since": {"description": "First year.", "schema": {"type": "integer"}},
    "until": {"description": "Last year.", "schema": {"type": "integer"}},
    "query": _text("A SPARQL query; without one, the service description."),
    "default-graph-uri": _text("A graph of the default graph; may be repeated.", format="iri"),
    "named-graph-uri": _text("A named graph of the dataset; may be repeated.", format="iri"),
    "timeout": {
        "description": "Seconds after which the query is ended.",
        "schema": {"type": "number", "exclusiveMinimum": 0},
    },
    "explain": _text("Why a query has no row: `empty`.", enum=["empty"]),
    "graph": _text("IRI of a graph; without it, `default`.", format="iri"),
    "default": {
        "description": "The default graph, which is the union of all.",
        "schema": {"type": "string"},
        "allowEmptyValue": True,
    },
}

_FACETS = ("territory", "instrument", "sector", "partner", "role", "since", "until")
_EXPLORE = ("kind", "q", *_FACETS, "view", "sort", "page", *PAGE)
_RDF = (HTML, *GRAPHS)

SAID: Mapping[str, Said] = {
    "browse.home": Said((HTML,), PAGE),
    "browse.search": Said((HTML, JSON), ("q", "kind", "page", *PAGE)),
    "browse.lists": Said((HTML,), PAGE),
    "browse.members": Said((HTML, JSON), ("page", "format", *PAGE)),
    "changes.changes": Said((HTML, JSON), ("page", "lang")),
    "changes.change": Said((HTML, JSON), ("lang",)),
    "cite.citation_of": Said(("text/plain", JSON), PAGE),
    "changes.feed": Said(("application/atom+xml",), ("lang",)),
    "completion.terms": Said((JSON,)),
    "completion.example": Said((JSON,), ("lang",)),
    "completion.name": Said((JSON,), ("lang",), (FORM,)),
    "completion.write": Said((JSON,), (), (FORM,)),
    "contribute.contribute": Said((HTML,), PAGE),
    "contribute.propose": Said((HTML, "text/turtle"), ("lang",), (FORM,)),
    "contribute.check": Said((JSON,), ("lang",), (FORM,)),
    "contribute.suggest": Said((JSON,), ("field", "q", "lang")),
    "contribute.template": Said(("text/csv", XLSX), ("lang",)),
    "crawlers.robots": Said(("text/plain",)),
    "crawlers.sitemap": Said(("application/xml",)),
    "crawlers.sitemaps": Said(("application/xml",)),
    "entity.identify": Said((), ("format",), status=303),
    "entity.page": Said((HTML,), PAGE),
    "entity.data": Said(GRAPHS, ("format", "release")),
    "entity.graph": Said(_RDF, ("format", *PAGE)),
    "entity.incoming": Said((HTML,), ("property", "page", *PAGE)),
    "entity.values": Said((HTML,), ("property", "page", *PAGE)),
    "entity.officials": Said((HTML,), ("page", *PAGE)),
    "explore.explore": Said((HTML,), _EXPLORE),
    "explore.facet": Said((HTML,), _EXPLORE),
    "explore.data": Said(("text/csv", XLSX, JSON, GEOJSON, "text/turtle"), _EXPLORE),
    "explore.points": Said((GEOJSON,), _EXPLORE),
    "explore.picture": Said((SVG,), _EXPLORE),
    "graphs.void": Said(GRAPHS, ("format",)),
    "graphs.content": Said(GRAPHS, ("graph", "default", "format")),
    "graphs.change": Said((), ("graph", "default"), GRAPHS, 204, "required"),
    "graphs.change_layer": Said((), (), GRAPHS, 204, "required"),
    "maps.base": Said((GEOJSON,)),
    "maps.data": Said((GEOJSON,), ("release",)),
    "maps.entity": Said((SVG,), ("release",)),
    "maps.picture": Said((SVG,), ("entity", "at")),
    "neighbourhood.network": Said((HTML, JSON), ("hops", *PAGE)),
    "openapi.openapi": Said((JSON,)),
    "ops.healthz": Said(("text/plain",)),
    "ops.readyz": Said(("text/plain",)),
    "ops.under_way": Said((JSON,), bearer="required"),
    "ops.cancel": Said((), status=204, bearer="required"),
    "pictures.entity": Said(("image/png",), ("lang",)),
    "pictures.site": Said(("image/png",), ("lang",)),
    "saved.catalogue": Said((HTML,), PAGE),
    "saved.listing": Said((JSON,)),
    "saved.page": Said((HTML, *RESULTS, *GRAPHS), ("view", "page", "format", *PAGE)),
    "saved.picture": Said(("image/svg+xml",), PAGE),
    "saved.data": Said((*RESULTS, *GRAPHS, GEOJSON, XLSX), PAGE),
    "sparql.endpoint": Said(
        (*RESULTS, *GRAPHS, HTML),
        ("query", "default-graph-uri", "named-graph-uri", "timeout", "explain", "format", *PAGE),
        (FORM, "application/sparql-query", "application/sparql-update"),
        bearer="optional",
    ),
    "suggest.suggest": Said((JSON,), ("q", "kind", *PAGE)),
    "terms.ontology": Said(_RDF, ("term", "format", *PAGE)),
    "terms.scheme": Said(_RDF, ("format", *PAGE)),
    "terms.listed": Said((HTML,), PAGE),
    "terms.rules": Said(_RDF, ("format", *PAGE)),
    "terms.rule": Said(_RDF, ("format", *PAGE)),
    "validation.report": Said(
        (HTML, "text/turtle", JSON, "text/csv"), ("rule", "entity", "page", "format", *PAGE)
    ),
}

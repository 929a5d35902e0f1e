"""The whole HTTP surface as an OpenAPI document, made from the routes and the saved queries."""

from __future__ import annotations

import json
from functools import lru_cache

from flask import Blueprint, Response, current_app, request

from essgraph.web import conditional, inventory
from essgraph.web.context import context, names
from essgraph.web.openapi import document

bp = Blueprint("openapi", __name__)

MEDIA_TYPE = "application/vnd.oai.openapi+json"
"""Registered by the OpenAPI Initiative; clients that know no more of it read JSON."""


@bp.get("/openapi.json")
def openapi() -> Response:
    """Every address of this server, what it takes and what it answers, as OpenAPI 3.1."""
    server = request.url_root.rstrip("/")
    etag = conditional.tag("openapi", server)
    known = conditional.unchanged(etag)
    if known is not None:
        return known
    body = _written(server) if etag is None else _body(server, etag)
    response = Response(body, mimetype="application/json")
    return conditional.keep(response, etag)


@lru_cache(maxsize=4)
def _body(server: str, _: str) -> bytes:
    """The document of a release, which the tag names; without a tag nothing is kept."""
    return _written(server)


def _written(server: str) -> bytes:
    queries = context().queries.values()
    routes = document.routes(current_app.url_map, current_app.view_functions)
    found = document.document(
        server,
        [
            *routes,
            *document.saved(
                [(query, inventory.described(query), inventory.formats(query)) for query in queries]
            ),
        ],
        names().ontology,
    )
    return json.dumps(found, ensure_ascii=False, indent=1).encode()

"""Headers of every answer: what a page may do, and who may read the data."""

from __future__ import annotations

from flask import Response, g, request

from essgraph.web import tiles

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "connect-src 'self'"
)
_DAY_S = "86400"
_ASKED = "Accept, Accept-Language, Authorization, Content-Type, If-Match, If-None-Match"
_EXPOSED = (
    "Accept-Query, Allow, ETag, Essgraph-Release, Essgraph-Truncated, Link, Location, "
    "Retry-After, WWW-Authenticate"
)
"""Headers that a script of another site may read besides the plainest (Fetch, 4.9)."""


ANYBODY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", _EXPOSED),
)
"""Headers of every answer: the data is public, without cookies."""


DATA = (*ANYBODY, ("Content-Security-Policy", "default-src 'none'; sandbox"))
"""Headers of data; XML that a browser opens may do nothing."""


def policy() -> str:
    """What a page may do; pictures come from the host of the maps' tiles too, if there is one."""
    chosen = tiles.chosen()
    if chosen is None:
        return CONTENT_SECURITY_POLICY
    return CONTENT_SECURITY_POLICY.replace("img-src ", f"img-src https://{chosen.host} ")


def secure(response: Response) -> Response:
    """The answer with its security and CORS headers: the data is public, without cookies."""
    headers = response.headers
    headers.update(ANYBODY)
    headers.setdefault("Content-Security-Policy", policy())
    headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers.get("Allow", "GET, HEAD, OPTIONS")
        headers["Access-Control-Allow-Headers"] = _ASKED
        headers["Access-Control-Max-Age"] = _DAY_S
    # Whatever asked for the language of the request may have written in it, and so may a 304.
    if response.mimetype == "text/html" or ("lang" in g and "lang" not in request.args):
        response.vary.add("Accept-Language")
    return response

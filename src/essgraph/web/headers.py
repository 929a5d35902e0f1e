"""Headers of every answer: what a page may do, and who may read the data."""

from __future__ import annotations

from flask import Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
)
_DAY_S = "86400"
_ASKED = "Accept, Accept-Language, Content-Type, If-None-Match"
_EXPOSED = "Accept-Query, Allow, ETag, Essgraph-Truncated, Link, Retry-After"
"""Headers that a script of another site may read besides the plainest (Fetch, 4.9)."""


def secure(response: Response) -> Response:
    """The answer with its security and CORS headers: the data is public, without cookies."""
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers.get("Allow", "GET, HEAD, OPTIONS")
        headers["Access-Control-Allow-Headers"] = _ASKED
        headers["Access-Control-Max-Age"] = _DAY_S
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")
    return response

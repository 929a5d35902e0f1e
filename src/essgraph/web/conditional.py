"""Answers that a client or a proxy may keep: entity tags, and 304 without running anything.

A release never changes, so its name and what was asked of it tell an answer.
Source: RFC 9110, 8.8.3 and 13.1.2; RFC 9111, 5.2.2.
"""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.metadata import version

from flask import Response, request

from essgraph import __version__
from essgraph.web.context import opened, settings

_WRITERS = (__version__, version("pyoxigraph"))
"""What writes an answer: another version of it may write other bytes."""


def tag(*parts: str | tuple[str, ...]) -> str | None:
    """The entity tag of what these parts ask of the current release, without its quotes.

    None where another engine answers (`store_url`): its graph may change under the release.
    Raises: StoreUnavailable, ConfigError.
    """
    if settings().store_url:
        return None
    release = opened().release.id
    asked = json.dumps([*_WRITERS, *parts]).encode()
    return f"{release}-{sha256(asked).hexdigest()[:20]}"


def unchanged(etag: str | None) -> Response | None:
    """A 304, if the client has the answer of that tag already.

    `If-None-Match: *` names no answer and is not heeded: whether there is one is not known yet.
    """
    if etag is None or not request.if_none_match.contains_weak(etag):
        return None
    if request.if_none_match.star_tag:
        return None
    response = Response(status=304)
    del response.headers["Content-Type"]
    return keep(response, etag)


def keep(response: Response, etag: str | None) -> Response:
    """The answer, to be kept by whoever asks again each time whether it still holds.

    The tag is weak: blank nodes may be named anew, and a proxy may compress.
    """
    if etag is not None:
        response.set_etag(etag, weak=True)
        response.cache_control.public = True
        response.cache_control.no_cache = True
    response.vary.add("Accept")
    return response

"""An answer as it goes over the wire: headers as bytes, and what they say of keeping it.

Source: RFC 9110, 8.8.3, 12.5.3 and 13.1.2; RFC 9111, 5.2.2.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from werkzeug.http import parse_etags

from essgraph.store.evaluating import ENCODINGS, Answered
from essgraph.web import negotiate
from essgraph.web.answers import Kept
from essgraph.web.call import Call

TRUNCATED = "Essgraph-Truncated"
"""Header of an answer that was cut: the cap, and how many rows are given."""

RELEASE = "Essgraph-Release"
"""Header of an answer: the release that it was made from."""

_VARY = (b"vary", b"Accept, Accept-Encoding")
_REVALIDATED = (b"cache-control", b"no-cache, public")
_NOT_STORED = (b"cache-control", b"no-store")
_CONTENT_TYPES = {
    media_type: (b"content-type", negotiate.content_type(media_type).encode())
    for offer in (*negotiate.RESULTS, *negotiate.GRAPHS)
    for media_type in offer.media_types
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to send: its body in memory, or in a file to be sent and closed, that may
    still be written until `rest` is done.

    Shape: headers: names in lower case, and values, as they go over the wire.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    file: IO[bytes] | None = None
    size: int = 0
    rest: asyncio.Future[Answered] | None = None


def headers(
    etag: str | None, release: str, kept: Kept | Answered | None = None
) -> list[tuple[bytes, bytes]]:
    """The headers of an answer from a release; without one, of a 304."""
    headers = [_VARY, (RELEASE.lower().encode(), release.encode())]
    if etag:
        headers += [(b"etag", f'W/"{etag}"'.encode()), _REVALIDATED]
    else:
        headers.append(_NOT_STORED)
    if kept is not None:
        headers.append(_CONTENT_TYPES[kept.media_type])
        if kept.encoding:
            headers.append((b"content-encoding", kept.encoding.encode()))
        if kept.truncated:
            headers.append((TRUNCATED.lower().encode(), kept.truncated.encode()))
    return headers


def encoding(accepted: str | None) -> str:
    """The content coding to use, "" for none: the one we like best of those not refused."""
    if not accepted:
        return ""
    ranges: Mapping[str, float] = negotiate.codings(accepted)
    best = max(ENCODINGS, key=lambda coding: ranges.get(coding, ranges.get("*", 0.0)))
    return best if ranges.get(best, ranges.get("*", 0.0)) > 0 else ""


def unchanged(call: Call, etag: str) -> bool:
    """Whether If-None-Match names the tag. `*` names no answer and is not heeded."""
    header = call.headers.get("if-none-match")
    if header is None or header.strip() == "*" or not told(call, etag):
        return False
    return parse_etags(header).contains_weak(etag)


def told(call: Call, etag: str | None) -> str | None:
    """The tag to answer with; none to a POST, which selects no representation (RFC 9110, 13.1)."""
    return None if call.method == "POST" else etag

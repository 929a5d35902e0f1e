"""A request as the SPARQL endpoint reads it, whichever interface of Python brought it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote_from_bytes

from werkzeug.http import parse_options_header

_PRINTABLE = bytes(range(0x21, 0x7F))


async def never() -> None:
    """A client that is never known to leave."""
    await asyncio.Event().wait()


def bearer_in(authorization: str) -> str | None:
    """The token in a header Authorization, if it is of that scheme (RFC 6750, 2.1)."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def escaped(address: bytes) -> str:
    """What stands in an address or a form, its bytes beyond ASCII escaped: some clients do not."""
    return quote_from_bytes(address, safe=_PRINTABLE)


@dataclass(frozen=True, slots=True)
class Call:
    """Method, address, headers and the whole body of a request.

    Shape: headers by lower-case name; streams: whether an answer may be sent before it is
    whole; gone: returns when the client has left.
    """

    method: str
    query_string: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    path: str = "/sparql"
    streams: bool = False
    gone: Callable[[], Awaitable[None]] = never

    def with_body(self, body: bytes) -> Call:
        """The same call, its body read."""
        return replace(self, body=body)

    @property
    def accept(self) -> str:
        """The header Accept."""
        return self.headers.get("accept", "")

    @property
    def content_type(self) -> tuple[str, Mapping[str, str]]:
        """Media type of the body in lower case, and its parameters."""
        media_type, options = parse_options_header(self.headers.get("content-type"))
        return media_type.lower(), options

    @property
    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer`, if there is one."""
        return bearer_in(self.headers.get("authorization", ""))

"""Requests and answers as ASGI messages: read whole, sent in slices, with a time for each.

Source: ASGI 3.0, HTTP & WebSocket message format 2.3.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from functools import partial
from typing import IO, Any

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout

from essgraph.store.evaluating import Answered
from essgraph.web.call import Call, escaped

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

GONE = "essgraph.gone"
"""In the scope that Flask is handed: what returns when the client has left."""
_BODY_S = 30
"""Seconds in which a body has to arrive."""
_UNREAD_S = 30
"""Seconds after which a client that reads nothing of its answer is given up."""
SLICE = 262_144
_LOOK_AGAIN_S = 0.02


class Patience:
    """A way to a client that ends when it reads nothing for too long.

    What is sent from then on is dropped, so that whoever sends it comes to its end; the server
    cuts the connection, since the answer is not whole.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.given_up = False

    async def send(self, message: Message) -> None:
        """Send, or not. Never waits longer than _UNREAD_S."""
        if self.given_up:
            return
        try:
            async with asyncio.timeout(_UNREAD_S):
                await self._send(message)
        except TimeoutError:
            self.given_up = True


async def hand_over(
    chosen: Application, body: bytes, scope: Message, receive: Receive, send: Send
) -> None:
    """Have the application in those threads answer a request whose body is read."""
    framing = (b"content-length", b"transfer-encoding")
    kept = [pair for pair in scope["headers"] if pair[0] not in framing]
    if body or scope["method"] in ("POST", "PUT", "QUERY", "PATCH"):
        kept.append((b"content-length", str(len(body)).encode()))
    address = escaped(scope["query_string"]).encode()  # WSGI takes nothing beyond ASCII
    gone = partial(_gone, receive)
    told = {**scope, "headers": kept, "query_string": address, GONE: gone}
    await chosen(told, partial(_replay, [body], receive), Patience(send).send)


async def send_slices(body: bytes, client: Patience) -> None:
    """Send a long body that is in memory."""
    for place in range(0, len(body), SLICE):
        more = place + SLICE < len(body)
        part = body[place : place + SLICE]
        await client.send({"type": "http.response.body", "body": part, "more_body": more})
        if client.given_up:
            return


async def chunks(file: IO[bytes], rest: asyncio.Future[Answered] | None) -> AsyncIterator[bytes]:
    """A file to its end, which is not there before `rest` is done.

    Raises: what ended the rest; the connection is then cut, so that the client sees it.
    """
    place = 0
    while True:
        whole = rest is None or rest.done()
        chunk = os.pread(file.fileno(), SLICE, place)
        if chunk:
            place += len(chunk)
            yield chunk
        elif not whole and rest is not None:
            await asyncio.wait([rest], timeout=_LOOK_AGAIN_S)
        else:
            if rest is not None:
                rest.result()
            return


async def _replay(bodies: list[bytes], receive: Receive) -> Message:
    if bodies:
        return {"type": "http.request", "body": bodies.pop(), "more_body": False}
    return await receive()


async def read_body(receive: Receive, limit: int) -> bytes:
    """The body of a request.

    Raises: BadRequest for one that is cut or badly framed; RequestEntityTooLarge, RequestTimeout.
    """
    found: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(_BODY_S):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise BadRequest("the body is cut or badly framed")
                found.append(message.get("body", b""))
                size += len(found[-1])
                if size > limit:
                    raise RequestEntityTooLarge(f"the body has more than {limit} bytes")
                if not message.get("more_body", False):
                    return b"".join(found)
    except TimeoutError:
        raise RequestTimeout(f"the body took more than {_BODY_S} s to arrive") from None


def read_call(scope: Message, receive: Receive) -> Call:
    """A request without its body."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1")
        text = value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return Call(
        scope["method"],
        scope["query_string"],
        found,
        path=scope["path"],
        streams=scope["method"] != "HEAD",
        gone=partial(_gone, receive),
    )


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

"""The server's side of the application: ASGI in front of the pages, queries on the event loop.

A query by a program is answered here, without Flask; anything else is Flask's, in a thread, and
its body is read before, so that a slow client holds no thread. Bodies are bounded, in bytes and
in seconds.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from werkzeug.exceptions import (
    HTTPException,
    RequestHeaderFieldsTooLarge,
)

from essgraph.config import Settings
from essgraph.errors import EssgraphError
from essgraph.web import create_app, headers, negotiate, operation, problems, querylog
from essgraph.web.call import Call
from essgraph.web.context import WRITES, Context, context_of
from essgraph.web.evaluators import Pooled
from essgraph.web.limiting import RateLimit, client_of
from essgraph.web.replies import Reply
from essgraph.web.wire import (
    SLICE,
    Application,
    Message,
    Patience,
    Receive,
    Send,
    chunks,
    hand_over,
    read_body,
    read_call,
    send_slices,
)

PATH = "/sparql"
_METHODS = frozenset({"GET", "HEAD", "POST", "QUERY"})
_WRITES = frozenset({"PUT", "POST", "DELETE"})
_GRAPHS = ("/graph/", "/graphs")
_ASKED = (PATH, "/queries/")
_HEADER_BYTES = 8_190
"""The longest header read, as by other servers: what is kept by a header stays bounded."""

_log = logging.getLogger(__name__)


class Gateway:
    """The application for a server that speaks ASGI."""

    def __init__(self, settings: Settings) -> None:
        app = create_app(settings)
        self._context: Context = context_of(app)
        self._templates = app.jinja_env
        # a2wsgi has types of its own for what ASGI and WSGI leave open.
        self._pages = cast("Application", WSGIMiddleware(cast(Any, app), workers=settings.threads))
        # A query for a page waits for its turn too, and its deadline is long: one thread for each
        # that may run or wait, so that no page waits for a query.
        asked = settings.query_processes + settings.query_queue + 1
        self._asked = cast("Application", WSGIMiddleware(cast(Any, app), workers=asked))
        # A write waits for its turn: not in the threads of the pages. One more than may wait,
        # to tell the others so.
        self._writes = cast("Application", WSGIMiddleware(cast(Any, app), workers=WRITES + 1))
        self._pooled = Pooled(settings)
        self._limit = RateLimit(settings)
        self._proxies = settings.trusted_proxies
        self._data = [(name.lower().encode(), value.encode()) for name, value in headers.DATA]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or begin and end with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        if self._limit.on and not await self._counted(scope, send):
            return
        if any(len(value) > _HEADER_BYTES for _, value in scope["headers"]):
            error = RequestHeaderFieldsTooLarge(f"a header has more than {_HEADER_BYTES} bytes")
            await self._send(_problem(error), scope, send)
            return
        call = read_call(scope, receive)
        is_query = call.path == PATH and call.method in _METHODS
        if is_query and not negotiate.may_prefer_html(call.accept):
            await self._query(call, scope, receive, send)
            return
        try:
            body = await read_body(receive, self._most(call))
        except (EssgraphError, HTTPException) as error:
            await self._send(_problem(error), scope, send)
            return
        chosen = self._pages
        if call.path.startswith(_ASKED):
            chosen = self._asked
        elif call.method in _WRITES and call.path.startswith(_GRAPHS):
            chosen = self._writes
        await hand_over(chosen, body, scope, receive, send)

    async def _counted(self, scope: Message, send: Send) -> bool:
        """Whether a request is within the limits; its client is told if not."""
        peer = (scope.get("client") or ("",))[0]
        forwarded = b", ".join(v for k, v in scope["headers"] if k == b"x-forwarded-for")
        client = client_of(peer, forwarded.decode("latin-1"), self._proxies)
        try:
            self._limit.count(client, scope["path"])
        except HTTPException as error:
            await self._send(_problem(error), scope, send)
            return False
        return True

    async def _live(self, receive: Receive, send: Send) -> None:
        writing: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._pooled.start()
                self._context.endpoint.evaluator = self._pooled
                self._context.loop.use(asyncio.get_running_loop())
                writing = asyncio.create_task(self._write_log())
                # What was imported stays; looking through it for cycles costs a page 4 ms.
                gc.collect()
                gc.freeze()
                await send({"type": "lifespan.startup.complete"})
                threading.Thread(target=self._warm, daemon=True).start()
            else:
                if writing is not None:
                    writing.cancel()
                self._pooled.close()
                self._context.endpoint.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _warm(self) -> None:
        """Read what the first reader of many a page would wait for, while the server listens."""
        try:
            self._context.current.get().warm()
        except EssgraphError:
            return  # each page says what is wrong
        for name in self._templates.list_templates():
            self._templates.get_template(name)

    async def _write_log(self) -> None:
        log = self._context.endpoint.log
        log.gathers = True
        while True:
            await asyncio.sleep(querylog.EVERY_S)
            log.flush()

    async def _query(self, call: Call, scope: Message, receive: Receive, send: Send) -> None:
        try:
            opened = self._context.endpoint.opened(call)
            reply = self._context.endpoint.at_hand(call, opened)
            if reply is None:
                if call.method in ("POST", "QUERY"):
                    call = call.with_body(await read_body(receive, self._most(call)))
                asked = operation.read(call)
                if not asked.is_query or negotiate.prefers_html(call.accept, asked.formats):
                    chosen = self._asked if asked.update is None else self._writes
                    await hand_over(chosen, call.body, scope, receive, send)
                    return
                reply = await self._context.endpoint.answer(call, asked, opened)
        except (EssgraphError, HTTPException) as error:
            reply = _problem(error)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  # the last resort, as in `problems`
            _log.error("error status=500 path=%r", PATH, exc_info=error)
            reply = _problem(EssgraphError())
        await self._send(reply, scope, send)

    async def _send(self, reply: Reply, scope: Message, send: Send) -> None:
        found = [*reply.headers, *self._data]
        if reply.status != 304 and reply.rest is None:
            found.append((b"content-length", b"%d" % reply.size))
        start = {"type": "http.response.start", "status": reply.status}
        await send({**start, "headers": found})
        if scope["method"] == "HEAD" or (reply.file is None and len(reply.body) <= SLICE):
            body = b"" if scope["method"] == "HEAD" else reply.body
            await send({"type": "http.response.body", "body": body})
            if reply.file is not None:
                reply.file.close()
            return
        if reply.file is None:
            await send_slices(reply.body, Patience(send))
            return
        with reply.file as file:
            place, client = 0, Patience(send)
            async for chunk in chunks(file, reply.rest):
                place += len(chunk)
                more = reply.rest is not None or place < reply.size
                await client.send({"type": "http.response.body", "body": chunk, "more_body": more})
                if client.given_up:
                    return
            if reply.rest is not None:
                await client.send({"type": "http.response.body", "body": b""})

    def _most(self, call: Call) -> int:
        """Bytes that a body may have: whoever may write may send data, others only text."""
        token = self._context.tokens.check(call.bearer) if call.bearer else None
        if token is None or not token.writes or call.content_type[0] in operation.BODIES:
            return operation.MAX_BODY_BYTES
        return self._context.settings.max_body_bytes


def _problem(error: EssgraphError | HTTPException) -> Reply:
    problem = problems.document(error)
    body = problem.json()
    found = [
        (b"content-type", problems.MEDIA_TYPE.encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept"),
        *((n.lower().encode(), v.encode("latin-1", "replace")) for n, v in problem.headers),
    ]
    return Reply(problem.status, found, body, size=len(body))

"""One request to an allowed address, bounded in time and bytes, and nowhere else.

No redirect is followed and no proxy or password of the environment is used. An address says a
host by name, and whoever runs that name may point it at a machine of our own network: over
https the certificate tells, over http a name must resolve to a public address, and that very
address is the one connected to. A host said as a number, or as `localhost`, is meant as such.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from functools import cache
from ssl import SSLContext
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pyoxigraph import (
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from essgraph import __version__
from essgraph.errors import SourceError

_T = TypeVar("_T")

_RESULTS = "application/sparql-results+xml"
_DOCUMENTS = (RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.RDF_XML)
_UNTYPED = frozenset({"", "text/plain", "application/octet-stream"})


class Exchange:
    """Asks endpoints and fetches documents, in a thread of its own; starts with the first.

    Units: `timeout_s` for all of one exchange, `max_bytes` for its answer.
    """

    def __init__(self, timeout_s: float, max_bytes: int, contact: str) -> None:
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._agent = f"essgraph/{__version__}" + (f" (+{contact})" if contact else "")
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def ask(self, endpoint: str, query: str) -> bytes:
        """The answer of an endpoint to a query: SPARQL results in XML, read and found good.

        Raises: SourceError.
        """
        # XML alone: the engine's reader of JSON results dies of terms that nest deeply.
        media_type, body = self._run(
            endpoint,
            self._exchange(
                "POST",
                endpoint,
                {"Accept": _RESULTS, "Content-Type": "application/sparql-query"},
                query.encode(),
            ),
        )
        if media_type != _RESULTS:
            raise SourceError(f"{endpoint} answered {media_type!r}, not {_RESULTS}")
        try:
            found = parse_query_results(body, QueryResultsFormat.XML)
            if not isinstance(found, QuerySolutions):
                raise SourceError(f"{endpoint} answered no solutions")
            if any(isinstance(term, Triple) for row in found for term in row):
                raise SourceError(f"{endpoint} answered a triple as a term")
        except (SyntaxError, ValueError) as error:
            raise SourceError(f"{endpoint} answered malformed results: {error}") from error
        return body

    def load(self, iri: str) -> list[Triple]:
        """The triples of a document, its blank nodes renamed.

        Raises: SourceError.
        """
        accepted = ", ".join(format.media_type for format in _DOCUMENTS)
        media_type, body = self._run(iri, self._exchange("GET", iri, {"Accept": accepted}, b""))
        format = RdfFormat.from_media_type(media_type)
        if media_type in _UNTYPED:
            format = RdfFormat.from_extension(urlsplit(iri).path.rpartition(".")[2])
        if format not in _DOCUMENTS:
            raise SourceError(f"{iri}: {media_type!r} is none of {accepted}")
        try:
            quads = parse(body, format, base_iri=iri, rename_blank_nodes=True)
            triples = [quad.triple for quad in quads]
        except (SyntaxError, ValueError) as error:
            raise SourceError(f"{iri}: {error}") from error
        if any(isinstance(triple.object, Triple) for triple in triples):
            raise SourceError(f"{iri}: a triple stands as a term")
        return triples

    def close(self) -> None:
        """Stop the thread, if it was started."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _run(self, url: str, exchange: Coroutine[Any, Any, _T]) -> _T:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="exchange", daemon=True
                )
                self._thread.start()
            # A deadline for each read would let a slow server go on for ever; this is for all.
            bounded = asyncio.wait_for(exchange, self._timeout_s)
            future = asyncio.run_coroutine_threadsafe(bounded, self._loop)
        try:
            return future.result()
        except CancelledError as error:
            raise SourceError(f"{url}: we stopped before the answer was there") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise SourceError(f"{url}: no answer in {self._timeout_s:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise SourceError(f"{url}: {str(error) or type(error).__name__}") from error

    async def _exchange(
        self, method: str, url: str, headers: dict[str, str], content: bytes
    ) -> tuple[str, bytes]:
        """Media type and body of a good answer."""
        target, host = await _pinned(url)
        sent = {"User-Agent": self._agent, "Accept-Encoding": "identity", "Host": host, **headers}
        async with (
            httpx.AsyncClient(
                verify=_certificates(), timeout=self._timeout_s, trust_env=False
            ) as client,
            client.stream(
                method, target, headers=sent, content=content or None, follow_redirects=False
            ) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise SourceError(f"{url} answered HTTP {response.status_code}")
            # What is counted is what is kept: a small packed body may unfold to a huge one.
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise SourceError(f"{url} answered packed, which was not asked for")
            chunks, left = [], self._max_bytes
            async for chunk in response.aiter_raw():
                left -= len(chunk)
                if left < 0:
                    raise SourceError(f"{url} answered more than {self._max_bytes} bytes")
                chunks.append(chunk)
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return media_type, b"".join(chunks)


async def _cancel_all() -> None:
    running = asyncio.all_tasks() - {asyncio.current_task()}
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def _pinned(url: str) -> tuple[str, str]:
    """The address to connect to, and the host to ask it for.

    Raises: SourceError for an http address whose name means a machine that is not public.
    """
    parts = httpx.URL(url)
    host = parts.netloc.decode("ascii")
    if parts.scheme != "http" or _is_literal(parts.host):
        return url, host
    found = await asyncio.get_running_loop().getaddrinfo(
        parts.host, parts.port or 80, type=socket.SOCK_STREAM
    )
    for _family, _type, _protocol, _name, socket_address in found:
        number = str(socket_address[0])
        if not ipaddress.ip_address(number).is_global:
            raise SourceError(
                f"{url}: {parts.host} means {number}, which is not a public address: write it "
                "in number, or use https"
            )
    return str(parts.copy_with(host=str(found[0][4][0]))), host


def _is_literal(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@cache
def _certificates() -> SSLContext:
    return httpx.create_ssl_context()

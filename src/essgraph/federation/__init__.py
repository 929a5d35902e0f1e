"""SERVICE and LOAD, only to the addresses that the operator allows.

The engine's own HTTP client cannot be configured, so it is given nothing to do: the address of
a SERVICE is replaced by one of a forwarder in this process, which asks the allowed endpoint
and hands back only SPARQL results; a LOAD is replaced by the triples that were fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TypeAlias

from pyoxigraph import Triple

from essgraph import syntax
from essgraph.config import Settings
from essgraph.errors import QueryError, SourceError
from essgraph.federation.exchange import Exchange
from essgraph.federation.forwarder import Forwarder

__all__ = ["Answer", "Federation", "from_settings"]

_MAX_BYTES = 16_000_000

Answer: TypeAlias = Callable[[str], bytes]
"""A query -> SPARQL results in XML; it may raise our errors."""


def from_settings(settings: Settings) -> Federation | None:
    """What queries and updates may send requests by; None where they may send none."""
    if not settings.service_allowed and not settings.load_allowed:
        return None
    return Federation(
        settings.service_allowed,
        settings.load_allowed,
        timeout_s=settings.federation_timeout_s,
        max_bytes=settings.max_result_bytes or _MAX_BYTES,
        contact=settings.base_iri,
    )


class Federation:
    """The requests that queries and updates may cause; none without addresses.

    `services` are the endpoints that SERVICE may name and `documents` what LOAD may, each as
    it is written in the text, character by character. `local` are further endpoints, each with
    what answers for it in place of the network, such as a snapshot. `contact` is told to the
    others as our address.
    Units: `timeout_s` bounds one exchange from its first byte to its last, `max_bytes` its
    answer.
    """

    def __init__(
        self,
        services: Iterable[str] = (),
        documents: Iterable[str] = (),
        *,
        timeout_s: float = 20.0,
        max_bytes: int = _MAX_BYTES,
        contact: str = "",
        local: Mapping[str, Answer] | None = None,
    ) -> None:
        self._local = dict(local or {})
        self._services = frozenset((*services, *self._local))
        self._documents = frozenset(documents)
        self._exchange = Exchange(timeout_s, max_bytes, contact)
        self._forwarder = Forwarder(self._ask)

    def prepare(self, query: str) -> str:
        """The query as the engine may read it, on the same lines; it is guarded.

        Raises: QueryError for what `syntax.guard` refuses, and for a SERVICE not allowed.
        """
        syntax.guard(query, self._services)
        return self._rewritten(query, self._forward)

    def prepare_update(self, update: str) -> str:
        """The update as the engine may read it, on the same lines; its documents are fetched.

        Raises: QueryError as `prepare`, and for a LOAD not allowed; SourceError for a document
        that cannot be had, unless the LOAD is silent.
        """
        syntax.guard(update, self._services, self._documents)
        return self._rewritten(update, self._replaced)

    def load(self, iri: str) -> list[Triple]:
        """The triples of an allowed document.

        Raises: QueryError for one that is not allowed; SourceError for one that cannot be had.
        """
        if iri not in self._documents:
            raise QueryError(f"LOAD is not allowed here for <{iri}>")
        return self._exchange.load(iri)

    def told(self, message: str) -> str:
        """An error of the engine with the addresses that the query had."""
        return self._forwarder.restored(message)

    def close(self) -> None:
        """Stop what was started; queries still running fail at their SERVICE."""
        self._forwarder.close()
        self._exchange.close()

    def __enter__(self) -> Federation:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, endpoint: str, query: str) -> bytes:
        answer = self._local.get(endpoint)
        return self._exchange.ask(endpoint, query) if answer is None else answer(query)

    def _rewritten(self, text: str, replace: Callable[[syntax.Call], str]) -> str:
        if not self._services and not self._documents:
            return text
        parts, done = [], 0
        for call in syntax.calls(text):
            parts += [text[done : call.start], replace(call)]
            done = call.end
        return "".join((*parts, text[done:])) if parts else text

    def _replaced(self, call: syntax.Call) -> str:
        return self._forward(call) if call.keyword == "SERVICE" else self._put(call)

    def _forward(self, call: syntax.Call) -> str:
        address = self._forwarder.address(call.iri)
        # As long as what it replaces where it can be: the columns of errors stay right.
        return f"<{address}>".ljust(call.end - call.start)

    def _put(self, call: syntax.Call) -> str:
        try:
            triples = self.load(call.iri)
        except SourceError:
            if not call.silent:
                raise
            triples = []
        data = " ".join(f"{triple} ." for triple in triples)
        if call.graph:
            data = f"GRAPH {call.graph} {{ {data} }}"
        return f"INSERT DATA {{ {data} }}"

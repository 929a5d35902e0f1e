"""What a request to the SPARQL endpoint asks, by GET, by POST or by QUERY.

Source: SPARQL 1.1 Protocol (W3C Recommendation, 21 March 2013), sections 2.1 and 2.2;
draft-ietf-httpbis-safe-method-w-body for QUERY, which is read as a POST that is safe.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import request, url_for
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]  # publishes none
from pyoxigraph import NamedNode
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, Forbidden, UnsupportedMediaType

from essgraph import syntax
from essgraph.errors import QueryError
from essgraph.store.base import Answer
from essgraph.web.context import store

LONGEST_ADDRESS = 8000
"""Characters of an address that may be counted on (RFC 9110, 4.1); the server reads 8,190."""

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
BODIES = (QUERY, FORM)
"""Media types of the bodies that are read."""

_UPDATE = "application/sparql-update"
_OURS = frozenset({"format", "lang"})
_GRAPHS = ("default-graph-uri", "named-graph-uri")
_VOLATILE = re.compile(r"(?:now|rand|uuid|bnode)\s*[(#]", re.IGNORECASE)


@dataclass(frozen=True)
class Operation:
    """A query operation of the protocol, as it was sent."""

    query: str | None
    default_graphs: tuple[NamedNode, ...]
    named_graphs: tuple[NamedNode, ...]
    formats: tuple[str, ...]

    @property
    def asks_for_description(self) -> bool:
        """Whether this is a GET of the endpoint itself, without a query of any kind."""
        return request.method in ("GET", "HEAD") and set(request.args) <= _OURS

    @property
    def repeatable(self) -> bool:
        """Whether the same release gives the same answer again.

        The functions of a moment (NOW, RAND, UUID, STRUUID, BNODE) are looked for in the
        text: one inside a string costs a client no more than the use of its cache.
        """
        return self.query is not None and not _VOLATILE.search(self.query)

    @property
    def dataset(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The IRIs of the default and of the named graphs that were asked for."""
        default, named = self.default_graphs, self.named_graphs
        return tuple(x.value for x in default), tuple(x.value for x in named)

    def address(self) -> str | None:
        """Where a browser finds this page again; None if no address is long enough for it."""
        default, named = self.dataset
        sent: dict[str, Any] = {
            "query": self.query,
            "default-graph-uri": list(default),
            "named-graph-uri": list(named),
        }
        found = url_for("sparql.endpoint", **sent)
        return found if len(found) <= LONGEST_ADDRESS else None

    def answer(self) -> Answer:
        """The answer, evaluated as far as its first row at most.

        Raises: QueryError.
        """
        if self.query is None:
            raise QueryError("the parameter `query` is missing")
        syntax.guard(self.query)
        return store().query(
            self.query,
            default_graphs=self._graphs(self.default_graphs),
            named_graphs=self._graphs(self.named_graphs),
        )

    def _graphs(self, found: tuple[NamedNode, ...]) -> tuple[NamedNode, ...] | None:
        # Naming any graph makes the dataset exactly those named: the other part is empty.
        return found if self.default_graphs or self.named_graphs else None


def read() -> Operation:
    """What this request asks.

    Raises: QueryError (missing, repeated or malformed parameters, text that is not UTF-8),
    UnsupportedMediaType, Forbidden for an update.
    """
    _decoded(unquote_to_bytes(request.query_string), "the address")
    sent, query = request.args, None
    if request.method in ("POST", "QUERY"):
        body = _body()
        _accept_type()
        if request.mimetype == FORM:
            _decoded(unquote_to_bytes(body), "the form")
            sent = MultiDict([*request.args.items(multi=True), *request.form.items(multi=True)])
        else:
            query = _decoded(body, "the query")
    _refuse_updates(sent)
    written = _once(sent, "query")
    if query is not None and written is not None:
        raise QueryError("the query is given in the body and in the address")
    default, named = (_named(sent, name) for name in _GRAPHS)
    return Operation(
        query=written if query is None else query,
        default_graphs=default,
        named_graphs=named,
        formats=tuple(request.form.getlist("format") or request.args.getlist("format")),
    )


def _body() -> bytes:
    """The body, read to its end even where it is refused, or the connection could not be kept.

    Raises: BadRequest for one that is cut, or chunked against RFC 9112, 7.1.
    """
    try:
        body = request.get_data()
    except ParseException as error:
        raise BadRequest(f"the body cannot be read: {error}") from error
    announced = request.content_length
    if announced is not None and len(body) < announced:
        raise BadRequest(f"the body ends after {len(body)} of {announced} bytes")
    return body


def _accept_type() -> None:
    if request.mimetype == _UPDATE:
        raise Forbidden("this endpoint answers queries; it does not take updates")
    if request.mimetype not in BODIES:
        raise UnsupportedMediaType(
            f"{request.mimetype or 'no content type'} is not read here; what is: {FORM}, {QUERY}"
        )
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(f"charset={charset} is not read here; what is: utf-8")


def _refuse_updates(sent: MultiDict[str, str]) -> None:
    if "update" not in sent:
        return
    refusal = "this endpoint answers queries; it does not take updates"
    if request.method == "POST" and "query" not in sent:
        raise Forbidden(refusal)
    raise QueryError(refusal)


def _once(sent: MultiDict[str, str], name: str) -> str | None:
    values = sent.getlist(name)
    if len(values) > 1:
        raise QueryError(f"the parameter `{name}` is given {len(values)} times")
    return values[0] if values else None


def _decoded(body: bytes, what: str) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"{what} is not UTF-8: byte {error.start + 1}") from error


def _named(sent: MultiDict[str, str], name: str) -> tuple[NamedNode, ...]:
    try:
        return tuple(NamedNode(value) for value in sent.getlist(name))
    except ValueError as error:
        raise QueryError(f"{name}: {error}") from error

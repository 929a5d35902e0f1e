"""Any engine over the SPARQL 1.1 Protocol and the Graph Store HTTP Protocol.

The union default graph is the engine's to give, since neither protocol can ask for it:
Fuseki's `tdb2:unionDefaultGraph true`; GraphDB, Virtuoso and QLever do it by themselves.
The flag `oxigraph serve --union-default-graph` overrides FROM, so for Oxigraph leave it out
and give `union_parameter="union-default-graph"`, which is sent with the queries that do not
say FROM. `opening.open_store` refuses an engine that does neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from pyoxigraph import (
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
    serialize,
)

from essgraph import syntax
from essgraph.errors import (
    AnswerTooLarge,
    ConfigError,
    QueryError,
    QueryTimeout,
    StoreUnavailable,
)
from essgraph.store.base import Answer, Table, reading, table, triples, truth
from essgraph.vocab import DEFAULT_BASE

_ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9"
_SHOWN = 500
_REFUSED = 500  # "query request refused": SPARQL 1.1 Protocol, 2.1.6
_GATEWAY_TIMEOUT = 504


class RemoteStore:
    """Keeps the `GraphStore` contract over HTTP.

    Units: `timeout_s` bounds each wait for the network; `max_bytes` bounds one answer, which
    is held in memory. `transport` stands in for the network in tests.
    """

    def __init__(
        self,
        url: str,
        *,
        graph_store_url: str = "",
        base_iri: str = DEFAULT_BASE,
        union_parameter: str = "",
        timeout_s: float = 60.0,
        max_bytes: int = 256_000_000,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url = url
        self._graph_store_url = graph_store_url
        self._base_iri = base_iri
        self._union_parameter = union_parameter
        self._max_bytes = max_bytes
        self._client = httpx.Client(timeout=timeout_s, transport=transport)

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[NamedNode] | None = None,
        named_graphs: Sequence[NamedNode] | None = None,
    ) -> Answer:
        """An answer already received, not yet parsed (see `GraphStore.query`)."""
        # On the query's own first line, so that the engine's line numbers stay right.
        base = f"BASE <{self._base_iri}> "
        form: dict[str, str | list[str]] = {"query": base + text}
        parameters: dict[str, str] = {}
        if default_graphs is not None or named_graphs is not None:
            # No graph at all would leave the engine its own dataset, hence one that is empty.
            default = default_graphs or [NamedNode("urn:x-essgraph:empty")]
            form["default-graph-uri"] = [graph.value for graph in default]
            form["named-graph-uri"] = [graph.value for graph in named_graphs or ()]
        elif self._union_parameter and not syntax.names_dataset(text):
            parameters[self._union_parameter] = ""
        request = self._client.build_request(
            "POST", self._url, params=parameters, data=form, headers={"Accept": _ACCEPT}
        )
        media_type, body = self._send(request, text, len(base))
        with reading():
            if media_type == "application/sparql-results+json":
                return parse_query_results(body, QueryResultsFormat.JSON)
            if media_type == "application/n-triples":
                return (quad.triple for quad in parse(body, RdfFormat.N_TRIPLES))
        raise StoreUnavailable(f"{self._url} answered {media_type!r}, which was not asked for")

    def select(self, text: str) -> Table:
        """The answer to a SELECT (see `GraphStore.select`)."""
        return table(self.query(text))

    def ask(self, text: str) -> bool:
        """The answer to an ASK (see `GraphStore.ask`)."""
        return truth(self.query(text))

    def construct(self, text: str) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE (see `GraphStore.construct`)."""
        return triples(self.query(text))

    def load(self, data: bytes | Path, format: RdfFormat, graph: NamedNode) -> None:
        """Parse a document here, then add it to a graph there (see `GraphStore.load`).

        Whether a lost connection can leave a part of it behind is up to the engine; Oxigraph
        adds in one transaction.
        """
        if not self._graph_store_url:
            raise ConfigError("this remote store was given no Graph Store address to write to")
        base = self._base_iri
        with reading(f"{data}: " if isinstance(data, Path) else ""):
            quads = (
                parse(path=data, format=format, base_iri=base)
                if isinstance(data, Path)
                else parse(data, format, base_iri=base)
            )
            body = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES)
        request = self._client.build_request(
            "POST",
            self._graph_store_url,
            params={"graph": graph.value},
            content=body,
            headers={"Content-Type": "application/n-triples"},
        )
        self._send(request)

    def size(self, graph: NamedNode | None = None) -> int:
        """Number of triples (see `GraphStore.size`)."""
        if graph is None:
            found = self.query("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
        else:
            text = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
            found = self.query(text, default_graphs=[graph])
        if not isinstance(found, QuerySolutions):
            raise StoreUnavailable(f"{self._url} answered no count")
        with reading():
            return int(next(found)["n"].value)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, request: httpx.Request, text: str = "", skipped: int = 0) -> tuple[str, bytes]:
        with _connecting(self._url):
            response = self._client.send(request, stream=True)
            try:
                body = self._read(response)
            finally:
                response.close()
        if response.is_success:
            return response.headers.get("Content-Type", "").partition(";")[0].strip(), body
        said = body[: 8 * _SHOWN].decode("utf-8", "replace").strip()
        told = (
            f"HTTP {response.status_code}: {syntax.explain(said, text, skipped=skipped)[:_SHOWN]}"
        )
        if response.status_code == _GATEWAY_TIMEOUT:
            raise QueryTimeout(f"{self._url}: {told}")
        if response.is_client_error or response.status_code == _REFUSED:
            raise QueryError(told)
        raise StoreUnavailable(f"{self._url}: {told}")

    def _read(self, response: httpx.Response) -> bytes:
        chunks = []
        left = self._max_bytes
        for chunk in response.iter_bytes():
            left -= len(chunk)
            if left < 0:
                raise AnswerTooLarge(f"the answer is larger than {self._max_bytes} bytes")
            chunks.append(chunk)
        return b"".join(chunks)


@contextmanager
def _connecting(url: str) -> Iterator[None]:
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise StoreUnavailable(f"{url}: no connection: {error}") from error
    except httpx.TimeoutException as error:
        raise QueryTimeout(f"{url}: no answer in time") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StoreUnavailable(f"{url}: {error}") from error

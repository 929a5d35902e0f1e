"""Accept and ?format= -> the format of an answer, and the answer in it.

A wildcard gets the default; HTML is for clients that name it, which browsers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from flask import Request, Response
from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
)
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header

from essgraph.errors import QueryError
from essgraph.store.base import Answer
from essgraph.store.cutting import Caps
from essgraph.store.writing import write_graph, write_results


@dataclass(frozen=True, eq=False)
class Format:
    """One format: its short name, its media type, and what else asks for it."""

    name: str
    media_type: str
    also: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    title: str = ""
    known_as: str = ""
    """Its name in the registry http://www.w3.org/ns/formats/."""
    results: QueryResultsFormat | None = None
    graph: RdfFormat | None = None

    @property
    def media_types(self) -> tuple[str, ...]:
        """Every media type that asks for this format, its own first."""
        return (self.media_type, *self.also)


HTML = Format("html", "text/html", ("application/xhtml+xml",))
PLAIN_JSON = Format("json", "application/json")

JSON = Format(
    "json",
    "application/sparql-results+json",
    ("application/json",),
    known_as="SPARQL_Results_JSON",
    results=QueryResultsFormat.JSON,
)
XML = Format(
    "xml",
    "application/sparql-results+xml",
    ("application/xml", "text/xml"),
    known_as="SPARQL_Results_XML",
    results=QueryResultsFormat.XML,
)
CSV = Format("csv", "text/csv", known_as="SPARQL_Results_CSV", results=QueryResultsFormat.CSV)
TSV = Format(
    "tsv",
    "text/tab-separated-values",
    known_as="SPARQL_Results_TSV",
    results=QueryResultsFormat.TSV,
)

TURTLE = Format(
    "ttl",
    "text/turtle",
    ("application/x-turtle",),
    short=("turtle",),
    title="Turtle",
    known_as="Turtle",
    graph=RdfFormat.TURTLE,
)
N_TRIPLES = Format(
    "nt",
    "application/n-triples",
    ("text/plain",),
    short=("ntriples",),
    title="N-Triples",
    known_as="N-Triples",
    graph=RdfFormat.N_TRIPLES,
)
RDF_XML = Format(
    "rdf",
    "application/rdf+xml",
    ("application/xml", "text/xml"),
    short=("rdfxml", "xml"),
    title="RDF/XML",
    known_as="RDF_XML",
    graph=RdfFormat.RDF_XML,
)
JSON_LD = Format(
    "jsonld",
    "application/ld+json",
    ("application/json",),
    short=("json", "json-ld"),
    title="JSON-LD",
    known_as="JSON-LD",
    graph=RdfFormat.JSON_LD,
)

RESULTS = (JSON, XML, CSV, TSV)
GRAPHS = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD)


class NothingOffered(NotAcceptable):
    """Nothing on offer is acceptable to the client; the description lists the offers."""

    def __init__(self, asked: str, offers: Sequence[Format]) -> None:
        listed = ", ".join(f"{offer.media_type} (format={offer.name})" for offer in offers)
        super().__init__(f"{asked} is not offered here; what is: {listed}")


def choose(
    request: Request, offers: Sequence[Format], asked: Sequence[str] | None = None
) -> tuple[Format, str]:
    """What `pick` picks for a request of Flask; `asked` of a form wins over `?format=`."""
    written = request.args.getlist("format") if asked is None else asked
    return pick(request.headers.get("Accept", ""), tuple(offers), tuple(written))


def pick(
    accept: str, offers: tuple[Format, ...], asked: tuple[str, ...] = ()
) -> tuple[Format, str]:
    """The format to answer in, and the media type to name it by; the first is the default.

    `asked`, the values of `?format=` or of a form, wins over Accept. The media type is the one
    the client named. Values that mean the same are one, since some clients send several; names
    that are no format of ours are passed over beside one that is.
    Raises: NothingOffered (406), QueryError for several formats.
    """
    known = tuple(name for name in asked if _is_known(name)) or asked
    if len({_meant(name, offers) for name in known}) > 1:
        raise QueryError("format is given more than once")
    if known:
        return by_name(known[0], offers)
    chosen = _chosen(accept, offers)
    if chosen is None:
        raise NothingOffered(f"Accept: {accept}", offers)
    return chosen


def _meant(name: str, offers: tuple[Format, ...]) -> Format | str:
    wanted = name.strip().lower()
    return next((o for o in offers if wanted in (o.name, *o.short, *o.media_types)), wanted)


@lru_cache(maxsize=128)
def _is_known(name: str) -> bool:
    return isinstance(_meant(name, (HTML, *RESULTS, *GRAPHS)), Format)


@lru_cache(maxsize=128)
def _chosen(accept: str, offers: tuple[Format, ...]) -> tuple[Format, str] | None:
    if not accept.strip():
        return offers[0], offers[0].media_type
    best: tuple[float, int, str] | None = None
    for rank, offer in enumerate(offers):
        for media_type in offer.media_types:
            named_only = media_type != offer.media_type or (offer is HTML and rank > 0)
            quality = _quality(accept, media_type, named=named_only)
            if quality > 0 and (best is None or quality > best[0]):
                best = (quality, rank, media_type)
    return None if best is None else (offers[best[1]], best[2])


def by_name(name: str, offers: Sequence[Format]) -> tuple[Format, str]:
    """The offered format of that short name or media type.

    Raises: NothingOffered (406).
    """
    wanted = name.strip().lower()
    for offer in offers:
        if wanted in (offer.name, *offer.short, *offer.media_types):
            return offer, offer.media_type
    raise NothingOffered(f"format={name}", offers)


def offers(answer: Answer | Iterable[Triple]) -> tuple[Format, ...]:
    """The formats an answer can be written in: a table's or a graph's."""
    return RESULTS if isinstance(answer, QuerySolutions | QueryBoolean) else GRAPHS


def wants_html(
    request: Request, offers: tuple[Format, ...] = (), asked: Sequence[str] | None = None
) -> bool:
    """What `prefers_html` says of a request of Flask; `asked` of a form wins over `?format=`."""
    written = request.args.getlist("format") if asked is None else asked
    return prefers_html(request.headers.get("Accept", ""), tuple(written), offers)


def may_prefer_html(accept: str) -> bool:
    """Whether a header Accept speaks of HTML at all."""
    return "html" in accept.lower()


def prefers_html(accept: str, asked: tuple[str, ...] = (), offers: tuple[Format, ...] = ()) -> bool:
    """Whether the client names HTML, and likes nothing on offer better.

    Shape: offers: all that the SPARQL endpoint offers, unless others are given.
    """
    if asked:
        return asked[0].strip().lower() == HTML.name
    return may_prefer_html(accept) and _likes_html(accept, offers or (*RESULTS, *GRAPHS))


@lru_cache(maxsize=128)
def _likes_html(accept: str, offers: tuple[Format, ...]) -> bool:
    page = max(_quality(accept, media_type, named=True) for media_type in HTML.media_types)
    others = (
        _quality(accept, media_type, named=True)
        for offer in offers
        for media_type in offer.media_types
    )
    return page > 0 and page >= max(others, default=0)


def answer_body(
    answer: Answer | Iterable[Triple], chosen: Format, prefixes: dict[str, str], max_bytes: int
) -> bytes:
    """The whole answer, serialised before any status is sent.

    Raises: QueryError if its evaluation fails on the way; AnswerTooLarge beyond `max_bytes`;
    NotWritable for a term that XML cannot carry; NothingOffered for a table as RDF, or the like.
    """
    caps = Caps(bytes=max_bytes)
    if isinstance(answer, QuerySolutions | QueryBoolean):
        if chosen.results is not None:
            return write_results(answer, chosen.results, caps).whole(max_bytes)
    elif chosen.graph is not None:
        return write_graph(answer, chosen.graph, prefixes, caps).whole(max_bytes)
    raise NothingOffered(chosen.media_type, offers(answer))


def respond(body: bytes | str | Iterable[bytes], media_type: str) -> Response:
    """A 200 with the charset named where the type has one, varying by Accept."""
    response = Response(body, mimetype=media_type)
    response.headers["Content-Type"] = content_type(media_type)
    response.vary.add("Accept")
    return response


def content_type(media_type: str) -> str:
    """The media type with the charset, where the type has one."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _quality(accept: str, media_type: str, named: bool) -> float:
    """The q-value of a media type; with `named`, wildcards do not count as asking for it.

    Parameters of a media type other than q are not looked at. RFC 9110, 12.5.1: the most
    specific range decides.
    """
    ranges = _ranges(accept)
    wider = () if named else (media_type.partition("/")[0] + "/*", "*/*")
    return next((ranges[found] for found in (media_type, *wider) if found in ranges), 0.0)


@lru_cache(maxsize=64)
def codings(accepted: str) -> Mapping[str, float]:
    """Content coding -> q-value of a header Accept-Encoding (RFC 9110, 12.5.3)."""
    return MappingProxyType({name.lower(): q for name, q in parse_accept_header(accepted)})


@lru_cache(maxsize=64)
def _ranges(accept: str) -> Mapping[str, float]:
    """Media range -> q-value. Clients send few different headers, and each is asked 25 times."""
    ranges: dict[str, float] = {}
    for value, quality in parse_accept_header(accept, MIMEAccept):
        written = value.partition(";")[0].strip().lower()
        ranges[written] = max(quality, ranges.get(written, 0.0))
    return MappingProxyType(ranges)

"""Anything at all sent to a real server: an answer in time, which tells nothing of its inside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from essgraph.config import Settings
from tests.http.conftest import HOSTILE, Publish
from tests.http.raw import DEADLINE_S, GRACE_S, ODD, Answer, Site, under_attack

ROOT = Path(__file__).parents[2]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Examples a test, other ones each time; without it, few, and always the same."""
W3C = Path(os.environ.get("CONFORMANCE_SHARED", ROOT.parent / "shared")) / "conformance" / "w3c"
"""Queries of the W3C, mutated too where there are many examples."""

FUZZ = profile(
    max_examples=EXAMPLES or 400,
    derandomize=not EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

METHODS = ("GET", "HEAD", "POST", "QUERY", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")
PATHS = (
    "/", "/.well-known/void", "/changes", "/changes.atom", "/changes/x", "/graphs", "/graph/x",
    "/graph/collection", "/data/organisation/hostile", "/id/event/x", "/page/organisation/hostile",
    "/page/organisation/hostile/incoming", "/list", "/list/Organisation", "/ontology", "/queries",
    "/queries/initiatives", "/queries/communes-near", "/scheme/x", "/search", "/sparql/labels",
    "/sparql/completion.json", "/sparql/outline.json", "/sparql/examples/initiatives",
    "/sparql/snippets", "/sparql/running", "/sparql/running/1", "/healthz", "/readyz",
    "/static/x/essgraph.css", "/static/x/../../web/__init__.py", "/%2e%2e/%2e%2e/etc/passwd",
)  # fmt: skip
NAMES = (
    "query", "update", "format", "timeout", "explain", "default-graph-uri", "named-graph-uri",
    "using-graph-uri", "graph", "default", "q", "lang", "page", "kind", "class", "commune",
    "prefix", "label", "limit", "offset", "iri", "x",
)  # fmt: skip
VALUES = (
    "", "0", "-1", "1e9", "json", "html", "csv", "empty", "ASK {}", "ASK {", "1" * 4300,
    "SELECT * { ?s ?p ?o } LIMIT 3", "CONSTRUCT WHERE { ?s ?p ?o }", "DROP ALL", "fr", "en",
    "https://w3id.org/essgraph/graph/collection", "file:///etc/passwd", "<>", "%", "\x00",
    "é", "\U0001f9e8", "'\"; --", "*", "a" * 5000, "OR AND NEAR(", "SELECT * { SERVICE <x:y> {} }",
)  # fmt: skip
HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "Content-Encoding",
    "If-None-Match", "If-Match", "If-Modified-Since", "Authorization", "Host",
    "X-Forwarded-For", "X-Forwarded-Host", "Range", "Expect", "Origin",
    "Access-Control-Request-Method", "Cookie", "Connection", "Upgrade", "Transfer-Encoding",
    "Content-Length", "X-HTTP-Method-Override", "Slug", "Script-Name",
)  # fmt: skip
WORDS = (
    "", "*", "*/*", "*/*;q=0", "text/html", "text/csv;q=2", "application/json", "text/turtle",
    "application/sparql-query", "application/sparql-update", "application/x-www-form-urlencoded",
    "multipart/form-data", "multipart/form-data; boundary=x", "text/turtle; charset=utf-16",
    "gzip, br;q=0", "identity;q=0", "chunked", "gzip, chunked", "100-continue", "bytes=0-0",
    'W/"x", "y', '"', "Bearer", "Bearer x", "Basic Og==", "close", "h2c", "0", "-1", "7",
    "99999999999999999999", "a.example:99999", "[::1", "1.2.3.4, x", "fr-FR;q=x", "q=" * 900,
)  # fmt: skip
TOKENS = (
    "{", "}", "(", ")", "[", "]", ".", ";", ",", "*", "/", "|", "^", "!", "+", "-", "?", "$",
    "<", ">", "=", "'", '"', "\\", "#", "&", "@", "_:", "a", "true", "SELECT", "ASK",
    "CONSTRUCT", "FROM", "DESCRIBE", "WHERE", "FILTER", "OPTIONAL", "UNION", "MINUS", "GRAPH",
    "SERVICE", "SILENT", "VALUES", "BIND", "AS", "EXISTS", "NOT", "IN", "GROUP", "BY",
    "HAVING", "ORDER", "LIMIT", "OFFSET", "COUNT(", "GROUP_CONCAT(", "REGEX(", "BASE",
    "PREFIX", "UNDEF", "<>", "<<", ">>", "\x00", "\ufeff", "\u2028", "\ud7ff", "\U0010ffff",
    "\\u0000", "\\ud800", "1e999", "'''",
)  # fmt: skip
OWN = (
    "SELECT * { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p [] } WHERE { ?s ?p (1 2 'x'@fr 3.0e0) }",
    "DESCRIBE * { ?s (<x:a>|^<x:b>/!(<x:c>|^a))* ?o }",
    'SELECT (GROUP_CONCAT(?o; separator=", ") AS ?all) { VALUES ?o { 1 "a"^^<x:y> UNDEF } }',
    "ASK FROM <x:g> FROM NAMED <x:h> { GRAPH ?g { ?s ?p ?o MINUS { ?s a ?o } } }",
    "SELECT ?x { BIND(<x:f>(1/0) AS ?x) FILTER NOT EXISTS { ?x ?y ?z } } HAVING(SUM(?x) > 1)",
)
QUERIES = (*OWN, *sorted(path.read_text("utf-8") for path in (ROOT / "queries").glob("*.rq")))
if EXAMPLES and W3C.is_dir():
    QUERIES += tuple(sorted(path.read_text("utf-8") for path in W3C.rglob("*.rq")))


@dataclass(frozen=True)
class Request:
    """A request, as the bytes that are sent and as what they ask."""

    method: str
    target: bytes
    headers: list[tuple[str, bytes]]
    body: bytes

    def bytes(self) -> bytes:
        """The message; its framing is right unless a header lies about it."""
        lines = [f"{self.method} ".encode() + self.target + b" HTTP/1.1"]
        sent = {name for name, _ in self.headers}
        lines += [name.encode() + b": " + value for name, value in self.headers]
        if "Host" not in sent:
            lines.append(b"Host: x")
        if self.body and not sent & {"Content-Length", "Transfer-Encoding"}:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body

    @property
    def may_lack_an_end(self) -> bool:
        """Whether a header may announce more than is sent."""
        return any(n in ("Content-Length", "Transfer-Encoding") for n, _ in self.headers)

    @property
    def is_by_a_program(self) -> bool:
        """Whether no page is asked for, in the address or by Accept."""
        accepts = b"".join(value for name, value in self.headers if name == "Accept")
        return b"html" not in accepts.lower() and b"html" not in self.target.lower()


raw_values = st.one_of(st.sampled_from(VALUES).map(str.encode), st.binary(max_size=40))
written = st.one_of(raw_values.map(lambda value: quote_from_bytes(value).encode()), raw_values)
pairs = st.tuples(st.one_of(st.sampled_from(NAMES).map(str.encode), st.binary(max_size=5)), written)
forms = st.one_of(
    st.lists(pairs.map(b"=".join), max_size=5).map(b"&".join),
    st.tuples(pairs.map(b"=".join), st.sampled_from([2, 999, 1_001])).map(
        lambda found: b"&".join([found[0]] * found[1])
    ),
)
words = st.one_of(
    st.sampled_from(WORDS).map(str.encode),
    st.lists(st.sampled_from(WORDS), max_size=4).map(", ".join).map(str.encode),
    st.binary(max_size=30),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A query that somebody wrote, and somebody else broke."""
    text = draw(st.sampled_from(QUERIES))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        repeated = [text[start:end] * times for times in (1, 2, 40, 300)]
        middle = draw(
            st.one_of(st.sampled_from(TOKENS), st.sampled_from(repeated), st.text(max_size=4))
        )
        text = text[:start] + middle + text[end:]
    return text


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Anything at all, about any address."""
    path = draw(st.one_of(st.sampled_from(PATHS), st.just("/sparql"))).encode()
    path += draw(st.one_of(st.just(b""), st.binary(max_size=6), written))
    query = draw(st.one_of(st.just(b""), forms))
    headers = draw(st.lists(st.tuples(st.sampled_from(HEADERS), words), max_size=4))
    body = draw(st.one_of(st.just(b""), forms, written, mutated().map(_encoded)))
    method = draw(st.sampled_from(METHODS))
    return Request(method, path + (b"?" + query if query else b""), headers, body)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory, publish: Publish) -> Iterator[Site]:
    """A server of its own, which survives the tests of this file as it began."""
    home = tmp_path_factory.mktemp("fuzzed")
    publish(home, "20260101T000000Z-ffffff", HOSTILE + ODD)
    with under_attack(Settings(home=home, queries_dir=ROOT / "queries")) as site:
        site.check_alive(web_workers := site.web_workers)
        yield site
        site.check_alive(web_workers)


def check(site: Site, answer: Answer, by_a_program: bool) -> None:
    """That an answer is no failure of ours, in time and, to a program, in form."""
    assert answer.status < 500 or answer.status in (503, 504), answer
    assert answer.took_s < DEADLINE_S + GRACE_S
    for inside in (b"Traceback", b'File "', b".py", str(site.home).encode(), str(ROOT).encode()):
        assert inside not in answer.body
    if answer.status >= 400 and answer.body and by_a_program:
        assert answer.problem["title"]


@FUZZ
@given(request=requests())
def test_anything_is_answered(site: Site, request: Request) -> None:
    """Never a 500, nor a word of the inside; a program gets a problem document."""
    answer = site.send(request.bytes(), end=request.may_lack_an_end)

    check(site, answer, request.is_by_a_program)


@FUZZ
@given(query=mutated(), accept=st.sampled_from(["*/*", "text/csv", "application/sparql-results+xml",
    "application/rdf+xml", "text/turtle", "application/ld+json", "text/html"]))  # fmt: skip
def test_any_query_is_answered(site: Site, query: str, accept: str) -> None:
    """Whatever a query became, it is answered or refused before its deadline."""
    body = _encoded(query)
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nContent-Length: {len(body)}"
    kind = "\r\nContent-Type: application/sparql-query\r\n\r\n"

    answer = site.send((head + kind).encode() + body)

    check(site, answer, accept != "text/html")
    assert answer.status in (200, 400, 403, 406, 503, 504)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ("", "query"),
        ("query=ASK{}&query=ASK{}", "query"),
        ("query=ASK{}&update=DROP+ALL", "update"),
        ("query=ASK{}&timeout=never", "timeout"),
        ("query=ASK{}&timeout=1&timeout=2", "timeout"),
        ("query=ASK{}&timeout=86400", "timeout"),
        ("query=ASK{}&format=docx", "format"),
        ("query=ASK{}&format=json&format=xml", "format"),
        ("query=ASK{}&default-graph-uri=not+an+iri", "default-graph-uri"),
        ("query=ASK{}&using-graph-uri=x:y", "using-graph-uri"),
        ("query=ASK{}&explain=full", "explain"),
        ("query=%FF", "UTF-8"),
        ("&".join(["query=ASK{}"] * 1_001), "1000 parameters"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_bad_parameter_is_named(site: Site, method: str, parameters: str, named: str) -> None:
    """The problem document says which parameter is missing, repeated or malformed."""
    get = method == "GET"
    target = f"/sparql?{parameters or 'x=y'}" if get else "/sparql"
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n"
    if not get:
        head += "Content-Type: application/x-www-form-urlencoded\r\n"
        head += f"Content-Length: {len(parameters)}\r\n"

    answer = site.send(f"{head}\r\n{'' if get else parameters}".encode())

    assert answer.status in (400, 406)
    assert named in str(answer.problem["detail"])

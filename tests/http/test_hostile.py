"""Queries and clients that mean harm, against a real server: others notice nothing."""

from __future__ import annotations

import re
import socket
import struct
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from essgraph.config import Settings
from tests.http.conftest import Publish
from tests.http.raw import DEADLINE_S, GRACE_S, ODD, Site, others_answered, under_attack

XML = "application/sparql-results+xml"
RDF_XML = "application/rdf+xml"
MEGABYTE = 1_000_000
LOOK_UP_S = 1.5
"""What a look-up may take on a busy machine with two processors; a few milliseconds alone."""
SOON_S = 15

EVERYTHING = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
BOUNDLESS = f"SELECT (COUNT(*) AS ?n) {{ {EVERYTHING} }}"
GROWING = f"SELECT DISTINCT ?a ?b ?c ?d ?e ?f ?g ?h ?i ?j {{ {EVERYTHING} }}"
KNOWN = "<https://w3id.org/essgraph/id/organisation/x>"

REFUSED, ENDED, ANSWERED = {400}, {403, 504}, {200}
ANY = REFUSED | ENDED | ANSWERED


def nested(left: str, right: str, depth: int, core: str = "?s ?p ?o") -> str:
    """A pattern inside so many brackets."""
    return left * depth + core + right * depth


TRAPS: dict[str, tuple[str, set[int]]] = {
    "groups": (f"SELECT * {{ {nested('{', '}', 4_000)} }}", REFUSED),
    "groups, as many as are let through": (f"SELECT * {{ {nested('{', '}', 50)} }}", ANY),
    "parentheses": (f"SELECT * {{ FILTER{nested('(', ')', 20_000, '1')} }}", REFUSED),
    "collections": (f"SELECT * {{ ?s ?p {nested('(', ')', 400, '1')} }}", REFUSED),
    "collections, as many as are let through": (
        f"SELECT * {{ ?s ?p {nested('(', ')', 58, '1')} }}",
        ANY,
    ),
    "blank nodes": (f"SELECT * {{ ?s ?p {nested('[ ?p ', ']', 5_000, '1')} }}", REFUSED),
    "negations": (f"SELECT * {{ FILTER({'!' * 50_000}true) }}", REFUSED),
    "unions": ("SELECT * { {}" + " UNION {}" * 20_000 + "}", REFUSED),
    "unions, as many as are let through": ("SELECT * { {}" + " UNION {}" * 990 + "}", ANY),
    "sums": (f"SELECT (1{'+1' * 50_000} AS ?n) {{}}", REFUSED),
    "optionals": (f"SELECT * {{ {nested('OPTIONAL {', '}', 3_000)} }}", REFUSED),
    "optionals side by side": ("SELECT * {" + " OPTIONAL { ?a ?b ?c }" * 900 + "}", ANY),
    "brackets in an unclosed string": ("SELECT * { ?s ?p '" + "{" * 50_000, REFUSED),
    "selects": (f"SELECT * {{ {nested('{ SELECT * {', '} }', 2_000)} }}", REFUSED),
    "paths": (f"SELECT * {{ ?s {'(' * 40}<x:p>{')*' * 40} ?o }}", ANY),
    "inverses": (f"SELECT * {{ ?s {'^' * 900}<x:p> ?o }}", ANY),
    "triples joined": ("SELECT * {" + " ?s ?p ?o ." * 30_000 + "}", ANY),
    "distinct triples joined": (
        "SELECT * {" + "".join(f" ?s{n} ?p ?o ." for n in range(3_000)) + "}",
        ANY,
    ),
    "variables": (
        "SELECT " + " ".join(f"?v{n}" for n in range(20_000)) + " { ?s ?p ?o }",
        ANY,
    ),
    "functions of functions": (f"SELECT ({nested('STR(', ')', 58, '1')} AS ?n) {{}}", ANY),
    "regular expression": (
        f"SELECT * {{ BIND('{'a' * 60_000}' AS ?t) FILTER REGEX(?t, '(a*)*(a*)*(a*)*b') }}",
        ANY,
    ),
    "regular expression, large": (f"ASK {{ FILTER REGEX('a', '{'(a{1000}){1000}'}') }}", ANY),
    "replacements": (
        "SELECT (STRLEN("
        + nested("REPLACE(", ", 'a', 'aaaaaaaaaa')", 12, "'a'")
        + ") AS ?n) { ?s ?p ?o }",
        ANY,
    ),
    "values": (
        "SELECT * { VALUES (?a ?b) {" + " (1 2)" * 100_000 + "} }",
        ANY,
    ),
    "values crossed": (
        "SELECT (COUNT(*) AS ?n) {"
        + "".join(f" VALUES ?v{n} {{ {'1 2 3 4 5 6 7 8 9 ' * 9} }}" for n in range(9))
        + "}",
        ENDED,
    ),
    "cartesian product": (BOUNDLESS, ENDED),
    "cartesian product, sorted": (f"SELECT * {{ {EVERYTHING} }} ORDER BY ?l ?a", ENDED),
    "cartesian product, held": (GROWING, ENDED | ANSWERED),
    "cartesian product, built": (f"CONSTRUCT {{ ?a ?e ?l }} WHERE {{ {EVERYTHING} }}", ANY),
    "concatenation": (
        f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?all) {{ {EVERYTHING} }}",
        ENDED,
    ),
    "doubling": (
        "SELECT (STRLEN(?z) AS ?n) { BIND('aaaaaaaaaaaaaaaa' AS ?v0)"
        + "".join(f" BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(40))
        + " BIND(?v40 AS ?z) }",
        ANY,
    ),
    "path explosion": (
        "SELECT (COUNT(*) AS ?n) { ?s (!<x:a>|^<x:b>|!<x:c>)* ?o . ?o (!<x:a>|^!<x:a>)* ?z }",
        ANY,
    ),
    "path of nothing": ("SELECT * { ?s (<x:a>|<x:b>|^<x:a>)* ?o } LIMIT 5", ANY),
    "odd datatypes": (
        'SELECT (("x"^^<http://www.w3.org/2001/XMLSchema#integer> + 1) AS ?a)'
        ' (("9"^^<x:y> > "8"^^<x:z>) AS ?b) ("1e999"^^<x:y> AS ?c) {}',
        ANSWERED,
    ),
    "numbers beyond any range": (
        "SELECT (99999999999999999999 * 9223372036854775807 AS ?a) (1/0 AS ?b)"
        " (-9223372036854775807 - 2 AS ?c) (1e308 * 10 AS ?d) {}",
        ANSWERED,
    ),
    "dates beyond any range": (
        'SELECT (YEAR("99999999999-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>)'
        " AS ?y) (SUBSTR('é', -9223372036854775808, 9223372036854775807) AS ?s) {}",
        ANSWERED,
    ),
    "a long subject": (f"ASK{{a:{'b' * 500_000}", REFUSED),
    "a long subject in parts": (f"ASK{{a:{'b' * 300}:{'b' * 300}:{'c' * 300}", REFUSED),
    "look-up without end": (f"ASK {{ {KNOWN} a {'<x:y>' * 10_000}", REFUSED),
    "prefixes": ("PREFIX a: <x:a> " * 60_000 + "ASK {}", ANY),
    "comments": ("#\n" * 400_000 + "ASK {}", ANSWERED),
    "quotes": ("ASK {} " + "\"'" * 400_000, REFUSED),
    "quotes of three": ("ASK {} '''" + "\\'" * 400_000, REFUSED),
    "angles": ("ASK {} " + "<a#" * 300_000, REFUSED),
    "nothing at all": (" " * 1_000_000, REFUSED),
    "limit beyond any range": ("SELECT * { ?s ?p ?o } LIMIT " + "9" * 5_000, REFUSED),
    "nul": ("ASK { ?s ?p '\x00' }", ANY),
}
"""What a query is made of, and the statuses that are right for it."""


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory, publish: Publish) -> Iterator[Site]:
    """A server of its own, which outlives all that this file does to it."""
    home = tmp_path_factory.mktemp("hostile")
    publish(home, "20260101T000000Z-hhhhhh", ODD)
    with under_attack(Settings(home=home)) as site:
        site.check_alive(web_workers := site.web_workers)
        yield site
        site.check_alive(web_workers)


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_harms_nobody_else(site: Site, trap: str) -> None:
    """It is answered, refused or ended in time; look-ups of others are answered meanwhile."""
    query, right = TRAPS[trap]
    web_workers = site.web_workers

    with others_answered(site) as took_s:
        answer = site.ask(query)

    assert answer.status in right, (answer.status, answer.body[:300])
    assert answer.took_s < DEADLINE_S + GRACE_S
    assert max(took_s) < LOOK_UP_S
    assert site.web_workers == web_workers
    if answer.status != 200:
        assert answer.problem["detail"]


@pytest.mark.parametrize("accept", [XML, RDF_XML, "text/csv", "text/turtle", "application/ld+json"])
@pytest.mark.parametrize("name", ["control", "return", "digits"])
def test_no_broken_xml(site: Site, name: str, accept: str) -> None:
    """A term that a format cannot carry is a 406; what is sent can be read again."""
    form = "CONSTRUCT WHERE" if accept in (RDF_XML, "text/turtle", "application/ld+json") else ""
    pattern = f"{{ <https://w3id.org/essgraph/id/{name}> ?p ?o }}"

    answer = site.ask(f"{form or 'SELECT *'} {pattern}", accept)

    carries = accept not in (XML, RDF_XML) or name == "return"
    carries = carries or (accept == XML and name == "digits")
    assert answer.status == (200 if carries else 406)
    if answer.status == 200 and accept in (XML, RDF_XML):
        read = "".join(ElementTree.fromstring(answer.body).itertext())  # noqa: S314  # our own
        assert "a\rb" in read or name != "return"


def test_an_error_late_in_an_answer_is_no_200(site: Site) -> None:
    """What the engine finds out after it began to answer is told by the status."""
    values = " ".join(map(str, range(5_000)))
    late = f"SELECT * {{ VALUES ?n {{ {values} }} SERVICE SILENT ?n {{ ?s ?p ?o }} }}"

    answer = site.ask(late)

    assert answer.status == 400


@pytest.mark.parametrize(
    ("accept", "more"),
    [("text/csv", ""), ("text/csv, text/html;q=0.5", ""), ("text/html", "&format=csv")],
)
def test_a_long_answer_is_whole(site: Site, accept: str, more: str) -> None:
    """Megabytes reach programs and browsers alike to the last row."""
    query = "SELECT*{?a+?b+?c.?d+?e+?f.?g+?h+?i}LIMIT+20000"
    head = f"GET /sparql?query={query}{more} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n"

    answer = site.send(head.encode())

    assert answer.status == 200
    assert len(answer.body) > MEGABYTE
    assert answer.body.count(b"\r\n") == 20_001


def test_a_long_answer_is_shown(site: Site) -> None:
    """So does what a page shows of it."""
    answer = site.get("/sparql?query=SELECT*{?a+?b+?c.?d+?e+?f.?g+?h+?i.?j+?k+?l}LIMIT+20000")

    assert answer.status == 200
    assert answer.body.count(b"<tr") > 1_000


def test_headers_that_are_never_ended(site: Site) -> None:
    """Clients that send a byte at a time hold up nobody, two hundred of them and as many idle."""
    with ExitStack() as stack:
        slow = [stack.enter_context(site.connect()) for _ in range(200)]
        for _ in range(200):
            stack.enter_context(site.connect())
        for part in (b"GET /spar", b"ql?query=ASK{} HTTP/1.1\r\n", b"Host: x\r\nX-A: b"):
            for client in slow:
                client.sendall(part)

        with others_answered(site) as took_s:
            assert site.get("/").status == 200
            assert site.ask("ASK { ?s ?p ?o }").status == 200

    assert max(took_s) < LOOK_UP_S


@pytest.mark.parametrize("path", ["/sparql", "/graph/collection", "/search"])
def test_bodies_that_never_come(site: Site, path: str) -> None:
    """A hundred announced bodies hold neither threads nor other clients."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        "Content-Length: 1000\r\n\r\nASK"
    ).encode()
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(site.connect()).sendall(head)

        with others_answered(site) as took_s:
            assert site.get("/").status == 200

    assert max(took_s) < LOOK_UP_S


def test_clients_that_leave_end_their_queries(site: Site) -> None:
    """Nobody waits for the answers any more: long before their deadline others have their turn."""
    with under_attack(Settings(home=site.home), deadline_s=60) as patient:
        for _ in range(30):
            with patient.connect() as client:
                client.sendall(_post(BOUNDLESS))
        with patient.connect() as client:
            client.sendall(_post(BOUNDLESS))
            client.shutdown(socket.SHUT_WR)
            ended = client.recv(1)
        with patient.connect() as client:
            client.sendall(_post(BOUNDLESS))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        began = time.monotonic()
        while patient.ask("ASK { ?s ?p ?o FILTER(?o != 1) }").status == 503:
            assert time.monotonic() - began < SOON_S

        assert ended == b""
        assert patient.ask("ASK { ?s ?p ?o FILTER(?o != 2) }").status == 200


def test_more_queries_than_may_wait(site: Site) -> None:
    """Those beyond the queue are told to come again; pages and look-ups do not wait for any."""
    with ExitStack() as stack:
        clients = [stack.enter_context(site.connect()) for _ in range(20)]
        for client in clients:
            client.sendall(_post(BOUNDLESS))
        for _ in range(8):
            page = stack.enter_context(site.connect())
            page.sendall(
                b"GET /sparql?query=SELECT*{?a+?b+?c.?d+?e+?f.?g+?h+?i}ORDER+BY+?i HTTP/1.1\r\n"
                b"Host: x\r\nAccept: text/html\r\n\r\n"
            )

        with others_answered(site) as took_s:
            home = site.get("/")
            told = [client.recv(65_536) for client in clients]

    assert home.status == 200
    assert home.took_s < LOOK_UP_S
    assert max(took_s) < LOOK_UP_S
    statuses = [int(answer.split()[1]) for answer in told]
    assert set(statuses) <= {403, 503, 504}
    assert 503 in statuses
    assert all(b"retry-after: " in answer for answer in told if b" 503 " in answer[:20])


def test_pipelined_requests_are_answered_in_turn(site: Site) -> None:
    """A connection that sends all its requests at once gets all its answers, in their order."""
    wanted = ["/healthz", "/sparql?query=ASK{}", "/sparql?query=ASK{", "/readyz"]
    head = "GET {} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n{}\r\n"
    sent = "".join(head.format(path, "") for path in wanted) + head.format(
        "/healthz", "Connection: close\r\n"
    )
    with site.connect() as client:
        client.sendall(sent.encode())
        found = client.makefile("rb").read()

    assert re.findall(rb"HTTP/1\.1 (\d+)", found) == [b"200", b"200", b"400", b"200", b"200"]


def test_a_long_header_is_refused(site: Site) -> None:
    """Its bytes would be remembered with its answer."""
    answer = site.send(
        b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\nAccept: " + b"a/b," * 10_000 + b"\r\n\r\n"
    )

    assert answer.status == 431
    assert answer.problem["title"] == "Request Header Fields Too Large"


@pytest.mark.parametrize("path", ["/graph/collection", "/sparql", "/search"])
def test_a_long_body_of_a_stranger_is_refused(site: Site, path: str) -> None:
    """Without a token for writing, nobody has the server hold megabytes."""
    size = 2 * MEGABYTE
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAccept: text/turtle\r\n"
        f"Content-Type: application/sparql-update\r\nContent-Length: {size}\r\n\r\n"
    )

    answer = site.send(head.encode() + b" " * size)

    assert answer.status == 413
    assert "bytes" in str(answer.problem["detail"])


@pytest.mark.parametrize(
    "wording",
    [
        lambda n: f"ASK{{}}#{n}{'x' * 50_000}",
        lambda n: f"ASK {{ ?s ?p {n} }}#{'x' * 50_000}",
        lambda n: f"ASK {{ ?v{n}{'v' * 50_000} ?p 1 }}",
    ],
    ids=["one query in many wordings", "many queries", "many shapes"],
)
def test_what_is_remembered_is_bounded(site: Site, wording: Callable[[int], str]) -> None:
    """Hundreds of long requests leave the process that answers them no larger than it was."""
    before = _memory_mb(site)

    for n in range(400):
        address = f"/sparql?query={wording(n)}".replace(" ", "+").replace("#", "%23")
        head = f"GET {address} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n"
        assert site.send(head.encode()).status == 200

    assert _memory_mb(site) - before < 10


def _memory_mb(site: Site) -> float:
    status = Path(f"/proc/{site.web_workers[0]}/status").read_text()
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1000


def _post(query: str) -> bytes:
    return (
        "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        f"Content-Length: {len(query)}\r\n\r\n{query}"
    ).encode()

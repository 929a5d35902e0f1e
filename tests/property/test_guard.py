"""No text that would make the engine open a connection passes, and ordinary ones do.

The judge is the engine itself, given texts that lead it to a server which counts who comes.
"""

from __future__ import annotations

import os
import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from essgraph import syntax
from essgraph.errors import QueryError
from essgraph.federation import Federation

_REPOSITORY = Path(__file__).parents[2]
_EXAMPLES = int(os.environ.get("GUARD_EXAMPLES", "500"))

# So that the patterns around a SERVICE have solutions, and it is asked.
_DATA = """INSERT DATA { <urn:s> <urn:p> <http://x:> , <http://x> , <http://x/> , <http://x/#> ,
    'a' , 1 , true . <urn:s> <http://x:> 1 }"""
_EMPTY = b"""<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#">
<head/><results/></sparql>"""


class Engine:
    """The engine beside a server that counts connections, and answers none."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._came = 0
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def connects(self, text: str) -> bool:
        """Whether the engine asks the server something when it reads the text."""
        self._came = 0
        store = ox.Store()
        store.update(_DATA)
        with suppress(SyntaxError, ValueError, RuntimeError, OSError):
            answer = store.query(text)
            if not isinstance(answer, ox.QueryBoolean):
                deque(answer, maxlen=0)
        with suppress(SyntaxError, ValueError, RuntimeError, OSError):
            store.update(text)
        return self._came > 0

    def close(self) -> None:
        """Stop the server."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            # Before the engine can go on: it waits for an answer or the end.
            self._came += 1
            connection.close()


@pytest.fixture(name="engine", scope="module")
def _engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture(name="asking", scope="module")
def _asking(engine: Engine) -> Iterator[tuple[Federation, list[str]]]:
    asked: list[str] = []

    def answer(query: str) -> bytes:
        asked.append(query)
        return _EMPTY

    with Federation(local={f"{engine.address}allowed": answer}) as federation:
        yield federation, asked


def _cased(word: str) -> st.SearchStrategy[str]:
    return st.sampled_from((word, word.lower(), word.title(), word[:-1].lower() + word[-1]))


def _joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    kept = (st.just(part) if isinstance(part, str) else part for part in parts)
    return st.tuples(*kept).map("".join)


_GAP = st.sampled_from((" ", " ", "", "\n", "\t", "#c\n", "#'\n", '#"\r', " # <a>\n ", "\xa0"))
# ~ stands for the address of the server, ALLOWED for one that may be asked.
_TARGET = st.sampled_from(
    (
        "<~a>",
        "<~a>",
        "<~allowed>",
        "<~allowed>",
        "p:x",
        ":x",
        "p:",
        "p:x\\#y",
        "p:x.y",
        "<a>",
        "<~\\u0061>",
        "<\\u0068ttp~a>",
        "<~allowed/../a>",
        "<~allowed#a>",
        "?v",
        "<~a'b>",
        "\ufffd:x",
    )
)
_BEFORE = st.sampled_from(
    (
        "",
        "",
        "?s ?p ?o ",
        "?s ?p ?o . ",
        "?s ?p a:",
        "?s ?p b:",
        "?s ?p c:",
        "?s ?p :",
        "?s ?p true",
        "?s ?p true:",
        "?s ?p 1",
        "?s ?p 1.",
        "?s ?p 'a'",
        "?s ?p 'a'@en",
        "?s ?p 'it\\'s'",
        '?s ?p """a"" " """',
        "?s ?p _:b.",
        "?s ?p a:x.",
        "?s ?p a:.",
        "?s ?p a:x\\'",
        "?s ?p ?o FILTER(?s<?b)",
        "?s ?p ?o FILTER(?s<'x>')",
        "?s ?p <urn:o'b> .",
        "?s ?p <urn:o#b> .",
        "VALUES ?x { 'a' '''b''' } ",
        "VALUES ?x { '''a' } ",
        'VALUES ?x { """a" } ',
        "VALUES ?x { ''' ",
        "BIND('",
        "?s ?p [] ",
        "{} UNION ",
        "FILTER(?s = ?s)",
        "GRAPH ?g { } ",
    )
)
_AFTER = st.sampled_from(
    (
        "",
        "",
        " #'\n",
        ' #"\n',
        " #\\q'''\n",
        " #\\uD800'''\n",
        ' #\\q"""\n',
        "''' }",
        " }",
        "#>\n",
        " ?s ?p 'x'",
        "' AS ?y)",
        " .",
        ">",
    )
)
_SERVICE = _joined(
    _cased("SERVICE"), _GAP, st.sampled_from(("", "", "SILENT ", "silent", "Silent#\n")), _TARGET
)
_INNER = st.sampled_from(("{}", " {}", "{?s ?p ?o}", " { ?s ?p 'x' }", "#'\n{}"))


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        _joined("{ ", inner, " }"),
        _joined("OPTIONAL {", inner, "}"),
        _joined("FILTER EXISTS { ", inner, " }"),
        _joined("FILTER NOT EXISTS {", inner, "}"),
        _joined("{ SELECT * { ", inner, " } }"),
        _joined("{} UNION { ", inner, " }"),
        _joined("SERVICE <~allowed> { ", inner, " }"),
        _joined("?s ?p ?o MINUS {", inner, "}"),
        _joined("# ", inner, "\n"),
        _joined("BIND('", inner, "' AS ?z) "),
        _joined("?s ?p '''", inner, "''' . "),
    )


_PATTERN = st.recursive(_joined(_BEFORE, _SERVICE, _INNER, _AFTER), _nested, max_leaves=2)
_PROLOGUE = st.lists(
    st.sampled_from(
        (
            "PREFIX p: <~> ",
            "PREFIX : <~>",
            "PREFIX : <http://x:>",
            "PREFIX a: <http://x:> ",
            "PREFIX a:<http://x/>",
            "PREFIX a: <http://x/#>",
            "PREFIX b: <http://x> ",
            "PREFIX c: <http://x/> ",
            "PREFIX true: <http://x/> ",
            "PREFIX service: <~>",
            "PREFIX LOAD: <~> ",
            "PREFIX \ufffd: <~> ",
            "BASE <~> ",
            "#'\n",
        )
    ),
    max_size=4,
).map("".join)
_LOAD = _joined(
    _cased("LOAD"),
    _GAP,
    st.sampled_from(("", "", "SILENT ", "silent")),
    _TARGET,
    st.sampled_from(("", "", " INTO GRAPH <urn:g>", "INTO GRAPHp:g", " into graph a:b.c")),
)
_STRINGS = ("'a'", "'''a' } ; ", "'it\\'s'", '"""a" } ; ', "1", "a:x", "a:x\\; ")
_OPERATION = st.one_of(
    _LOAD,
    _LOAD,
    _joined("INSERT DATA { <urn:s> <urn:p> ", st.sampled_from(_STRINGS), " }"),
    _joined("INSERT { } WHERE { ", _PATTERN, " }"),
    _joined("DELETE { ?s ?p ?o } INSERT {} WHERE { ", _PATTERN, " }"),
    _joined("DELETE { <urn:s> <urn:p> '", _LOAD, "' } WHERE {}"),
    st.just("CLEAR GRAPH a:\\;"),
    st.just(""),
)
_UPDATE = _joined(
    _PROLOGUE,
    st.lists(_OPERATION, min_size=1, max_size=3).flatmap(
        lambda them: st.sampled_from((";", " ;\n", ";#'\n", ";PREFIX q:<~>")).map(
            lambda gap: gap.join(them)
        )
    ),
)
_QUERY = st.one_of(
    _joined(_PROLOGUE, _cased("SELECT"), " * { ", _PATTERN, " }"),
    _joined(_PROLOGUE, "ASK{", _PATTERN, "}"),
    _joined(_PROLOGUE, "CONSTRUCT { ?s ?p ?o } WHERE { ", _PATTERN, " }"),
)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """A query or an update, here and there with something put in, taken out or doubled."""
    text = draw(st.one_of(_QUERY, _QUERY, _UPDATE))
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 2))
        noise = draw(st.sampled_from((*"'\"<>#\\{}().:;?~@_ \n\ra1\ufffd\u017f", "'''", "\\u0053")))
        text = text[:at] + noise + text[at + cut :]
    return text


_MANY = settings(
    max_examples=_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@_MANY
@given(_texts())
def test_what_would_connect_is_refused(engine: Engine, text: str) -> None:
    """Whatever leads the engine to another server, the guard refuses."""
    text = text.replace("~", engine.address)
    connects = engine.connects(text)
    event(f"connects: {connects}, refused: {_refused(text)}")

    assert not connects or _refused(text)


@_MANY
@given(_texts())
def test_only_what_is_allowed_is_asked(
    engine: Engine, asking: tuple[Federation, list[str]], text: str
) -> None:
    """With an endpoint allowed, it is asked in our way, and nothing else at all."""
    federation, asked = asking
    asked.clear()
    text = text.replace("~", engine.address)
    try:
        prepared = federation.prepare_update(text)
    except QueryError:
        event("refused")
        return
    connects = engine.connects(prepared)
    event(f"asked: {bool(asked)}")

    assert not connects
    assert not any("127.0.0.1" in query.replace(engine.address, "") for query in asked)


def test_the_texts_do_connect(engine: Engine) -> None:
    """The engine of these tests goes where a text leads it, by SERVICE and by LOAD."""
    service = f"SELECT * {{ SERVICE <{engine.address}> {{ ?s ?p ?o }} }}"
    load = f"LOAD <{engine.address}>"

    assert (engine.connects(service), engine.connects(load)) == (True, True)
    assert not engine.connects("SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize(
    "path", sorted((_REPOSITORY / "queries").rglob("*.rq")), ids=lambda path: path.stem
)
def test_our_queries_pass(path: Path) -> None:
    """No saved query is mistaken."""
    syntax.guard(path.read_text("utf-8"))


def test_the_tests_of_the_standard_pass() -> None:
    """Of the W3C's queries and updates only those with SERVICE or LOAD are refused."""
    shared = Path(os.environ.get("CONFORMANCE_SHARED", _REPOSITORY.parent / "shared"))
    files = sorted((shared / "conformance" / "w3c" / "sparql11").rglob("*.r[qu]"))
    if not files:
        pytest.skip(f"NO TEXTS OF THE W3C: {shared} has none: set CONFORMANCE_SHARED")
    texts = {path: path.read_text("utf-8") for path in files}
    mistaken = [
        str(path.relative_to(shared))
        for path, text in texts.items()
        if _refused(text) and "service" not in text.lower() and "load" not in text.lower()
    ]

    assert mistaken == []


def _refused(text: str) -> bool:
    try:
        syntax.guard(text)
    except QueryError:
        return True
    return False

"""What a request to the endpoint asks, read without a server."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import UnsupportedMediaType

from essgraph.errors import QueryError
from essgraph.web import operation
from essgraph.web.call import Call
from essgraph.web.operation import Operation

ASK = "ASK {}"


def _form(body: str, query_string: str = "", method: str = "POST") -> Operation:
    headers = {"content-type": operation.FORM}
    return operation.read(
        Call(method, query_string=query_string.encode(), headers=headers, body=body.encode())
    )


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_form_and_direct_are_read(method: str) -> None:
    """A form, or the query itself as the body."""
    direct = Call(method, headers={"content-type": operation.QUERY}, body=ASK.encode())

    assert _form("query=ASK+%7B%7D", method=method) == operation.read(direct)
    assert operation.read(direct).query == ASK


@pytest.mark.parametrize(
    "sent", ["query=ASK%20%7B%7D", "query=ASK+{}", "query=ASK+%7B}&lang=fr", "a=1&query=ASK+{}"]
)
def test_the_address_is_decoded_once(sent: str) -> None:
    """Blanks and escapes, with other parameters or without."""
    assert operation.read(Call("GET", query_string=sent.encode())).query == ASK
    assert operation.read(Call("GET", query_string=b"query=%2541")).query == "%41"


@pytest.mark.parametrize(
    ("query_string", "message"),
    [
        ("query=a&query=b", "`query` is given 2 times"),
        ("query=a&timeout=1&timeout=2", "`timeout` is given 2 times"),
        ("query=a&using-graph-uri=urn:x", "`using-graph-uri` does not belong to a query"),
        ("query=a&default-graph-uri=x", "default-graph-uri"),
        ("query=%FF", "not UTF-8"),
        ("query=%FF&a=b", "not UTF-8"),
        ("&".join(f"a{n}=1" for n in range(1_100)), "more than 1000 parameters"),
        ("update=a", "sent by POST, not by GET"),
        ("query=a&update=b", "both"),
        ("query=a&timeout=1e3", "timeout='1e3'"),
        ("query=a&timeout=%C2%B2", "is not a number of seconds"),
    ],
)
def test_what_is_wrong_is_named(query_string: str, message: str) -> None:
    """Each malformed request is an error that names the parameter or the part."""
    with pytest.raises(QueryError) as raised:
        operation.read(Call("GET", query_string=query_string.encode()))

    assert message in str(raised.value)


def test_query_is_safe() -> None:
    """The method QUERY reads no update, whichever way it is sent."""
    with pytest.raises(QueryError, match="sent by POST, not by QUERY"):
        _form("update=CLEAR+ALL", method="QUERY")

    update = Call("QUERY", headers={"content-type": operation.UPDATE}, body=b"CLEAR ALL")
    with pytest.raises(UnsupportedMediaType):
        operation.read(update)


@pytest.mark.parametrize(("written", "seconds"), [("5", 5.0), ("0.25", 0.25), ("600", 600.0)])
def test_seconds_are_read(written: str, seconds: float) -> None:
    """Whole or with a part."""
    assert _form(f"query=a&timeout={written}").timeout_s == seconds


@pytest.mark.parametrize(
    ("text", "repeatable"),
    [
        (ASK, True),
        ("SELECT (1 AS ?rand) {}", True),
        ("SELECT (NOW() AS ?x) {}", False),
        ("SELECT (now # at last\n () AS ?x) {}", False),
        ("SELECT (StrUuid\t( ) AS ?x) {}", False),
        ("SELECT (RAND#\r() AS ?x) {}", False),
        ("SELECT (bNode('a') AS ?x) {}", False),
        ("SELECT * { SeRvIcE <urn:x:a> { ?s ?p ?o } }", False),
    ],
)
def test_what_the_moment_answers_is_told(text: str, repeatable: bool) -> None:
    """Functions of the moment and other endpoints make an answer that nobody may keep."""
    assert Operation(query=text).repeatable is repeatable


@pytest.mark.parametrize("sent", ["query={}", "query={}&format=json"])
def test_bytes_beyond_ascii_need_no_escape(sent: str) -> None:
    """Some clients send UTF-8 as it is."""
    text = 'SELECT ("é" AS ?x) {}'

    assert operation.read(Call("GET", sent.format(text.replace("+", "%2B")).encode())).query == text

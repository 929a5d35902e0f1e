"""Snippets of a query: each language reads back the query that was written."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import shlex
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essgraph.web import snippets

ENDPOINT = "http://127.0.0.1:5000/sparql"
AWKWARD = [
    "ASK { ?s ?p 'it''s' }",
    'SELECT * { ?s ?p """a "quoted" \\n text""" }',
    "SELECT * { ?s ?p 'é $HOME `id` $(id) \\\\ %s {x}' }",
    'SELECT * {\n  ?s ?p "x)--\\"" # )"\n}',
    "@file",
]


def _python(text: str) -> str:
    tree = ast.parse(text)
    (value,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "query"
    )
    found = ast.literal_eval(value)
    assert isinstance(found, str)
    return found


def _r(text: str) -> str:
    raw = re.search(r'^query <- r"(-*)\((.*?)\)\1"$', text, re.DOTALL | re.MULTILINE)
    if raw is not None:
        return raw[2]
    plain = re.search(r'^query <- (".*")$', text, re.MULTILINE)
    assert plain is not None
    found = json.loads(plain[1])
    assert isinstance(found, str)
    return found


# A form's text: no lone surrogates, and a NUL in no shell.
QUERIES = st.text(st.characters(codec="utf-8", exclude_characters="\0")).map(
    lambda text: text.replace("\r\n", "\n").strip("\n")
)


@given(QUERIES)
def test_the_shell_reads_the_query_back(query: str) -> None:
    """The words of the command are curl, the endpoint, a header and the query as data."""
    command = shlex.split(snippets.write(query, ENDPOINT).curl)

    assert command[:2] == ["curl", ENDPOINT]
    assert command[-2:] == ["--data-urlencode", f"query={query}"]


@given(QUERIES)
def test_python_reads_the_query_back(query: str) -> None:
    """The program is Python, and its `query` is the query, whatever quotes it has."""
    # A source file has no lone CR: Python reads every line end as LF.
    program = snippets.write(query, ENDPOINT).python

    assert _python(program) == query


@pytest.mark.parametrize("query", AWKWARD)
def test_r_reads_the_query_back(query: str) -> None:
    """R has the query in a raw string that nothing in it ends, or in a plain one."""
    assert _r(snippets.write(query, ENDPOINT).r) == query


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("SELECT * { ?s ?p ?o }", "text/csv"),
        ("# CONSTRUCT\nselect * { ?s ?p 'ASK' }", "text/csv"),
        ("PREFIX ask: <http://construct.example/> SELECT ?ask { ?ask ask:ask 1 }", "text/csv"),
        ("ASK { ?s ?p ?o }", "application/sparql-results+json"),
        ("PREFIX a: <b:>\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "text/turtle"),
        ("describe <x:y>", "text/turtle"),
        ("", "text/csv"),
    ],
)
def test_the_format_suits_the_form_of_the_query(query: str, accept: str) -> None:
    """Tables come as CSV, yes or no as JSON, graphs as Turtle, in all three languages."""
    written = snippets.write(query, ENDPOINT)

    assert all(accept in text for text in (written.curl, written.python, written.r))


def test_line_ends_of_a_form_become_those_of_the_query() -> None:
    """CR LF, which a form sends for every line end, is LF."""
    assert _python(snippets.write("ASK {\r\n}", ENDPOINT).python) == "ASK {\n}"


CUT = "# truncated: rows=2"


def _run(monkeypatch: pytest.MonkeyPatch, body: str, headers: dict[str, str]) -> list[list[str]]:
    """The table that the Python of a SELECT holds at its end, on stand-ins for its libraries."""

    def read_csv(content: io.BytesIO, **_: object) -> SimpleNamespace:
        return SimpleNamespace(iloc=list(csv.reader(content.getvalue().decode().splitlines()))[1:])

    answer = SimpleNamespace(content=body.encode(), headers=headers, raise_for_status=lambda: None)
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(read_csv=read_csv))
    monkeypatch.setitem(sys.modules, "requests", SimpleNamespace(post=lambda *_, **__: answer))
    held: dict[str, Any] = {}
    exec(snippets.write("SELECT ?s { ?s ?p ?o }", ENDPOINT).python, held)  # noqa: S102  ours
    found = held["table"]
    return list(getattr(found, "iloc", found))


def test_python_drops_the_mark_of_a_cut_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line of a cut CSV is no row; a warning tells how much was given."""
    with pytest.warns(UserWarning, match="not the whole answer: rows=2"):
        rows = _run(monkeypatch, f"s\na\nb\n{CUT}\n", {"Essgraph-Truncated": "rows=2"})

    assert rows == [["a"], ["b"]]


def test_python_keeps_every_row_of_a_whole_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the header, a row that looks like the mark is a row."""
    rows = _run(monkeypatch, f"s\na\n{CUT}\n", {})

    assert rows == [["a"], [CUT]]


def test_r_looks_for_the_mark_of_a_cut_answer() -> None:
    """The header is read, the last line dropped, and a warning given, in balanced braces."""
    program = snippets.write("SELECT ?s { ?s ?p ?o }", ENDPOINT).r

    assert 'cut <- resp_header(answer, "Essgraph-Truncated")' in program
    assert "if (!is.null(cut)) {" in program
    assert "  table <- head(table, -1)\n" in program
    assert program.count("{") == program.count("}")

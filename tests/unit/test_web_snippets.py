"""Snippets of a query: each language reads back the query that was written."""

from __future__ import annotations

import ast
import json
import re
import shlex

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

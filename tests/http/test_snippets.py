"""The snippets of the editor, run against a server as they are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from essgraph.config import Settings
from essgraph.web import snippets
from tests.http.serving import serving

TRICKY = """\
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
# It's "quoted", \\ and $HOME
SELECT ?code ?label WHERE {
  <https://w3id.org/essgraph/id/commune/05065> rdfs:label ?label .
  BIND('05"065' AS ?code)
}"""
GRAPH = """\
CONSTRUCT { ?s a ?class } WHERE {
  VALUES ?s { <https://w3id.org/essgraph/id/commune/05065> } ?s a ?class
}"""


@pytest.fixture(name="endpoint", scope="module")
def _endpoint(settings: Settings) -> Iterator[str]:
    """The endpoint of a server of its own."""
    with serving(settings) as (address, _):
        yield f"{address}/sparql"


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def test_the_curl_snippet_runs(endpoint: str) -> None:
    """A shell runs the command, and the answer is the query's."""
    command = snippets.write(TRICKY, endpoint).curl

    assert _run(["sh", "-c", command]) == 'code,label\n"05""065",Guillestre\n'


def test_the_curl_snippet_of_a_graph_runs(endpoint: str) -> None:
    """A CONSTRUCT is asked for in Turtle."""
    command = snippets.write(GRAPH, endpoint).curl

    assert "igeo:Commune" in _run(["sh", "-c", command])


def test_the_python_snippet_runs(endpoint: str) -> None:
    """Python with requests and pandas runs the program, which prints a table."""
    program = snippets.write(TRICKY, endpoint).python

    assert _run([sys.executable, "-c", program]).split() == [
        "code",
        "label",
        "0",
        '05"065',
        "Guillestre",
    ]


def test_the_python_snippet_of_a_graph_runs(endpoint: str) -> None:
    """A CONSTRUCT is printed as Turtle."""
    program = snippets.write(GRAPH, endpoint).python

    assert "igeo:Commune" in _run([sys.executable, "-c", program])

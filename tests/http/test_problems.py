"""Errors in the language of the page: the table of sentences, held against code and engine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Store
from werkzeug import exceptions

import essgraph
from essgraph import errors, syntax
from essgraph.errors import QueryError
from essgraph.syntax.guard import guard
from essgraph.web import saying

PACKAGE = Path(essgraph.__file__).parent
FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}
ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
_ERRORS = {
    name
    for module in (errors, exceptions)
    for name, found in vars(module).items()
    if isinstance(found, type) and issubclass(found, Exception)
} - {"SourceError", "ConfigError"}
"""What an error of a visitor's may be; those two are told to the operator, at the start."""

_ELSEWHERE = (
    *("syntax/guard.py", "syntax/calls.py", "syntax/tokens.py", "store/base.py", "updates.py"),
    *("store/evaluating.py", "store/pool.py", "store/worker.py", "store/writing.py"),
    *("describe/page.py", "search/choices.py", "search/explore.py", "writes/history.py"),
    *("writes/patching.py", "writes/process.py", "vocab.py"),
)
"""What is told of a request by parts outside `web`."""

_MADE_OF_OTHERS = frozenset(
    (
        "store/base.py: XX",
        "web/validation.py: X",
        "web/completion.py: iri: X",
        "web/explore/state.py: X = 'X': X",
        "web/saved/form.py: X: X",
        "updates.py: line 1: near 'X': expected X",
    )
)
"""What is put in front of another message, which is looked up in its stead; and what only the
scripts of the editor are told.
"""

_BROKEN = (
    "", "SELECT", "SELEC ?s", "SELECT ?s WHERE { ?s ?p ", "SELECT ?s WHERE { ?s a ess:X }",
    "SELECT ?s WHERE { ?s nobody:knows ?o }", "SELECT * WHERE { ?s ?p ?o } LIMIT x",
    "SELECT ?s WHERE { ?s ?p ?o } GROUP BY ?p", "SELECT * WHERE { ?s ?p ?o } GROUP BY ?p",
    "SELECT (?a AS ?b) (?c AS ?b) WHERE {}", "SELECT ?s WHERE { ?s <not an iri> ?o }",
    'ASK { ?s ?p "abc }', "SELECT ?s WHERE { ?s ?p ?o FILTER }",
    "SELECT ?s WHERE { ?s ?p ?o FILTER(?o > ) }", "SELECT ?s WHERE { ?s ?p ?o . } ORDER",
    "INSERT DATA { <a:a> <a:b> <a:c> }", "SELECT ?s WHERE { ?s ?p ?o }}",
    "SELECT ?s WHERE ?s ?p ?o }",
    "SELECT ?s { VALUES (?a ?b) { (1) } }", "SELECT ?s { ?s ?p ?o FILTER(unknown(?s)) }",
    "CONSTRUCT { ?s ?p } WHERE { ?s ?p ?o }", "PREFIX a <x:> SELECT ?s {}", "DESCRIBE",
    "SELECT ?s WHERE { ?s ?p '\\q' }", "SELECT ?s WHERE { _:a ?p ?o . { _:a ?p ?s } }",
    "SELECT ?s { ?s ?p ?o } LIMIT 99999999999999999999999", "SELECT ?s WHERE { ?s ?p ?o MINUS }",
    "SELECT ?s WHERE { ?s ?p ?o\nFILTER(REGEX(?o)) }", "SELECT ?s FROM x WHERE {}",
    "SELECT ?s { ?s ?p ?o FILTER(<http://x/f>(?s)) }",
    "SELECT ?s { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SELECT ?s {" + "{" * 300 + "}" * 301,
)  # fmt: skip


@pytest.mark.parametrize("query", _BROKEN)
def test_every_message_on_a_query_is_translated(client: FlaskClient, query: str) -> None:
    """What the engine or our own reading says of a query is said in French, nothing in English."""
    page = client.get("/sparql", query_string={"query": query or " ASK"}, headers=FRENCH).text

    told = re.findall(r'id="error" role="alert">.*?</p>', page, re.DOTALL)
    assert len(told) == 1
    assert 'lang="en"' not in told[0]
    assert not re.search(r"\b(expected|near|line|cannot|not allowed|begins)\b", told[0])


@pytest.mark.parametrize("query", [query for query in _BROKEN if "SERVICE" not in query])
def test_engine_and_program_are_told_in_english(query: str) -> None:
    """The message for programs names no construct that this server refuses."""
    try:
        guard(query)
        list(Store().query(query))  # type: ignore[arg-type]  # any kind of answer
    except SyntaxError as error:
        told = syntax.explain(str(error), query)
    except (RuntimeError, QueryError) as error:
        told = str(error)
    else:
        pytest.fail("the query was meant to be refused")

    assert not re.search(r"LATERAL|SERVICE|unreported", told)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/page/commune/00000", "n’est pas dans le graphe"),
        ("/nowhere", "Rien n’est connu à cette adresse"),
        ("/list/Territory?page=abc", "n’est pas un nombre entier de 1 à"),
        ("/list/Territory?page=999", "Il n’y a pas de page"),
        ("/list/Nobody", "Il n’y a aucune entité de la classe"),
        ("/list/no:body", "n’est pas une classe de ce graphe"),
        ("/search?q=" + "a" * 300, "caractères"),
        ("/queries/none", "requête"),
        ("/changes/none", "n’a été acceptée"),
        ("/validation", "n’a pas gardé de rapport"),
    ],
)  # fmt: skip
def test_error_pages_are_in_one_language(client: FlaskClient, address: str, words: str) -> None:
    """The French page says what is wrong in French, the English one in English."""
    french = client.get(address, headers=FRENCH)
    english = client.get(address, headers=ENGLISH)

    assert french.status_code == english.status_code >= 400
    assert words in french.text
    assert 'lang="en"' not in french.text.partition("<main")[2].partition("</main>")[0]
    assert not re.search(r"\b(is not|there is|has no|was|keeps)\b", _main(french.text), re.I)
    assert "n’" not in _main(english.text)


def _main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def test_programs_get_english_whatever_they_speak(client: FlaskClient) -> None:
    """A problem document is the same for every reader."""
    asked = {"Accept": "application/json", "Accept-Language": "fr"}

    told = client.get("/list/Territory?page=abc", headers=asked).get_json()

    assert told["detail"] == "page = 'abc' is not a whole number from 1 to 100000"


def test_values_are_shown_as_text(client: FlaskClient) -> None:
    """What a visitor sent comes back escaped, and a % is no format."""
    page = client.get("/list/<b>%25(x)s", headers=FRENCH)

    assert page.status_code == 404
    assert "&lt;b&gt;%(x)s" in page.text
    assert "<b>%" not in page.text


def _raised() -> Iterator[str]:
    """Each message of those files, `X` in the place of its values."""
    inside = (str(path.relative_to(PACKAGE)) for path in (PACKAGE / "web").rglob("*.py"))
    for name in (*inside, *_ELSEWHERE):
        for node in ast.walk(ast.parse((PACKAGE / name).read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in _ERRORS
                and node.args
            ):
                message = _text(node.args[0])
                if message is not None:
                    yield f"{name}: {message}"


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else _sample(part)
            for part in node.values
        )
    return None


def _sample(part: ast.expr) -> str:
    """A value as it may look: a number for a line, else a word."""
    written = ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ""
    if written == "only":
        return ", only for <x>"
    if written == "line" or "line" in written.split("(")[0] or "count(" in written:
        return "1"
    if isinstance(part, ast.FormattedValue) and part.conversion == ord("r"):
        return "'X'"
    return "SERVICE" if "keyword" in written else "X"


@pytest.mark.parametrize(
    "message",
    [
        "at = '1;2' is not of the form longitude,latitude in degrees",
        "territory = 'x y': 'x y' is not of the form kind/key, a notation, or an IRI",
        "line 2: near 'nothing': expected an operation of SPARQL Update",
        "near: parameter distance = '1000': expected kilometres from 0 to 500",
        "near: parameter lat = 'x': expected a number such as 12.5 or 1e3",
        "graph = 'x' is not an absolute IRI: No scheme found in an absolute IRI",
        "busy: as many writes wait as may; try again soon",
        "q has 300 characters; 200 are read at most",
    ],
)
def test_no_sentence_is_half_english(app: Flask, message: str) -> None:
    """What is put together of two sentences is French to its end; a parameter keeps its case."""
    with app.test_request_context("/?lang=fr"):
        french = saying.translated(message)
        alone = saying.alone(french or "", message)

    assert french is not None
    assert not re.search(r"\b(expected|is not|an? (?!300)|such as|from|No|are|may)\b", french)
    is_sentence = message.startswith(("line", "busy"))
    assert alone[0] == (french[0].upper() if is_sentence else message[0])


@pytest.mark.parametrize("raised", sorted(set(_raised()) - _MADE_OF_OTHERS))
def test_each_sentence_of_a_page_has_a_form(app: Flask, raised: str) -> None:
    """Whatever these files raise for a visitor has its sentence in French."""
    message = raised.partition(": ")[2]
    with app.test_request_context("/?lang=fr"):
        french = saying.translated(message)

    assert french is not None
    assert french != message

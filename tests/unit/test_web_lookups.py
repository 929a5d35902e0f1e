"""Which queries are look-ups, and that the store agrees that they lead to little."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Store

from essgraph.store.embedded import EmbeddedStore
from essgraph.web.lookups import FEW, is_look_up

MANY = "".join(
    f'e:x{n} a e:Many ; e:kind "many" ; e:name "n{n}" . e:hub e:has e:x{n} .\n'
    for n in range(FEW + 1)
)
DATA = f"""
@prefix e: <http://e.example/> .
e:x7 e:code "7" . e:7 e:has e:x7 .
{MANY}
"""


def _store() -> EmbeddedStore:
    engine = Store()
    engine.load(DATA.encode(), format=RdfFormat.TURTLE)
    return EmbeddedStore(engine)


STORE = _store()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?p ?o WHERE { <http://e.example/a> ?p ?o }",
        "PREFIX e: <http://e.example/> SELECT * { e:a e:b ?o . } LIMIT 10",
        "select*{<a> a ?c}",
        "ASK { <a> <b> <c> }",
        'SELECT ?o { <a> ?p ?o ; <http://e.example/b> "x"@fr }',
        "SELECT ?o { <a> <b> ?o ; ?p ?q }",
        'PREFIX e: <http://e.example/> SELECT * { ?x e:code "7" }',
        'PREFIX e: <http://e.example/> SELECT ?x ?n { ?x e:code "7" ; e:name ?n } LIMIT 5',
        'PREFIX e: <http://e.example/> ASK { $x e:code "7" . $x e:name "n"@fr . }',
        "PREFIX e: <http://e.example/> SELECT ?n { e:7 e:has ?x . ?x e:name ?n }",
        "SELECT ?x { ?x a <http://e.example/None> }",
    ],
)
def test_look_ups_are_told(text: str) -> None:
    """One or two things of one named subject, or of the few that a fact leads to."""
    assert is_look_up(text, STORE)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p <a> }",
        "SELECT * { _:b ?p ?o }",
        "SELECT * { [] ?p ?o }",
        "SELECT * { <a> ?p ?o ; ?q ?r }",
        "SELECT * { <a> <b> ?o ; <c> ?q ; <d> ?r }",
        "SELECT * { <a> <b>+ ?o }",
        "SELECT * { <a> <b>/<c> ?o }",
        "SELECT * { <a> <b> ?o, ?q }",
        "SELECT * { <a> <b> ?o . ?o ?p ?q }",
        "SELECT * { ?x a <http://e.example/Many> }",
        'PREFIX e: <http://e.example/> SELECT * { ?x e:kind "many" ; e:name ?n }',
        "PREFIX e: <http://e.example/> SELECT * { e:hub e:has ?x . ?x e:name ?n }",
        "PREFIX e: <http://e.example/> SELECT * { ?x e:code ?y ; e:name ?n }",
        'PREFIX e: <http://e.example/> SELECT * { ?x e:code "7" . ?y e:name ?n }',
        'PREFIX e: <http://e.example/> SELECT * { ?x e:code "7" ; ?p ?n }',
        'PREFIX e: <http://e.example/> SELECT * { ?x e:code "7" ; e:name ?n FILTER(1) }',
        'PREFIX e: <http://e.example/> SELECT * { ?x f:code "7" ; e:name ?n }',
        'PREFIX e: <http://f.example/> PREFIX e: <http://e.example/> SELECT * { ?x e:code "7" }',
        'SELECT * { ?x <code> "7" }',
        "SELECT * { <a> <b> ?o } ORDER BY ?o",
        "SELECT * FROM <g> { <a> <b> ?o }",
        "SELECT DISTINCT * { <a> <b> ?o }",
        "CONSTRUCT { <a> ?p ?o } { <a> ?p ?o }",
        "DESCRIBE <a>",
    ],
)
def test_nothing_else_is_a_look_up(text: str) -> None:
    """Whatever may cost more than the facts of a few things is left to the pool."""
    assert not is_look_up(text, STORE)


def test_a_hostile_text_costs_no_time() -> None:
    """A megabyte of anything is no look-up, and is seen not to be in linear time."""
    million = 1_000_000
    for text in ("'" * million, "SELECT" + " ?a" * million, "PREFIX a: <a> " * million):
        assert not is_look_up(text, STORE)

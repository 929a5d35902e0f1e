"""One query for all focus nodes gives what one query a focus node would give."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat

from essgraph.errors import QueryError
from essgraph.shacl.prebinding import bind_focus_nodes
from essgraph.store.embedded import EmbeddedStore

_DATA = b"""
@prefix ex: <http://e/> .
ex:a ex:p 1 , 2 ; ex:q ex:b .
ex:b ex:p 3 ; ex:end 9 .
ex:c ex:q ex:c .
"""
_FOCUS = "VALUES ?this { <http://e/a> <http://e/b> <http://e/absent> }"
_ONE = "VALUES ?this {{ {} }}"
_HEAD = "PREFIX ex: <http://e/>\n"


@pytest.fixture(scope="module", name="store")
def _store() -> EmbeddedStore:
    store = EmbeddedStore()
    store.load(_DATA, RdfFormat.TURTLE, NamedNode("http://e/graph"))
    return store


def _answers(store: EmbeddedStore, query: str) -> list[str]:
    return sorted(map(str, store.select(query).rows))


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this WHERE { $this ex:p ?v }",
        "SELECT $this WHERE { FILTER($this = ex:a) }",
        "SELECT $this WHERE { { FILTER(false) } UNION { FILTER($this = ex:a) } }",
        "SELECT $this WHERE { { { FILTER($this = ex:a) } FILTER(BOUND($this)) } }",
        "SELECT $this WHERE { BIND($this AS ?that) FILTER(?that = ex:a) }",
        "SELECT $this WHERE { OPTIONAL { BIND($this AS ?that) } FILTER(?that = ex:b) }",
        "SELECT $this ?v WHERE { OPTIONAL { $this ex:p ?v FILTER(?v > 1 && $this != ex:b) } }",
        "SELECT $this WHERE { FILTER NOT EXISTS { $this ex:end ?end } }",
        "SELECT $this WHERE { FILTER EXISTS { { FILTER($this = ex:a) }"
        " UNION { $this ex:end 9 } } }",
        "SELECT $this WHERE { $this ex:none* ?self FILTER(?self = $this) }",
        "SELECT $this WHERE { { $this (ex:none)* ?self } }",
        "SELECT $this (COUNT(?v) AS ?n) WHERE { $this ex:p ?v }"
        " GROUP BY $this HAVING(COUNT(?v) > 1)",
        "SELECT $this ?n WHERE { { SELECT $this (COUNT(?v) AS ?n) WHERE { $this ex:p ?v }"
        " GROUP BY $this } }",
        'SELECT $this WHERE { $this ex:p ?v FILTER("{ $this } # }" != "") } # { $this',
        "SELECT $this WHERE { $this ex:p ?v . FILTER(?v<3&&?v>1) }",
        "SELECT DISTINCT $this ?v WHERE { ?o ex:q $this . ?o ex:p ?v } ORDER BY ?v",
        "SELECT $this ?v ?o WHERE { { SELECT $this ?v WHERE { $this ex:p ?v } } $this ex:q ?o }",
        "SELECT $this ?v WHERE { $this ex:q ?o { SELECT $this ?v WHERE { $this ex:p ?v } } }",
        "SELECT $this ?v WHERE { { SELECT $this WHERE { $this ex:q ?o } } UNION"
        " { SELECT $this ?v WHERE { $this ex:p ?v } } }",
        "SELECT $this WHERE { { SELECT $this WHERE { $this ex:end ?x } } UNION { $this ex:q ?x } }",
        "SELECT $this WHERE { { { SELECT $this WHERE { $this ex:p ?x } } } $this ex:q ?x }",
        "SELECT $this WHERE { { SELECT $this WHERE { FILTER($this = ex:a) } }"
        " OPTIONAL { $this ex:end ?end } FILTER(!BOUND(?end)) }",
    ],
)
def test_all_at_once_equals_one_by_one(store: EmbeddedStore, select: str) -> None:
    """The union of the answers for each focus node is the answer for all of them."""
    together = _answers(store, _HEAD + bind_focus_nodes(select, _FOCUS, None))
    few = _answers(store, _HEAD + bind_focus_nodes(select, _FOCUS, None, few=True))
    apart = [
        row
        for node in ("<http://e/a>", "<http://e/b>", "<http://e/absent>")
        for row in _answers(store, _HEAD + bind_focus_nodes(select, _ONE.format(node), None))
    ]

    assert sorted(set(together)) == sorted(set(apart))
    assert sorted(set(few)) == sorted(set(apart))


def test_filter_in_an_inner_group_sees_the_focus_node(store: EmbeddedStore) -> None:
    """Plain SPARQL would not: a group's filter knows that group's variables only."""
    select = "SELECT $this WHERE { { FILTER($this = ex:a) } }"
    found = store.select(_HEAD + bind_focus_nodes(select, _FOCUS, None))

    assert found.rows == [(NamedNode("http://e/a"),)]


def test_path_stands_for_the_property_shape(store: EmbeddedStore) -> None:
    """$PATH is written out as the SPARQL path."""
    select = "SELECT $this ?value WHERE { $this $PATH ?value }"
    found = store.select(bind_focus_nodes(select, _FOCUS, "(<http://e/q>/<http://e/p>)"))

    assert [row[1] for row in found.rows] == [Literal(3)]


@pytest.mark.parametrize(
    ("select", "reason"),
    [
        ("SELECT ?x WHERE { $this ex:p ?x }", "project"),
        ("SELECT * WHERE { $this ex:p ?x }", "project"),
        ("SELECT $this WHERE { $this ex:p ?x MINUS { $this ex:q ?x } }", "MINUS"),
        ("SELECT $this WHERE { VALUES ?x { 1 } $this ex:p ?x }", "VALUES"),
        ("SELECT $this WHERE { $this ex:p ?x } VALUES ?x { 1 }", "VALUES"),
        ("SELECT $this WHERE { SERVICE ex:s { $this ex:p ?x } }", "SERVICE"),
        ("SELECT $this WHERE { GRAPH ?g { $this ex:p ?x } }", "GRAPH"),
        ("SELECT $this FROM ex:g WHERE { $this ex:p ?x }", "FROM"),
        ("SELECT $this WHERE { $this ex:p ?x } LIMIT 1", "LIMIT"),
        ("SELECT $this WHERE { { SELECT ?x WHERE { $this ex:p ?x } } }", "project"),
        ("SELECT $this WHERE { ?x ex:p ?y BIND(?x AS $this) }", "assigned"),
        ("SELECT (?x AS ?this) WHERE { ?x ex:p ?y }", "assigned"),
        ("SELECT $this (COUNT(?v) AS ?n) WHERE { $this ex:p ?v }", "GROUP BY"),
        ("SELECT $this WHERE { $this ex:p ?v } GROUP BY ?v", "GROUP BY"),
        ("SELECT $this WHERE { $shapesGraph ex:p $this }", "shapesGraph"),
        ("SELECT $this WHERE { $this ex:p $currentShape }", "currentShape"),
        ("SELECT $this WHERE { $this $PATH ?v }", "PATH"),
        ("ASK { $this ex:p ?v }", "ASK"),
        ("SELECT $this", "WHERE"),
        ("SELECT $this WHERE { $this ex:p ?v", "open"),
        ("SELECT $this WHERE { $this ex:p ?v } }", "closes"),
        ("", "SELECT"),
    ],
)
def test_what_one_run_cannot_answer_is_refused(select: str, reason: str) -> None:
    """A query that would answer wrongly for all nodes at once is an error, never a guess."""
    with pytest.raises(QueryError, match=reason):
        bind_focus_nodes(select, _FOCUS, None)

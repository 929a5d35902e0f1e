"""The text of an update: what it may change, and what its default graph is."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Quad, Store

from essgraph.errors import GraphProtected, QueryError
from essgraph.updates import prepare

C, M, G = "urn:c", "urn:m", "urn:x:g"
S, P = NamedNode("urn:s"), NamedNode("urn:p")


def _run(text: str, using: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> set[str]:
    """The graphs and objects after an update of a store where C and M hold one triple each."""
    store = Store()
    store.extend(Quad(S, P, NamedNode(graph), NamedNode(graph)) for graph in (C, M))
    prepared = prepare(text, C, [C, M], "http://base.example/", using, named)
    store.update(prepared.text)
    return {f"{quad.graph_name} {quad.object}" for quad in store}


BEFORE = {"<urn:c> <urn:c>", "<urn:m> <urn:m>"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT DATA { <urn:s> <urn:p> <urn:o> }", BEFORE | {"<urn:c> <urn:o>"}),
        (
            "insert data { <urn:s> <urn:p> 1 . GRAPH <urn:x:g> { <urn:s> <urn:p> 2 } . "
            "<urn:s> <urn:p> 3 }",
            BEFORE
            | {
                f'<urn:{g}> "{n}"^^<http://www.w3.org/2001/XMLSchema#integer>'
                for g, n in (("c", 1), ("x:g", 2), ("c", 3))
            },
        ),
        ("DELETE WHERE { ?s ?p ?o }", {"<urn:m> <urn:m>"}),
        ("DELETE DATA { <urn:s> <urn:p> <urn:m> }", BEFORE),
        ("CLEAR DEFAULT", {"<urn:m> <urn:m>"}),
        ("COPY <urn:m> TO DEFAULT", {"<urn:c> <urn:m>", "<urn:m> <urn:m>"}),
        (
            "INSERT { ?s <urn:p> <urn:o> } WHERE { ?s ?p <urn:m> }",
            BEFORE | {"<urn:c> <urn:o>"},
        ),
        (
            "INSERT { ?s <urn:p> ?g } WHERE { GRAPH ?g { ?s ?p <urn:m> } }",
            BEFORE | {"<urn:c> <urn:m>"},
        ),
        ("WITH <urn:c> INSERT { ?s <urn:p> <urn:o> } WHERE { ?s ?p <urn:m> }", BEFORE),
        ("INSERT { ?s <urn:p> <urn:o> } USING <urn:c> WHERE { ?s ?p <urn:m> }", BEFORE),
        (
            "DELETE { ?s ?p <urn:c> } INSERT { ?s ?p '}' } WHERE { ?s ?p ?o } ; # }\n"
            "PREFIX x: <urn:x:> INSERT DATA { GRAPH x:g { <urn:s> <urn:p> <urn:o> } }",
            {'<urn:c> "}"', "<urn:m> <urn:m>", "<urn:x:g> <urn:o>"},
        ),
        (
            "INSERT DATA { GRAPH <urn:x:g> { <urn:s> <urn:p> <urn:o> } } ;"
            "INSERT { ?s ?p <urn:after> } WHERE { ?s ?p <urn:o> }",
            BEFORE | {"<urn:x:g> <urn:o>", "<urn:c> <urn:after>"},
        ),
    ],
)
def test_the_default_graph_is_said(text: str, expected: set[str]) -> None:
    """The collection for what is written, the union for WHERE, as a real engine runs it."""
    assert _run(text) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DELETE WHERE { ?s ?p ?o }", {"<urn:c> <urn:c>", "<urn:m> <urn:m>"}),
        ("INSERT { ?s ?p <urn:o> } WHERE { ?s ?p <urn:m> }", BEFORE | {"<urn:c> <urn:o>"}),
        ("INSERT { ?s ?p <urn:o> } WHERE { ?s ?p <urn:c> }", BEFORE),
    ],
)
def test_the_protocol_may_say_the_dataset(text: str, found: set[str]) -> None:
    """using-graph-uri is what WHERE sees, also of DELETE WHERE; writing goes on as before."""
    assert _run(text, using=(M,)) == found


@pytest.mark.parametrize(
    "text",
    [
        "WITH <urn:c> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }",
        "DELETE { ?s ?p 1 } USING NAMED <urn:m> WHERE { ?s ?p 1 }",
    ],
)
def test_the_protocol_and_the_text_may_not_both(text: str) -> None:
    """SPARQL 1.1 Protocol, 2.2.3: it is an error."""
    with pytest.raises(QueryError, match="exclude each other"):
        prepare(text, C, [C], "http://base.example/", (M,))


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("INSERT DATA {}", set()),
        ("INSERT { GRAPH <urn:x:g> { ?s ?p 1 } } WHERE { GRAPH <urn:m> { ?s ?p ?o } }", {G}),
        ("MOVE SILENT <urn:x:g> TO GRAPH <urn:m>", {G, M}),
        ("ADD <urn:m> TO <urn:x:g>", {G}),
        ("CREATE SILENT GRAPH <urn:x:g> ; DROP GRAPH <urn:m>", {G, M}),
        (r"BASE <http://b.example/> CLEAR GRAPH <a\u0062c>", {"http://b.example/abc"}),
        ("PREFIX : <urn:x:> WITH :g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", {G}),
    ],
)
def test_the_graphs_that_can_change_are_told(text: str, targets: set[str]) -> None:
    """Those written to, not those read."""
    assert prepare(text, C, [C, M], "http://base.example/").targets == targets


@pytest.mark.parametrize(
    "text",
    [
        "INSERT { GRAPH ?g { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
        "CLEAR ALL",
        "drop silent named",
    ],
)
def test_a_graph_that_is_not_named_is_refused(text: str) -> None:
    """What it would change cannot be told, so nobody can be held to it."""
    with pytest.raises(GraphProtected, match=r"line 1: .*name the graph"):
        prepare(text, C, [C], "http://base.example/")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ASK {}", "line 1: near 'ASK'"),
        ("CLEAR XYZ", "line 1: near 'XYZ'"),
        ("\nINSERT DATA { <urn:s> ", "line 2: the update ends too early"),
        ("INSERT { GRAPHx:y { ?s ?p 1 } } WHERE {}", "line 1: near '{'"),
        ("LOAD <http://a.example/> INTO GRAPH <urn:c>", "LOAD is not allowed"),
        ("PREFIX <urn:x> INSERT DATA {}", "expected a name"),
        ("WITH <urn:c> CLEAR <urn:c>", "expected INSERT or DELETE"),
        ("INSERT DATA { '", "opened and not closed"),
    ],
)
def test_what_is_no_update_is_refused(text: str, said: str) -> None:
    """With its line and what was found there."""
    with pytest.raises(QueryError) as raised:
        prepare(text, C, [C], "http://base.example/")

    assert said in str(raised.value)

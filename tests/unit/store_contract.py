"""What every engine behind essgraph must do; run on each in test_store.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Triple,
)

from essgraph.errors import QueryError, StoreUnavailable
from essgraph.store.base import GraphStore, reading
from essgraph.vocab import XSD

E = "https://e.example/"
ONE, TWO = NamedNode(E + "graph/1"), NamedNode(E + "graph/2")
S, P = NamedNode(E + "s"), NamedNode(E + "p")

LITERALS = [
    Literal("quotes \" ' and \\ backslash"),
    Literal("two\nlines\r\nand\ta tab"),
    Literal("œuvre à l’Haÿ 🌱"),
    Literal("bonjour", language="fr"),
    Literal("hello", language="en-gb"),
    Literal("2010-03-31", datatype=NamedNode(XSD + "date")),
    Literal("1998", datatype=NamedNode(XSD + "gYear")),
    Literal("x", datatype=NamedNode(E + "own-type")),
    Literal(True),
    Literal(12),
    Literal(""),
]

FAILING = "SELECT * WHERE { ?s ?p ?o FILTER(<unknown-function>(?o)) }"
ALL = "SELECT ?s ?o WHERE { ?s ?p ?o } ORDER BY ?s ?o"


class GraphStoreContract:
    """One promise a test; `store` is an empty engine, made by the subclass."""

    def _load(self, store: GraphStore, graph: NamedNode, text: str) -> None:
        prologue = f"@base <{E}> . @prefix : <{E}> .\n"
        store.load((prologue + text).encode(), RdfFormat.TURTLE, graph)

    @pytest.mark.parametrize("literal", LITERALS, ids=repr)
    def test_literal_round_trip(self, store: GraphStore, literal: Literal) -> None:
        """What is loaded comes back as the same term."""
        self._load(store, ONE, f"<s> <p> {literal} .")
        answer = store.select("SELECT ?o WHERE { ?s ?p ?o }")

        assert answer.columns == ("o",)
        assert answer.rows == [(literal,)]

    def test_default_graph_is_the_union(self, store: GraphStore) -> None:
        """Without FROM, a query sees all named graphs as one."""
        self._load(store, ONE, "<s> <p> 1 .")
        self._load(store, TWO, "<s> <q> 2 .")
        answer = store.select("SELECT ?a ?b WHERE { ?s <p> ?a ; <q> ?b }")

        assert answer.rows == [(Literal(1), Literal(2))]

    def test_from_restricts_the_union(self, store: GraphStore) -> None:
        """FROM means what SPARQL says, union or not."""
        self._load(store, ONE, "<s> <p> 1 .")
        self._load(store, TWO, "<s> <p> 2 .")
        answer = store.select("SELECT ?o FROM <graph/2> WHERE { ?s ?p ?o }")

        assert answer.rows == [(Literal(2),)]

    def test_from_in_a_name_changes_nothing(self, store: GraphStore) -> None:
        """Only the keyword FROM names a dataset, not a variable, string or prefix."""
        self._load(store, ONE, "<s> <p> 1 .")
        answer = store.select(
            f"PREFIX from: <{E}>\n# FROM nothing\n"
            "SELECT ?from WHERE { ?s from:p ?from FILTER(?from != 'from FROM ') }"
        )

        assert answer.rows == [(Literal(1),)]

    def test_named_graphs_are_seen(self, store: GraphStore) -> None:
        """GRAPH ranges over the named graphs."""
        self._load(store, ONE, "<s> <p> 1 .")
        self._load(store, TWO, "<s> <p> 2 .")
        answer = store.select("SELECT ?g ?o WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")

        assert answer.rows == [(ONE, Literal(1)), (TWO, Literal(2))]

    def test_caller_chooses_the_dataset(self, store: GraphStore) -> None:
        """Graphs named by the caller win over FROM, and are the whole dataset."""
        self._load(store, ONE, "<s> <p> 1 .")
        self._load(store, TWO, "<s> <p> 2 .")
        found = store.query(
            "SELECT ?o ?g FROM <graph/2> WHERE { { ?s ?p ?o } UNION { GRAPH ?g {} } }",
            default_graphs=[ONE],
        )

        assert isinstance(found, QuerySolutions)
        assert [tuple(row) for row in found] == [(Literal(1), None)]

    def test_only_named_graphs_leave_the_default_empty(self, store: GraphStore) -> None:
        """With named graphs alone, the default graph is empty (Protocol, 2.1.4)."""
        self._load(store, ONE, "<s> <p> 1 .")
        found = store.query("SELECT ?o WHERE { ?s ?p ?o }", named_graphs=[ONE])

        assert isinstance(found, QuerySolutions)
        assert list(found) == []

    def test_unbound_is_none(self, store: GraphStore) -> None:
        """A variable without value is None, in the order of the columns."""
        answer = store.select("SELECT ?a ?b WHERE { BIND(1 AS ?b) }")

        assert answer.columns == ("a", "b")
        assert answer.rows == [(None, Literal(1))]

    def test_ask(self, store: GraphStore) -> None:
        """ASK answers both ways."""
        self._load(store, ONE, "<s> <p> 1 .")

        assert store.ask("ASK { ?s ?p 1 }") is True
        assert store.ask("ASK { ?s ?p 2 }") is False

    def test_construct_and_describe(self, store: GraphStore) -> None:
        """Both give triples."""
        self._load(store, ONE, "<s> <p> 1 .")
        expected = [Triple(S, P, Literal(1))]

        assert store.construct("CONSTRUCT WHERE { ?s ?p ?o }") == expected
        assert store.construct(f"DESCRIBE <{S.value}>") == expected

    def test_relative_iri_meets_the_base(self, store: GraphStore) -> None:
        """A relative IRI of a query resolves against the store's base."""
        answer = store.select("SELECT (<id/x> AS ?iri) WHERE {}")

        assert answer.rows == [(NamedNode(E + "id/x"),)]

    def test_own_base_wins(self, store: GraphStore) -> None:
        """A query's own BASE is kept."""
        answer = store.select("BASE <https://other.example/>\nSELECT (<x> AS ?iri) WHERE {}")

        assert answer.rows == [(NamedNode("https://other.example/x"),)]

    def test_syntax_error_is_placed(self, store: GraphStore) -> None:
        """Bad syntax is told with its line and the text there."""
        with pytest.raises(QueryError, match=r"2:\d+.*WHEN"):
            store.select("SELECT ?s\nWHEN { ?s ?p ?o }")

    def test_evaluation_error(self, store: GraphStore) -> None:
        """A query that fails while it runs is a QueryError too."""
        self._load(store, ONE, "<s> <p> 1 .")
        with pytest.raises(QueryError, match="unknown-function"):
            store.select(FAILING)

    def test_error_while_reading_is_translated(self, store: GraphStore) -> None:
        """`query` may answer before it fails; read inside `reading`, the failure is ours."""
        self._load(store, ONE, "<s> <p> 1 .")

        def read_all() -> None:
            with reading():
                found = store.query(FAILING)
                assert isinstance(found, QuerySolutions)
                list(found)

        with pytest.raises(QueryError, match="unknown-function"):
            read_all()

    @pytest.mark.parametrize("text", ["ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }"])
    def test_select_wants_a_select(self, store: GraphStore, text: str) -> None:
        """Another form is refused, not misread."""
        with pytest.raises(QueryError, match="expected a SELECT"):
            store.select(text)

    def test_ask_and_construct_want_theirs(self, store: GraphStore) -> None:
        """Another form is refused, not misread."""
        with pytest.raises(QueryError, match="expected an ASK"):
            store.ask(ALL)
        with pytest.raises(QueryError, match="expected a CONSTRUCT"):
            store.construct(ALL)

    def test_update_is_refused(self, store: GraphStore) -> None:
        """A query is never an update."""
        with pytest.raises(QueryError):
            store.query(f"INSERT DATA {{ GRAPH <{ONE.value}> {{ <{S.value}> <{P.value}> 1 }} }}")

        assert store.size() == 0

    def test_bad_turtle_leaves_nothing(self, store: GraphStore) -> None:
        """A document with one bad line adds no triple, and the line is told."""
        with pytest.raises(QueryError, match="line 3"):
            self._load(store, ONE, "<s> <p> 1 .\n<s> oops 2 .")

        assert store.size() == 0

    def test_load_resolves_relative_iris(self, store: GraphStore, tmp_path: Path) -> None:
        """A file's relative IRIs resolve against the store's base, like a query's."""
        path = tmp_path / "one.ttl"
        path.write_text("<s> <p> 1 .", "utf-8")
        store.load(path, RdfFormat.TURTLE, ONE)

        assert store.select("SELECT ?s WHERE { ?s ?p ?o }").rows == [(S,)]

    def test_bad_file_is_named(self, store: GraphStore, tmp_path: Path) -> None:
        """A malformed file is told by its name."""
        path = tmp_path / "bad.ttl"
        path.write_text("<s> <p>", "utf-8")
        with pytest.raises(QueryError, match=r"bad\.ttl"):
            store.load(path, RdfFormat.TURTLE, ONE)

    def test_missing_file(self, store: GraphStore, tmp_path: Path) -> None:
        """A file that is not there is StoreUnavailable, by name."""
        with pytest.raises(StoreUnavailable, match=r"none\.ttl"):
            store.load(tmp_path / "none.ttl", RdfFormat.TURTLE, ONE)

    def test_size(self, store: GraphStore) -> None:
        """Triples are counted by graph, and over all graphs."""
        self._load(store, ONE, "<s> <p> 1 , 2 .")
        self._load(store, TWO, "<s> <p> 2 .")

        assert store.size() == 3
        assert store.size(ONE) == 2
        assert store.size(NamedNode(E + "graph/none")) == 0

    def test_ask_is_lazy_boolean(self, store: GraphStore) -> None:
        """`query` gives the engine's own answer, ready to serialise."""
        found = store.query("ASK {}")

        assert isinstance(found, QueryBoolean)
        assert bool(found)

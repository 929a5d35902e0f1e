"""Why a query has no row: culprits, unknown terms, wrong graphs and literals, warnings."""

from __future__ import annotations

import json
from threading import Event

import pytest
from pyoxigraph import NamedNode

from essgraph.errors import QueryError
from essgraph.explain import (
    Explanation,
    Vocabulary,
    explain_empty,
    read_vocabulary,
    warnings,
)
from essgraph.explain.probes import CAP, Count, Probes, Spent
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

NAMES = Names()
DECLARED = {**NAMES.prefixes, "graph": f"{NAMES.base}graph/"}
PREFIXES = "\n".join(f"PREFIX {name}: <{iri}>" for name, iri in DECLARED.items())
FIRST = len(DECLARED) + 1
TERRITORIES = NAMES.graph("territories")
COLLECTION = NAMES.graph("collection")


@pytest.fixture(scope="module", name="vocabulary")
def _vocabulary(tiny: EmbeddedStore) -> Vocabulary:
    return read_vocabulary(tiny, NAMES)


@pytest.fixture(name="explain")
def _explain(tiny: EmbeddedStore, vocabulary: Vocabulary) -> Explainer:
    return Explainer(tiny, vocabulary)


class Explainer:
    """Explains queries under the usual prefixes, on the tiny graph."""

    def __init__(self, store: EmbeddedStore, vocabulary: Vocabulary) -> None:
        self._store = store
        self._vocabulary = vocabulary

    def __call__(
        self,
        query: str,
        *,
        default_graphs: list[NamedNode] | None = None,
        budget_s: float = 60.0,
    ) -> Explanation:
        """Why this query has no row."""
        return explain_empty(
            self._store,
            f"{PREFIXES}\n{query}",
            self._vocabulary,
            default_graphs=default_graphs,
            budget_s=budget_s,
        )


def _culprits(explanation: Explanation) -> list[tuple[str, int, int]]:
    """Text, line (from the query's own first) and column of each culprit."""
    places = [culprit.place for culprit in explanation.culprits]
    return [(place.text, place.line - FIRST + 1, place.column) for place in places]


def _conflicts(explanation: Explanation) -> list[list[str]]:
    return [[place.text for place in culprit.conflict] for culprit in explanation.culprits]


def _suggested(explanation: Explanation) -> dict[str, list[str]]:
    found = [*explanation.terms]
    return {unknown.term: [s.term for s in unknown.suggestions] for unknown in found}


def _literals(explanation: Explanation) -> dict[str, list[str]]:
    return {wrong.literal: [s.term for s in wrong.suggestions] for wrong in explanation.literals}


def test_a_query_with_rows_says_how_many(explain: Explainer) -> None:
    """Rows are counted, and nobody is blamed."""
    explanation = explain("SELECT ?x { ?x a ess:Person }")

    assert (explanation.outcome, explanation.rows) == ("rows", Count(2))
    assert explanation.culprits == ()


def test_rows_are_counted_to_a_bound(explain: Explainer) -> None:
    """A large answer is not read to its end."""
    explanation = explain("SELECT * { ?a ?b ?c . ?d ?e ?f }")

    assert explanation.rows == Count(CAP, more=True)


def test_the_first_pattern_that_empties_is_named_with_counts(explain: Explainer) -> None:
    """Text, line, column, solutions before it, matches alone, and rows without it."""
    explanation = explain(
        "SELECT ?x {\n  ?x a igeo:Commune ;\n    rdfs:label ?l ; # name\n    ess:siren ?s .\n"
        "  OPTIONAL { ?x ess:postalCode ?p }\n}"
    )

    (culprit,) = explanation.culprits
    assert _culprits(explanation) == [("?x ess:siren ?s", 4, 5)]
    assert (culprit.before, culprit.alone) == (Count(4), Count(3))
    assert _conflicts(explanation) == [["?x a igeo:Commune", "?x ess:siren ?s"]]
    assert explanation.without == Count(4)


def test_one_pattern_that_matches_nothing_is_alone_to_blame(explain: Explainer) -> None:
    """Its conflict is itself, wherever it stands."""
    explanation = explain("SELECT ?x { ?x ess:siret ?s ; a ess:Authority ; rdfs:label ?l }")

    assert _conflicts(explanation) == [["?x ess:siret ?s"]]
    assert explanation.culprits[0].before is None


def test_each_pattern_that_empties_is_named(explain: Explainer) -> None:
    """With two faults, without the first there is still no row: both are told."""
    explanation = explain("SELECT ?x { ?x a ess:Persn . ?x foaf:givenNam ?n . ?x rdfs:label ?l }")

    assert _conflicts(explanation) == [["?x a ess:Persn"], ["?x foaf:givenNam ?n"]]
    assert explanation.without is not None
    assert explanation.without.number > 0


@pytest.mark.parametrize(
    ("where", "culprit", "conflict"),
    [
        (
            "?x ess:inhabitants ?n FILTER(?n > 1000000) ?x rdfs:label ?l",
            "FILTER(?n > 1000000)",
            ["?x ess:inhabitants ?n", "FILTER(?n > 1000000)"],
        ),
        (
            "FILTER(?n > 1000000) ?x rdfs:label ?l . ?x ess:inhabitants ?n",
            "FILTER(?n > 1000000)",
            ["FILTER(?n > 1000000)", "?x ess:inhabitants ?n"],
        ),
        (
            "?x a ess:Person MINUS { ?x a foaf:Person }",
            "MINUS { ?x a foaf:Person }",
            ["?x a ess:Person", "MINUS { ?x a foaf:Person }"],
        ),
        (
            "?x a ess:Person FILTER NOT EXISTS { ?x foaf:givenName ?g }",
            "FILTER NOT EXISTS { ?x foaf:givenName ?g }",
            ["?x a ess:Person", "FILTER NOT EXISTS { ?x foaf:givenName ?g }"],
        ),
        (
            'VALUES ?c { "99999" } ?x igeo:codeINSEE ?c',
            "?x igeo:codeINSEE ?c",
            ['VALUES ?c { "99999" }', "?x igeo:codeINSEE ?c"],
        ),
        (
            'BIND("99999" AS ?c) ?x igeo:codeINSEE ?c',
            "?x igeo:codeINSEE ?c",
            ['BIND("99999" AS ?c)', "?x igeo:codeINSEE ?c"],
        ),
        (
            "?x a ess:Person OPTIONAL { ?x ess:siren ?s } FILTER(BOUND(?s))",
            "FILTER(BOUND(?s))",
            ["?x a ess:Person", "OPTIONAL { ?x ess:siren ?s }", "FILTER(BOUND(?s))"],
        ),
        (
            "?x a ess:Person ; (foaf:givenName|foaf:familyName)/rdfs:label ?l",
            "?x (foaf:givenName|foaf:familyName)/rdfs:label ?l",
            ["?x (foaf:givenName|foaf:familyName)/rdfs:label ?l"],
        ),
        (
            "?x a ess:Person . { SELECT ?x { ?x rdfs:lbel ?l } LIMIT 3 }",
            "?x rdfs:lbel ?l",
            ["?x rdfs:lbel ?l"],
        ),
        (
            "?x a ess:Person . { SELECT ?x { ?x a ess:Clipping } }",
            "SELECT ?x { ?x a ess:Clipping }",
            ["?x a ess:Person", "SELECT ?x { ?x a ess:Clipping }"],
        ),
        (
            '[ a ess:Mandate ; org:member [ rdfs:label "Nobody" ] ] org:role ?r',
            '[] rdfs:label "Nobody"',
            ['[] rdfs:label "Nobody"'],
        ),
        (
            "?x ess:list (1 ?y)",
            "?x ess:list []",
            ["?x ess:list []"],
        ),
        (
            f"GRAPH {COLLECTION} {{ ?x a ess:Person . ?y a igeo:Commune }}",
            "?y a igeo:Commune",
            ["?y a igeo:Commune"],
        ),
    ],
)
def test_each_kind_of_pattern_can_be_to_blame(
    explain: Explainer, where: str, culprit: str, conflict: list[str]
) -> None:
    """Filters, MINUS, EXISTS, VALUES, BIND, OPTIONAL, paths, SELECT inside, `[ … ]`, GRAPH."""
    explanation = explain(f"SELECT * {{ {where} }}")

    assert explanation.outcome == "empty"
    assert explanation.culprits[0].place.text == culprit
    assert _conflicts(explanation)[0] == conflict


def test_a_union_names_what_empties_each_branch(explain: Explainer) -> None:
    """The UNION is the culprit; each group has its own."""
    explanation = explain(
        "SELECT * { ?x a ess:Person . { ?x ess:siren ?s } UNION { ?x ess:sectr ?y } }"
    )

    (culprit,) = explanation.culprits
    assert culprit.place.kind == "union"
    assert [branch.place.text for branch in culprit.branches] == [
        "?x ess:siren ?s",
        "?x ess:sectr ?y",
    ]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("SELECT ?x { ?x a ess:Person } LIMIT 0", "limit"),
        ("SELECT ?x { ?x a ess:Person } OFFSET 2", "offset"),
        ("SELECT ?x { ?x a ess:Person } GROUP BY ?x HAVING(COUNT(*) > 1)", "having"),
        ("CONSTRUCT { ?x ess:p ?y } { ?x a ess:Person }", "construct"),
        ("ASK { ?x a ess:Persn }", "pattern"),
        ("DESCRIBE ?x { ?x a ess:Persn }", "pattern"),
        ("CONSTRUCT WHERE { ?x a ess:Persn }", "pattern"),
        ("SELECT (COUNT(*) AS ?n) { ?x a ess:Persn }", "pattern"),
        ("SELECT ?x { ?x a ess:Person } VALUES ?x { ess:Person }", "values"),
    ],
)
def test_each_form_and_clause_is_explained(explain: Explainer, query: str, kind: str) -> None:
    """What comes after a WHERE can empty a query as well."""
    explanation = explain(query)

    assert explanation.outcome == "empty"
    assert [culprit.place.kind for culprit in explanation.culprits] == [kind]


@pytest.mark.parametrize(
    ("query", "term", "proposed"),
    [
        ("SELECT ?x { ?x a ess:Initiativ }", "ess:Initiativ", "ess:Initiative"),
        ("SELECT ?x { ?x ess:sectr ?y }", "ess:sectr", "ess:sector"),
        ("SELECT ?x { ?x a igeo:Commune ; schema:name ?l }", "schema:name", "rdfs:label"),
        (
            "SELECT ?x { ?x a <http://schema.org/Question> }",
            "<http://schema.org/Question>",
            "schema:Question",
        ),
        (
            "PREFIX schema: <http://schema.org/> SELECT ?x { ?x a schema:Question }",
            "schema:Question",
            "PREFIX schema: <https://schema.org/>",
        ),
        (
            f"SELECT ?l {{ <{NAMES.base}id/commune/5065> rdfs:label ?l }}",
            f"<{NAMES.base}id/commune/5065>",
            f"<{NAMES.base}id/commune/05065>",
        ),
        (
            f"DESCRIBE <{NAMES.base}id/comune/05065>",
            f"<{NAMES.base}id/comune/05065>",
            f"<{NAMES.base}id/commune/05065>",
        ),
        (
            f"SELECT ?l {{ VALUES ?x {{ <{NAMES.base}id/place/microcentral> }} ?x rdfs:label ?l }}",
            f"<{NAMES.base}id/place/microcentral>",
            f"<{NAMES.base}id/place/microcentrale>",
        ),
        (
            f"SELECT ?x {{ GRAPH <{NAMES.base}graph/territoires> {{ ?x a igeo:Commune }} }}",
            f"<{NAMES.base}graph/territoires>",
            str(TERRITORIES),
        ),
        (
            "SELECT ?x { ?x a ess:Person FILTER EXISTS { ?x foaf:givenNam ?n } }",
            "foaf:givenNam",
            "foaf:givenName",
        ),
    ],
)
def test_an_unknown_term_comes_with_the_nearest(
    explain: Explainer, query: str, term: str, proposed: str
) -> None:
    """Classes, properties, entities and graphs; the namespace, the spelling or the meaning."""
    explanation = explain(query)

    assert list(_suggested(explanation)) == [term]
    assert _suggested(explanation)[term][0] == proposed


def test_the_properties_of_the_class_are_told(explain: Explainer) -> None:
    """A property of other entities than the query's is told with those that they have."""
    explanation = explain("SELECT ?x { ?x a igeo:Commune ; foaf:givenName ?n }")

    (missing,) = explanation.terms
    assert (missing.role, missing.of_class) == ("class-property", "igeo:Commune")
    assert {"igeo:codeINSEE", "igeo:nom", "rdfs:label"} <= set(missing.class_has)


@pytest.mark.parametrize(
    ("where", "literal", "proposed"),
    [
        ("?x igeo:codeINSEE 5065", "5065", '"05065"'),
        ('?x rdfs:label "Guillestre"', '"Guillestre"', '"Guillestre"@fr'),
        ('?x igeo:nom "Guillestre"@fr', '"Guillestre"@fr', '"Guillestre"'),
        ('?x igeo:nom "GUILLESTRE"', '"GUILLESTRE"', '"Guillestre"'),
        ('?x ess:inhabitants "2400"', '"2400"', "2400"),
        ("?x igeo:codeINSEE ?c FILTER(?c = 5065)", "5065", '"05065"'),
        ('?x rdfs:label ?l FILTER(?l IN ("Ceillac"))', '"Ceillac"', '"Ceillac"@fr'),
        ("VALUES ?c { 5065 } ?x igeo:codeINSEE ?c", "5065", '"05065"'),
        (
            '?x schema:foundingDate "1998"',
            '"1998"',
            '"1998"^^xsd:gYear',
        ),
    ],
)
def test_a_literal_of_another_type_is_told(
    explain: Explainer, where: str, literal: str, proposed: str
) -> None:
    """Datatype, language, case and zeros, in patterns, filters and VALUES."""
    explanation = explain(f"SELECT ?x {{ {where} }}")

    assert _literals(explanation) == {literal: [proposed]}


def test_equal_numbers_of_two_types_are_no_fault_of_a_filter(explain: Explainer) -> None:
    """A filter compares numbers by value."""
    explanation = explain("SELECT ?x { ?x ess:inhabitants ?n ; a ess:Person FILTER(?n = 300.0) }")

    assert explanation.outcome == "empty"
    assert explanation.literals == ()


def test_the_graph_that_matches_is_named(explain: Explainer) -> None:
    """By FROM, by the caller, or when one graph would have to hold what two do."""
    by_from = explain("SELECT ?x FROM graph:collection { ?x a igeo:Commune }")
    by_caller = explain("SELECT ?x { ?x a igeo:Commune }", default_graphs=[COLLECTION])
    across = explain("SELECT ?x { GRAPH ?g { ?x a igeo:Commune . ?i dcterms:spatial ?x } }")

    assert [other.graphs for other in by_from.graphs] == [(TERRITORIES.value,)]
    assert [other.graphs for other in by_caller.graphs] == [(TERRITORIES.value,)]
    assert [other.graphs for other in across.graphs] == [(TERRITORIES.value,), (COLLECTION.value,)]


def test_graphs_are_not_blamed_in_vain(explain: Explainer) -> None:
    """Where the union of all graphs is read, or has nothing either, no graph is proposed."""
    union = explain("SELECT ?x { ?x a igeo:Commune , ess:Person }")
    nowhere = explain("SELECT ?x FROM graph:collection { ?x a igeo:Commune , ess:Person }")

    assert union.graphs == ()
    assert [other.place.text for other in nowhere.graphs] == ["?x a igeo:Commune"]


@pytest.mark.parametrize(
    ("query", "kind", "names"),
    [
        ("SELECT * { ?x a ess:Person . ?y a ess:Clipping }", "cartesian", ()),
        ("SELECT * { ?x a ess:Person OPTIONAL { ?y a ess:Clipping } }", "cartesian", ()),
        ("SELECT * { ?x a ess:Person FILTER(?q > 1) }", "unbound-filter", ("?q",)),
        (
            "SELECT * { ?x a ess:Person { ?y ess:about ?z FILTER(?x != ?y) } ?y ess:about ?x }",
            "unbound-filter",
            ("?x",),
        ),
        ("SELECT ?x ?z { ?x a ess:Person }", "unbound-projection", ("?z",)),
        ("SELECT ?x { { SELECT ?x ?z { ?x a ess:Person } } }", "unbound-projection", ("?z",)),
        ("SELECT * { ?x ess:inhabitants ?n FILTER(STR(?n) = 5) }", "string-number", ()),
        ('SELECT * { ?x rdfs:label ?l FILTER(STRLEN(?l) < "5") }', "string-number", ()),
    ],
)
def test_doubtful_patterns_are_warned_of(query: str, kind: str, names: tuple[str, ...]) -> None:
    """From the text alone, one warning each."""
    found = warnings(f"{PREFIXES}\n{query}")

    assert [(warn.kind, warn.names) for warn in found] == [(kind, names)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?x a ess:Person . ?x ess:about ?y . ?y a ess:Clipping }",
        "SELECT * { ?x a ess:Person . ?y a ess:Clipping FILTER(?x = ?y) }",
        'SELECT * { VALUES ?lang { "fr" } ?x a ess:Person }',
        "SELECT * { ?x a ess:Person OPTIONAL { ?y ess:about ?z FILTER(?x = ?y) } }",
        "SELECT * { ?x a ess:Person FILTER(!BOUND(?q)) }",
        "SELECT * { ?x a ess:Person FILTER NOT EXISTS { ?x ess:about ?q } }",
        "SELECT ?t (COUNT(*) AS ?n) { ?x a ess:Person } GROUP BY (STR(?x) AS ?t)",
        'SELECT * { ?x rdfs:label ?l FILTER(STR(?l) = "5") }',
    ],
)
def test_sound_queries_raise_no_warning(query: str) -> None:
    """Joined through others or a filter, bound by OPTIONAL's left side or GROUP BY, same types."""
    assert warnings(f"{PREFIXES}\n{query}") == ()


def test_warnings_come_with_rows_too(explain: Explainer) -> None:
    """A query that finds something may still be doubtful."""
    explanation = explain("SELECT ?x ?z { ?x a ess:Person }")

    assert (explanation.outcome, len(explanation.warnings)) == ("rows", 1)


def test_comments_tabs_and_escapes_are_read(explain: Explainer) -> None:
    """A `#` in a comment, an IRI or a string, a tab, and a \\u escape change no pattern."""
    explanation = explain(
        "SELECT ?x { # { ' \"\n\t?x\t<http://www.w3.org/2000/01/rdf-schema#label> # here\n"
        '\t"# \\u00e9" # there\n . }'
    )

    assert _culprits(explanation) == [
        ('?x <http://www.w3.org/2000/01/rdf-schema#label> "# é"', 2, 2)
    ]


def test_a_query_too_deep_for_the_parser_is_said_to_be(explain: Explainer) -> None:
    """What rdflib does not read is not explained, nor does it fail."""
    deep = "(" * 30 + "?n > 1" + ")" * 30
    explanation = explain(f"SELECT ?x {{ ?x ess:inhabitants ?n FILTER({deep}) FILTER(false) }}")

    assert explanation.outcome == "unread"
    assert "deep" in explanation.reason


@pytest.mark.parametrize("query", ["SELECT ?x {", "SELECT ?x { SERVICE <http://a.example/> {} }"])
def test_a_query_that_is_refused_stays_refused(explain: Explainer, query: str) -> None:
    """Bad syntax and SERVICE are the guard's and the store's to tell."""
    with pytest.raises(QueryError):
        explain(query)


def test_what_was_not_tried_is_told(explain: Explainer) -> None:
    """Without any time left, nothing is asked, and the explanation says so."""
    explanation = explain("SELECT ?x ?z { ?x a ess:Persn }", budget_s=0.0)

    assert (explanation.outcome, explanation.untried) == ("unknown", ("rows",))
    assert [warn.kind for warn in explanation.warnings] == ["unbound-projection"]


class StuckStore(EmbeddedStore):
    """A store whose ASKs wait until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = Event()

    def ask(self, text: str) -> bool:
        """The answer, once let go."""
        self.go.wait(60)
        return super().ask(text)


def test_a_probe_that_outlives_the_time_is_left_behind() -> None:
    """The answer comes in time; `left_running` tells that the process is not at rest."""
    store = StuckStore()
    probes = Probes(store, None, None, budget_s=0.05)

    with pytest.raises(Spent):
        probes.anywhere("ASK {}")

    assert probes.left_running
    assert probes.seconds < 30
    store.go.set()
    probes.close()


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { ?x a ess:Person }",
        "SELECT ?x ?z { ?x a ess:Initiativ . ?y a ess:Clipping FILTER(STR(?y) > 5) FILTER(?q) }",
        "SELECT ?x { ?x a igeo:Commune ; foaf:givenName ?n ; igeo:codeINSEE 5065 }",
        "SELECT ?x FROM graph:collection { { ?x a igeo:Commune } UNION { ?x a ess:Nil } }",
        "SELECT ?x FROM graph:collection { ?x a igeo:Commune }",
        "SELECT (COUNT(*) AS ?n) { ?x a ess:Persn }",
        "SELECT ?x { ?x a ess:Person } OFFSET 2",
        "CONSTRUCT { ?x ess:p ?y } { ?x a ess:Person }",
    ],
)
def test_an_explanation_is_data_and_sentences(explain: Explainer, query: str, lang: str) -> None:
    """It goes through JSON unchanged, and each sentence is whole, in the language asked."""
    explanation = explain(query)
    said = explanation.sentences(lang)
    data = explanation.json()

    assert json.loads(json.dumps(data)) == data
    assert all(text.endswith(".") and "{line}" not in text for text in said)
    assert said[0].startswith("La requête" if lang == "fr" else "The query")


def test_french_sentences_have_their_spaces(explain: Explainer) -> None:
    """A colon and a quotation have the non-breaking spaces of French."""
    said = explain("SELECT ?x { ?x a ess:Persn ; rdfs:label ?l }").sentences("fr")

    assert said[1] == (
        f"Ligne {FIRST}\u00a0: «\u00a0?x a ess:Persn\u00a0» vide le résultat. "
        "Ce motif ne trouve rien, même seul."
    )

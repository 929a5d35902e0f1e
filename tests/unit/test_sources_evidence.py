"""Default assertions: every sourced fact of the collection has one, and only one."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from essgraph import vocab
from essgraph.sources import evidence

NAMES = vocab.Names()
PREFIXES = "\n".join(f"@prefix {name}: <{iri}> ." for name, iri in NAMES.prefixes.items())
STATED = NAMES.concept("evidence", "stated")
WORKS = "<https://data.example/works>"
NODE = f"""
    {WORKS} a ess:Initiative ;
        rdfs:label "Usine"@fr , "Works"@en ;
        dcterms:spatial <https://data.example/here> ;
        prov:hadPrimarySource <https://data.example/paper> , <https://data.example/report> ;
        ess:evidence <{STATED.value}> .
"""


TERMS = """
    dcterms:spatial rdfs:label "territoire"@fr , "territory"@en .
    foaf:givenName rdfs:label "prénom"@fr , "given name"@en .
"""


def collection(turtle: str) -> list[Triple]:
    """The triples of a Turtle text with the usual prefixes."""
    return [quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)]


def made(turtle: str) -> list[Triple]:
    """The default assertions of a collection."""
    return list(evidence.assertions(collection(turtle), collection(TERMS), NAMES))


def asserted(triples: list[Triple]) -> list[str]:
    """The predicates that the assertions are about, in order."""
    predicate = NamedNode(vocab.RDF + "predicate")
    return [NAMES.compact(str(t.object)[1:-1]) for t in triples if t.predicate == predicate]


def test_a_fact_gets_the_sources_and_evidence_of_its_node() -> None:
    """One assertion with the three terms, each source, the evidence, a label a language."""
    found = made(NODE)

    (assertion,) = {triple.subject for triple in found}
    assert {(NAMES.compact(t.predicate.value), t.object) for t in found} == {
        ("rdf:type", NAMES.ess("Assertion")),
        (
            "rdfs:label",
            Literal("Usine, territoire\u00a0: https://data.example/here", language="fr"),
        ),
        ("rdfs:label", Literal("Works, territory: https://data.example/here", language="en")),
        ("rdf:subject", NamedNode("https://data.example/works")),
        ("rdf:predicate", NamedNode(vocab.DCTERMS + "spatial")),
        ("rdf:object", NamedNode("https://data.example/here")),
        ("prov:hadPrimarySource", NamedNode("https://data.example/paper")),
        ("prov:hadPrimarySource", NamedNode("https://data.example/report")),
        ("ess:evidence", STATED),
    }
    assert str(assertion).startswith(f"<{NAMES.entity('assertion', '').value}")


def test_an_assertion_is_named_after_its_fact() -> None:
    """The IRI is the same whatever else the collection says, and differs between facts."""
    fact = NODE.replace("dcterms:spatial", "dcterms:subject")

    subjects = {t.subject for t in made(NODE + fact)}

    assert len(subjects) == 2
    assert {t.subject for t in made(NODE)} < subjects


def test_a_fact_with_an_assertion_of_its_own_gets_no_other() -> None:
    """Its source stays the explicit one; the assertion's own triples are no facts."""
    explicit = f"""
        <https://data.example/assertion> a ess:Assertion ;
            rdf:subject {WORKS} ;
            rdf:predicate dcterms:spatial ;
            rdf:object <https://data.example/here> ;
            prov:hadPrimarySource <https://data.example/other> ;
            ess:evidence <{STATED.value}> .
    """

    assert made(NODE + explicit) == []


def test_the_same_predicate_with_another_value_keeps_its_default() -> None:
    """Only the very fact that is asserted is left to its assertion."""
    explicit = f"""
        <https://data.example/assertion> a ess:Assertion ;
            rdf:subject {WORKS} ;
            rdf:predicate dcterms:spatial ;
            rdf:object <https://data.example/elsewhere> ;
            ess:evidence <{STATED.value}> .
    """

    assert asserted(made(NODE + explicit)) == ["dcterms:spatial"]


def test_names_classes_and_provenance_have_no_source_of_their_own() -> None:
    """Bookkeeping, a source's wording, our notes and links of contradiction are left out."""
    more = f"""
        {WORKS} skos:prefLabel "Usine"@fr ;
            skos:altLabel "Fabrique"@fr ;
            skos:editorialNote "À vérifier."@fr ;
            skos:note "Homonyme possible."@fr ;
            ess:wording "l’usine"@fr ;
            ess:contradicts <https://data.example/other> .
    """

    assert asserted(made(NODE + more)) == ["dcterms:spatial", "skos:altLabel"]


def test_a_node_without_evidence_has_no_default() -> None:
    """A publication, or a fact added to a node of another layer, is not sourced by guess."""
    assert made('<https://data.example/paper> dcterms:publisher "Le Journal" .') == []


def labels(turtle: str) -> list[Literal]:
    """The labels of the default assertions, in order."""
    found = [t.object for t in made(turtle) if t.predicate == vocab.RDFS_LABEL]
    return [label for label in found if isinstance(label, Literal)]


def test_a_name_without_language_is_said_in_both() -> None:
    """A person's name has no language; the sentence made of it has one."""
    person = f"""
        <https://data.example/who> rdfs:label "Une Personne" ;
            foaf:givenName "Une" ;
            ess:evidence <{STATED.value}> .
    """

    assert labels(person) == [
        Literal("Une Personne, prénom\u00a0: Une", language="fr"),
        Literal("Une Personne, given name: Une", language="en"),
    ]


@pytest.mark.parametrize(
    ("value", "french"),
    [
        ("<https://data.example/who>", "Usine, territoire\u00a0: Ici"),
        (f"<{NAMES.entity('commune', '05065').value}>", "Usine, territoire\u00a0: 05065"),
        ("false", "Usine, territoire\u00a0: non"),
        ("skos:Concept", "Usine, territoire\u00a0: skos:Concept"),
        ('"' + "x" * 80 + '"', "Usine, territoire\u00a0: " + "x" * 80),
        ('"' + "x" * 70 + " " + "y" * 20 + '"', f"Usine, territoire\u00a0: {'x' * 70} {'y' * 8}…"),
    ],
)
def test_a_value_is_named_where_its_name_is_at_hand(value: str, french: str) -> None:
    """By its label, else an entity's key, a yes or no, a short form, a text's beginning."""
    node = NODE.replace("<https://data.example/here>", value)
    here = '<https://data.example/who> rdfs:label "Ici"@fr , "Here"@en .'

    assert labels(node + here)[0] == Literal(french, language="fr")


def test_a_property_without_label_is_named_by_its_term() -> None:
    """Nothing is left unsaid for want of a label."""
    node = NODE.replace("dcterms:spatial", "dcterms:subject")

    assert labels(node)[0].value.startswith("Usine, dcterms:subject\u00a0: ")

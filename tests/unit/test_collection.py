"""The curated collection and the concept schemes keep their promises.

The one test that reads `data/` and `ontology/`: here the files themselves are under test.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple, parse

from essgraph import vocab
from essgraph.vocab import Names

ROOT = Path(__file__).parents[2]
NAMES = Names()
ENTITIES = NAMES.base + "id/"
FILES = sorted([*ROOT.glob("data/collection/*.ttl"), *ROOT.glob("data/foreign/*.ttl")])
SCHEMES = sorted(ROOT.glob("ontology/schemes/*.ttl"))
ONTOLOGY = [ROOT / "ontology/ess.ttl", ROOT / "ontology/external.ttl"]

SOURCE = NamedNode(vocab.PROV + "hadPrimarySource")
EVIDENCE = NAMES.ess("evidence")
SUBJECT = NamedNode(vocab.RDF + "subject")
PREDICATE = NamedNode(vocab.RDF + "predicate")
OBJECT = NamedNode(vocab.RDF + "object")
SPATIAL = NamedNode(vocab.DCTERMS + "spatial")

# Described by the territories layer, from the national open data.
ELSEWHERE = re.compile(
    r"(commune|epci|departement|region|country|collectivite-outre-mer)/[0-9A-Z]+"
    r"|organisation/[0-9]{9}"
)

Term = NamedNode | BlankNode | Literal | Triple
Index = dict[Term, dict[NamedNode, set[Term]]]


def read(paths: list[Path]) -> list[Triple]:
    """The triples of Turtle files, in file order."""
    return [Triple(q.subject, q.predicate, q.object) for path in paths for q in parse(path=path)]


def index(triples: list[Triple]) -> Index:
    """Subject -> predicate -> objects."""
    found: Index = defaultdict(lambda: defaultdict(set))
    for triple in triples:
        found[triple.subject][triple.predicate].add(triple.object)
    return found


TRIPLES = read(FILES)
NODES = index(TRIPLES)
CONCEPTS = index(read(SCHEMES))
TERMS = index(read(ONTOLOGY))


def of_class(local_name: str) -> list[Term]:
    """The subjects of one of our classes, by IRI."""
    wanted = NAMES.ess(local_name)
    return sorted((s for s in NODES if wanted in NODES[s][vocab.RDF_TYPE]), key=str)


def languages(values: set[Term]) -> list[str]:
    """The language tags of literals, sorted; "" for none."""
    return sorted(value.language or "" for value in values if isinstance(value, Literal))


def key(node: Term) -> str:
    """`kind/key` of an entity's IRI."""
    assert isinstance(node, NamedNode)
    return node.value.removeprefix(ENTITIES)


def texts(node: Term, predicate: NamedNode) -> set[str]:
    """The values of literals of a node."""
    return {v.value for v in NODES[node][predicate] if isinstance(v, Literal)}


def described_here(node: Term) -> bool:
    """Whether the collection describes the node, and not only adds facts to another layer's."""
    return bool(NODES[node][vocab.RDF_TYPE])


@pytest.mark.parametrize("path", [*FILES, *SCHEMES, *ONTOLOGY], ids=lambda path: path.name)
def test_files_have_no_blank_node(path: Path) -> None:
    """Every node of a curated file can be cited."""
    nodes = [node for triple in read([path]) for node in (triple.subject, triple.object)]

    assert nodes
    assert not [node for node in nodes if isinstance(node, BlankNode)]


def test_clippings_are_seventeen_in_order() -> None:
    """The collection has 17 clippings, at positions 1 to 17."""
    positions = sorted(
        int(v) for c in of_class("Clipping") for v in texts(c, NAMES.ess("position"))
    )

    assert positions == list(range(1, 18))


def test_title_only_clippings_say_so() -> None:
    """The eight clippings without text are the ones of the inventory."""
    bare = [c for c in of_class("Clipping") if "false" in texts(c, NAMES.ess("hasText"))]

    assert sorted(int(v) for c in bare for v in texts(c, NAMES.ess("position"))) == [
        *(2, 7, 8, 9, 11, 12, 14, 15)
    ]


def test_clippings_quote_a_publication() -> None:
    """A clipping is distinct from the publication that it quotes."""
    quoted = NamedNode(vocab.PROV + "wasQuotedFrom")

    assert not [
        c for c in of_class("Clipping") if not NODES[c][quoted] <= {*of_class("Publication")}
    ]
    assert not [c for c in of_class("Clipping") if not NODES[c][quoted]]


def test_labels_are_bilingual() -> None:
    """Each subject has one French and one English label; a person's is one untagged name."""
    people = set(of_class("Person"))
    wrong = [
        key(s)
        for s in NODES
        if described_here(s)
        and languages(NODES[s][vocab.RDFS_LABEL]) != ([""] if s in people else ["en", "fr"])
    ]

    assert wrong == []


def test_person_label_is_given_name_then_family_name() -> None:
    """A person is named given name then family name."""
    given, family = NamedNode(vocab.FOAF + "givenName"), NamedNode(vocab.FOAF + "familyName")
    wrong = [
        key(p)
        for p in of_class("Person")
        if texts(p, vocab.RDFS_LABEL)
        != {f"{g} {f}" for g in texts(p, given) for f in texts(p, family)}
    ]

    assert wrong == []


def test_concepts_are_bilingual() -> None:
    """Each scheme and concept has label, preferred label and definition in both languages."""
    required = (
        vocab.RDFS_LABEL,
        NamedNode(vocab.SKOS + "prefLabel"),
        NamedNode(vocab.SKOS + "definition"),
    )
    wrong = [
        (str(s), p.value)
        for s in CONCEPTS
        for p in required
        if languages(CONCEPTS[s][p]) != ["en", "fr"]
    ]

    assert len(CONCEPTS) > 150
    assert wrong == []


def test_concepts_are_in_the_scheme_of_their_file() -> None:
    """A concept lies in its scheme, below a concept of it or at its top."""
    scheme, broader, top = (
        NamedNode(vocab.SKOS + name) for name in ("inScheme", "broader", "topConceptOf")
    )
    wrong = [
        str(s)
        for s in CONCEPTS
        if CONCEPTS[s][scheme]
        and (
            {f"{str(s)[1:-1].rpartition('/')[0]}"} != {str(v)[1:-1] for v in CONCEPTS[s][scheme]}
            or not (CONCEPTS[s][broader] | CONCEPTS[s][top])
            or not all(v in CONCEPTS for v in CONCEPTS[s][broader])
        )
    ]

    assert wrong == []


def test_used_concepts_exist() -> None:
    """Each concept that the collection points at is in a scheme."""
    head = NAMES.base + "scheme/"
    used = {
        t.object
        for t in TRIPLES
        if isinstance(t.object, NamedNode) and t.object.value.startswith(head)
    }

    assert used
    assert used <= set(CONCEPTS)


def test_used_terms_have_bilingual_labels() -> None:
    """Pages can name each property and class that curated files use."""
    every = [*TRIPLES, *read(SCHEMES)]
    used = {t.predicate for t in every} | {t.object for t in every if t.predicate == vocab.RDF_TYPE}

    assert [str(t) for t in used if languages(TERMS[t][vocab.RDFS_LABEL]) != ["en", "fr"]] == []


def test_initiatives_are_placed_sourced_and_classified() -> None:
    """An initiative has a territory, a source and an instrument or sector."""
    source = NamedNode(vocab.DCTERMS + "source")
    wrong = [
        key(i)
        for i in of_class("Initiative")
        if not NODES[i][SPATIAL]
        or not NODES[i][source] <= {*of_class("Publication")}
        or not NODES[i][source]
        or not (NODES[i][NAMES.ess("instrument")] | NODES[i][NAMES.ess("sector")])
    ]

    assert len(of_class("Initiative")) >= 15
    assert wrong == []


def test_every_fact_has_a_source_and_a_kind_of_evidence() -> None:
    """A node carries its source and evidence; a fact about another layer's has an assertion."""
    exempt = {NamedNode(vocab.TIME + "Interval"), NamedNode(vocab.TIME + "Instant")}
    claims = {
        (s, p, o)
        for a in of_class("Assertion")
        for s in NODES[a][SUBJECT]
        for p in NODES[a][PREDICATE]
        for o in NODES[a][OBJECT]
    }
    bare = [
        key(s)
        for s in NODES
        if described_here(s)
        and not exempt & NODES[s][vocab.RDF_TYPE]
        and not (NODES[s][SOURCE] and len(NODES[s][EVIDENCE]) == 1)
    ]
    unclaimed = [
        (key(t.subject), t.predicate.value)
        for t in TRIPLES
        if not described_here(t.subject) and (t.subject, t.predicate, t.object) not in claims
    ]

    assert bare == []
    assert unclaimed == []


def test_assertions_are_of_facts_in_the_graph() -> None:
    """An assertion names one fact, and the collection states that fact."""
    facts = {(t.subject, t.predicate, t.object) for t in TRIPLES}
    wrong = [
        key(a)
        for a in of_class("Assertion")
        if [len(NODES[a][p]) for p in (SUBJECT, PREDICATE, OBJECT)] != [1, 1, 1]
        or (*NODES[a][SUBJECT], *NODES[a][PREDICATE], *NODES[a][OBJECT]) not in facts
    ]

    assert wrong == []


def test_what_a_source_states_is_about_what_it_knows() -> None:
    """A fact is not "stated" by default where it leads to a node known from elsewhere."""
    stated = NAMES.concept("evidence", "stated")
    claims = {
        (*NODES[a][SUBJECT], *NODES[a][PREDICATE], *NODES[a][OBJECT])
        for a in of_class("Assertion")
        if stated not in NODES[a][EVIDENCE]
    }
    wrong = [
        (key(t.subject), t.predicate.value, key(t.object))
        for t in TRIPLES
        if stated in NODES[t.subject][EVIDENCE]
        and t.object in NODES
        and NODES[t.object][EVIDENCE] - {stated}
        and t.predicate not in {SOURCE, SUBJECT, OBJECT, NAMES.ess("contradicts")}
        and (t.subject, t.predicate, t.object) not in claims
    ]

    assert wrong == []


def test_links_lead_somewhere() -> None:
    """A link to an entity ends at a node of the collection or at a territory or its authority."""
    linked = {
        t.object
        for t in TRIPLES
        if isinstance(t.object, NamedNode) and t.object.value.startswith(ENTITIES)
    }
    known = {s for s in NODES if described_here(s)}

    assert [key(o) for o in linked - known if not ELSEWHERE.fullmatch(key(o))] == []


def test_facts_about_other_layers_are_about_territories_and_authorities() -> None:
    """The collection adds facts only to nodes that the territories layer can describe."""
    others = [key(s) for s in NODES if not described_here(s)]

    assert [k for k in others if not ELSEWHERE.fullmatch(k)] == []


def test_contradictions_link_both_ways() -> None:
    """Both ends of a contradiction are kept and name each other."""
    contradicts = NAMES.ess("contradicts")
    pairs = {(key(t.subject), key(t.object)) for t in TRIPLES if t.predicate == contradicts}

    assert pairs == {(b, a) for a, b in pairs}
    assert {a for a, _ in pairs} == {
        "figure/caumont-habitants-4600",
        "figure/caumont-habitants-4700",
        "assertion/sivu-1985",
        "assertion/sivu-1998",
    }


def test_figures_have_a_value_and_say_what_they_measure() -> None:
    """A figure has a value or both bounds, a unit or currency, and a bilingual measure."""
    value, low, high, unit, currency = (
        NamedNode(vocab.SCHEMA + name)
        for name in ("value", "minValue", "maxValue", "unitText", "currency")
    )
    wrong = [
        key(f)
        for f in of_class("Figure")
        if not (NODES[f][value] or (NODES[f][low] and NODES[f][high]))
        or not (NODES[f][unit] or NODES[f][currency])
        or languages(NODES[f][NAMES.ess("measures")]) != ["en", "fr"]
    ]

    assert wrong == []


def test_sirens_pass_the_luhn_check() -> None:
    """No SIREN of the collection, as value or as key, is mistyped."""
    written = {v for s in NODES for v in texts(s, NAMES.ess("siren"))}
    keys = {k for k in map(key, NODES) if re.fullmatch(r"(organisation|epci)/[0-9]{9}", k)}
    sirens = written | {k.partition("/")[2] for k in keys}

    assert len(sirens) > 15
    assert [s for s in sirens if not _luhn(s)] == []


def _luhn(digits: str) -> bool:
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def test_french_text_is_typeset() -> None:
    """French text has typographic apostrophes and non-breaking spaces; titles stay as given."""
    title = NamedNode(vocab.DCTERMS + "title")
    bad = re.compile(r"'| [:;?!%»]|« |\w[:;?!] ")
    wrong = [
        t.object.value
        for t in [*TRIPLES, *read(SCHEMES), *read(ONTOLOGY)]
        if isinstance(t.object, Literal)
        and t.object.language == "fr"
        and t.predicate != title
        and bad.search(t.object.value)
    ]

    assert wrong == []

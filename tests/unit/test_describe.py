"""Descriptions of the tiny graph: facts, sources, incoming links, in the reader's language."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from essgraph import describe, profiles, vocab
from essgraph.config import Settings
from essgraph.describe import Description, Fact, Text
from essgraph.describe.links import COUNTED, READ_WHOLE
from essgraph.errors import NotFound
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

NAMES = Names()
SETTINGS = Settings()
PROFILES = profiles.read(SETTINGS.shapes_dir, SETTINGS.ontology_dir, NAMES)
INITIATIVE = NAMES.entity("initiative", "microcentrale-cristillan")
ARTICLE = NAMES.entity("publication", "article-microcentrale")
SIVU = NAMES.entity("organisation", "sivu-cristillan")
GUILLESTRE = NAMES.entity("commune", "05065")
DESCRIPTION = vocab.DCTERMS + "description"


def _describe(
    store: EmbeddedStore, iri: NamedNode, lang: str = "fr", limit: int = 20
) -> Description:
    return describe.describe(store, iri, NAMES, lang, limit, PROFILES)


def _fact(found: Description, prop: str) -> Fact:
    (fact,) = (fact for fact in found.facts if fact.property.iri == prop)
    return fact


def _key(iri: str) -> str:
    return iri.rpartition("/")[2]


def test_initiative_is_told(tiny: EmbeddedStore) -> None:
    """Label, class, and each person, place and body as a link with its label and class."""
    found = _describe(tiny, INITIATIVE)
    told = {
        _key(fact.property.iri): [value.text.value for value in fact.values] for fact in found.facts
    }

    assert found.label == Text("Microcentrale hydroélectrique du Cristillan", "fr")
    assert [link.label.value for link in found.classes] == ["Initiative"]
    assert told["spatial"] == ["Ceillac", "Guillestre"]
    assert told["ontology#carriedBy"] == ["Sivu du Cristillan"]
    assert told["ontology#initiatedBy"] == ["Louis Abrard"]
    assert told["ontology#ledBy"] == ["Bernard Leterrier"]
    assert told["ontology#partner"] == ["Enercoop"]
    assert told["ontology#site"] == ["Microcentrale du Cristillan"]
    assert told["source"] == ["Une microcentrale entre deux communes"]


def test_values_are_links(tiny: EmbeddedStore) -> None:
    """A value that is a resource carries IRI, label and most telling class."""
    value = _fact(_describe(tiny, INITIATIVE), NAMES.ess("carriedBy").value).values[0]

    assert value.link is not None
    assert value.link.iri == SIVU.value
    assert value.link.class_iri == NAMES.ess("Authority").value
    assert value.link.class_label == Text("Collectivité ou groupement", "fr")


def test_reading_order(tiny: EmbeddedStore) -> None:
    """What it is, then where, who and how; sources last; the same each time."""
    found = _describe(tiny, INITIATIVE).facts
    facts = [NAMES.compact(fact.property.iri) for fact in found]
    headings = [fact.heading.label.value for fact in found if fact.heading is not None]

    assert facts[:2] == ["dcterms:description", "dcterms:spatial"]
    assert facts[-3:] == ["dcterms:source", "prov:hadPrimarySource", "ess:evidence"]
    assert list(dict.fromkeys(headings)) == [
        "En bref", "Où", "Qui", "Avec qui", "Comment", "D’où cela vient"
    ]  # fmt: skip


def test_facts_are_called_as_the_shapes_call_them(tiny: EmbeddedStore) -> None:
    """A property has the name of its shape for that class, else its own label."""
    parent = vocab.IGEO + "subdivisionDe"
    told = _fact(_describe(tiny, GUILLESTRE, "en"), parent)
    plain = _fact(describe.describe(tiny, GUILLESTRE, NAMES, "en", 20), parent)

    assert told.property.label == Text("part of", "en")
    assert (plain.property.label, plain.heading) == (Text("subdivision of", "en"), None)


@pytest.mark.parametrize(("lang", "start"), [("fr", "Deux communes"), ("en", "Two communes")])
def test_text_in_the_readers_language(tiny: EmbeddedStore, lang: str, start: str) -> None:
    """Of texts in several languages, only the reader's is shown."""
    fact = _fact(_describe(tiny, INITIATIVE, lang), DESCRIPTION)

    assert [value.text.lang for value in fact.values] == [lang]
    assert fact.values[0].text.value.startswith(start)


def test_other_language_rather_than_nothing(tiny: EmbeddedStore) -> None:
    """Without text in the reader's language all are shown, each with its own."""
    fact = _fact(_describe(tiny, INITIATIVE, "de"), DESCRIPTION)

    assert [value.text.lang for value in fact.values] == ["fr", "en"]


@pytest.mark.parametrize(
    ("iri", "lang", "expected"),
    [
        (NAMES.entity("organisation", "journal-local"), "en", Text("Le Journal local", "fr")),
        (NAMES.entity("person", "louis-abrard"), "en", Text("Louis Abrard")),
        (NAMES.ess("Initiative"), "en", Text("Initiative", "en")),
        (NAMES.ess("answeredBy"), "fr", Text("answeredBy")),
        (
            NamedNode("https://journal.example/microcentrale"),
            "fr",
            Text("https://journal.example/microcentrale"),
        ),
    ],
)
def test_label_falls_back(tiny: EmbeddedStore, iri: NamedNode, lang: str, expected: Text) -> None:
    """Asked language, French, English, none, any; then the name in the IRI."""
    store = EmbeddedStore()
    for triple in tiny.construct("CONSTRUCT WHERE { ?s ?p ?o }"):
        _add(store, triple)
    _add(store, Triple(iri, NamedNode(vocab.DCTERMS + "format"), Literal("x")))

    assert _describe(store, iri, lang).label == expected


def _add(store: EmbeddedStore, *triples: Triple, layer: str = "collection") -> None:
    lines = "".join(f"{triple} .\n" for triple in triples)
    store.load(lines.encode(), RdfFormat.N_TRIPLES, NAMES.graph(layer))


def test_each_fact_has_its_source(tiny: EmbeddedStore) -> None:
    """A fact with an assertion cites it; contradictions cite each its own."""
    found = _describe(tiny, SIVU)
    cited = {
        value.text.value: [found.sources[note - 1] for note in value.notes]
        for value in _fact(found, vocab.SCHEMA + "foundingDate").values
    }

    assert {year: [_key(s.link.iri) for s in sources] for year, sources in cited.items()} == {
        "1985": ["page-syndicat"],
        "1998": ["article-microcentrale"],
    }
    assert [kind.label for kind in cited["1985"][0].evidence] == [Text("source extérieure", "fr")]
    assert cited["1998"][0].wording == Text("né en 1998", "fr")


def test_source_has_its_details(tiny: EmbeddedStore) -> None:
    """Publisher, date and address of a source are told."""
    found = _describe(tiny, INITIATIVE)
    details = {_key(prop.iri): value.text.value for prop, value in found.sources[0].details}

    assert found.sources[0].link.iri == ARTICLE.value
    assert details == {
        "publisher": "Le Journal local",
        "issued": "2011-05",
        "url": "https://journal.example/microcentrale",
    }


def test_fact_without_assertion_has_the_source_of_its_node(tiny: EmbeddedStore) -> None:
    """The node's source and evidence stand for all its facts."""
    found = _describe(tiny, NAMES.entity("policy", "achats-responsables"))
    notes = _fact(found, vocab.DCTERMS + "spatial").values[0].notes
    evidence = found.sources[notes[0] - 1].evidence

    assert [_key(found.sources[note - 1].link.iri) for note in notes] == ["article-microcentrale"]
    assert [kind.label for kind in evidence] == [Text("déduit", "fr")]


def test_fact_of_open_data_has_the_source_of_its_graph(tiny: EmbeddedStore) -> None:
    """Territories cite the dataset their graph is derived from, and say their layer."""
    found = _describe(tiny, GUILLESTRE)
    value = _fact(found, NAMES.ess("inhabitants").value).values[0]

    assert [found.sources[note - 1].link.label.value for note in value.notes] == [
        "Découpage administratif"
    ]
    assert [graph.label.value for graph in found.graphs] == ["Territoires"]


def test_facts_of_two_layers_side_by_side(tiny: EmbeddedStore) -> None:
    """One body, facts of two layers: each has its source."""
    found = _describe(tiny, NAMES.entity("organisation", "210500658"))
    members = {
        value.text.value: found.sources[value.notes[0] - 1].link.label.value
        for value in _fact(found, vocab.ORG + "memberOf").values
    }

    assert members == {
        "Communauté de communes du Guillestrois et du Queyras": "Découpage administratif",
        "Sivu du Cristillan": "Une microcentrale entre deux communes",
    }


def test_literals_keep_their_datatype(tiny: EmbeddedStore) -> None:
    """A number says that it is one; a code is plain text."""
    found = _describe(tiny, GUILLESTRE)

    assert _fact(found, NAMES.ess("inhabitants").value).values[0].datatype == (
        vocab.XSD + "integer"
    )
    assert _fact(found, vocab.IGEO + "codeINSEE").values[0].datatype == ""


def test_point_and_links_out(tiny: EmbeddedStore) -> None:
    """A centroid is a point rather than a fact; links to elsewhere are apart."""
    commune = _describe(tiny, GUILLESTRE)
    body = _describe(tiny, NAMES.entity("organisation", "enercoop"))

    assert commune.point == (6.65, 44.66)
    assert not any("Centroid" in fact.property.iri for fact in commune.facts)
    assert [fact.values[0].text.value for fact in body.links_out] == [
        "https://example.org/entity/enercoop"
    ]


@pytest.mark.parametrize("text", ["POINT(1.2.3 4)", "POINT EMPTY", "POLYGON((0 0, 1 1, 0 0))", ""])
def test_other_geometry_is_no_point(text: str) -> None:
    """What is no point of two numbers is left out, not guessed."""
    store = EmbeddedStore()
    geometry = NAMES.entity("geometry", "x")
    wkt = Literal(text, datatype=vocab.WKT_LITERAL)
    _add(
        store,
        Triple(GUILLESTRE, NamedNode(vocab.GEO + "hasCentroid"), geometry),
        Triple(geometry, NamedNode(vocab.GEO + "asWKT"), wkt),
    )

    assert _describe(store, GUILLESTRE).point is None


def test_incoming_by_property_and_class(tiny: EmbeddedStore) -> None:
    """What points here is grouped, labelled and counted; assertions and geometry are not."""
    found = _describe(tiny, GUILLESTRE)
    groups = {
        (group.property.label.value, group.class_label.value): (
            [link.label.value for link in group.links],
            group.total,
            group.exact,
        )
        for group in found.incoming
    }

    assert groups == {
        ("administre", "Collectivité ou groupement"): (["Commune de Guillestre"], 1, True),
        ("territoire", "Initiative"): (["Microcentrale hydroélectrique du Cristillan"], 1, True),
        ("territoire", "Mandat"): (["Maire de Guillestre : Louis Abrard"], 1, True),
    }


def test_assertions_do_not_point_at_their_source(tiny: EmbeddedStore) -> None:
    """A publication shows what it supports, not the assertions that say so."""
    found = _describe(tiny, ARTICLE)

    assert not any(group.class_iri == NAMES.ess("Assertion").value for group in found.incoming)
    assert any(group.property.iri == vocab.PROV + "hadPrimarySource" for group in found.incoming)


def test_lists_are_capped_and_counted(tiny: EmbeddedStore) -> None:
    """No list is longer than the limit, and each says how many there are."""
    found = _describe(tiny, INITIATIVE, limit=1)
    spatial = _fact(found, vocab.DCTERMS + "spatial")
    department = _describe(tiny, NAMES.entity("departement", "05"), limit=1)
    (communes,) = (
        group for group in department.incoming if group.class_iri == vocab.IGEO + "Commune"
    )

    assert (len(spatial.values), spatial.total) == (1, 2)
    assert (len(communes.links), communes.total) == (1, 2)


def _crowd(amount: int, predicate: str, target: NamedNode) -> EmbeddedStore:
    store = EmbeddedStore()
    type_, place = NamedNode(vocab.RDF + "type"), NAMES.ess("Place")
    triples = []
    for number in range(amount):
        subject = NAMES.entity("place", f"{number:05}")
        triples += [Triple(subject, NamedNode(predicate), target), Triple(subject, type_, place)]
    _add(store, *triples)
    return store


@pytest.mark.parametrize(
    ("amount", "total", "exact"),
    [
        (READ_WHOLE, READ_WHOLE, True),
        (READ_WHOLE + 1, READ_WHOLE + 1, True),
        (COUNTED, COUNTED, True),
        (COUNTED + 1, COUNTED, False),
        (3 * COUNTED, COUNTED, False),
    ],
)
def test_many_incoming_links_are_counted(amount: int, total: int, exact: bool) -> None:
    """Links are counted up to a bound, beyond which it is said; few are read."""
    store = _crowd(amount, vocab.DCTERMS + "spatial", GUILLESTRE)
    (group,) = _describe(store, GUILLESTRE, limit=5).incoming

    assert (group.total, group.exact, len(group.links)) == (total, exact, 5)
    assert group.class_iri == NAMES.ess("Place").value


def _partition(kind: str, iri: str, unit: str, amount: int) -> list[Triple]:
    node = NamedNode(f"{NAMES.graph('meta').value}#{kind}")
    return [
        Triple(node, NamedNode(vocab.VOID + kind), NamedNode(iri)),
        Triple(node, NamedNode(vocab.VOID + unit), Literal(amount)),
    ]


def test_rare_property_behind_a_crowd() -> None:
    """However many links come first, a property of the release's description is found."""
    store = _crowd(3 * COUNTED, vocab.DCTERMS + "spatial", GUILLESTRE)
    near = NAMES.ess("near")
    _add(store, Triple(NAMES.entity("place", "99999"), near, GUILLESTRE))
    _add(store, *_partition("property", near.value, "triples", 1), layer="meta")
    groups = _describe(store, GUILLESTRE, limit=5).incoming

    assert {group.property.iri: (group.total, group.exact) for group in groups} == {
        near.value: (1, True),
        vocab.DCTERMS + "spatial": (COUNTED, False),
    }


def test_few_are_grouped_beside_many() -> None:
    """Of many links those of the rarest properties are read whole, and grouped by class."""
    store = _crowd(READ_WHOLE, vocab.DCTERMS + "spatial", GUILLESTRE)
    near, type_ = NAMES.ess("near"), NamedNode(vocab.RDF + "type")
    for key, kind in (("a", "Place"), ("b", "Event")):
        entity = NAMES.entity("place", key)
        _add(store, Triple(entity, near, GUILLESTRE), Triple(entity, type_, NAMES.ess(kind)))
    groups = _describe(store, GUILLESTRE, limit=5).incoming

    assert {(_key(group.property.iri), group.class_iri, group.total) for group in groups} == {
        ("ontology#near", NAMES.ess("Event").value, 1),
        ("ontology#near", NAMES.ess("Place").value, 1),
        ("spatial", NAMES.ess("Place").value, READ_WHOLE),
    }


def test_size_of_a_class_is_known_from_the_release() -> None:
    """Entities of a class beyond the bound are not counted, and yet told exactly."""
    place = NAMES.ess("Place")
    store = _crowd(3 * COUNTED, vocab.DCTERMS + "spatial", GUILLESTRE)
    _add(store, *_partition("class", place.value, "entities", 3 * COUNTED), layer="meta")
    totals = {
        group.property.iri: (group.total, group.exact)
        for group in _describe(store, place, limit=5).incoming
    }

    assert totals[vocab.RDF + "type"] == (3 * COUNTED, True)


def test_many_cited_are_not_counted_to_the_end() -> None:
    """Where assertions have to be left out, counting stops and says so."""
    store = _crowd(COUNTED + 1, vocab.PROV + "hadPrimarySource", ARTICLE)
    (group,) = _describe(store, ARTICLE, limit=5).incoming

    assert (group.total, group.exact, len(group.links)) == (COUNTED, False, 5)


def test_assertions_do_not_use_up_the_bound() -> None:
    """What cites a source is found behind any number of assertions of the build."""
    source = NamedNode(vocab.PROV + "hadPrimarySource")
    store = _crowd(1, source.value, ARTICLE)
    written = [NAMES.entity("assertion", f"{number:05}") for number in range(2 * COUNTED)]
    type_, assertion = NamedNode(vocab.RDF + "type"), NAMES.ess("Assertion")
    triples = [
        t for x in written for t in (Triple(x, source, ARTICLE), Triple(x, type_, assertion))
    ]
    _add(store, *triples, layer="evidence")
    (group,) = _describe(store, ARTICLE, limit=5).incoming

    assert [_key(link.iri) for link in group.links] == ["00000"]
    assert (group.total, group.exact) == (1, True)


def test_incoming_pages_are_a_partition() -> None:
    """Pages are in order of IRI, each link once, the count exact."""
    spatial = NamedNode(vocab.DCTERMS + "spatial")
    store = _crowd(25, spatial.value, GUILLESTRE)
    pages = [
        describe.incoming(store, GUILLESTRE, spatial, NAMES, "fr", limit=10, offset=offset)
        for offset in (0, 10, 20, 30)
    ]

    assert [len(page.links) for page in pages] == [10, 10, 5, 0]
    assert {page.total for page in pages} == {25}
    assert [_key(link.iri) for page in pages for link in page.links] == [
        f"{number:05}" for number in range(25)
    ]


def test_incoming_page_is_labelled(tiny: EmbeddedStore) -> None:
    """A page says of what, and by which property."""
    spatial = NamedNode(vocab.DCTERMS + "spatial")
    page = describe.incoming(tiny, GUILLESTRE, spatial, NAMES, "en", limit=10, offset=0)

    assert page.label == Text("Guillestre", "fr")
    assert page.property.label == Text("territory", "en")
    assert [link.class_label.value for link in page.links] == ["Initiative", "Mandate"]


def test_concepts_and_terms_are_described(tiny: EmbeddedStore) -> None:
    """A concept and a class are resources like others."""
    concept = _describe(tiny, NAMES.concept("instrument", "PUR.supply"))
    term = _describe(tiny, NAMES.ess("Policy"))

    assert concept.label.value == "Contrat avec une coopérative"
    assert [g.property.label.value for g in concept.incoming] == ["instrument"]
    assert any(group.property.iri == vocab.RDF + "type" for group in term.incoming)


def test_unknown_is_not_found(tiny: EmbeddedStore) -> None:
    """What the graph does not know has no description, and is named."""
    nobody = NAMES.entity("person", "nobody")
    with pytest.raises(NotFound, match="person/nobody"):
        _describe(tiny, nobody)

    assert not describe.exists(tiny, nobody)
    assert describe.exists(tiny, INITIATIVE)


def test_known_only_as_an_object(tiny: EmbeddedStore) -> None:
    """What is only pointed at exists, and shows what points at it."""
    page = NamedNode("https://journal.example/microcentrale")

    assert describe.exists(tiny, page)
    assert [group.total for group in _describe(tiny, page).incoming] == [1]


def test_data_holds_facts_assertions_and_incoming(tiny: EmbeddedStore) -> None:
    """The RDF of an entity: its triples, its point, what is asserted, what points at it."""
    found = describe.data(tiny, GUILLESTRE, NAMES)
    subjects = {_key(triple.subject.value) for triple in found.triples}  # type: ignore[union-attr]

    assert subjects == {
        "05065",
        "commune-05065",
        "210500658",
        "microcentrale-cristillan",
        "abrard-maire-guillestre",
    }
    assert not found.truncated
    assert len(found.triples) == len(set(found.triples))


def test_data_of_an_asserted_subject(tiny: EmbeddedStore) -> None:
    """Assertions about an entity come whole, those that only name it do not."""
    found = describe.data(tiny, SIVU, NAMES).triples
    whole = {
        _key(triple.subject.value)  # type: ignore[union-attr]
        for triple in found
        if triple.predicate.value == vocab.PROV + "hadPrimarySource"
    }

    assert whole == {"sivu-cristillan", "sivu-1998", "sivu-1985"}


def test_data_says_when_it_is_cut() -> None:
    """More incoming links than are given are told."""
    store = _crowd(1001, vocab.DCTERMS + "spatial", GUILLESTRE)
    found = describe.data(store, GUILLESTRE, NAMES)

    assert (len(found.triples), found.truncated) == (1000, True)

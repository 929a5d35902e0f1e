"""Proposals: the form of the shapes, values as triples and back, what is said of faults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Dataset, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from essgraph import profiles, proposals, search, vocab
from essgraph.config import Settings
from essgraph.profiles import NO_PROFILES
from essgraph.proposals import Fault, Found, Proposal, dates
from essgraph.search import SearchIndex
from essgraph.shacl import engine
from essgraph.shacl.data import of_files
from essgraph.sources import ntriples, turtle
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names
from tests.conftest import TINY, source_of

NAMES = Names()
SETTINGS = Settings()
PROFILES = profiles.read(SETTINGS.shapes_dir, SETTINGS.ontology_dir, NAMES)
FORM = proposals.read(PROFILES, NAMES)
CAUMONT = NAMES.entity("initiative", "mutuelle-communale-caumont")
CHECKER = proposals.Checker(SETTINGS.shapes_dir, NAMES, PROFILES, FORM)

WHOLE: Mapping[str, list[str]] = {
    "name.fr": ["Épicerie solidaire de Guillestre"],
    "description.fr": ["Une épicerie ouverte à tous."],
    "spatial": ["05065"],
    "sector": ["énergie"],
    "instrument": ["PUR.supply"],
    "partner": ["Épicerie pour tous"],
    "startDate": ["octobre 2013"],
    "source.title": ["Une épicerie pour tous"],
    "source.url": ["https://exemple.fr/epicerie"],
    "source.issued": ["05/10/2013"],
    "new.organisation": ["Épicerie pour tous"],
    "new.legalForm": ["7210"],
}


class Shorts:
    """A graph where every short address means itself, and nothing else is known."""

    def __init__(self, *taken: NamedNode) -> None:
        self._taken = taken

    def entity(self, text: str, classes: tuple[str, ...]) -> Found:
        """The entity of a text such as commune/05065."""
        kind, slash, key = text.partition("/")
        return Found(NAMES.entity(kind, key)) if slash else Found()

    def concept(self, text: str, scheme: str) -> Found:
        """The concept of a text such as scheme/sector/energie."""
        return Found(NamedNode(NAMES.base + text)) if text.startswith("scheme/") else Found()

    def taken(self, iri: NamedNode) -> bool:
        """Whether the address is one of those given."""
        return iri in self._taken


@pytest.fixture(name="release", scope="module")
def _release(tiny: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> proposals.Release:
    """The meanings of tiny.trig."""
    folder = tmp_path_factory.mktemp("proposals")
    search.build([source_of(tiny, folder)], folder / "search.sqlite", NAMES)
    return proposals.Release(tiny, SearchIndex(folder / "search.sqlite"), NAMES, PROFILES, "fr")


def _draft(release: proposals.Release, **values: str) -> Proposal:
    """The whole example with some values in place of others; "" leaves one out."""
    changed = {key.replace("__", "."): [text] if text else [] for key, text in values.items()}
    return proposals.draft({**WHOLE, **changed}, FORM, NAMES, release)


def _faults(proposal: Proposal) -> list[tuple[str, str]]:
    return [(fault.key, fault.texts["fr"]) for fault in proposal.faults]


@pytest.mark.parametrize("class_name", ["Initiative", "Publication", "Organisation"])
def test_the_form_has_every_field_that_the_shapes_mark(class_name: str) -> None:
    """What `shape:form` marks is filled in somewhere, in French and English."""
    marked = [f for f in PROFILES.of([NAMES.ess(class_name).value]).fields if f.form]
    of_class = {"Initiative": FORM.initiative, "Publication": FORM.publication}
    offered = of_class.get(class_name, FORM.entities)
    label = vocab.RDFS + "label"
    untold = {field.path for field in marked} - {field.path for field in offered}

    assert len(marked) > 1
    assert untold <= (set() if class_name == "Initiative" else {label})
    assert [f.key for f in FORM.fields if {"fr", "en"} - set(f.names)] == []


def test_each_field_has_a_name_of_its_own() -> None:
    """No two columns of a spreadsheet are called alike, nor two fields keyed alike."""
    for lang in ("fr", "en"):
        called = [field.called(lang) for field in FORM.fields]
        assert len(called) == len(set(called))
    assert len({field.key for field in FORM.fields}) == len(FORM.fields)


def test_no_shape_no_field_but_those_of_new_entities() -> None:
    """Without shapes there is nothing to fill in."""
    assert proposals.read(NO_PROFILES, NAMES).initiative == ()


def test_a_whole_proposal_conforms_beside_the_release(
    release: proposals.Release, tiny: EmbeddedStore
) -> None:
    """What names what the graph has, and describes the rest, has no fault."""
    proposal = _draft(release)

    assert _faults(proposal) == []
    assert CHECKER.check([proposal], tiny) == [()]


def test_what_is_made_passes_validate_with_the_ontology(
    release: proposals.Release, tmp_path: Path
) -> None:
    """The file that is downloaded is Turtle that `essgraph validate` finds nothing wrong with."""
    file = tmp_path / "proposal.ttl"
    file.write_text(proposals.written(_draft(release).triples, NAMES), "utf-8")
    ontology = (
        ntriples.statement(triple)
        for path in turtle.files(SETTINGS.ontology_dir)
        for triple in turtle.read(path, NAMES)
    )
    with of_files([file], NAMES, ontology) as data:
        report = engine.validate(data, SETTINGS.shapes_dir, "fast", NAMES)

    assert report.blocking().results == ()


def test_the_turtle_says_the_same_triples(release: proposals.Release) -> None:
    """Nothing is lost in writing: quotes, ends of lines and addresses come back."""
    proposal = _draft(release, description__fr='Un "mot" \\ deux\nlignes')
    text = proposals.written(proposal.triples, NAMES)

    assert {quad.triple for quad in parse(text, RdfFormat.TURTLE)} == set(proposal.triples)


def test_the_form_makes_of_an_entry_what_the_collection_says() -> None:
    """The values of a real initiative give the triples that data/collection has for them."""
    file = SETTINGS.data_dir / "collection" / "10-mutuelle-caumont.ttl"
    said = {triple for triple in turtle.read(file, NAMES) if triple.subject == CAUMONT}
    values = proposals.values_of(said, CAUMONT, FORM, NAMES)
    made = proposals.draft(values, FORM, NAMES, Shorts())

    assert made.faults == ()
    assert set(made.triples) == said


_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_categories=["C", "Z"]))
_SHORTS = st.lists(
    st.from_regex(r"commune/[0-9a-b]{5}", fullmatch=True), min_size=1, max_size=4, unique=True
)


@given(
    name=st.from_regex(r"[A-Za-z]{2,9}( [A-Za-zéèà]{1,9}){0,4}", fullmatch=True),
    description=_TEXT.filter(lambda text: text.strip() and "@" not in text and "0" not in text),
    places=_SHORTS,
    start=st.dates().map(lambda day: day.isoformat()),
)
def test_values_come_back_from_their_triples(
    name: str, description: str, places: list[str], start: str
) -> None:
    """Values -> triples -> values is the identity, order within a field aside."""
    values = {
        "address": [proposals.slug(name) or "x"],
        "name.fr": [name],
        "description.fr": [description.strip()],
        "spatial": places,
        "sector": ["scheme/sector/energie"],
        "startDate": [start],
        "source": ["publication/x"],
    }
    proposal = proposals.draft(values, FORM, NAMES, Shorts())
    back = proposals.values_of(proposal.triples, proposal.iri, FORM, NAMES)

    assert proposal.faults == ()
    assert {key: sorted(found) for key, found in back.items()} == {
        key: sorted(found) for key, found in values.items()
    }


@pytest.mark.parametrize(
    ("written", "value", "precision"),
    [
        ("2013", "2013", "gYear"),
        ("10/2013", "2013-10", "gYearMonth"),
        ("Octobre 2013", "2013-10", "gYearMonth"),
        ("2013-10", "2013-10", "gYearMonth"),
        ("5 octobre 2013", "2013-10-05", "date"),
        ("1er août 2013", "2013-08-01", "date"),
        ("05/10/2013", "2013-10-05", "date"),
        ("2013-10-05", "2013-10-05", "date"),
    ],
)
def test_a_date_is_as_precise_as_it_is_written(written: str, value: str, precision: str) -> None:
    """Days, months and years, in figures or words."""
    assert dates.read(written) == Literal(value, datatype=NamedNode(vocab.XSD + precision))


@pytest.mark.parametrize("written", ["", "x", "13/2013", "31/02/2013", "2013-10-05T00:00", "13"])
def test_what_is_no_date_is_none(written: str) -> None:
    """A day that no calendar has is not mended."""
    assert dates.read(written) is None


@pytest.mark.parametrize(
    ("values", "key", "begins"),
    [
        ({"name__fr": ""}, "name.fr", "Ce champ est à remplir"),
        ({"spatial": ""}, "spatial", "Ce champ est à remplir"),
        ({"source__title": "", "source__url": "", "source__issued": ""}, "source", "Ce champ"),
        ({"spatial": "Saint-Denis"}, "spatial", "Plusieurs portent le nom"),
        ({"spatial": "organisation/200067452"}, "spatial", "«\u00a0organisation/200067452\u00a0»"),
        ({"spatial": "zzzz"}, "spatial", "«\u00a0zzzz\u00a0» n’est pas dans le graphe"),
        ({"startDate": "hier"}, "startDate", "Écrivez un jour"),
        ({"endDate": "2012"}, "endDate", "La fin vient avant"),
        ({"sector": "licornes"}, "sector", "«\u00a0licornes\u00a0» n’est pas dans la liste"),
        ({"source__url": "ftp://x"}, "source.url", "Écrivez une adresse"),
        ({"address": "É"}, "address", "L’adresse n’a que"),
        ({"name__fr": "x" * 301}, "name.fr", "Ce texte a 301 caractères"),
        ({"name__fr": "a\x07b"}, "name.fr", "Ce texte contient"),
        ({"description__fr": "écrire à a@exemple.fr"}, "description.fr", "N’écrivez ni adresse"),
        ({"description__fr": "06 12 34 56 78"}, "description.fr", "N’écrivez ni adresse"),
        ({"partner": ""}, "new.organisation", "«\u00a0Épicerie pour tous\u00a0» n’est nommé"),
        ({"new__organisation": ""}, "partner", "«\u00a0Épicerie pour tous\u00a0» n’est pas"),
    ],
)
def test_each_fault_names_its_field_and_what_is_expected(
    release: proposals.Release, values: dict[str, str], key: str, begins: str
) -> None:
    """One mistake gives one sentence, at its field."""
    found = [text for field, text in _faults(_draft(release, **values)) if field == key]

    assert len(found) == 1
    assert found[0].startswith(begins)


def test_homonyms_are_offered_with_what_tells_them_apart(release: proposals.Release) -> None:
    """Two communes of one name are told by where they are."""
    (fault,) = _draft(release, spatial="Saint-Denis").faults

    assert {hit.context for hit in fault.offers} >= {"La Réunion", "Seine-Saint-Denis"}


@pytest.mark.parametrize(
    "written",
    [
        *("05065", "Guillestre", "guillestre", "commune/05065", "Guillestre (commune/05065)"),
        NAMES.entity("commune", "05065").value,
    ],
)
def test_a_name_a_code_and_an_address_mean_the_same(
    release: proposals.Release, written: str
) -> None:
    """A territory is named as people name it."""
    assert _draft(release, spatial=written).terms["spatial"] == (NAMES.entity("commune", "05065"),)


def test_a_code_that_lost_its_zero_is_mended_and_said(release: proposals.Release) -> None:
    """A spreadsheet made a number of 05065: it is sure what was meant, and it is told."""
    proposal = _draft(release, spatial="5065")

    assert proposal.terms["spatial"] == (NAMES.entity("commune", "05065"),)
    assert not proposal.blocked
    assert _faults(proposal) == [("spatial", "Lu 05065\u00a0: le zéro du début manquait.")]


def test_the_code_of_a_commune_is_not_that_of_one_it_took_in(tmp_path: Path) -> None:
    """A delegated commune keeps the code of the one that it was: the commune is meant."""
    engine_ = Store()
    engine_.load(path=TINY, format=RdfFormat.TRIG)
    store = EmbeddedStore(engine_)
    old = NAMES.entity("commune-deleguee", "05065")
    graph = NAMES.graph("territories")
    store.load(f'{old} <{vocab.RDFS}label> "Guillestre"@fr .'.encode(), RdfFormat.TURTLE, graph)
    search.build([source_of(store, tmp_path)], tmp_path / "search.sqlite", NAMES)
    index = SearchIndex(tmp_path / "search.sqlite")
    found = proposals.Release(store, index, NAMES, PROFILES, "fr").entity(
        "05065", (NAMES.ess("Territory").value,)
    )

    assert found.term == NAMES.entity("commune", "05065")


def test_a_code_of_two_kinds_is_a_choice(release: proposals.Release) -> None:
    """93 is a département and a région: both are offered."""
    (fault,) = _draft(release, spatial="93").faults

    assert {hit.iri for hit in fault.offers} == {
        NAMES.entity(kind, "93").value for kind in ("departement", "region")
    }


def test_an_address_that_is_taken_is_said() -> None:
    """Who proposes what the graph has is told so."""
    iri = NAMES.entity("initiative", "epicerie")
    values = {**WHOLE, "name.fr": ["Épicerie"], "spatial": ["commune/05065"]}
    faults = proposals.draft(values, FORM, NAMES, Shorts(iri)).faults

    assert "name.fr" in [fault.key for fault in faults]


def test_kinds_and_forms_stay_with_their_organisations() -> None:
    """An organisation without a legal form does not get that of the next."""
    values = {
        **WHOLE,
        "partner": ["Une", "Deux"],
        "new.organisation": ["Une", "Deux"],
        "new.legalForm": ["", "scheme/legal-form/7210"],
    }
    triples = proposals.draft(values, FORM, NAMES, Shorts()).triples
    forms = [triple.subject for triple in triples if triple.predicate == NAMES.ess("legalForm")]

    assert forms == [NAMES.entity("organisation", "deux")]


def test_more_values_than_may_be_are_refused_not_read() -> None:
    """A field takes so many values, a proposal so many new organisations."""
    many = [f"commune/{at:05}" for at in range(proposals.MAX_VALUES + 1)]
    new = [f"Organisation {at}" for at in range(proposals.NEW + 1)]
    values = {**WHOLE, "spatial": many, "new.organisation": new}
    proposal = proposals.draft(values, FORM, NAMES, Shorts())
    told = {fault.key for fault in proposal.faults if fault.texts["en"].startswith("There are ")}

    assert told == {"spatial", "new.organisation"}
    assert len(proposal.terms["spatial"]) == proposals.MAX_VALUES


def test_the_shapes_speak_of_fields_not_of_terms(
    release: proposals.Release, tiny: EmbeddedStore
) -> None:
    """A message of the shapes says the name of a field in place of its property."""
    (faults,) = CHECKER.check([_draft(release, sector="", instrument="")], tiny)

    assert [fault.key for fault in faults] == [""]
    assert "«\u00a0secteur\u00a0»" in faults[0].texts["fr"]
    assert "ess:" not in faults[0].texts["fr"] + faults[0].texts["en"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_message_of_a_field_of_the_form_has_a_term(lang: str) -> None:
    """What the form may be told of a field is free of the vocabulary's terms."""
    paths = {field.path for field in FORM.fields if field.path}
    shapes = Dataset(
        Quad(triple.subject, triple.predicate, triple.object)
        for name in ("common", "initiative", "organisation", "publication")
        for triple in turtle.read(SETTINGS.shapes_dir / f"{name}.ttl", NAMES)
    )
    told = [
        CHECKER.told(quad.object.value, lang)
        for path in paths
        for shape in shapes.quads_for_object(NamedNode(path))
        if shape.predicate == NamedNode(vocab.SH + "path")
        for quad in shapes.quads_for_subject(shape.subject)
        if quad.predicate == NamedNode(vocab.SH + "message")
        and isinstance(quad.object, Literal)
        and quad.object.language == lang
    ]

    assert len(told) > 10
    assert [text for text in told if re.search(r"\b[a-z]+:\w", text)] == []


def test_a_check_finds_what_the_whole_graph_would(
    release: proposals.Release, tiny: EmbeddedStore, tmp_path: Path
) -> None:
    """Beside what the release says of a reference, a shape judges as beside all of it."""
    proposal = _draft(release)
    wrong = Triple(proposal.iri, NAMES.ess("carriedBy"), NAMES.entity("commune", "05065"))
    absent = Triple(proposal.iri, NAMES.ess("site"), NAMES.entity("place", "nulle-part"))
    broken = replace(proposal, triples=(*proposal.triples, wrong, absent))
    (found,) = CHECKER.check([broken], tiny)
    source_of(tiny, tmp_path)
    more = tmp_path / "more.nt"
    ntriples.write_ntriples(map(ntriples.statement, broken.triples), more)
    with of_files([tmp_path / "data.nt", more], NAMES) as data:
        report = engine.validate(data, SETTINGS.shapes_dir, "fast", NAMES)
    whole = {
        str(result.path.predicate)
        for result in report.blocking().results
        if result.focus_node in proposal.subjects and result.path
    }

    assert whole == {str(NAMES.ess("carriedBy")), str(NAMES.ess("site"))}
    assert {fault.key for fault in found} == {"carriedBy", "site"}


def test_a_fault_is_told_in_both_languages(release: proposals.Release) -> None:
    """Whatever is wrong has its French and its English sentence."""
    faults: tuple[Fault, ...] = proposals.draft({}, FORM, NAMES, release).faults

    assert faults
    assert all(set(fault.texts) == {"fr", "en"} for fault in faults)

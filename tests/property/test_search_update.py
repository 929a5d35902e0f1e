"""The text index after a change answers as one made from nothing."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, parse
from pyroaring import BitMap

from essgraph import search
from essgraph.search import SearchIndex, slots
from essgraph.search.postings import Numbering
from essgraph.sources import ntriples
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import (
    DCTERMS,
    FOAF,
    IGEO,
    ORG,
    PROV,
    RDF_TYPE,
    RDFS_LABEL,
    SCHEMA,
    SKOS,
    TIME,
    WKT_LITERAL,
    XSD,
    XSD_DATE,
    Names,
)
from tests.conftest import TINY

NAMES = Names()
GRAPH = NAMES.graph("collection")
_TINY = [quad.triple for quad in parse(path=TINY, format=RdfFormat.TRIG)]

_ENTITIES = sorted(
    {t.subject for t in _TINY if isinstance(t.subject, NamedNode) and "/id/" in t.subject.value}
    | {NAMES.entity("initiative", key) for key in ("nouvelle", "autre")}
    | {NAMES.entity("commune", "99001"), NAMES.entity("epci", "999000000")},
    key=str,
)
_CLASSES = [NAMES.ess(name) for name in ("Initiative", "Person", "Organisation", "Territory")]
_CLASSES += [NamedNode(IGEO + "Commune"), NAMES.ess("Event")]
_LABEL_PROPERTIES = [RDFS_LABEL, NamedNode(SKOS + "altLabel"), NamedNode(DCTERMS + "description")]
_LINKS = [
    NamedNode(IGEO + "subdivisionDe"),
    NAMES.ess("inEpci"),
    NAMES.ess("governs"),
    NamedNode(DCTERMS + "spatial"),
    NAMES.ess("sector"),
]
_FACETS = {
    "ess:partner": "organisation",
    "ess:partnerType": "scheme",
    "ess:instrument": "scheme",
    "ess:legalForm": "scheme",
    "dcterms:publisher": "organisation",
    "org:member": "person",
    "org:organization": "organisation",
    "org:role": "scheme",
    "org:memberDuring": "period",
    "ess:attestedDuring": "period",
    "time:hasBeginning": "period",
    "prov:hadPrimarySource": "publication",
}
_CONCEPTS = [NAMES.concept("instrument", key) for key in ("PUR", "PUR.supply", "SUP")]
_entity = st.sampled_from(_ENTITIES)
_concept = st.sampled_from(_CONCEPTS)
_date = st.sampled_from(
    [
        Literal("2011-05", datatype=NamedNode(f"{XSD}gYearMonth")),
        Literal("2014", datatype=NamedNode(f"{XSD}gYear")),
        Literal("12"),
    ]
)
_point = st.sampled_from(
    [
        Literal(text, datatype=WKT_LITERAL)
        for text in ("POINT(6.5 44.1)", "POINT (-1 2)", "POINT(1)")
    ]
)
_DATES = [
    NamedNode(SCHEMA + "startDate"),
    NamedNode(SCHEMA + "endDate"),
    NamedNode(SCHEMA + "foundingDate"),
    NamedNode(DCTERMS + "issued"),
    NamedNode(TIME + "inXSDgYear"),
]
_text = st.sampled_from(["Épicerie", "Zoo", "Aa", "Saint-Éloi", "l’Œuvre", "—", "12"])
_text_in_fr = Literal("Zoé", language="fr")
_label = st.builds(
    lambda text, lang: Literal(text, language=lang) if lang else Literal(text),
    _text,
    st.sampled_from(["fr", "en", "br", ""]),
)


def _term(compact: str) -> NamedNode:
    prefix, _, local = compact.partition(":")
    return NamedNode(NAMES.prefixes[prefix] + local)


_added = st.one_of(
    st.builds(Triple, _entity, st.sampled_from(_LABEL_PROPERTIES), _label),
    st.builds(Triple, _entity, st.just(RDF_TYPE), st.sampled_from(_CLASSES)),
    st.builds(Triple, _entity, st.sampled_from(_LINKS), _entity),
    st.builds(
        Triple,
        _entity,
        st.just(NAMES.ess("inhabitants")),
        st.sampled_from([Literal(5), Literal(9)]),
    ),
    st.builds(Triple, _entity, st.sampled_from(_DATES), _date),
    st.builds(Triple, _entity, st.just(_term("geo:hasCentroid")), _entity),
    st.builds(Triple, _entity, st.just(_term("ess:site")), _entity),
    st.builds(Triple, _entity, st.just(_term("geo:asWKT")), _point),
    st.builds(Triple, _concept, st.just(NamedNode(SKOS + "broader")), _concept),
    st.sampled_from(sorted(_FACETS)).flatmap(
        lambda prop: st.builds(
            Triple,
            _entity,
            st.just(_term(prop)),
            _concept if _FACETS[prop] == "scheme" else _entity,
        )
    ),
)


_PERSONS = [NAMES.entity("person", key) for key in ("zoe-durand-05065", "louis-abrard-05026")]
_SEATS = [
    NAMES.entity("mandate", f"{person.value.rpartition('/')[2]}-{role}")
    for person in _PERSONS
    for role in ("maire", "adjoint")
]
_BODIES = [NAMES.entity("organisation", key) for key in ("210500658", "210500260")]
_START = NamedNode(SCHEMA + "startDate")
_FAMILY = NamedNode(FOAF + "familyName")
_days = st.sampled_from(["2020-05-18", "2026-03-22"]).map(lambda x: Literal(x, datatype=XSD_DATE))
_seat = st.sampled_from(_SEATS)
_person = st.sampled_from(_PERSONS)
_REGISTER = [
    *(Triple(person, RDFS_LABEL, Literal("Zoé Durand")) for person in _PERSONS),
    *(Triple(person, _FAMILY, Literal("Durand")) for person in _PERSONS),
    *(Triple(person, RDF_TYPE, NAMES.ess("Person")) for person in _PERSONS),
    *(Triple(seat, RDF_TYPE, NAMES.ess("Mandate")) for seat in _SEATS),
    *(Triple(s, NamedNode(ORG + "member"), _PERSONS[i // 2]) for i, s in enumerate(_SEATS)),
    *(Triple(s, NamedNode(ORG + "organization"), _BODIES[i % 2]) for i, s in enumerate(_SEATS)),
    *(
        Triple(s, NamedNode(ORG + "role"), NAMES.concept("role", s.value.rpartition("-")[2]))
        for s in _SEATS
    ),
    *(Triple(seat, _START, Literal("2014-03-30", datatype=XSD_DATE)) for seat in _SEATS),
]
_written = st.one_of(
    st.builds(Triple, _seat, st.sampled_from([_START, NamedNode(SCHEMA + "endDate")]), _days),
    st.builds(Triple, _seat, st.just(NAMES.ess("rank")), st.sampled_from([Literal(1), Literal(2)])),
    st.builds(Triple, _seat, st.just(NamedNode(ORG + "organization")), st.sampled_from(_BODIES)),
    st.builds(Triple, _seat, st.just(NamedNode(ORG + "member")), _person),
    st.builds(Triple, _seat, st.just(NamedNode(PROV + "hadPrimarySource")), _entity),
    st.builds(Triple, _person, st.just(_FAMILY), st.sampled_from([Literal("Le"), Literal("É")])),
    st.builds(
        Triple, _person, st.just(RDFS_LABEL), st.sampled_from([Literal("A Le"), _text_in_fr])
    ),
)


def _engine(triples: Iterable[Triple]) -> EmbeddedStore:
    store = EmbeddedStore(Store())
    text = "".join(ntriples.statement(triple) for triple in triples)
    store.load(text.encode(), RdfFormat.N_TRIPLES, GRAPH)
    return store


def _build(triples: Iterable[Triple], path: Path) -> Path:
    source = path.with_suffix(".nt")
    ntriples.write_ntriples(triples, source)
    search.build([source], path, NAMES, 2026)
    return path


def _content(path: Path) -> dict[str, object]:
    """What an index holds, without its numbers: entities by rank, and lists by class."""
    connection = sqlite3.connect(path)
    ranked = connection.execute(
        "SELECT entity.iri, entity.fr, entity.en, other, class.iri, context_fr, context_en, tier,"
        " weight, texts, around FROM entity LEFT JOIN class ON class.id = class ORDER BY entity.id"
    ).fetchall()
    lists = {
        (iri, lang): (
            amount,
            connection.execute(
                "SELECT entity.iri, position FROM member JOIN entity ON entity.id = entity"  # noqa: S608 - one of two words
                f" WHERE list = (SELECT list_{lang} FROM class WHERE iri = ?) ORDER BY position",
                (iri,),
            ).fetchall(),
        )
        for iri, amount in connection.execute("SELECT iri, amount FROM class").fetchall()
        for lang in ("fr", "en")
    }
    filed = _filed(connection)
    connection.execute("INSERT INTO folded (folded) VALUES ('integrity-check')")
    connection.close()
    words = [
        (*row[:9], frozenset(row[9].split("\n")), frozenset(row[10].split())) for row in ranked
    ]
    return {"ranked": words, "lists": lists, "facets": filed}


def _filed(connection: sqlite3.Connection) -> dict[str, object]:
    """The entities under each value of each facet; the values, and what is above them."""
    numbering = Numbering(connection.execute("SELECT doc, entity FROM apart"))
    iris = dict(connection.execute("SELECT id, iri FROM entity"))
    postings = {}
    mandates: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for kind, facet, value, amount, docs in connection.execute("SELECT * FROM posting"):
        held = BitMap.deserialize(docs)
        assert slots.amount(held) == amount
        if kind == "person" and facet:
            for number in held:
                mandates[number].add((facet, value))
        else:
            postings[kind, facet, value] = {iris[numbering.entity(doc)] for doc in held}
    above = connection.execute("SELECT * FROM above ORDER BY value, at").fetchall()
    values = connection.execute("SELECT * FROM value ORDER BY iri").fetchall()
    points = {(iris[entity], *at) for entity, *at in connection.execute("SELECT * FROM spot")}
    spelt = connection.execute("SELECT * FROM word ORDER BY word").fetchall()
    return {
        "postings": postings,
        "mandates": {
            (iris[numbering.entity(holder)], frozenset(values))
            for number, values in mandates.items()
            for holder in slots.holders(BitMap([number]))
        },
        "above": above,
        "values": values,
        "words": spelt,
        "points": points,
    }


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from(_TINY), max_size=5), st.sets(_added, max_size=6)),
        min_size=1,
        max_size=3,
    )
)
def test_an_index_updated_is_an_index_built(
    changes: list[tuple[set[Triple], set[Triple]]],
) -> None:
    """The same entities in the same order, the same lists, and the same answers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = dict.fromkeys(_TINY)
        path = _build(held, folder / "0.sqlite")
        for number, (removed, added) in enumerate(changes, 1):
            before = _engine(held)
            old = set(held)
            for triple in removed:
                held.pop(triple, None)
            held |= dict.fromkeys(added)
            changed = {ntriples.statement(triple) for triple in old ^ set(held)}
            fresh = folder / f"{number}.sqlite"

            if search.update(path, fresh, changed, before, _engine(held), NAMES):
                whole = _build(held, folder / f"{number}-whole.sqlite")
                assert _content(fresh) == _content(whole)
                _same_answers(fresh, whole)
            else:
                _build(held, fresh)
            path = fresh


@settings(max_examples=60)
@given(st.sets(st.sampled_from(_REGISTER), max_size=4), st.sets(_written, max_size=4))
def test_no_row_of_a_council_is_left_untrue(removed: set[Triple], added: set[Triple]) -> None:
    """After a change a body has the row that a build gives it, or none."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = dict.fromkeys([*_TINY, *_REGISTER])
        path = _build(sorted(held, key=_subject), folder / "before.sqlite")
        left = dict.fromkeys([*(t for t in held if t not in removed), *added])
        changed = {ntriples.statement(triple) for triple in held.keys() ^ left.keys()}
        fresh = folder / "after.sqlite"

        updated = search.update(path, fresh, changed, _engine(held), _engine(left), NAMES)

        whole = _councils(_build(sorted(left, key=_subject), folder / "whole.sqlite"))
        assert _councils(path)
        assert not updated or _councils(fresh) <= whole
        assert (
            not updated or _content(fresh)["facets"] == _content(folder / "whole.sqlite")["facets"]
        )


def _subject(triple: Triple) -> str:
    return str(triple.subject)  # a register tells one mandate after the other


def _councils(path: Path) -> set[tuple[str, frozenset[str]]]:
    """The rows of an index, whatever order their lines are in."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT body, officials FROM council").fetchall()
    connection.close()
    return {(body, frozenset(officials.split("\n"))) for body, officials in rows}


def _same_answers(one: Path, other: Path) -> None:
    indexes = SearchIndex(one), SearchIndex(other)
    for text in ("epicerie", "zoo", "saint", "guillestre", "energie", "oeuvre", "aa zoo", "12"):
        found = [
            [hit.iri for hit in index.find(text, lang=lang).hits]
            for index in indexes
            for lang in ("fr", "en")
        ]
        assert found[:2] == found[2:]
    for index in indexes:
        index.close()

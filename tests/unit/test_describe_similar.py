"""Initiatives nearby and alike, and the queries that give the same ones."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from essgraph import queries
from essgraph.describe.similar import WITHIN_KM, Initiatives, distance_km, wkt
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import WKT_LITERAL, Names

NAMES = Names()
TRIG = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix igeo: <http://rdf.insee.fr/def/geo#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .
@base <https://w3id.org/essgraph/> .
<graph/collection> {
    <id/initiative/a> a ess:Initiative ; rdfs:label "A"@fr ; dcterms:spatial <id/commune/1> ;
        ess:instrument <scheme/instrument/x> , <scheme/instrument/y> ;
        ess:sector <scheme/sector/s> ;
        ess:partner <id/organisation/p> .
    <id/initiative/b> a ess:Initiative ; rdfs:label "B"@fr ; dcterms:spatial <id/commune/2> ;
        ess:instrument <scheme/instrument/x> , <scheme/instrument/y> .
    <id/initiative/c> a ess:Initiative ; rdfs:label "C"@fr ; dcterms:spatial <id/commune/3> ;
        ess:partner <id/organisation/q> .
    <id/initiative/d> a ess:Initiative ; rdfs:label "D"@fr ; dcterms:spatial <id/region/9> .
    <id/organisation/p> ess:partnerType <scheme/partner-type/mutuelle> .
    <id/organisation/q> ess:partnerType <scheme/partner-type/mutuelle> .
    <scheme/partner-type/mutuelle> rdfs:label "mutuelle"@fr .
    <id/commune/1> geo:hasCentroid <id/geometry/1> .
        <id/geometry/1> geo:asWKT "POINT(5 44)"^^geo:wktLiteral .
    <id/commune/2> geo:hasCentroid <id/geometry/2> .
        <id/geometry/2> geo:asWKT "POINT(5 44.5)"^^geo:wktLiteral .
    <id/commune/3> geo:hasCentroid <id/geometry/3> .
        <id/geometry/3> geo:asWKT "POINT(5 46)"^^geo:wktLiteral .
    <id/region/9> a igeo:Region ; geo:hasCentroid <id/geometry/9> .
        <id/geometry/9> geo:asWKT "POINT(5 44.1)"^^geo:wktLiteral .
}
"""
A = NAMES.entity("initiative", "a")


@pytest.fixture(name="store", scope="module")
def _store() -> EmbeddedStore:
    """A store of four initiatives."""
    engine = Store()
    engine.load(TRIG.encode(), format=RdfFormat.TRIG)
    return EmbeddedStore(engine)


@pytest.fixture(name="initiatives", scope="module")
def _initiatives(store: EmbeddedStore) -> Initiatives:
    """They, read."""
    return Initiatives(store, NAMES, ("fr", "en"))


def test_what_is_near_is_told_with_its_distance(initiatives: Initiatives) -> None:
    """Half a degree of latitude is 56 km; what is farther than 100 km, or of a région, is not."""
    found = initiatives.near(initiatives.points(A.value), A.value, "fr")

    assert [(item.link.label.value, round(item.kilometres)) for item in found] == [("B", 56)]


def test_what_happens_in_a_commune_is_not_near_it(initiatives: Initiatives) -> None:
    """The initiatives of a commune have a list of their own on its page."""
    found = initiatives.near([(5, 44)], NAMES.entity("commune", "1").value, "fr")

    assert [item.link.label.value for item in found] == ["B"]


def test_the_query_of_the_nearest_gives_the_same(
    store: EmbeddedStore, initiatives: Initiatives
) -> None:
    """From all points, and the engine's distance is ours, to some metres in a kilometre."""
    points = [(5.0, 44.0), (5.0, 45.6)]
    query = queries.app("nearby-initiatives", NAMES).bind(
        here=[Literal(wkt(point), datatype=WKT_LITERAL) for point in points],
        distance=Literal(WITHIN_KM),
        **{"except": A},
    )

    rows = store.select(query).rows

    ours = initiatives.near(points, A.value, "fr")
    assert [item.link.label.value for item in ours] == ["C", "B"]
    assert [iri for iri, _ in rows] == [NamedNode(item.link.iri) for item in ours]
    for (_, kilometres), item in zip(rows, ours, strict=True):
        assert isinstance(kilometres, Literal)
        assert float(kilometres.value) == pytest.approx(item.kilometres, rel=0.005)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POINT(5 44.5)", ((5.0, 44.5),)),
        ("point ( -1.25  2 )", ((-1.25, 2.0),)),
        ("POINT(5..1 44)", ()),
        ("POINT(. .)", ()),
        ("POINT(555 44)", ()),
        ("POINT(5 44 3)", ()),
    ],
)
def test_a_point_that_is_none_is_left_out(
    text: str, expected: tuple[tuple[float, float], ...]
) -> None:
    """A slip of the pen in a geometry takes no page away."""
    engine = Store()
    engine.load(TRIG.replace("POINT(5 44)", text).encode(), format=RdfFormat.TRIG)

    assert Initiatives(EmbeddedStore(engine), NAMES, ("fr",)).points(A.value) == expected


def test_what_is_alike_says_why(initiatives: Initiatives) -> None:
    """The one that shares more comes first, and each with what it shares."""
    first, second = initiatives.alike(A.value, "fr")

    assert (first.link.label.value, second.link.label.value) == ("B", "C")
    assert {p.partition("#")[2]: len(v) for p, v in first.shared.items()} == {"instrument": 2}
    shared = {p.partition("#")[2]: [x.label.value for x in v] for p, v in second.shared.items()}
    assert shared == {"partnerType": ["mutuelle"]}


def test_the_query_of_the_alike_gives_the_same(
    store: EmbeddedStore, initiatives: Initiatives
) -> None:
    """The same initiatives, in the same order."""
    query = queries.app("similar-initiatives", NAMES).bind(initiative=A)

    rows = store.select(query).rows

    assert [iri for iri, _ in rows] == [
        NamedNode(item.link.iri) for item in initiatives.alike(A.value, "fr")
    ]


def test_nothing_is_like_what_is_no_initiative(initiatives: Initiatives) -> None:
    """A commune has none alike."""
    assert initiatives.alike(NAMES.entity("commune", "1").value, "fr") == ()


def test_a_distance_goes_over_the_sphere() -> None:
    """From Paris to Marseille it is 661 km."""
    assert distance_km((2.3522, 48.8566), (5.3698, 43.2965)) == pytest.approx(661, abs=2)

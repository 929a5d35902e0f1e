"""Who is one person: three agreements join, less is told, and no birth date is ever written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from essgraph import vocab
from essgraph.errors import SourceError
from essgraph.sources.ntriples import Statement, Terms, triples
from essgraph.sources.officials import decisions, namesakes
from essgraph.sources.officials.folding import fold
from essgraph.sources.officials.identity import (
    Decision,
    Decisions,
    Point,
    Territory,
    decide,
    departement_of,
)
from essgraph.sources.officials.namesakes import Official, Seat
from essgraph.sources.officials.record import Kind, Record
from essgraph.sources.tabular import Row
from essgraph.vocab import Names

NAMES = Names()
REGIONS = {"05": "93", "13": "93", "35": "53", "974": "04"}
NAME_AND_BIRTH = (Point.FULL_NAME, Point.BIRTH_DATE)
ALL_THREE = (*NAME_AND_BIRTH, Point.TERRITORY)
DAY = "1971-03-24"


def _record(
    kind: Kind,
    key: str,
    born: str = DAY,
    *,
    given: str = "Zoé",
    family: str = "Durand",
    commune: str = "",
    epci: str = "",
    departement: str = "",
    canton: str = "",
    region: str = "",
    circonscription: str = "",
) -> Record:
    return Record(
        kind,
        key,
        given,
        family,
        born,
        commune=commune,
        epci=epci,
        departement=departement,
        canton=canton,
        region=region,
        circonscription=circonscription,
    )


def _councillor(
    key: str = "m:1", commune: str = "05065", born: str = DAY, *, epci: str = ""
) -> Record:
    return _record(Kind.MUNICIPAL, key, born, commune=commune, epci=epci)


def _decide(*records: Record) -> Decisions:
    return decide(records, REGIONS)


@pytest.mark.parametrize(
    ("other", "territory"),
    [
        (_record(Kind.DEPARTEMENTAL, "o:1", departement="05", canton="05-1"), "departement/05"),
        (_record(Kind.REGIONAL, "o:1", region="93"), "region/93"),
        (_record(Kind.DEPUTY, "o:1", circonscription="05-02"), "departement/05"),
        (_record(Kind.SENATOR, "o:1", departement="05"), "departement/05"),
        (_record(Kind.EPCI, "o:1", epci="200067452"), "epci/200067452"),
        (_record(Kind.EPCI, "o:1", epci="200067452", commune="05065"), "commune/05065"),
        (_record(Kind.MUNICIPAL, "o:1", commune="05065"), "commune/05065"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind,
)
def test_three_agreements_join(other: Record, territory: str) -> None:
    """Name, birth date and the smallest territory of both make one person."""
    found = _decide(_councillor(epci="200067452"), other)

    place = Territory(*territory.split("/"))
    assert found.joined == (Decision(("m:1", "o:1"), True, ALL_THREE, territories=(place,)),)
    assert found.candidates == ()
    assert (found.leader("o:1"), found.leader("m:1"), found.leader("x")) == ("m:1", "m:1", "x")


@pytest.mark.parametrize(
    ("given", "family"), [("ZOE", "DURAND"), ("zoé", "Durand"), ("Zoe\u0301", "DURAND")]
)
def test_spelling_of_the_name_is_no_difference(given: str, family: str) -> None:
    """Capitals, accents and how they are encoded do not keep a person in two."""
    deputy = _record(Kind.DEPUTY, "d:1", circonscription="05-01", given=given, family=family)

    assert len(_decide(_councillor(), deputy).joined) == 1


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("D’Hérécourt-Le Goff", "d herecourt le goff"),
        ("D'HERECOURT LE GOFF", "d herecourt le goff"),
        ("Lœtitia", "loetitia"),
        ("Straße", "strasse"),
        ("Żółw", "zolw"),
    ],
)
def test_folding(name: str, folded: str) -> None:
    """Two spellings of one name are equal once folded."""
    assert fold(name) == folded


@pytest.mark.parametrize("commune", ["05026", "35238"])
def test_homonyms_born_on_one_day_stay_two(commune: str) -> None:
    """No one sits in two councils: name and birth date are told, and join nothing."""
    found = _decide(_councillor(), _councillor("m:2", commune))

    assert found.joined == ()
    (candidate,) = found.candidates
    assert candidate.keys == ("m:1", "m:2")
    assert set(candidate.agrees) >= set(NAME_AND_BIRTH)
    assert Point.SEAT in candidate.differs
    assert (Point.TERRITORY in candidate.agrees) == (commune == "05026")


def test_same_region_is_too_wide_for_who_does_not_sit_in_it() -> None:
    """A deputy and a councillor of two départements of one région stay apart."""
    found = _decide(_councillor(), _record(Kind.DEPUTY, "d:1", circonscription="13-01"))

    assert found.joined == ()
    assert found.candidates == (
        Decision(("d:1", "m:1"), False, NAME_AND_BIRTH, differs=(Point.TERRITORY,)),
    )


def test_without_territory_nothing_is_joined() -> None:
    """A member of the European Parliament has no territory of their own to agree on."""
    found = _decide(_councillor(), _record(Kind.EUROPEAN, "e:1"))

    assert found.joined == ()
    assert found.candidates == (
        Decision(("e:1", "m:1"), False, NAME_AND_BIRTH, unknown=(Point.TERRITORY,)),
    )


def test_one_that_fits_two_is_joined_to_none() -> None:
    """A regional councillor who fits two municipal ones of one name and birth date is neither."""
    regional = _record(Kind.REGIONAL, "r:1", region="93")
    found = _decide(_councillor(), _councillor("m:2", "13055"), regional)

    assert found.joined == ()
    assert [c.keys for c in found.candidates] == [("m:1", "m:2"), ("m:1", "r:1"), ("m:2", "r:1")]


def test_chain_is_no_person() -> None:
    """Two who each agree with a third, but not with each other, are joined to no one."""
    deputy = _record(Kind.DEPUTY, "d:1", circonscription="13-01")
    found = _decide(_councillor(), _record(Kind.REGIONAL, "r:1", region="93"), deputy)

    assert found.joined == ()
    assert [c.keys for c in found.candidates] == [("d:1", "m:1"), ("d:1", "r:1"), ("m:1", "r:1")]


def test_odd_one_stays_out() -> None:
    """Three who agree with each other are one person; a fourth who fits one of them is told."""
    found = _decide(
        _councillor(),
        _record(Kind.DEPARTEMENTAL, "c:1", departement="05", canton="05-1"),
        _record(Kind.REGIONAL, "r:1", region="93", departement="05"),
        _record(Kind.DEPUTY, "d:1", circonscription="13-01"),
    )

    assert [d.keys for d in found.joined] == [("c:1", "m:1", "r:1")]
    assert [c.keys for c in found.candidates] == [("c:1", "d:1")]


def test_section_of_a_regional_councillor_is_preferred() -> None:
    """The département they were elected in is a smaller agreement than the région."""
    regional = _record(Kind.REGIONAL, "r:1", region="93", departement="05")

    assert _decide(_councillor(), regional).joined[0].territories == (
        Territory("departement", "05"),
    )


def test_overseas_collectivity_is_a_territory() -> None:
    """Where there is no département, the collectivity stands for it."""
    found = _decide(
        _councillor(commune="98735"), _record(Kind.DEPUTY, "d:1", circonscription="987-01")
    )

    assert found.joined[0].territories == (Territory("collectivite-outre-mer", "987"),)


def test_place_that_is_no_territory_joins_nothing() -> None:
    """The constituencies of the French abroad are no territory."""
    found = _decide(
        _record(Kind.DEPUTY, "d:1", circonscription="ZZ-01"),
        _record(Kind.SENATOR, "s:1", departement="ZZ"),
    )

    assert found.joined == ()
    assert found.candidates[0].unknown == (Point.TERRITORY,)


@pytest.mark.parametrize("born", ["1972-03-24", "1971-04-24", "1971-03-25"])
def test_almost_the_same_birth_date_is_told(born: str) -> None:
    """A date that differs in one part may be a typing error: a candidate, not a person."""
    found = _decide(_councillor(), _record(Kind.SENATOR, "s:1", born, departement="05"))

    assert found.joined == ()
    assert found.candidates == (
        Decision(
            ("m:1", "s:1"),
            False,
            (Point.FULL_NAME, Point.BIRTH_DATE_IN_PART, Point.TERRITORY),
            differs=(Point.BIRTH_DATE,),
            territories=(Territory("departement", "05"),),
        ),
    )


def test_exchanged_day_and_month_is_told() -> None:
    """Day and month exchanged are almost the same date."""
    found = _decide(
        _councillor(born="1971-03-04"), _record(Kind.SENATOR, "s:1", "1971-04-03", departement="05")
    )

    assert Point.BIRTH_DATE_IN_PART in found.candidates[0].agrees


def test_unknown_birth_date_is_told() -> None:
    """Name and territory alone, the birth date unknown, make a candidate across assemblies."""
    found = _decide(_councillor(), _record(Kind.SENATOR, "s:1", "", departement="05"))

    assert found.joined == ()
    assert found.candidates[0].unknown == (Point.BIRTH_DATE,)


@pytest.mark.parametrize(
    "other",
    [
        _record(Kind.SENATOR, "s:1", "1950-01-31", departement="05"),
        _record(Kind.SENATOR, "s:1", "1972-03-24", departement="35"),
        _councillor("m:2", born="1972-03-24"),
        _councillor("m:2", born=""),
        _record(Kind.SENATOR, "s:1", departement="05", given="Zora"),
    ],
    ids=["other birth date", "elsewhere", "same council", "same council, no date", "other name"],
)
def test_homonyms_are_not_told(other: Record) -> None:
    """Thousands share a name, in one council too: that alone is no candidate."""
    found = _decide(_councillor(), other)

    assert (found.joined, found.candidates) == ((), ())


def test_candidates_are_of_persons_not_of_rows() -> None:
    """A person of two rows is one candidate for a third, not two."""
    found = _decide(
        _councillor(),
        _record(Kind.REGIONAL, "r:1", region="93"),
        _record(Kind.SENATOR, "s:1", "1972-03-24", departement="05"),
    )

    assert [d.keys for d in found.joined] == [("m:1", "r:1")]
    assert [d.keys for d in found.candidates] == [("m:1", "s:1")]


def test_records_of_one_row_need_no_decision() -> None:
    """The seat in the council and the one in the intermunicipal body stand on one line."""
    found = _decide(_councillor(), _record(Kind.EPCI, "m:1", epci="200067452", commune="05065"))

    assert (found.joined, found.candidates) == ((), ())


@pytest.mark.parametrize(
    ("commune", "departement"),
    [("05065", "05"), ("2A004", "2A"), ("97411", "974"), ("98735", "987")],
)
def test_departement_of_a_commune(commune: str, departement: str) -> None:
    """Two characters, three overseas."""
    assert departement_of(commune) == departement


PERSON = {"m:1": "zoe-durand-05065", "o:1": "zoe-durand-05065", "m:2": "zoe-durand-05026"}
MANDATES = {"m:1": ["zoe-durand-05065-maire"], "o:1": ["zoe-durand-05065-senateur"]}


def _line(decision: Decision) -> dict[str, str]:
    return decisions.line(decision, "Zoé Durand", PERSON.__getitem__, MANDATES.__getitem__)


def _read(line: dict[str, str]) -> list[Statement]:
    return list(decisions.convert(Row(Path("identity.csv"), 2, line), Terms(NAMES)))


def _values(facts: list[Statement], term: str) -> set[str]:
    predicate = NAMES.ess(term)
    return {
        NAMES.compact(t.object.value).removeprefix(NAMES.base)
        for t in triples(facts)
        if t.predicate == predicate and isinstance(t.object, NamedNode)
    }


def test_joined_decision_survives_the_extract() -> None:
    """What was joined, and why, is told of the person, with the mandates of each row."""
    (decision,) = _decide(_councillor(), _record(Kind.SENATOR, "o:1", departement="05")).joined
    facts = _read(_line(decision))

    assert {str(t.subject) for t in triples(facts)} == {
        f"<{NAMES.base}id/identity/zoe-durand-05065>"
    }
    assert _values(facts, "about") == {"id/person/zoe-durand-05065"}
    assert _values(facts, "candidate") == set()
    assert _values(facts, "joined") == {
        "id/mandate/zoe-durand-05065-maire",
        "id/mandate/zoe-durand-05065-senateur",
    }
    assert _values(facts, "agreement") == {f"scheme/identity/{point}" for point in ALL_THREE}
    assert any("Une seule personne\u00a0: Zoé Durand" in fact for fact in facts)


def test_candidates_survive_the_extract() -> None:
    """Two persons stay two: nothing but the decision speaks of both."""
    (decision,) = _decide(_councillor(), _councillor("m:2", "05026")).candidates
    facts = _read(_line(decision))

    assert _values(facts, "candidate") == {
        "id/person/zoe-durand-05065",
        "id/person/zoe-durand-05026",
    }
    assert _values(facts, "joined") | _values(facts, "about") == set()
    assert _values(facts, "difference") == {"scheme/identity/seat"}
    assert not any(vocab.OWL in fact for fact in facts)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("persons", "a|b"),
        ("persons", ""),
        ("persons", "a b"),
        ("agrees", "full-name|birth"),
        ("territories", "departement"),
        ("territories", "country/FR"),
        ("name", ""),
    ],
)
def test_malformed_line_is_placed(column: str, value: str) -> None:
    """A line that cannot be used stops the build, with its place."""
    (decision,) = _decide(_councillor(), _record(Kind.SENATOR, "o:1", departement="05")).joined
    with pytest.raises(SourceError, match=rf"identity\.csv:2: column '{column}'"):
        _read(_line(decision) | {column: value})


def test_points_are_the_concepts_of_the_scheme() -> None:
    """Each point of comparison has its concept, and no concept is unused."""
    scheme = Path(__file__).parents[2] / "ontology" / "schemes" / "identity.ttl"
    notations = re.findall(r'^    skos:notation "(.*)"', scheme.read_text("utf-8"), re.M)

    assert sorted(notations) == sorted(["identity", *Point])


def _collection() -> list[Triple]:
    person, mandate = NAMES.entity("person", "zoe-durand"), NAMES.entity("mandate", "zoe")
    said: dict[tuple[NamedNode, str], NamedNode | Literal] = {
        (person, vocab.FOAF + "givenName"): Literal("Zoé"),
        (person, vocab.FOAF + "familyName"): Literal("Durand"),
        (mandate, vocab.ORG + "member"): person,
        (mandate, vocab.ORG + "role"): NAMES.concept("role", "maire"),
        (mandate, vocab.DCTERMS + "spatial"): NAMES.entity("commune", "05065"),
        (mandate, vocab.SCHEMA + "startDate"): Literal("2008"),
        (mandate, vocab.SCHEMA + "endDate"): Literal("2014-03"),
    }
    return [Triple(s, NamedNode(p), o) for (s, p), o in said.items()]


def _namesakes(*seats: Seat, given: str = "ZOE", family: str = "Durand") -> list[Statement]:
    official = Official("zoe-durand-05026", given, family)
    return list(namesakes.statements(_collection(), [official], lambda _: seats, NAMES))


def _seat(role: str, commune: str, start: str) -> Seat:
    territories = namesakes.around(Territory("commune", commune))
    return Seat("zoe-durand-05026", role, territories, start)


def test_namesake_of_the_collection_is_a_candidate_only() -> None:
    """Same name, same département, other period, birth date unknown: nothing is established."""
    facts = _namesakes(_seat("adjoint", "05026", "2026-03-22"))

    assert _values(facts, "candidate") == {"id/person/zoe-durand", "id/person/zoe-durand-05026"}
    assert _values(facts, "agreement") == {"scheme/identity/full-name", "scheme/identity/territory"}
    assert _values(facts, "difference") == {"scheme/identity/role", "scheme/identity/period"}
    assert _values(facts, "notCompared") == {"scheme/identity/birth-date"}
    assert any("id/departement/05>" in fact for fact in facts)


def test_namesake_in_the_same_office_is_a_candidate_still() -> None:
    """Name, commune, role and period may all agree; without a birth date no one is joined."""
    facts = _namesakes(_seat("maire", "05065", "2013-01-01"))

    agreed = {"full-name", "territory", "role", "period"}
    assert _values(facts, "agreement") == {f"scheme/identity/{point}" for point in agreed}
    assert any("id/commune/05065>" in fact for fact in facts)
    assert not any(vocab.OWL in fact for fact in facts)


def test_vague_period_is_not_compared() -> None:
    """An end known to the month says nothing of a start in that month."""
    facts = _namesakes(_seat("maire", "05065", "2014-03-30"))

    assert "scheme/identity/period" in _values(facts, "notCompared")


def test_namesake_without_known_mandate() -> None:
    """What one side does not tell is neither an agreement nor a difference."""
    facts = _namesakes()

    assert _values(facts, "notCompared") == {
        f"scheme/identity/{point}" for point in ("birth-date", "territory", "role", "period")
    }


@pytest.mark.parametrize(("given", "family"), [("Zoé", "Dupont"), ("Zora", "Durand")])
def test_other_name_is_no_namesake(given: str, family: str) -> None:
    """Both names count."""
    assert _namesakes(_seat("maire", "05065", "2008"), given=given, family=family) == []

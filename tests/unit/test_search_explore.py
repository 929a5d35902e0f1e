"""Exploring the tiny graph: what is counted, in which order, what is told of each value."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from pyroaring import BitMap

from essgraph import search
from essgraph.errors import NotExplorable, QueryError
from essgraph.search import FACETS, KINDS, Facet, SearchIndex, Selection, likely
from essgraph.search.facets import years
from essgraph.search.narrowing import Matches
from essgraph.search.postings import APART, GAP, Numbering
from essgraph.sources import ntriples
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names
from tests.conftest import source_of

NAMES = Names()
ALPES = NAMES.entity("departement", "05").value
GUILLESTRE = NAMES.entity("commune", "05065").value
FRANCE = NAMES.entity("country", "FR").value


@pytest.fixture(scope="module", name="index")
def _index(tiny: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    path = tmp_path_factory.mktemp("search") / "search.sqlite"
    search.build([source_of(tiny, path.parent)], path, NAMES)
    index = SearchIndex(path)
    yield index
    index.close()


def _counts(facet: Facet) -> dict[str, int]:
    return {value.iri.removeprefix(NAMES.base): value.count for value in facet.values}


def _facet(index: SearchIndex, selection: Selection, name: str) -> dict[str, int]:
    page = index.explore(selection)
    return next(_counts(facet) for facet in page.facets if facet.name == name)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_facets(index: SearchIndex, kind: str) -> None:
    """Each kind can be explored, and tells all its facets in their order."""
    page = index.explore(Selection(kind))

    assert page.total == len(page.hits) > 0
    assert tuple(facet.name for facet in page.facets) == FACETS[kind]


def test_an_entity_counts_under_all_above(index: SearchIndex) -> None:
    """An initiative of two communes counts once under what both lie in."""
    chosen = Selection("initiative", chosen={"territory": (ALPES,)})

    counts = _facet(index, chosen, "territory")
    assert counts["id/departement/05"] == 2
    assert counts["id/commune/05065"] == counts["id/commune/05026"] == 1
    assert counts["id/epci/200067452"] == 1
    assert counts["id/country/FR"] == 3
    assert _facet(index, chosen, "instrument")["scheme/instrument/PUR"] == 2


def test_a_facet_does_not_narrow_itself(index: SearchIndex) -> None:
    """Counts beside a choice tell what another choice gives; those of other facets narrow."""
    supply = NAMES.concept("instrument", "PUR.supply").value
    chosen = Selection("initiative", chosen={"instrument": (supply,)})

    page = index.explore(chosen)

    assert page.total == 1
    assert _facet(index, chosen, "instrument")["scheme/instrument/PUR"] == 2
    assert _facet(index, chosen, "territory")["id/country/FR"] == 1


def test_values_of_one_facet_widen(index: SearchIndex) -> None:
    """Of two values chosen in a facet an entity needs one; of two facets both."""
    ile_de_france = NAMES.entity("region", "11").value
    sector = NAMES.concept("sector", "energie").value
    either = Selection("initiative", chosen={"territory": (ile_de_france, GUILLESTRE)})
    both = Selection("initiative", chosen={"territory": (FRANCE,), "sector": (sector,)})

    assert index.explore(either).total == 1
    assert index.explore(both).total == 2


def test_what_is_chosen_is_told_even_of_none(index: SearchIndex) -> None:
    """A choice that leaves nothing can be seen, and taken back."""
    nowhere = NAMES.entity("departement", "93").value
    page = index.explore(Selection("initiative", chosen={"territory": (nowhere,)}))

    territory = page.facets[0]
    assert page.total == 0
    assert [value.count for value in territory.values if value.iri == nowhere] == [0]


def test_text_narrows_and_is_mended(index: SearchIndex) -> None:
    """The words of a text narrow the list and the counts; a misspelt one is mended."""
    found = index.explore(Selection("initiative", "micro guilestre"))

    assert [hit.iri.rpartition("/")[2] for hit in found.hits] == ["microcentrale-cristillan"]
    assert found.corrected == "micro guillestre"
    assert _counts(found.facets[1])["scheme/instrument/PUR"] == 1
    assert index.explore(Selection("initiative", "micro")).corrected == ""
    assert index.explore(Selection("initiative", "xyzwxyz")).total == 0


@pytest.mark.parametrize("sort", ["best", "name", "date"])
@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_stable(index: SearchIndex, kind: str, sort: search.explore.Sort) -> None:
    """Pages one after the other are the list of an export, each entity once."""
    paged = [
        hit.iri
        for offset in range(0, 20, 2)
        for hit in index.explore(Selection(kind), sort=sort, limit=2, offset=offset).hits
    ]

    assert paged == index.chosen(Selection(kind), sort=sort)
    assert len(paged) == len(set(paged)) == index.explore(Selection(kind)).total


def test_orders(index: SearchIndex) -> None:
    """By name as a reader sorts, by date the latest first and the undated last."""
    by_name = index.explore(Selection("initiative"), sort="name", lang="en")
    by_date = index.explore(Selection("publication"), sort="date")

    assert [hit.label[0] for hit in by_name.hits] == ["C", "R", "S"]
    assert by_date.hits[0].label == "Page du syndicat"


def test_years_narrow(index: SearchIndex) -> None:
    """A period leaves what is of its years; the histogram keeps the others."""
    page = index.explore(Selection("publication", since=2012))

    assert [hit.label for hit in page.hits] == ["Page du syndicat"]
    assert page.years == ((2011, 1), (2012, 1))
    assert index.explore(Selection("publication", until=2011)).total == 1
    assert index.explore(Selection("publication", since=1990, until=2000)).total == 0


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (["2008"], ["2010-05"], [2008, 2009, 2010]),
        (["2008-01-31"], [], [2008]),
        ([], ["2010"], [2010]),
        (["2010", "2008"], ["2009"], [2008, 2009]),
        (["1000"], ["2000"], [1000, 2000]),
        (["2012"], ["2010"], [2012, 2010]),
        (["-044", "x", "20111"], [], []),
    ],
)
def test_years_of_a_period(starts: list[str], ends: list[str], expected: list[int]) -> None:
    """From the first start to the last end; of a slip of the pen only the ends."""
    assert [int(year) for _, year in years(starts, ends)] == expected


def test_values_of_a_facet_by_their_name(index: SearchIndex) -> None:
    """Values are found by the beginning of their words, with what they are shown under."""
    found = index.facet(Selection("initiative"), "territory", text="guill")
    concept = index.facet(Selection("initiative"), "instrument", text="coop", lang="en")
    below = index.facet(Selection("initiative"), "territory", parent=ALPES, limit=1)

    assert {value.label for value in found.values} == {
        "Guillestre",
        "CC du Guillestrois et du Queyras",
    }
    assert all(value.parent == ALPES for value in found.values)
    assert [value.label for value in concept.values] == ["Contract with a cooperative"]
    assert (len(below.values), below.total) == (1, 3)


def test_labels_fall_back(index: SearchIndex) -> None:
    """A value without a label in the language is shown in another, which is told."""
    found = index.facet(Selection("territory"), "territory", parent=FRANCE, lang="en")

    assert {value.label_lang for value in found.values} == {"fr"}


def test_places(index: SearchIndex) -> None:
    """An initiative is where its territories are; of a list cut short it is told."""
    found = index.places(Selection("initiative"))

    assert [(place.label, place.lon, place.lat) for place in found.places] == [
        ("Microcentrale hydroélectrique du Cristillan", 6.65, 44.66)
    ]
    assert (found.total, found.truncated) == (3, False)
    assert index.places(Selection("initiative"), limit=0).truncated
    assert index.places(Selection("person")).places == []


@pytest.mark.parametrize(
    "selection",
    [
        Selection("planet"),
        Selection("initiative", chosen={"colour": ("x",)}),
        Selection("publication", chosen={"territory": (FRANCE,)}),
    ],
)
def test_what_there_is_not_is_refused(index: SearchIndex, selection: Selection) -> None:
    """A kind or a facet that does not exist is named."""
    with pytest.raises(QueryError, match=r"planet|colour|territory"):
        index.explore(selection)


def test_an_older_index_says_so(tiny: EmbeddedStore, tmp_path: Path) -> None:
    """The index of a release made before there were facets is searched, not explored."""
    path = tmp_path / "search.sqlite"
    search.build([source_of(tiny, tmp_path)], path, NAMES)
    connection = sqlite3.connect(path)
    connection.executescript("DROP TABLE posting; DROP TABLE word;")
    connection.close()
    index = SearchIndex(path)

    assert index.find("guillestre").total > 0
    assert index.find("guilestre").hits == []
    assert not index.explorable()
    with pytest.raises(NotExplorable, match=r"^this release was made before"):
        index.explore(Selection("initiative"))
    index.close()


def test_those_that_came_later_are_in_their_place() -> None:
    """Numbers told apart are between those of a build, in the order of the index."""
    later = [(APART, GAP + 5), (APART + 1, 7), (APART + 2, 3 * GAP + 1)]
    numbering = Numbering(later)
    docs = numbering.docs([7, GAP, GAP + 5, 2 * GAP, 3 * GAP, 3 * GAP + 1])

    ordered = [7, GAP, GAP + 5, 2 * GAP, 3 * GAP, 3 * GAP + 1]
    assert numbering.page(docs, 0, 9) == ordered
    assert numbering.page(docs, 2, 4) == ordered[2:4]
    assert numbering.span(docs) == (7, 3 * GAP + 1)
    assert Numbering([]).page(docs, 0, 2) == [GAP, 2 * GAP]


def test_what_is_chosen_is_told_on_the_first_page_only(index: SearchIndex) -> None:
    """A chosen value stands on the first page of the values, and is not told again."""
    every = index.facet(Selection("initiative"), "instrument", limit=100)
    last = every.values[-1].iri
    chosen = Selection("initiative", chosen={"instrument": (last,)})

    pages = [
        [value.iri for value in index.facet(chosen, "instrument", limit=1, offset=offset).values]
        for offset in range(every.total)
    ]

    assert pages[0] == [every.values[0].iri, last]
    assert sorted(iri for page in pages for iri in page) == sorted(x.iri for x in every.values)


def test_threads_that_explore_at_once_have_their_answers(index: SearchIndex) -> None:
    """Texts sought by several threads at once each find what they match."""
    texts = [f"micro {at}" if at % 2 else "micro" for at in range(1_000)]

    with ThreadPoolExecutor(4) as pool:
        totals = list(pool.map(lambda text: index.amount(Selection("initiative", text)), texts))

    assert totals == [1, 0] * 500


def test_matches_kept_are_bounded_by_their_size() -> None:
    """Matches of many entities take the room of many matches of few."""
    few, many = BitMap(range(0, 100, 2)), BitMap(range(0, 100_000, 2))

    assert Matches((few,), few).size < 2_000
    assert Matches((many,), many).size > len(many)


REGISTER = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix igeo: <http://rdf.insee.fr/def/geo#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix time: <http://www.w3.org/2006/time#> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .
@base <https://w3id.org/essgraph/> .
<id/organisation/town> ess:governs <id/commune/town> .
<id/organisation/city> ess:governs <id/commune/city> .
<id/person/p> a ess:Person ; rdfs:label "P" .
<id/person/q> a ess:Person ; rdfs:label "Q" .
<id/mandate/p-1> org:member <id/person/p> ; org:role <scheme/role/maire> ;
    org:organization <id/organisation/town> ; schema:startDate "2020-07-03" .
<id/mandate/p-2> org:member <id/person/p> ; org:role <scheme/role/conseiller> ;
    org:organization <id/organisation/city> ; schema:startDate "2022-01-01" ;
    schema:endDate "2023-01-01" .
<id/mandate/q-1> org:member <id/person/q> ; org:role <scheme/role/maire> ;
    org:organization <id/organisation/city> ; schema:startDate "2008" ;
    ess:attestedDuring <id/period/x> ; prov:hadPrimarySource <id/clipping/c> .
<id/period/x> time:hasBeginning <id/period/y> ; time:hasEnd <id/period/z> .
<id/period/y> time:inXSDgYear "2011" .
<id/period/z> time:inXSDgYear "2012" .
"""


@pytest.fixture(scope="module", name="register")
def _register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    folder = tmp_path_factory.mktemp("register")
    triples = [quad.triple for quad in parse(REGISTER, format=RdfFormat.TURTLE)]
    ntriples.write_ntriples(triples, folder / "all.nt")
    search.build([folder / "all.nt"], folder / "search.sqlite", NAMES, 2024)
    index = SearchIndex(folder / "search.sqlite")
    yield index
    index.close()


@pytest.mark.parametrize(
    ("role", "place", "since", "until", "expected"),
    [
        ("maire", "town", None, None, "P"),
        ("maire", "city", None, None, "Q"),
        ("conseiller", "city", None, None, "P"),
        ("conseiller", "town", None, None, ""),
        ("maire", "town", 2024, 2024, "P"),
        ("maire", "town", 2021, 2021, "P"),
        ("maire", "town", None, 2019, ""),
        ("maire", "town", 2025, None, ""),
        ("conseiller", "city", 2024, None, ""),
        ("maire", "city", 2008, 2008, "Q"),
        ("maire", "city", 2009, 2010, ""),
        ("maire", "city", 2012, None, "Q"),
        ("maire", "city", 2013, None, ""),
    ],
)
def test_all_that_is_chosen_holds_of_one_mandate(
    register: SearchIndex,
    role: str,
    place: str,
    since: int | None,
    until: int | None,
    expected: str,
) -> None:
    """Office, place and years are those of one mandate.

    Whoever the register lists is in office until its year; of others, what is told.
    """
    chosen = {
        "role": (NAMES.concept("role", role).value,),
        "territory": (NAMES.entity("commune", place).value,),
    }

    page = register.explore(Selection("person", chosen=chosen, since=since, until=until))

    assert "".join(hit.label for hit in page.hits) == expected


def test_people_come_by_the_year_that_a_mandate_began_in(register: SearchIndex) -> None:
    """The latest beginning first; the years of a list are those of the mandates in it."""
    mayors = {"role": (NAMES.concept("role", "maire").value,)}

    page = register.explore(Selection("person", chosen=mayors), sort="date")

    assert [hit.label for hit in page.hits] == ["P", "Q"]
    assert [year for year, _ in page.years] == [2008, 2011, 2012, *range(2020, 2025)]


def test_what_begins_so_is_suggested_first(index: SearchIndex) -> None:
    """A commune that begins as typed comes before a body that only has such a word."""
    hits = index.suggest("guill").hits

    assert hits[0].iri == GUILLESTRE
    assert {hit.iri for hit in hits[1:]} <= {hit.iri for hit in index.find("guill").hits}


def test_places_are_suggested_before_what_is_about_them(index: SearchIndex) -> None:
    """Typed in full, the commune leads; figures, mandates and concepts come after all others."""
    found = index.suggest("guillestre", limit=30).hits
    kinds = [hit.iri.removeprefix(NAMES.base).split("/")[1] for hit in found]

    assert found[0].iri == GUILLESTRE
    last = [kind not in MEANT for kind in kinds]
    assert last == sorted(last)
    assert not all(last)


MEANT = ("initiative", "commune", "epci", "person", "organisation", "publication")


def test_concepts_are_suggested_last() -> None:
    """An initiative that is only about a word comes before a concept of that very name."""
    concept, initiative = NAMES.concept("sector", "energie").value, NAMES.entity("initiative", "x")

    told = likely.ordered([(1, concept, likely.NAMED), (2, initiative.value, likely.AROUND)])

    assert told == [2, 1]


def test_a_commune_is_suggested_before_the_departement_of_its_name() -> None:
    """Of Paris and Paris, most readers mean the commune."""
    commune, departement = NAMES.entity("commune", "75056"), NAMES.entity("departement", "75")

    told = likely.ordered([(1, departement.value, likely.NAMED), (2, commune.value, likely.NAMED)])

    assert told == [2, 1]


def test_few_values_below_a_chosen_one_are_all_shown(index: SearchIndex) -> None:
    """Under a chosen région stand all its départements that have any, though few are asked for."""
    above = index.facet(Selection("territory"), "territory", parent=FRANCE).values
    chosen = next(value.iri for value in above if "/region/" in value.iri)
    below = {
        one.iri for one in index.facet(Selection("territory"), "territory", parent=chosen).values
    }
    page = index.explore(Selection("territory", chosen={"territory": (chosen,)}), most=1)
    shown = next(facet for facet in page.facets if facet.name == "territory")

    assert below
    assert below <= {value.iri for value in shown.values}

"""The text index on the tiny graph: who is found, in which order, told apart how."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat

from essgraph import search
from essgraph.errors import NotFound, StoreUnavailable
from essgraph.search import SearchIndex
from essgraph.search.fold import words
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import IGEO, Names
from tests.conftest import source_of

NAMES = Names()


@pytest.fixture(scope="module", name="index")
def _index(tiny: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    path = tmp_path_factory.mktemp("search") / "search.sqlite"
    search.build([source_of(tiny, path.parent)], path, NAMES)
    index = SearchIndex(path)
    yield index
    index.close()


def _found(index: SearchIndex, text: str, **options: str) -> list[str]:
    return [hit.iri.removeprefix(NAMES.base) for hit in index.find(text, **options).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’Haÿ-les-Roses", ["l", "hay", "les", "roses"]),
        ("Œuvre ŒUVRE cœur", ["oeuvre", "oeuvre", "coeur"]),
        ("Saint-Étienne-d'Orthe", ["saint", "etienne", "d", "orthe"]),
        ("PUR.supply, 2A004", ["pur", "supply", "2a004"]),
        ("straße", ["strasse"]),
        (" '’-_*\"() ", []),
    ],
)
def test_folding(text: str, expected: list[str]) -> None:
    """Accents, case, ligatures, hyphens and apostrophes do not matter."""
    assert words(text) == expected


@pytest.mark.parametrize("text", ["ENERGIE", "énergie", "energ"])
def test_word_is_a_folded_prefix(index: SearchIndex, text: str) -> None:
    """However it is typed, and from its beginning on, a word finds."""
    assert "scheme/sector/energie" in _found(index, text)


def test_every_word_counts(index: SearchIndex) -> None:
    """All words are needed, in any order."""
    assert _found(index, "cristi micro hydro") == ["id/initiative/microcentrale-cristillan"]
    assert not index.find("cristi micro hydro").partial


def test_most_words_are_enough_where_nothing_has_all(index: SearchIndex) -> None:
    """What holds most of the words is found, and told as such; fewer than half do not do."""
    found = index.find("cristi nowhere")

    assert found.partial
    assert found.hits[0].iri.endswith("id/initiative/microcentrale-cristillan")
    assert not index.find("nowhere nobody").partial
    assert index.find("cristi nowhere nobody never").hits == []
    assert index.find("a0 b0 c0 d0 e0 f0 g0 h0").hits == []


@pytest.mark.parametrize(
    "text",
    ["microcentrale guillestre", "coopérative électricité", "cooperative energie cristillan"],
)
def test_place_and_description_help(index: SearchIndex, text: str) -> None:
    """An initiative is found by its place, its sector and the words that describe it."""
    found = index.find(text)

    assert not found.partial
    assert found.hits[0].iri.endswith("id/initiative/microcentrale-cristillan")


def test_names_come_before_what_is_around_them(index: SearchIndex) -> None:
    """What is called so comes before what lies in what is called so."""
    found = _found(index, "hautes alpes")

    assert found.index("id/departement/05") < found.index("id/commune/05065")


def test_an_older_index_is_still_searched(tiny: EmbeddedStore, tmp_path: Path) -> None:
    """The index of a release made before there was text around names answers by names."""
    path = tmp_path / "search.sqlite"
    search.build([source_of(tiny, tmp_path)], path, NAMES)
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP TABLE folded; CREATE VIRTUAL TABLE folded USING fts5 (words, exact, kind);"
        "INSERT INTO folded (rowid, words, exact, kind)"
        " SELECT min(id), 'guillestre', 'guillestre', 'x' FROM entity"
    )
    connection.commit()
    connection.close()
    index = SearchIndex(path)

    assert index.find("guill").total == 1
    assert index.find("guill nowhere").partial
    index.close()


@pytest.mark.parametrize("text", ["saint-denis reunion", "Saint Denis de la Réunion"])
def test_articles_do_not_have_to_match(index: SearchIndex, text: str) -> None:
    """A commune is found with the name of its département, however they are joined."""
    found = index.find(text, kind="commune")

    assert [hit.iri.rpartition("/")[2] for hit in found.hits] == ["97411"]
    assert not found.partial


def test_label_of_any_language_finds(index: SearchIndex) -> None:
    """English words find what is shown in French."""
    page = index.find("responsible purchasing", lang="fr")

    assert [(hit.label, hit.label_lang) for hit in page.hits] == [("Achats responsables", "fr")]


@pytest.mark.parametrize(
    ("code", "iri"),
    [
        ("05065", "id/commune/05065"),
        ("210500658", "id/organisation/210500658"),
        ("7353", "scheme/legal-form/7353"),
        ("93210", "id/commune/93066"),
        ("mairesse", "scheme/role/maire"),
    ],
)
def test_codes_and_other_names_find(index: SearchIndex, code: str, iri: str) -> None:
    """INSEE code, SIREN, notation, postal code and alternative label are looked up."""
    assert _found(index, code) == [iri]


def test_exact_comes_first(index: SearchIndex) -> None:
    """A label that is the text wins over those that hold it."""
    assert _found(index, "guillestre")[0] == "id/commune/05065"
    assert _found(index, "maire")[0] == "scheme/role/maire"


def test_collection_before_communes_before_authorities(index: SearchIndex) -> None:
    """Without exact match, what is about the subject comes first."""
    found = _found(index, "guil")
    ranks = [
        found.index(iri)
        for iri in (
            "id/mandate/abrard-maire-guillestre",
            "id/epci/200067452",
            "id/commune/05065",
            "id/organisation/210500658",
        )
    ]

    assert ranks == sorted(ranks)


def test_homonyms_are_told_apart(index: SearchIndex) -> None:
    """Two communes of one name carry their département, the larger first."""
    hits = index.find("saint denis", kind="commune").hits

    assert [(hit.label, hit.context) for hit in hits] == [
        ("Saint-Denis", "La Réunion"),
        ("Saint-Denis", "Seine-Saint-Denis"),
    ]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("Commune de Guillestre", "Hautes-Alpes"),
        ("CC du Guillestrois et du Queyras", "Hautes-Alpes"),
        ("Pierrefitte-sur-Seine", "Saint-Denis"),
        ("PUR", "Instruments d’action publique"),
        ("Achats responsables", "Hautes-Alpes"),
        ("Microcentrale hydroélectrique du Cristillan", "Ceillac, Guillestre"),
        ("Louis Abrard", ""),
    ],
)
def test_context(index: SearchIndex, text: str, context: str) -> None:
    """What an entity is in, or governs, is said beside it."""
    assert index.find(text).hits[0].context == context


def test_language_of_the_reader(index: SearchIndex) -> None:
    """Label, class and context follow the language, as far as there is one."""
    (english,) = index.find("PUR.supply", lang="en").hits
    (person,) = index.find("abrard", kind="person", lang="en").hits

    assert (english.label, english.label_lang) == ("Contract with a cooperative", "en")
    assert (english.class_label, english.context) == ("Concept", "Policy instruments")
    assert (person.label, person.label_lang, person.class_label) == ("Louis Abrard", "", "Person")


def test_most_telling_class(index: SearchIndex) -> None:
    """Of several classes the special one is told."""
    assert index.find("achats responsables").hits[0].class_label == "Politique publique"
    assert index.find("05065").hits[0].class_label == "Commune"
    assert index.find("sivu du cristillan").hits[0].class_label == "Collectivité ou groupement"


@pytest.mark.parametrize("text", ["Affirmation", "Centroïde de Guillestre", "1990 à 1999"])
def test_unsought_is_left_out(index: SearchIndex, text: str) -> None:
    """Assertions, geometries and periods are not found."""
    kinds = {hit.iri.removeprefix(NAMES.base).split("/")[1] for hit in index.find(text).hits}
    assert not kinds & {"assertion", "geometry", "period"}


def test_kind_is_a_filter(index: SearchIndex) -> None:
    """Only entities of the kind are found and counted; an unknown kind has none."""
    page = index.find("guillestre", kind="organisation")

    assert [hit.iri for hit in page.hits] == [NAMES.entity("organisation", "210500658").value]
    assert page.total == 1
    assert index.find("guillestre", kind="nonsense").total == 0
    assert index.find("pierre", kind="commune-deleguee").total == 1


def test_paging_is_a_partition(index: SearchIndex) -> None:
    """Pages of one give, each once, what a page of all gives, exact matches included."""
    whole = index.find("guillestre", limit=50)
    pages = [index.find("guillestre", limit=1, offset=n) for n in range(whole.total + 1)]

    assert [hit for page in pages for hit in page.hits] == whole.hits
    assert whole.total == len(whole.hits) > 3
    assert not whole.truncated


def test_nothing_asked_nothing_found(index: SearchIndex) -> None:
    """Text without a word finds nothing."""
    assert index.find(" *\"' ") == search.SearchPage([], 0, truncated=False)


def test_many_matches_are_not_counted_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: EmbeddedStore
) -> None:
    """Beyond a bound the page says that there are more."""
    monkeypatch.setattr("essgraph.search.find.MAX_TOTAL", 2)
    search.build([source_of(tiny, tmp_path)], tmp_path / "search.sqlite", NAMES)
    index = SearchIndex(tmp_path / "search.sqlite")
    page = index.find("guillestre")
    index.close()

    assert (page.total, page.truncated) == (2, True)


def test_classes_are_counted(index: SearchIndex) -> None:
    """Classes that people browse, with labels; general ones of others are left out."""
    classes = {row.iri: row for row in index.classes("en")}

    assert classes[IGEO + "Commune"].count == 4
    assert classes[NAMES.ess("Initiative").value].count == 3
    assert classes[NAMES.ess("Policy").value].label == "Public policy"
    assert not any(iri.startswith("http://xmlns.com/foaf/") for iri in classes)
    assert NAMES.ess("Assertion").value not in classes


def test_members_are_in_order_of_label(index: SearchIndex) -> None:
    """Entities of a class by folded label, then IRI, page by page."""
    whole = index.members(IGEO + "Commune")
    pages = [index.members(IGEO + "Commune", limit=1, offset=n) for n in range(4)]

    assert [hit.label for hit in whole.hits] == [
        "Ceillac",
        "Guillestre",
        "Saint-Denis",
        "Saint-Denis",
    ]
    assert [hit for page in pages for hit in page.hits] == whole.hits
    assert (whole.total, whole.label) == (4, "Commune")


@pytest.mark.parametrize(
    ("lang", "labels"),
    [
        ("fr", ["Abeille", "Bench", "Échange", "Zèbre"]),
        ("en", ["Bench", "Échange", "Swap", "Yard"]),
    ],
)
def test_members_follow_the_language(tmp_path: Path, lang: str, labels: list[str]) -> None:
    """Order and labels are those of the reader's language, page by page."""
    store = EmbeddedStore()
    named = ['"Abeille"@fr, "Yard"@en', '"Échange"@fr', '"Zèbre"@fr, "Swap"@en', '"Bench"@en']
    turtle = "".join(
        f"<{NAMES.base}id/place/{key}> a <{NAMES.ontology}Place> ;"
        f" <http://www.w3.org/2000/01/rdf-schema#label> {text} .\n"
        for key, text in enumerate(named)
    )
    store.load(turtle.encode(), RdfFormat.TURTLE, NAMES.graph("collection"))
    search.build([source_of(store, tmp_path)], tmp_path / "search.sqlite", NAMES)
    index = SearchIndex(tmp_path / "search.sqlite")
    place = NAMES.ess("Place").value
    whole = index.members(place, lang=lang)
    pages = [index.members(place, limit=1, offset=n, lang=lang) for n in range(5)]
    index.close()

    assert [hit.label for hit in whole.hits] == labels
    assert [hit for page in pages for hit in page.hits] == whole.hits
    assert whole.total == 4


def test_unknown_class(index: SearchIndex) -> None:
    """A class without entities is not found, and named."""
    with pytest.raises(NotFound, match="Nothing"):
        index.members(NAMES.ess("Nothing").value)


def test_missing_and_broken_index(tmp_path: Path) -> None:
    """A file that is absent or no index is unavailable, and named."""
    (tmp_path / "broken.sqlite").write_bytes(b"not a database, and long enough to say so")
    for name in ("absent.sqlite", "broken.sqlite"):
        with pytest.raises(StoreUnavailable, match=name):
            SearchIndex(tmp_path / name)


def test_threads_share_an_index(index: SearchIndex) -> None:
    """Each thread has its own connection."""
    with ThreadPoolExecutor(max_workers=4) as threads:
        totals = list(threads.map(lambda _: index.find("guillestre").total, range(40)))

    assert len(set(totals)) == 1


def test_empty_store(tmp_path: Path) -> None:
    """A store without entities makes an index without entries."""
    amount = search.build([source_of(EmbeddedStore(), tmp_path)], tmp_path / "search.sqlite", NAMES)
    index = SearchIndex(tmp_path / "search.sqlite")

    assert amount == 0
    assert index.find("x").total == 0
    assert index.classes() == []
    index.close()


def test_label_with_odd_characters(tmp_path: Path) -> None:
    """Quotes, commas and line breaks in a label come through."""
    store = EmbeddedStore()
    turtle = (
        "<https://w3id.org/essgraph/id/place/odd> a <https://w3id.org/essgraph/ontology#Place> ;"
        ' <http://www.w3.org/2000/01/rdf-schema#label> "a \\"b\\", c\\r\\nd;"@fr .'
    )
    store.load(turtle.encode(), RdfFormat.TURTLE, NAMES.graph("collection"))
    search.build([source_of(store, tmp_path)], tmp_path / "search.sqlite", NAMES)
    index = SearchIndex(tmp_path / "search.sqlite")
    (hit,) = index.find("d").hits
    index.close()

    assert hit.label == 'a "b", c\r\nd;'


def test_a_commune_named_like_its_departement_is_told_once(tmp_path: Path) -> None:
    """An official is shown with the commune and its département, but not as of "Paris (Paris)"."""
    org, label = "http://www.w3.org/ns/org#", "http://www.w3.org/2000/01/rdf-schema#label"
    triples = []
    for number, commune, departement in (("1", "Paris", "Paris"), ("2", "Gap", "Hautes-Alpes")):
        ours = {
            kind: str(NAMES.entity(kind, f"x{number}"))
            for kind in ("person", "mandate", "organisation", "commune", "departement")
        }
        role = NAMES.concept("role", "maire")
        triples += [
            f'{ours["person"]} <{label}> "Ana Zola {number}" .',
            f'{ours["organisation"]} <{label}> "Commune de {commune}"@fr .',
            f'{ours["commune"]} <{label}> "{commune}"@fr .',
            f'{ours["departement"]} <{label}> "{departement}"@fr .',
            f"{ours['commune']} <{IGEO}subdivisionDe> {ours['departement']} .",
            f"{ours['organisation']} {NAMES.ess('governs')} {ours['commune']} .",
            f"{ours['mandate']} <{org}member> {ours['person']} .",
            f"{ours['mandate']} <{org}organization> {ours['organisation']} .",
            f"{ours['mandate']} <{org}role> {role} .",
        ]
    data = tmp_path / "data.nt"
    data.write_text("".join(f"{triple}\n" for triple in sorted(triples)), "utf-8")
    search.build([data], tmp_path / "search.sqlite", NAMES)

    index = SearchIndex(tmp_path / "search.sqlite")
    contexts = [hit.context for hit in index.find("ana zola", kind="person").hits]
    index.close()

    assert sorted(contexts) == ["Gap (Hautes-Alpes)", "Paris"]

"""Saved queries: header, parameters, typed text, and those that came with the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from essgraph import queries
from essgraph.config import Settings
from essgraph.errors import NotFound, QueryError
from essgraph.queries import SavedQuery
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import XSD, XSD_DATE, XSD_INTEGER, Names

NAMES = Names()
GUILLESTRE = NAMES.entity("commune", "05065")

HEADER = "#+ title@fr: Titre\n#+ title@en: Title\n"
PARAM = "#+ param x@fr: une valeur\n#+ param x@en: a value\n"
COMMUNE = (
    HEADER
    + "#+ description@fr: Pour un test\n#+ question: 2 17\n"
    + "#+ param commune@fr: IRI d’une commune\n#+ param commune@en: IRI of a commune\n"
    + "#+ param day@fr: un jour\n#+ param day@en: a day\n"
    + "#+ param lang@en: a language\n#+ param lang@fr: une langue\n"
    + "#+ param count@fr: un nombre\n#+ param count@en: a number\n"
    + "#+ param title@fr: un titre\n#+ param title@en: a title\n"
    + "#+ param limit@fr: lignes\n#+ param limit@en: rows\n"
    + "#+ columns: commune label\n"
    + "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    + "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n\n"
    + "SELECT ?commune ?label\nWHERE {\n"
    + "  VALUES ?commune { <https://w3id.org/essgraph/id/commune/05065> }\n"
    + '  VALUES ?day { "2010-03-31"^^xsd:date }\n'
    + '  VALUES ?lang { "fr" }\n'
    + "  VALUES ?count { 3 }\n"
    + '  VALUES ?title { "titre"@fr }\n'
    + "  ?commune rdfs:label ?label .\n}\nORDER BY ?label ?commune\nLIMIT 20\n"
)


@pytest.fixture(name="commune")
def _commune() -> SavedQuery:
    return queries.parse("commune", COMMUNE, "commune.rq")


def test_header_is_read(commune: SavedQuery) -> None:
    """Titles, description, numbers, columns and parameters, each with its example."""
    examples = {param.name: param.example for param in commune.params}
    texts = {param.name: param.texts for param in commune.params}

    assert commune.titles == {"fr": "Titre", "en": "Title"}
    assert commune.descriptions == {"fr": "Pour un test"}
    assert commune.questions == (2, 17)
    assert commune.columns == ("commune", "label")
    assert commune.form == "SELECT"
    assert examples == {
        "commune": GUILLESTRE,
        "day": Literal("2010-03-31", datatype=XSD_DATE),
        "lang": Literal("fr"),
        "count": Literal(3),
        "title": Literal("titre", language="fr"),
        "limit": Literal(20),
    }
    assert texts["commune"] == {"fr": "IRI d’une commune", "en": "IRI of a commune"}
    assert texts["lang"] == {"fr": "une langue", "en": "a language"}


def test_unbound_keeps_its_examples(commune: SavedQuery, tiny: EmbeddedStore) -> None:
    """The file's text runs unchanged, and so does a query bound to nothing."""
    assert commune.bind() == COMMUNE
    assert tiny.select(commune.bind()).rows == [(GUILLESTRE, Literal("Guillestre", language="fr"))]


def test_bind_touches_its_line_only(commune: SavedQuery) -> None:
    """Nothing but the parameter's line changes, be the text that of another parameter."""
    bound = commune.bind(lang=Literal('"} VALUES ?count { 3 }'))
    changed = [
        new for new, old in zip(bound.split("\n"), COMMUNE.split("\n"), strict=True) if new != old
    ]

    assert changed == ['  VALUES ?lang { "\\"} VALUES ?count { 3 }" }']


def test_bind_several(commune: SavedQuery, tiny: EmbeddedStore) -> None:
    """A sequence of terms makes as many rows."""
    ceillac = NAMES.entity("commune", "05026")
    answer = tiny.select(commune.bind(commune=[GUILLESTRE, ceillac]))

    assert [row[0] for row in answer.rows] == [ceillac, GUILLESTRE]


def test_page_size_is_bound(commune: SavedQuery) -> None:
    """LIMIT takes a whole number."""
    assert commune.bind(limit=Literal(7)).endswith("\nLIMIT 7\n")


@pytest.mark.parametrize(
    "size", [Literal(-1), Literal("7"), Literal("7 OFFSET 2"), Literal(1.5), NamedNode("a:b")]
)
def test_page_size_is_checked(commune: SavedQuery, size: Literal | NamedNode) -> None:
    """LIMIT takes nothing else."""
    with pytest.raises(QueryError, match="parameter limit"):
        commune.bind(limit=size)


def test_unknown_parameter(commune: SavedQuery) -> None:
    """A parameter the header does not declare is refused, and the known ones named."""
    with pytest.raises(QueryError, match=r"'town'.*commune, count, day"):
        commune.bind(town=GUILLESTRE)
    with pytest.raises(QueryError, match=r"'town'.*commune, count, day"):
        commune.terms({"town": "x"}, NAMES)


def test_blank_node_is_refused(commune: SavedQuery) -> None:
    """A blank node would be a variable."""
    with pytest.raises(QueryError, match="_:b"):
        commune.bind(commune=BlankNode("b"))


@pytest.mark.parametrize(
    ("name", "text", "term"),
    [
        ("commune", "commune/05065", GUILLESTRE),
        ("commune", " https://w3id.org/essgraph/id/commune/05065 ", GUILLESTRE),
        ("commune", "<https://w3id.org/essgraph/id/commune/05065>", GUILLESTRE),
        ("commune", "ess:Initiative", NAMES.ess("Initiative")),
        ("commune", "person/é à", NAMES.entity("person", "é à")),
        ("commune", "scheme/legal-form/7210", NAMES.concept("legal-form", "7210")),
        ("commune", "urn:isbn:1", NamedNode("urn:isbn:1")),
        ("day", "1998-02-28", Literal("1998-02-28", datatype=XSD_DATE)),
        ("lang", " en ", Literal(" en ")),
        ("count", "12", Literal("12", datatype=XSD_INTEGER)),
        ("title", "l’été", Literal("l’été", language="fr")),
        ("limit", "5", Literal(5)),
    ],
)
def test_text_becomes_a_typed_term(
    commune: SavedQuery, name: str, text: str, term: NamedNode | Literal
) -> None:
    """What a person writes takes the type of the example."""
    assert commune.terms({name: text}, NAMES) == {name: term}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("commune", "Guillestre"),
        ("commune", "https://e.example/a b"),
        ("commune", "ess:a>b"),
        ("commune", ""),
        ("day", "2010-02-30"),
        ("day", "31/03/2010"),
        ("day", "20100331"),
        ("count", "douze"),
        ("count", "1.5"),
        ("count", "٣"),
        ("limit", "-1"),
        ("limit", "1e3"),
    ],
)
def test_bad_text_is_named(commune: SavedQuery, name: str, text: str) -> None:
    """What cannot be of the type is refused, with parameter and value."""
    with pytest.raises(QueryError) as caught:
        commune.terms({name: text}, NAMES)

    assert f"parameter {name} = {text!r}: " in str(caught.value)


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("boolean", "true", "vrai"),
        ("decimal", "-12.5", "12,5"),
        ("double", "1e3", "e"),
        ("gYear", "1998", "98"),
        ("gYearMonth", "2011-05", "2011-13"),
        ("dateTime", "2010-03-31T12:00:00Z", "2010-03-31"),
    ],
)
def test_datatypes(datatype: str, good: str, bad: str) -> None:
    """Each datatype of the data has its check."""
    text = HEADER + PARAM + "PREFIX xsd: <" + XSD + ">\n"
    row = f'  VALUES ?x {{ "{good}"^^xsd:{datatype} }}'
    saved = queries.parse("typed", f"{text}SELECT ?x\nWHERE {{\n{row}\n}}\n", "typed.rq")
    expected = Literal(good, datatype=NamedNode(XSD + datatype))

    assert saved.terms({"x": good}, NAMES) == {"x": expected}
    with pytest.raises(QueryError, match="expected"):
        saved.terms({"x": bad}, NAMES)


BODY = "SELECT ?s\nWHERE { ?s ?p ?o }\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BODY, r"bad\.rq:1: .*title@fr"),
        ("#+ title@fr: Titre\n" + BODY, r"bad\.rq:1: .*title@en"),
        (HEADER + "#+ title@de: Titel\n" + BODY, r"bad\.rq:3: unknown header"),
        (HEADER + "#+ colour: red\n" + BODY, r"bad\.rq:3: unknown header '#\+ colour: red'"),
        (HEADER + "#+ nonsense\n" + BODY, r"bad\.rq:3: malformed header"),
        (HEADER + "#+ question: two\n" + BODY, r"bad\.rq:3: unknown header"),
        (HEADER + "#+ param x@fr:\n" + BODY, r"bad\.rq:3: param says nothing"),
        (HEADER + "#+ param x: a value\n" + BODY, r"bad\.rq:3: unknown header"),
        (HEADER + "#+ param x@de: ein Wert\n" + BODY, r"bad\.rq:3: unknown header"),
        (HEADER + "#+ param@fr x: a value\n" + BODY, r"bad\.rq:3: malformed header"),
        (HEADER + "#+ param x@fr: valeur\n" + BODY, r"bad\.rq:3: .* no param x@en"),
        (HEADER + "#+ param x@en: value\n" + BODY, r"bad\.rq:3: .* no param x@fr"),
        (HEADER + PARAM + BODY, r"bad\.rq:3: .*VALUES \?x"),
        (HEADER + "#+ columns: s o\n" + BODY, r"bad\.rq:1: .*columns are s o.*are s"),
        (HEADER + "SELECT ?s\nWHEN {}\n", r"bad\.rq:4:\d+: near 'WHEN"),
        (HEADER + "SELECT * WHERE { SERVICE ?x {} }\n", "SERVICE"),
        (
            HEADER + PARAM + "SELECT ?x\nWHERE {\n  VALUES ?x { UNDEF }\n}\n",
            r"bad\.rq:7: parameter x has no example",
        ),
    ],
)
def test_malformed_file_is_placed(tmp_path: Path, text: str, told: str) -> None:
    """File and line say where to look."""
    path = tmp_path / "bad.rq"
    path.write_text(text, "utf-8")
    with pytest.raises(QueryError, match=told):
        queries.read(path, NAMES)


def test_unreadable_file(tmp_path: Path) -> None:
    """A file that is absent or not UTF-8 is told by name."""
    path = tmp_path / "latin.rq"
    path.write_bytes("#+ title@fr: É".encode("latin-1"))
    with pytest.raises(QueryError, match=r"latin\.rq"):
        queries.read(path, NAMES)
    with pytest.raises(NotFound, match=r"none\.rq: no such file"):
        queries.read(tmp_path / "none.rq", NAMES)


def test_directory_is_read_at_its_top(tmp_path: Path) -> None:
    """The queries of the pages, a level below, are not among the public ones."""
    (tmp_path / "app").mkdir()
    for name in ("b.rq", "a.rq", "app/c.rq"):
        (tmp_path / name).write_text(HEADER + BODY, "utf-8")

    assert list(queries.read_all(tmp_path, NAMES)) == ["a", "b"]


def test_base_is_moved(tmp_path: Path) -> None:
    """Under another base IRI, a file's own terms follow."""
    path = tmp_path / "commune.rq"
    path.write_text(COMMUNE, "utf-8")
    moved = queries.read(path, Names("https://other.example/"))

    assert moved.params[0].example == NamedNode("https://other.example/id/commune/05065")


APP = sorted(path.stem for path in (Settings().queries_dir / "app").glob("*.rq"))


CHOSEN = re.compile(r"  # if \w+\n.*?  # end\n", re.DOTALL)


@pytest.mark.parametrize("name", APP)
def test_query_of_the_pages_finds_something(name: str, tiny: EmbeddedStore) -> None:
    """Each query of the pages is well formed; tiny.trig has its examples, if it has its layers.

    Of a query with parts that stay only where they are chosen, all together may find nothing.
    """
    saved = queries.app(name, NAMES)
    text = saved.bind()
    if CHOSEN.search(text):
        tiny.select(text)
        text = CHOSEN.sub("", text)
    found: object
    if saved.form == "ASK":
        found = tiny.ask(text)
    elif saved.form == "CONSTRUCT":
        found = tiny.construct(text)
    else:
        found = tiny.select(text).rows

    assert found or saved.layers


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("longitude", "500", "degrees from -180 to 180"),
        ("latitude", "-91", "degrees from -90 to 90"),
        ("latitude", "44,66,1", "decimal point"),
    ],
)
def test_a_coordinate_is_within_its_bounds(name: str, text: str, expected: str) -> None:
    """A value that is no place on Earth, or no number, is named with what is expected."""
    names = Names()
    query = queries.read(Settings().queries_dir / "territory-at-point.rq", names)

    with pytest.raises(QueryError, match=expected) as caught:
        query.terms({name: text}, names)

    assert f"{name} = {text!r}" in str(caught.value)


def test_degrees_may_have_a_decimal_comma() -> None:
    """What a French visitor writes is the same number."""
    names = Names()
    query = queries.read(Settings().queries_dir / "territory-at-point.rq", names)

    assert query.terms({"longitude": "6,65"}, names) == query.terms({"longitude": "6.65"}, names)


def test_no_query_shows_an_operators_command() -> None:
    """What visitors read names no command of ours; the layers that are needed are a header."""
    saved = queries.read_all(Settings().queries_dir, Names())

    assert not [q.name for q in saved.values() if "essgraph build" in q.text]
    assert saved["territory-at-point"].layers == ("boundaries",)
    assert saved["officials-of-territory"].layers == ("officials",)

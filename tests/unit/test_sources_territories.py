"""National territories: what each row says, and which rows are refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from essgraph import vocab
from essgraph.errors import SourceError
from essgraph.sources import ntriples, tabular
from essgraph.sources.ntriples import Terms
from essgraph.sources.tabular import Row, Source
from essgraph.sources.territories import (
    SOURCES,
    communes,
    countries,
    departements,
    epci,
    inner_communes,
    naming,
    overseas,
    regions,
)

DATA = Path(__file__).parents[1] / "fixtures" / "sources" / "data" / "territories"
NAMES = vocab.Names()


def rows(source: Source) -> list[Row]:
    """The rows of the source's fixture, the number of rows unchecked."""
    return list(tabular.read(DATA / source.file, source.used + source.ignored))


def row(source: Source, **changes: str) -> Row:
    """The first row of the source's fixture, with some values changed."""
    first = rows(source)[0]
    return Row(first.path, first.line, first.values | changes)


def facts(source: Source, row: Row) -> set[tuple[str, str, str]]:
    """The facts of a row, IRIs compacted, literals as N-Triples writes them."""
    return {
        (_short(t.subject), _short(t.predicate), _short(t.object))
        for t in ntriples.triples(source.convert(row, Terms(NAMES)))
    }


def about(source: Source, key: str, value: str, subject: str) -> set[tuple[str, str]]:
    """What the fixture's row with this value in column `key` says of a subject."""
    (found,) = [r for r in rows(source) if r[key] == value]
    return {(p, o) for s, p, o in facts(source, found) if s == subject}


def test_a_commune_is_a_place() -> None:
    """Name as published, codes as text, its département, its EPCI and its centroid."""
    assert about(communes.SOURCE, "code", "01999", "id/commune/01999") == {
        ("rdf:type", "ess:Territory"),
        ("rdf:type", "igeo:Commune"),
        ("rdf:type", "geo:Feature"),
        ("rdfs:label", '"L\'Épreuve-les-Bains"@fr'),
        ("igeo:nom", '"L\'Épreuve-les-Bains"'),
        ("igeo:codeINSEE", '"01999"'),
        ("ess:inhabitants", f'"860"^^<{vocab.XSD}integer>'),
        ("ess:postalCode", '"01400"'),
        ("ess:postalCode", '"01410"'),
        ("ess:formerCode", '"01998"'),
        ("ess:formerCode", '"01997"'),
        ("igeo:subdivisionDe", "id/departement/01"),
        ("ess:inEpci", "id/epci/200000017"),
        ("geo:hasCentroid", "id/geometry/commune-01999"),
    }


def test_a_centroid_is_a_geometry_longitude_first() -> None:
    """WKT in the order of CRS84, under a node of its own that has a label."""
    assert about(communes.SOURCE, "code", "01999", "id/geometry/commune-01999") == {
        ("rdf:type", "geo:Geometry"),
        ("rdfs:label", '"Centroïde\u00a0: L\'Épreuve-les-Bains"@fr'),
        ("geo:asWKT", f'"POINT(4.92592 46.15369)"^^<{vocab.GEO}wktLiteral>'),
    }


def test_its_authority_is_another_thing() -> None:
    """The SIREN belongs to the legal person, a member of the one that the EPCI is."""
    assert about(communes.SOURCE, "code", "01999", "id/organisation/210199905") == {
        ("rdf:type", "ess:Authority"),
        ("rdf:type", "ess:Organisation"),
        ("rdf:type", "org:FormalOrganization"),
        ("rdf:type", "m8g:PublicOrganisation"),
        ("rdfs:label", '"Commune de L’Épreuve-les-Bains"@fr'),
        ("rdfs:label", '"Municipality of L’Épreuve-les-Bains"@en'),
        ("ess:siren", '"210199905"'),
        ("ess:legalForm", "scheme/legal-form/7210"),
        ("ess:governs", "id/commune/01999"),
        ("org:memberOf", "id/organisation/200000017"),
    }


def test_corsican_codes_are_kept() -> None:
    """2A stays 2A, in the code, the département and the chef-lieu."""
    ajaccio = about(communes.SOURCE, "code", "2A004", "id/commune/2A004")
    corsica = about(departements.SOURCE, "code", "2A", "id/departement/2A")

    assert ("igeo:codeINSEE", '"2A004"') in ajaccio
    assert ("igeo:subdivisionDe", "id/departement/2A") in ajaccio
    assert ("igeo:chefLieu", "id/commune/2A004") in corsica


def test_paris_is_one_commune_with_a_body_of_its_own_kind() -> None:
    """Its arrondissements lie in it; no legal category is claimed for the Ville de Paris."""
    body = about(communes.SOURCE, "code", "75056", "id/organisation/217500016")
    key = "id/arrondissement-municipal/75101"
    arrondissement = about(inner_communes.SOURCE, "code", "75101", key)

    assert ("rdfs:label", '"Ville de Paris"@fr') in body
    assert ("ess:governs", "id/commune/75056") in body
    assert "ess:legalForm" not in {predicate for predicate, _ in body}
    assert ("igeo:subdivisionDe", "id/commune/75056") in arrondissement
    assert ("rdf:type", "igeo:ArrondissementMunicipal") in arrondissement
    assert ("ess:postalCode", '"75001"') in arrondissement


def test_an_overseas_commune_is_in_its_collectivity() -> None:
    """No département, no SIREN and no EPCI: none is made up."""
    (found,) = [r for r in rows(communes.SOURCE) if r["code"] == "98411"]

    said = facts(communes.SOURCE, found)

    assert {subject for subject, _, _ in said} == {"id/commune/98411"}
    assert ("id/commune/98411", "igeo:subdivisionDe", "id/collectivite-outre-mer/984") in said
    assert "ess:inhabitants" not in {predicate for _, predicate, _ in said}


def test_a_code_that_two_territories_share_gives_two() -> None:
    """14143 is both a commune and a delegated commune inside it."""
    commune = about(communes.SOURCE, "code", "14143", "id/commune/14143")
    inner = about(inner_communes.SOURCE, "code", "14143", "id/commune-deleguee/14143")

    assert ("rdfs:label", '"Bourg-Neuf"@fr') in commune
    assert ("rdfs:label", '"Bourg-Vieux"@fr') in inner
    assert ("rdf:type", "igeo:CommuneDeleguee") in inner
    assert ("igeo:subdivisionDe", "id/commune/14143") in inner


def test_an_epci_is_an_area_and_a_legal_person() -> None:
    """The area has the publisher's name, the person the name spelled out."""
    area = about(epci.SOURCE, "siren", "200000017", "id/epci/200000017")
    body = about(epci.SOURCE, "siren", "200000017", "id/organisation/200000017")

    assert area == {
        ("rdf:type", "ess:Territory"),
        ("rdf:type", "igeo:Intercommunalite"),
        ("rdf:type", "geo:Feature"),
        ("rdfs:label", '"CC de l\'Épreuve"@fr'),
        ("skos:altLabel", '"Communauté de communes de l’Épreuve"@fr'),
        ("igeo:nom", '"CC de l\'Épreuve"'),
        ("ess:taxRegime", '"FPU"'),
        ("ess:inhabitants", f'"28363"^^<{vocab.XSD}integer>'),
        ("geo:hasCentroid", "id/geometry/epci-200000017"),
    }
    assert {
        ("rdfs:label", '"Communauté de communes de l’Épreuve"@fr'),
        ("skos:altLabel", '"CC de l\'Épreuve"@fr'),
        ("ess:legalForm", "scheme/legal-form/7346"),
        ("ess:governs", "id/epci/200000017"),
    } < body


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("CC", "7346"),
        ("CA", "7348"),
        ("CU", "7343"),
        ("METRO", "7344"),
        ("MET69", "metropole-de-lyon"),
    ],
)
def test_each_kind_of_epci_has_its_legal_form(kind: str, form: str) -> None:
    """INSEE's legal category, or our concept for the Métropole de Lyon, which has none."""
    said = facts(epci.SOURCE, row(epci.SOURCE, type=kind))

    wanted = ("id/organisation/200000017", "ess:legalForm", f"scheme/legal-form/{form}")
    assert wanted in said


def test_a_name_without_abbreviation_has_no_other() -> None:
    """A métropole has one name, with the apostrophe as published or as we write it."""
    area = about(epci.SOURCE, "siren", "200054781", "id/epci/200054781")

    assert ("rdfs:label", '"Métropole d\'Essai"@fr') in area
    assert "skos:altLabel" not in {predicate for predicate, _ in area}


def test_the_chain_goes_up_to_the_country() -> None:
    """Département in région in country; overseas collectivities directly in the country."""
    ain = about(departements.SOURCE, "code", "01", "id/departement/01")
    rhone_alpes = about(regions.SOURCE, "code", "84", "id/region/84")
    austral = about(overseas.SOURCE, "code", "984", "id/collectivite-outre-mer/984")
    france = about(countries.SOURCE, "code", "FR", "id/country/FR")

    assert {
        ("rdf:type", "igeo:Departement"),
        ("igeo:codeINSEE", '"01"'),
        ("igeo:subdivisionDe", "id/region/84"),
    } < ain
    assert {
        ("rdf:type", "igeo:Region"),
        ("igeo:subdivisionDe", "id/country/FR"),
        ("igeo:chefLieu", "id/commune/01999"),
        ("geo:hasCentroid", "id/geometry/region-84"),
    } < rhone_alpes
    assert {
        ("rdf:type", "igeo:CollectiviteDOutreMer"),
        ("igeo:subdivisionDe", "id/country/FR"),
    } < austral
    assert "igeo:chefLieu" not in {predicate for predicate, _ in austral}
    assert {
        ("rdf:type", "igeo:Pays"),
        ("rdfs:label", '"France"@fr'),
        ("rdfs:label", '"France"@en'),
    } < france


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.slug)
def test_every_subject_has_a_label_and_a_class(source: Source) -> None:
    """Whatever a row describes can be shown and found."""
    for found in rows(source):
        said = facts(source, found)
        subjects = {subject for subject, _, _ in said}
        for predicate in ("rdfs:label", "rdf:type"):
            assert subjects == {s for s, p, _ in said if p == predicate}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.slug)
def test_every_source_reads_its_whole_header(source: Source) -> None:
    """No column is both used and ignored; each one used is needed by the conversion."""
    first = row(source)

    assert not set(source.used) & set(source.ignored)
    for column in source.used:
        values = {name: value for name, value in first.values.items() if name != column}
        with pytest.raises(KeyError, match=column):
            list(source.convert(Row(first.path, first.line, values), Terms(NAMES)))


@pytest.mark.parametrize(
    ("source", "column", "value"),
    [
        (communes.SOURCE, "code", "1999"),
        (communes.SOURCE, "code", "2C004"),
        (communes.SOURCE, "nom", ""),
        (communes.SOURCE, "type_liaison", "9"),
        (communes.SOURCE, "type_liaison", "2"),
        (communes.SOURCE, "zone", "mer"),
        (communes.SOURCE, "departement", "1"),
        (communes.SOURCE, "epci", "20000001"),
        (communes.SOURCE, "siren", "2101999050"),
        (communes.SOURCE, "population", "860.0"),
        (communes.SOURCE, "codes_postaux", "1400"),
        (communes.SOURCE, "anciens_codes", "01998,01997"),
        (communes.SOURCE, "longitude", ""),
        (communes.SOURCE, "latitude", "95.00000"),
        (inner_communes.SOURCE, "type", "hameau"),
        (inner_communes.SOURCE, "commune", ""),
        (epci.SOURCE, "siren", "20000001X"),
        (epci.SOURCE, "type", "SIVU"),
        (epci.SOURCE, "regime_fiscal", ""),
        (epci.SOURCE, "population", "-1"),
        (departements.SOURCE, "code", "2C"),
        (departements.SOURCE, "region", "975"),
        (departements.SOURCE, "chef_lieu", "Bourg"),
        (regions.SOURCE, "code", "8"),
        (overseas.SOURCE, "code", "01"),
        (countries.SOURCE, "code", "fr"),
        (countries.SOURCE, "nom_en", ""),
    ],
)
def test_a_bad_value_is_told_with_its_place(source: Source, column: str, value: str) -> None:
    """File, line, column and value are in the message."""
    place = f"{source.file}:2: column {column!r}: {value!r} "
    if (column, value) == ("type_liaison", "2"):  # the name contradicts it, and is quoted
        place = f"{source.file}:2: column 'nom': \"L'Épreuve-les-Bains\" "

    with pytest.raises(SourceError, match=re.escape(place)):
        list(source.convert(row(source, **{column: value}), Terms(NAMES)))


@pytest.mark.parametrize(
    ("name", "liaison", "expected"),
    [
        ("Guillestre", "0", "de Guillestre"),
        ("Abriès", "1", "d’Abriès"),
        ("Le Havre", "2", "du Havre"),
        ("La Rochelle", "3", "de La Rochelle"),
        ("Les Abymes", "4", "des Abymes"),
        ("L'Abergement-de-Varey", "5", "de L’Abergement-de-Varey"),
        ("Aux Marais", "6", "d’Aux Marais"),
        ("Las Planas", "7", "de Las Planas"),
        ("Los Masos", "8", "de Los Masos"),
        ("Hyères", "1", "d’Hyères"),
        ("Ham", "0", "de Ham"),
    ],
)
def test_articles_are_contracted(name: str, liaison: str, expected: str) -> None:
    """As French requires after "de", from INSEE's code of the article."""
    found = Row(Path("communes.csv"), 2, {"nom": name, "type_liaison": liaison})

    assert naming.of(found, "nom", "type_liaison") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CC du Queyras", "Communauté de communes du Queyras"),
        ("CA d'Épinal", "Communauté d’agglomération d’Épinal"),
        ("CU d'Arras", "Communauté urbaine d’Arras"),
        ("Dijon Métropole", "Dijon Métropole"),
        ("CCB", "CCB"),
    ],
)
def test_forms_are_spelled_out(name: str, expected: str) -> None:
    """Only an abbreviation that stands alone at the start is one."""
    assert naming.spelled_out(name) == expected


@given(st.text(min_size=1).filter(lambda name: not name.isspace()))
def test_any_name_is_published_as_it_is(name: str) -> None:
    """Whatever characters a name has, the graph holds the same name."""
    statements = communes.SOURCE.convert(row(communes.SOURCE, nom=name), Terms(NAMES))

    names = [t.object for t in ntriples.triples(statements) if t.predicate == _NOM]

    assert names == [Literal(name)]


_NOM = NamedNode(vocab.IGEO + "nom")


def _short(term: object) -> str:
    if isinstance(term, NamedNode):
        return NAMES.compact(term.value).removeprefix(NAMES.base)
    return str(term)

"""Readers of the registers: what they tell, what they mend, what stops them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from essgraph.errors import SourceError
from essgraph.sources.officials.record import Kind, Record, Rejected
from essgraph.sources.publishers import datafrance_officials as datafrance
from essgraph.sources.publishers import datafrance_tables, rne, rne_functions
from tests.unit.officials_packages import FIXTURES, pack


def records(folder: Path) -> list[Record]:
    """The seats of a package in which every row can be used."""
    found = list(datafrance.read(folder))
    assert [row for row in found if isinstance(row, Rejected)] == []
    return [row for row in found if isinstance(row, Record)]


def register(*names: str) -> list[Record]:
    """The seats of files of the register in which every row can be used."""
    files = [rne.open_file(str(FIXTURES / "rne" / name), FIXTURES) for name in names]
    return [row for row in rne.read(files) if isinstance(row, Record)]


def test_one_row_of_a_councillor_is_a_seat_here_and_one_in_the_epci(tmp_path: Path) -> None:
    """Both have the row's key, so that they are one person."""
    seats = [r for r in records(pack(tmp_path)) if r.key == "elus_municipaux:1"]

    assert [(r.kind, r.commune, r.epci, r.function, r.function_start) for r in seats] == [
        (Kind.MUNICIPAL, "05065", "", "maire", "2026-03-20"),
        (Kind.EPCI, "05065", "200067452", "president-epci", "2026-04-09"),
    ]


def test_day_and_month_are_exchanged_back_in_four_files_only(tmp_path: Path) -> None:
    """Days of the register are mended, days over 12 and those of the assemblies left alone."""
    born = {(r.kind, r.given): r.born for r in records(pack(tmp_path))}

    assert born == {
        (Kind.MUNICIPAL, "Aline"): "1970-02-03",
        (Kind.EPCI, "Aline"): "1970-02-03",
        (Kind.MUNICIPAL, "Zoé"): "1950-01-31",
        (Kind.MUNICIPAL, "Hugo"): "1990-06-05",
        (Kind.EPCI, "Hugo"): "1990-06-05",
        (Kind.DEPARTEMENTAL, "Aline"): "1970-02-03",
        (Kind.REGIONAL, "Inès"): "1961-10-30",
        (Kind.DEPUTY, "Léo"): "1985-08-03",
        (Kind.SENATOR, "Jean"): "1955-04-01",
        (Kind.EUROPEAN, "Ève"): "1971-05-12",
    }


def test_package_whose_days_are_mended_is_refused(tmp_path: Path) -> None:
    """Exchanging them once more would spoil every date, so that the fix must be noticed."""
    folder = pack(tmp_path, elus_departementaux=("2021-01-07", "2021-07-01"))

    with pytest.raises(SourceError, match="no longer exchanged"):
        list(datafrance.read(folder))


def test_package_with_other_days_is_refused(tmp_path: Path) -> None:
    """What is neither the defect nor its repair is not guessed at."""
    folder = pack(tmp_path, elus_departementaux=("2021-01-07", "2021-03-03"))

    with pytest.raises(SourceError, match="neither as it stands"):
        list(datafrance.read(folder))


def test_councillor_of_a_sector_sits_in_the_commune(tmp_path: Path) -> None:
    """A sector has no authority of its own; its code is kept."""
    seat = next(r for r in records(pack(tmp_path)) if r.key == "elus_municipaux:4")

    assert (seat.commune, seat.inner) == ("13055", "13055SR01")


def test_deputy_loses_the_departement_that_tells_homonyms_apart(tmp_path: Path) -> None:
    """It is no part of the name."""
    deputy = next(r for r in records(pack(tmp_path)) if r.kind is Kind.DEPUTY)

    assert (deputy.given, deputy.family, deputy.end) == ("Léo", "Martin", "2025-01-23")


def test_row_without_name_is_rejected_with_its_place(tmp_path: Path) -> None:
    """It is told by file, line and column, and nothing of the person but name and place."""
    folder = pack(tmp_path, elus_municipaux=("PETIT,Hugo", " ,Hugo"))

    rejected = [row for row in datafrance.read(folder) if isinstance(row, Rejected)]

    told = Rejected("elus_municipaux.csv.lzma", 5, "nom", "is no name", "Hugo", "13055")
    assert rejected == [told, told]  # the seat in the council, and that in the EPCI


@pytest.mark.parametrize(
    ("table", "old", "new", "told"),
    [
        ("elus_municipaux", "fonction_epci", "role_epci", "column 'fonction_epci' is missing"),
        ("elus_municipaux", "2026-03-20", "20/03/2026", r":2: column .*'dd/dd/dddd' is not a day"),
        ("elus_municipaux", "2026-03-20", "2026-02-30", r":2: column .*'dddd-dd-dd' is not a day"),
        ("elus_municipaux", "ADJ", "XYZ", r"column 'fonction': 'XYZ' is none of"),
        ("elus_municipaux", "ADJ,2", "ADJ,deux", r"column 'ordre_fonction': 'deux'"),
        ("senateurs", "1955-04-01", "1955-04-51", r"column 'date_naissance': 'dddd-dd-dd' is"),
    ],
)
def test_changed_file_stops_the_fetch(
    tmp_path: Path, table: str, old: str, new: str, told: str
) -> None:
    """A header, date or code that changed upstream is told with its place."""
    folder = pack(tmp_path, **{table: (old, new)})

    with pytest.raises(SourceError, match=told):
        list(datafrance.read(folder))


def test_damaged_table_is_told(tmp_path: Path) -> None:
    """A file cut short is no shorter list of officials."""
    path = pack(tmp_path) / "elus_municipaux.csv.lzma"
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(SourceError, match=r"elus_municipaux\.csv\.lzma: damaged"):
        list(datafrance.read(tmp_path))


def test_register_in_each_of_its_formats_reads_alike() -> None:
    """Separator, encoding, title, apostrophe, lost zeros, form of days: none makes a difference."""
    seats = register("municipaux-2024.csv", "departementaux-2020.txt", "communautaires-2026.csv")

    told = [(r.kind, r.family, r.born, r.start, r.function, r.rank) for r in seats]
    assert told == [
        (Kind.MUNICIPAL, "Durand", "1980-12-11", "2020-03-15", "adjoint", 2),
        (Kind.MUNICIPAL, "Le Goff", "1970-03-02", "2020-03-15", "maire", 0),
        (Kind.MUNICIPAL, "Le Goff", "1970-03-02", "2020-03-15", "maire-delegue", 0),
        (Kind.DEPARTEMENTAL, "Noël", "1971-12-05", "2015-04-02", "vice-president-dep", 9),
        (Kind.EPCI, "Le Goff", "1970-03-02", "2026-03-15", "president-epci", 0),
    ]
    assert [r.commune for r in seats[:3]] == ["05065"] * 3
    assert (seats[3].departement, seats[3].canton) == ("05", "0510")


def test_two_functions_of_one_official_share_a_row() -> None:
    """The register prints the official twice; they are not two persons."""
    seats = register("municipaux-2024.csv")

    assert [seat.key for seat in seats] == [
        "municipaux-2024.csv:2",
        "municipaux-2024.csv:3",
        "municipaux-2024.csv:3",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("15/03/2020", "2020.03.15", r":2: column 'date de début du mandat': 'dddd\.dd\.dd'"),
        ("11/12/1980", "13/13/1980", r":2: column 'date de naissancee': 'dd/dd/dddd' is no day"),
        ("11/12/1980", "31/02/1980", r":2: column 'date de naissancee': 'dd/dd/dddd' is no day"),
        (";FR\n", ";FR;FR\n", r":2: 17 values, 16 expected"),
        ("2ème adjoint au Maire", "Doge", r":2: column 'libellé de la fonction': 'Doge'"),
        ("Prénom de l'élu", "Prénom", r":1: column \"prénom de l'élu\" is missing"),
        ("Nom de l'élu", "Nom", r":1: no column \"Nom de l'élu\""),
    ],
)
def test_changed_register_stops_the_fetch(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A header or date of an unknown form is told with file, line, column and value."""
    text = (FIXTURES / "rne" / "municipaux-2024.csv").read_text("utf-8")
    path = tmp_path / "changed.csv"
    path.write_text(text.replace(old, new), "utf-8")

    with pytest.raises(SourceError, match=rf"changed\.csv{told}"):
        list(rne.read([rne.open_file(str(path), tmp_path)]))


def changed_register(folder: Path, old: str, new: str) -> list[Record | Rejected]:
    """What is read of the councillors' file once a text in it is another."""
    text = (FIXTURES / "rne" / "municipaux-2024.csv").read_text("utf-8")
    assert old in text
    path = folder / "changed.csv"
    path.write_text(text.replace(old, new), "utf-8")
    return list(rne.read([rne.open_file(str(path), folder)]))


@pytest.mark.parametrize(
    "name", ['"DURAND', 'DURAND;Zoé;F;11/12/1980;37;Cadres;15/03/2020;"', '"DURAND\n"']
)
def test_unpaired_quote_swallows_no_row(tmp_path: Path, name: str) -> None:
    """The fetch stops, and its message has no birth date."""
    with pytest.raises(SourceError) as told:
        changed_register(tmp_path, "DURAND", name)

    assert "changed.csv:2" in str(told.value)
    assert "1980" not in str(told.value)


@pytest.mark.parametrize("name", ["DURAND 11/12/1980", 'DU"RAND', "DURAND\x0bZoé", "D|URAND"])
def test_name_with_signs_of_a_damaged_row_is_rejected(tmp_path: Path, name: str) -> None:
    """A birth date that ran into a name gets neither into names nor into the list of rejects."""
    first = changed_register(tmp_path, "DURAND", name)[0]

    assert isinstance(first, Rejected)
    assert (first.line, first.column, first.reason) == (2, "nom de l'élu", "is no name")
    assert "1980" not in repr(first)


def test_name_of_the_package_with_signs_of_a_damaged_row_is_rejected(tmp_path: Path) -> None:
    """As one of the register is."""
    folder = pack(tmp_path, senateurs=("de La Fontaine", "Fontaine 1955-04-01"))

    (row,) = [row for row in datafrance.read(folder) if isinstance(row, Rejected)]
    assert (row.column, row.reason, "1955" in repr(row)) == ("nom", "is no name", False)


@pytest.mark.parametrize(
    ("kind", "label", "told"),
    [
        (Kind.MUNICIPAL, "", ("", 0)),
        (Kind.MUNICIPAL, "Conseillère municipale déléguée", ("", 0)),
        (Kind.MUNICIPAL, "Maire", ("maire", 0)),
        (Kind.MUNICIPAL, "Maire délégué", ("maire-delegue", 0)),
        (Kind.MUNICIPAL, "Maire déléguée", ("maire-delegue", 0)),
        (Kind.MUNICIPAL, "1er adjoint au Maire", ("adjoint", 1)),
        (Kind.MUNICIPAL, "Premier adjoint", ("adjoint", 1)),
        (Kind.MUNICIPAL, "Première adjointe au maire", ("adjoint", 1)),
        (Kind.MUNICIPAL, "Dix-septième adjoint(e)", ("adjoint", 17)),
        (Kind.MUNICIPAL, "21ème adjoint au Maire", ("adjoint", 21)),
        (Kind.MUNICIPAL, "Autre adjoint", ("adjoint", 0)),
        (Kind.MUNICIPAL, "Adjoint au maire délégué", ("adjoint", 0)),
        (Kind.MUNICIPAL, "2ème adjoint au maire délégué", ("adjoint", 0)),
        (Kind.MUNICIPAL, "Maire honoraire", None),
        (Kind.MUNICIPAL, "Ancien maire", None),
        (Kind.MUNICIPAL, "Président", None),
        (Kind.EPCI, "Présidente du conseil communautaire", ("president-epci", 0)),
        (Kind.EPCI, "3ème vice-président du conseil communautaire", ("vice-president-epci", 3)),
        (Kind.EPCI, "Autre membre du bureau", ("", 0)),
        (Kind.DEPARTEMENTAL, "Président du conseil départemental", ("president-dep", 0)),
        (Kind.DEPARTEMENTAL, "Autre membre commission permanente", ("", 0)),
        (Kind.DEPARTEMENTAL, "Président de commission", ("", 0)),
        (Kind.DEPARTEMENTAL, "Vice-président de commission", ("", 0)),
        (Kind.DEPARTEMENTAL, "Président du conseil régional", None),
        (Kind.DEPARTEMENTAL, "Président honoraire du conseil départemental", None),
        (Kind.REGIONAL, "VICE PRESIDENT DU CONSEIL REGIONAL", ("vice-president-reg", 0)),
    ],
)
def test_function_is_known_as_a_whole_or_not(
    kind: Kind, label: str, told: tuple[str, int] | None
) -> None:
    """No part of a label makes an office of it."""
    assert rne_functions.told(label, kind) == told


def test_regional_councillor_has_section_and_departement(tmp_path: Path) -> None:
    """The package's and the register's alike; Lyon's two sections are in one département."""
    (seat,) = [r for r in records(pack(tmp_path / "package")) if r.kind is Kind.REGIONAL]
    path = tmp_path / "regionaux.csv"
    path.write_text(
        "Code de la région;Code de la section départementale;Nom de l'élu;Prénom de l'élu;"
        "Date de naissance;Date de début du mandat\n"
        "84;69M;NOËL;Ève;05/12/1971;27/06/2021\n44;6AE;NOËL;Ève;05/12/1971;27/06/2021\n",
        "utf-8",
    )

    found = [r for r in rne.read([rne.open_file(str(path), tmp_path)]) if isinstance(r, Record)]

    assert (seat.region, seat.section, seat.departement) == ("93", "05D", "05")
    assert [(r.region, r.section, r.departement) for r in found] == [
        ("84", "69M", "69"),
        ("44", "6AE", ""),
    ]


SPECIAL = (
    "Code de la région;Libellé de la région;Code du département;Libellé du  département;"
    "Code de la collectivité à statut particulier;Libellé de la collectivité à statut particulier;"
    "Code de la section - collectivité à statut particulier;"
    "Libellé de la section - collectivité à statut particulier;"
    "Code de la circonscription métropolitaine;Libellé de la circonscription métropolitaine;"
    "Nom de l'élu;Prénom de l'élu;Code sexe;Date de naissance;"
    "Code de la catégorie socio-professionnelle;Libellé de la catégorie socio-professionnelle;"
    "Date de début du mandat;Libellé de la fonction;Date de début de la fonction"
)
"""The header of the assemblies "à statut particulier" of the register."""


def special(folder: Path, *rows: tuple[str, str, str, str]) -> list[Record | Rejected]:
    """What is read of assembly, section, family name and function, on rows of the true form."""
    path = folder / "assemblees.csv"
    lines = (
        f";;;;{code};;{section};;;;{family};Ève;F;1971-12-05;37;x;2021-07-01;{function};"
        for code, section, family, function in rows
    )
    path.write_text("\n".join((SPECIAL, *lines, "")), "utf-8")
    file = rne.open_file(str(path), folder)
    assert file.kind is None
    return list(rne.read([file]))


def test_members_of_special_assemblies_sit_in_the_body_that_stands_there(tmp_path: Path) -> None:
    """In a région's authority or in the métropole; who chairs an assembly has a seat."""
    found = special(
        tmp_path,
        ("94", "", "NOËL", "Président de l'assemblée de Corse"),
        ("972", "2", "PETIT", "2ème vice-président de l'assemblée"),
        ("973", "4", "ROUX", ""),
        ("69M", "", "BLANC", "3ème vice-président du conseil de la métropole"),
        ("975", "", "NOIR", ""),
    )

    assert [(r.kind, r.region, r.section, r.epci, r.function) for r in found[:4]] == [  # type: ignore[union-attr]
        (Kind.REGIONAL, "94", "", "", ""),
        (Kind.REGIONAL, "02", "2", "", ""),
        (Kind.REGIONAL, "03", "4", "", ""),
        (Kind.EPCI, "", "", "200046977", "vice-president-epci"),
    ]
    assert found[4] == Rejected(
        "assemblees.csv",
        6,
        "code de la collectivité à statut particulier",
        "is no assembly with a body in the graph",
        "Ève Noir",
        "975",
    )


def test_councillors_of_arrondissements_are_refused(tmp_path: Path) -> None:
    """They hold no role of the scheme: the column that tells of them is named."""
    path = tmp_path / "arrondissements.csv"
    path.write_text("Code de la commune;Libellé du secteur;Nom de l’élu\n", "utf-8")

    with pytest.raises(SourceError, match=r"arrondissements\.csv:1: column 'libellé du secteur'"):
        rne.open_file(str(path), tmp_path)


def unknown(folder: Path, share: int) -> list[Record | Rejected]:
    """What is read of 200 councillors, `share` of whom have a function that is not known."""
    rows = [
        ("94", "", f"NOM{chr(97 + i // 26)}{chr(97 + i % 26)}", "Doge" if i < share else "")
        for i in range(200)
    ]
    return special(folder, *rows)


def test_a_rare_function_that_is_not_known_is_a_rejected_row(tmp_path: Path) -> None:
    """Up to one row in a hundred, each listed with file, line, column and value."""
    rejected = [row for row in unknown(tmp_path, 2) if isinstance(row, Rejected)]

    assert [(row.file, row.line, row.column, row.reason) for row in rejected] == [
        ("assemblees.csv", line, "libellé de la fonction", "'Doge' is not known") for line in (2, 3)
    ]


def test_a_function_that_is_often_not_known_stops_the_fetch(tmp_path: Path) -> None:
    """Above one row in a hundred of a file: its labels changed."""
    with pytest.raises(SourceError, match=r":2: .*'Doge' is not known; 3 of 200 rows are so"):
        unknown(tmp_path, 3)


@pytest.mark.parametrize(
    ("group", "told"),
    [
        ("Groupe du RDSE", "RDSE"),
        ("Groupe Les Républicains", "Les Républicains"),
        ("Groupe de l'Essai !", "Essai\u00a0!"),
    ],
)
def test_group_is_called_by_its_name(tmp_path: Path, group: str, told: str) -> None:
    """Without "Groupe", with French punctuation."""
    folder = pack(tmp_path, senateurs=("Groupe Les Essais", group))

    assert [r.group for r in records(folder) if r.kind is Kind.SENATOR] == [told]


def test_reading_several_tables_at_once_leaves_the_limit_of_fields(tmp_path: Path) -> None:
    """It is the whole process's, and other files are read while these are."""
    folder = pack(tmp_path)
    limit = csv.field_size_limit()
    first, second = (datafrance_tables.rows(folder, "communes") for _ in range(2))
    next(first)
    next(second)

    assert csv.field_size_limit() == limit


@pytest.mark.parametrize("old", ["Hautes-Alpes", "Nom de l'élu"])
def test_field_over_the_limit_is_told(tmp_path: Path, old: str) -> None:
    """In the header and below, with its line; the limit is as Python has it at the start."""
    limit = csv.field_size_limit(131_072)
    try:
        with pytest.raises(SourceError, match=r"changed\.csv:[12]: field larger than field limit"):
            changed_register(tmp_path, old, "x" * 140_000)
    finally:
        csv.field_size_limit(limit)

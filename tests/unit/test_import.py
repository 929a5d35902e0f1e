"""`essgraph import`: sheets of every usual kind, row by row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import NamedNode, RdfFormat, parse

from essgraph import vocab
from essgraph.cli import main
from essgraph.errors import SourceError
from essgraph.proposals import read_sheet
from essgraph.proposals.sheets import MAX_ROWS
from essgraph.vocab import Names
from tests.http.proposing import proposing
from tests.http.release import publish

NAMES = Names()
HEADINGS = ["Nom", "TERRITOIRE", "secteur", "début", "publication : titre"]
ROW = ["Épicerie", "Guillestre", "Énergie", "10/2013", "Un article neuf"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs `essgraph import` beside tiny.trig: exit code, standard output, standard error."""
    publish(tmp_path / "home", "20260101T000000Z-aaaaaa")
    monkeypatch.setenv("ESSGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["import", *arguments])
        captured = capfd.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


def _csv(path: Path, *rows: Sequence[str], delimiter: str = ";", encoding: str = "utf-8") -> Path:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    path.write_bytes(written.getvalue().encode(encoding))
    return path


def _xlsx(path: Path, *rows: Sequence[object]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, days)
                else:
                    sheet.write(at, column, cell)
    return path


def _subjects(path: Path) -> set[str]:
    quads = parse(path=path, format=RdfFormat.TURTLE)
    return {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [(";", "utf-8"), (",", "utf-8-sig"), ("\t", "utf-16"), (";", "cp1252")],
)
def test_a_sheet_of_any_usual_kind_is_read(
    tmp_path: Path, run: Run, delimiter: str, encoding: str
) -> None:
    """Delimiter and encoding are found; headings forgive case and accents."""
    sheet = _csv(tmp_path / "s.csv", HEADINGS, ROW, delimiter=delimiter, encoding=encoding)
    code, out, _ = run(str(sheet), "--output", "out.ttl")

    assert code == 0
    assert NAMES.entity("initiative", "epicerie").value in _subjects(tmp_path / "out.ttl")
    assert ("Windows-1252" in out) == (encoding == "cp1252")


def test_a_workbook_is_read_as_it_was_typed(tmp_path: Path, run: Run) -> None:
    """A number is the code it was, a day of the program a day, empty rows keep the count."""
    row = ["Épicerie", 5065, "Énergie", date(2013, 10, 5), "Un article neuf"]
    sheet = _xlsx(tmp_path / "s.xlsx", HEADINGS, [], row, ["Sans rien"])
    code, out, _ = run(str(sheet), "--output", "out.ttl", "--format", "json")
    first, second = json.loads(out)["rows"]
    said = (tmp_path / "out.ttl").read_text("utf-8")

    assert code == 1
    assert (first["row"], first["accepted"], second["row"]) == (3, True, 4)
    assert [fault["mended"] for fault in first["faults"]] == [True]
    assert 'schema:startDate "2013-10-05"^^xsd:date' in said
    assert "<https://w3id.org/essgraph/id/commune/05065>" in said


def test_a_formula_is_never_computed(tmp_path: Path) -> None:
    """What a formula says is nothing to us: the value that was saved is read, else nothing."""
    sheet = _xlsx(tmp_path / "s.xlsx", ["nom"], ['=HYPERLINK("http://evil.example";"x")'], ["Un"])

    assert [cells[0] for _, cells in read_sheet(sheet).rows][-1] == "Un"
    assert "evil" not in str(read_sheet(sheet).rows)


def test_each_row_has_its_own_report_and_loses_nothing(tmp_path: Path, run: Run) -> None:
    """Rows that conform are written, the others come back with what is wrong."""
    sheet = _csv(
        tmp_path / "s.csv",
        HEADINGS,
        ROW,
        ["Homonyme", "Saint-Denis", "Énergie", "", "Un article neuf"],
        ["Licorne", "05065", "licornes", "hier", "Un article neuf"],
        ROW,
    )
    code, out, _ = run(str(sheet), "--output", "out.ttl", "--rejected", "left.csv")
    with (tmp_path / "left.csv").open(encoding="utf-8-sig", newline="") as file:
        headings, *left = csv.reader(file, delimiter=";")

    assert code == 1
    assert "ligne 3, territoire\u00a0: Plusieurs portent le nom" in out
    assert "commune/97411 (Saint-Denis, La Réunion)" in out
    assert "ligne 4, secteur" in out
    assert "ligne 5, la ligne\u00a0: Même adresse que la ligne 2" in out
    assert headings == [*HEADINGS, "problème"]
    assert [row[0] for row in left] == ["Homonyme", "Licorne", "Épicerie"]
    assert all(row[-1] for row in left)


def test_the_rows_left_out_can_be_mended_and_read_again(tmp_path: Path, run: Run) -> None:
    """The column of faults is passed over."""
    _csv(tmp_path / "s.csv", HEADINGS, ["Licorne", "05065", "licornes", "", "Un article neuf"])
    run("s.csv", "--check", "--rejected", "left.csv")
    text = (tmp_path / "left.csv").read_text("utf-8-sig").replace("licornes;", "énergie;", 1)
    (tmp_path / "left.csv").write_text(text, "utf-8")

    assert run("left.csv", "--check")[0] == 0


def test_several_values_by_semicolon_or_column(tmp_path: Path, run: Run) -> None:
    """Both ways of writing several values say the same."""
    headings = ["nom", "territory", "territory", "sector", "source.title"]
    by_column = _csv(
        tmp_path / "a.csv", headings, ["Un", "05065", "93066", "énergie", "T"], delimiter=","
    )
    by_mark = _csv(tmp_path / "b.csv", headings, ["Un", "05065; 93066", "", "énergie", "T"])
    for sheet in (by_column, by_mark):
        assert run(str(sheet), "--output", f"{sheet.stem}.ttl")[0] == 0

    assert (tmp_path / "a.ttl").read_text() == (tmp_path / "b.ttl").read_text()


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_the_template_is_read_back(tmp_path: Path, run: Run, suffix: str) -> None:
    """What `--template` writes has no unknown column, and one row: the example."""
    assert run("--template", f"empty.{suffix}")[0] == 0
    code, out, _ = run(f"empty.{suffix}", "--check", "--format", "json")
    (row,) = json.loads(out)["rows"]

    # The example names a commune that this small graph does not have, and nothing else.
    assert code == 1
    assert {fault["column"] for fault in row["faults"]} <= {
        *("spatial", "carriedBy", "instrument", "sector"),
        *("new.legalForm", "new.partnerType"),
    }


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["nom", "licorne"], "no field is called 'licorne'"),
        (["nom", "Nom"], "'name.fr' twice"),
        (["", ""], "the sheet is empty"),
        (["problème"], "no column that is a field"),
    ],
)
def test_a_first_row_that_is_no_heading_ends_it(
    tmp_path: Path, run: Run, headings: list[str], said: str
) -> None:
    """A column that is no field stops the import with the names there are: exit 65."""
    _csv(tmp_path / "s.csv", headings, [""])
    code, _, err = run("s.csv", "--check")

    assert code == 65
    assert said in err


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("absent.csv", None, 66),
        ("a.ods", b"x", 65),
        ("a.xlsx", b"not a workbook", 65),
        ("a.csv", b"", 65),
        ("a.csv", b'nom\n"open', 65),
        ("a.csv", b"nom\x00;x", 65),
    ],
)
def test_a_file_that_is_no_sheet_is_named(
    tmp_path: Path, run: Run, name: str, content: bytes | None, code: int
) -> None:
    """Missing, malformed, of another kind: one line, and the code of sysexits."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    found, _, err = run(name, "--check")

    assert found == code
    assert name in err


def test_a_sheet_has_so_many_rows(tmp_path: Path) -> None:
    """The row beyond is named; nothing is read of the rest."""
    sheet = tmp_path / "s.csv"
    sheet.write_text("nom\n" + "x\n" * (MAX_ROWS + 1), "utf-8")

    with pytest.raises(SourceError, match=f":{MAX_ROWS + 2}: more than {MAX_ROWS} rows"):
        read_sheet(sheet)


def test_without_a_file_to_write_rows_go_to_the_graph(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that conform are written as one change, of which the release is told."""
    settings = proposing(tmp_path / "site")
    for name in ("home", "data", "ontology", "shapes"):
        variable = "ESSGRAPH_HOME" if name == "home" else f"ESSGRAPH_{name.upper()}_DIR"
        folder = settings.home if name == "home" else getattr(settings, f"{name}_dir")
        monkeypatch.setenv(variable, str(folder))
    _csv(
        tmp_path / "s.csv",
        ["nom", "territoire", "secteur", "publication"],
        ["Épicerie", "01999", "santé", "Un article"],
    )
    code, out, err = run("s.csv", "--format", "json")

    assert (code, err) == (0, "")
    assert json.loads(out)["written"] == (settings.home / "current").resolve().name
    assert vocab.DEFAULT_BASE + "id/initiative/epicerie" in out

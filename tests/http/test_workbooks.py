"""Lists and answers as workbooks: cells as what they are, what is in them, where they come from."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from essgraph import vocab
from essgraph.web import workbook
from essgraph.web.workbook import About, Entry

FRENCH = {"Accept-Language": "fr"}


def _sheets(body: bytes) -> tuple[list[list[object]], list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    first, second = ([*book.get_sheet_by_index(at).to_python()] for at in (0, 1))
    return [[*row] for row in first], [[*row] for row in second]


def _part(body: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        return parts.read(f"xl/worksheets/{name}").decode()


def test_a_list_as_a_workbook(client: FlaskClient) -> None:
    """Headings in the language of the page, names that lead to pages, the IRI last."""
    answer = client.get("/explore.xlsx?kind=initiative&sort=name", headers=FRENCH)
    rows, _ = _sheets(answer.data)
    told = client.get("/explore.json?kind=initiative&sort=name", headers=FRENCH).json

    assert told is not None
    assert answer.mimetype == workbook.XLSX.media_type
    assert rows[0][0] == "Nom"
    assert len(rows) == told["total"] + 1
    assert rows[1][0] == told["items"][0]["label"]
    assert rows[1][-1] == told["items"][0]["iri"]
    links = _part(answer.data, "_rels/sheet1.xml.rels")
    assert 'Target="http://localhost/page/initiative/' in links


def test_a_workbook_says_where_it_comes_from(client: FlaskClient) -> None:
    """The second sheet has the title, the address of the list, release, licences and date."""
    asked = "kind=initiative&territory=region/93"
    answer = client.get(f"/explore.xlsx?{asked}", headers=FRENCH)
    _, about = _sheets(answer.data)
    said = {row[0]: row[1] for row in about}

    assert said["Adresse de cette liste"] == f"http://localhost/explore?{asked}"
    assert said["Version des données"] == answer.headers["Essgraph-Release"]
    assert said["Titre"] == "Initiatives · Provence-Alpes-Côte d’Azur"
    assert "Ce qui manque" not in said


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_file_is_called_after_what_is_in_it(client: FlaskClient, suffix: str) -> None:
    """The kind and what is chosen, without accents."""
    answer = client.get(f"/explore.{suffix}?territory=region/93&since=2000", headers=FRENCH)

    name = f"essgraph-initiatives-provence-alpes-cote-d-azur-depuis-2000.{suffix}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_long_list_is_cut_and_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sheet about it and the header tell how many there are."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    answer = client.get("/explore.xlsx?kind=territory", headers=FRENCH)
    rows, about = _sheets(answer.data)

    assert len(rows) == 3
    assert answer.headers["Essgraph-Truncated"].startswith("rows 1-2 of ")
    assert "Ce qui manque" in [row[0] for row in about]


def test_an_answer_as_a_workbook(client: FlaskClient) -> None:
    """The columns that the page has, names with links, numbers as numbers."""
    address = "/queries/communes-of-a-departement"
    answer = client.get(f"{address}.xlsx?least=1000", headers=FRENCH)
    rows, about = _sheets(answer.data)

    assert rows[0] == ["commune", "habitants"]
    assert all(isinstance(population, float) for _, population in rows[1:])
    assert "/page/commune/" in _part(answer.data, "_rels/sheet1.xml.rels")
    assert f"http://localhost{address}?least=1000" in [row[1] for row in about]


def test_triples_are_no_workbook(client: FlaskClient) -> None:
    """What has no rows is a 406 that says which formats there are."""
    answer = client.get("/queries/neighbourhood.xlsx")

    assert answer.status_code == 406
    assert "ttl" in answer.text


def test_pages_offer_the_workbook(browser: FlaskClient) -> None:
    """A link in plain words beside the other formats."""
    for address in ("/explore?kind=person", "/queries/communes-of-a-departement"):
        assert "Tableur (Excel, LibreOffice)" in browser.get(address).text


XSD = vocab.XSD


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        (Entry("=1+1"), "=1+1"),
        (Entry("05065"), "05065"),
        (Entry("http://example.org/"), "http://example.org/"),
        (Entry("12", XSD + "integer"), 12),
        (Entry("-2.50", XSD + "decimal"), -2.5),
        (Entry("NaN", XSD + "double"), "NaN"),
        (Entry("9" * 20, XSD + "integer"), "9" * 20),
        (Entry("2024-02-29", XSD + "date"), datetime.date(2024, 2, 29)),
        (Entry("1848-02-24", XSD + "date"), "1848-02-24"),
        (Entry("not a day", XSD + "date"), "not a day"),
        (Entry("x", url="http://example.org/" + "x" * 3000), "x"),
        (Entry("x" * 40_000), "x" * 32_767),
    ],
)
def test_a_cell_is_what_it_says(app: Flask, entry: Entry, value: object) -> None:
    """Numbers and days are such where a spreadsheet can hold them; a text is never a formula."""
    with app.test_request_context("/"):
        body = workbook.made(["heading"], [[entry]], About("title", "http://x/"))

    assert _sheets(body)[0][1][0] == value
    assert "<f>" not in _part(body, "sheet1.xml")


def test_a_workbook_is_the_same_again(app: Flask) -> None:
    """Made twice of one release it has the same bytes, so that its entity tag is right."""
    about = About("title", "http://x/")
    with app.test_request_context("/"):
        first, again = (workbook.made(["a"], [[Entry("b")]], about) for _ in range(2))

    assert first == again

"""Delimited files: a change or a fault stops the build, and says where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essgraph.errors import SourceError
from essgraph.sources.ntriples import Statement, Terms
from essgraph.sources.tabular import Row, Source, decode, read
from essgraph.vocab import Names

COLUMNS = ("code", "nom")
Write = Callable[[str | bytes], Path]


@pytest.fixture(name="write")
def _write(tmp_path: Path) -> Write:
    """A CSV file with the given content."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "communes.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def row(value: str) -> Row:
    """A row whose one column holds the value."""
    return Row(Path("communes.csv"), 7, {"code": value})


def test_rows_keep_leading_zeros_quotes_and_their_line(write: Write) -> None:
    """Values are text; a quoted line end counts in the line numbers of what follows."""
    path = write('code,nom\n01001,"L\'Une\n""et l\'autre"""\n2A004,Ajaccio\n')

    rows = list(read(path, COLUMNS))

    assert [(r.line, r["code"], r["nom"]) for r in rows] == [
        (2, "01001", "L'Une\n\"et l'autre\""),
        (4, "2A004", "Ajaccio"),
    ]


def test_columns_are_read_by_name(write: Write) -> None:
    """The order of the columns, a byte order mark and CRLF line ends do not matter."""
    path = write("\ufeffnom,code\r\nAjaccio,2A004\r\n")

    (found,) = read(path, COLUMNS)

    assert (found["code"], found["nom"]) == ("2A004", "Ajaccio")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "code,libelle\n",
            "communes.csv:1: column 'nom' is missing from the header; instead there is 'libelle'",
        ),
        ("", "communes.csv:1: the file is empty"),
        ("code;nom\n", "communes.csv:1: no comma separates the columns: 'code;nom'"),
        ("code,nom,maire\n", "communes.csv:1: column 'maire' is not known"),
        ("code,nom,code\n", "communes.csv:1: column 'code' comes twice"),
        ("code,nom\n01001\n", "communes.csv:2: 1 values, 2 expected: '01001'"),
        ("code,nom\n01001,A,B\n", "communes.csv:2: 3 values, 2 expected: '01001,A,B'"),
        ("code,nom\n\n", "communes.csv:2: 0 values, 2 expected: ''"),
        ('code,nom\n01,"A"B\n', "communes.csv:2: ',' expected after '\"': '01,\"A\"B'"),
        ('code,nom\n01,A\n02,"B\n', "communes.csv:3: unexpected end of data: '02,\"B'"),
        (b"code,nom\n01,\xe9t\xe9\n", "communes.csv:2:4: byte 0xe9 is not UTF-8: "),
    ],
)
def test_a_fault_is_told_with_its_place(write: Write, content: str | bytes, message: str) -> None:
    """File, line and the column or the offending text are in the message."""
    path = write(content)

    with pytest.raises(SourceError, match=re.escape(message)):
        list(read(path, COLUMNS))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error names the path."""
    with pytest.raises(SourceError, match=r"absent\.csv: No such file"):
        list(read(tmp_path / "absent.csv", COLUMNS))


@given(st.text(max_size=40).filter(lambda text: not text.startswith("\ufeff")))
def test_any_text_is_decoded(text: str) -> None:
    """UTF-8 bytes are read as they are, but for a byte order mark."""
    assert decode(b"\xef\xbb\xbf" + text.encode(), Path("communes.csv")) == text
    assert decode(text.encode(), Path("communes.csv")) == text


@given(st.text(max_size=40), st.sampled_from([b"\xff", b"\xe9", b"\xc3("]), st.text(max_size=9))
def test_the_first_bad_byte_is_told(before: str, bad: bytes, after: str) -> None:
    """Line and column count from 1, in characters."""
    line = before.count("\n") + 1
    column = len(before.rpartition("\n")[2].removeprefix("\ufeff" if line == 1 else "")) + 1
    content = before.removeprefix("\ufeff").encode() + bad + after.encode()
    place = f"communes.csv:{line}:{column}: byte 0x{bad[0]:02x} is not UTF-8: "

    with pytest.raises(SourceError, match=re.escape(place)):
        decode(content, Path("communes.csv"))


@pytest.mark.parametrize(
    ("rows", "expected"), [((2, 2), "1 rows, 2 expected"), ((2, 9), "1 rows, 2 to 9 expected")]
)
def test_a_wrong_number_of_rows_stops(write: Write, rows: tuple[int, int], expected: str) -> None:
    """A file that lost or gained rows is refused at its end."""
    source = _source(rows)
    path = write("code,nom\n01,A\n")

    with pytest.raises(SourceError, match=f"communes.csv: {expected}"):
        list(source.statements(path, Terms(_names())))


def test_every_row_is_converted(write: Write) -> None:
    """The statements of the rows follow one another in file order."""
    path = write("code,nom\n02,B\n01,A\n")

    assert list(_source((0, 9)).statements(path, Terms(_names()))) == ["02", "01"]


@pytest.mark.parametrize("value", ["", "1001", "010011", "01001 ", "01001\n", "2C004"])
def test_a_bad_code_is_refused(value: str) -> None:
    """The whole value must match, and the message quotes it."""
    pattern = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")
    message = f"communes.csv:7: column 'code': {value!r} does not match"

    with pytest.raises(SourceError, match=re.escape(message)):
        row(value).matching("code", pattern)


@pytest.mark.parametrize("value", ["", "1.5", "-1", "1 000", "007", "٣", "1e3", "NaN"])
def test_what_is_not_a_whole_number_is_refused(value: str) -> None:
    """Only digits without leading zeros are a number."""
    message = f"column 'code': {value!r} is not a whole number"

    with pytest.raises(SourceError, match=re.escape(message)):
        row(value).integer("code")


@given(st.integers(min_value=0))
def test_whole_numbers_are_read(value: int) -> None:
    """Every number that Python writes in digits is read back."""
    assert row(str(value)).integer("code") == value


@pytest.mark.parametrize("value", ["", "181.0", "-180.5", "6", "6,5", "nan", "1e2", "6.5 "])
def test_what_is_no_longitude_is_refused(value: str) -> None:
    """Decimal degrees within the limit, with a decimal point."""
    message = f"column 'code': {value!r} is not decimal degrees between -180 and 180"

    with pytest.raises(SourceError, match=re.escape(message)):
        row(value).degrees("code", 180)


def test_lists_are_split_and_checked() -> None:
    """No item for an empty value; each item must match."""
    postal_code = re.compile("[0-9]{5}")

    assert row("").each("code", postal_code) == []
    assert row("75001|75116").each("code", postal_code) == ["75001", "75116"]
    with pytest.raises(SourceError, match="holds an item that does not match"):
        row("75001||75116").each("code", postal_code)


def test_a_choice_outside_the_known_ones_is_refused() -> None:
    """The message lists what is known."""
    assert row("CC").one_of("code", {"CC": 7346}) == 7346
    with pytest.raises(SourceError, match="'XX' is none of CC, CA"):
        row("XX").one_of("code", {"CC": 7346, "CA": 7348})


@pytest.mark.parametrize("value", ["", " ", "\u00a0"])
def test_an_empty_name_is_refused(value: str) -> None:
    """Spaces are no name."""
    with pytest.raises(SourceError, match="is empty"):
        row(value).filled("code")


def _names() -> Names:
    return Names("https://data.example/")


def _source(rows: tuple[int, int]) -> Source:
    def convert(row: Row, terms: Terms) -> Iterator[Statement]:
        yield Statement(row["code"])

    return Source(
        slug="essai",
        title={"fr": "Essai", "en": "Trial"},
        file="communes.csv",
        publisher="Essai",
        url="https://data.example/",
        licence="https://data.example/licence",
        used=("code",),
        ignored=("nom",),
        rows=rows,
        convert=convert,
    )

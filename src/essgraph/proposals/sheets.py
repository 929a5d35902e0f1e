"""A spreadsheet as rows of text: CSV of any usual kind, or the first sheet of an .xlsx file.

Nothing is computed: of a formula, the value that the program which saved it found is read.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from essgraph.errors import NotFound, SourceError

MAX_ROWS = 10_000
MAX_COLUMNS = 200
MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
"""Bytes that an .xlsx may take once unpacked: a small file can hold very much of the same."""

_DELIMITERS = ";,\t"


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet with the numbers that its program shows; empty rows are left out.

    Shape: `encoding` and `delimiter` are those of a CSV, "" of another.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str = ""
    delimiter: str = ""


def read_sheet(path: Path) -> Sheet:
    """The rows of a file whose name ends in .csv, .tsv, .txt or .xlsx.

    Raises: NotFound for a missing file; SourceError for one of another kind, too large, or
    malformed, with what was found.
    """
    if not path.is_file():
        raise NotFound(f"{path}: no such file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise SourceError(f"{path}: {size} bytes; {MAX_BYTES} are read at most")
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return _sheet(path, enumerate(_workbook(path), 1))
    if suffix not in (".csv", ".tsv", ".txt"):
        raise SourceError(f"{path}: {suffix or 'no suffix'} is none of .csv, .tsv, .txt, .xlsx")
    text, encoding = _decoded(path)
    delimiter = _delimiter(text)
    return _sheet(path, _lines(path, text, delimiter), encoding, delimiter)


def _sheet(
    path: Path,
    lines: Iterator[tuple[int, Sequence[str]]],
    encoding: str = "",
    delimiter: str = "",
) -> Sheet:
    headings: tuple[str, ...] | None = None
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in lines:
        if len(cells) > MAX_COLUMNS:
            raise SourceError(f"{path}:{number}: {len(cells)} columns; {MAX_COLUMNS} are read")
        if not any(cell.strip() for cell in cells):
            continue
        if headings is None:
            headings = tuple(cells)
        elif len(rows) == MAX_ROWS:
            raise SourceError(f"{path}:{number}: more than {MAX_ROWS} rows: divide the file")
        else:
            rows.append((number, tuple(cells)))
    if headings is None:
        raise SourceError(f"{path}: the sheet is empty: its first row names the columns")
    return Sheet(headings, tuple(rows), encoding, delimiter)


def _decoded(path: Path) -> tuple[str, str]:
    """A file's text: UTF-8, else Windows-1252, in which older programs of France write."""
    content = path.read_bytes()
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    for name in (encoding, "cp1252"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text.removeprefix("\ufeff"), name
    raise SourceError(f"{path}: the text is neither UTF-8 nor Windows-1252")


def _delimiter(text: str) -> str:
    """What the first row separates its cells by: what it has most of outside quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=lambda mark: (bare.count(mark), mark == ";"))


def _lines(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SourceError(f"{path}:{number}: {error}") from error
        yield number, cells
        number = reader.line_num + 1


def _workbook(path: Path) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
        if unpacked > MAX_UNPACKED:
            raise SourceError(f"{path}: {unpacked} bytes unpacked; {MAX_UNPACKED} are read")
        with CalamineWorkbook.from_path(str(path)) as book:
            sheet = book.get_sheet_by_index(0)
            # Rows keep their numbers only if what is empty above them is read too.
            for cells in sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS * 2):
                yield [_text(cell) for cell in cells]
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise SourceError(f"{path}: not a workbook that can be read: {error}") from error


def _text(cell: str | float | bool | date | datetime | time | timedelta) -> str:
    """A cell as one would have typed it: a code that became a number has no decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)

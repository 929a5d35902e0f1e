"""Text of the register's files -> rows: separator, line of title and header found."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TYPE_CHECKING

from essgraph.errors import SourceError
from essgraph.sources.officials.record import form

if TYPE_CHECKING:
    from _csv import Reader as CsvReader


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, or the encoding of the older ones."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The files of 2019 and 2020; every byte that French needs is a character there.
        return content.decode("cp1252", errors="replace")


def table(text: str, name: str) -> tuple[list[list[str]], int]:
    """The rows from the header on, and the line before the first of them.

    Raises: SourceError, naming file and line, where there is no header or a row is malformed.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    for start, head in enumerate(lines[:3]):
        separator = max(";,\t", key=head.count)
        try:
            header = [folded(column) for column in next(_reader([head], separator), [])]
        except csv.Error as error:
            raise SourceError(f"{name}:{start + 1}: {error}") from error
        if "nom de l'élu" in header:
            return _rows(_reader(lines[start:], separator), name, start), start + 1
    shown = form(lines[0].strip()[:100]) if lines else ""
    raise SourceError(f'{name}:1: no column "Nom de l\'élu" in the header: {shown!r}')


def _reader(lines: Iterable[str], separator: str) -> CsvReader:
    return csv.reader(lines, delimiter=separator, strict=True)


def _rows(reader: CsvReader, name: str, before: int) -> list[list[str]]:
    """The rows, each on a line of its own: an unpaired quote would run over the lines below."""
    rows: list[list[str]] = []
    try:
        for cells in reader:
            rows.append(cells)
            if reader.line_num != len(rows):
                line = before + len(rows)
                raise SourceError(f"{name}:{line}: a value runs over the end of the line")
    except csv.Error as error:
        raise SourceError(f"{name}:{before + len(rows) + 1}: {error}") from error
    return rows


def folded(column: str) -> str:
    """The name of a column, however it is spaced and capitalised."""
    return " ".join(column.replace("’", "'").split()).casefold()

"""Delimited files -> rows; a header that changed, or a row that is malformed, stops the build.

Shape: UTF-8, comma, one header line, quotes as RFC 4180.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from essgraph.errors import SourceError

if TYPE_CHECKING:
    from essgraph.sources.ntriples import Statement, Terms

LIST_SEPARATOR = "|"

_LONGEST_FIELD = 10_000_000  # characters
_SHOWN = 100

_Choice = TypeVar("_Choice")

_INTEGER = re.compile(r"0|[1-9][0-9]*")
_DEGREES = re.compile(r"-?[0-9]{1,3}\.[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its values by column, and the place it was read at."""

    path: Path
    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def matching(self, column: str, pattern: re.Pattern[str]) -> str:
        """The value, known to match the whole pattern.

        Raises: SourceError, naming file, line, column and value.
        """
        value = self.values[column]
        if pattern.fullmatch(value) is None:
            raise self.refusal(column, f"does not match {pattern.pattern}")
        return value

    def one_of(self, column: str, choices: Mapping[str, _Choice]) -> _Choice:
        """What the value stands for among the known choices.

        Raises: SourceError, naming file, line, column and value.
        """
        try:
            return choices[self.values[column]]
        except KeyError:
            raise self.refusal(column, f"is none of {', '.join(choices)}") from None

    def filled(self, column: str) -> str:
        """The value, known not to be empty.

        Raises: SourceError, naming file, line and column.
        """
        value = self.values[column]
        if not value or value.isspace():
            raise self.refusal(column, "is empty")
        return value

    def integer(self, column: str) -> int:
        """The value as a whole number of zero or more.

        Raises: SourceError, naming file, line, column and value.
        """
        value = self.values[column]
        if _INTEGER.fullmatch(value) is None:
            raise self.refusal(column, "is not a whole number")
        return int(value)

    def degrees(self, column: str, limit: int) -> str:
        """The value, known to be decimal degrees between -limit and limit.

        Raises: SourceError, naming file, line, column and value.
        """
        value = self.values[column]
        if _DEGREES.fullmatch(value) is None or abs(float(value)) > limit:
            raise self.refusal(column, f"is not decimal degrees between -{limit} and {limit}")
        return value

    def each(self, column: str, pattern: re.Pattern[str]) -> list[str]:
        """The values of a list column, each known to match the whole pattern.

        Raises: SourceError, naming file, line, column and value.
        """
        value = self.values[column]
        if not value:
            return []
        items = value.split(LIST_SEPARATOR)
        if not all(map(pattern.fullmatch, items)):
            raise self.refusal(column, f"holds an item that does not match {pattern.pattern}")
        return items

    def refusal(self, column: str, reason: str) -> SourceError:
        """The error that says which value of this row cannot be used, and why."""
        return SourceError(
            f"{self.path}:{self.line}: column {column!r}: {_short(self.values[column])} {reason}"
        )


@dataclass(frozen=True)
class Source:
    """A delimited file: what it is, who made it, and how a row becomes facts.

    `used` and `ignored` are the whole header, so that a changed file stops the build;
    `rows` are the fewest and the most rows the file may hold.
    """

    slug: str
    title: dict[str, str]
    file: str
    publisher: str
    url: str
    licence: str
    used: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: tuple[int, int]
    convert: Callable[[Row, Terms], Iterator[Statement]] = field(repr=False)

    def read(self, path: Path) -> Iterator[Row]:
        """The rows of the file.

        Raises: SourceError for a changed header, a malformed row, or a wrong number of rows.
        """
        yield from counted(read(path, self.used + self.ignored), path, *self.rows)

    def statements(self, path: Path, terms: Terms) -> Iterator[Statement]:
        """The facts of every row.

        Raises: SourceError as `read` does, and for a value that cannot be used.
        """
        for row in self.read(path):
            yield from self.convert(row, terms)


def counted(rows: Iterable[Row], path: Path, fewest: int, most: int) -> Iterator[Row]:
    """The rows of a file. Raises: SourceError at the end, for a wrong number of them."""
    count = 0
    for row in rows:
        count += 1
        yield row
    if not fewest <= count <= most:
        expected = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        raise SourceError(f"{path}: {count} rows, {expected} expected")


def read(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a delimited file whose header holds exactly these columns.

    Read a row at a time, so that a file of any size takes little memory.
    Raises: SourceError, naming the file, the line and the column or the offending text.
    """
    start = 1
    try:
        # utf-8-sig: with or without a byte order mark.
        with path.open(encoding="utf-8-sig", newline="") as lines:
            # One limit for the process, which is only ever raised: an outline is long.
            csv.field_size_limit(max(_LONGEST_FIELD, csv.field_size_limit()))
            records = csv.reader(lines, strict=True)
            header = next(records, [])
            check_header(path, header, columns)
            start = records.line_num + 1
            for values in records:
                if len(values) != len(header):
                    raise SourceError(
                        f"{path}:{start}: {len(values)} values, {len(header)} expected: "
                        f"{','.join(values)[:_SHOWN]!r}"
                    )
                yield Row(path, start, dict(zip(header, values, strict=True)))
                start = records.line_num + 1
    except csv.Error as error:
        raise SourceError(f"{path}:{start}: {error}: {_line(path, start)!r}") from error
    except UnicodeDecodeError:
        read_text(path)  # tells the line and the column
        raise
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error


def read_text(path: Path) -> str:
    """The text of a UTF-8 file.

    Raises: SourceError when it cannot be read, or naming the line and column of a bad byte.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    return decode(content, path)


def decode(content: bytes, path: Path) -> str:
    """The text of UTF-8 bytes that were read from `path`.

    Raises: SourceError, naming the line and column of the first bad byte.
    """
    try:
        return content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].split(b"\n")
        column = len(before[-1].decode("utf-8", "replace")) + 1
        shown = content.split(b"\n")[len(before) - 1]
        raise SourceError(
            f"{path}:{len(before)}:{column}: byte 0x{content[error.start]:02x} is not UTF-8: "
            f"{shown[:100]!r}"
        ) from error


def check_header(path: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse a header that does not hold exactly these columns.

    Raises: SourceError, naming the file and the column.
    """
    missing = [column for column in columns if column not in header]
    if missing:
        if not header:
            raise SourceError(f"{path}:1: the file is empty")
        if len(header) == 1 and len(columns) > 1:
            raise SourceError(f"{path}:1: no comma separates the columns: {header[0][:100]!r}")
        unknown = ", ".join(repr(column) for column in header if column not in columns)
        instead = f"; instead there is {unknown}" if unknown else ""
        raise SourceError(f"{path}:1: column {missing[0]!r} is missing from the header{instead}")
    for place, column in enumerate(header):
        if column not in columns:
            raise SourceError(f"{path}:1: column {column!r} is not known")
        if column in header[:place]:
            raise SourceError(f"{path}:1: column {column!r} comes twice")


def _line(path: Path, number: int) -> str:
    return read_text(path).split("\n")[number - 1][:_SHOWN]


def _short(value: str) -> str:
    return repr(value) if len(value) <= 2 * _SHOWN else f"{value[:_SHOWN]!r}…"

"""A table as a workbook (.xlsx) that spreadsheets open: the rows, and a sheet about them.

Texts are written as texts, so that no cell is a formula, whatever the data says.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import xlsxwriter  # type: ignore[import-untyped]  # publishes no types
from flask import Response, request
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types

from essgraph import vocab
from essgraph.catalogue import CC_BY, LICENCE_OUVERTE
from essgraph.search import words
from essgraph.web import negotiate, permalink, text
from essgraph.web.context import opened

XLSX = negotiate.Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

MOST_ROWS = 20_000
"""Rows of a workbook: about 2 MB; of people, who have most to look up, twenty seconds."""

_MOST_LINKS = 60_000
"""Links of a sheet; spreadsheets follow 65,530."""

_MOST_TEXT = 32_767
"""Characters of a cell, which is what spreadsheets hold."""

_MOST_URL = 2_000
_MOST_DIGITS = 15
"""Digits that a spreadsheet keeps of a number."""

_MOST_NAME = 100
"""Characters of a file name."""

_FIRST_DAY = datetime.date(1900, 3, 1)
"""Before it spreadsheets disagree on which day a number is."""

_WIDTHS = (12, 60)
_SAMPLED = 100
"""Rows whose texts say how wide a column is."""


@dataclass(frozen=True)
class Entry:
    """What a cell holds: a text, what it is (an IRI of XSD, or ""), where it leads to, or ""."""

    text: str
    datatype: str = ""
    url: str = ""


@dataclass(frozen=True)
class About:
    """What the second sheet says: the title, the address of the page, what was left out."""

    title: str
    address: str
    left_out: str = ""


def made(headings: Sequence[str], rows: Iterable[Sequence[Entry]], about: About) -> bytes:
    """The workbook, the same bytes whenever it is made of the same release.

    Shape: `rows` are `MOST_ROWS` at most.
    """
    written = io.BytesIO()
    # A row at a time is written out, so that no workbook is held as objects.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        release = opened().release.id
        day = permalink.day_of(release) or datetime.date(1980, 1, 1)
        created = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
        book.set_properties({"title": about.title, "created": created})
        _Table(book, str(gettext("Results"))).fill(headings, rows)
        _tell(book, about, release)
    return written.getvalue()


def send(body: bytes) -> Response:
    """The workbook as an answer in the language of the request."""
    response = negotiate.respond(body, XLSX.media_type)
    response.vary.add("Accept-Language")
    return response


def file_name(suffix: str, *parts: str) -> str:
    """A name that tells what a file has: "essgraph-initiatives-provence-alpes-cote-d-azur.csv"."""
    told = "-".join(["essgraph", *(word for part in parts for word in words(part))])
    # Only ASCII: what other scripts have cannot stand in the header that names the file.
    plain = told.encode("ascii", "ignore").decode()[:_MOST_NAME].strip("-")
    return f"{plain}.{suffix}"


class _Table:
    """The sheet of the rows."""

    def __init__(self, book: xlsxwriter.Workbook, name: str) -> None:
        self._sheet = book.add_worksheet(name)
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._link = book.get_default_url_format()
        self._links = 0

    def fill(self, headings: Sequence[str], rows: Iterable[Sequence[Entry]]) -> None:
        """Write headings and rows; the columns are as wide as the first of them ask."""
        sheet, told = self._sheet, iter(rows)
        first = [row for _, row in zip(range(_SAMPLED), told, strict=False)]
        for at, heading in enumerate(headings):
            longest = max((len(row[at].text) for row in first), default=0)
            width = min(max(longest, len(heading), _WIDTHS[0]), _WIDTHS[1])
            sheet.set_column(at, at, width)
        sheet.freeze_panes(1, 1)
        for at, heading in enumerate(headings):
            sheet.write_string(0, at, heading, self._head)
        last = 0
        for number, row in enumerate(chain(first, told), 1):
            for at, entry in enumerate(row):
                self._write(number, at, entry)
            last = number
        if last:
            sheet.autofilter(0, 0, last, len(headings) - 1)

    def _write(self, row: int, column: int, entry: Entry) -> None:
        shown = entry.text[:_MOST_TEXT]
        number, day = _number(entry), _day(entry)
        if not shown:
            return
        if number is not None:
            self._sheet.write_number(row, column, number)
        elif day is not None:
            self._sheet.write_datetime(row, column, day, self._date)
        elif 0 < len(entry.url) <= _MOST_URL and self._links < _MOST_LINKS:
            self._links += 1
            self._sheet.write_url(row, column, entry.url, self._link, shown)
        else:
            self._sheet.write_string(row, column, shown)


def _number(entry: Entry) -> float | None:
    if entry.datatype not in text.NUMBERS or len(entry.text.strip("-+0.")) > _MOST_DIGITS:
        return None
    try:
        found = float(entry.text)
    except ValueError:
        return None
    return found if abs(found) < 10**_MOST_DIGITS else None


def _day(entry: Entry) -> datetime.date | None:
    if entry.datatype != vocab.XSD + "date":
        return None
    try:
        found = datetime.date.fromisoformat(entry.text)
    except ValueError:
        return None
    return found if found >= _FIRST_DAY else None


def _tell(book: xlsxwriter.Workbook, about: About, release: str) -> None:
    sheet = book.add_worksheet(str(gettext("About")))
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    said: Mapping[str, Sequence[str]] = {
        str(gettext("Title")): (about.title,),
        str(gettext("Address of this list")): (about.address,),
        str(gettext("Left out")): (about.left_out,) if about.left_out else (),
        str(gettext("Release of the data")): (release,),
        str(gettext("Made on")): (permalink.said(release),),
        str(gettext("Licences")): (CC_BY, LICENCE_OUVERTE),
        str(gettext("Source")): (request.host_url,),
    }
    row = 0
    for heading, values in said.items():
        for value in values:
            sheet.write_string(row, 0, heading, bold)
            if value.startswith(("http://", "https://")) and len(value) <= _MOST_URL:
                sheet.write_url(row, 1, value, string=value)
            else:
                sheet.write_string(row, 1, value[:_MOST_TEXT])
            row += 1

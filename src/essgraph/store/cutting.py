"""Where a long answer is cut: after a whole row, with the document closed and the cut told.

What is told, format by format: a member `truncated` at the start of JSON (pyoxigraph's parser
takes none after the rows), a comment at the end of XML, Turtle and N-Triples, a last line in CSV
and TSV, which know no comments. The HTTP header of the same answer says it for all of them.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from pyoxigraph import QueryResultsFormat, RdfFormat


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that one answer may have; 0 is no bound.

    Units: rows of a table or triples of a graph; bytes before compression.
    """

    rows: int = 0
    bytes: int = 0


UNBOUNDED = Caps()

_NOTHING = re.compile(rb"(?!)")
_CSV_ROW = rb'[^"\n]*+(?:"[^"]*+"[^"\n]*+)*+\n'


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a format sets one row after another."""

    row: re.Pattern[bytes]
    """A whole row, or how one starts, as no string of the format can hold it."""
    whole: bool
    opening: bytes = b""
    """What the rows come after, unless that is a row of names."""
    rows: re.Pattern[bytes] = _NOTHING
    """As many whole rows as there are."""
    heads: int = 0
    """Matches before the first row."""
    between: bytes = b""
    """What stands between two rows and nowhere else, if anything does: counted sooner."""
    odd: tuple[bytes, ...] = ()
    """What may be in a document whose rows have something else between them."""


_LAYOUTS = {
    # A raw quote only ever opens or closes a string, so no string holds `{"x":{"type"`; a row that
    # binds nothing is not counted.
    QueryResultsFormat.JSON: _Layout(
        re.compile(rb'[\[,]\{"[^"\\]+":\{"type"'),
        whole=False,
        opening=b'"bindings":',
        between=b'"}},{"',
        odd=(b"{}", b'"}}}'),
    ),
    QueryResultsFormat.XML: _Layout(re.compile(rb"<result>"), whole=False, opening=b"<results>"),
    QueryResultsFormat.CSV: _Layout(
        re.compile(_CSV_ROW), whole=True, rows=re.compile(rb"(?:%s)++" % _CSV_ROW), heads=1
    ),
    QueryResultsFormat.TSV: _Layout(
        re.compile(rb"[^\n]*+\n"), whole=True, rows=re.compile(rb"(?:[^\n]*+\n)++"), heads=1
    ),
}
_KEPT = 65_536
"""Bytes looked at again for a row whose start was not whole in the chunk before."""


class RowCounter:
    """Counts the rows of a table as its bytes go by, and knows where the last one begins."""

    def __init__(self, format: QueryResultsFormat, caps: Caps) -> None:
        self._layout = _LAYOUTS[format]
        self._caps = caps
        self._begun = -self._layout.heads
        self._rest = b""
        self._read = 0
        self._boundary = 0
        self._start: int | None = None
        self._patience = 0
        self._fed = False
        self._held = b""
        self.cut_at: int | None = None
        self.by_rows = False

    @property
    def rows(self) -> int:
        """Rows so far; those before the place of a cut."""
        held = _count(self._layout, self._held) if self._held else 0
        return max(0, self._begun + held)

    def feed(self, chunk: bytes) -> bool:
        """Count the rows of a chunk; whether a cap is passed, and the answer ends at `cut_at`."""
        if not self._fed:
            self._fed = True
            if self._fits(len(chunk)):
                self._held = chunk  # most answers are one chunk: counted at the end, if at all
                return False
        held, self._held = self._held, b""
        return bool(held and self._scan(held)) or self._scan(chunk)

    def end(self) -> bool:
        """Count what was put off, after the last chunk; as `feed`."""
        if self.cut_at is not None or not self._patience:
            return self.cut_at is not None
        self._patience = 0
        return self._scan(b"")

    def _fits(self, size: int) -> bool:
        # A row takes a byte at least.
        return not (0 < self._caps.rows < size or 0 < self._caps.bytes < size)

    def _scan(self, chunk: bytes) -> bool:
        data = self._rest + chunk
        if self._caps == UNBOUNDED and self._layout.whole and not self._patience:
            self._read += len(chunk)
            self._count_all(data)
            return False
        begin = self._read - len(self._rest)
        self._read += len(chunk)
        end = 0
        opening = self._layout.opening
        if opening and self._start is None and (place := data.find(opening)) >= 0:
            self._start = begin + place + len(opening)
        for match in self._matches(data):
            self._boundary = begin + match.start()
            if self._caps.rows and self._begun == self._caps.rows:
                self.cut_at, self.by_rows = self._boundary, True
                return True
            end = match.end()
            self._begun += 1
            if self._begun == 0:
                self._start = begin + end
        if self._caps.bytes and self._read > self._caps.bytes:
            # The row that began last may not be whole: it goes. So do those that bind nothing.
            self.cut_at = self._boundary if self._begun > 1 else self._start
            self._begun -= self._begun > 0
            return self.cut_at is not None
        self._rest = data[end:] if self._layout.whole else data[end:][-_KEPT:]
        return False

    def _count_all(self, data: bytes) -> None:
        """Count the whole rows at the beginning, and keep the rest; where nothing may be cut."""
        whole = self._layout.rows.match(data)
        end = whole.end() if whole else 0
        self._begun += len(self._layout.row.findall(data, 0, end))
        self._rest = data[end:]
        self._patience = 2 * len(data) if end == 0 else 0

    def _matches(self, data: bytes) -> Iterator[re.Match[bytes]]:
        if not self._layout.whole:
            yield from self._layout.row.finditer(data)
            return
        if len(data) < self._patience:
            return
        place = 0
        while match := self._layout.row.match(data, place):
            yield match
            place = match.end()
        # A row of many chunks is read again when it has doubled, not with each of them.
        self._patience = 2 * len(data) if place == 0 else 0


def count(format: QueryResultsFormat, table: bytes) -> int:
    """The rows of a whole table; in JSON, those that bind something."""
    return max(0, _count(_LAYOUTS[format], table) - _LAYOUTS[format].heads)


def _count(layout: _Layout, data: bytes) -> int:
    between = 0
    if layout.between and not any(odd in data for odd in layout.odd):
        between = data.count(layout.between)
    return between + 1 if between else len(layout.row.findall(data))


def said(caps: Caps, rows: int, *, by_rows: bool) -> str:
    """What header and document say of a cut: the rows that are given, or the cap in bytes."""
    return f"rows={rows}" if by_rows else f"bytes={caps.bytes}"


def close_table(
    spool: IO[bytes], fresh: IO[bytes], format: QueryResultsFormat, counter: RowCounter, what: str
) -> IO[bytes]:
    """End a table between two rows, where the counter says, and say there that it was cut.

    The file that holds it: the spool, or the fresh one where the beginning had to change.
    """
    spool.seek(counter.cut_at or 0)
    spool.truncate()
    if format == QueryResultsFormat.JSON:
        spool.write(b"]}}" if counter.rows else b"[]}}")
        spool.seek(1)
        fresh.write(f'{{"truncated":{json.dumps(what)},'.encode())
        shutil.copyfileobj(spool, fresh)
        spool.close()
        return fresh
    endings = {
        QueryResultsFormat.XML: f"</results><!-- truncated: {what} --></sparql>",
        QueryResultsFormat.CSV: f"# truncated: {what}\r\n",
        QueryResultsFormat.TSV: f"# truncated: {what}\n",
    }
    spool.write(endings[format].encode())
    return spool


def close_graph(spool: IO[bytes], format: RdfFormat, what: str) -> None:
    """Say at the end of a graph that it was cut, where the format has comments."""
    if format in (RdfFormat.TURTLE, RdfFormat.N_TRIPLES):
        spool.write(f"# truncated: {what}\n".encode())
    elif format == RdfFormat.RDF_XML:
        spool.write(f"<!-- truncated: {what} -->\n".encode())

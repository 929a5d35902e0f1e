"""Where a long answer is cut, and what the document says of it."""

from __future__ import annotations

import pytest
from pyoxigraph import QueryResultsFormat

from essgraph.store import cutting
from essgraph.store.cutting import Caps, RowCounter
from essgraph.store.writing import new_file

DOCUMENTS = {
    QueryResultsFormat.JSON: (
        b'{"head":{"vars":["x"]},"results":{"bindings":['
        b'{"x":{"type":"literal","value":"a"}},{"x":{"type":"literal","value":"b"}}]}}',
        b'{"truncated":"rows=1","head":{"vars":["x"]},"results":{"bindings":['
        b'{"x":{"type":"literal","value":"a"}}]}}',
    ),
    QueryResultsFormat.XML: (
        b"<sparql><results><result>a</result><result>b</result></results></sparql>",
        b"<sparql><results><result>a</result></results><!-- truncated: rows=1 --></sparql>",
    ),
    QueryResultsFormat.CSV: (
        b'x\r\n"a\r\n"\r\nb\r\n',
        b'x\r\n"a\r\n"\r\n# truncated: rows=1\r\n',
    ),
    QueryResultsFormat.TSV: (b'?x\n"a"\n"b"\n', b'?x\n"a"\n# truncated: rows=1\n'),
}


@pytest.mark.parametrize("format", DOCUMENTS)
def test_a_cut_table_is_closed_and_says_so(format: QueryResultsFormat) -> None:
    """Each format ends after a whole row, with what it has to say so."""
    whole, expected = DOCUMENTS[format]
    counter = RowCounter(format, Caps(rows=1))
    spool = new_file(None)
    spool.write(whole)

    passed = counter.feed(whole)

    assert (passed, counter.rows, counter.by_rows) == (True, 1, True)
    closed = cutting.close_table(spool, new_file(None), format, counter, "rows=1")
    closed.seek(0)
    assert closed.read() == expected


@pytest.mark.parametrize("format", DOCUMENTS)
@pytest.mark.parametrize("caps", [Caps(), Caps(rows=2), Caps(bytes=1_000)])
def test_a_table_within_its_caps_is_counted(format: QueryResultsFormat, caps: Caps) -> None:
    """As many rows as may be are no cut; 0 is no bound."""
    whole, _ = DOCUMENTS[format]
    counter = RowCounter(format, caps)

    passed = [counter.feed(whole[:20]), counter.feed(whole[20:]), counter.end()]

    assert passed == [False, False, False]
    assert (counter.rows, counter.cut_at) == (2, None)
    assert cutting.count(format, whole) == 2


def test_a_truth_has_no_rows() -> None:
    """The answer to an ASK is never cut."""
    counter = RowCounter(QueryResultsFormat.JSON, Caps(rows=1, bytes=1))

    assert not counter.feed(b'{"head":{},"boolean":true}')
    assert counter.rows == 0


def test_rows_put_off_are_counted_at_the_end() -> None:
    """A cap that is passed in the last chunk, behind a row of many chunks, is passed."""
    counter = RowCounter(QueryResultsFormat.CSV, Caps(rows=2))
    counter.feed(b"x\r\n" + b"a" * 1_000)
    counter.feed(b"a" * 1_000)

    passed = [counter.feed(b"\r\nb\r\nc\r\n"), counter.end()]

    assert passed[-1]
    assert (counter.rows, counter.by_rows) == (2, True)

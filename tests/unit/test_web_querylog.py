"""The log of queries: hashes, never texts, written together."""

from __future__ import annotations

import logging

import pytest

from essgraph.web.querylog import QueryLog


def test_lines_are_written_together(caplog: pytest.LogCaptureFixture) -> None:
    """One event holds the lines of many queries, each with what it took and gave."""
    caplog.set_level(logging.INFO)
    log = QueryLog()
    log.gathers = True
    log.add("0123456789abcdef", 0.0125, 3, 700, "")
    log.add("fedcba9876543210", 1.5, 2, 90, "rows=2")

    log.flush()

    assert len(caplog.records) == 1
    _, first, second = caplog.records[0].getMessage().split("\n")
    assert first.endswith("hash=0123456789abcdef ms=12.5 rows=3 bytes=700")
    assert second.endswith("hash=fedcba9876543210 ms=1500.0 rows=2 bytes=90 truncated=rows=2")


def test_a_thousand_lines_do_not_wait(caplog: pytest.LogCaptureFixture) -> None:
    """However soon they come, so many are written; nothing is written twice."""
    caplog.set_level(logging.INFO)
    log = QueryLog()
    log.gathers = True

    for _ in range(1_000):
        log.add("0123456789abcdef", 0.001, 1, 1, "")
    log.flush()
    log.flush()

    lines = sum(record.getMessage().count("hash=") for record in caplog.records)
    assert lines == 1_000


def test_nothing_is_gathered_where_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Above INFO no line is kept, nor written later."""
    caplog.set_level(logging.WARNING)
    log = QueryLog()
    log.add("0123456789abcdef", 0.001, 1, 1, "")

    caplog.set_level(logging.INFO)
    log.flush()

    assert caplog.records == []

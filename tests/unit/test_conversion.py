"""What is converted is handed on meanwhile: whole, or with an error."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from essgraph.conversion import Feed
from essgraph.errors import StoreUnavailable
from essgraph.shacl.data import piped

_CHUNKS = [b"one\n", b"two\n", b"three\n"]


def _convert(feed: Feed, failing: bool = False) -> None:
    with feed:
        for chunk in _CHUNKS:
            feed.add(chunk)
        if failing:
            raise KeyError("a row")


def test_all_is_handed_on_in_order() -> None:
    """The reader of the file reads what was converted, and then its end."""
    feed = Feed()
    with ThreadPoolExecutor(1) as converter:
        converting = converter.submit(_convert, feed)
        with piped(feed.pieces()) as file:
            found = file.read_bytes()
        converting.result()

    assert found == b"".join(_CHUNKS)
    feed.wait()


def test_conversion_that_fails_is_no_end() -> None:
    """Whoever reads or waits learns that not all is there."""
    feed = Feed()
    with ThreadPoolExecutor(1) as converter:
        converting = converter.submit(_convert, feed, failing=True)
        with pytest.raises(StoreUnavailable, match="conversion"), piped(feed.pieces()) as file:
            file.read_bytes()

        assert isinstance(converting.exception(), KeyError)
    with pytest.raises(StoreUnavailable, match="conversion"):
        feed.wait()


def test_reader_who_leaves_holds_nobody_up() -> None:
    """The conversion goes on to its end."""
    feed = Feed()
    with ThreadPoolExecutor(1) as converter:
        converting = converter.submit(_convert, feed)
        with piped(feed.pieces()) as file, file.open("rb") as begun:
            begun.readline()
        converting.result(timeout=60)

    feed.wait()


def test_nobody_need_read() -> None:
    """An engine that wants the files closes the feed."""
    feed = Feed()
    feed.close()
    _convert(feed)

    feed.wait()

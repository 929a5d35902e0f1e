"""Rows of fetched extracts are found by the key of an entity."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import pytest

from essgraph.errors import SourceError
from essgraph.sources.location import Extracts
from essgraph.vocab import Names

NAMES = Names()


def _extracts(folder: Path, rows: str) -> Extracts:
    (folder / "fetched").mkdir()
    file = folder / "fetched" / "rows.csv"
    file.write_text(rows, "utf-8", newline="")
    kinds = dict.fromkeys(("mandate", "identity", "geometry/commune"), file)
    return Extracts(NAMES, kinds | {"person": folder / "none.csv"}, folder)


@pytest.mark.parametrize(
    ("iri", "place"),
    [
        ("id/mandate/anne-01001-maire", "fetched/rows.csv:2"),
        ("id/mandate/zoe-01001-maire", "fetched/rows.csv:6"),
        ("id/identity/anne-01001--anne-01002", "fetched/rows.csv:3"),
        ("id/geometry/commune-01001-outline", "fetched/rows.csv:5"),
        ("id/geometry/commune-01001", None),
        ("id/geometry/region-01001-outline", None),
        ("id/mandate/key", None),
        ("id/mandate/anne-01001", None),
        ("id/mandate/", None),
        ("id/person/anne-01001", None),
        ("ontology#mandate", None),
        ("", None),
    ],
)
def test_an_entity_is_found_at_its_row(tmp_path: Path, iri: str, place: str | None) -> None:
    """By its whole key, whatever the kind; what no row begins with is not found."""
    rows = "key,a\nanne-01001-maire,é\nanne-01001|anne-01002,é\n,\n01001,\nzoe-01001-maire,\n"
    extracts = _extracts(tmp_path, rows)

    assert extracts.find(NAMES.base + iri if iri else "") == place


def test_keys_of_one_hash_are_told_apart(tmp_path: Path) -> None:
    """Two keys may share a checksum; each is still found at its own row."""
    assert crc32(b"plumless") == crc32(b"buckeroo")
    extracts = _extracts(tmp_path, "key,a\nplumless,1\nbuckeroo,2\n")

    found = [extracts.find(f"{NAMES.base}id/mandate/{key}") for key in ("buckeroo", "plumless")]

    assert found == ["fetched/rows.csv:3", "fetched/rows.csv:2"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """An error of the disk is told with the file."""
    extracts = _extracts(tmp_path, "key\nanne,\n")
    extracts.find(f"{NAMES.base}id/mandate/anne")
    (tmp_path / "fetched" / "rows.csv").unlink()
    (tmp_path / "fetched" / "rows.csv").mkdir()

    with pytest.raises(SourceError, match=r"rows\.csv"):
        extracts.find(f"{NAMES.base}id/mandate/anne")

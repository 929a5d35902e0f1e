"""SOURCE.toml: what is written is what is read, and a fault names its key."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essgraph.errors import SourceError
from essgraph.sources import edition
from essgraph.sources.edition import Edition, Publisher
from essgraph.sources.territories import SOURCES

DATA = Path(__file__).parents[1] / "fixtures" / "sources" / "data" / "territories"


def test_the_fixture_is_read() -> None:
    """Day, publishers with their licence, rows and origins by file."""
    about = edition.read(DATA)

    assert about.day == date(2026, 1, 31)
    assert about.publishers[0].licence_url == "https://data.example/licence"
    assert about.rows["communes.csv"] == 6
    assert about.origins["pays.csv"] == ()


@given(st.lists(st.text(), max_size=4), st.text(min_size=1))
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, remarks: list[str], name: str
) -> None:
    """Quotes, line ends and control characters in a value are escaped."""
    fields = {field.name: name for field in dataclasses.fields(Publisher)}
    about = Edition(
        day=date(2026, 1, 31),
        remarks=tuple(remarks),
        publishers=(Publisher(**fields),),
        digests={name: {name: name}},
        rows={source.file: 3 for source in SOURCES},
        origins={source.file: (name,) for source in SOURCES},
    )
    folder = tmp_path_factory.getbasetemp()
    (folder / edition.FILE).write_bytes(edition.to_toml(about).encode())

    assert edition.read(folder) == about


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("read = 2026-01-31", "read =", "SOURCE.toml: Invalid value"),
        ("read = 2026-01-31", 'read = "today"', "SOURCE.toml: read = 'today' is not a date"),
        ("read = 2026-01-31", "", "SOURCE.toml: key 'read' is missing"),
        ('slug = "decoupage-administratif"', "", "SOURCE.toml: key 'slug' is missing"),
        ('[files."epci.csv"]', '[files."x.csv"]', "SOURCE.toml: key 'epci.csv' is missing"),
        ("rows = 6", 'rows = "six"', "SOURCE.toml: a value has the wrong type"),
        ("rows = 6", "", "SOURCE.toml: key 'rows' is missing"),
    ],
)
def test_a_fault_names_its_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Missing keys, wrong types and bad syntax."""
    content = (DATA / edition.FILE).read_text("utf-8")
    (tmp_path / edition.FILE).write_text(content.replace(old, new, 1), "utf-8")

    with pytest.raises(SourceError, match=message):
        edition.read(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Data without its licence and date is not used."""
    with pytest.raises(SourceError, match=r"SOURCE\.toml: No such file"):
        edition.read(tmp_path)

"""Living examples: run over a release, filed, and told where they are not as expected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from essgraph import examples, queries
from essgraph.config import Settings
from essgraph.errors import StoreUnavailable
from essgraph.jobs import KINDS
from essgraph.queries import Expect, SavedQuery
from essgraph.release import Release
from essgraph.vocab import Names
from tests.conftest import TINY

PUBLIC = queries.read_all(Settings().queries_dir, Names())


def _query(name: str, expect: Expect | None, **more: object) -> SavedQuery:
    text = "SELECT ?s WHERE { VALUES ?s { 1 2 3 } }"
    return replace(SavedQuery(name, text, {}, columns=("s",), expect=expect), **more)  # type: ignore[arg-type]  # of the class


@pytest.fixture(name="release", scope="module")
def _release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    release = Release(tmp_path_factory.mktemp("release"))
    engine = Store(str(release.store_path))
    engine.load(path=TINY, format=RdfFormat.TRIG)
    engine.flush()
    del engine
    return release


def test_each_query_is_told_apart(release: Release, tmp_path: Path) -> None:
    """Rows as expected, other rows, a failure, a missing layer; what expects nothing is not run."""
    asked = [
        _query("kept", Expect(3, exact=True)),
        _query("least", Expect(1, exact=False)),
        _query("broken", Expect(4, exact=True)),
        _query("failed", Expect(1, exact=True), text="SELECT ?s WHERE { ?s ?p"),
        _query("without", Expect(1, exact=True), layers=("officials",)),
        _query("silent", None),
    ]
    found = examples.verify(Settings(home=tmp_path), release, asked, ("collection",), KINDS)

    assert {example.name: example.state for example in found} == {
        "kept": examples.KEPT,
        "least": examples.KEPT,
        "broken": examples.BROKEN,
        "failed": examples.FAILED,
        "without": examples.WITHOUT,
    }
    assert str(found[2]) == "query broken: 3 rows, 4 expected"
    assert found[0].rows == 3
    assert found[0].ms is not None
    assert sorted(path.name for path in release.path.iterdir()) == ["store"]


def test_a_release_of_more_layers_may_have_more_rows(release: Release, tmp_path: Path) -> None:
    """What is exact over a plain build is the least over one with an optional layer."""
    asked = [
        _query("fewer", Expect(2, exact=True)),
        _query("of officials", Expect(1, exact=False), layers=("officials",)),
    ]
    found = examples.verify(Settings(home=tmp_path), release, asked, ("officials",), KINDS)

    assert [example.state for example in found] == [examples.KEPT, examples.KEPT]


def test_what_is_filed_is_read_again(release: Release, tmp_path: Path) -> None:
    """The examples of a release are those that were written; a release without has none."""
    asked = [_query("kept", Expect(3, exact=True))]
    found = examples.verify(Settings(home=tmp_path), release, asked, (), KINDS)
    examples.write(tmp_path, found)

    assert examples.read(tmp_path) == {"kept": found[0]}
    assert examples.read(release.path) == {}


def test_a_file_that_is_no_list_of_examples_is_told(tmp_path: Path) -> None:
    """A damaged file is named."""
    (tmp_path / examples.FILE).write_text('[{"name": 1}]', "utf-8")

    with pytest.raises(StoreUnavailable, match=r"examples\.json"):
        examples.read(tmp_path)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_public_query_has_a_theme_and_says_what_it_expects(name: str) -> None:
    """The list has a place for it, and a build can verify it."""
    assert PUBLIC[name].theme in queries.THEMES
    assert PUBLIC[name].expect is not None

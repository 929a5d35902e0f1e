"""Misspelt words and unfinished ones, and the offices that people look for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from essgraph import search
from essgraph.search import SearchIndex
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names
from tests.conftest import source_of

NAMES = Names()


@pytest.fixture(scope="module", name="index")
def _index(tiny: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    path = tmp_path_factory.mktemp("search") / "search.sqlite"
    search.build([source_of(tiny, path.parent)], path, NAMES)
    index = SearchIndex(path)
    yield index
    index.close()


@pytest.mark.parametrize(
    ("text", "corrected", "found"),
    [
        ("guilestre", "guillestre", "id/commune/05065"),
        ("Gulilestre", "guillestre", "id/commune/05065"),
        ("commune de guilestre", "commune de guillestre", "id/organisation/210500658"),
        ("enrcoop", "enercoop", "id/organisation/enercoop"),
        ("guilles", "", "id/commune/05065"),
        ("gillest", "guillestre", "id/commune/05065"),
        ("hidroelectrique", "hydroelectrique", "id/initiative/microcentrale-cristillan"),
    ],
)
def test_misspelt_words_are_mended(
    index: SearchIndex, text: str, corrected: str, found: str
) -> None:
    """The nearest word is sought instead, and told; what begins a word is left alone."""
    for page in (index.find(text), index.suggest(text)):
        assert page.corrected == corrected
        assert NAMES.base + found in [hit.iri for hit in page.hits]
        assert not page.partial


@pytest.mark.parametrize("text", ["ceu", "05o65", "zzzzzzzz", "xx guillestre"])
def test_what_is_near_to_nothing_is_left_alone(index: SearchIndex, text: str) -> None:
    """Short words and codes are not mended, nor what no word is near to."""
    assert index.find(text).corrected == ""


def test_suggestions_are_of_what_a_search_finds(index: SearchIndex) -> None:
    """What is suggested is what a search finds, and of a kind where one is asked for."""
    found = index.find("c", limit=100)
    suggested = index.suggest("c", limit=3)

    assert len(suggested.hits) == 3
    assert {hit.iri for hit in suggested.hits} <= {hit.iri for hit in found.hits}
    assert suggested.truncated
    assert {hit.iri.split("/")[-2] for hit in index.suggest("c", kind="commune").hits} == {
        "commune"
    }
    assert index.suggest(" ").hits == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("conseil municipal de Guillestre", "id/organisation/210500658"),
        ("président Sivu du Cristillan", "id/organisation/sivu-cristillan"),
    ],
)
def test_offices_lead_to_the_body(index: SearchIndex, text: str, first: str) -> None:
    """Whoever looks for a council finds the body, whose page tells who sits in it."""
    assert index.find(text).hits[0].iri == NAMES.base + first

"""Any text may be searched for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essgraph import search
from essgraph.search.fold import words
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names
from tests.conftest import source_of

FTS = st.lists(
    st.sampled_from(
        [
            *('"', "'", "*", "(", ")", "NEAR(", " OR ", " AND ", " NOT ", "words:", "^", "-", "+"),
            *("{a}", "saint", "Denis", "é", "œ", "\0", "ʼ", "٣", "𞤀", "ﬁ", "\u0308"),
        ]
    )
).map("".join)


@pytest.fixture(scope="module", name="index")
def _index(
    tiny: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[search.SearchIndex]:
    path = tmp_path_factory.mktemp("search") / "search.sqlite"
    search.build([source_of(tiny, path.parent)], path, Names())
    index = search.SearchIndex(path)
    yield index
    index.close()


@given(text=st.text() | FTS, kind=st.none() | st.text())
def test_any_text_is_answered(index: search.SearchIndex, text: str, kind: str | None) -> None:
    """No text becomes syntax of the index, or fails."""
    page = index.find(text, kind=kind)

    assert len(page.hits) <= min(page.total, 20)


@given(st.text())
def test_folding_forgets_case_and_accents(text: str) -> None:
    """Composed or decomposed, a text has the same words; folding twice changes nothing."""
    folded = words(text)

    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))
    assert words(" ".join(folded)) == folded

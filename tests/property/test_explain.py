"""Whatever is broken in a working query, the pattern blamed is one that empties it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essgraph import queries
from essgraph.errors import QueryError
from essgraph.explain import Vocabulary, explain_empty, grammar, read_vocabulary, tree
from essgraph.explain.model import Culprit, Explanation
from essgraph.explain.probes import Probes
from essgraph.explain.render import Scene
from essgraph.store.base import truth
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

NAMES = Names()
ROOT = Path(__file__).parents[2]
TEXTS = {
    path.stem: queries.read(path, NAMES).text for path in sorted((ROOT / "queries").rglob("*.rq"))
}
# Beside the saved ones, patterns that they do not have.
TEXTS["graphs"] = """PREFIX ess: <https://w3id.org/essgraph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?g ?x (COUNT(?l) AS ?n) WHERE {
  GRAPH ?g { ?x a ess:Initiative ; rdfs:label ?l ; ess:carriedBy [ rdfs:label ?c ] }
  { SELECT ?x { ?x ess:sector ?s } ORDER BY ?x LIMIT 10 }
  BIND(STR(?l) AS ?t) FILTER(STRLEN(?t) > 3)
} GROUP BY ?g ?x HAVING(COUNT(?l) > 0) VALUES ?unused { 1 2 }"""
MARK = "zq"
PIECES = (
    "{",
    "}",
    "(",
    ")",
    ".",
    ";",
    "?x",
    "FILTER",
    "OPTIONAL",
    "UNION",
    "#",
    '"',
    "<",
    "a",
    "\n",
)


@pytest.fixture(scope="module", name="vocabulary")
def _vocabulary(tiny: EmbeddedStore) -> Vocabulary:
    return read_vocabulary(tiny, NAMES)


@pytest.fixture(scope="module", name="breakable")
def _breakable(tiny: EmbeddedStore) -> dict[str, list[int]]:
    """The queries that find something in the tiny graph, with the places to break them at."""
    probes = Probes(tiny, None, None, budget_s=60)
    found = {
        name: list(_breaks(grammar.parse(text, NAMES.base).group))
        for name, text in TEXTS.items()
        if probes.count(text).number
    }
    probes.close()
    return {name: places for name, places in found.items() if places}


def _explain(store: EmbeddedStore, text: str, vocabulary: Vocabulary) -> Explanation:
    return explain_empty(store, text, vocabulary, budget_s=60)


def _breaks(group: tree.Group) -> Iterator[int]:
    """Where a term of a pattern that has to match ends: what follows makes it another term."""
    for element in group.elements:
        if isinstance(element, tree.Optional | tree.Minus | tree.Union):
            continue
        if isinstance(element, tree.Pattern):
            for node in (element.verb, element.object):
                local = node.text.rpartition(":")[2]
                if ":" in node.text and local.isalnum():
                    yield node.start + len(node.text)
        for inner in tree.groups(element):
            yield from _breaks(inner)


def _blamed(culprit: Culprit) -> Iterator[str]:
    yield culprit.place.text
    for place in culprit.conflict:
        yield place.text
    for branch in culprit.branches:
        yield from _blamed(branch)


@settings(max_examples=60)
@given(data=st.data())
def test_the_broken_pattern_is_blamed(
    tiny: EmbeddedStore,
    vocabulary: Vocabulary,
    breakable: dict[str, list[int]],
    data: st.DataObject,
) -> None:
    """A term that no longer exists empties a query: its pattern is named, and alone is empty."""
    name = data.draw(st.sampled_from(sorted(breakable)))
    text, place = TEXTS[name], data.draw(st.sampled_from(breakable[name]))
    explanation = _explain(tiny, text[:place] + MARK + text[place:], vocabulary)

    if explanation.outcome == "rows":  # the pattern had nothing to do with the rows
        assert explanation.rows is not None
        assert explanation.rows.number > 0
        return
    broken = [c for c in explanation.culprits if any(MARK in text for text in _blamed(c))]
    assert len(broken) == 1
    assert explanation.untried == ()
    assert explanation.without is None or explanation.without.number > 0
    assert any(MARK in term.term for term in explanation.terms)


@settings(max_examples=60)
@given(data=st.data())
def test_any_patterns_of_a_query_make_a_query(tiny: EmbeddedStore, data: st.DataObject) -> None:
    """Some patterns of a query, others left out, are written as the engine can read them."""
    query = grammar.parse(TEXTS[data.draw(st.sampled_from(sorted(TEXTS)))], NAMES.base)
    scene = Scene(query.prologue, query.dataset, query.group)
    leaves = [e for e in tree.elements(query.group) if not isinstance(e, tree.Graph | tree.Group)]
    kept = frozenset(data.draw(st.sets(st.sampled_from(scene.order)))) if scene.order else None
    dropped = frozenset(data.draw(st.sets(st.sampled_from(leaves)))) if leaves else frozenset()
    found = truth(tiny.query(scene.ask(kept, dropped)))

    assert found in (True, False)
    if found and kept is not None:
        # Fewer patterns have solutions too.
        fewer = frozenset(data.draw(st.sets(st.sampled_from(scene.order)))) & kept
        assert truth(tiny.query(scene.ask(scene.needed(fewer), dropped)))


@settings(max_examples=100)
@given(data=st.data())
def test_any_text_is_explained_or_refused(
    tiny: EmbeddedStore, vocabulary: Vocabulary, data: st.DataObject
) -> None:
    """A query cut, doubled or disturbed anywhere gives an explanation, or a QueryError."""
    text = TEXTS[data.draw(st.sampled_from(sorted(TEXTS)))]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = (
            text[:start]
            + data.draw(st.sampled_from(("", text[start:end] * 2, *PIECES)))
            + text[end:]
        )
    try:
        explanation = _explain(tiny, text, vocabulary)
    except QueryError:
        return

    assert explanation.outcome in ("rows", "empty", "unread")
    assert explanation.sentences("fr")
    if explanation.without is not None:
        assert explanation.without.number > 0

"""Namesakes of a person of whom it is not established that they are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from essgraph.describe.labels import look_up
from essgraph.describe.model import Link
from essgraph.describe.values import pointing, values
from essgraph.store.base import GraphStore, Term
from essgraph.vocab import Names

MOST = 50
"""Candidates of one person shown at most."""


@dataclass(frozen=True)
class Candidate:
    """A namesake, what was compared, and the decision that left the two apart."""

    person: Link
    decision: Link
    agrees: tuple[Link, ...]
    differs: tuple[Link, ...]
    unknown: tuple[Link, ...]


def namesakes(
    store: GraphStore, person: NamedNode, names: Names, lang: str
) -> tuple[Candidate, ...]:
    """The candidates for the same person, by label.

    Raises: StoreUnavailable.
    """
    candidate, agreement, difference, unknown = (
        names.ess(name).value for name in ("candidate", "agreement", "difference", "notCompared")
    )
    decisions = sorted({iri for _, iri in pointing(store, names, person, candidate, MOST)})
    said = values(store, names, decisions, (candidate, agreement, difference, unknown))
    if not said:
        return ()
    lexicon = look_up(store, names, {*decisions, *_mentioned(said)}, lang)
    found: list[Candidate] = []
    for decision in decisions:
        facts = said.get(decision, {})
        agrees, differs, left = (
            tuple(map(lexicon.link, sorted(_iris(facts, prop))))
            for prop in (agreement, difference, unknown)
        )
        found.extend(
            Candidate(lexicon.link(other), lexicon.link(decision), agrees, differs, left)
            for other in _iris(facts, candidate)
            if other != person.value
        )
    return tuple(sorted(found, key=lambda item: (item.person.label.value, item.person.iri)))


def _iris(facts: Mapping[str, Sequence[Term]], prop: str) -> list[str]:
    return [value.value for value in facts.get(prop, ()) if isinstance(value, NamedNode)]


def _mentioned(said: Mapping[str, Mapping[str, Sequence[Term]]]) -> set[str]:
    return {iri for facts in said.values() for prop in facts for iri in _iris(facts, prop)}

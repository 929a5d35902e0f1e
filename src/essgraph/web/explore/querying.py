"""The SPARQL that gives the same entities as a selection: `queries/app/explore-KIND.rq`, bound.

In these files, the lines from `# if NAME` to `# end` stay only where that facet is chosen, those
from `# unless NAME` only where it is not. Words
are looked up in the text index, which SPARQL does not have: their matches are named one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from essgraph import queries
from essgraph.queries.saved import Bound
from essgraph.vocab import XSD_INTEGER
from essgraph.web import text
from essgraph.web.context import index, names
from essgraph.web.explore.state import State

MOST_NAMED = 500
"""Matches of words that a query names; beyond, there is no query to show."""

_FOUND = "found"
_OF_TERRITORY = {"territory": "above"}
"""What is a territory and lies in one: the facet cannot be called as the entity is."""


def query(state: State, total: int) -> str:
    """The query of a selection of `total` entities; "" for words that match too many."""
    saved = queries.app(f"explore-{state.kind}", names())
    known = {param.name for param in saved.params}
    terms: dict[str, Bound] = {"lang": Literal(text.lang())}
    on = set()
    for facet, iris in state.chosen.items():
        name = _OF_TERRITORY.get(facet, facet) if state.kind == "territory" else facet
        terms[name] = [NamedNode(iri) for iri in iris]
        on.add(name)
    for name in ("since", "until"):
        year = getattr(state, name)
        # What has no years, as a territory, has none in any period.
        if year is not None and name in known:
            terms[name] = Literal(str(year), datatype=XSD_INTEGER)
            on.add(name)
    if state.text or (not {"since", "until"} & known and _is_dated(state)):
        if total > MOST_NAMED:
            return ""
        whole = replace(state, page=1).selection
        found = index().chosen(whole, limit=MOST_NAMED, lang=text.lang())
        terms[state.kind] = [NamedNode(iri) for iri in found]
        on.add(_FOUND)
    return "\n".join(_kept(saved.bind(**terms).split("\n"), on))


def _is_dated(state: State) -> bool:
    return state.since is not None or state.until is not None


def _kept(lines: Collection[str], on: Collection[str]) -> Iterator[str]:
    """The lines, without those of what is not chosen, and without the marks."""
    inside: list[bool] = []
    for line in lines:
        mark, _, told = line.strip().removeprefix("# ").partition(" ")
        if mark in ("if", "unless") and line.strip().startswith("# "):
            inside.append(any(name in on for name in told.split()) == (mark == "if"))
        elif line.strip() == "# end":
            inside.pop()
        elif all(inside):
            yield line

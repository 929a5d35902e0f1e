"""What is around an IRI, one or two links away: nodes and named edges, few enough to be drawn.

A mandate is an edge from its holder to its body, not a node. A hub is shown and not gone through:
a région would bring in all that lies in it. What is left out is counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from essgraph import vocab
from essgraph.describe.labels import Lexicon, look_up
from essgraph.describe.model import Link, Text
from essgraph.describe.steps import Reading, Step, is_hub, kind_of
from essgraph.errors import NotFound
from essgraph.profiles import Profiles
from essgraph.store.base import GraphStore
from essgraph.vocab import Names

PER_PROPERTY = 8
"""Neighbours by one property that are shown, of the root; of the others, PER_NEIGHBOUR."""
PER_NEIGHBOUR = 3
ROOMY = 20
"""Neighbours of the root that are shown all, however many by one property."""
EXPANDED = 24
"""Neighbours gone through on the way to the second hop."""

_ORDER = (
    *("initiative", "policy", "person", "organisation", "event", "award", "commune", "epci"),
    *("departement", "region", "place", "publication", "clipping", "figure", "post"),
)
"""Kinds, the most telling first."""


@dataclass(frozen=True)
class Node:
    """One resource, `hop` links away from the root."""

    link: Link
    hop: int


@dataclass(frozen=True)
class Edge:
    """A named link between two nodes; of a mandate, with its dates or the label of its period.

    Shape: start, end: a date as its source writes it, "" for none; `mandate` is its IRI, or "".
    """

    source: str
    target: str
    label: Text
    property: str
    start: str = ""
    end: str = ""
    during: str = ""
    mandate: str = ""


@dataclass(frozen=True)
class LeftOut:
    """Neighbours of the root that are not shown: by what property, and how many at least.

    Shape: `held` if they hold mandates in it, or are the bodies it holds mandates in.
    """

    property: str
    label: Text
    inverse: bool
    count: int
    exact: bool
    held: bool


@dataclass(frozen=True)
class Neighbourhood:
    """The root first, then its neighbours, the most telling first, and the edges between them.

    Shape: `more` neighbours of the neighbours were left out.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: tuple[LeftOut, ...]
    more: int


def neighbourhood(
    store: GraphStore,
    iri: NamedNode,
    names: Names,
    lang: str,
    profiles: Profiles,
    hops: int,
    most: int,
) -> Neighbourhood:
    """The neighbourhood of an IRI, no more than `most` nodes; edges named as the shapes name them.

    Raises: NotFound if the graph says nothing of it; StoreUnavailable.
    """
    reading = Reading(store, names)
    root = iri.value
    steps = reading.around([root], root)
    if not steps and not reading.known(root):
        raise NotFound(f"{root} is not in the graph")
    few = len({step.other for step in steps}) <= ROOMY
    kept, skipped = _chosen(steps, names, ROOMY if few else PER_PROPERTY, most - 1)
    order = {root: 0, **dict.fromkeys((step.other for step in kept), 1)}
    found, more = list(kept), 0
    if hops > 1:
        through = [other for other in order if order[other] and not is_hub(other, names)]
        further = reading.around(through[:EXPANDED])
        inner = [step for step in further if step.other in order]
        outer = [step for step in further if step.other not in order]
        chosen, left = _chosen(outer, names, PER_NEIGHBOUR, most - len(order))
        more = sum(map(len, left.values()))
        found += inner + chosen
        for step in chosen:
            order.setdefault(step.other, 2)
    told = {step.predicate for step in (*found, *steps)}
    told |= {
        said
        for step in found
        if step.mandate
        for said in (step.mandate.role, step.mandate.during)
        if said
    }
    lexicon = look_up(store, names, {*order, *told}, lang)
    naming = _naming(lexicon, profiles)
    left_out = []
    for key, others in skipped.items():
        count, exact = len(others), True
        if key[2] and key[1] in reading.totals:
            total, exact = reading.totals[key[1]]
            count = max(count, total - len({step.other for step in kept if step.key == key}))
        is_held = any(step.mandate for step in steps if step.key == key)
        named = lexicon.label(key[1]) if key[2] else naming(root, key[1])
        left_out.append(LeftOut(key[1], named, key[2], count, exact, is_held))
    left_out.sort(key=lambda left: (-left.count, left.property))
    return Neighbourhood(
        nodes=tuple(Node(lexicon.link(other), hop) for other, hop in order.items()),
        edges=tuple(_edges(found, lexicon, naming)),
        left_out=tuple(left_out),
        more=more,
    )


def _chosen(
    steps: Iterable[Step], names: Names, per_property: int, most: int
) -> tuple[list[Step], dict[tuple[str, str, bool], set[str]]]:
    """The most telling links, few by one property of one node, to at most so many other nodes;
    and what else they lead to.
    """
    ranked = sorted(steps, key=lambda step: _rank(step, names))
    kept: list[Step] = []
    left: dict[tuple[str, str, bool], set[str]] = defaultdict(set)
    by_property: dict[tuple[str, str, bool], set[str]] = defaultdict(set)
    others: set[str] = set()
    for step in ranked:
        key = step.key
        full = step.other not in by_property[key] and len(by_property[key]) >= per_property
        if full or (step.other not in others and len(others) >= most):
            left[key].add(step.other)
            continue
        by_property[key].add(step.other)
        others.add(step.other)
        kept.append(step)
    left = {key: found - others for key, found in left.items()}
    return kept, {key: found for key, found in left.items() if found}


def _rank(step: Step, names: Names) -> tuple[int, int, str, str]:
    kind = kind_of(step.other, names)
    place = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
    return place, step.standing, step.predicate, step.other


def _edges(
    steps: Iterable[Step], lexicon: Lexicon, naming: Callable[[str, str], Text]
) -> Iterable[Edge]:
    """Each link once, from subject to object; of a mandate, from holder to body."""
    seen: set[tuple[str, str, str, str]] = set()
    for step in steps:
        source, target = step.ends
        held = step.mandate
        key = (source, target, held.iri if held else step.predicate, "")
        if key in seen or source == target:
            continue
        seen.add(key)
        if held is None:
            yield Edge(source, target, naming(source, step.predicate), step.predicate)
            continue
        yield Edge(
            source,
            target,
            lexicon.label(held.role),
            vocab.ORG + "role",
            held.start,
            held.end,
            lexicon.label(held.during).value if held.during else "",
            held.iri,
        )


def _naming(lexicon: Lexicon, profiles: Profiles) -> Callable[[str, str], Text]:
    """What the shapes of a subject call a property, else its own label."""
    known: dict[tuple[tuple[str, ...], str], Text] = {}

    def naming(subject: str, prop: str) -> Text:
        classes = tuple(sorted(lexicon.classes.get(subject, ())))
        if (classes, prop) not in known:
            field = profiles.of(classes).field(prop)
            texts = field.names if field else {}
            told = Text(texts[lexicon.lang], lexicon.lang) if lexicon.lang in texts else None
            known[classes, prop] = told or lexicon.label(prop)
        return known[classes, prop]

    return naming

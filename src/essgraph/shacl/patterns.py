"""What a SHACL-SPARQL query reads of a data graph, as walks from `$this`.

A triple changes what the query answers for a focus node only if one of its patterns matches
the triple in a solution for that focus node. So patterns are followed from `$this` on, from
variable to variable, through those that every such solution must match:

- those of a group itself, whatever their order, for its own patterns, for the groups joined
  to it and for its FILTER EXISTS;
- those before it in the same group, for an OPTIONAL, which is evaluated with them alone.

Patterns that no such way leads to are told apart: they may change any answer.

Source: SPARQL 1.1 Query, section 18.2 and 18.6, https://www.w3.org/TR/sparql11-query/
"""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from essgraph.shacl import query
from essgraph.shacl.paths import Path
from essgraph.shacl.query import Group, Pattern
from essgraph.shacl.reading import Untold
from essgraph.shacl.walks import STAY, Either, Repeat, Sequence, Step, Walk, inverse, steps, then

_THIS = "this"

_Known = dict[str, Walk]
"""Variable -> the walk from `$this` to its value, in any solution."""


@dataclass(frozen=True)
class Anywhere:
    """A triple that may change the answer for every focus node."""

    subject: NamedNode | None
    step: Step
    value: NamedNode | Literal | None

    def matches(self, triple: Triple) -> bool:
        """Whether this is such a triple, spelled as the store does."""
        ends = [(self.subject, triple.subject), (self.value, triple.object)]
        if self.step.predicate is not None:
            ends.append((self.step.predicate, triple.predicate))
        return all(wanted is None or wanted == term for wanted, term in ends)


@dataclass(frozen=True)
class Reads:
    """What a query reads: from `$this` on, and elsewhere."""

    walk: Walk
    anywhere: tuple[Anywhere, ...]


def reads(select: str, path: Path | None) -> Reads:
    """What the query of a constraint reads; `path` is what `$PATH` stands for.

    Raises: Untold for a query that cannot be followed.
    """
    group = query.parse(select, path)
    walks: list[Walk] = []
    anywhere: list[Anywhere] = []
    _follow(group, {_THIS: STAY}, walks, anywhere)
    return Reads(Either(tuple(walks)), tuple(anywhere))


def _follow(group: Group, entry: _Known, walks: list[Walk], anywhere: list[Anywhere]) -> None:
    known = _joined(group.patterns, entry)
    place = {name: i for i, name in enumerate(known)}
    for pattern in group.patterns:
        start, end = pattern.subject.variable, pattern.value.variable
        # From the end reached first: the other may be reached over this very pattern.
        if start in known and place[start] <= place.get(end, len(place)):
            walks.append(then(known[start], pattern.walk))
        elif end in known:
            walks.append(then(known[end], inverse(pattern.walk)))
        else:
            anywhere += _unfollowed(pattern)
    for kind, before, inner in group.inside:
        seen = group.patterns[:before] if kind == query.OPTIONAL else group.patterns
        bound = {end.variable for p in seen for end in (p.subject, p.value)}
        # A group joined is read with all around it; the others with what binds for certain.
        entry_inside = _joined(seen, entry)
        if kind != query.JOINED:
            certain = bound | {_THIS}
            entry_inside = {name: way for name, way in entry_inside.items() if name in certain}
        _follow(inner, entry_inside, walks, anywhere)


def _joined(patterns: list[Pattern], entry: _Known) -> _Known:
    """The variables that the patterns lead to, in the order they are reached."""
    known = dict(entry)
    new = True
    while new:
        found: _Known = {}
        for pattern in patterns:
            start, end = pattern.subject.variable, pattern.value.variable
            if start in known and end and end not in known:
                found.setdefault(end, then(known[start], pattern.walk))
            elif end in known and start and start not in known:
                found.setdefault(start, then(known[end], inverse(pattern.walk)))
        known.update(found)
        new = bool(found)
    return known


def _unfollowed(pattern: Pattern) -> list[Anywhere]:
    if _may_stay(pattern.walk):
        raise Untold("a path that each node of the graph has to itself")
    if isinstance(pattern.walk, Step) and not pattern.walk.back:
        subject = pattern.subject.term
        named = subject if isinstance(subject, NamedNode) else None
        return [Anywhere(named, pattern.walk, pattern.value.term)]
    return [Anywhere(None, step, None) for _, step in steps(pattern.walk)]


def _may_stay(walk: Walk) -> bool:
    if isinstance(walk, Sequence):
        return all(_may_stay(part) for part in walk.parts)
    if isinstance(walk, Either):
        return any(_may_stay(part) for part in walk.parts)
    return isinstance(walk, Repeat)

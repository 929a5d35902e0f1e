"""A query's WHERE written again with some of its patterns.

Each pattern is written with the text it has in the query, one a line; nothing else of a visitor's
goes into a probe. A filter, or a BIND, is written only if what would bind its variables is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from essgraph.explain import tree
from essgraph.explain.binding import certain, mentioned, possible, projected
from essgraph.explain.tree import Element, Group, Leaf

Leaves = frozenset[Leaf]

NONE: Leaves = frozenset()


@dataclass(frozen=True, eq=False)
class Scene:
    """One WHERE to explain: of the query, or of a SELECT inside it.

    `inside` are the names or variables of the graphs around it, outermost first.
    """

    prologue: str
    dataset: str
    group: Group
    inside: tuple[str, ...] = ()

    @cached_property
    def order(self) -> list[Leaf]:
        """The patterns in reading order, a filter where the last of its variables is bound."""
        return _sequence(self.group)

    @cached_property
    def names(self) -> dict[Leaf, frozenset[str]]:
        """Pattern -> the names it shares with others, those of the graphs around it included."""
        return dict(_named(self.group, frozenset()))

    def where(self, kept: Leaves | None, dropped: Leaves = NONE) -> str:
        """The WHERE with the patterns kept (None for all), without those dropped anywhere."""
        body, _ = _write(self.group, kept, dropped)
        for name in reversed(self.inside):
            body = f"GRAPH {name} {{\n{body}\n}}"
        return f"WHERE {{\n{body}\n}}"

    def ask(self, kept: Leaves | None, dropped: Leaves = NONE) -> str:
        """An ASK of these patterns."""
        return f"{self.prologue}\nASK\n{self.dataset}\n{self.where(kept, dropped)}"

    def select(self, kept: Leaves | None, dropped: Leaves, limit: int) -> str:
        """The solutions of these patterns, at most `limit`."""
        where = self.where(kept, dropped)
        return f"{self.prologue}\nSELECT *\n{self.dataset}\n{where}\nLIMIT {limit}"

    def needed(self, kept: Leaves) -> Leaves:
        """The patterns that decide whether there is a solution.

        An OPTIONAL or a BIND does only through a pattern that uses what it binds.
        """
        found: set[Leaf] = set()
        rest: list[tuple[Leaf, frozenset[str]]] = []
        sure: frozenset[str] = frozenset()
        for leaf in self.order:
            if leaf in kept and isinstance(leaf, tree.Optional | tree.Bind):
                rest.append((leaf, possible(leaf) - sure))
            elif leaf in kept:
                found.add(leaf)
                sure |= certain(leaf)
        while True:
            used = frozenset().union(*(self.names[leaf] for leaf in found))
            more = {leaf for leaf, new in rest if new & used} - found
            if not more:
                return frozenset(found)
            found |= more

    def component(self, leaf: Leaf, kept: Leaves) -> Leaves:
        """The patterns that share a variable with this one, directly or through others."""
        found, names, rest = {leaf}, self.names[leaf], set(kept) - {leaf}
        while near := {other for other in rest if self.names[other] & names}:
            found |= near
            rest -= near
            names = names.union(*(self.names[other] for other in near))
        return frozenset(found)

    def components(self, kept: Leaves) -> Iterator[Leaves]:
        """The patterns, in parts that share no variable."""
        rest = kept
        for leaf in self.order:
            if leaf in rest:
                part = self.component(leaf, rest)
                rest -= part
                yield part

    def narrowed(self, union: tree.Union, branch: Group) -> Scene:
        """The same with one branch of a UNION in its place."""
        return Scene(self.prologue, self.dataset, _replaced(self.group, union, branch), self.inside)

    def within(self, select: tree.SubSelect) -> Scene:
        """The WHERE of a SELECT inside this one."""
        inside = (*self.inside, *_around(self.group, select))
        return Scene(self.prologue, self.dataset, select.group, inside)


def _write(group: Group, kept: Leaves | None, dropped: Leaves) -> tuple[str, frozenset[str]]:
    """The text of a group without its braces, and the names that it may bind."""
    lines: list[str] = []
    known: frozenset[str] = frozenset()  # what all elements so far may bind
    sure: frozenset[str] = frozenset()  # what they bind in each solution
    bound: frozenset[str] = frozenset()  # what those written may bind
    filters: list[tuple[int, tree.Filter]] = []
    for element in group.elements:
        text, binds = "", possible(element)
        if isinstance(element, tree.Filter):
            if _kept(element, kept, dropped):
                filters.append((len(lines), element))
        elif isinstance(element, tree.Graph | Group):
            text, binds = _write_braces(element, kept, dropped)
        elif _kept(element, kept, dropped):
            # An OPTIONAL or a MINUS is about what comes before it; without that, it would be a
            # cartesian product, or about something else.
            wanted = known if isinstance(element, tree.Bind) else sure
            hangs = isinstance(element, tree.Bind | tree.Optional | tree.Minus)
            if not hangs or mentioned(element) & wanted <= bound:
                text, binds = _leaf(element, dropped)
        if text:
            bound |= binds
        lines.append(text)
        known |= possible(element)
        sure |= certain(element)
    for number, element in filters:
        if mentioned(element) & known <= bound:
            lines[number] = element.text
    return "\n".join(filter(None, lines)), bound


def _write_braces(
    element: tree.Graph | Group, kept: Leaves | None, dropped: Leaves
) -> tuple[str, frozenset[str]]:
    if isinstance(element, Group):
        body, binds = _write(element, kept, dropped)
        return (f"{{\n{body}\n}}" if body else ""), binds
    body, binds = _write(element.group, kept, dropped)
    text = f"GRAPH {element.term.text} {{\n{body}\n}}" if body else ""
    return text, binds | element.term.names


def _kept(leaf: Leaf, kept: Leaves | None, dropped: Leaves) -> bool:
    return leaf not in dropped and (kept is None or leaf in kept)


def _leaf(leaf: Leaf, dropped: Leaves) -> tuple[str, frozenset[str]]:
    """The text of a pattern and what it binds, without what is dropped inside a SELECT."""
    if not isinstance(leaf, tree.SubSelect):
        return leaf.text, possible(leaf)
    if dropped.isdisjoint(tree.elements(leaf.group)):
        return f"{{ {leaf.text}\n}}", possible(leaf)
    body, binds = _write(leaf.group, None, dropped)
    lost = frozenset(node.text.lstrip("?") for node in leaf.head.plain) - binds
    text = f"{{ {leaf.head.text}\nWHERE {{\n{body}\n}}\n{leaf.modifiers.text}\n}}"
    return text, projected(leaf) - lost


def _sequence(group: Group) -> list[Leaf]:
    ready: dict[int, list[Leaf]] = {}
    for place, element in enumerate(group.elements):
        if isinstance(element, tree.Filter):
            ready.setdefault(_bound_at(group, place, element), []).append(element)
    found: list[Leaf] = []
    for place, element in enumerate(group.elements):
        if isinstance(element, tree.Graph):
            found += _sequence(element.group)
        elif isinstance(element, Group):
            found += _sequence(element)
        elif not isinstance(element, tree.Filter):
            found.append(element)
        found += ready.get(place, [])
    return found


def _bound_at(group: Group, place: int, element: tree.Filter) -> int:
    """The place from which no later element can bind, or bind anew, a variable of a filter."""
    names = mentioned(element)
    sure: frozenset[str] = frozenset()
    last = place
    for number, other in enumerate(group.elements):
        if (possible(other) & names) - sure:
            last = max(last, number)
        sure |= certain(other)
    return last


def _named(group: Group, around: frozenset[str]) -> Iterator[tuple[Leaf, frozenset[str]]]:
    for element in group.elements:
        if isinstance(element, tree.Graph):
            yield from _named(element.group, around | element.term.names)
        elif isinstance(element, Group):
            yield from _named(element, around)
        else:
            yield element, mentioned(element) | around


def _around(group: Group, wanted: Leaf) -> tuple[str, ...]:
    """The graphs around a pattern, outermost first."""
    for element in group.elements:
        if isinstance(element, tree.Graph | Group):
            inner = element.group if isinstance(element, tree.Graph) else element
            if wanted in set(tree.elements(inner)):
                name = (element.term.text,) if isinstance(element, tree.Graph) else ()
                return (*name, *_around(inner, wanted))
    return ()


def _replaced(group: Group, old: Element, new: Element) -> Group:
    def each(element: Element) -> Element:
        if element is old:
            return new
        if isinstance(element, tree.Graph):
            return tree.Graph(element.text, element.start, element.term, walk(element.group))
        return walk(element) if isinstance(element, Group) else element

    walk: Callable[[Group], Group] = lambda inner: Group(  # noqa: E731
        inner.text, inner.start, tuple(map(each, inner.elements))
    )
    return walk(group)

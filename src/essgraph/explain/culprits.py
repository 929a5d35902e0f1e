"""Which pattern empties a query: the first in reading order, and what it clashes with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from essgraph.explain import tree
from essgraph.explain.model import Culprit, Place, place_of
from essgraph.explain.probes import CAP, Count, Probes, Spent
from essgraph.explain.render import NONE, Leaves, Scene
from essgraph.explain.tree import Leaf

MAX_CULPRITS = 4
"""Most patterns named, each found with those before it left out."""


@dataclass(frozen=True)
class Blame:
    """A culprit, with the patterns of the tree that it and its conflict are."""

    culprit: Culprit
    leaf: Leaf | None
    conflict: tuple[Leaf, ...] = ()


class Search:
    """Finds culprits of one query, probe by probe.

    What is found stays in `blames` when the probes are spent; `without` are the rows that the
    query has without them, once known.
    """

    def __init__(self, query: tree.Query, probes: Probes) -> None:
        self._query = query
        self._probes = probes
        self._scene = Scene(query.prologue, query.dataset, query.group)
        self._dropped: Leaves = NONE
        self.blames: list[Blame] = []
        self.without: Count | None = None

    def run(self) -> Iterator[Blame]:
        """Name patterns until the query without them has rows, MAX_CULPRITS at most.

        Raises: Spent; QueryError; StoreUnavailable.
        """
        while len(self.blames) < MAX_CULPRITS:
            blame = self._first(self._scene)
            if blame is None:
                blame = self._after_where(self._scene, self._query.head, self._query.modifiers)
            if blame is None:
                break
            self.blames.append(blame)
            yield blame
            if blame.leaf is None:  # a clause: without it there are the rows of the WHERE
                break
            self._dropped |= {blame.leaf}
        if self.blames and self._first(self._scene) is None:
            kept = self._scene.needed(frozenset(self._scene.order) - self._dropped)
            if kept:  # of nothing at all there is one solution, which tells nothing
                self.without = self._count_of(self._scene, kept)

    def place(self, leaf: Leaf) -> Place:
        """Where a pattern is written."""
        shown = leaf.shown if isinstance(leaf, tree.Pattern) else leaf.text
        return place_of(self._query.text, leaf.start, shown, type(leaf).__name__.lower())

    def _first(self, scene: Scene) -> Blame | None:
        """The first pattern of a WHERE that leaves no solution; None if there are solutions."""
        order = [leaf for leaf in scene.order if leaf not in self._dropped]
        if not self._empty(scene, frozenset(order)):
            return None
        full, empty = 0, len(order)
        while empty - full > 1:
            middle = (full + empty) // 2
            if self._empty(scene, frozenset(order[:middle])):
                empty = middle
            else:
                full = middle
        leaf = order[empty - 1]
        before = frozenset(order[: empty - 1])
        if isinstance(leaf, tree.SubSelect):
            inner = self._inside(scene, leaf)
            if inner is not None:
                return inner
        return self._blame(scene, leaf, before)

    def _inside(self, scene: Scene, select: tree.SubSelect) -> Blame | None:
        """The culprit inside a SELECT that gives nothing by itself; None if it gives rows."""
        if not self._empty(scene, frozenset({select})):
            return None
        within = scene.within(select)
        found = self._first(within)
        if found is not None:
            return found
        clause = self._after_where(within, select.head, select.modifiers)
        return None if clause is None else Blame(clause.culprit, select, (select,))

    def _blame(self, scene: Scene, leaf: Leaf, before: Leaves) -> Blame:
        known = Culprit(self.place(leaf), None)
        try:
            if before:
                known = replace(known, before=self._count_of(scene, scene.needed(before)))
            if not isinstance(leaf, tree.Filter | tree.Minus):
                known = replace(known, alone=self._count_of(scene, frozenset({leaf})))
            conflict = self._conflict(scene, leaf, before)
            known = replace(known, conflict=tuple(map(self.place, conflict)))
            if isinstance(leaf, tree.Union):
                known = replace(known, branches=self._branches(scene, leaf, before))
        except Spent:
            self.blames.append(Blame(known, leaf))
            raise
        return Blame(known, leaf, conflict)

    def _conflict(self, scene: Scene, leaf: Leaf, before: Leaves) -> tuple[Leaf, ...]:
        """A smallest set of patterns, this one included, without a solution: QuickXplain.

        Source: U. Junker, QuickXplain, AAAI 2004.
        """
        near = scene.component(leaf, scene.needed(before | {leaf}))
        others = [other for other in scene.order if other in near and other is not leaf]

        def clashes(kept: Leaves) -> bool:
            # Those that share no variable with the culprit have solutions: they were before it.
            needed = scene.needed(kept)
            return not self._probes.any(scene.ask(scene.component(leaf, needed), self._dropped))

        found = _explained(clashes, frozenset({leaf}), NONE, others)
        return tuple(sorted({leaf, *found}, key=lambda one: one.start))

    def _branches(self, scene: Scene, union: tree.Union, before: Leaves) -> tuple[Culprit, ...]:
        found = []
        for group in union.groups:
            narrowed = scene.narrowed(union, group)
            skipped = self._dropped
            allowed = before | set(tree.elements(group))
            try:
                self._dropped = skipped | {e for e in narrowed.order if e not in allowed}
                blame = self._first(narrowed)
            finally:
                self._dropped = skipped
            if blame is not None:
                found.append(blame.culprit)
        return tuple(found)

    def _after_where(
        self, scene: Scene, head: tree.Projection | None, clauses: tree.Modifiers
    ) -> Blame | None:
        """The clause that leaves no row of a WHERE with solutions, None if there are rows."""
        form = self._query.form
        made = scene is self._scene and form in ("CONSTRUCT", "DESCRIBE") and bool(scene.order)
        if not (clauses.limit == 0 or clauses.having or clauses.offset or made):
            return None
        where = scene.where(None, self._dropped)
        select = head.text if head else "SELECT *"
        grouped = f"{scene.prologue}\n{select}\n{scene.dataset}\n{where}\n{clauses.group_by}"
        rows = self._probes.count(f"{grouped}\nLIMIT {CAP + 1}")

        def blame(shown: str, kind: str) -> Blame:
            place = place_of(self._query.text, clauses.start, shown, kind)
            return Blame(Culprit(place, rows, None, (place,)), None)

        if clauses.limit == 0:
            return blame(clauses.slice, "limit")
        if clauses.having:
            rows = self._probes.count(f"{grouped}\n{clauses.having}\nLIMIT {CAP + 1}")
            if not rows.number:
                rows = self._probes.count(f"{grouped}\nLIMIT {CAP + 1}")
                return blame(clauses.having, "having")
        if clauses.offset and not rows.more and clauses.offset >= rows.number:
            return blame(clauses.slice, "offset")
        if made and not self._dropped and not self._probes.count(self._query.text).number:
            return blame(form, form.lower())
        return None

    def _count_of(self, scene: Scene, kept: Leaves) -> Count:
        return self._probes.count(scene.select(kept, self._dropped, CAP + 1))

    def _empty(self, scene: Scene, kept: Leaves) -> bool:
        parts = scene.components(scene.needed(kept))
        return any(not self._probes.any(scene.ask(part, self._dropped)) for part in parts)


def _explained(
    clashes: Callable[[Leaves], bool], base: Leaves, added: Leaves, others: Sequence[Leaf]
) -> Leaves:
    if (added or base) and clashes(base):
        return NONE
    if len(others) <= 1:
        return frozenset(others)
    half = len(others) // 2
    first, second = others[:half], others[half:]
    right = _explained(clashes, base | set(first), frozenset(first), second)
    return right | _explained(clashes, base | right, right, first)

"""Walks over a graph: property paths, and the wider ones along which validation reads.

A walk says which triples are read from a node on. Told step by step, with the walk that
leads to each step, it also says from which nodes a given triple is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import NamedNode

from essgraph.shacl.paths import Path


@dataclass(frozen=True)
class Step:
    """One triple, from its subject to its object, or back; without predicate, any triple."""

    predicate: NamedNode | None
    back: bool = False


@dataclass(frozen=True)
class Sequence:
    """Parts walked one after another; without parts, standing still."""

    parts: tuple[Walk, ...] = ()


@dataclass(frozen=True)
class Either:
    """Parts each walked from the same nodes."""

    parts: tuple[Walk, ...]


@dataclass(frozen=True)
class Repeat:
    """A part walked any number of times, not at all included."""

    part: Walk


Walk: TypeAlias = Step | Sequence | Either | Repeat

STAY = Sequence()
ANY = Step(None)


def of_path(path: Path) -> Walk:
    """The walk of a property path."""
    if path.predicate is not None:
        return Step(path.predicate)
    parts = tuple(of_path(part) for part in path.parts)
    if path.operator == "/":
        return Sequence(parts)
    if path.operator == "|":
        return Either(parts)
    if path.operator == "^":
        return inverse(parts[0])
    if path.operator == "?":
        return Either((STAY, parts[0]))
    repeated = Repeat(parts[0])
    return repeated if path.operator == "*" else Sequence((parts[0], repeated))


def then(*walks: Walk) -> Walk:
    """The walks one after another, without needless nesting."""
    parts: list[Walk] = []
    for walk in walks:
        parts += walk.parts if isinstance(walk, Sequence) else (walk,)
    return parts[0] if len(parts) == 1 else Sequence(tuple(parts))


def inverse(walk: Walk) -> Walk:
    """The same triples, walked from the end to the start."""
    if isinstance(walk, Step):
        return Step(walk.predicate, not walk.back)
    if isinstance(walk, Sequence):
        return Sequence(tuple(inverse(part) for part in reversed(walk.parts)))
    if isinstance(walk, Either):
        return Either(tuple(inverse(part) for part in walk.parts))
    return Repeat(inverse(walk.part))


def steps(walk: Walk, before: Walk = STAY) -> Iterator[tuple[Walk, Step]]:
    """Every step of the walk, each after the walk that leads to where it begins."""
    if isinstance(walk, Step):
        yield before, walk
    elif isinstance(walk, Sequence):
        for part in walk.parts:
            yield from steps(part, before)
            before = then(before, part)
    elif isinstance(walk, Either):
        for part in walk.parts:
            yield from steps(part, before)
    else:
        yield from steps(walk.part, then(before, walk))

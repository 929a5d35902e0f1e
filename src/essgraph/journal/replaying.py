"""Accepted writes done again over what the files say now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from essgraph.journal.entry import Entry, Patch


@dataclass(frozen=True)
class Conflict:
    """A write that removes what is not there any more: the files changed under it."""

    entry_id: str
    graph: str
    missing: tuple[str, ...]

    def __str__(self) -> str:
        more = f" and {len(self.missing) - 1} more" if len(self.missing) > 1 else ""
        return (
            f"write {self.entry_id}: not in {self.graph} any more, so not removed: "
            f"{self.missing[0].strip()}{more}"
        )


def replay(
    statements: Iterable[str], graph: str, entries: Iterable[Entry]
) -> tuple[list[str], list[Conflict]]:
    """A graph's statements after these writes, and what could not be done as it was asked.

    What is added is added whatever the files say now, and what is gone is gone. A write that
    replaced statements is no conflict where the files already say what it wanted.
    """
    held = dict.fromkeys(statements)
    conflicts = []
    for entry in entries:
        for patch in entry.patches:
            if patch.graph != graph:
                continue
            missing = tuple(line for line in patch.removed if line not in held)
            merged = patch.added and not set(patch.added) - set(held)
            if missing and not merged:
                conflicts.append(Conflict(entry.id, graph, missing))
            apply(held, patch)
    return list(held), conflicts


def apply(held: dict[str, None], patch: Patch) -> None:
    """Change a graph's statements, kept in order, as a patch says."""
    for line in patch.removed:
        held.pop(line, None)
    held.update(dict.fromkeys(patch.added))

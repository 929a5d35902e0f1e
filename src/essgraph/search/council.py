"""Who sits where: the mandates of each body in one row, so that its page reads all at once.

A row repeats what the store says, and a body without one is read from the store: a write takes
away the rows that it may have made untrue, and the next build makes them again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from essgraph import vocab
from essgraph.vocab import Names

FAMILY = f"<{vocab.FOAF}familyName>"
START = f"<{vocab.SCHEMA}startDate>"
_DURING = f"<{vocab.ORG}memberDuring>"
_END = f"<{vocab.SCHEMA}endDate>"
_FIELDS = 7


class Seat(NamedTuple):
    """A mandate: its IRI, its holder's, name and family name, the role's IRI, rank, start.

    Shape: `rank` and `start` are as written, "" for none.
    """

    mandate: str
    person: str
    name: str
    family: str
    role: str
    rank: str
    start: str


class Seating:
    """The mandates of each body, packed as they are read: there are 740,000 of them.

    Shape: body -> a line a mandate: person, the rest of the mandate's key, role, rank, start;
    telling: the predicates that are read of a mandate, besides its links.
    """

    def __init__(self, names: Names) -> None:
        self.packed: dict[str, bytearray] = {}
        self.rank = str(names.ess("rank"))
        self._apart = frozenset((_END, _DURING, str(names.ess("attestedDuring"))))
        self.telling = self._apart | {START, self.rank}
        self._mandate, self._person, self._role = _heads(names)

    def add(self, mandate: str, person: str, role: str, body: str, said: Mapping[str, str]) -> None:
        """Pack a mandate; not one that may be over, which only the store tells.

        Shape: said: predicate -> object as N-Triples spell them.
        """
        if not self._apart.isdisjoint(said):
            return
        start, rank = (_plain(said.get(predicate, '""')) for predicate in (START, self.rank))
        _, _, mandate_key = mandate.partition(self._mandate)
        _, _, key = person.partition(self._person)
        _, _, role_key = role.partition(self._role)
        if not key or not role_key or not mandate_key.startswith(key) or len(start) not in (0, 10):
            return
        line = f"{key}\t{mandate_key[len(key) :]}\t{role_key}\t{rank}\t{start}\n"
        self.packed.setdefault(body, bytearray()).extend(line.encode())

    def leave_out(self, mandates: Collection[str]) -> None:
        """Forget mandates of which more is said elsewhere."""
        keys = {mandate.partition(self._mandate)[2] for mandate in mandates}
        if not keys:
            return
        for body, lines in self.packed.items():
            kept = [x for x in lines.decode().splitlines(True) if _mandate_key(x) not in keys]
            self.packed[body] = bytearray("".join(kept).encode())


def rows(
    packed: Mapping[str, bytearray],
    labels: Mapping[str, Mapping[str, str]],
    families: Mapping[str, int],
    names: Names,
) -> Iterator[tuple[str, str]]:
    """Each body with its officials, ready to be written; `families` are lengths of names."""
    _, head, _ = _heads(names)
    for body, lines in packed.items():
        said = []
        for line in lines.decode().splitlines():
            person = head + line[: line.index("\t")]
            name = labels.get(person, {}).get("", "")
            if name and "\t" not in name and "\n" not in name:
                said.append(f"{line}\t{name}\t{families.get(person, len(name))}")
        yield body, "\n".join(said)


def read(officials: str, names: Names) -> list[Seat]:
    """The officials of a row, in no order."""
    mandates, persons, roles = _heads(names)
    found = []
    for key, rest, role, rank, start, name, length in fields(officials):
        family = name[-int(length) :]
        found.append(
            Seat(mandates + key + rest, persons + key, name, family, roles + role, rank, start)
        )
    return found


def fields(officials: str) -> Iterator[list[str]]:
    """The mandates of a row, each cut into its person, the rest of its key, role, rank, start,
    name, and the length of the family name."""
    for line in officials.split("\n"):
        cut = line.split("\t")
        if len(cut) == _FIELDS:
            yield cut


def _mandate_key(line: str) -> str:
    key, rest, _ = line.split("\t", 2)
    return key + rest


def _heads(names: Names) -> tuple[str, str, str]:
    own = names.base
    return f"{own}id/mandate/", f"{own}id/person/", f"{own}scheme/role/"


def _plain(literal: str) -> str:
    """The text of a literal as N-Triples spell it."""
    return literal[1 : literal.index('"', 1)]

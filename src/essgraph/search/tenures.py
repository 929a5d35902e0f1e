"""The mandates of the register as facets count them: who, as what, in which body, when.

There are 740,000 of them, so that each is a few numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from essgraph import vocab
from essgraph.search.facets import year_of

SPATIAL = f"<{vocab.DCTERMS}spatial>"
START = f"<{vocab.SCHEMA}startDate>"
END = f"<{vocab.SCHEMA}endDate>"


class Tenure(NamedTuple):
    """A mandate: IRIs of its holder, role, body and places, and its years, 0 for none."""

    person: str
    role: str
    body: str
    spatial: tuple[str, ...]
    since: int
    until: int


class Tenures:
    """Mandates in the order that they were added in."""

    def __init__(self) -> None:
        self._persons: dict[str, int] = {}
        self._terms: dict[str, int] = {}
        self._spatial: dict[int, tuple[str, ...]] = {}
        self._person, self._role, self._body = array("I"), array("I"), array("I")
        self._since, self._until = array("H"), array("H")
        self._out: set[int] = set()

    def add(self, tenure: Tenure) -> None:
        """Add a mandate."""
        if tenure.spatial:
            self._spatial[len(self._person)] = tenure.spatial
        terms = self._terms
        self._person.append(self._persons.setdefault(tenure.person, len(self._persons)))
        self._role.append(terms.setdefault(tenure.role, len(terms)))
        self._body.append(terms.setdefault(tenure.body, len(terms)))
        self._since.append(tenure.since)
        self._until.append(tenure.until)

    def take_out(self, at: int) -> Tenure:
        """Leave out a mandate by its place, and tell what it was."""
        self._out.add(at)
        persons, terms = list(self._persons), list(self._terms)
        return Tenure(
            persons[self._person[at]],
            terms[self._role[at]],
            terms[self._body[at]],
            self._spatial.get(at, ()),
            self._since[at],
            self._until[at],
        )

    def alike(self) -> Iterator[tuple[Tenure, list[str]]]:
        """Mandates with all but their holders in common, as one of them, and who holds them."""
        persons, terms = list(self._persons), list(self._terms)
        groups: dict[tuple[int, int, int, int, tuple[str, ...]], array[int]] = {}
        columns = zip(self._person, self._role, self._body, self._since, self._until, strict=True)
        for at, (person, role, body, since, until) in enumerate(columns):
            if at not in self._out:
                key = role, body, since, until, self._spatial.get(at, ())
                held = groups.get(key)
                if held is None:
                    held = groups[key] = array("I")
                held.append(person)
        for (role, body, since, until, spatial), held in groups.items():
            holders = [persons[number] for number in held]
            yield Tenure(holders[0], terms[role], terms[body], spatial, since, until), holders


def dated(dates: Iterable[str]) -> list[int]:
    """The years of some objects as N-Triples spell them."""
    found = (year_of(date[1 : date.index('"', 1)]) for date in dates if date[:1] == '"')
    return [year for year in found if year]

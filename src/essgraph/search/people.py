"""What people hold: the mandate that tells a person of the register from the namesakes.

A mandate of the register, which has no source of its own as its graph has one, is not an entry
of the index: there are more of them than of all else together, and people look for the person.
A mandate of the collection is one as any other entity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from essgraph import vocab
from essgraph.search.council import Seating
from essgraph.search.tenures import END, SPATIAL, START, Tenure, Tenures, dated
from essgraph.vocab import Names

MEMBER = f"<{vocab.ORG}member>"
ORGANISATION = f"<{vocab.ORG}organization>"
ROLE = f"<{vocab.ORG}role>"
SOURCE = f"<{vocab.PROV}hadPrimarySource>"
_TYPE = str(vocab.RDF_TYPE)
_LABEL = f"{vocab.RDFS_LABEL} "
DURING = f"<{vocab.ORG}memberDuring>"
LINKS = (MEMBER, ORGANISATION, ROLE)

_ROLES = (
    "president-reg president-dep senateur depute depute-europeen president-epci maire"
    " vice-president-reg vice-president-dep vice-president-epci adjoint maire-delegue"
    " conseiller-regional conseiller-departemental conseiller-communautaire conseiller-municipal"
)
_AMOUNT = len(_ROLES.split())
_SEATS = ("/role/conseiller-municipal", "/role/conseiller-communautaire")
_STEP = 1_000_000_000
"""Between the weights of two roles; no territory has so many inhabitants."""


class Holding(NamedTuple):
    """A mandate of the register: the place of its role among all, the role, the body."""

    standing: int
    role: str
    body: str

    def weight(self, inhabitants: int) -> int:
        """What namesakes are ranked by: what they hold, then how many people it is for."""
        return (_AMOUNT - self.standing) * _STEP + inhabitants


class Roll:
    """Mandates, each told apart as soon as its lines are read.

    `keep` is called with the lines of those that are entries of the index.
    """

    def __init__(self, names: Names, keep: Callable[[Sequence[str]], None]) -> None:
        roles = _ROLES.split()
        self.head = f"<{names.base}id/mandate/"
        self.best: dict[str, Holding] = {}
        self.unlisted = 0
        self.classes: set[str] = set()
        self.seating = Seating(names)
        self.tenures = Tenures()
        self._keep = keep
        self._standings = {names.concept("role", role).value: at for at, role in enumerate(roles)}
        self._last = len(roles)
        # Seldom used: lines of a mandate that are not beside its others.
        self._left: dict[str, list[str]] = {}
        # In the order of the tenures.
        self._dropped: dict[int, None] = {}
        self._sourced: set[str] = set()
        self._shared: dict[str, str] = {}
        self._parts: dict[str, tuple[str, str, str]] = {}
        self._years: dict[str, int] = {}
        self._periods = frozenset((DURING, str(names.ess("attestedDuring"))))

    def close(self) -> None:
        """Tell of the mandates whose lines were not side by side."""
        for subject, lines in self._left.items():
            if hash(subject) not in self._dropped:
                self._keep(lines)
        doubted = {*self._left, *self._sourced}
        self.seating.leave_out({x[1:-1] for x in doubted if hash(x) in self._dropped})

    def parted(self) -> Iterator[tuple[str, Tenure, list[str]]]:
        """The mandates that more is said of elsewhere: what is said here, and those lines."""
        parted = {hash(subject): subject for subject in (*self._left, *self._sourced)}
        places = [(at, x) for at, x in enumerate(self._dropped) if x in parted]
        for at, hashed in places:
            subject = parted[hashed]
            yield subject[1:-1], self.tenures.take_out(at), self._left.get(subject, [])
        self._left.clear()

    def take(self, subject: str, lines: Sequence[str]) -> None:
        """Read the lines of a mandate that are side by side."""
        links, classes, said = self._links(len(subject) + 1, lines)
        if SOURCE in links:
            self._sourced.add(subject)
            self._keep(lines)
        elif MEMBER in links and ORGANISATION in links and ROLE in links:
            self.unlisted += 1
            self.classes.update(classes)
            person, role, body = self._hold(links[MEMBER], links[ROLE], links[ORGANISATION])
            self.seating.add(subject[1:-1], person, role, body, said)
            if hash(subject) in self._dropped:
                self._left.setdefault(subject, []).extend(lines)
            else:
                self._dropped[hash(subject)] = None
                self.tenures.add(self._tenure(len(subject) + 1, lines, (person, role, body), said))
                if not self._periods.isdisjoint(said):
                    self._left.setdefault(subject, []).extend(lines)
        else:
            self._left.setdefault(subject, []).extend(lines)

    def _links(
        self, start: int, lines: Sequence[str]
    ) -> tuple[dict[str, str], list[str], dict[str, str]]:
        """What a mandate links to by predicate, of several the greatest; classes; all it says.

        Labels apart, which nobody asks for.
        """
        links: dict[str, str] = {}
        classes = []
        said: dict[str, str] = {}
        known = self._parts
        for line in lines:
            tail = line[start:]
            if tail.startswith(_LABEL):
                continue
            parts = known.get(tail)
            if parts is None:
                predicate, rest = tail.split(" ", 1)
                parts = predicate, rest, rest[1 : rest.index(">")] if rest[0] == "<" else ""
                if predicate != MEMBER:  # the others are of a few thousand kinds
                    known[tail] = parts
            predicate, rest, value = parts
            if predicate == START and START in said:
                rest = min(rest, said[START])
            said[predicate] = rest
            if value:
                if predicate == _TYPE:
                    classes.append(value)
                elif links.get(predicate, "") < value:
                    links[predicate] = value
        return links, classes, said

    def _tenure(
        self, start: int, lines: Sequence[str], who: tuple[str, str, str], said: Mapping[str, str]
    ) -> Tenure:
        first = said.get(START, "")
        since = self._years.get(first)
        if since is None:
            since = self._years[first] = max(dated([first]), default=0)
        spatial: list[str] = []
        until = 0
        if SPATIAL in said or END in said:
            tails = [line[start:].split(" ", 2) for line in lines]
            spatial = [rest[1:-1] for predicate, rest, *_ in tails if predicate == SPATIAL]
            ends = (rest for predicate, rest, *_ in tails if predicate == END)
            until = max(dated(ends), default=0)
        return Tenure(*who, tuple(spatial), since, until)

    def _hold(self, person: str, role: str, body: str) -> tuple[str, str, str]:
        # The same few texts again and again are kept once.
        role, body = self._shared.setdefault(role, role), self._shared.setdefault(body, body)
        found = Holding(self._standings.get(role, self._last), role, body)
        known = self.best.get(person)
        if known is None or found < known:
            self.best[person] = found
        return person, role, body


def is_seat(iri: str) -> bool:
    """Whether this is the role of a plain seat in a council: too many hold one to seek it."""
    return iri.endswith(_SEATS)


def rotations(name: str) -> Iterator[str]:
    """A folded name begun at each of its words: family name first, then given name.

    Shape: "jean le goff" -> "le goff jean", "goff jean le".
    """
    words = name.split()
    for at in range(1, len(words)):
        yield " ".join((*words[at:], *words[:at]))

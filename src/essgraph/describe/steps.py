"""The links of some nodes, as they are read from the store: steps from what is known to others.

A mandate is a step from its holder to its body, and back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from essgraph import queries, vocab
from essgraph.describe import links
from essgraph.describe.mandates import MEMBER, ORGANISATION
from essgraph.describe.office import standings
from essgraph.describe.values import iri_of, text_of
from essgraph.store.base import GraphStore
from essgraph.vocab import Names

READ = 300
"""Links to one node that are read."""
_MANDATE = "mandate"
_HUBS = frozenset(
    (
        *("commune", "epci", "departement", "region", "collectivite-outre-mer", "country"),
        *("publication", "dataset", "collection"),
    )
)
_HIDDEN_KINDS = frozenset(("assertion", "geometry", "release", "agent", "dataset", "period"))
_HIDDEN = frozenset(
    (
        vocab.RDF + "type",
        vocab.RDF + "subject",
        vocab.RDF + "predicate",
        vocab.RDF + "object",
        vocab.PROV + "hadPrimarySource",
        vocab.RDFS + "isDefinedBy",
        vocab.GEO + "sfTouches",
    )
)


@dataclass(frozen=True)
class Step:
    """A link from a known node to another, as it was read."""

    known: str
    other: str
    predicate: str
    inverse: bool
    mandate: Held | None = None
    standing: int = 0

    @property
    def key(self) -> tuple[str, str, bool]:
        """From what node it goes by what property, and which way."""
        return self.known, self.predicate, self.inverse

    @property
    def ends(self) -> tuple[str, str]:
        """Subject and object; of a mandate, holder and body."""
        return (self.other, self.known) if self.inverse else (self.known, self.other)


@dataclass(frozen=True)
class Held:
    """A mandate: its role, and when; its texts and IRIs are "" where the graph does not say."""

    iri: str
    role: str
    start: str
    end: str
    during: str


class Reading:
    """The links of nodes, read from the store."""

    def __init__(self, store: GraphStore, names: Names) -> None:
        self._store = store
        self._names = names
        self._evidence = names.ess("evidence").value
        self._standings = standings(names)
        self.totals: dict[str, tuple[int, bool]] = {}
        """Property -> how many point at the root by it, and whether that is all."""

    def known(self, iri: str) -> bool:
        """Whether the graph says anything of an IRI."""
        return self._store.ask(
            queries.app("describe-exists", self._names).bind(entity=NamedNode(iri))
        )

    def around(self, iris: Sequence[str], root: str = "") -> list[Step]:
        """The links of some nodes, each once, mandates made links of their own.

        What points at the root is read property by property, so that none hides another.
        """
        if not iris:
            return []
        steps: list[Step] = []
        mandates: dict[str, list[Step]] = defaultdict(list)
        pointing = (s for iri in iris for s in (self._to(iri) if iri == root else self._in(iri)))
        for step in (*self._out(iris), *pointing):
            if not self._shown(step):
                continue
            is_held = step.predicate in (MEMBER, ORGANISATION) and step.inverse
            if kind_of(step.other, self._names) != _MANDATE:
                steps.append(step)
            elif is_held:
                mandates[step.other].append(step)
        steps += self._held(mandates)
        return list(dict.fromkeys(steps))

    def _to(self, root: str) -> Iterable[Step]:
        for item in links.read(self._store, self._names, NamedNode(root), READ):
            self.totals[item.predicate] = item.total, item.exact
            for subject in item.subjects:
                yield Step(root, subject, item.predicate, inverse=True)

    def _out(self, iris: Sequence[str]) -> Iterable[Step]:
        text = queries.app("neighbourhood-out", self._names).bind(
            entity=[NamedNode(iri) for iri in iris]
        )
        for entity, prop, value in self._store.select(text).rows:
            yield Step(iri_of(entity), iri_of(value), iri_of(prop), inverse=False)

    def _in(self, iri: str) -> Iterable[Step]:
        if _is_concept(iri, self._names):
            return
        text = queries.app("neighbourhood-in", self._names).bind(
            entity=NamedNode(iri), limit=Literal(READ)
        )
        for prop, subject in self._store.select(text).rows:
            yield Step(iri, iri_of(subject), iri_of(prop), inverse=True)

    def _held(self, mandates: Mapping[str, Sequence[Step]]) -> Iterable[Step]:
        """Holder and body of each mandate, linked by its role."""
        if not mandates:
            return
        text = queries.app("neighbourhood-mandates", self._names).bind(
            mandate=[NamedNode(iri) for iri in sorted(mandates)]
        )
        for iri, person, body, role, start, end, during in self._store.select(text).rows:
            held = Held(iri_of(iri), iri_of(role), text_of(start), text_of(end), iri_of(during))
            standing = self._standings.get(held.role, len(self._standings))
            for step in mandates[iri_of(iri)]:
                of_person = step.predicate == MEMBER
                other = iri_of(body) if of_person else iri_of(person)
                made = Step(step.known, other, step.predicate, not of_person, held, standing)
                yield made

    def _shown(self, step: Step) -> bool:
        if step.predicate in _HIDDEN or step.predicate == self._evidence:
            return False
        if step.predicate.startswith(vocab.SKOS) or not step.other.startswith(self._names.base):
            return False
        if _is_concept(step.other, self._names):
            return not step.inverse
        return kind_of(step.other, self._names) not in ("", *_HIDDEN_KINDS)


def _is_concept(iri: str, names: Names) -> bool:
    return iri.startswith(names.base + "scheme/")


def is_hub(iri: str, names: Names) -> bool:
    """Whether so much is linked to such a resource that it is shown and not gone through."""
    return _is_concept(iri, names) or kind_of(iri, names) in _HUBS


def kind_of(iri: str, names: Names) -> str:
    """`commune`, of the IRI of one; "" for what is no entity."""
    head = names.base + "id/"
    return iri.removeprefix(head).partition("/")[0] if iri.startswith(head) else ""

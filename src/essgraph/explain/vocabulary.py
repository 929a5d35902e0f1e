"""What a graph has: its classes, properties and named graphs, and the nearest to a name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from essgraph import queries
from essgraph.explain.model import Suggestion
from essgraph.store.base import GraphStore
from essgraph.vocab import Names

CLOSE = 70.0
"""Least likeness, of 100, of a term that is proposed for another."""

MOST = 3
"""Most terms proposed for one."""

# Vocabularies name the same thing by different words; one is proposed for another.
_SAME_MEANING = (
    frozenset({"name", "label", "title", "preflabel", "nom"}),
    frozenset({"description", "comment", "abstract", "definition"}),
    frozenset({"location", "spatial", "place", "coverage"}),
    frozenset({"startdate", "hasbeginning", "start", "begin"}),
    frozenset({"enddate", "hasend", "end"}),
    frozenset({"population", "inhabitants", "populationtotal"}),
)


@dataclass(frozen=True)
class Vocabulary:
    """The terms of a graph. Shape: IRI -> uses (entities of a class, triples of a property)."""

    names: Names
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    graphs: tuple[str, ...]

    def nearest(
        self, iri: str, known: Mapping[str, int], preferred: Collection[str] = ()
    ) -> tuple[Suggestion, ...]:
        """Terms of `known` that a wrong one may stand for, the likeliest first.

        Those of `preferred` come before the others.
        """
        found: dict[str, str] = {}
        local = _local(iri)
        for reason, candidates in (
            ("namespace", _same_address(iri, known)),
            ("same-name", _same_local(local, known)),
            ("close", _close(iri, known)),
            ("same-meaning", _same_meaning(local, known)),
        ):
            for term in candidates:
                found.setdefault(term, reason)
        # What the subject's class has goes first; else each stays in its reason's order.
        ranked = sorted(found, key=lambda t: (found[t] != "namespace", t not in preferred))
        return tuple(self.suggestion(term, found[term], known[term]) for term in ranked[:MOST])

    def suggestion(self, iri: str, reason: str, uses: int | None = None) -> Suggestion:
        """A term of the graph as one writes it: prefixed, else in angle brackets."""
        compact = self.names.compact(iri)
        return Suggestion(compact if compact != iri else f"<{iri}>", iri, reason, uses)


def read_vocabulary(store: GraphStore, names: Names) -> Vocabulary:
    """The vocabulary of what a store holds, counted; 0.4 s for a million triples.

    Raises: StoreUnavailable.
    """
    return Vocabulary(
        names,
        dict(_counts(store, queries.app("class-partitions", names).text)),
        dict(_counts(store, queries.app("property-partitions", names).text)),
        tuple(iri for iri, _ in _counts(store, queries.app("explain-graphs", names).text)),
    )


def most_like(name: str, known: Mapping[str, str], most: int = MOST) -> list[str]:
    """The keys of `known` whose values are most like a name."""
    found = process.extract(name.lower(), known, scorer=fuzz.ratio, limit=most, score_cutoff=CLOSE)
    return [str(key) for _, _, key in found]


def _counts(store: GraphStore, select: str) -> Iterator[tuple[str, int]]:
    for term, *rest in store.select(select).rows:
        number = rest[0] if rest else None
        if isinstance(term, NamedNode):
            yield term.value, int(number.value) if isinstance(number, Literal) else 0


def _local(iri: str) -> str:
    return iri.rstrip("/#").rpartition("#")[2].rpartition("/")[2]


def _address(iri: str) -> str:
    """An IRI without what is most often wrong in it: http or https, www, # or /, case."""
    rest = iri.partition("://")[2].removeprefix("www.")
    return rest.replace("#", "/").rstrip("/").lower()


def _same_address(iri: str, known: Mapping[str, int]) -> list[str]:
    wanted = _address(iri)
    return [term for term in known if _address(term) == wanted and term != iri]


def _same_local(local: str, known: Mapping[str, int]) -> list[str]:
    return [term for term in known if local and _local(term).lower() == local.lower()]


def _same_meaning(local: str, known: Mapping[str, int]) -> list[str]:
    words = [words for words in _SAME_MEANING if local.lower() in words]
    found = [term for term in known if any(_local(term).lower() in group for group in words)]
    return sorted(found, key=lambda term: -known[term])


def _close(iri: str, known: Mapping[str, int]) -> list[str]:
    """By local name; a term of the same namespace before one of another."""
    local = _local(iri)
    found = most_like(local, {term: _local(term).lower() for term in known}, 2 * MOST)
    return sorted(found, key=lambda term: not term.startswith(iri.removesuffix(local)))

"""A proposal, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Triple

from essgraph.proposals.words import Texts
from essgraph.search import Hit
from essgraph.store.base import Term

ADDRESS = "address"
"""The key of what the initiative's IRI ends in."""

Values = Mapping[str, Sequence[str]]
"""Key of a field -> what was written in it."""


@dataclass(frozen=True)
class Fault:
    """Why a value cannot be used: its field, itself, a sentence a language, what may be meant.

    Shape: `note` if the value is used nevertheless, mended.
    """

    key: str
    value: str
    texts: Texts
    offers: tuple[Hit, ...] = ()
    note: bool = False


@dataclass(frozen=True)
class Proposal:
    """One initiative as triples, as far as its values can be used.

    Shape: `terms` is what each field means; `subjects` maps each entity it describes to the
    beginning of the keys of its fields ("" for the initiative).
    """

    iri: NamedNode
    triples: tuple[Triple, ...]
    faults: tuple[Fault, ...]
    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    subjects: Mapping[NamedNode, str] = field(default_factory=dict)

    @property
    def blocked(self) -> bool:
        """Whether a value cannot be used."""
        return any(not fault.note for fault in self.faults)

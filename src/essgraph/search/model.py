"""What the index is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = ("initiative", "person", "organisation", "territory", "publication")
"""What an exploration is of."""


@dataclass(frozen=True)
class Hit:
    """One entity: what it is called, what it is, and what tells it from its homonyms.

    `label_lang` is "" for a label without language, such as a person's name.
    """

    iri: str
    label: str
    label_lang: str
    class_iri: str
    class_label: str
    context: str


@dataclass(frozen=True)
class SearchPage:
    """A page of matches, best first; if `truncated`, there are more than `total`.

    Shape: `partial` if nothing matches all words, and these match most of them; `corrected` is
    the text searched instead of a misspelt one, else "".
    """

    hits: list[Hit]
    total: int
    truncated: bool
    partial: bool = False
    corrected: str = ""


@dataclass(frozen=True)
class ClassCount:
    """A class and how many entities are of it."""

    iri: str
    label: str
    count: int


@dataclass(frozen=True)
class ClassPage:
    """A page of a class's entities by label, and how many there are in all."""

    hits: list[Hit]
    total: int
    label: str


@dataclass(frozen=True)
class Selection:
    """Entities of a kind that have every word of a text and what is chosen in each facet.

    Shape: chosen: facet -> IRIs, one of which an entity has; since, until: years, inclusive.
    """

    kind: str
    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True)
class FacetValue:
    """What a list may be narrowed to, and how many of the list would be left.

    Shape: `parent` is the IRI of the value above, "" at the top.
    """

    iri: str
    label: str
    label_lang: str
    count: int
    parent: str


@dataclass(frozen=True)
class Facet:
    """The values of a facet, those of most entities first, and how many values there are.

    Of a tree: its top, what is chosen with all above it, and what is right below these.
    If `truncated`, more values have the words of a text than are counted.
    """

    name: str
    values: tuple[FacetValue, ...]
    total: int
    truncated: bool = False


@dataclass(frozen=True)
class ExplorePage:
    """A page of a selection, with what it may be narrowed by.

    Shape: years: those that have entities, in order, with how many; corrected: the text searched
    instead of a misspelt one, else ""; `truncated` if the text matches more than is counted.
    """

    hits: list[Hit]
    total: int
    facets: tuple[Facet, ...]
    years: tuple[tuple[int, int], ...]
    corrected: str = ""
    truncated: bool = False


@dataclass(frozen=True)
class Place:
    """An entity at one of its points; longitude and latitude in degrees (WGS 84)."""

    iri: str
    label: str
    lon: float
    lat: float


@dataclass(frozen=True)
class PlacePage:
    """The points of a selection; if `truncated`, these are not all.

    Shape: total: how many entities are selected, with a point or without.
    """

    places: list[Place]
    total: int
    truncated: bool

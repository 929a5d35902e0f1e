"""What a reader who is typing means first: what is done, where, who, and only then words of ours.

Of suggestions from all kinds there is room for few: an abstract heading, or what merely is about
a place, would hide the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

CONSIDERED = 40
"""Matches that are put in order; beyond, they are as their rank has them."""

NAMED, BEGUN, AROUND = range(3)
"""How an entity matches: by exactly the name, by words of it, by what it is in or about."""

_KINDS = (
    ("initiative", "event"),
    ("commune",),
    (
        *("epci", "departement", "region", "collectivite-outre-mer", "country", "place"),
        *("arrondissement-municipal", "commune-deleguee", "commune-associee"),
    ),
    ("person",),
    ("organisation",),
    ("publication",),
)
_STANDING: Mapping[str, int] = {kind: at for at, kinds in enumerate(_KINDS) for kind in kinds}


def ordered(found: Iterable[tuple[int, str, int]]) -> list[int]:
    """The numbers of entities, the likeliest first; of those alike, as they came.

    Shape: each is number, IRI, how it matches.
    """
    return [number for number, _, _ in sorted(found, key=lambda one: _key(one[1], one[2]))]


def _key(iri: str, match: int) -> tuple[bool, int, int]:
    last = len(_KINDS)
    _, of_entity, rest = iri.partition("/id/")
    standing = _STANDING.get(rest.partition("/")[0], last) if of_entity else last
    return standing == last, match, standing

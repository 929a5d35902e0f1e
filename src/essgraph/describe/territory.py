"""What happens in a territory: its initiatives, and the régions it lies in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from essgraph import queries
from essgraph.describe.labels import local_name, look_up
from essgraph.describe.model import Link, Text
from essgraph.store.base import GraphStore, Term
from essgraph.vocab import Names


@dataclass(frozen=True)
class LocalInitiative:
    """An initiative, what it does, and the places inside the territory where it does so."""

    link: Link
    summary: Text
    places: tuple[str, ...]


class LocalInitiatives:
    """The initiatives of every territory, read at once: the collection has a few dozen, and the
    query for one territory goes through them all.
    """

    def __init__(self, store: GraphStore, names: Names, languages: Sequence[str]) -> None:
        """Read them. Raises: StoreUnavailable."""
        self._found = {lang: _by_territory(store, names, lang) for lang in languages}

    def of(self, iri: str, lang: str) -> Sequence[LocalInitiative]:
        """Those in a territory, in one inside it, or in a former one, by label."""
        return self._found[lang].get(iri, ())


def _by_territory(store: GraphStore, names: Names, lang: str) -> dict[str, list[LocalInitiative]]:
    saved = queries.app("initiatives-by-territory", names)
    told: dict[str, tuple[Text, Text]] = {}
    places: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for row in store.select(saved.bind(lang=Literal(lang))).rows:
        territory, initiative, label, description, place = row
        if not isinstance(territory, NamedNode) or not isinstance(initiative, NamedNode):
            continue
        iri = initiative.value
        named = _text(label) if label is not None else Text(local_name(iri, names))
        told.setdefault(iri, (named, _text(description)))
        around = places[territory.value].setdefault(iri, [])
        if isinstance(place, Literal) and place.value not in around:
            around.append(place.value)
    return {
        territory: [
            LocalInitiative(Link(iri, told[iri][0]), told[iri][1], tuple(names_of))
            for iri, names_of in found.items()
        ]
        for territory, found in places.items()
    }


def regions(store: GraphStore, territory: NamedNode, names: Names, lang: str) -> list[Link]:
    """The régions of today that hold a territory, or have replaced it.

    Raises: StoreUnavailable.
    """
    saved = queries.app("regions-of-territory", names)
    found = [
        region.value
        for (region,) in store.select(saved.bind(territory=territory)).rows
        if isinstance(region, NamedNode)
    ]
    lexicon = look_up(store, names, found, lang)
    return [lexicon.link(iri) for iri in found]


def _text(term: Term | None) -> Text:
    return Text(term.value, term.language or "") if isinstance(term, Literal) else Text("")

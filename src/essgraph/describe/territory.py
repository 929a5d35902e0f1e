"""What happens in a territory: its initiatives, and the régions it lies in."""

from __future__ import annotations

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


def initiatives(
    store: GraphStore, territory: NamedNode, names: Names, lang: str
) -> list[LocalInitiative]:
    """The initiatives in a territory, in one inside it, or in a former one, by label.

    All of them: the collection holds a few initiatives a département, and the query starts
    from them, so that a région costs what a commune does.
    Raises: StoreUnavailable.
    """
    saved = queries.app("initiatives-in-territory", names)
    told: dict[str, tuple[Text, Text]] = {}
    places: dict[str, list[str]] = {}
    text = saved.bind(territory=territory, lang=Literal(lang))
    for initiative, label, description, place in store.select(text).rows:
        if not isinstance(initiative, NamedNode):
            continue
        iri = initiative.value
        named = _text(label) if label is not None else Text(local_name(iri, names))
        told.setdefault(iri, (named, _text(description)))
        around = places.setdefault(iri, [])
        if isinstance(place, Literal) and place.value not in around:
            around.append(place.value)
    return [
        LocalInitiative(Link(iri, label), summary, tuple(places[iri]))
        for iri, (label, summary) in told.items()
    ]


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

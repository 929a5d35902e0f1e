"""The initiatives of every territory of the tiny graph, read at once."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode

from essgraph import queries
from essgraph.describe import LocalInitiatives
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import Names

NAMES = Names()


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    ("place", "amount"),
    [("commune/05065", 1), ("departement/05", 2), ("region/93", 2), ("country/FR", 3)],
)
def test_all_at_once_are_those_of_each(
    tiny: EmbeddedStore, place: str, amount: int, lang: str
) -> None:
    """What is read at once is what the query behind a territory's page gives, in its order."""
    territory = NAMES.entity(*place.split("/"))
    saved = queries.app("initiatives-in-territory", NAMES)
    rows = tiny.select(saved.bind(territory=territory, lang=Literal(lang))).rows
    told: dict[tuple[str, str], list[str]] = {}
    for iri, label, _, where in rows:
        assert isinstance(iri, NamedNode)
        assert isinstance(label, Literal)
        names = told.setdefault((iri.value, label.value), [])
        names += [where.value] if isinstance(where, Literal) else []

    found = LocalInitiatives(tiny, NAMES, ["fr", "en"]).of(territory.value, lang)

    assert len(found) == amount
    assert [(item.link.iri, item.link.label.value) for item in found] == list(told)
    assert [item.places for item in found] == [tuple(dict.fromkeys(n)) for n in told.values()]


def test_elsewhere_there_are_none(tiny: EmbeddedStore) -> None:
    """A territory without initiatives has none, whether the graph knows it or not."""
    local = LocalInitiatives(tiny, NAMES, ["fr"])

    assert local.of(NAMES.entity("commune", "97411").value, "fr") == ()
    assert local.of("urn:nowhere", "fr") == ()

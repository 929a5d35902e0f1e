"""The initiatives of a territory, on its page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from pyoxigraph import Literal, NamedNode

from essgraph import describe, queries
from essgraph.web import text
from essgraph.web.context import context, names, opened, settings, store

_OF_REGION = "initiatives-of-region"
"""The saved query that lists the initiatives of a région."""

NEAREST = "initiatives-near-commune"
"""The saved query that lists them by their distance from a commune."""


@dataclass(frozen=True)
class Around:
    """The initiatives of a territory, each with its first sentence and its places.

    Shape: `more` are those not shown, `more_url` lists them; without any, `regions` are those
    around it that have some, `nearest_url` lists all by their distance from a commune;
    `query` gives the same initiatives.
    """

    initiatives: tuple[tuple[text.Cell, text.Cell, str], ...]
    more: int
    more_url: str
    regions: tuple[text.Cell, ...]
    nearest_url: str
    query: str


def around(found: describe.Description) -> Around | None:
    """What happens in a territory; None for what is not one."""
    if names().ess("Territory").value not in {link.iri for link in found.classes}:
        return None
    iri = NamedNode(found.iri)
    local = opened().local.of(found.iri, text.lang())
    shown = [
        (
            text.linked(item.link),
            text.first_sentence(item.summary.value, item.summary.lang),
            ", ".join(item.places),
        )
        for item in local[: settings().links_per_property]
    ]
    regions = [] if local else describe.regions(store(), iri, names(), text.lang())
    # A région that has none either is no way on.
    regions = [region for region in regions if opened().local.of(region.iri, text.lang())]
    return Around(
        tuple(shown),
        len(local) - len(shown),
        _initiatives_url(found.iri),
        tuple(map(text.linked, regions)),
        _nearest_url(found.iri),
        queries.app("initiatives-in-territory", names()).bind(
            territory=iri, lang=Literal(text.lang())
        ),
    )


def _nearest_url(territory: str) -> str:
    """The initiatives by their distance from a commune; "" for other territories."""
    kind, key = names().entity_parts(territory)
    if kind != "commune" or NEAREST not in context().queries:
        return ""
    return url_for("saved.page", name=NEAREST, commune=f"{kind}/{key}")


def _initiatives_url(territory: str) -> str:
    """The list of a région's initiatives; for other territories that of all initiatives."""
    kind, key = names().entity_parts(territory)
    if kind == "region" and _OF_REGION in context().queries:
        return url_for("saved.page", name=_OF_REGION, region=f"{kind}/{key}")
    return url_for("browse.members", name="Initiative")

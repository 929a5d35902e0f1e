"""What an extract, that of `data/territories` or a fetched one, was made from: its `SOURCE.toml`.

Shape: `read` (day), `remarks`, `publishers.<package>` with the digests of their files,
`files.<name>` with the exact number of rows, so that a row lost or added stops the build, and
`measures` where the extract depends on some.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path

from essgraph.errors import SourceError
from essgraph.sources.tabular import read_text
from essgraph.sources.territories import SOURCES

FILE = "SOURCE.toml"


@dataclass(frozen=True)
class Publisher:
    """A published dataset, and the package that carries it."""

    package: str
    slug: str
    version: str
    title_fr: str
    title_en: str
    publisher: str
    url: str
    licence: str
    licence_url: str
    package_licence: str


@dataclass(frozen=True)
class Edition:
    """One reading of the publishers' files.

    `digests` are sha256 by package and upstream file; `rows` and `origins` (packages) are by
    file of the extract; `remarks` say what was left out and why; `measures` are the whole numbers
    that the extract depends on, each named with its unit (`tolerance_m`).
    """

    day: date
    remarks: tuple[str, ...]
    publishers: tuple[Publisher, ...]
    digests: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, int]
    origins: Mapping[str, tuple[str, ...]]
    measures: Mapping[str, int] = field(default_factory=dict)


_ABOUT = tuple(each.name for each in fields(Publisher) if each.name != "package")
_TERRITORIES = tuple(source.file for source in SOURCES)


def read(folder: Path, names: Sequence[str] = _TERRITORIES) -> Edition:
    """The edition of the extract in `folder`, which holds the files of these names.

    Raises: SourceError for a missing or malformed file, naming the key.
    """
    path = folder / FILE
    try:
        content = tomllib.loads(read_text(path))
        publishers, files = content["publishers"], content["files"]
        edition = Edition(
            day=content["read"],
            remarks=tuple(map(str, content["remarks"])),
            publishers=tuple(
                Publisher(package, **{key: str(about[key]) for key in _ABOUT})
                for package, about in publishers.items()
            ),
            digests={package: dict(about["sha256"]) for package, about in publishers.items()},
            rows={name: int(files[name]["rows"]) for name in names},
            origins={name: tuple(files[name]["from"]) for name in names},
            measures={name: int(n) for name, n in content.get("measures", {}).items()},
        )
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path}: {error}") from error
    except KeyError as error:
        raise SourceError(f"{path}: key {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise SourceError(f"{path}: a value has the wrong type: {error}") from error
    if not isinstance(edition.day, date):
        raise SourceError(f"{path}: read = {edition.day!r} is not a date")
    return edition


def to_toml(edition: Edition, layer: str = "territories") -> str:
    """The text of the `SOURCE.toml` of a layer's extract."""
    lines = [f"# Written by `essgraph fetch {layer}`.", ""]
    lines += [f"read = {edition.day.isoformat()}", "remarks = ["]
    lines += [f"    {_quoted(remark)}," for remark in edition.remarks]
    lines += ["]"]
    for publisher in edition.publishers:
        table = f"publishers.{_quoted(publisher.package)}"
        lines += ["", f"[{table}]"]
        lines += [f"{key} = {_quoted(getattr(publisher, key))}" for key in _ABOUT]
        lines += ["", f"[{table}.sha256]"]
        digests = edition.digests[publisher.package]
        lines += [f"{_quoted(name)} = {_quoted(digest)}" for name, digest in digests.items()]
    for name, rows in edition.rows.items():
        packages = ", ".join(map(_quoted, edition.origins[name]))
        lines += ["", f"[files.{_quoted(name)}]", f"rows = {rows}", f"from = [{packages}]"]
    if edition.measures:
        lines += ["", "[measures]"]
        lines += [f"{_quoted(name)} = {number}" for name, number in edition.measures.items()]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    # A JSON string is a TOML string, but for U+007F, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

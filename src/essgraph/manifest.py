"""What a release says of itself: manifest.json."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from essgraph import __version__, disk
from essgraph.catalogue import Counts
from essgraph.shacl.report import Report
from essgraph.sources import Dataset
from essgraph.vocab import Names

LIBRARIES = ("pyoxigraph", "shacl", "pyshacl", "rdflib")
"""Those that a release depends on."""


def content(
    release_id: str,
    created: datetime,
    names: Names,
    counts: Counts,
    report: Report,
    datasets: Sequence[Dataset],
) -> dict[str, Any]:
    """What builds and writes both say: counts, verdict, versions, datasets."""
    return {
        "id": release_id,
        "created": created.isoformat(timespec="seconds"),
        "base_iri": names.base,
        "triples": counts.size,
        "graphs": dict(counts.graphs),
        "other_graphs": dict(counts.others),
        "classes": {names.compact(iri): n for iri, n in counts.classes.items()},
        "properties": {names.compact(iri): n for iri, n in counts.properties.items()},
        "validation": {
            "engine": report.engine,
            "violations": report.counts["Violation"],
            "warnings": report.counts["Warning"],
            "infos": report.counts["Info"],
        },
        "versions": {library: version(library) for library in LIBRARIES}
        | {"essgraph": __version__, "python": platform.python_version()},
        "datasets": [asdict(dataset) for dataset in datasets],
    }


def name(path: Path, root: Path) -> str:
    """How an input is named, by its folder."""
    return f"{root.name}/{path.relative_to(root)}"


def digest(path: Path, root: Path) -> tuple[str, str]:
    """How an input is named, and its SHA-256. Raises: OSError."""
    return name(path, root), disk.digest(path)


def counts(manifest: Mapping[str, Any], names: Names) -> Counts:
    """The counts that a manifest holds."""
    classes, properties = (
        {_expand(name, names): amount for name, amount in manifest[kind].items()}
        for kind in ("classes", "properties")
    )
    return Counts(manifest["graphs"], classes, properties, manifest["other_graphs"])


def datasets(manifest: Mapping[str, Any]) -> list[Dataset]:
    """The publishers' datasets that a manifest holds."""
    return [Dataset(**dataset) for dataset in manifest["datasets"]]


def write(path: Path, said: Mapping[str, Any]) -> None:
    """Write JSON for people and scripts. Raises: OSError."""
    path.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _expand(name: str, names: Names) -> str:
    prefix, colon, local = name.partition(":")
    return names.prefixes[prefix] + local if colon and prefix in names.prefixes else name

"""One release: a complete directory, never written again (releases.py tells its layout)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from essgraph.errors import StoreUnavailable
from essgraph.vocab import LAYERS, Names


@dataclass(frozen=True)
class Release:
    """One complete release on disk."""

    path: Path

    @property
    def id(self) -> str:
        """Name of its directory: the instant of the build, so that names sort by time."""
        return self.path.name

    @property
    def store_path(self) -> Path:
        """The Oxigraph directory."""
        return self.path / "store"

    @property
    def index_path(self) -> Path:
        """The text index."""
        return self.path / "search.sqlite"

    @property
    def data_path(self) -> Path:
        """The folder of the validated source RDF."""
        return self.path / "data"

    def layer_path(self, layer: str) -> Path:
        """The source RDF of one layer, as N-Triples."""
        return self.data_path / f"{layer}.nt"

    def graph_path(self, graph: str, names: Names) -> Path:
        """The source RDF of a graph by its IRI: a layer, or a graph that only writes made."""
        layer = graph.removeprefix(names.graph("").value)
        if layer in LAYERS:
            return self.layer_path(layer)
        return self.layer_path(f"graph-{sha256(graph.encode()).hexdigest()[:16]}")

    @property
    def sources(self) -> list[Path]:
        """The files of the validated source RDF. Raises: StoreUnavailable if there is none."""
        found = sorted(self.data_path.glob("*.nt"))
        if not found:
            raise StoreUnavailable(
                f"release {self.id} has no source RDF by layer: run `essgraph build` again"
            )
        return found

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the release was made from and holds.

        Raises: StoreUnavailable if it cannot be read.
        """
        try:
            content: dict[str, Any] = json.loads((self.path / "manifest.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StoreUnavailable(f"release {self.id}: manifest.json: {error}") from error
        return content

    @property
    def changes(self) -> frozenset[str]:
        """The accepted writes that it holds."""
        return frozenset(self.manifest.get("changes", ()))

    @property
    def written(self) -> bool:
        """Whether one accepted write made it, rather than a build."""
        try:
            return "change" in self.manifest
        except StoreUnavailable:
            return False

"""An extract that `essgraph fetch` writes and a build converts: where it is, what it is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from essgraph.config import Settings
from essgraph.errors import SourceError
from essgraph.sources import edition
from essgraph.sources.edition import Edition


@dataclass(frozen=True)
class Extract:
    """The extract of a layer, of the files `names` beside its `SOURCE.toml`.

    Shape: `kinds` leads from a kind of entity to the file whose rows begin with its key.
    """

    layer: str
    names: Collection[str]
    kinds: Mapping[str, str]

    def folder(self, settings: Settings) -> Path:
        """Where it is. Raises: SourceError before it was fetched."""
        found = settings.fetched_dir / self.layer
        if not found.is_dir():
            wanted = f"run `essgraph fetch {self.layer}` first"
            raise SourceError(f"{found}: nothing was fetched: {wanted}")
        return found

    def files(self, settings: Settings) -> list[Path]:
        """All its files, sorted. Raises: SourceError before it was fetched."""
        folder = self.folder(settings)
        return sorted(folder / name for name in (*self.names, edition.FILE))

    def about(self, settings: Settings) -> Edition:
        """What it was made from.

        Raises: SourceError before it was fetched, or when SOURCE.toml is malformed.
        """
        return edition.read(self.folder(settings), tuple(self.names))

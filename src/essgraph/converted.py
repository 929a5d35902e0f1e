"""Layers as N-Triples, kept from one build to the next while what they are made of is the same.

Layout under ESSGRAPH_HOME: converted/<layer>-<digest>.nt, the same file as the one in the
releases that hold the layer, by hard links. A file has its name once it is whole and on disk:
a build that is killed leaves none that is not, and the next one goes on with those it finished.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from essgraph import disk, sources
from essgraph.sources.ntriples import Statement

FOLDER = "converted"
_BESIDE = ".part"


class Converted:
    """The converted layers of one ESSGRAPH_HOME; used inside `Releases.building` only."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def find(self, layer: str, digest: str) -> Path | None:
        """The file of a layer made of what has this digest, if it was converted."""
        path = self._path(layer, digest)
        return path if path.is_file() else None

    def write(
        self, layer: str, digest: str, facts: Iterable[Statement], *, distinct: bool
    ) -> Iterator[bytes]:
        """Convert a layer; each chunk of its text once it is written.

        The file is there when the iterator ends. Raises: OSError; what the facts raise.
        """
        disk.make_folder(self._folder)
        path = self._path(layer, digest)
        beside = path.with_name(path.name + _BESIDE)
        yield from sources.write_chunks(facts, beside, distinct=distinct)
        disk.sync(beside)
        beside.replace(path)
        disk.sync(self._folder)

    def link(self, layer: str, digest: str, target: Path) -> None:
        """Give a converted layer a further name, in a release. Raises: OSError."""
        os.link(self._path(layer, digest), target)

    def keep(self, layer: str, digest: str, noted: Path, suffix: str) -> None:
        """Keep what was found in a converted layer beside it, under its name and a suffix.

        Raises: OSError.
        """
        path = self._path(layer, digest)
        kept = path.with_name(path.name + suffix)
        if not kept.exists():
            disk.sync(noted)
            os.link(noted, kept)

    def recall(self, layer: str, digest: str, target: Path, suffix: str) -> bool:
        """Whether something was kept beside a converted layer; it is given the name `target`.

        Raises: OSError.
        """
        path = self._path(layer, digest)
        kept = path.with_name(path.name + suffix)
        if not kept.is_file():
            return False
        os.link(kept, target)
        return True

    def prune(self) -> None:
        """Delete what is in no release. Raises: OSError."""
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                if path.stat().st_nlink == 1:
                    path.unlink()

    def _path(self, layer: str, digest: str) -> Path:
        return self._folder / f"{layer}-{digest}.nt"

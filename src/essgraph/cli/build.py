"""`essgraph build`: make a release and publish it."""

from __future__ import annotations

import time

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from essgraph import build as builder
from essgraph import config, inputs
from essgraph.cli.language import language_option
from essgraph.errors import NotConforming
from essgraph.releases import Releases


@click.command()
@click.option(
    "--if-changed", is_flag=True, help="Do nothing if the newest release has the same inputs."
)
@click.option("--engine", help="SHACL engine, instead of the one in the settings.")
@language_option
def build(if_changed: bool, engine: str | None, lang: str) -> None:
    """Convert, load, validate and index the data, then publish it as a release.

    A build that fails at any point leaves the current release serving.
    """
    settings = config.load(shacl_engine=engine)
    if if_changed:
        fresh = inputs.up_to_date(settings)
        if fresh is not None:
            click.echo(f"release {fresh.id} is up to date")
            served = Releases(settings.home).current()
            if served is not None and served.id != fresh.id:
                click.echo(
                    f"release {served.id} is served, since a rollback chose it; "
                    f"`essgraph rollback {fresh.id}` goes forward"
                )
            return
    began = time.perf_counter()
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with progress:
        task = progress.add_task("build", total=len(builder.PHASES))

        def observe(phase: str, seconds: float | None) -> None:
            progress.update(task, description=phase, advance=0 if seconds is None else 1)

        try:
            release = builder.build(settings, observe)
        except builder.Refused as refused:
            progress.stop()
            for line in refused.sentences(lang):
                click.echo(line, err=True)
            raise NotConforming(str(refused)) from refused
    for conflict in release.manifest["conflicts"]:
        click.echo(f"essgraph: warning: {conflict}", err=True)
    seconds = time.perf_counter() - began
    click.echo(f"release {release.id}: {release.manifest['triples']:,} triples in {seconds:.1f} s")

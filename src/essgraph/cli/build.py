"""`essgraph build`: make a release and publish it."""

from __future__ import annotations

import time
from contextlib import closing

import click
from rich.console import Console

from essgraph import build as builder
from essgraph import config, examples, inputs
from essgraph.cli.language import language_option
from essgraph.cli.progress import Bars, Lines
from essgraph.errors import NotConforming, StoreUnavailable
from essgraph.releases import Releases


@click.command()
@click.option(
    "--if-changed", is_flag=True, help="Do nothing if the newest release has the same inputs."
)
@click.option("--engine", help="SHACL engine, instead of the one in the settings.")
@click.option(
    "--with",
    "with_layers",
    metavar="LAYERS",
    help="Layers to build besides, with commas between: officials, boundaries.",
)
@language_option
def build(if_changed: bool, engine: str | None, with_layers: str | None, lang: str) -> None:
    """Convert, load, validate and index the data, then publish it as a release.

    A build that fails at any point leaves the current release serving.
    """
    layers = None if with_layers is None else tuple(with_layers.replace(",", " ").split())
    settings = config.load(shacl_engine=engine, with_layers=layers)
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
    shown = Bars if console.is_terminal else Lines
    with closing(shown(console, builder.PHASES, _expected(Releases(settings.home)))) as watch:
        try:
            release = builder.build(settings, watch)
        except builder.Refused as refused:
            watch.close()
            for line in refused.sentences(lang):
                click.echo(line, err=True)
            raise NotConforming(str(refused)) from refused
    for conflict in release.manifest["conflicts"]:
        click.echo(f"essgraph: warning: {conflict}", err=True)
    for example in examples.read(release.path).values():
        if example.state in (examples.BROKEN, examples.FAILED):
            click.echo(f"essgraph: warning: {example}", err=True)
    seconds = time.perf_counter() - began
    click.echo(f"release {release.id}: {release.manifest['triples']:,} triples in {seconds:.1f} s")


def _expected(releases: Releases) -> int | None:
    """The triples of the release before, but for its description."""
    before = releases.current()
    try:
        said = before.manifest if before else {}
    except StoreUnavailable:
        return None
    graphs = {**said.get("graphs", {}), **said.get("other_graphs", {})}
    return sum(graphs.values()) - graphs.get("meta", 0) or None

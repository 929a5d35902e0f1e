"""`essgraph fetch`: the publishers' own files -> the extracts of builds, one file a layer."""

from __future__ import annotations

import click

from essgraph.cli.fetch.basemap import basemap
from essgraph.cli.fetch.boundaries import boundaries
from essgraph.cli.fetch.officials import officials
from essgraph.cli.fetch.territories import territories


@click.group()
def fetch() -> None:
    """Read the publishers' files again and rewrite the extract of a layer."""


for command in (basemap, boundaries, officials, territories):
    fetch.add_command(command)

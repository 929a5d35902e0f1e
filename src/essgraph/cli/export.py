"""`essgraph export`: the graph as a file."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from pyoxigraph import NamedNode, RdfFormat, Store

from essgraph import config
from essgraph.cli.busy import busy
from essgraph.errors import StoreUnavailable
from essgraph.releases import Releases
from essgraph.vocab import LAYERS

_FORMATS = {
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "nt": RdfFormat.N_TRIPLES,
    "ttl": RdfFormat.TURTLE,
}
_QUADS = ("nq", "trig")
_PIPE_CLOSED = 141
"""What a shell reports of a program ended by SIGPIPE."""


@click.command()
@click.option("--graph", "layer", type=click.Choice(LAYERS), help="One layer; default: all.")
@click.option("--format", "name", type=click.Choice(list(_FORMATS)), default="nq")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File; default: stdout.")
def export(layer: str | None, name: str, output: Path | None) -> None:
    """Write the current release as RDF.

    N-Quads and TriG keep the named graphs; N-Triples and Turtle need --graph,
    since they hold one graph only.
    """
    if layer is None and name not in _QUADS:
        raise click.UsageError(f"--format {name} holds one graph: choose it with --graph")
    settings = config.load()
    release = Releases(settings.home).require_current()
    prefixes = settings.names.prefixes if name in ("ttl", "trig") else None
    graph: NamedNode | None = settings.names.graph(layer) if layer else None
    try:
        store = Store.read_only(str(release.store_path))
    except OSError as error:
        raise StoreUnavailable(f"{release.store_path}: {error}") from error
    try:
        with busy("export"), _written_whole(output) as stream:
            store.dump(stream, _FORMATS[name], from_graph=graph, prefixes=prefixes)
    except BrokenPipeError:
        # The reader has had enough, as `head` does. Python would complain again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(_PIPE_CLOSED) from None
    except OSError as error:
        raise StoreUnavailable(f"{output or 'stdout'} cannot be written: {error}") from error


@contextmanager
def _written_whole(output: Path | None) -> Iterator[IO[bytes]]:
    """Where to write: a file appears when it is complete; pipes and devices are written to."""
    if output is None:
        yield sys.stdout.buffer
        return
    target = output.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    with tempfile.NamedTemporaryFile(
        dir=target.parent, prefix=f".{target.name}.", delete=False
    ) as part:
        try:
            yield part.file
            part.flush()
            os.fsync(part.fileno())
        except BaseException:
            os.unlink(part.name)
            raise
    # A temporary file is its owner's alone; this one is as any other the user makes.
    os.chmod(part.name, 0o666 & ~_umask())
    os.replace(part.name, target)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

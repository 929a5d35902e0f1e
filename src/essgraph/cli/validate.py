"""`essgraph validate`: check the current release, or files, against the shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from essgraph import config, sources
from essgraph.cli.busy import busy
from essgraph.cli.language import language_option
from essgraph.config import Settings
from essgraph.releases import Releases
from essgraph.shacl import engine as shacl_engine
from essgraph.shacl import sentences
from essgraph.shacl.data import DataGraph, of_files
from essgraph.shacl.report import Locate
from essgraph.sources import turtle
from essgraph.sources.location import Index
from essgraph.store.base import GraphStore
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import RDFS, Names


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option(
    "--shapes",
    multiple=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Shape file or folder, instead of our own shapes; may be repeated.",
)
@click.option("--engine", metavar="NAME", help=f"SHACL engine: {', '.join(shacl_engine.ENGINES)}.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for a script.")
@language_option
@click.pass_context
def validate(
    ctx: click.Context,
    files: tuple[Path, ...],
    shapes: tuple[Path, ...],
    engine: str | None,
    as_json: bool,
    lang: str,
) -> None:
    """Check FILEs, or the current release, against the shapes.

    FILEs (Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD) are read together with the
    ontology and its concept schemes. Exit status: 0 the data conforms (warnings do not
    count), 1 it does not, 65 a file is malformed, 66 a file is missing.
    """
    settings = config.load(shacl_engine=engine)
    with _data(files, settings) as (data, locate):
        with busy("validate", quiet=as_json):
            report = shacl_engine.validate(
                data, shapes or settings.shapes_dir, settings.shacl_engine, settings.names
            )
        if as_json:
            click.echo(json.dumps(report.json(locate), indent=2, ensure_ascii=False))
        else:
            known = sentences.labels(data.store, report)
            *cases, verdict = sentences.write(report, lang, known, locate)
            for line in [*cases, *_unseen(files, data, settings, lang), verdict]:
                click.echo(line)
    if not report.conforms:
        ctx.exit(1)


def _unseen(
    files: tuple[Path, ...], data: DataGraph, settings: Settings, lang: str
) -> Iterator[str]:
    """What a verdict on lone files does not cover, said line by line."""
    for file in files:
        if next(iter(turtle.read(file, settings.names)), None) is None:
            yield sentences.empty(str(file), lang)
    links = _links_out(data.store, settings.names) if files else 0
    if links:
        yield sentences.unchecked(links, lang)


def _links_out(store: GraphStore, names: Names) -> int:
    """Links to entities that nothing here describes; 0 with the national map, where a shape
    checks them (shape:Reference-described)."""
    found = store.select(
        f"""SELECT DISTINCT ?entity ?property ?other WHERE {{
          ?entity ?property ?other .
          FILTER(ISIRI(?other) && STRSTARTS(STR(?other), "{names.base}id/"))
          FILTER NOT EXISTS {{ ?other ?any ?fact }}
          FILTER NOT EXISTS {{ {names.entity("country", "FR")} <{RDFS}label> ?france }}
        }}"""
    )
    return len(found.rows)


@contextmanager
def _data(files: tuple[Path, ...], settings: Settings) -> Iterator[tuple[DataGraph, Locate]]:
    """What is checked, and what tells where an entity was written down."""
    if not files:
        release = Releases(settings.home).require_current()
        store = EmbeddedStore.open(release.store_path, base_iri=settings.base_iri)
        try:
            first, *further = release.sources
            yield DataGraph(first, lambda: store, tuple(further)), sources.Locator(settings)
        finally:
            store.close()
        return
    here = Path.cwd()
    index = Index(settings.names, [file.resolve() for file in files], [], [here])
    background = sources.LAYERS["ontology"].statements(settings)
    with of_files(files, settings.names, background) as data:
        yield data, index.find

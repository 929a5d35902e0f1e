"""`essgraph query`: run a saved query, or a file, on the current release."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
)
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from essgraph import config, queries
from essgraph.errors import NotFound, QueryError
from essgraph.releases import Releases
from essgraph.store.base import Answer, GraphStore, Term, reading
from essgraph.store.opening import open_store
from essgraph.store.writing import write_graph, write_results
from essgraph.vocab import Names

_RESULTS = {
    "json": QueryResultsFormat.JSON,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "xml": QueryResultsFormat.XML,
}
_UNBOUNDED = 10_000
"""Columns of a table that goes to a file or a pipe."""


@click.command()
@click.argument("name", required=False)
@click.option("--param", "pairs", multiple=True, metavar="NAME=VALUE", help="Bind a parameter.")
@click.option("--format", "output", type=click.Choice(["table", *_RESULTS]), default="table")
def query(name: str | None, pairs: tuple[str, ...], output: str) -> None:
    """Run the saved query NAME, or the file NAME.rq, on the current release.

    Without NAME, list the saved queries. CONSTRUCT and DESCRIBE print Turtle.
    """
    settings = config.load()
    saved = queries.read_all(settings.queries_dir, settings.names)
    if name is None:
        for item in saved.values():
            click.echo(f"{item.name:32} {item.titles['en']}")
        return
    chosen = saved.get(name)
    if chosen is None and name.endswith(".rq"):
        chosen = queries.read(Path(name), settings.names, plain=True)
    if chosen is None:
        raise NotFound(f"no saved query {name!r}; `essgraph query` lists them")
    text = chosen.bind(**chosen.terms(_raw(pairs), settings.names))
    queries.guard(text)
    release = Releases(settings.home).require_current()
    store = open_store(settings, release.store_path)
    for layer in _missing(chosen, store, settings.names):
        click.echo(
            f"essgraph: {chosen.name} needs the layer {layer!r}, which this release does not have; "
            f"run `essgraph fetch {layer}`, then `essgraph build --with {layer}`",
            err=True,
        )
    _print(store.query(text), output, settings.names)


def _missing(query: queries.SavedQuery, store: GraphStore, names: Names) -> list[str]:
    """The layers without which the query has no answer, and of which the store has nothing."""
    return [
        layer
        for layer in query.layers
        if not store.ask(f"ASK {{ GRAPH {names.graph(layer)} {{ ?s ?p ?o }} }}")
    ]


def _raw(pairs: tuple[str, ...]) -> dict[str, str]:
    raw = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or key in raw:
            raise QueryError(f"--param {pair!r}: write NAME=VALUE, each NAME once")
        raw[key] = value
    return raw


def _print(answer: Answer, output: str, names: Names) -> None:
    if isinstance(answer, QuerySolutions) and output == "table":
        with reading():
            _print_table(answer, names)
        return
    # In memory whole, so that a failure half way prints no part of an answer.
    if isinstance(answer, QuerySolutions | QueryBoolean):
        form = _RESULTS.get(output, QueryResultsFormat.JSON)
        body = write_results(answer, form).read()
    else:
        body = write_graph(answer, RdfFormat.TURTLE, names.prefixes).read()
    sys.stdout.buffer.write(body)


def _print_table(solutions: QuerySolutions, names: Names) -> None:
    """Rows for a person: our IRIs shortened to what --param takes, nothing cut off."""
    table = Table()
    for variable in solutions.variables:
        table.add_column(variable.value, overflow="fold")
    for row in solutions:
        table.add_row(*(_shown(term, names) for term in row))
    console = Console()
    if not console.is_terminal:
        console.width = _UNBOUNDED
    console.print(table, highlight=False)


def _shown(term: Term | None, names: Names) -> str:
    if term is None:
        return ""
    if not isinstance(term, NamedNode):
        return escape(term.value if isinstance(term, Literal) else str(term))
    return escape(names.compact(term.value.removeprefix(names.base + "id/")))

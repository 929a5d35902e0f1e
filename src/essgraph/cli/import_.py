"""`essgraph import`: the rows of a spreadsheet as proposals, each with its report."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from pyoxigraph import NamedNode

from essgraph import config, disk, profiles, proposals, writes
from essgraph.cli.busy import busy
from essgraph.cli.language import language_option
from essgraph.config import Settings
from essgraph.errors import QueryError, StoreUnavailable
from essgraph.proposals import Form, Imported, Row, Sheet
from essgraph.releases import Releases
from essgraph.search import SearchIndex
from essgraph.store.embedded import EmbeddedStore

_SAID = {
    "fr": {
        "became": "ligne {number}\u00a0: {iri}",
        "fault": "ligne {number}, {column}\u00a0: {text}",
        "row": "la ligne",
        "means": "    {short} ({label}, {context})",
        "cp1252": "Le fichier est en Windows-1252, non en UTF-8\u00a0: lu comme tel.",
        "total": "{accepted} ligne(s) acceptée(s), {left} laissée(s) de côté.",
        "written": "Écrit dans {place}.",
        "sent": "Écrit dans le graphe, version {place}.",
    },
    "en": {
        "became": "row {number}: {iri}",
        "fault": "row {number}, {column}: {text}",
        "row": "the row",
        "means": "    {short} ({label}, {context})",
        "cp1252": "The file is in Windows-1252, not UTF-8: read as that.",
        "total": "{accepted} row(s) accepted, {left} left out.",
        "written": "Written to {place}.",
        "sent": "Written to the graph, release {place}.",
    },
}


@click.command("import")
@click.argument("sheet", required=False, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Report only; write nothing.")
@click.option(
    "--output",
    metavar="FILE.ttl",
    type=click.Path(path_type=Path),
    help="Write the rows that conform to a Turtle file, not to the graph.",
)
@click.option("--graph", metavar="IRI", help="Graph to write to (default: the collection).")
@click.option(
    "--rejected",
    metavar="FILE.csv",
    type=click.Path(path_type=Path),
    help="Write the other rows to a CSV, with a column that says what is wrong.",
)
@click.option(
    "--template",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write an empty sheet (.xlsx or .csv) and stop.",
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text")
@language_option
@click.pass_context
def import_(
    ctx: click.Context,
    sheet: Path | None,
    check: bool,
    output: Path | None,
    graph: str | None,
    rejected: Path | None,
    template: Path | None,
    output_format: str,
    lang: str,
) -> None:
    """Read the initiatives of a SHEET (.csv or .xlsx), a row each, and write those that conform.

    Columns are the fields of the form at /contribute. Exit status: 0 every row was taken, 1 some
    were not, 65 the file cannot be read, 66 it is missing.
    """
    settings = config.load()
    known = profiles.read(settings.shapes_dir, settings.ontology_dir, settings.names)
    form = proposals.read(known, settings.names)
    release = Releases(settings.home).require_current()
    store = EmbeddedStore.open(release.store_path, base_iri=settings.base_iri)
    if template is not None:
        _save(template, _template(template, form, store, settings, lang))
        return
    if sheet is None:
        raise click.UsageError("name a SHEET to read, or --template FILE to be given one")
    said = _SAID[lang]
    read = proposals.read_sheet(sheet)
    lookup = proposals.Release(store, SearchIndex(release.index_path), settings.names, known, lang)
    checker = proposals.Checker(settings.shapes_dir, settings.names, known, form)
    with busy("import", quiet=output_format == "json"):
        done = proposals.run(read, form, settings.names, lookup, checker, store)
    accepted = sum(row.accepted for row in done.rows)
    place = _write(done, settings, output, graph, check=check) if accepted else ""
    if rejected is not None:
        _save(rejected, _left(read, done, lang))
    if output_format == "json":
        told = {"accepted": accepted, "rejected": len(done.rows) - accepted, "written": place}
        rows = [_told(row, settings) for row in done.rows]
        click.echo(json.dumps({**told, "rows": rows}, ensure_ascii=False, indent=2))
    else:
        if read.encoding == "cp1252":
            click.echo(said["cp1252"])
        for row in done.rows:
            for line in _sentences(row, form, settings, lang):
                click.echo(line)
        click.echo(said["total"].format(accepted=accepted, left=len(done.rows) - accepted))
        if place:
            click.echo(said["written" if output else "sent"].format(place=place))
    if accepted < len(done.rows):
        ctx.exit(1)


def _write(
    done: Imported, settings: Settings, output: Path | None, graph: str | None, *, check: bool
) -> str:
    """Where what conforms was written: a file, or the release that holds it; "" for nowhere."""
    if check:
        return ""
    text = proposals.written(done.triples, settings.names)
    if output is not None:
        _save(output, text.encode())
        return str(output)
    try:
        target = NamedNode(graph) if graph else settings.names.graph("collection")
    except ValueError as error:
        raise QueryError(f"--graph {graph!r} is not an IRI: {error}") from error
    action = writes.Post(target.value, text.encode(), "text/turtle")
    return writes.write(settings, writes.Change(action, "essgraph import")).release_id


def _save(path: Path, content: bytes) -> None:
    try:
        disk.write(path, content)
    except OSError as error:
        raise StoreUnavailable(f"{path}: {error.strerror}") from error


def _template(path: Path, form: Form, store: EmbeddedStore, settings: Settings, lang: str) -> bytes:
    choices = proposals.choices(form, store, settings.names, lang)
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return proposals.xlsx_template(form, choices, lang)
    if suffix == ".csv":
        return proposals.csv_template(form, choices, lang).encode()
    raise click.UsageError(f"--template {path}: a template ends in .xlsx or .csv")


def _sentences(row: Row, form: Form, settings: Settings, lang: str) -> Iterator[str]:
    said = _SAID[lang]
    if row.accepted:
        yield said["became"].format(number=row.number, iri=row.iri)
    for fault in row.faults:
        field = form.field(fault.key)
        column = f"{field.called(lang)}" if field else said["row"]
        yield said["fault"].format(number=row.number, column=column, text=fault.texts[lang])
        for hit in fault.offers:
            short = hit.iri.removeprefix(settings.base_iri + "id/")
            yield said["means"].format(short=short, label=hit.label, context=hit.context)


def _told(row: Row, settings: Settings) -> Mapping[str, object]:
    return {
        "row": row.number,
        "accepted": row.accepted,
        "iri": row.iri if row.accepted else None,
        "faults": [
            {
                "column": fault.key,
                "value": fault.value,
                "message": fault.texts,
                "mended": fault.note,
                "offers": [hit.iri.removeprefix(settings.base_iri + "id/") for hit in fault.offers],
            }
            for fault in row.faults
        ],
    }


def _left(sheet: Sheet, done: Imported, lang: str) -> bytes:
    """The rows that were left out as they came, with what is wrong."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=sheet.delimiter or ";")
    kept = [at for at, name in enumerate(sheet.headings) if name not in proposals.FAULT.values()]
    writer.writerow([*(sheet.headings[at] for at in kept), proposals.FAULT[lang]])
    for row in done.rows:
        if not row.accepted:
            cells = [row.cells[at] if at < len(row.cells) else "" for at in kept]
            faults = " ".join(fault.texts[lang] for fault in row.faults if not fault.note)
            writer.writerow([*cells, faults])
    return ("\ufeff" + written.getvalue()).encode()

"""`essgraph info`, `releases`, `rollback`: what is served, what was before, who wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from essgraph import config, writes
from essgraph.releases import Release, Releases
from essgraph.writes import Record

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _summary(
    release: Release, current: Release | None, changes: Mapping[str, Record]
) -> dict[str, Any]:
    manifest = release.manifest
    found: dict[str, Any] = {
        "id": release.id,
        "current": current is not None and release.id == current.id,
        "created": manifest["created"],
        "triples": manifest["triples"],
        "violations": manifest["validation"]["violations"],
    }
    change = changes.get(manifest.get("change", ""))
    if change is not None:
        found["change"] = {
            "agent": change.agent,
            "message": change.message,
            "added": sum(change.added.values()),
            "removed": sum(change.removed.values()),
            "undone": change.undone,
        }
    return found


@click.command()
@_json_option
def releases(as_json: bool) -> None:
    """List the releases, oldest first, with who wrote what."""
    settings = config.load()
    home = Releases(settings.home)
    current = home.current()
    changes = {change.id: change for change in writes.changes(settings)}
    rows = [_summary(release, current, changes) for release in home.kept()]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    # The id is the instant in full, and what a rollback is given: it is never cut.
    name = Column("release", no_wrap=True)
    table = Table("", name, "triples", "violations", "by", "changed", "message")
    for row in rows:
        change = row.get("change", {})
        by = change.get("agent", "build") + " (undone)" * change.get("undone", False)
        table.add_row(
            "→" if row["current"] else "",
            row["id"],
            f"{row['triples']:,}",
            str(row["violations"]),
            escape(by),
            f"+{change['added']} -{change['removed']}" if change else "",
            escape(change.get("message", "")),
        )
    Console().print(table)


@click.command()
@click.argument("release_id", required=False)
def rollback(release_id: str | None) -> None:
    """Serve an older release again: RELEASE_ID, or the one before the current.

    Nothing is deleted: a later rollback to a newer id goes forward again. The writes that the
    release does not hold are undone, also for builds to come.
    """
    release = Releases(config.load().home).rollback(release_id)
    click.echo(f"current release: {release.id}")


@click.command()
@_json_option
def info(as_json: bool) -> None:
    """Tell what the current release holds and how it was made."""
    release = Releases(config.load().home).require_current()
    size = sum(path.stat().st_size for path in release.path.rglob("*") if path.is_file())
    content = {"id": release.id, "path": str(release.path), "bytes": size, **release.manifest}
    if as_json:
        click.echo(json.dumps(content, indent=2, ensure_ascii=False))
        return
    console = Console()
    console.print(f"release   {release.id}, built {content['created']}")
    console.print(f"path      {release.path} ({size / 1e6:,.0f} MB)")
    console.print(f"triples   {content['triples']:,}")
    checked = content["validation"]
    console.print(
        f"checked   by {checked['engine']}: {checked['violations']} violations, "
        f"{checked['warnings']} warnings, {checked['infos']} notes"
    )
    for title, counts in (("graph", content["graphs"]), ("class", content["classes"])):
        table = Table(title, "entities" if title == "class" else "triples")
        for name, count in counts.items():
            table.add_row(name, f"{count:,}")
        console.print(table)

"""`essgraph info`, `releases`, `rollback`: what is served, and what was before."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from essgraph import config
from essgraph.releases import Release, Releases

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _summary(release: Release, current: Release | None) -> dict[str, Any]:
    manifest = release.manifest
    return {
        "id": release.id,
        "current": current is not None and release.id == current.id,
        "created": manifest["created"],
        "triples": manifest["triples"],
        "violations": manifest["validation"]["violations"],
    }


@click.command()
@_json_option
def releases(as_json: bool) -> None:
    """List the releases, oldest first."""
    home = Releases(config.load().home)
    current = home.current()
    rows = [_summary(release, current) for release in home.kept()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table("", "release", "created", "triples", "violations")
    for row in rows:
        mark = "→" if row["current"] else ""
        table.add_row(
            mark, row["id"], row["created"], f"{row['triples']:,}", str(row["violations"])
        )
    Console().print(table)


@click.command()
@click.argument("release_id", required=False)
def rollback(release_id: str | None) -> None:
    """Serve an older release again: RELEASE_ID, or the one before the current.

    Nothing is deleted: a later rollback to a newer id goes forward again.
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

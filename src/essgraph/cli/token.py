"""`essgraph token`: who may write, and who may ask for longer."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table

from essgraph import config
from essgraph.tokens import SCOPES, Tokens


@click.group()
def token() -> None:
    """Create, list and revoke the tokens of a server."""


@token.command()
@click.option("--name", required=True, help="Who it is for; written beside each change.")
@click.option(
    "--scope", required=True, type=click.Choice(SCOPES), help="write (and query), or query only."
)
@click.option("--days", type=int, help="Days until it expires; without, it does not.")
def create(name: str, scope: str, days: int | None) -> None:
    """Make a token and print its secret: this once, since it is not kept."""
    secret = Tokens(config.load().home).create(name, scope, days)
    click.echo(f"the secret of token {name!r}, shown this once:", err=True)
    click.echo(secret)


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List the tokens, without their secrets."""
    found = Tokens(config.load().home).list()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return
    table = Table("name", "scope", "created", "expires")
    now = datetime.now(UTC)
    for one in found:
        expires = one.expires or "never"
        table.add_row(one.name, one.scope, one.created, expires + " (over)" * one.expired(now))
    Console().print(table)


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Delete the token NAME; running servers refuse it from now on."""
    Tokens(config.load().home).revoke(name)
    click.echo(f"token {name!r} is revoked")

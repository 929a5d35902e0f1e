"""The command line: the only place that prints, one file a group of commands."""

from __future__ import annotations

import logging
import sys

import click

from essgraph import __version__
from essgraph.cli.build import build
from essgraph.cli.export import export
from essgraph.cli.fetch import fetch
from essgraph.cli.import_ import import_
from essgraph.cli.query import query
from essgraph.cli.releases import info, releases, rollback
from essgraph.cli.serve import serve
from essgraph.cli.token import token
from essgraph.cli.validate import validate
from essgraph.errors import EssgraphError

_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="essgraph")
@click.option("-v", "--verbose", is_flag=True, help="Log what is done, one event a line.")
def cli(verbose: bool) -> None:
    """A knowledge graph of local policies for the social and solidarity economy.

    Settings come from essgraph.toml and from environment variables ESSGRAPH_*;
    state lives in ESSGRAPH_HOME (default: var).
    """
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )


for command in (
    build,
    export,
    fetch,
    import_,
    info,
    query,
    releases,
    rollback,
    serve,
    token,
    validate,
):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run a command; our errors become one line on stderr and a sysexits code."""
    try:
        code = cli.main(arguments, prog_name="essgraph", standalone_mode=False)
    except EssgraphError as error:
        click.echo(f"essgraph: {error.title}: {error}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("essgraph: interrupted; nothing was published", err=True)
        sys.exit(_INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)

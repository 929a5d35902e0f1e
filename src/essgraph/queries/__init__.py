"""Saved queries: `.rq` files that run unchanged in any editor, bound with typed terms.

A file starts with a header of `#+ key: text` lines: `title@fr` and `title@en`, then as needed
`description@fr`, `description@en`, `param NAME@fr` and `param NAME@en`, `columns`, `layers` (the
optional layers without which it has no answer), `question` (its numbers in the competency
questions), `theme` (what it is about, one of `THEMES`) and `expect` (its rows with the examples
over a plain build: `12`, or `>=1`). A parameter is a line
`VALUES ?name { example }`, or for page sizes a line `LIMIT 20` or `OFFSET 0`; binding replaces
that line and touches nothing else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from essgraph.config import Settings
from essgraph.errors import NotFound, QueryError
from essgraph.queries.header import THEMES, check, parse
from essgraph.queries.saved import BOUNDS, Expect, Param, SavedQuery
from essgraph.syntax import guard
from essgraph.vocab import Names

__all__ = [
    "BOUNDS",
    "THEMES",
    "Expect",
    "Param",
    "SavedQuery",
    "app",
    "app_files",
    "guard",
    "parse",
    "read",
    "read_all",
]


def read(path: Path, names: Names, *, plain: bool = False) -> SavedQuery:
    """The query of one file, under the base IRI of `names`; if `plain`, it needs no header.

    Raises: QueryError "file:line: ..." for a malformed header or query, or an unreadable file;
    NotFound for a missing one.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"{path}: no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path}: {error}") from error
    if plain and not any(line.startswith("#+") for line in text.splitlines()):
        form, columns = check(text, str(path))
        return SavedQuery(path.stem, names.rebase(text), {}, columns=columns, form=form)
    return parse(path.stem, names.rebase(text), str(path))


def read_all(directory: Path, names: Names) -> dict[str, SavedQuery]:
    """The queries of a directory's top level, by name.

    Raises: QueryError as `read`.
    """
    return {path.stem: read(path, names) for path in sorted(directory.glob("*.rq"))}


def app_files() -> list[Path]:
    """The files of the queries of the pages."""
    return sorted((Settings().queries_dir / "app").glob("*.rq"))


@cache
def app(name: str, names: Names) -> SavedQuery:
    """A query of the pages, from the `queries/app` that came with this code."""
    return read(Settings().queries_dir / "app" / f"{name}.rq", names)

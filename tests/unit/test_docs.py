"""The documentation is whole: what exists is described, what is described exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from docs import generate
from pyoxigraph import NamedNode, RdfFormat, parse

from essgraph import errors, queries
from essgraph.cli import cli
from essgraph.config import Settings
from essgraph.vocab import OWL, RDF_TYPE, Names
from essgraph.web import create_app

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

_LINK = re.compile(r"(?:\]\(|(?:src|href)=\")(?P<target>[^)\s\"]+)")
_FENCE = re.compile(r"```.*?```", re.DOTALL)
_SHELL = re.compile(r"^ *```sh\n(?P<text>.*?)^ *```", re.DOTALL | re.MULTILINE)


def _reference(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


def _commands(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(_commands(cli))


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_section_with_its_options(name: str) -> None:
    """docs/reference/commands.md has a heading for the command and names each option in it."""
    section = re.search(
        rf"^## {re.escape(name)}$(.*?)(?=^## |\Z)", _reference("commands.md"), re.M | re.S
    )
    described = section[1] if section else ""
    options = [p for p in COMMANDS[name].params if isinstance(p, click.Option)]

    assert section is not None
    assert [o.opts for o in options if not any(f"`{word}" in described for word in o.opts)] == []


def test_each_option_of_the_program_is_described() -> None:
    """docs/reference/commands.md names the options that come before a command."""
    page = _reference("commands.md")

    assert [p.name for p in cli.params if not any(f"`{word}`" in page for word in p.opts)] == []


def test_each_make_target_is_described() -> None:
    """docs/reference/commands.md names every target but the help itself."""
    page = _reference("commands.md")

    assert [name for name in _targets() - {"help"} if f"`make {name}`" not in page] == []


def test_each_setting_has_its_row_and_default() -> None:
    """docs/reference/settings.md has a row for each setting, with its default."""
    page = _reference("settings.md")
    missing = [field.name for field in fields(Settings) if f"\n| `{field.name}` | " not in page]
    wrong = [
        field.name
        for field in fields(Settings)
        if isinstance(field.default, int) and f"| `{field.name}` | `{field.default}` |" not in page
    ]

    assert (missing, wrong) == ([], [])


def test_each_route_has_its_row_and_methods() -> None:
    """docs/reference/routes.md has a row for each route of the application, with its methods."""
    page = _reference("routes.md")
    rows = [
        f"| `{rule.rule}` | {', '.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} |"
        for rule in create_app(Settings()).url_map.iter_rules()
    ]

    assert [row for row in rows if row not in page] == []


def _errors() -> list[type[errors.EssgraphError]]:
    mine = (kind for kind in vars(errors).values() if isinstance(kind, type))
    return [kind for kind in mine if issubclass(kind, errors.EssgraphError)]


@pytest.mark.parametrize("kind", _errors())
def test_each_error_has_its_status_and_exit_code(kind: type[errors.EssgraphError]) -> None:
    """docs/reference/errors.md gives title, status and exit code as the class has them."""
    row = f"| `{kind.__name__}` | {kind.title} | {kind.status} | {kind.exit_code} |"

    assert row in _reference("errors.md")


def test_generated_pages_are_fresh() -> None:
    """The pages written by docs/generate.py are what it writes today: run `make docs`."""
    fresh = generate.reference()

    assert [name for name, text in fresh.items() if _reference(name) != text] == []


def test_each_saved_query_and_parameter_is_described() -> None:
    """docs/reference/queries.md names every saved query, its parameters and its columns."""
    page = _reference("queries.md")
    missing = [
        (query.name, word)
        for query in queries.read_all(ROOT / "queries", Names()).values()
        for word in (query.name, *(p.name for p in query.params), *query.columns)
        if word not in _section(page, query.name)
    ]

    assert missing == []


def test_each_term_of_the_ontology_is_described() -> None:
    """docs/reference/ontology.md has a row for every class and property of ess.ttl."""
    page = _reference("ontology.md")
    kinds = {NamedNode(OWL + kind) for kind in ("Class", "ObjectProperty", "DatatypeProperty")}
    terms = {
        Names().compact(quad.subject.value)
        for quad in parse(path=ROOT / "ontology" / "ess.ttl", format=RdfFormat.TURTLE)
        if quad.predicate == RDF_TYPE and quad.object in kinds
        if isinstance(quad.subject, NamedNode)
    }

    assert terms
    assert [term for term in sorted(terms) if f"\n| `{term}` | " not in page] == []


def test_each_shape_file_and_rule_is_described() -> None:
    """docs/reference/shapes.md has a section a file, and every rule with a message in it."""
    page = _reference("shapes.md")
    missing = [
        (file.name, rule)
        for file in sorted((ROOT / "shapes").glob("*.ttl"))
        for block in file.read_text("utf-8").split("\n\n")
        for rule in re.findall(r"^shape:([\w-]+)$", block, re.M)
        if "sh:message" in block and f"| `{rule}` |" not in _section(page, file.name)
    ]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_relative_link_resolves(page: Path) -> None:
    """A link to a file of the repository names one that exists, and a heading that it has."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    broken = []
    for found in _LINK.finditer(text):
        path, _, anchor = found["target"].partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(found["target"])

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_command_shown_exists(page: Path) -> None:
    """A `sh` block names make targets that the Makefile has, and commands that essgraph has."""
    unknown = []
    for block in _SHELL.finditer(page.read_text("utf-8")):
        for line in block["text"].splitlines():
            words = line.removeprefix("  ").split()
            if words[:1] == ["make"]:
                unknown += [w for w in words[1:] if "=" not in w and w not in _targets()]
            elif words and words[0].rpartition("/")[2] == "essgraph":
                unknown += _unknown_words(words[1:])

    assert unknown == []


def _unknown_words(words: list[str]) -> list[str]:
    name = next((n for n in COMMANDS if words[: len(n.split())] == n.split()), None)
    if name is None:
        return [" ".join(words)]
    command = COMMANDS[name]
    options = {o for p in command.params for o in p.opts} | {"--help"}
    saved = set(queries.read_all(ROOT / "queries", Names()))
    wrong = [w for w in words if w.startswith("-") and w.partition("=")[0] not in options]
    if name == "query" and len(words) > 1 and not words[1].startswith(("-", ".")):
        wrong += [words[1]] if words[1] not in saved else []
    return wrong


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))


def _section(page: str, heading: str) -> str:
    return next((s for s in page.split("\n## ") if s.startswith(f"{heading}\n")), "")


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}

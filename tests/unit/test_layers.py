"""Imports point down only, as docs/explanation/architecture.md draws them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "essgraph"

LAYERS = (
    {"errors", "allocator"},
    {"config", "vocab", "syntax", "lexical", "disk"},
    {"store", "queries", "federation", "updates"},
    {"sources", "journal", "tokens"},
    {
        "build",
        "conversion",
        "converted",
        "inputs",
        "replay",
        "manifest",
        "release",
        "releases",
        "catalogue",
        "writes",
    }
    | {"profiles", "shacl", "search", "describe", "explain", "examples", "jobs", "proposals"},
    {"web"},
    {"cli"},
    {"__main__"},
)
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}

# A module -> the mates of its layer that it stands on.
SIBLINGS = {
    "config": {"vocab"},
    "lexical": {"vocab"},
    "syntax": {"vocab"},
    "releases": {"release"},
    "manifest": {"catalogue", "shacl"},
    "inputs": {"manifest", "releases"},
    "examples": {"release"},
    "jobs": {"explain"},
    "describe": {"profiles"},
    "search": {"profiles"},
    "proposals": {"profiles", "search", "shacl"},
    "conversion": {"catalogue", "converted", "release", "replay", "shacl"},
    # Their conductors: one makes a release of everything, the other of a change.
    "build": {
        "conversion",
        "examples",
        "jobs",
        "converted",
        "inputs",
        "replay",
        "releases",
        "catalogue",
        "manifest",
        "shacl",
        "search",
    },
    "writes": {"examples", "release", "releases", "catalogue", "manifest", "shacl", "search"},
}
BLUEPRINTS = {
    "explore",
    "browse",
    "entity",
    "openapi",
    "saved",
    "sparql",
    "completion",
    "contribute",
    "graphs",
    "changes",
    "ops",
    "validation",
    "crawlers",
    "maps",
    "pictures",
    "suggest",
    "terms",
    "neighbourhood",
}
SHARED_BY_BLUEPRINTS = {
    "dereferencing",
    "around",
    "beside",
    "basemap",
    "drawing",
    "geojson",
    "located",
    "tiles",
    "behind",
    "cite",
    "surroundings",
    "offices",
    "answered",
    "context",
    "negotiate",
    "text",
    "paging",
    "sheet",
    "headings",
    "inventory",
    "problems",
    "headers",
    "assets",
    "bearer",
    "cases",
    "call",
    "conditional",
    "dumps",
    "editor",
    "operation",
    "payload",
    "permalink",
    "replies",
    "service",
    "snippets",
    "writing",
    "machines",
    "card",
    "saying",
    "tracking",
    "workbook",
    "meant",
}
# What answers queries without Flask, and the server's side of the application.
QUERY_PATH = {"answers", "current", "endpoint", "evaluators", "lookups", "querylog", "wording"}
SERVER = {"gateway", "limiting", "wire"}
MAX_LINES = 300

MODULES = sorted(PACKAGE.rglob("*.py"))


def _imports(path: Path) -> Iterator[tuple[str, ...]]:
    """The parts after `essgraph` of each of our modules that a module imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its layer"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            head, *parts = name.split(".")
            if head == "essgraph":
                yield tuple(parts)


def _name(path: Path) -> str:
    """The module's or package's name directly under `essgraph`."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _id(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_each_module_has_a_layer() -> None:
    """No module or package under `essgraph` is left out of the layers, and none is imagined."""
    found = {_name(path) for path in MODULES} - {"__init__"}

    assert found == set(LAYER)


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_imports_point_down(path: Path) -> None:
    """A module imports lower layers, its own package, and the siblings it may."""
    name = _name(path)
    allowed = {name} | SIBLINGS.get(name, set())
    allowed |= {other for other, layer in LAYER.items() if layer < LAYER.get(name, 0)}
    imported = {parts[0] for parts in _imports(path)} & set(LAYER)

    assert imported - allowed == set()


@pytest.mark.parametrize("path", sorted((PACKAGE / "sources").rglob("*.py")), ids=_id)
def test_sources_never_see_a_store(path: Path) -> None:
    """What turns files into facts imports neither the store nor the queries."""
    assert {parts[0] for parts in _imports(path)} & {"store", "queries"} == set()


@pytest.mark.parametrize("blueprint", sorted(BLUEPRINTS))
def test_blueprints_share_only_what_is_shared(blueprint: str) -> None:
    """A blueprint imports no other blueprint, only the modules that all may use."""
    imported = _within("web", blueprint)

    assert imported - SHARED_BY_BLUEPRINTS == set()


@pytest.mark.parametrize("shared", sorted(SHARED_BY_BLUEPRINTS))
def test_what_is_shared_knows_no_blueprint(shared: str) -> None:
    """A shared module of the application stands below the blueprints."""
    assert _within("web", shared) & BLUEPRINTS == set()


def test_each_module_of_the_application_is_placed() -> None:
    """A module of `web/` is the application, a blueprint, shared by them, or before them."""
    folder = PACKAGE / "web"
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    found = {path.stem for path in folder.glob("*.py")} | packages

    assert found == {"__init__"} | BLUEPRINTS | SHARED_BY_BLUEPRINTS | QUERY_PATH | SERVER


@pytest.mark.parametrize(
    "command", sorted(path.stem for path in (PACKAGE / "cli").glob("[!_]*.py"))
)
def test_commands_do_not_import_each_other(command: str) -> None:
    """Only cli/__init__.py knows the commands; they share an option and signs of life."""
    assert _within("cli", command) <= {"busy", "language", "progress"}


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_modules_fit_on_a_few_pages(path: Path) -> None:
    """No module is longer than 300 lines."""
    assert len(path.read_text("utf-8").splitlines()) <= MAX_LINES


def _within(package: str, module: str) -> set[str]:
    """The modules of a package that one of them imports."""
    folder = PACKAGE / package
    names = {path.stem for path in folder.glob("*.py")} | {
        path.name for path in folder.iterdir() if path.is_dir()
    }
    single = folder / f"{module}.py"
    files = [single] if single.is_file() else sorted((folder / module).rglob("*.py"))
    imports = [parts for path in files for parts in _imports(path)]
    found = {parts[1] for parts in imports if parts[0] == package and len(parts) > 1} & names
    return found - {module}

"""Fixtures shared by all tests: the tiny graph, in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from pyoxigraph import RdfFormat, Store

from essgraph.sources import ntriples
from essgraph.store.embedded import EmbeddedStore

# A busy machine must not fail a property: what is slow belongs in the benchmarks.
settings.register_profile("essgraph", deadline=None)
settings.load_profile("essgraph")

BROWSER = Path(__file__).parent / "browser"
TINY = Path(__file__).parent / "fixtures" / "tiny.trig"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--browser`, which also collects tests/browser: they need Chromium and the editor."""
    parser.addoption("--browser", action="store_true", help="run the tests in a browser too")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave tests/browser out without `--browser`."""
    return True if collection_path == BROWSER and not config.getoption("--browser") else None


@pytest.fixture(scope="session", name="tiny")
def _tiny() -> EmbeddedStore:
    """A store of tests/fixtures/tiny.trig; tests only read it."""
    engine = Store()
    engine.load(path=TINY, format=RdfFormat.TRIG)
    return EmbeddedStore(engine)


def source_of(store: EmbeddedStore, folder: Path) -> Path:
    """What a store holds as a file of N-Triples, as a build would have written it."""
    path = folder / "data.nt"
    triples = store.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    ntriples.write_ntriples(map(ntriples.statement, triples), path)
    return path

"""The national graph, built once for these tests from the data of the repository.

These tests alone read `data/`: they promise what the published graph answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from essgraph import build, config
from essgraph.config import Settings
from essgraph.releases import Release
from essgraph.store.embedded import EmbeddedStore


@dataclass(frozen=True)
class National:
    """A release of the real data, and its store."""

    settings: Settings
    release: Release
    store: EmbeddedStore


@pytest.fixture(name="national", scope="session")
def _national(tmp_path_factory: pytest.TempPathFactory) -> Iterator[National]:
    home: Path = tmp_path_factory.mktemp("national")
    settings = config.load({"ESSGRAPH_HOME": str(home)})
    release = build.build(settings)
    store = EmbeddedStore.open(release.store_path, base_iri=settings.base_iri)
    yield National(settings, release, store)
    store.close()

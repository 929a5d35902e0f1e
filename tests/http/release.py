"""A release of tiny.trig on disk, made without a build."""

from __future__ import annotations

import json
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from essgraph import search
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import DEFAULT_BASE, Names
from tests.conftest import source_of

FIXTURES = Path(__file__).parents[1] / "fixtures"


def publish(home: Path, release_id: str, more: str = "", base_iri: str = DEFAULT_BASE) -> Path:
    """Make a release of tiny.trig, and of `more` TriG, the current one of `home`."""
    path = home / "releases" / release_id
    path.mkdir(parents=True)
    engine = Store(str(path / "store"))
    engine.load(path=FIXTURES / "tiny.trig", format=RdfFormat.TRIG)
    engine.load(more.encode("utf-8"), format=RdfFormat.TRIG)
    engine.flush()
    del engine
    store = EmbeddedStore.open(path / "store")
    search.build([source_of(store, path)], path / "search.sqlite", Names())
    store.close()
    manifest = {
        "classes": {"ess:Mandate": 99},  # more than the index lists, as with the registers
        "id": release_id,
        "created": "2026-01-01T00:00:00Z",
        "base_iri": base_iri,
        "counts": {},
    }
    (path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    fresh = home / "current.fresh"
    fresh.symlink_to(path.relative_to(home))
    fresh.replace(home / "current")
    return path

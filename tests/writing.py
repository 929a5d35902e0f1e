"""A small site of its own that is written to: shared by the tests of writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from essgraph.config import Settings
from essgraph.releases import Releases
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import RDFS_LABEL, Names
from essgraph.writes import Change, Update

FIXTURES = Path(__file__).parent / "fixtures"
NAMES = Names()
COLLECTION = NAMES.graph("collection").value
OTHER = "urn:x:notes"
INITIATIVE = NAMES.ess("Initiative")
SECTOR = NAMES.ess("sector")


def site(folder: Path, home: str = "home") -> Settings:
    """Data, ontology and shapes in a folder, and a home without a release."""
    for name in ("data", "ontology"):
        shutil.copytree(FIXTURES / "sources" / name, folder / name)
    shutil.copytree(FIXTURES / "build" / "shapes", folder / "shapes")
    return Settings(
        home=folder / home,
        data_dir=folder / "data",
        ontology_dir=folder / "ontology",
        shapes_dir=folder / "shapes",
        queries_dir=folder / "queries",  # none: a build would run each
        writable_graphs="urn:x:",
    )


def labelled(text: str, key: str = "neuve") -> str:
    """Triples of an initiative that conforms, as SPARQL and Turtle write them."""
    iri = NAMES.entity("initiative", key)
    return f'{iri} a {INITIATIVE} ; {RDFS_LABEL} "{text}"@fr .'


def broken(key: str = "cassee") -> str:
    """Triples of an initiative that breaks a shape: its sector is text."""
    return f'{labelled("Cassée", key)} {NAMES.entity("initiative", key)} {SECTOR} "énergie" .'


def insert(triples: str, agent: str = "amina", message: str = "") -> Change:
    """A change that adds triples to the collection."""
    return Change(Update(f"INSERT DATA {{ {triples} }}"), agent, message)


def lines(settings: Settings, graph: str = COLLECTION) -> set[str]:
    """What the store that is served holds of a graph."""
    release = Releases(settings.home).require_current()
    store = EmbeddedStore.open(release.store_path, base_iri=settings.base_iri)
    try:
        return set(store.lines(NamedNode(graph)))
    finally:
        store.close()


def labels(settings: Settings, keys: Iterable[str]) -> dict[str, set[str]]:
    """The labels that the served store has for initiatives."""
    release = Releases(settings.home).require_current()
    store = EmbeddedStore.open(release.store_path, base_iri=settings.base_iri)
    try:
        return {
            key: {
                triple.object.value
                for triple in store.match(
                    NAMES.entity("initiative", key), RDFS_LABEL, but=NAMES.graph("meta")
                )
                if isinstance(triple.object, Literal)
            }
            for key in keys
        }
    finally:
        store.close()

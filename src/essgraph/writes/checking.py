"""A write checked against the shapes: what it touches, or all where that cannot be told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from pyoxigraph import Triple

from essgraph import manifest
from essgraph.config import Settings
from essgraph.errors import NotConforming
from essgraph.journal import Patch
from essgraph.release import Release
from essgraph.shacl import engine, incremental, report, sentences
from essgraph.shacl.data import DataGraph, SomeGraphs
from essgraph.shacl.report import Report
from essgraph.shacl.shapes import read_shapes
from essgraph.sources import ntriples, reserved
from essgraph.sources.ntriples import Statement
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import LANGUAGES


@dataclass(frozen=True)
class Refusal:
    """What a client is told of a refused write.

    Shape: turtle: the W3C report, whole; json: what blocks, for a script; sentences: what blocks,
    language -> lines.
    """

    turtle: str
    json: Mapping[str, Any]
    sentences: Mapping[str, list[str]]


class Refused(NotConforming):
    """A write that would break a shape; nothing was changed."""

    def __init__(self, message: str, report: Refusal) -> None:
        self.report = report
        super().__init__(message)


def refusal(found: Report, store: EmbeddedStore) -> Refused:
    """What is raised for a report that blocks a write; its data is still in `store`."""
    blocking = found.blocking()
    labels = sentences.labels(store, blocking)
    told = {lang: sentences.write(blocking, lang, labels, lambda iri: None) for lang in LANGUAGES}
    return Refused(
        f"{found.counts['Violation']} violation(s); nothing was changed",
        Refusal(found.turtle().decode(), blocking.json(), told),
    )


def check_names(patches: Sequence[Patch]) -> None:
    """Nothing, if no entity is given a class under a name of the register's.

    Raises: NotConforming, naming the graph and the entity.
    """
    for patch in patches:
        if found := reserved.taken(_triples(patch.added)):
            raise NotConforming(f"<{patch.graph}>: {found}: {reserved.REASON}")


def check(
    settings: Settings,
    previous: Release,
    staged: Release,
    patches: Sequence[Patch],
    after: EmbeddedStore,
) -> Report:
    """The report of the changed release, the same that a build of it would give.

    Only what the patches may have touched is checked, unless the release before was checked by
    other shapes or by another engine.
    Raises: SourceError for malformed shapes; ConfigError for an unknown engine.
    """
    first, *rest = staged.sources
    # A build checks its data before it describes it.
    meta = settings.names.graph("meta")
    seen = SomeGraphs(after, [graph for graph in after.graphs() if graph != meta])
    data = DataGraph(first, lambda: seen, tuple(rest))
    if not _comparable(settings, previous):
        return engine.validate(data, settings.shapes_dir, settings.shacl_engine, settings.names)
    began = time.perf_counter()
    shapes = read_shapes(settings.shapes_dir, settings.names)
    change = incremental.Change(
        frozenset(triple for patch in patches for triple in _triples(patch.added)),
        frozenset(triple for patch in patches for triple in _triples(patch.removed)),
    )
    known = report.read_file(previous.path / "report.ttl")
    results = incremental.revalidate(change, known, shapes, data)
    return report.make(results, settings.shacl_engine, time.perf_counter() - began)


def _comparable(settings: Settings, previous: Release) -> bool:
    """Whether the report of the release before is one of these shapes, by the fast engine."""
    said = previous.manifest
    if settings.shacl_engine != "fast" or said["validation"]["engine"] != "fast":
        return False
    folder = settings.shapes_dir
    now = dict(manifest.digest(path, folder) for path in folder.glob("*.ttl"))
    then = {k: v for k, v in said["inputs"].items() if k.startswith(f"{folder.name}/")}
    libraries = ("shacl", "pyoxigraph")
    return now == then and all(said["versions"][name] == version(name) for name in libraries)


def _triples(lines: Sequence[str]) -> Iterator[Triple]:
    return ntriples.triples(Statement(line) for line in lines)

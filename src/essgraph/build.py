"""A build: convert, load, validate, index, describe, and only then publish.

Two cores are kept busy. Conversion writes N-Triples in parts, and a second thread loads
each part as soon as it is written; a third checks the source RDF against the shapes
meanwhile, and asks the store once it is loaded. The index is made from the same file. Oxigraph
and the SHACL engine work without the interpreter's lock. So the phases overlap: their
seconds add up to more than the whole.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, serialize

from essgraph import (
    catalogue,
    disk,
    inputs,
    manifest,
    queries,
    replay,
    search,
    sources,
)
from essgraph.config import Settings
from essgraph.errors import NotConforming, StoreUnavailable
from essgraph.releases import Release, Releases
from essgraph.replay import Facts
from essgraph.shacl import engine as shacl_engine
from essgraph.shacl import sentences, spelling
from essgraph.shacl.data import DataGraph
from essgraph.shacl.report import Report
from essgraph.sources.ntriples import Statement
from essgraph.store.embedded import EmbeddedStore

PHASES = ("convert", "index", "load", "validate", "describe", "publish")

Observe = Callable[[str, float | None], None]
"""Called with a phase's name when it begins (None) and when it ends (its seconds)."""

_log = logging.getLogger(__name__)

_PART = 200_000
"""Triples converted before a load of them begins."""


class Refused(NotConforming):
    """A build whose data breaks a shape; the current release goes on serving."""

    def __init__(self, report: Report, settings: Settings, labels: sentences.Labels) -> None:
        self.report = report
        self._settings = settings
        self._labels = labels
        amount = report.counts["Violation"]
        super().__init__(f"{amount} violation(s); nothing was published")

    def sentences(self, lang: str) -> list[str]:
        """What blocks the release and where, for a person; warnings are in no one's way."""
        return sentences.write(
            self.report.blocking(), lang, self._labels, sources.Locator(self._settings)
        )


@dataclass
class _Clock:
    observe: Observe
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        self.observe(name, None)
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 3)
        self.observe(name, self.seconds[name])


def build(settings: Settings, observe: Observe = lambda phase, seconds: None) -> Release:
    """Make a release from the sources and publish it.

    Raises: ConfigError (unknown engine), SourceError (malformed or changed input), Refused
    (broken shape), StoreUnavailable (no room, no permission, another build). Whatever
    happens, the current release goes on serving.
    """
    shacl_engine.engine_named(settings.shacl_engine)
    releases = Releases(settings.home)
    with releases.building():
        made_from = inputs.fingerprint(settings)
        created = datetime.now(UTC)
        try:
            staged = releases.stage(releases.next_id(created))
            _make(settings, staged, made_from, created, observe)
            observe(PHASES[-1], None)
            began = time.perf_counter()
            release = releases.publish(staged)
            observe(PHASES[-1], time.perf_counter() - began)
        except (OSError, StoreUnavailable) as error:
            raise StoreUnavailable(_reason(error, settings.home)) from error
        try:
            releases.prune(settings.keep_releases)
        except OSError as error:
            _log.warning("event=prune error=%r", str(error))
    return release


def _make(
    settings: Settings, staged: Path, made_from: dict[str, str], created: datetime, observe: Observe
) -> None:
    began = time.perf_counter()
    clock = _Clock(observe)
    release = Release(staged)
    store = EmbeddedStore.open(release.store_path, base_iri=settings.base_iri, read_only=False)
    try:
        with ThreadPoolExecutor(max_workers=1) as loader, ThreadPoolExecutor(1) as checker:
            with clock.phase("convert"):
                facts = replay.facts(settings)
                counts, loads = _convert(settings, release, facts, store, loader)
            finished = loader.submit(store.finish)
            whole = staged / "whole.nt"
            disk.join(release.sources, whole)
            data = DataGraph(whole, partial(_loaded, store, loads))
            checked = checker.submit(_validate, settings, release, data, clock)
            with clock.phase("index"):
                search.build(whole, release.index_path, settings.names)
                # So that a write need not look through the national layers again.
                for source in release.sources:
                    spelling.note(source)
            with clock.phase("load"):
                _loaded(store, loads)
            report = checked.result()
            finished.result()
            whole.unlink()
        if not report.conforms:
            raise Refused(report, settings, sentences.labels(store, report))
        with clock.phase("describe"):
            datasets = sources.datasets(settings)
            counts = _describe(settings, release, store, counts, datasets, created, facts)
    finally:
        store.close()
    shutil.rmtree(release.path / "layers")
    content = manifest.content(release.id, created, settings.names, counts, report, datasets) | {
        "durations_s": {**clock.seconds, "total": round(time.perf_counter() - began, 3)},
        "modified": dict.fromkeys(
            (*(settings.names.graph(n).value for n in counts.graphs), *counts.others), release.id
        ),
        "changes": [entry.id for entry in facts.entries],
        "conflicts": [str(conflict) for conflict in facts.conflicts],
        "inputs": made_from,
    }
    manifest.write(staged / "manifest.json", content)
    for conflict in facts.conflicts:
        _log.warning("event=conflict %s", conflict)


def _convert(
    settings: Settings, release: Release, facts: Facts, store: EmbeddedStore, loader: Executor
) -> tuple[catalogue.Counts, list[Future[None]]]:
    """Convert every layer, and have each part loaded in its graph as soon as it is written.

    Shape: the triples of each graph; the loads under way.
    """
    layers = release.path / "layers"
    layers.mkdir()
    release.data_path.mkdir()
    loads: list[Future[None]] = []

    def convert(graph: NamedNode, statements: Iterable[Statement]) -> int:
        target = release.graph_path(graph.value, settings.names)
        total = 0
        with target.open("wb") as whole:
            for part, amount in sources.write_parts(statements, layers / target.stem, _PART):
                total += amount
                loads.append(loader.submit(store.bulk_load, part, graph, lenient=True))
                whole.write(part.read_bytes())
        return total

    graphs = {
        name: convert(settings.names.graph(name), make()) for name, make in facts.layers.items()
    }
    others = {iri: convert(NamedNode(iri), lines) for iri, lines in facts.others.items()}
    return catalogue.Counts(graphs, {}, {}, others), loads


def _loaded(store: EmbeddedStore, loads: list[Future[None]]) -> EmbeddedStore:
    for load in loads:
        load.result()
    return store


def _validate(settings: Settings, release: Release, data: DataGraph, clock: _Clock) -> Report:
    with clock.phase("validate"):
        report = shacl_engine.validate(
            data, settings.shapes_dir, settings.shacl_engine, settings.names
        )
        (release.path / "report.ttl").write_bytes(report.turtle())
        manifest.write(release.path / "report.json", report.json(sources.Locator(settings)))
    return report


def _describe(
    settings: Settings,
    release: Release,
    store: EmbeddedStore,
    counts: catalogue.Counts,
    datasets: Sequence[sources.Dataset],
    created: datetime,
    facts: Facts,
) -> catalogue.Counts:
    names = settings.names
    classes, properties = _partitions(settings, store)
    counts = replace(counts, classes=classes, properties=properties)
    instant = created.isoformat(timespec="seconds")
    writes = (
        triple
        for entry in facts.entries
        for triple in catalogue.written(names, catalogue.Written(*entry.told))
    )
    triples, counts = catalogue.described(names, release.id, instant, counts, datasets, writes)
    description = str(release.path / "description.ttl")
    serialize(triples, description, RdfFormat.TURTLE, prefixes=names.prefixes)
    text = b"".join(f"{triple} .\n".encode() for triple in triples)
    store.load(text, RdfFormat.N_TRIPLES, names.graph("meta"))
    store.flush()
    return counts


def _partitions(settings: Settings, store: EmbeddedStore) -> list[dict[str, int]]:
    """Entities per class and triples per property, largest first."""
    found = []
    for name in ("class-partitions", "property-partitions"):
        rows = store.select(queries.app(name, settings.names).bind()).rows
        found.append(
            {
                iri.value: int(amount.value)
                for iri, amount in rows
                if isinstance(iri, NamedNode) and isinstance(amount, Literal)
            }
        )
    return found


def _reason(error: Exception, home: Path) -> str:
    # The engines say it each in their words: RocksDB and the system, then SQLite.
    full = any(words in str(error) for words in ("No space left", "disk is full"))
    what = "the disk is full" if full else str(error)
    return f"{home}: {what}; nothing was published and the current release is untouched"

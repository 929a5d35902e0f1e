"""A build: convert, load, validate, index, describe, and only then publish.

Two cores are kept busy. Conversion writes N-Triples in chunks; each is loaded by a second thread
and checked against SHACL Core by a third as soon as it is written. The index is made from the same
files, while the store is compacted and asked what SHACL-SPARQL asks. Oxigraph and the SHACL engine
work without the interpreter's lock. So the phases overlap: their seconds add up to more than
the whole.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, serialize

from essgraph import (
    catalogue,
    examples,
    inputs,
    manifest,
    queries,
    replay,
    search,
    sources,
)
from essgraph.config import Settings
from essgraph.conversion import Coming, Feed, Layers, Loading, Watch
from essgraph.converted import Converted
from essgraph.errors import NotConforming, QueryError, StoreUnavailable
from essgraph.jobs import KINDS
from essgraph.releases import Release, Releases
from essgraph.replay import Facts
from essgraph.shacl import engine as shacl_engine
from essgraph.shacl import filing, repairs, sentences
from essgraph.shacl.report import Report
from essgraph.store.embedded import EmbeddedStore

PHASES = ("convert", "index", "load", "validate", "describe", "examples", "publish")


_log = logging.getLogger(__name__)


class _Nobody:
    def phase(self, name: str, seconds: float | None) -> None:
        pass

    def moved(self, name: str, triples: int) -> None:
        pass


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
    watch: Watch
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        self.watch.phase(name, None)
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 3)
        self.watch.phase(name, self.seconds[name])


def build(settings: Settings, watch: Watch | None = None) -> Release:
    """Make a release from the sources and publish it.

    Raises: ConfigError (unknown engine), SourceError (malformed or changed input), Refused
    (broken shape), StoreUnavailable (no room, no permission, another build). Whatever
    happens, the current release goes on serving.
    """
    watch = watch or _Nobody()
    shacl_engine.engine_named(settings.shacl_engine)
    releases = Releases(settings.home)
    with releases.building():
        made_from = inputs.fingerprint(settings)
        created = datetime.now(UTC)
        try:
            staged = releases.stage(releases.next_id(created))
            _make(settings, staged, made_from, created, watch)
            watch.phase(PHASES[-1], None)
            began = time.perf_counter()
            release = releases.publish(staged)
            watch.phase(PHASES[-1], time.perf_counter() - began)
        except (OSError, StoreUnavailable) as error:
            raise StoreUnavailable(_reason(error, settings.home)) from error
        try:
            releases.prune(settings.keep_releases)
            Converted(settings.home).prune()
        except OSError as error:
            _log.warning("event=prune error=%r", str(error))
    return release


def _make(
    settings: Settings, staged: Path, made_from: dict[str, str], created: datetime, watch: Watch
) -> None:
    began = time.perf_counter()
    clock = _Clock(watch)
    release = Release(staged)
    digests = inputs.layers(settings, made_from)
    store = EmbeddedStore.open(release.store_path, base_iri=settings.base_iri, read_only=False)
    try:
        with ThreadPoolExecutor(1) as loader, ThreadPoolExecutor(1) as checker:
            try:
                feed, loading = Feed(), Loading(store, loader, watch)
                data = Coming(release, loading, feed)
                with clock.phase("convert"), feed:
                    checked = checker.submit(_validate, settings, release, data, feed, clock)
                    facts = replay.facts(settings)
                    layers = Layers(settings, release, facts, digests, loading, feed)
                    counts = layers.convert(watch)
                    loading.close()
                counted = checker.submit(_partitions, settings, store)
                noted = checker.submit(layers.note)
                if checked.done():
                    checked.result()  # shapes that cannot be read
                datasets = sources.datasets(settings)
                with clock.phase("index"):
                    year = sources.register_year(datasets)
                    search.build(release.sources, release.index_path, settings.names, year)
                with clock.phase("load"):
                    loading.wait()
                report = checked.result()
                if not report.conforms:
                    raise Refused(report, settings, sentences.labels(store, report))
            except BaseException:
                checker.shutdown(wait=False, cancel_futures=True)
                raise
        with clock.phase("describe"):
            noted.result()
            classes, properties = counted.result()
            counts = replace(counts, classes=classes, properties=properties)
            counts = _describe(settings, release, store, counts, datasets, created, facts)
    finally:
        store.close()
    with clock.phase("examples"):
        _verify(settings, release, counts)
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


def _validate(
    settings: Settings, release: Release, data: Coming, feed: Feed, clock: _Clock
) -> Report:
    with closing(feed), clock.phase("validate"):
        report = shacl_engine.validate(
            data, settings.shapes_dir, settings.shacl_engine, settings.names
        )
        filing.file(
            release.path,
            report,
            sources.Locator(settings),
            repairs.of_release(report, settings.shapes_dir, data.store, settings.names),
            filing.read_rejected(settings.fetched_dir, sources.chosen(settings)),
        )
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


def _verify(settings: Settings, release: Release, counts: catalogue.Counts) -> None:
    """Run the saved queries with their examples; one that fails is told, and stops nothing."""
    try:
        saved = queries.read_all(settings.queries_dir, settings.names)
    except QueryError as error:
        _log.warning("event=examples error=%r", str(error))
        return
    found = examples.verify(settings, release, saved.values(), counts.graphs, KINDS)
    examples.write(release.path, found)
    for example in found:
        if example.state in (examples.BROKEN, examples.FAILED):
            _log.warning("event=example %s", example)


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

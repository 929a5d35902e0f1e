"""A build: convert, load, validate, index, describe, and only then publish.

Two cores are kept busy. Conversion writes N-Triples in parts, and a second thread loads
each part as soon as it is written; a third checks the source RDF against the shapes
meanwhile, and asks the store once it is loaded. The index is made from the same file. Oxigraph
and the SHACL engine work without the interpreter's lock. So the phases overlap: their
seconds add up to more than the whole.
"""

from __future__ import annotations

import json
import logging
import platform
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from essgraph import __version__, catalogue, queries, search, sources
from essgraph.config import Settings
from essgraph.errors import NotConforming, StoreUnavailable
from essgraph.releases import Release, Releases
from essgraph.shacl import engine as shacl_engine
from essgraph.shacl import sentences
from essgraph.shacl.data import DataGraph
from essgraph.shacl.report import Report
from essgraph.store.embedded import EmbeddedStore

PHASES = ("convert", "index", "load", "validate", "describe", "publish")

Observe = Callable[[str, float | None], None]
"""Called with a phase's name when it begins (None) and when it ends (its seconds)."""

_log = logging.getLogger(__name__)

_PART = 200_000
"""Triples converted before a load of them begins."""

_PACKAGE = Path(__file__).parent
_LIBRARIES = ("pyoxigraph", "shacl", "pyshacl", "rdflib")


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


def fingerprint(settings: Settings) -> dict[str, str]:
    """What a release depends on: each input's SHA-256, our code and the base IRI included.

    Raises: StoreUnavailable if an input cannot be read.
    """
    paths = {path for layer in sources.LAYERS.values() for path in layer.inputs(settings)}
    paths |= set(settings.shapes_dir.glob("*.ttl"))
    roots = (settings.ontology_dir, settings.shapes_dir, settings.data_dir)
    found = {"base_iri": settings.base_iri, "version": __version__}
    for name in _LIBRARIES:
        found[f"library/{name}"] = version(name)
    try:
        for path in sorted(paths):
            root = next((root for root in roots if path.is_relative_to(root)), path.parent)
            name = f"{root.name}/{path.relative_to(root)}"
            found[name] = sha256(path.read_bytes()).hexdigest()
        for path in sorted(_PACKAGE.rglob("*.py")):
            part = path.relative_to(_PACKAGE)
            if part.parts[0] not in ("web", "cli"):
                found[f"code/{part}"] = sha256(path.read_bytes()).hexdigest()
        for path in queries.app_files():
            found[f"code/queries/{path.name}"] = sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise StoreUnavailable(f"input cannot be read: {error}") from error
    return found


def up_to_date(settings: Settings) -> Release | None:
    """The release made from the present inputs, if it is the one served.

    A rollback stays: what counts then is the newest release, not the older one chosen.
    """
    releases = Releases(settings.home)
    release = releases.kept()[-1] if releases.pinned() else releases.current()
    if release is None or release.manifest["inputs"] != fingerprint(settings):
        return None
    return release


def build(settings: Settings, observe: Observe = lambda phase, seconds: None) -> Release:
    """Make a release from the sources and publish it.

    Raises: ConfigError (unknown engine), SourceError (malformed or changed input), Refused
    (broken shape), StoreUnavailable (no room, no permission, another build). Whatever
    happens, the current release goes on serving.
    """
    shacl_engine.engine_named(settings.shacl_engine)
    releases = Releases(settings.home)
    with releases.building():
        inputs = fingerprint(settings)
        created = datetime.now(UTC)
        try:
            staged = releases.stage(f"{created:%Y%m%dT%H%M%S%f}Z")
            _make(settings, staged, inputs, created, observe)
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
    settings: Settings, staged: Path, inputs: dict[str, str], created: datetime, observe: Observe
) -> None:
    began = time.perf_counter()
    clock = _Clock(observe)
    release = Release(staged)
    store = EmbeddedStore.open(release.store_path, base_iri=settings.base_iri, read_only=False)
    try:
        with ThreadPoolExecutor(max_workers=1) as loader, ThreadPoolExecutor(1) as checker:
            with clock.phase("convert"):
                graphs, loads = _convert(settings, release, store, loader)
            finished = loader.submit(store.finish)
            data = DataGraph(release.data_path, partial(_loaded, store, loads))
            checked = checker.submit(_validate, settings, release, data, clock)
            with clock.phase("index"):
                search.build(release.data_path, release.index_path, settings.names)
            with clock.phase("load"):
                _loaded(store, loads)
            report = checked.result()
            finished.result()
        if not report.conforms:
            raise Refused(report, settings, sentences.labels(store, report))
        with clock.phase("describe"):
            counts = _describe(settings, release, store, graphs, created)
    finally:
        store.close()
    shutil.rmtree(release.path / "layers")
    manifest: dict[str, Any] = {
        "id": release.id,
        "created": created.isoformat(timespec="seconds"),
        "base_iri": settings.base_iri,
        "triples": sum(counts.graphs.values()),
        "graphs": dict(counts.graphs),
        "classes": {settings.names.compact(iri): n for iri, n in counts.classes.items()},
        "validation": {
            "engine": report.engine,
            "violations": report.counts["Violation"],
            "warnings": report.counts["Warning"],
            "infos": report.counts["Info"],
        },
        "durations_s": {**clock.seconds, "total": round(time.perf_counter() - began, 3)},
        "versions": {name: version(name) for name in _LIBRARIES}
        | {"essgraph": __version__, "python": platform.python_version()},
        "inputs": inputs,
    }
    _write_json(staged / "manifest.json", manifest)


def _convert(
    settings: Settings, release: Release, store: EmbeddedStore, loader: Executor
) -> tuple[dict[str, int], list[Future[None]]]:
    """Convert every layer, and have each part loaded in its graph as soon as it is written.

    Shape: the triples of each layer; the loads under way.
    """
    layers = release.path / "layers"
    layers.mkdir()
    graphs: dict[str, int] = {}
    loads: list[Future[None]] = []
    with release.data_path.open("wb") as whole:
        for name, layer in sources.LAYERS.items():
            graphs[name] = 0
            facts = layer.statements(settings)
            for part, amount in sources.write_parts(facts, layers / name, _PART):
                graphs[name] += amount
                graph = settings.names.graph(name)
                loads.append(loader.submit(store.bulk_load, part, graph, lenient=True))
                whole.write(part.read_bytes())
    return graphs, loads


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
        _write_json(release.path / "report.json", report.json(sources.Locator(settings)))
    return report


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _describe(
    settings: Settings,
    release: Release,
    store: EmbeddedStore,
    graphs: dict[str, int],
    created: datetime,
) -> catalogue.Counts:
    counts = catalogue.Counts(graphs, *_partitions(settings, store))
    datasets = sources.datasets(settings)
    instant = created.isoformat(timespec="seconds")

    def describe(amounts: catalogue.Counts) -> list[Triple]:
        return list(catalogue.triples(settings.names, release.id, instant, amounts, datasets))

    # The description counts itself: how many triples it has does not depend on that number.
    counts = replace(counts, graphs={**graphs, "meta": 0})
    counts = replace(counts, graphs={**graphs, "meta": len(describe(counts))})
    triples = describe(counts)
    prefixes = settings.names.prefixes
    serialize(triples, str(release.path / "description.ttl"), RdfFormat.TURTLE, prefixes=prefixes)
    text = b"".join(f"{triple} .\n".encode() for triple in triples)
    store.load(text, RdfFormat.N_TRIPLES, settings.names.graph("meta"))
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

"""One write, one release: the patches of a write laid over the release before it.

What a write does not touch is not copied: the store's files and the source RDF of other
layers are the same files, by hard links.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from essgraph import catalogue, disk, examples, journal, manifest, search, sources
from essgraph.catalogue import Counts
from essgraph.config import Settings
from essgraph.errors import StoreUnavailable
from essgraph.journal import Entry, Journal, Patch
from essgraph.release import Release
from essgraph.releases import Releases
from essgraph.shacl import filing, repairs, spelling
from essgraph.shacl.filed import FiledReport
from essgraph.shacl.report import Report
from essgraph.sources import ntriples
from essgraph.sources.ntriples import Statement
from essgraph.store.embedded import EmbeddedStore
from essgraph.store.forms import stored
from essgraph.writes.checking import check, refusal
from essgraph.writes.counting import counted
from essgraph.writes.patching import State

_log = logging.getLogger(__name__)

_DERIVED = "evidence"


class Making:
    """The release of one write, from its empty directory to the pointer."""

    def __init__(
        self, settings: Settings, releases: Releases, previous: Release, entry: Entry
    ) -> None:
        self._settings = settings
        self._names = settings.names
        self._releases = releases
        self._previous = previous
        self._state = State(settings, previous)
        self._entry = entry
        self._began = time.perf_counter()
        self._seconds: dict[str, float] = {}

    def publish(self, release_id: str, accept: Journal | None) -> Release:
        """The release, published under `release_id`.

        The write is put in the journal `accept` once nothing but the renaming is left to do;
        None where it is there already.
        Raises: Refused, and nothing was accepted; OSError; StoreUnavailable.
        """
        staged = Release(self._releases.stage(release_id))
        before = EmbeddedStore.open(self._previous.store_path, base_iri=self._names.base)
        with self._phase("copy"):
            before.checkpoint(staged.store_path)
            after = EmbeddedStore.open(
                staged.store_path, read_only=False, base_iri=self._names.base
            )
        try:
            self._compare(before, after)
            with self._phase("derive"):
                patches = [*self._entry.patches, *self._derived(staged)]
            with self._phase("apply"):
                for patch in patches:
                    self._apply(after, patch)
            with self._phase("validate"):
                report = check(self._settings, self._previous, staged, patches, after)
            if not report.conforms:
                raise refusal(report, after)
            self._file(staged, report, after)
            with self._phase("describe"):
                counts = self._describe(staged, patches, before, after)
            with self._phase("index"):
                self._index(staged, patches, before, after)
            after.flush()
        finally:
            after.close()
            before.close()
        self._note(staged, counts, report, patches)
        with self._phase("sync"):
            disk.sync_tree(staged.path)
        if accept is not None:
            accept.append(self._entry)
        release = self._releases.publish(staged.path, synced=True)
        _log.info(
            "event=write release=%s seconds=%.3f %s",
            release.id,
            time.perf_counter() - self._began,
            " ".join(f"{name}={seconds:.3f}" for name, seconds in self._seconds.items()),
        )
        return release

    def _compare(self, before: EmbeddedStore, after: EmbeddedStore) -> None:
        """Make sure that the copy is whole: what is written last would be missing first.

        A copy holds only what was flushed, without a word about the rest.
        """
        meta = self._names.graph("meta")
        if set(before.lines(meta)) != set(after.lines(meta)):
            raise StoreUnavailable(f"release {self._previous.id}: its store was not flushed")

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._seconds[name] = round(time.perf_counter() - began, 4)

    def _derived(self, staged: Release) -> list[Patch]:
        """Write the source RDF of the release; what changes in the layer that follows from it."""
        staged.data_path.mkdir()
        changed: dict[Path, list[str]] = {}
        for patch in self._entry.patches:
            held = self._state.statements(patch.graph)
            journal.apply(held, patch)
            changed[staged.graph_path(patch.graph, self._names)] = list(held)
        derived = []
        curated = staged.layer_path("collection")
        if curated in changed:
            path = self._previous.layer_path(_DERIVED)
            with path.open(encoding="utf-8", newline="\n") as lines:
                old = dict.fromkeys(lines)
            ontology = self._previous.layer_path("ontology").read_text("utf-8")
            assertions = sources.derived(
                ntriples.triples(Statement(line) for line in changed[curated]),
                ntriples.triples([Statement(ontology)]),
                self._names,
            )
            new = dict.fromkeys((*map(str, assertions), *sources.compared(old, self._names)))
            derived.append(
                Patch(
                    self._names.graph(_DERIVED).value,
                    tuple(sorted(new.keys() - old.keys())),
                    tuple(sorted(old.keys() - new.keys())),
                )
            )
            changed[staged.layer_path(_DERIVED)] = [str(line) for line in new]
        for path, statements in changed.items():
            # A graph that only writes made is gone with its last statement; a layer stays.
            if statements or path.stem in self._previous.manifest["graphs"]:
                path.write_text("".join(statements), "utf-8", newline="\n")
                spelling.note(path)
        for path in self._previous.sources:
            if staged.data_path / path.name in changed:
                continue
            for file in (path, path.with_name(path.name + spelling.SUFFIX)):
                os.link(file, staged.data_path / file.name)
        return derived

    def _apply(self, store: EmbeddedStore, patch: Patch) -> None:
        """Change the store as the source RDF was changed.

        Two spellings may be one statement to the store: it goes with the last of them.
        """
        held = self._state.statements(patch.graph)
        old = set(stored(held).values())
        journal.apply(held, patch)
        new = set(stored(held).values())
        store.change(NamedNode(patch.graph), sorted(new - old), sorted(old - new))

    def _describe(
        self,
        staged: Release,
        patches: Iterable[Patch],
        before: EmbeddedStore,
        after: EmbeddedStore,
    ) -> Counts:
        names, said = self._names, self._previous.manifest
        counts = counted(manifest.counts(said, names), patches, before, after, names)
        graphs = dict(said["graphs"])
        for patch in patches:
            path = staged.graph_path(patch.graph, names)
            if path.stem in graphs:
                graphs[path.stem] = sources.amount(path)
        others = dict(said["other_graphs"])
        for patch in self._entry.patches:
            path = staged.graph_path(patch.graph, names)
            if path.stem not in graphs:
                others.pop(patch.graph, None)
                if path.is_file():
                    others[patch.graph] = sources.amount(path)
        counts = replace(counts, graphs=graphs, others=others)
        meta = names.graph("meta")
        held = before.lines(meta)
        told = catalogue.written(names, catalogue.Written(*self._entry.told))
        triples, counts = catalogue.described(
            names,
            staged.id,
            self._entry.at,
            counts,
            manifest.datasets(said),
            [*self._told_before(held), *told],
        )
        fresh = {f"{triple} .\n" for triple in triples}
        after.change(meta, sorted(fresh - set(held)), sorted(set(held) - fresh))
        description = str(staged.path / "description.ttl")
        serialize(triples, description, RdfFormat.TURTLE, prefixes=names.prefixes)
        return counts

    def _index(
        self,
        staged: Release,
        patches: Iterable[Patch],
        before: EmbeddedStore,
        after: EmbeddedStore,
    ) -> None:
        lines = [line for patch in patches for line in (*patch.added, *patch.removed)]
        old, new = self._previous.index_path, staged.index_path
        if not search.update(old, new, lines, before, after, self._names):
            year = sources.register_year(manifest.datasets(self._previous.manifest))
            search.build(staged.sources, new, self._names, year)

    def _told_before(self, meta: Iterable[str]) -> Iterator[Triple]:
        """What the release before tells of the writes that it holds, and of who made them."""
        names = self._names
        told = [f"<{names.entity('release', name).value}> " for name in self._previous.changes]
        told.append(f"<{names.entity('agent', '').value}")
        begins = tuple(told)
        return ntriples.triples(Statement(line) for line in meta if line.startswith(begins))

    def _note(
        self, staged: Release, counts: Counts, report: Report, patches: Iterable[Patch]
    ) -> None:
        said, entry = self._previous.manifest, self._entry
        created = datetime.fromisoformat(entry.at)
        modified = {**said["modified"], self._names.graph("meta").value: staged.id}
        modified |= {patch.graph: staged.id for patch in patches}
        content = manifest.content(
            staged.id, created, self._names, counts, report, manifest.datasets(said)
        )
        inputs = {k: v for k, v in said["inputs"].items() if not k.startswith("journal/")}
        inputs |= journal.digests(self._releases.home)
        text = journal.text(entry, self._names)
        content |= {
            "durations_s": {
                **self._seconds,
                "total": round(time.perf_counter() - self._began, 4),
            },
            "modified": modified,
            "previous": self._previous.id,
            "change": entry.id,
            "changes": sorted({*self._previous.changes, entry.id}),
            "conflicts": said["conflicts"],
            "inputs": inputs | {f"journal/{entry.id}": sha256(text).hexdigest()},
        }
        manifest.write(staged.path / "manifest.json", content)

    def _file(self, staged: Release, report: Report, after: EmbeddedStore) -> None:
        folder = self._settings.shapes_dir
        previous = FiledReport(self._previous.path)
        filing.file(
            staged.path,
            report,
            self._places().get,
            repairs.of_release(report, folder, after, self._names),
            previous.rejected(),
        )
        # Run over another release: they say over which.
        examples.write(staged.path, examples.read(self._previous.path).values())

    def _places(self) -> Mapping[str, str | None]:
        """Where the report before found the entities it names, in the files of then."""
        content = json.loads((self._previous.path / "report.json").read_text("utf-8"))
        return {result["focusNode"]: result["file"] for result in content["results"]}

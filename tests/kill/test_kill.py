"""Writers ended by SIGKILL at random moments: what was accepted is never lost, nor half done.

Some moments are drawn over the duration of a whole write, its process's start included;
ESSGRAPH_KILLS says how many, 240 without. Others are all those where a write makes sure that
something is on disk, or gives it its name: there the order of what is done shows.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from essgraph import build, journal, writes
from essgraph.config import Settings
from essgraph.journal import Journal
from essgraph.releases import Releases
from essgraph.shacl import engine
from essgraph.shacl.data import DataGraph
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import RDFS_LABEL
from essgraph.writes import Change, Delete, Put, Update
from tests.writing import COLLECTION, NAMES, OTHER, insert, labelled, lines, site

KILLS = int(os.environ.get("ESSGRAPH_KILLS", "240"))
WARM = 5

_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["essgraph.writes", "essgraph.build", "tests.writing"])


_STEPS = ("fsync", "rename", "replace", "symlink", "link")
"""What a write does to the disk that a dead process, or a power cut, may leave undone."""


def _write(settings: Settings, change: Change, answer: Connection, end_at: int | None) -> None:
    """A writer: its answer is what a client would be told, and how many steps it took.

    It ends itself before step `end_at`; before the so manieth after the write was accepted, if
    that is negative.
    """
    steps = after = 0
    known = set(journal.ids(settings.home))

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object, **named: object) -> object:
            nonlocal steps, after
            after += set(journal.ids(settings.home)) > known
            if end_at is not None and end_at in (steps, -after or None):
                os.kill(os.getpid(), signal.SIGKILL)
            steps += 1
            return real(*arguments, **named)

        return step

    for name in _STEPS:
        setattr(os, name, counted(getattr(os, name)))
    release_id = writes.write(settings, change).release_id
    answer.send((release_id, steps))


@dataclass
class _Ended:
    """How a writer ended: what it had answered, and how long it took."""

    answer: str | None
    steps: int
    seconds: float
    killed: bool


def _run(
    settings: Settings,
    change: Change,
    kill_after_s: float | None = None,
    end_at: int | None = None,
) -> _Ended:
    ours, theirs = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_write, args=(settings, change, theirs, end_at))
    began = time.perf_counter()
    process.start()
    theirs.close()
    process.join(kill_after_s)
    process.kill()
    process.join()
    seconds = time.perf_counter() - began
    try:
        answer, steps = ours.recv() if ours.poll() else (None, 0)
    except EOFError:
        answer, steps = None, 0
    ours.close()
    return _Ended(answer, steps, seconds, killed=process.exitcode == -signal.SIGKILL)


def _change(number: int) -> Change:
    """A write that always conforms and always changes something."""
    if number % 4 == 1:
        iri = NAMES.entity("initiative", f"n{number - 1}")
        text = f"""DELETE {{ {iri} {RDFS_LABEL} ?l }}
            INSERT {{ {iri} a {NAMES.ess("Initiative")} ; {RDFS_LABEL} "Autre {number}"@fr }}
            WHERE {{ OPTIONAL {{ {iri} {RDFS_LABEL} ?l }} }}"""
        return Change(Update(text), "amina")
    if number % 4 == 2:
        document = f'<urn:n> <urn:p> "{number}" .'.encode()
        return Change(Put(OTHER, document, "text/turtle"), "bruno")
    if number % 40 == 3 and number > 3:
        return Change(Delete(OTHER), "bruno")
    return insert(labelled(f"Neuve {number}", f"n{number}"))


def _replayed(settings: Settings, base: Sequence[str], graph: str) -> set[str]:
    """What the journal says that a graph holds."""
    return set(journal.replay(base, graph, Journal(settings.home, NAMES).standing())[0])


class _Site:
    """A site whose writers are killed."""

    def __init__(self, folder: Path) -> None:
        self.settings = replace(site(folder), keep_releases=2, write_wait_s=60)
        build.build(self.settings)
        self._base = sorted(lines(self.settings))
        self.killed = self.accepted = self.pending = 0

    def kill(self, change: Change, **when: float) -> bool:
        """Kill the writer of a change; whatever the moment, nothing is lost or broken.

        Whether it was killed before it ended.
        """
        settings, releases = self.settings, Releases(self.settings.home)
        known = set(journal.ids(settings.home))

        ended = _run(settings, change, **when)  # type: ignore[arg-type]  # a number either way

        accepted = set(journal.ids(settings.home)) - known
        pending = writes.pending(settings)
        # The release before, or the new one, serves on, whole.
        served = releases.require_current()
        assert served.manifest["validation"]["violations"] == 0
        assert EmbeddedStore.open(served.store_path).ask("ASK { ?s ?p ?o }")
        assert ended.answer is None or ended.answer in accepted
        assert set(pending) <= accepted
        assert writes.recover(settings) == pending
        assert releases.require_current().changes >= known | accepted
        self.killed += ended.killed
        self.accepted += len(accepted)
        self.pending += len(pending)
        return ended.killed

    def check(self) -> None:
        """All that was accepted is there, nothing else is, and a build gives the same."""
        settings = self.settings
        assert lines(settings) == _replayed(settings, self._base, COLLECTION)
        assert lines(settings, OTHER) == _replayed(settings, [], OTHER)
        assert writes.write(settings, insert(labelled("Dernière", "derniere"))).changed
        assert not (settings.home / "staging").exists()
        assert not list((settings.home / "journal").glob(".*"))
        release = Releases(settings.home).require_current()
        store = EmbeddedStore.open(release.store_path)
        first, *rest = release.sources
        data = DataGraph(first, lambda: store, tuple(rest))
        assert engine.validate(data, settings.shapes_dir, "fast", NAMES).conforms
        written = {graph: lines(settings, graph) for graph in (COLLECTION, OTHER)}
        build.build(settings)
        assert {graph: lines(settings, graph) for graph in written} == written


def test_no_random_kill_loses_or_breaks_anything(tmp_path: Path) -> None:
    """Acknowledged means journalled, journalled means served, and a build gives the same."""
    killing = _Site(tmp_path)
    whole = [_run(killing.settings, _change(-4 * n - 4)) for n in range(WARM)]
    whole_s = median(ended.seconds for ended in whole)
    chance = random.Random(3)  # noqa: S311 - moments, not secrets

    for number in range(KILLS):
        # Every other one near the end, where a write is accepted and published.
        earliest = 0 if number % 2 else 0.7 * whole_s
        killing.kill(_change(number), kill_after_s=chance.uniform(earliest, 1.1 * whole_s))

    assert all(ended.answer for ended in whole)
    assert killing.killed > KILLS / 4
    assert killing.accepted > KILLS / 50
    killing.check()


def test_no_kill_between_two_steps_loses_or_breaks_anything(tmp_path: Path) -> None:
    """Before each sync, renaming and link of a write, one after the other."""
    killing = _Site(tmp_path)
    steps = _run(killing.settings, _change(0)).steps

    for number in range(steps):
        killing.kill(_change(4 * number + 4), end_at=number)

    # The store of a later write may have a file less to sync.
    assert killing.killed > steps * 0.8
    last = 1
    while killing.kill(_change(4 * (steps + last) + 4), end_at=-last):
        last += 1
    # Those came after the write was accepted, and before it was served.
    assert killing.pending >= 2
    killing.check()

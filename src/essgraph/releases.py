"""Releases: immutable directories, one pointer, swapped atomically.

Layout under ESSGRAPH_HOME:

    releases/<id>/manifest.json   inputs, counts, durations, versions
    releases/<id>/store/          Oxigraph directory, never written again
    releases/<id>/search.sqlite   text index
    releases/<id>/data/           the source RDF that was validated, one file a layer
    releases/<id>/report.ttl, report.json, description.ttl
    current -> releases/<id>      the pointer
    pinned                        the release a rollback chose, until the next is published
    rolling-back                  the same while a rollback is under way
    journal/                      accepted writes (journal.py)
    converted/                    layers as N-Triples, for the next build (converted.py)
    fetched/                      what optional layers are made of (sources/)
    staging/                      a build under way; leftovers are swept by the next
    build.lock                    held by the one build or write that runs

A directory appears under `releases/` only when it is complete and on disk.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from essgraph import disk, journal
from essgraph.errors import NotFound, StoreUnavailable
from essgraph.release import Release

__all__ = ["Release", "Releases"]

CURRENT = "current"
PINNED = "pinned"
ROLLING_BACK = "rolling-back"


class Releases:
    """The releases of one ESSGRAPH_HOME."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._releases = home / "releases"
        self._staging = home / "staging"

    @property
    def pointer(self) -> Path:
        """The symbolic link that names the current release."""
        return self.home / CURRENT

    def current(self) -> Release | None:
        """The release that is served, or None before the first build."""
        try:
            target = os.readlink(self.pointer)
        except OSError:
            return None
        path = self.home / target
        return Release(path) if path.is_dir() else None

    def require_current(self) -> Release:
        """The current release.

        Raises: StoreUnavailable before the first build.
        """
        release = self.current()
        if release is None:
            raise StoreUnavailable(f"no release in {self.home}: run `essgraph build` first")
        return release

    def kept(self) -> list[Release]:
        """All complete releases, oldest first."""
        if not self._releases.is_dir():
            return []
        return [Release(path) for path in sorted(self._releases.iterdir()) if path.is_dir()]

    def get(self, release_id: str) -> Release:
        """The release of that name.

        Raises: NotFound, listing those that exist.
        """
        releases = self.kept()
        for release in releases:
            if release.id == release_id:
                return release
        known = ", ".join(release.id for release in releases) or "none"
        raise NotFound(f"no release {release_id!r}; there are: {known}")

    @contextmanager
    def building(self, wait_s: float = 0) -> Iterator[None]:
        """Hold the build lock, and sweep what a killed build or write left.

        The lock dies with the process, so nothing is to be cleaned by hand.
        Raises: StoreUnavailable if another build or write still runs after `wait_s`, or the
        home cannot be written.
        """
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            lock = (self.home / "build.lock").open("w")
        except OSError as error:
            raise StoreUnavailable(f"{self.home} cannot be written: {error}") from error
        with lock:
            if not disk.lock(lock, wait_s):
                raise StoreUnavailable(f"busy: another build or write is running in {self.home}")
            shutil.rmtree(self._staging, ignore_errors=True)
            for leftover in self.home.glob(f"{CURRENT}.*"):
                leftover.unlink(missing_ok=True)
            self._settle_rollback()
            try:
                yield
            finally:
                # What was not published by now never will be.
                shutil.rmtree(self._staging, ignore_errors=True)

    def next_id(self, now: datetime) -> str:
        """The name of a release made now: after all names given before, whatever the clock says."""
        taken = [release.id for release in self.kept()] + journal.ids(self.home)
        return max(_name(now), *(_after(name) for name in taken), "")

    def stage(self, release_id: str) -> Path:
        """An empty directory to build a release in; inside `building` only."""
        path = self._staging / release_id
        path.mkdir(parents=True)
        return path

    def publish(self, staged: Path, *, synced: bool = False) -> Release:
        """Make a finished directory a release and point at it.

        Everything is on disk before the pointer moves, by the caller's care if `synced`; the
        move is one rename.
        """
        if not synced:
            disk.sync_tree(staged)
        self._releases.mkdir(exist_ok=True)
        path = self._releases / staged.name
        staged.rename(path)
        disk.sync(self._releases)
        release = Release(path)
        self.point_at(release)
        return release

    def point_at(self, release: Release) -> None:
        """Serve a complete release that is none a rollback chose; inside `building` only."""
        self._point_at(release)
        (self.home / PINNED).unlink(missing_ok=True)

    def rollback(self, release_id: str | None = None) -> Release:
        """Serve an older release again: the named one, or the one before the current.

        The writes that it does not hold count as undone, and those that it holds no longer,
        for the builds and writes to come.
        Raises: NotFound if there is none; StoreUnavailable while a build runs, or if the
        home cannot be written.
        """
        target = self.get(release_id) if release_id is not None else self._before_current()
        with self.building():
            # A build that ended just now may have pruned it.
            self.get(target.id)
            try:
                disk.write(self.home / ROLLING_BACK, target.id.encode())
                disk.write(self.home / PINNED, target.id.encode())
                self._point_at(target)
                self._settle_rollback()
            except OSError as error:
                raise StoreUnavailable(f"{self.home} cannot be written: {error}") from error
        return target

    def _settle_rollback(self) -> None:
        """Note which writes a rollback undid, also one that was killed before it could."""
        rolling = self.home / ROLLING_BACK
        if rolling.is_file():
            current = self.current()
            if current is not None and rolling.read_text("utf-8") == current.id:
                journal.undo(self.home, set(journal.ids(self.home)) - current.changes)
            rolling.unlink()

    def pinned(self) -> bool:
        """Whether the current release was chosen by a rollback."""
        current = self.current()
        try:
            return current is not None and (self.home / PINNED).read_text("utf-8") == current.id
        except OSError:
            return False

    def _before_current(self) -> Release:
        current = self.require_current()
        older = [release for release in self.kept() if release.id < current.id]
        if not older:
            raise NotFound(f"no release is older than {current.id}")
        return older[-1]

    def prune(self, keep: int) -> list[str]:
        """Delete all but the `keep` newest builds and writes, never the current; the ids deleted.

        They are counted apart: a few writes must not push out the builds.
        """
        current = self.current()
        kept = self.kept()
        written = {release.id for release in kept if release.written}
        deleted = []
        for ids in ([r.id for r in kept if r.id not in written], sorted(written)):
            for release_id in ids[:-keep]:
                if current is None or release_id != current.id:
                    shutil.rmtree(self._releases / release_id)
                    deleted.append(release_id)
        return deleted

    def _point_at(self, release: Release) -> None:
        fresh = self.home / f"{CURRENT}.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(release.path.relative_to(self.home))
        os.replace(fresh, self.pointer)
        disk.sync(self.home)


def _name(instant: datetime) -> str:
    return f"{instant:%Y%m%dT%H%M%S%f}Z"


def _after(name: str) -> str:
    """The name a microsecond later; "" for a directory that no build named."""
    try:
        return _name(datetime.strptime(name, "%Y%m%dT%H%M%S%fZ") + timedelta(microseconds=1))
    except ValueError:
        return ""

"""Releases: immutable directories, one pointer, swapped atomically.

Layout under ESSGRAPH_HOME:

    releases/<id>/manifest.json   inputs, counts, durations, versions
    releases/<id>/store/          Oxigraph directory, never written again
    releases/<id>/search.sqlite   text index
    releases/<id>/data.nt         the source RDF that was validated
    releases/<id>/report.ttl, report.json, description.ttl
    current -> releases/<id>      the pointer
    pinned                        the release a rollback chose, until the next is published
    staging/                      a build under way; leftovers are swept by the next
    build.lock                    held by the one build that runs

A directory appears under `releases/` only when it is complete and on disk.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from essgraph.errors import NotFound, StoreUnavailable

CURRENT = "current"
PINNED = "pinned"


@dataclass(frozen=True)
class Release:
    """One complete release on disk."""

    path: Path

    @property
    def id(self) -> str:
        """Name of its directory: the instant of the build, so that names sort by time."""
        return self.path.name

    @property
    def store_path(self) -> Path:
        """The Oxigraph directory."""
        return self.path / "store"

    @property
    def index_path(self) -> Path:
        """The text index."""
        return self.path / "search.sqlite"

    @property
    def data_path(self) -> Path:
        """The validated source RDF of all layers, as N-Triples."""
        return self.path / "data.nt"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the release was made from and holds.

        Raises: StoreUnavailable if it cannot be read.
        """
        try:
            content: dict[str, Any] = json.loads((self.path / "manifest.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StoreUnavailable(f"release {self.id}: manifest.json: {error}") from error
        return content


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
    def building(self) -> Iterator[None]:
        """Hold the build lock, and sweep what a killed build left.

        The lock dies with the process, so nothing is to be cleaned by hand.
        Raises: StoreUnavailable if another build runs or the home cannot be written.
        """
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            lock = (self.home / "build.lock").open("w")
        except OSError as error:
            raise StoreUnavailable(f"{self.home} cannot be written: {error}") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StoreUnavailable(f"another build is running in {self.home}") from error
            shutil.rmtree(self._staging, ignore_errors=True)
            for leftover in self.home.glob(f"{CURRENT}.*"):
                leftover.unlink(missing_ok=True)
            try:
                yield
            finally:
                # What was not published by now never will be.
                shutil.rmtree(self._staging, ignore_errors=True)

    def stage(self, release_id: str) -> Path:
        """An empty directory to build a release in; inside `building` only."""
        path = self._staging / release_id
        path.mkdir(parents=True)
        return path

    def publish(self, staged: Path) -> Release:
        """Make a finished directory a release and point at it.

        Everything is on disk before the pointer moves; the move is one rename.
        """
        _sync_tree(staged)
        self._releases.mkdir(exist_ok=True)
        path = self._releases / staged.name
        staged.rename(path)
        _sync(self._releases)
        release = Release(path)
        self._point_at(release)
        (self.home / PINNED).unlink(missing_ok=True)
        return release

    def rollback(self, release_id: str | None = None) -> Release:
        """Serve an older release again: the named one, or the one before the current.

        Raises: NotFound if there is none; StoreUnavailable while a build runs, or if the
        home cannot be written.
        """
        target = self.get(release_id) if release_id is not None else self._before_current()
        with self.building():
            # A build that ended just now may have pruned it.
            self.get(target.id)
            try:
                (self.home / PINNED).write_text(target.id, "utf-8")
                self._point_at(target)
            except OSError as error:
                raise StoreUnavailable(f"{self.home} cannot be written: {error}") from error
        return target

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
        """Delete all but the `keep` newest releases, never the current; the ids deleted."""
        current = self.current()
        deleted = []
        for release in self.kept()[:-keep]:
            if current is None or release.id != current.id:
                shutil.rmtree(release.path)
                deleted.append(release.id)
        return deleted

    def _point_at(self, release: Release) -> None:
        fresh = self.home / f"{CURRENT}.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(release.path.relative_to(self.home))
        os.replace(fresh, self.pointer)
        _sync(self.home)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_tree(root: Path) -> None:
    for folder, _, files in os.walk(root):
        for name in files:
            _sync(Path(folder) / name)
        _sync(Path(folder))

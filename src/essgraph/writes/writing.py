"""Writes, one after the other: worked out, checked, accepted, published."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from essgraph import journal
from essgraph.config import Settings
from essgraph.errors import StoreUnavailable
from essgraph.journal import Entry, Journal, Patch
from essgraph.release import Release
from essgraph.releases import Releases
from essgraph.writes.change import Change, Outcome
from essgraph.writes.checking import check_names
from essgraph.writes.making import Making
from essgraph.writes.patching import State, patches

_log = logging.getLogger(__name__)

_SCRATCH = "scratch"


def write(settings: Settings, change: Change) -> Outcome:
    """Do a change: accepted, in the journal and in the release that is served, or refused.

    Waits for the build or the write before it.
    Raises: StoreUnavailable (busy, no release, no room), QueryError, GraphProtected, NotFound,
    PreconditionFailed, NotConforming (Refused, where shapes are broken).
    """
    releases = Releases(settings.home)
    with releases.building(settings.write_wait_s):
        try:
            recovered = _recover(settings, releases)
            # The write may be one that was accepted while its process was ended.
            found = next((entry for entry in recovered if entry.key == change.key), None)
            if found is not None:
                return outcome(settings, found)
            return _write(settings, releases, change)
        except OSError as error:
            raise StoreUnavailable(f"{settings.home}: {error}") from error


def pending(settings: Settings) -> list[str]:
    """The accepted writes that the release served does not hold and no rollback undid.

    There are some for the moment between acceptance and publication, or where a process died
    in it. Raises: StoreUnavailable.
    """
    current = Releases(settings.home).current()
    if current is None:
        return []  # the first build holds them all
    done = current.changes | journal.undone(settings.home)
    return [name for name in journal.ids(settings.home) if name not in done]


def recover(settings: Settings) -> list[str]:
    """Publish what was accepted and not published: the names of these writes.

    Without any, it takes no lock and changes nothing.
    Raises: StoreUnavailable (busy, no room), Refused where the shapes changed meanwhile.
    """
    if not pending(settings):
        return []
    releases = Releases(settings.home)
    with releases.building(settings.write_wait_s):
        try:
            return [entry.id for entry in _recover(settings, releases)]
        except OSError as error:
            raise StoreUnavailable(f"{settings.home}: {error}") from error


def outcome(settings: Settings, entry: Entry) -> Outcome:
    """What became of an accepted write."""
    current = Releases(settings.home).require_current()
    return _outcome(entry, State(settings, current), current.id)


def _recover(settings: Settings, releases: Releases) -> list[Entry]:
    book = Journal(settings.home, settings.names)
    book.sweep()
    entries = [book.read(name) for name in pending(settings)]
    for entry in entries:
        previous = releases.require_current()
        made = Release(releases.home / "releases" / entry.id)
        if made.path.is_dir() and made.manifest.get("previous") == previous.id:
            # It died between the two renames: only the pointer is missing.
            releases.point_at(made)
        else:
            taken = made.path.is_dir()
            name = releases.next_id(datetime.now(UTC)) if taken else entry.id
            Making(settings, releases, previous, entry).publish(name, accept=None)
        _log.warning("event=recover write=%s", entry.id)
    return entries


def _write(settings: Settings, releases: Releases, change: Change) -> Outcome:
    previous = releases.require_current()
    if "modified" not in previous.manifest:
        raise StoreUnavailable(
            f"release {previous.id} was built by an older essgraph: run `essgraph build` first"
        )
    state = State(settings, previous)
    now = datetime.now(UTC)
    scratch = releases.stage(_SCRATCH) / "store"
    found = patches(change, state, scratch)
    if not found:
        return Outcome(previous.id, changed=False, added=0, removed=0)
    check_names(found)
    entry = Entry(
        id=releases.next_id(now),
        previous=previous.id,
        at=now.isoformat(timespec="seconds"),
        agent=change.agent,
        message=change.message,
        key=change.key,
        patches=tuple(found),
    )
    book = Journal(settings.home, settings.names)
    release = Making(settings, releases, previous, entry).publish(entry.id, accept=book)
    _prune(settings, releases)
    return _outcome(entry, state, release.id)


def _outcome(entry: Entry, before: State, release_id: str) -> Outcome:
    return Outcome(
        release_id,
        changed=True,
        added=sum(len(patch.added) for patch in entry.patches),
        removed=sum(len(patch.removed) for patch in entry.patches),
        created=tuple(p.graph for p in entry.patches if _is_new(p, before)),
    )


def _is_new(patch: Patch, before: State) -> bool:
    """Whether a graph was not there: one without triples does not exist (GSP, 5.1)."""
    return not before.statements(patch.graph)


def _prune(settings: Settings, releases: Releases) -> None:
    try:
        releases.prune(settings.keep_releases)
    except OSError as error:
        _log.warning("event=prune error=%r", str(error))

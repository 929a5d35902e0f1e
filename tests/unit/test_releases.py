"""Releases: complete or absent, one pointer, nothing lost."""

import json
import multiprocessing
from pathlib import Path

import pytest

from essgraph.errors import NotFound, StoreUnavailable
from essgraph.releases import Release, Releases


@pytest.fixture(name="releases")
def _releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "home")


def _publish(releases: Releases, name: str) -> Release:
    with releases.building():
        staged = releases.stage(name)
        (staged / "manifest.json").write_text(json.dumps({"id": name}), "utf-8")
        return releases.publish(staged)


def test_nothing_is_current_before_the_first_build(releases: Releases) -> None:
    """An empty home has no release, and says what to run."""
    assert releases.current() is None
    assert releases.kept() == []
    with pytest.raises(StoreUnavailable, match="essgraph build"):
        releases.require_current()


def test_publishing_moves_the_pointer(releases: Releases) -> None:
    """The release published last is served, the one before is kept."""
    _publish(releases, "a")

    second = _publish(releases, "b")

    assert releases.current() == second
    assert [release.id for release in releases.kept()] == ["a", "b"]
    assert second.manifest == {"id": "b"}


def test_staged_work_is_no_release(releases: Releases) -> None:
    """A build under way is neither listed nor served."""
    with releases.building():
        releases.stage("half")

        assert releases.kept() == []
        assert releases.current() is None


def test_leftovers_of_a_killed_build_are_swept(releases: Releases) -> None:
    """The next build starts clean without anybody cleaning by hand."""
    with releases.building():
        leftover = releases.stage("killed")
    releases.home.joinpath("current.123").symlink_to("nowhere")

    published = _publish(releases, "next")

    assert not leftover.exists()
    assert not releases.home.joinpath("current.123").is_symlink()
    assert releases.current() == published


def test_rollback_goes_back_one_and_forward_by_name(releases: Releases) -> None:
    """Rolling back deletes nothing, so that one can come back."""
    _publish(releases, "a")
    _publish(releases, "b")

    assert releases.rollback().id == "a"
    assert releases.current() == Release(releases.home / "releases" / "a")
    assert releases.rollback("b").id == "b"


def test_a_rollback_is_pinned_until_the_next_release(releases: Releases) -> None:
    """Which of two reasons the pointer is not at the newest can be told."""
    _publish(releases, "a")
    _publish(releases, "b")
    assert not releases.pinned()

    releases.rollback()
    assert releases.pinned()

    _publish(releases, "c")
    assert not releases.pinned()


def test_rollback_waits_for_no_build(releases: Releases) -> None:
    """While a build runs, and may prune, a rollback is refused."""
    _publish(releases, "a")
    _publish(releases, "b")

    with releases.building(), pytest.raises(StoreUnavailable, match="another build"):
        releases.rollback()


def test_rollback_before_the_first_is_refused(releases: Releases) -> None:
    """The oldest release has nothing before it."""
    only = _publish(releases, "a")

    with pytest.raises(NotFound, match="older than a"):
        releases.rollback()

    assert releases.current() == only


def test_rollback_to_an_unknown_release_names_those_there_are(releases: Releases) -> None:
    """The error lists what can be chosen."""
    _publish(releases, "a")

    with pytest.raises(NotFound, match="'z'; there are: a"):
        releases.rollback("z")


def test_pruning_keeps_the_newest_and_the_current(releases: Releases) -> None:
    """A release that is served is never deleted, however old."""
    for name in "abcd":
        _publish(releases, name)
    releases.rollback("a")

    deleted = releases.prune(keep=2)

    assert deleted == ["b"]
    assert [release.id for release in releases.kept()] == ["a", "c", "d"]


def _hold(home: Path, ready: multiprocessing.Event, done: multiprocessing.Event) -> None:  # type: ignore[valid-type]
    with Releases(home).building():
        ready.set()  # type: ignore[attr-defined]
        done.wait(30)  # type: ignore[attr-defined]


def test_two_builds_do_not_run_at_once(releases: Releases) -> None:
    """The second is told so, and leaves the first's work alone."""
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(releases.home, ready, done))
    process.start()
    assert ready.wait(30)
    try:
        with pytest.raises(StoreUnavailable, match="another build"), releases.building():
            pass
    finally:
        done.set()
        process.join()


def test_a_damaged_manifest_is_named(releases: Releases) -> None:
    """An unreadable manifest says which release and why."""
    release = _publish(releases, "a")
    (release.path / "manifest.json").write_text("{", "utf-8")

    with pytest.raises(StoreUnavailable, match=r"release a: manifest\.json"):
        _ = release.manifest

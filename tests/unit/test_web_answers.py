"""Answers kept: at hand, shared between processes, bounded."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from essgraph.web.answers import Answers, Kept, tag_of


def _kept(body: bytes = b"x", etag: str = "r-1") -> Kept:
    return Kept("text/csv", "zstd", "rows=1", 1, etag, body)


def _share(home: Path) -> None:
    answers = Answers(home, 1)
    answers.share("key", _kept(b"from another process"))
    answers.close()


def test_tags_tell_releases_and_every_part() -> None:
    """Another release or part is another tag, wherever the parts are divided."""
    tags = {
        tag_of("r1", "a", "b"),
        tag_of("r2", "a", "b"),
        tag_of("r1", "ab", ""),
        tag_of("r1", "a", ("b",)),
        tag_of("r1", "a", "b", ""),
        tag_of("r1", "b", "a"),
    }

    assert len(tags) == 6
    assert tag_of("r1", "a", "b") in tags


def test_an_answer_is_shared_between_processes(tmp_path: Path) -> None:
    """What one process puts in, another that has the same home finds, whole."""
    ours = Answers(tmp_path, 1)

    other = multiprocessing.get_context("spawn").Process(target=_share, args=(tmp_path,))
    other.start()
    other.join(30)

    assert other.exitcode == 0
    assert ours.shared("key") == _kept(b"from another process")
    assert ours.shared("other key") is None
    ours.close()


def test_two_of_one_home_share_in_one_process(tmp_path: Path) -> None:
    """Two applications of one process may have the same home; either may go first."""
    first, second = Answers(tmp_path, 1), Answers(tmp_path, 1)
    first.share("key", _kept())
    first.close()

    assert second.shared("key") == _kept()
    assert first.shared("key") is None
    second.close()


def test_both_parts_are_bounded(tmp_path: Path) -> None:
    """Ten times what fits leaves the last at hand, and the file no larger than it may be."""
    answers = Answers(tmp_path, 1)
    for number in range(400):
        answers.keep(number, _kept(b"x" * 25_000, str(number)))
        answers.share(str(number), _kept(b"x" * 25_000, str(number)))

    near = [number for number in range(400) if answers.near(number)]
    shared = [number for number in range(400) if answers.shared(str(number))]
    size = sum(path.stat().st_blocks * 512 for path in (tmp_path / "cache").iterdir())

    assert 0 < len(near) < 41
    assert near[-1] == shared[-1] == 399
    assert 0 < len(shared) < 41
    assert size < 1_200_000
    answers.close()


def test_one_answer_does_not_take_the_room_of_all(tmp_path: Path) -> None:
    """An answer larger than a sixteenth of the room is kept nowhere."""
    answers = Answers(tmp_path, 1)

    answers.keep("near", _kept(b"x" * 70_000))
    answers.share("shared", _kept(b"x" * 70_000))

    assert answers.near("near") is None
    assert answers.shared("shared") is None
    answers.close()


def test_without_room_nothing_is_kept(tmp_path: Path) -> None:
    """result_cache_mb = 0 keeps no answer and makes no file."""
    answers = Answers(tmp_path, 0)

    answers.keep("near", _kept())
    answers.share("shared", _kept())

    assert (answers.near("near"), answers.shared("shared")) == (None, None)
    assert list(tmp_path.iterdir()) == []


def test_a_full_cache_goes_on_taking_answers(tmp_path: Path) -> None:
    """Room is made before the map is full, when even making room would need some."""
    answers = Answers(tmp_path, 8)

    for number in range(15_000):
        answers.share(f"key {number}", _kept(b"x" * 2_000))

    assert answers.shared("key 14999") is not None

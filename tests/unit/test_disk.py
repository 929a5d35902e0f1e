"""Files: whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from essgraph import disk


def test_a_file_is_put_in_place_of_another(tmp_path: Path) -> None:
    """With the rights asked for, and nothing beside it."""
    path = tmp_path / "kept"
    path.write_text("before", "utf-8")

    disk.write(path, b"after", mode=0o600)

    assert path.read_bytes() == b"after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is told before the old content is gone."""
    path = tmp_path / "kept"
    path.write_text("before", "utf-8")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        disk.write(path, b"after")

    assert path.read_text("utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    """Another file handle waits, gives up, and has it once the first is closed."""
    path = tmp_path / "lock"
    with path.open("w") as first, path.open("w") as second:
        assert disk.lock(first, 0)

        assert not disk.lock(second, 0.05)
        first.close()
        assert disk.lock(second, 0)


def filled(folder: Path, content: str) -> None:
    """Replace a folder by one with a file of this content."""
    with disk.replaced(folder) as beside:
        (beside / "file").write_text(content, "utf-8")


def test_a_folder_is_put_in_place_of_another(tmp_path: Path) -> None:
    """Nothing is left of the one before, nor of the work, but the lock."""
    folder = tmp_path / "kept"
    filled(folder, "before")

    filled(folder, "after")

    assert (folder / "file").read_text("utf-8") == "after"
    assert {path.name for path in tmp_path.iterdir()} == {"kept", ".kept.lock"}


@pytest.mark.parametrize("failing", [".kept.new", "kept"])
def test_a_folder_that_cannot_be_swapped_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """Whichever of the two renamings fails, the folder has its name and content afterwards."""
    folder = tmp_path / "kept"
    filled(folder, "before")
    rename = Path.rename

    def full(path: Path, target: Path) -> Path:
        if path.name == failing:
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", full)

    with pytest.raises(OSError, match="No space left"):
        filled(folder, "after")

    assert (folder / "file").read_text("utf-8") == "before"
    assert {path.name for path in tmp_path.iterdir()} == {"kept", ".kept.lock"}


def test_a_folder_is_back_after_a_process_was_killed_in_the_swap(tmp_path: Path) -> None:
    """Also when the next one fails before it has anything to put there."""
    folder = tmp_path / "kept"
    filled(folder, "before")
    folder.rename(tmp_path / ".kept.old")

    with pytest.raises(ValueError, match="nothing to put"), disk.replaced(folder):
        raise ValueError("nothing to put")

    assert (folder / "file").read_text("utf-8") == "before"


def test_two_processes_do_not_replace_a_folder_at_once(tmp_path: Path) -> None:
    """The second gives up at once, and the first is not disturbed."""
    folder = tmp_path / "kept"
    with disk.replaced(folder) as beside:
        (beside / "file").write_text("first", "utf-8")

        with pytest.raises(BlockingIOError, match=r"another process is replacing it.*kept"):
            filled(folder, "second")

    assert (folder / "file").read_text("utf-8") == "first"

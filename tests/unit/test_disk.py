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


def test_files_are_joined_in_order(tmp_path: Path) -> None:
    """One after the other."""
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"{name}\n", "utf-8")

    disk.join([tmp_path / "b", tmp_path / "a"], tmp_path / "whole")

    assert (tmp_path / "whole").read_text("utf-8") == "b\na\n"

"""Files that are on disk for sure: written beside, synced, renamed, and the folder synced too.

A file appears under its name complete or not at all, also after a power cut.
Source: rename(2), fsync(2): a new name is only durable once its folder is synced.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import IO

_TURN_S = 0.02


def write(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Put a file on disk in one step, in place of what was there under its name.

    Raises: OSError.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder, and put its name on disk. Raises: OSError."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        sync(path.parent)


def sync(path: Path) -> None:
    """Put a file's content, or a folder's names, on disk. Raises: OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(root: Path) -> None:
    """Put a folder and all below it on disk. Raises: OSError."""
    for folder, _, files in os.walk(root):
        for name in files:
            sync(Path(folder) / name)
        sync(Path(folder))


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """An empty folder to fill, put in place of `folder` at the end; left out if filling it fails.

    Two folders cannot be swapped in one step: what stood there has another name meanwhile, and
    gets its own back when the step fails, or at the next call if the process was killed in it.
    Raises: OSError; BlockingIOError while another process replaces the folder.
    """
    make_folder(folder.parent)
    beside, before = (folder.with_name(f".{folder.name}.{end}") for end in ("new", "old"))
    with folder.with_name(f".{folder.name}.lock").open("w", encoding="utf-8") as turn:
        if not lock(turn, 0):
            raise BlockingIOError(errno.EWOULDBLOCK, "another process is replacing it", str(folder))
        if before.is_dir() and not folder.exists():
            before.rename(folder)
        for rest in (beside, before):
            if rest.is_dir():  # of a process that was killed
                shutil.rmtree(rest)
        beside.mkdir()
        try:
            yield beside
            sync_tree(beside)
            _swap(beside, folder, before)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


def _swap(beside: Path, folder: Path, before: Path) -> None:
    if folder.is_dir():
        folder.rename(before)
    try:
        beside.rename(folder)
    except BaseException:
        if before.is_dir():
            before.rename(folder)
        raise
    sync(folder.parent)


def digest(path: Path) -> str:
    """The SHA-256 of a file of any size. Raises: OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def lock(file: IO[str], wait_s: float) -> bool:
    """Whether the lock of an open file was free before `wait_s` passed; it ends with the process.

    Who waits asks in turns, so as to be able to give up. Raises: OSError.
    """
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_TURN_S)
        else:
            return True

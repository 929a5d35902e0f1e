"""What pages read of a release is read once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from essgraph.web.current import Once


def test_each_thing_is_made_once_however_many_ask() -> None:
    """Threads that ask at the same time get the same one, which one of them has made."""
    once, made, all_here = Once(), [], threading.Barrier(6)

    def make() -> object:
        made.append(object())
        return made[-1]

    def ask() -> object:
        all_here.wait(10)
        return once.get("thing", make)

    with ThreadPoolExecutor(6) as threads:
        found = [task.result() for task in [threads.submit(ask) for _ in range(6)]]

    assert len(made) == 1
    assert set(found) == set(made)


def test_things_do_not_wait_for_each_other() -> None:
    """What is being made may ask for another thing."""
    once = Once()

    assert once.get("outer", lambda: once.get("inner", lambda: 1) + 1) == 2
    assert once.get("inner", lambda: 0) == 1


def test_what_fails_is_tried_again() -> None:
    """A failure is told to who asked, and not kept."""
    once = Once()

    with pytest.raises(ZeroDivisionError):
        once.get("thing", lambda: 1 // 0)

    assert once.get("thing", lambda: 1) == 1

"""The program: `essgraph`, and `python -m essgraph`."""

from __future__ import annotations

import os
import sys

from essgraph import allocator


def run() -> None:
    """Run a command. A server starts over first, once: memory is set up as a program begins."""
    if "serve" in sys.argv[1:] and allocator.tune():
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # no shell
    from essgraph.cli import main  # late, so that it is imported once

    main()


if __name__ == "__main__":
    run()

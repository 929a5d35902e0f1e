"""What the benchmarks share: a clean process for each run, and one JSON line at the end."""

from __future__ import annotations

import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any


def in_process(module: str, *arguments: str) -> dict[str, Any]:
    """Run `python -m module ARGUMENTS` in a fresh process; its last line, read as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of one run, and the process's peak memory in MB."""
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


def line(name: str, **figures: Any) -> None:
    """Print one result: what was measured, of which commit, with which versions."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    found = {
        "name": name,
        **figures,
        "commit": commit.stdout.strip(),
        "versions": {
            "python": platform.python_version(),
            "pyoxigraph": version("pyoxigraph"),
            "shacl": version("shacl"),
        },
        "machine": f"{platform.machine()}, {_cores()} cores",
    }
    sys.stdout.write(json.dumps(found) + "\n")


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0))

"""Start of a server on an existing release, p95 of its pages, and its memory.

Run: python -m tests.benchmarks.pages --home var --repeat 100
Targets: start under 1 s; entity pages under 20 ms at p95; a process under 300 MB.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.benchmarks import measure

PAGES = (
    "/",
    "/page/initiative/microcentrale-cristillan",
    "/page/commune/75056",
    "/page/commune/05065",
    "/page/epci/200067452",
    "/page/departement/05",
    "/page/region/93",
    "/page/country/FR",
    "/page/organisation/enercoop",
    "/page/person/bernard-leterrier",
    "/scheme/legal-form/7210",
    "/list/Territory?page=500",
    "/search?q=saint+remy",
    "/data/commune/75056",
    "/queries/initiatives-of-region",
)


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a server on a free port that answers; it ends with the block."""
    process, address, _ = _serve(home)
    try:
        yield address
    finally:
        process.terminate()
        process.wait()


def _serve(home: Path) -> tuple[subprocess.Popen[str], str, float]:
    """A server on a free port, its address, and the seconds to its first answer."""
    environ = {**os.environ, "ESSGRAPH_HOME": str(home)}
    command = [sys.executable, "-c", "from essgraph.cli import main; main(['serve','--port','0'])"]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    if process.stdout is None:
        raise RuntimeError("the server has no output")
    for said in process.stdout:
        found = re.search(r"http://[^\s/]+", said)
        if found:
            break
    else:
        raise RuntimeError("the server ended without saying its address")
    with httpx.Client(base_url=found[0]) as client:
        while True:
            try:
                if client.get("/readyz").status_code == httpx.codes.OK:
                    break
            except httpx.TransportError:
                continue
    return process, found[0], time.perf_counter() - began


def _memory_mb(parent: int) -> list[int]:
    """Resident memory of the server's processes."""
    listed = subprocess.run(
        ["ps", "-o", "rss=", "--pid", str(parent), "--ppid", str(parent)],
        check=True,
        capture_output=True,
        text=True,
    )
    return [int(line) // 1024 for line in listed.stdout.split()]


def main() -> None:
    """Print one line for the start and the memory, and one a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var"))
    parser.add_argument("--repeat", type=int, default=100)
    chosen = parser.parse_args()
    process, address, start_s = _serve(chosen.home)
    try:
        with httpx.Client(base_url=address, headers={"Accept": "text/html, */*;q=0.1"}) as client:
            for page in PAGES:
                client.get(page).raise_for_status()
                times = []
                for _ in range(chosen.repeat):
                    began = time.perf_counter()
                    client.get(page).raise_for_status()
                    times.append((time.perf_counter() - began) * 1000)
                measure.line(
                    f"page {page}",
                    size=len(client.get(page).content),
                    median_ms=round(statistics.median(times), 1),
                    p95_ms=round(measure.p95(times), 1),
                )
        measure.line("serve", start_s=round(start_s, 2), rss_mb=_memory_mb(process.pid))
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()

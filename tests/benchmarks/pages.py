"""Start of a server on an existing release, p95 of its pages, and its memory.

Run: python -m tests.benchmarks.pages --home var --repeat 100
Targets: start under 1 s; entity pages under 20 ms at p95; a process under 300 MB.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import time
from pathlib import Path

import httpx

from tests.benchmarks import measure, servers

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
    process, address, start_s = servers.start(chosen.home)
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
        servers.end(process)


if __name__ == "__main__":
    main()

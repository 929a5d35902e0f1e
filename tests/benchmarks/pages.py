"""Start of a server on an existing release, p95 of its pages and their CPU time, and its memory.

Run: python -m tests.benchmarks.pages --home var --repeat 100
Targets at p95: entity pages under 20 ms, suggestions under 15 ms, explore and queries under
50 ms, the ontology under 100 ms; start under 1 s; a process under 400 MB.
"""

from __future__ import annotations

import argparse
import os
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
    "/explore",
    "/explore?kind=organisation",
    "/explore?kind=territory&view=map",
    "/explore?kind=initiative&view=table",
    "/explore?kind=initiative&territory=region/93",
    "/explore.geojson?kind=initiative",
    "/suggest?q=s",
    "/suggest?q=saint",
    "/suggest?q=guilestre",
    "/network/commune/05065",
    "/data/region/93.geojson",
    "/map.svg",
    "/map/region/93.svg",
    "/og/commune/05065.png",
    "/ontology",
    "/ontology?term=Initiative",
    "/shape",
    "/schemes",
    "/scheme/sector",
    "/queries",
    "/queries.json",
    "/openapi.json",
    "/sparql/completion.json",
    "/sitemap.xml",
)
OFFICIALS = (
    "/page/organisation/217500016",
    "/page/organisation/217500016/officials?page=3",
    "/page/organisation/210500658",
    "/page/epci/200054781",
    "/page/person/emmanuel-molle-05065",
    "/page/mandate/emmanuel-molle-05065-maire",
    "/scheme/role/conseiller-municipal",
    "/scheme/role/conseiller-municipal?incoming=org:role&page=30",
    "/list/Person?page=9000",
    "/search?q=Guillestre",
    "/search?q=martin",
    "/search?q=m",
    "/search?q=a+b+c+d",
    "/list/Mandate",
    "/search?q=Martin+Jean&kind=person",
    "/search?q=maire+de+guillestre",
    "/explore?kind=person",
    "/explore?kind=person&q=martin",
    "/explore?kind=person&view=table",
    "/explore?kind=person&role=maire&territory=region/93",
    "/suggest?q=m",
    "/suggest?q=martin",
    "/suggest?q=matrin",
    "/suggest?q=maire+de+lyon",
    "/network/commune/75056",
    "/page/initiative/mutuelle-communale-caumont",
    "/scheme/role",
)
"""Of a home built with the layer `officials`."""


def _memory_mb(parent: int) -> list[int]:
    """Resident memory of the server's processes."""
    listed = subprocess.run(
        ["ps", "-o", "rss=", "--pid", str(parent), "--ppid", str(parent)],
        check=True,
        capture_output=True,
        text=True,
    )
    return [int(line) // 1024 for line in listed.stdout.split()]


def _cpu_ms(parent: int) -> float:
    """CPU time spent so far by the server's processes."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--pid", str(parent), "--ppid", str(parent)],
        check=True,
        capture_output=True,
        text=True,
    )
    ticks = 0
    for pid in listed.stdout.split():
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print one line for the start and the memory, and one a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var"))
    parser.add_argument("--repeat", type=int, default=100)
    parser.add_argument("--officials", action="store_true", help="the home has that layer")
    chosen = parser.parse_args()
    process, address, start_s = servers.start(chosen.home)
    try:
        with httpx.Client(base_url=address, headers={"Accept": "text/html, */*;q=0.1"}) as client:
            for page in (*PAGES, *(OFFICIALS if chosen.officials else ())):
                began = time.perf_counter()
                client.get(page).raise_for_status()
                first_ms = (time.perf_counter() - began) * 1000
                times = []
                spent = _cpu_ms(process.pid)
                for _ in range(chosen.repeat):
                    began = time.perf_counter()
                    client.get(page).raise_for_status()
                    times.append((time.perf_counter() - began) * 1000)
                spent = _cpu_ms(process.pid) - spent
                measure.line(
                    f"page {page}",
                    size=len(client.get(page).content),
                    first_ms=round(first_ms, 1),
                    median_ms=round(statistics.median(times), 1),
                    p95_ms=round(measure.p95(times), 1),
                    cpu_ms=round(spent / chosen.repeat, 1),
                )
        measure.line("serve", start_s=round(start_s, 2), rss_mb=_memory_mb(process.pid))
    finally:
        servers.end(process)


if __name__ == "__main__":
    main()

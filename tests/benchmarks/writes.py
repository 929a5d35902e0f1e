"""Small writes to a release, one after the other: how long a client waits, and for what.

Run: python -m tests.benchmarks.writes --home var --repeat 10
Writes to a copy of the home, by hard links. Target: under 1 s each on the national graph.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from essgraph import writes
from essgraph.config import Settings
from essgraph.releases import Releases
from essgraph.writes import Change, Update
from tests.benchmarks import measure

_UPDATE = """
PREFIX ess: <https://w3id.org/essgraph/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
INSERT {{ ?initiative skos:altLabel "Autre nom {number}"@fr }}
WHERE {{ {{ SELECT ?initiative WHERE {{ ?initiative a ess:Initiative }}
  ORDER BY ?initiative LIMIT 1 }} }}
"""


def _copy(home: Path, target: Path) -> None:
    """The current release alone: it is not written again, so its files can be shared."""
    release = Releases(home).require_current()
    copied = target / "releases" / release.id
    shutil.copytree(release.path, copied, copy_function=os.link)
    (target / "current").symlink_to(copied.relative_to(target))


def main() -> None:
    """Print one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var"))
    parser.add_argument("--repeat", type=int, default=10)
    chosen = parser.parse_args()
    # Beside the home, since hard links do not leave a file system.
    with tempfile.TemporaryDirectory(dir=chosen.home.resolve().parent) as folder:
        home = Path(folder)
        _copy(chosen.home, home)
        settings = Settings(home=home)
        waited, spent = [], []
        for number in range(chosen.repeat):
            change = Change(Update(_UPDATE.format(number=number)), "benchmark")
            began, before = time.perf_counter(), _cpu_s()
            writes.submit(settings, change)
            waited.append(time.perf_counter() - began)
            spent.append(_cpu_s() - before)
        manifest = Releases(home).require_current().manifest
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    measure.line(
        "writes",
        size=manifest["triples"],
        repeat=chosen.repeat,
        median_ms=round(statistics.median(waited) * 1000),
        p95_ms=round(measure.p95(waited) * 1000),
        cpu_ms=round(statistics.median(spent) * 1000),
        peak_mb=round(peak),
        phases_s=manifest["durations_s"],
    )


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

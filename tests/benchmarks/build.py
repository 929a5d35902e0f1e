"""A whole build beside a bare bulk load of the same N-Triples, in alternation.

Run: python -m tests.benchmarks.build --repeat 3
Target: ratio of 2 or less.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import measure

_MODULE = "tests.benchmarks.build"


def _whole(home: Path) -> dict[str, Any]:
    from essgraph import build, config, disk
    from essgraph.releases import Releases

    settings = config.load({"ESSGRAPH_HOME": str(home)})
    seconds, peak_mb = measure.timed(lambda: build.build(settings))
    release = Releases(home).require_current()
    phases = release.manifest["durations_s"]
    data = home / "data.nt"
    disk.join(release.sources, data)
    return {"s": seconds, "peak_mb": peak_mb, "phases": phases, "data": str(data)}


def _bare(data: Path, directory: Path) -> dict[str, Any]:
    from pyoxigraph import NamedNode, RdfFormat, Store

    def load() -> None:
        store = Store(str(directory))
        graph = NamedNode("https://w3id.org/essgraph/graph/all")
        store.bulk_load(path=data, format=RdfFormat.N_TRIPLES, to_graph=graph)

    seconds, peak_mb = measure.timed(load)
    return {"s": seconds, "peak_mb": peak_mb}


def _compare(repeat: int) -> None:
    whole, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for turn in range(repeat):
            home, directory = root / f"home{turn}", root / f"bare{turn}"
            built = measure.in_process(_MODULE, "--whole", str(home))
            whole.append(built)
            bare.append(measure.in_process(_MODULE, "--bare", built["data"], str(directory)))
            triples = Path(built["data"]).read_bytes().count(b"\n")
            shutil.rmtree(home)
            shutil.rmtree(directory)
    median = statistics.median(run["s"] for run in whole)
    base = statistics.median(run["s"] for run in bare)
    measure.line(
        "build",
        size=triples,
        repeat=repeat,
        median_s=round(median, 2),
        bare_median_s=round(base, 2),
        ratio=round(median / base, 2),
        peak_mb=round(max(run["peak_mb"] for run in whole)),
        phases_s=whole[-1]["phases"],
    )


def main() -> None:
    """Compare, or (in a child process) run one side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--whole", type=Path)
    parser.add_argument("--bare", type=Path, nargs=2)
    chosen = parser.parse_args()
    if chosen.whole:
        sys.stdout.write(json.dumps(_whole(chosen.whole)) + "\n")
    elif chosen.bare:
        sys.stdout.write(json.dumps(_bare(*chosen.bare)) + "\n")
    else:
        _compare(chosen.repeat)


if __name__ == "__main__":
    main()

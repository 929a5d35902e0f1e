"""A whole build beside a bare bulk load of the same N-Triples, in alternation.

Run: python -m tests.benchmarks.build --repeat 3
     python -m tests.benchmarks.build --repeat 1 --with officials,boundaries --fetched var/fetched
`--again` measures a second build after one line of the collection changed.
Target: ratio of 2 or less, and less than 2,000 MB.
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


def _settings(home: Path, layers: str) -> Any:
    from essgraph import config

    chosen = {"ESSGRAPH_WITH_LAYERS": layers.replace(",", " ")} if layers else {}
    return config.load({"ESSGRAPH_HOME": str(home), **chosen})


def _whole(home: Path, layers: str, edited: Path | None) -> dict[str, Any]:
    from dataclasses import replace

    from essgraph import build
    from essgraph.releases import Releases

    settings = _settings(home, layers)
    if edited:
        settings = replace(settings, data_dir=edited)
    seconds, peak_mb = measure.timed(lambda: build.build(settings))
    release = Releases(home).require_current()
    said = release.manifest
    data = home / "data.nt"
    with data.open("wb") as target:
        for source in release.sources:
            with source.open("rb") as file:
                shutil.copyfileobj(file, target)
    triples = said["triples"] - said["graphs"]["meta"]
    phases = said["durations_s"]
    return {"s": seconds, "peak_mb": peak_mb, "phases": phases, "data": str(data), "size": triples}


def _bare(data: Path, directory: Path) -> dict[str, Any]:
    from pyoxigraph import NamedNode, RdfFormat, Store

    def load() -> None:
        store = Store(str(directory))
        graph = NamedNode("https://w3id.org/essgraph/graph/all")
        store.bulk_load(path=data, format=RdfFormat.N_TRIPLES, to_graph=graph)

    seconds, peak_mb = measure.timed(load)
    return {"s": seconds, "peak_mb": peak_mb}


def _edit(folder: Path) -> Path:
    """A copy of the data with one line more in the collection."""
    edited = folder / "data"
    shutil.copytree(_settings(folder, "").data_dir, edited)
    (edited / "collection" / "benchmark.ttl").write_text(
        '<https://w3id.org/essgraph/id/initiative/banc> <urn:x:note> "un" .\n', "utf-8"
    )
    return edited


def _compare(repeat: int, layers: str, fetched: Path | None, again: bool) -> None:
    whole, bare, second = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for turn in range(repeat):
            home, directory = root / f"home{turn}", root / f"bare{turn}"
            home.mkdir()
            if fetched:
                (home / "fetched").symlink_to(fetched.absolute())
            asked = ("--whole", str(home), "--with", layers)
            built = measure.in_process(_MODULE, *asked)
            whole.append(built)
            bare.append(measure.in_process(_MODULE, "--bare", built["data"], str(directory)))
            if again:
                edited = _edit(root / f"edited{turn}")
                second.append(measure.in_process(_MODULE, *asked, "--edited", str(edited)))
            shutil.rmtree(home)
            shutil.rmtree(directory)
    median = statistics.median(run["s"] for run in whole)
    base = statistics.median(run["s"] for run in bare)
    figures = (
        {"again_median_s": round(statistics.median(r["s"] for r in second), 2)} if again else {}
    )
    measure.line(
        "build",
        size=whole[-1]["size"],
        layers=layers,
        repeat=repeat,
        median_s=round(median, 2),
        bare_median_s=round(base, 2),
        ratio=round(median / base, 2),
        peak_mb=round(max(run["peak_mb"] for run in whole)),
        bare_peak_mb=round(max(run["peak_mb"] for run in bare)),
        phases_s=whole[-1]["phases"],
        **figures,
    )


def main() -> None:
    """Compare, or (in a child process) run one side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--with", dest="layers", default="")
    parser.add_argument("--fetched", type=Path, help="extracts that `essgraph fetch` wrote")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--whole", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--edited", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--bare", type=Path, nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.whole:
        found = _whole(chosen.whole, chosen.layers, chosen.edited)
        sys.stdout.write(json.dumps(found) + "\n")
    elif chosen.bare:
        sys.stdout.write(json.dumps(_bare(*chosen.bare)) + "\n")
    else:
        _compare(chosen.repeat, chosen.layers, chosen.fetched, chosen.again)


if __name__ == "__main__":
    main()

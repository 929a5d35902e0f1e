"""The engines on the same file: triples a second, parse included, and the whole national graph.

Run: python -m tests.benchmarks.validation --data var/current/data --persons 500000
Targets: our engine at 40 times pySHACL's triples a second or more; under 60 s of CPU on the whole.
`--core` leaves the sh:sparql constraints out on both sides.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from tests.benchmarks import measure

_MODULE = "tests.benchmarks.validation"
_GRAPH = "https://w3id.org/essgraph/graph/all"


def _validate(engine_name: str, source: Path, core: bool) -> dict[str, Any]:
    """Parse and validate; a store is loaded only where there are queries to ask it."""
    from pyoxigraph import NamedNode

    from essgraph.config import Settings
    from essgraph.shacl.data import DataGraph
    from essgraph.shacl.engine import engine_named
    from essgraph.shacl.shapes import Shapes, read_shapes
    from essgraph.store.embedded import EmbeddedStore
    from essgraph.vocab import SH

    settings = Settings()
    shapes = read_shapes(settings.shapes_dir, settings.names)
    if core:
        queries = NamedNode(SH + "sparql")
        shapes = Shapes([t for t in shapes.triples if t.predicate != queries])
    found: list[object] = []
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore.open(Path(folder) / "store", read_only=False)
        before = _cpu()

        def loaded() -> EmbeddedStore:
            if not core:
                store.bulk_load(source, NamedNode(_GRAPH), lenient=True)
            return store

        seconds, peak_mb = measure.timed(
            lambda: found.extend(
                engine_named(engine_name).validate(DataGraph(source, loaded), shapes)
            )
        )
        cpu = _cpu() - before
        store.close()
    return {"s": seconds, "cpu_s": cpu, "peak_mb": peak_mb, "results": len(found)}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _compare(data: Path, persons: int, triples: int, core: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        some, whole = Path(folder) / "some.nt", Path(folder) / "whole.nt"
        flag = ["--core"] if core else []
        figures: dict[str, Any] = {}
        if triples:
            with some.open("wb") as out:
                _first(data, triples, out.write)
            for name in ("fast", "pyshacl"):
                figures[name] = measure.in_process(_MODULE, "--one", name, str(some), *flag)
            ratio = figures["pyshacl"]["s"] / figures["fast"]["s"]
            figures |= {"triples": triples, "ratio": round(ratio, 1)}
        if persons:
            figures["whole"] = _whole(data, persons, whole, flag)
    measure.line("validation", core=core, **figures)


def _whole(data: Path, persons: int, target: Path, flag: list[str]) -> dict[str, Any]:
    from essgraph.vocab import Names
    from tests.benchmarks import officials

    amount = officials.write(data / "territories.nt", persons, target, Names())
    with target.open("ab") as out:
        amount += _first(data, sys.maxsize, out.write)
    return measure.in_process(_MODULE, "--one", "fast", str(target), *flag) | {"triples": amount}


def _first(data: Path, most: int, write: Any) -> int:
    """The first so many lines of the layers of a release, the small ones first."""
    done = 0
    for path in sorted(data.glob("*.nt"), key=lambda path: path.stat().st_size):
        with path.open("rb") as lines:
            for line in islice(lines, most - done):
                write(line)
                done += 1
    return done


def main() -> None:
    """Compare, or (in a child process) run one engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var/current/data"))
    parser.add_argument("--persons", type=int, default=0)
    parser.add_argument("--triples", type=int, default=350_000)
    parser.add_argument("--core", action="store_true")
    parser.add_argument("--one", nargs=2)
    chosen = parser.parse_args()
    if chosen.one:
        name, path = chosen.one
        sys.stdout.write(json.dumps(_validate(name, Path(path), chosen.core)) + "\n")
    else:
        _compare(chosen.data, chosen.persons, chosen.triples, chosen.core)


if __name__ == "__main__":
    main()

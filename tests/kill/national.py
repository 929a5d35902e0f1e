"""A national build killed at random moments, then let through: a program, as it takes a while.

Run: python -m tests.kill.national --home /tmp/killed --fetched var/fetched
     --with officials,boundaries --kills 20

The home gets a small release first. After each kill that release answers, or a newer whole one
does, and nothing in `converted/` is half; the last build is not killed and completes.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from essgraph import sources
from essgraph.releases import Release, Releases
from essgraph.store.embedded import EmbeddedStore

_BUILD = [sys.executable, "-m", "essgraph", "build"]


def _checked(home: Path) -> Release:
    """The release that is served, which answers."""
    served = Releases(home).require_current()
    store = EmbeddedStore.open(served.store_path)
    assert store.ask("ASK { ?s ?p ?o }"), served.id
    store.close()
    assert served.manifest["validation"]["violations"] == 0, served.id
    return served


def _kill(home: Path, layers: str, within_s: float, chance: random.Random) -> None:
    environ = {**os.environ, "ESSGRAPH_HOME": str(home)}
    process = subprocess.Popen([*_BUILD, "--with", layers], env=environ)
    after_s = chance.uniform(0.5, within_s)
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        process.kill()
    process.wait()
    served = _checked(home)
    sizes = {path.name: path.stat().st_size for path in sorted((home / "converted").glob("*.nt"))}
    sys.stdout.write(f"killed after {after_s:.1f} s: {served.id} serves; converted: {sizes}\n")


def main() -> None:
    """Kill, look, and complete. Raises: AssertionError for what is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--fetched", type=Path, required=True)
    parser.add_argument("--with", dest="layers", default="officials,boundaries")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--within", type=float, default=120, help="seconds that a build takes")
    chosen = parser.parse_args()
    home: Path = chosen.home
    home.mkdir(parents=True)
    (home / "fetched").symlink_to(chosen.fetched.absolute())
    environ = {**os.environ, "ESSGRAPH_HOME": str(home)}
    subprocess.run(_BUILD, env=environ, check=True)
    chance = random.Random(4)  # noqa: S311 - moments, not secrets
    for _ in range(chosen.kills):
        _kill(home, chosen.layers, chosen.within, chance)
    began = time.perf_counter()
    subprocess.run([*_BUILD, "--with", chosen.layers], env=environ, check=True)
    release = _checked(home)
    for layer in chosen.layers.split(","):
        assert sources.amount(release.layer_path(layer)) == release.manifest["graphs"][layer] > 0
    assert not (home / "staging").exists()
    assert not list((home / "converted").glob("*.part"))
    sys.stdout.write(f"completed in {time.perf_counter() - began:.1f} s: {release.id}\n")


if __name__ == "__main__":
    main()

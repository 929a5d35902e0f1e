"""Queries a second over HTTP: ours beside native Oxigraph, and beside rdflib-endpoint.

Run: python -m tests.benchmarks.sparql --home var --rounds 5 --seconds 2
     --rdflib http://127.0.0.1:8000/ adds a running rdflib-endpoint over the same quads
     --only points,long,repeated,saved
Needs: wrk (see `wrk`); nginx, if it is there, shows what the machine can do at most.
Servers take turns, round by round; a figure is the median of its rounds, with their least and
their greatest. Cold queries differ in a constant each, so that no cache and no wording repeats.
Targets (issue 3): cold points at 0.35 or more of Oxigraph, queries over 5 ms at 0.9 or more,
repeated points at 2 or more, repeated aggregates at 100 or more; 10 times rdflib-endpoint.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import time
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

import httpx

from essgraph.config import Settings
from tests.benchmarks import measure, servers, wrk
from tests.benchmarks.kinds import LONG, POINTS, PREFIXES, Kind

_JSON = "application/sparql-results+json"
_ACCEPT = f"Accept: {_JSON}"
_MOST_PER_S = 45_000
"""More point queries than any server here answers in a second."""
_MOST_LONG_PER_S = 3_000
_LONGER = 4
"""How many times longer the rounds of computed long queries are."""
_SLOW_S = 0.05
"""A single query of rdflib-endpoint that takes longer is measured alone."""


_REPEATED = (POINTS[0], POINTS[3], LONG[0], LONG[2], LONG[3])

Run = Callable[[], float]


def main() -> None:
    """Print one line for each kind of query."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rdflib", default="")
    parser.add_argument("--only", default="points,long,repeated,saved")
    chosen = parser.parse_args()
    wrk.command()
    only = chosen.only.split(",")
    with servers.native(chosen.home / "current" / "store") as (root, native_pid):
        native = f"{root}/query"
        constants = _constants(native)
        with servers.ours(chosen.home) as (address, _):
            compared = _Compared(
                native, f"{address}/sparql", chosen.rounds, chosen.seconds, native_pid
            )
            for kind in POINTS if "points" in only else ():
                compared.cold(kind, constants, 0.35, chosen.rdflib)
            for kind in LONG if "long" in only else ():
                compared.cold(kind, constants, 0.9, chosen.rdflib)
            for kind in _REPEATED if "repeated" in only else ():
                compared.repeated(kind, constants, 2 if kind in POINTS else 100)
        if "saved" in only:
            with servers.ours(chosen.home, result_cache_mb=0) as (address, _):
                _saved(native, f"{address}/sparql", 4 * chosen.rounds)


def _constants(native: str) -> dict[str, list[str]]:
    """Every commune, code, EPCI and département, in an order that favours no cache."""
    text = (
        f"{PREFIXES}SELECT ?commune ?insee ?epci ?departement {{ ?commune a igeo:Commune ; "
        "igeo:codeINSEE ?insee ; igeo:subdivisionDe ?departement "
        "OPTIONAL { ?commune ess:inEpci ?epci } }"
    )
    rows = _ask(native, text)["results"]["bindings"]
    found: dict[str, list[str]] = {}
    for name in ("commune", "insee", "epci", "departement"):
        found[name] = sorted({row[name]["value"] for row in rows if name in row})
        random.Random(3).shuffle(found[name])  # noqa: S311  # an order, no secret
    return found


class _Compared:
    """Native Oxigraph and ours, at the addresses of their endpoints."""

    def __init__(self, native: str, ours: str, rounds: int, seconds: int, native_pid: int) -> None:
        self._native, self._ours = native, ours
        self._rounds, self._seconds, self._native_pid = rounds, seconds, native_pid

    def cold(
        self, kind: Kind, constants: Mapping[str, list[str]], target: float, rdflib: str
    ) -> None:
        """A line for queries that were never asked before."""
        paths = kind.paths(constants)
        first = next(paths)
        one_ms, size = self._same(first)
        most = _MOST_PER_S if kind in POINTS else _MOST_LONG_PER_S
        seconds = self._computed_s(kind)
        batch: list[str] = []

        def native() -> float:
            batch[:] = islice(paths, most * seconds)
            return self._rate(self._native, batch, seconds)

        def ours() -> float:
            return self._rate(self._ours, batch, seconds)

        rates = self._turns({"native": native, "ours": ours})
        figures = _figures(rates)
        if rdflib:
            slow = self._rdflib(rdflib, first, list(islice(paths, 4_000)))
            times = statistics.median(rates["ours"]) / slow
            figures |= {"rdflib_per_s": _round(slow), "rdflib_times": _round(times)}
            figures["rdflib_met"] = times >= 10
        self._line(f"cold: {kind.name}", rates, target, native_ms=one_ms, size=size, **figures)

    def repeated(self, kind: Kind, constants: Mapping[str, list[str]], target: float) -> None:
        """A line for one query asked over and over, and for asking whether it changed."""
        path = next(kind.paths(constants))
        asked = {"Accept": _JSON, "Accept-Encoding": "identity"}  # as wrk asks
        answer = httpx.get(f"{self._ours}?query={path}", headers=asked, timeout=60)
        tag = answer.raise_for_status().headers["ETag"]
        seconds, again = self._seconds, True
        runs: dict[str, Run] = {
            "native": lambda: self._rate(self._native, [path], self._computed_s(kind), again=again),
            "ours": lambda: self._rate(self._ours, [path], seconds, again=again),
            "unchanged": lambda: self._rate(
                self._ours, [path], seconds, f"If-None-Match: {tag}", again=again
            ),
        }
        nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        kept = {n: v for n, v in answer.headers.items() if n not in _OF_THE_SERVER}
        if nginx is None:
            rates = self._turns(runs)
        else:
            with servers.constant(nginx, answer.content, kept) as most:
                runs["nginx"] = lambda: wrk.rate(most, ["/sparql"], seconds, repeated=again)
                runs["nginx_304"] = lambda: wrk.rate(most, ["/unchanged"], seconds, repeated=again)
                rates = self._turns(runs)
        size = len(answer.content)
        self._line(f"repeated: {kind.name}", rates, target, size=size, **_figures(rates))

    def _turns(self, runs: Mapping[str, Run]) -> dict[str, list[float]]:
        rates: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(self._rounds):
            for name, run in runs.items():
                rates[name].append(run())
                servers.settle(self._native_pid)
        return rates

    def _computed_s(self, kind: Kind) -> int:
        return self._seconds if kind in POINTS else _LONGER * self._seconds

    def _rate(
        self, endpoint: str, paths: list[str], seconds: int, *headers: str, again: bool = False
    ) -> float:
        origin, _, name = endpoint.rpartition("/")
        whole = [f"/{name}?query={path}" for path in paths]
        return wrk.rate(origin, whole, seconds, _ACCEPT, *headers, repeated=again)

    def _rdflib(self, endpoint: str, first: str, paths: list[str]) -> float:
        """Answers a second of rdflib-endpoint, which evaluates one query at a time."""
        began = time.perf_counter()
        address = f"{endpoint}?query={first}"
        httpx.get(address, headers={"Accept": _JSON}, timeout=600).raise_for_status()
        took_s = time.perf_counter() - began
        return 1 / took_s if took_s > _SLOW_S else self._rate(endpoint, paths, self._seconds)

    def _same(self, path: str) -> tuple[float, int]:
        """Milliseconds of the native server for a query, and the bytes of the answer.

        Raises: RuntimeError if ours answers otherwise.
        """
        answers = []
        with httpx.Client(headers={"Accept": _JSON}, timeout=60) as client:
            for endpoint in (self._ours, self._native, self._native):
                began = time.perf_counter()
                answer = client.get(f"{endpoint}?query={path}").raise_for_status()
                took_ms = (time.perf_counter() - began) * 1000
                answers.append(sorted(map(str, answer.json()["results"]["bindings"])))
        if answers[0] != answers[1]:
            raise RuntimeError(f"two answers to {path}")
        return _round(took_ms), len(answer.content)

    def _line(
        self, name: str, rates: Mapping[str, list[float]], target: float, **figures: object
    ) -> None:
        ratio = statistics.median(rates["ours"]) / statistics.median(rates["native"])
        met = {"ratio": round(ratio, 2), "target": target, "met": ratio >= target}
        measure.line(name, **met, **figures)


_OF_THE_SERVER = ("content-length", "content-type", "date", "server", "content-encoding")


def _figures(rates: Mapping[str, list[float]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, values in rates.items():
        found[f"{name}_per_s"] = _round(statistics.median(values))
        found[f"{name}_spread"] = [_round(min(values)), _round(max(values))]
    return found


def _saved(native: str, ours: str, repeat: int) -> None:
    """A line for each saved query with its example parameters, and one for all of them."""
    every: list[float] = []
    with httpx.Client(headers={"Accept": f"{_JSON}, text/turtle;q=0.5"}, timeout=60) as client:
        for path in sorted(Settings().queries_dir.glob("*.rq")):
            times: dict[str, list[float]] = {native: [], ours: []}
            for _ in range(repeat):
                for endpoint, found in times.items():
                    began = time.perf_counter()
                    answer = client.post(endpoint, data={"query": path.read_text("utf-8")})
                    found.append((time.perf_counter() - began) * 1000)
                    answer.raise_for_status()
            every += times[ours]
            measure.line(
                f"saved: {path.stem}",
                native_median_ms=_round(statistics.median(times[native])),
                median_ms=_round(statistics.median(times[ours])),
                p95_ms=_round(measure.p95(times[ours])),
            )
    measure.line("saved: all", p95_ms=_round(measure.p95(every)), max_ms=_round(max(every)))


def _ask(endpoint: str, text: str) -> dict[str, dict[str, list[dict[str, dict[str, str]]]]]:
    answer = httpx.get(endpoint, params={"query": text}, headers={"Accept": _JSON}, timeout=60)
    found: dict[str, dict[str, list[dict[str, dict[str, str]]]]] = answer.raise_for_status().json()
    return found


def _round(value: float) -> float:
    return round(value) if value >= 100 else round(value, 2 if value < 10 else 1)


if __name__ == "__main__":
    main()

"""Fifty look-ups a second, alone and beside four runaway cross products.

Run: python -m tests.benchmarks.runaway --home var --seconds 15
     --endpoint http://127.0.0.1:8000/sparql measures another server instead, native Oxigraph say
An open-loop client: a request leaves when its time has come, whether or not those before it have
been answered, and its latency counts from that time, so that waiting counts. Runaways are asked
again as soon as they are ended; all are different queries.
Target (issue 3): the other users' latency is unharmed, and no look-up fails.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

import httpx

from tests.benchmarks import measure, servers

_PER_S = 50
_RUNAWAYS = 4
_PATIENCE_S = 60
_CLASS = "<http://rdf.insee.fr/def/geo#Commune>"
_CROSS = " ".join(f"?{name} a {_CLASS} ." for name in "abc")
_JSON = {"Accept": "application/sparql-results+json"}
_HTML = {"Accept": "text/html"}


@dataclass
class _Seen:
    """Milliseconds of the answers that came, and how often each failure."""

    times_ms: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


def main() -> None:
    """Print a line for each kind of request, without and with the runaways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var"))
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--endpoint", default="")
    chosen = parser.parse_args()
    if chosen.endpoint:
        asyncio.run(_measure(chosen.endpoint, "", chosen.seconds))
        return
    with servers.ours(chosen.home) as (address, _):
        asyncio.run(_measure(f"{address}/sparql", f"{address}/page/commune/", chosen.seconds))


async def _measure(endpoint: str, pages: str, seconds: int) -> None:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    async with httpx.AsyncClient(limits=limits, timeout=_PATIENCE_S) as client:
        communes = await _communes(client, endpoint)
        kinds = {
            "point on the spot": (_queries(endpoint, "?p ?o { <~> ?p ?o }", communes), _JSON),
            "point in the pool": (
                _queries(endpoint, "?e ?p ?o { <~> !a ?e OPTIONAL { ?e ?p ?o } }", communes),
                _JSON,
            ),
        }
        if pages:
            keys = (iri.rpartition("/")[2] for iri in cycle(communes))
            kinds["page"] = ((f"{pages}{key}" for key in keys), _HTML)
        for name, (addresses, headers) in kinds.items():
            await _paced(client, addresses, headers, 2)  # warm
            alone = await _paced(client, addresses, headers, seconds)
            runaways = Counter[str]()
            tasks = [
                asyncio.create_task(_run_away(client, endpoint, n, runaways))
                for n in range(_RUNAWAYS)
            ]
            await asyncio.sleep(1.5)  # they are all under way
            beside = await _paced(client, addresses, headers, seconds)
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            measure.line(
                f"runaways: {name}",
                alone=_figures(alone),
                beside=_figures(beside),
                runaways=dict(runaways),
            )


async def _communes(client: httpx.AsyncClient, endpoint: str) -> list[str]:
    text = f"SELECT ?c {{ ?c a {_CLASS} }}"
    answer = await client.get(endpoint, params={"query": text}, headers=_JSON)
    rows = answer.raise_for_status().json()["results"]["bindings"]
    found = sorted(row["c"]["value"] for row in rows)
    random.Random(3).shuffle(found)  # noqa: S311  # an order, no secret
    return found


def _queries(endpoint: str, pattern: str, communes: list[str]) -> Iterator[str]:
    for iri in cycle(communes):
        yield str(httpx.URL(endpoint, params={"query": f"SELECT {pattern.replace('~', iri)}"}))


async def _paced(
    client: httpx.AsyncClient, addresses: Iterator[str], headers: dict[str, str], seconds: int
) -> _Seen:
    """Ask at fixed times, for some seconds."""
    seen = _Seen()
    began = time.perf_counter()
    asking = []
    for n in range(seconds * _PER_S):
        due = began + n / _PER_S
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asking.append(asyncio.create_task(_one(client, next(addresses), headers, due, seen)))
    await asyncio.gather(*asking)
    return seen


async def _one(
    client: httpx.AsyncClient, address: str, headers: dict[str, str], due: float, seen: _Seen
) -> None:
    try:
        answer = await client.get(address, headers=headers)
    except httpx.HTTPError as error:
        seen.errors[type(error).__name__] += 1
        return
    if answer.is_success:
        seen.times_ms.append((time.perf_counter() - due) * 1000)
    else:
        seen.errors[str(answer.status_code)] += 1


async def _run_away(
    client: httpx.AsyncClient, endpoint: str, number: int, ends: Counter[str]
) -> None:
    """Ask for cross products without end; count how each of them ends."""
    for n in count():
        text = f"SELECT (COUNT(*) AS ?n{number}x{n}) {{ {_CROSS} }}"
        try:
            answer = await client.get(endpoint, params={"query": text}, headers=_JSON)
            ends[str(answer.status_code)] += 1
            await asyncio.sleep(float(answer.headers.get("Retry-After", 0)))
        except httpx.HTTPError as error:
            ends[type(error).__name__] += 1


def _figures(seen: _Seen) -> dict[str, object]:
    times = sorted(seen.times_ms)
    if len(times) < 2:
        return {"answers": len(times), "errors": dict(seen.errors)}
    parts = statistics.quantiles(times, n=100)
    figures = {"p50": parts[49], "p95": parts[94], "p99": parts[98], "max": times[-1]}
    rounded = {f"{name}_ms": round(value, 1) for name, value in figures.items()}
    return {**rounded, "answers": len(times), "errors": dict(seen.errors)}


if __name__ == "__main__":
    main()

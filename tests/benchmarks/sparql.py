"""Queries a second over HTTP, beside native Oxigraph on the same store, with the same client.

Run: python -m tests.benchmarks.sparql --home var --seconds 3
Needs: wrk (Debian package of that name).
Targets (issue 3): points cold at 0.35 or more of Oxigraph, queries over 5 ms at 0.9 or more.
"""

from __future__ import annotations

import argparse
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx

from tests.benchmarks import measure
from tests.benchmarks.pages import served

_JSON = "application/sparql-results+json"
_CLIENTS = 8
_BASE = "https://w3id.org/essgraph/"

QUERIES = {
    "point": f"SELECT ?p ?o WHERE {{ <{_BASE}id/commune/05065> ?p ?o }}",
    "members of an EPCI": (
        f"SELECT ?c ?l WHERE {{ ?c <{_BASE}ontology#inEpci> <{_BASE}id/epci/200067452> ; "
        "<http://www.w3.org/2000/01/rdf-schema#label> ?l }"
    ),
    "communes by département": (
        "SELECT ?d (COUNT(?c) AS ?n) WHERE { ?c a <http://rdf.insee.fr/def/geo#Commune> ; "
        "<http://rdf.insee.fr/def/geo#subdivisionDe> ?d } GROUP BY ?d"
    ),
}


@contextmanager
def _native(store: Path) -> Iterator[str]:
    """PyPI's Oxigraph server on the store of the release."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("oxigraph")), "serve-read-only"]
    command += ["--location", str(store), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/query"
    try:
        while True:
            try:
                httpx.get(address, params={"query": "ASK {}"}).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait()


def _rate(wrk: str, address: str, query: str, seconds: int, *headers: str) -> float:
    """Requests a second; raises RuntimeError if an answer was an error."""
    command = [wrk, "-t1", f"-c{_CLIENTS}", f"-d{seconds}s", "-H", f"Accept: {_JSON}"]
    for header in headers:
        command += ["-H", header]
    said = subprocess.run(
        [*command, f"{address}?query={quote(query)}"], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in said and not headers:
        raise RuntimeError(said)
    found = re.search(r"Requests/sec:\s*([0-9.]+)", said)
    if found is None:
        raise RuntimeError(said)
    return float(found[1])


def main() -> None:
    """Print one line a query: ours, native, ratio; and revalidation, which runs nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var"))
    parser.add_argument("--seconds", type=int, default=3)
    chosen = parser.parse_args()
    wrk = shutil.which("wrk")
    if wrk is None:
        sys.exit("NOT RUN: wrk is missing; it is a Debian package of that name")
    with _native(chosen.home / "current" / "store") as native, served(chosen.home) as ours:
        endpoint = f"{ours}/sparql"
        for name, query in QUERIES.items():
            answer = httpx.get(endpoint, params={"query": query}, headers={"Accept": _JSON})
            tag = answer.raise_for_status().headers["ETag"]
            base = _rate(wrk, native, query, chosen.seconds)
            cold = _rate(wrk, endpoint, query, chosen.seconds)
            again = _rate(wrk, endpoint, query, chosen.seconds, f"If-None-Match: {tag}")
            measure.line(
                f"sparql {name}",
                size=len(answer.content),
                native_per_s=round(base),
                cold_per_s=round(cold),
                cold_ratio=round(cold / base, 2),
                revalidated_per_s=round(again),
                revalidated_ratio=round(again / base, 2),
            )


if __name__ == "__main__":
    main()

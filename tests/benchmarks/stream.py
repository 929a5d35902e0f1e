"""A CSV of over five million rows, read by a quick and a slow client: memory, first byte, MB/s.

Run: python -m tests.benchmarks.stream --home var
The caps are lifted by settings. Memory is what the processes have to themselves plus their share
of what they have in common, summed over the server, its workers and the query processes.
Target (issue 3): no more than 100 MB above idle.
"""

from __future__ import annotations

import argparse
import socket
import threading
import time
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

from tests.benchmarks import measure, servers

_QUERY = "SELECT ?s ?p ?o ?n {{ VALUES ?n {{ {numbers} }} ?s ?p ?o }}"
_TIMES = 6
_EVERY_S = 0.1
_CHUNK = 1 << 18


def main() -> None:
    """Print one line for each client."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var"))
    parser.add_argument("--slow-mb-per-s", type=float, default=40)
    chosen = parser.parse_args()
    settings = {
        "max_result_rows": 0,
        "max_result_bytes": 0,
        "query_timeout_s": 600,
        "query_timeout_max_s": 600,
    }
    for name, mb_per_s in (("quick", 0.0), ("slow", chosen.slow_mb_per_s)):
        with servers.ours(chosen.home, **settings) as (address, pid):
            _read(f"{address}/sparql?query={quote('SELECT * {}')}", 0)
            time.sleep(1)
            watch = _Watch(pid)
            idle = watch.look()
            watch.start()
            found = _read(f"{address}/sparql?query={_text()}", mb_per_s)
            watch.stop()
        above = watch.most_mb - sum(idle.values())
        measure.line(
            f"stream: {name} client",
            above_idle_mb=round(above),
            target_mb=100,
            met=above <= 100,
            idle_mb=_rounded(idle),
            most_mb=_rounded(watch.at_most),
            **found,
        )


def _text() -> str:
    return quote(_QUERY.format(numbers=" ".join(map(str, range(_TIMES)))), safe="")


def _read(address: str, mb_per_s: float) -> dict[str, float]:
    """Read an answer, no faster than that if it is not 0.

    Raises: RuntimeError if the answer is an error, or was cut.
    """
    parts = urlsplit(address)
    client = HTTPConnection(parts.hostname or "", parts.port, timeout=600)
    client.connect()
    if mb_per_s:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _CHUNK)
    began = time.perf_counter()
    client.request("GET", f"{parts.path}?{parts.query}", headers={"Accept": "text/csv"})
    answer = client.getresponse()
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(answer.read().decode())
    lines = size = 0
    first_s = 0.0
    while part := answer.read1(_CHUNK):
        first_s = first_s or time.perf_counter() - began
        lines, size = lines + part.count(b"\n"), size + len(part)
        if mb_per_s:
            time.sleep(max(0.0, began + first_s + size / mb_per_s / 1e6 - time.perf_counter()))
    whole_s = time.perf_counter() - began
    client.close()
    if "Essgraph-Truncated" in answer.headers:
        raise RuntimeError(f"cut: {answer.headers['Essgraph-Truncated']}")
    return {
        "rows": lines - 1,
        "mb": round(size / 1e6, 1),
        "first_byte_s": round(first_s, 2),
        "whole_s": round(whole_s, 2),
        "mb_per_s": round(size / 1e6 / whole_s, 1),
    }


class _Watch:
    """The memory of a process and its descendants, looked at again and again."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.most_mb = 0.0
        self.at_most: dict[str, float] = {}

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._over.set()
        self._thread.join()

    def look(self) -> dict[str, float]:
        """Megabytes of each process, by its place below the server and its number."""
        found: dict[str, float] = {}
        waiting = [(self._root, "server")]
        while waiting:
            pid, name = waiting.pop()
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
                tasks = list(Path(f"/proc/{pid}/task").iterdir())
                kids = {k for task in tasks for k in (task / "children").read_text().split()}
            except OSError:
                continue  # it ended meanwhile
            fields = dict(line.split(":", 1) for line in rollup.splitlines()[1:])
            found[f"{name} {pid}"] = int(fields["Pss"].split()[0]) / 1000
            below = {"server": "worker", "worker": "fork server"}.get(name, "query process")
            waiting += [(int(kid), below) for kid in kids]
        return found

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_S):
            found = self.look()
            if sum(found.values()) > self.most_mb:
                self.most_mb, self.at_most = sum(found.values()), found


def _rounded(found: dict[str, float]) -> dict[str, int]:
    return {name: round(value) for name, value in found.items()}


if __name__ == "__main__":
    main()

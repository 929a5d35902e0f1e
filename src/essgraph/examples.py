"""Living examples: each saved query, run with its examples over a release, and what became of it.

A build does so when all else is done, each query in a process that is ended at a deadline. What
it finds is a file of the release; a release that a write makes keeps that of the one before.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from essgraph.config import Settings
from essgraph.errors import EssgraphError, StoreUnavailable
from essgraph.queries import Expect, SavedQuery
from essgraph.release import Release
from essgraph.store.evaluating import Job
from essgraph.store.pool import QueryPool, Task
from essgraph.store.process import Evaluate

FILE = "examples.json"
"""Where they are filed, in the directory of a release."""

KEPT, BROKEN, FAILED, WITHOUT = "kept", "broken", "failed", "without"
"""As expected; other rows than expected; no answer in time, or none; a layer is not there."""

DEADLINE_S = 10.0
"""How long one query may take."""

_TABLE, _GRAPH = "text/csv", "application/n-triples"


@dataclass(frozen=True)
class Example:
    """What became of one query: its rows, in so many milliseconds, over that release.

    Shape: state is KEPT, BROKEN, FAILED or WITHOUT; rows and ms are None without an answer;
    reason says why there is none.
    """

    name: str
    state: str
    expected: str
    rows: int | None
    ms: float | None
    release: str
    reason: str = ""

    def __str__(self) -> str:
        """A sentence for an operator."""
        if self.state == FAILED:
            return f"query {self.name}: not verified: {self.reason}"
        return f"query {self.name}: {self.rows} rows, {self.expected} expected"


def verify(
    settings: Settings,
    release: Release,
    saved: Iterable[SavedQuery],
    layers: Collection[str],
    kind: Mapping[str, Evaluate],
) -> list[Example]:
    """Run the queries that say what they expect, over a release of these layers.

    Shape: kind: how a process evaluates the job "query".
    Raises: StoreUnavailable.
    """
    asked = [query for query in saved if query.expect is not None]
    if not asked:
        return []
    spool, board = release.path / "spool", release.path / "running"
    for folder in (spool, board):
        folder.mkdir()
    try:
        # A thread of its own: whoever builds may have an event loop that runs.
        with ThreadPoolExecutor(1) as runner:
            found = _verify(settings, release, asked, layers, (spool, board), kind)
            return runner.submit(asyncio.run, found).result()
    finally:
        for folder in (spool, board):
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()


async def _verify(
    settings: Settings,
    release: Release,
    asked: list[SavedQuery],
    layers: Collection[str],
    folders: tuple[Path, Path],
    kind: Mapping[str, Evaluate],
) -> list[Example]:
    optional = {layer for query in asked for layer in query.layers}
    plain = not optional & set(layers)
    pool = QueryPool(
        replace(settings, query_processes=2, store_url=""), kind, _unconnected, *folders
    )
    await pool.start()
    try:
        turn = asyncio.Semaphore(2)

        async def one(query: SavedQuery) -> Example:
            async with turn:
                return await _one(query, pool, release, layers, plain=plain)

        return list(await asyncio.gather(*map(one, asked)))
    finally:
        pool.close()


def _unconnected(_: Settings) -> None:
    """No example sends a request."""


async def _nobody_leaves() -> None:
    """Return never: the build waits for each answer."""
    await asyncio.Event().wait()


async def _one(
    query: SavedQuery, pool: QueryPool, release: Release, layers: Collection[str], *, plain: bool
) -> Example:
    expected = query.expect or Expect(0, exact=False)
    example = Example(query.name, WITHOUT, str(expected), None, None, release.id)
    missing = [layer for layer in query.layers if layer not in layers]
    if missing:
        return replace(example, reason=" ".join(missing))
    job = Job(query.bind(), _TABLE, _GRAPH)
    began = time.perf_counter()
    try:
        answered = await pool.run(
            Task("query", job, DEADLINE_S, query.name, _nobody_leaves), release.store_path
        )
    except EssgraphError as error:
        return replace(example, state=FAILED, reason=str(error))
    answered.file.close()
    ms = round((answered.took_s or time.perf_counter() - began) * 1000, 1)
    state = KEPT if expected.holds(answered.rows, plain=plain) else BROKEN
    return replace(example, state=state, rows=answered.rows, ms=ms)


def write(folder: Path, examples: Iterable[Example]) -> None:
    """File the examples in a release's directory."""
    content = [asdict(example) for example in examples]
    (folder / FILE).write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")


def read(folder: Path) -> dict[str, Example]:
    """The examples of a release by the names of their queries; none for one without the file.

    Raises: StoreUnavailable if they cannot be read.
    """
    try:
        content = json.loads((folder / FILE).read_text("utf-8"))
        return {said["name"]: Example(**said) for said in content}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreUnavailable(f"{folder / FILE}: {error}") from error

"""One line for each query that was evaluated: its hash, time, rows and bytes; never its text.

Lines are written together, at most a second after the queries: a line of its own each costs as
much as a look-up.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

_log = logging.getLogger(__name__)

EVERY_S = 1.0
"""How often a server writes the lines."""

_MOST = 1_000


class QueryLog:
    """The lines not yet written. For one thread at a time.

    Without somebody who calls `flush` every second, `gathers` unset, each line is written at once.
    """

    def __init__(self) -> None:
        self.gathers = False
        self._lines: list[str] = []

    def add(
        self,
        digest: str,
        took_s: float,
        rows: int,
        size: int,
        truncated: str = "",
        failed: str = "",
    ) -> None:
        """Note a query; `failed` is the class of the error that it ended in.

        Units: seconds; rows of a table or triples of a graph; bytes as sent.
        """
        if not _log.isEnabledFor(logging.INFO):
            return
        now = time.time()
        self._lines.append(
            f"query at={now:.3f} hash={digest} ms={took_s * 1000:.1f} rows={rows} bytes={size}"
            + (f" truncated={truncated}" if truncated else "")
            + (f" failed={failed}" if failed else "")
        )
        if not self.gathers or len(self._lines) >= _MOST:
            self.flush()

    def flush(self) -> None:
        """Write the lines."""
        lines, self._lines = self._lines, []
        if lines:
            _log.info("queries=%d until=%s\n%s", len(lines), _now(), "\n".join(lines))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

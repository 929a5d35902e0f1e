"""Load for a server: wrk with prepared requests, each sent once, so that none repeats another.

Needs: wrk (Debian package of that name). One thread, eight connections, as fast as answers come.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

CLIENTS = 8

_SCRIPT = """
local requests, at = {}, 0
function init(args)
  for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary)
  local errors = summary.errors
  print("done", summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout)
end
"""
_DONE = re.compile(r"^done\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", re.MULTILINE)


def command() -> str:
    """The program; the process ends with a message if it is not installed."""
    return shutil.which("wrk") or sys.exit("NOT RUN: wrk is missing; it is a Debian package")


def rate(
    origin: str, paths: Sequence[str], seconds: int, *headers: str, repeated: bool = False
) -> float:
    """Answers a second to these paths, in order.

    Raises: RuntimeError if an answer failed, if none came, or if the paths were not enough for the
    time and `repeated` does not say that they may come again.
    """
    with tempfile.TemporaryDirectory() as folder:
        script, lines = Path(folder, "once.lua"), Path(folder, "paths")
        script.write_text(_SCRIPT, "utf-8")
        lines.write_text("".join(f"{path}\n" for path in paths), "utf-8")
        call = [command(), "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "60s"]
        for header in headers:
            call += ["-H", header]
        call += ["-s", str(script), origin, "--", str(lines)]
        said = subprocess.run(call, check=True, capture_output=True, text=True).stdout
    found = _DONE.search(said)
    if found is None:
        raise RuntimeError(said)
    requests, duration_us, refused, broken = map(int, found.groups())
    if refused or broken:
        raise RuntimeError(
            f"{origin}{paths[0]}: {refused} answers not 2xx or 3xx, {broken} broken off"
        )
    if requests > len(paths) and not repeated:
        raise RuntimeError(f"{origin}: {requests} requests, but {len(paths)} different paths")
    if not requests:
        raise RuntimeError(f"{origin}: no answer in {seconds} s; measure for longer (--seconds)")
    return requests / duration_us * 1e6

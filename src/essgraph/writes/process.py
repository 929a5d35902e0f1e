"""A write in a process of its own, which can be ended at any moment and loses nothing.

An update may run away in time or memory, and cannot be cancelled. Its process has a deadline
and a ceiling of memory; what it had accepted when it was ended is in the journal, and is
published by another process.
"""

from __future__ import annotations

import json
import logging
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from essgraph import errors, journal
from essgraph.config import Settings
from essgraph.errors import EssgraphError, QueryTimeout, StoreUnavailable
from essgraph.journal import Journal
from essgraph.writes.change import Change, Outcome, dump, load
from essgraph.writes.checking import Refusal, Refused
from essgraph.writes.writing import outcome, recover, write

_COMMAND = (sys.executable, "-m", "essgraph.writes")
_RECOVERY_S = 300


def submit(settings: Settings, change: Change, timeout_s: float | None = None) -> Outcome:
    """Do a change (`write`) in a process of its own, ended `timeout_s` after its turn came.

    By default the settings' `write_timeout_s`. A write accepted in time is never reported as
    failed, even if its process was ended before it could tell.
    Raises: as `write`; QueryTimeout; StoreUnavailable for a process that died, by the ceiling
    of memory or otherwise.
    """
    seconds = settings.write_timeout_s if timeout_s is None else timeout_s
    known = journal.ids(settings.home)
    job = {"settings": _plain(settings), "change": dump(change)}
    try:
        return _outcome(_run(job, settings.write_wait_s + seconds))
    except (subprocess.TimeoutExpired, _Died) as error:
        found = Journal(settings.home, settings.names).find(change.key, known)
        if found is None:
            if isinstance(error, _Died):
                raise StoreUnavailable(f"the write was not done: {error}") from error
            raise QueryTimeout(f"the write took more than {seconds:g} s; not done") from error
        return _recovered(settings, found)


def _recovered(settings: Settings, entry_id: str) -> Outcome:
    entry = Journal(settings.home, settings.names).read(entry_id)
    try:
        _run({"settings": _plain(settings), "change": None}, _RECOVERY_S)
    except (subprocess.TimeoutExpired, _Died) as error:
        raise StoreUnavailable(
            f"write {entry_id} is accepted and will be served after the next write or build"
        ) from error
    return outcome(settings, entry)


class _Died(Exception):
    """The process of a write ended without a word."""


_MARGIN_S = 5


def _run(job: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    # Nothing of the client's is in the command line, which everyone on the machine can read.
    done = subprocess.run(  # noqa: S603 - our own module, by this interpreter
        _COMMAND,
        input=json.dumps(job).encode(),
        stdout=subprocess.PIPE,
        timeout=seconds,
        check=False,
    )
    if done.returncode or not done.stdout:
        how = f"exit {done.returncode}"
        if done.returncode < 0:
            name = signal.Signals(-done.returncode).name
            how = f"ended by {name}, as by the ceiling of memory (write_memory_mb)"
        raise _Died(how)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _outcome(answer: Mapping[str, Any]) -> Outcome:
    if "error" not in answer:
        said = dict(answer)
        return Outcome(**{**said, "created": tuple(said["created"])})
    message = answer["message"]
    if answer["error"] == Refused.__name__:
        raise Refused(message, Refusal(**answer["report"]))
    kind = getattr(errors, answer["error"], EssgraphError)
    raise kind(message)


def main() -> None:
    """The process itself: a job on standard input, its outcome on standard output."""
    job = json.load(sys.stdin)
    settings = _settings(job["settings"])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    ceiling = settings.write_memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    # Should the process that waits for this one be gone: its deadline is kept here too.
    signal.alarm(settings.write_wait_s + settings.write_timeout_s + _MARGIN_S)
    try:
        if job["change"] is None:
            recover(settings)
            answer: dict[str, Any] = {"recovered": True}
        else:
            answer = asdict(write(settings, load(job["change"])))
    except EssgraphError as error:
        answer = {"error": _told(error), "message": str(error)}
        if isinstance(error, Refused):
            answer["report"] = asdict(error.report)
    except MemoryError:
        answer = {
            "error": StoreUnavailable.__name__,
            "message": f"the write took more than {settings.write_memory_mb} MB; not done",
        }
    # In one piece: half an answer would be none.
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()


def _told(error: EssgraphError) -> str:
    """The class that the other side knows it by: our own subclasses are told by their parent."""
    names = (kind.__name__ for kind in type(error).__mro__)
    return next(name for name in names if name == Refused.__name__ or hasattr(errors, name))


def _plain(settings: Settings) -> dict[str, Any]:
    return {
        field.name: str(value) if isinstance(value, Path) else value
        for field in fields(Settings)
        for value in (getattr(settings, field.name),)
    }


def _settings(said: Mapping[str, Any]) -> Settings:
    kinds = {field.name: field.type for field in fields(Settings)}
    given: dict[str, Any] = dict(said)
    for name, value in said.items():
        if kinds[name] == "Path":
            given[name] = Path(value)
        elif isinstance(value, list):
            given[name] = tuple(value)
    return Settings(**given)

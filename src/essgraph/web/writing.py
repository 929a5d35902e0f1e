"""A write asked for over HTTP: by whom, on what condition, and what became of it.

It is answered once the release that holds it is served.
Source: SPARQL 1.1 Protocol, 2.2 (W3C Recommendation, 21 March 2013); RFC 9110, 13.1.1 and 13.1.2.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from flask import Response, jsonify, request, url_for

from essgraph.errors import GraphProtected, PreconditionFailed, QueryError, StoreUnavailable
from essgraph.web import bearer
from essgraph.web.context import context, opened, settings
from essgraph.web.operation import Operation
from essgraph.writes import Action, Change, Delete, Outcome, Update

RELEASE = "Essgraph-Release"
"""Header of the answer to a write: the release that holds it, which If-Match may name."""

MAX_MESSAGE = 500
"""Characters of what a write is said to be for."""

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_log = logging.getLogger(__name__)


def update(asked: Operation) -> Response:
    """Do a SPARQL Update.

    Raises: TokenRefused, NotAllowed; QueryError, GraphProtected, PreconditionFailed, Refused,
    StoreUnavailable, QueryTimeout.
    """
    token = bearer.writer()
    action = Update(asked.update or "", asked.default_graphs, asked.named_graphs)
    if request.if_none_match.star_tag:
        raise PreconditionFailed("If-None-Match: *: this address is there")
    return answer(do(action, token.name, if_releases=_releases()))


def do(
    action: Action,
    agent: str,
    if_releases: tuple[str, ...] | None = None,
    if_absent: bool = False,
) -> Outcome:
    """What became of a write, accepted and served. Raises: as `update`, and NotFound."""
    if settings().store_url:
        raise GraphProtected("another engine answers here (store_url): write to that one")
    change = Change(action, agent, _message(), if_releases, if_absent)
    started = time.perf_counter()
    with _turn():
        outcome = context().write(settings(), change)
    _log.info(
        "event=accepted kind=%s hash=%s agent=%r release=%s added=%d removed=%d ms=%.0f",
        type(action).__name__.lower(),
        _hash(action),
        agent,
        outcome.release_id,
        outcome.added,
        outcome.removed,
        (time.perf_counter() - started) * 1000,
    )
    return outcome


def answer(outcome: Outcome, status: int = 200) -> Response:
    """What the client of an accepted write is told."""
    release = outcome.release_id
    told: dict[str, object] = {
        "release": release,
        "changed": outcome.changed,
        "added": outcome.added,
        "removed": outcome.removed,
    }
    if outcome.changed:
        told["change"] = url_for("changes.change", change_id=release, lang=None)
    response = jsonify(told)
    response.status_code = status
    response.headers[RELEASE] = release
    response.cache_control.no_store = True
    return response


def _releases() -> tuple[str, ...] | None:
    """The releases of which one has to be the current one for an update (If-Match).

    Raises: PreconditionFailed where no strong tag names one.
    """
    if "If-Match" not in request.headers:
        return None
    if request.if_match.star_tag:
        return ()
    found = tuple(tag.rpartition("-")[0] or tag for tag in sorted(request.if_match.as_set()))
    if not found:
        raise PreconditionFailed(
            f"If-Match has no strong tag; the release is {opened().release.id}"
        )
    return found


def _message() -> str:
    """What the write is for, by the parameter `message` of the address or the form.

    Raises: QueryError if it is repeated, too long, or has control characters.
    """
    said = request.values.getlist("message")
    if len(said) > 1:
        raise QueryError(f"the parameter `message` is given {len(said)} times")
    message = said[0].strip() if said else ""
    if len(message) > MAX_MESSAGE:
        raise QueryError(f"message has {len(message)} characters; {MAX_MESSAGE} may be")
    if _UNPRINTABLE.search(message):
        raise QueryError("message has control characters")
    return message


@contextmanager
def _turn() -> Iterator[None]:
    """A place among the writes that run and wait in this process."""
    places = context().writes
    if not places.acquire(blocking=False):
        raise StoreUnavailable("busy: as many writes wait as may; try again soon")
    try:
        yield
    finally:
        places.release()


def _hash(action: Action) -> str:
    """What tells a write from another in the log; never its text."""
    if isinstance(action, Delete):
        sent = action.graph.encode()
    else:
        sent = action.text.encode() if isinstance(action, Update) else action.document
    return blake2b(sent, digest_size=8).hexdigest()

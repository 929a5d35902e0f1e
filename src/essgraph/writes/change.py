"""What a client asks to be changed, in a form that crosses a process boundary."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias
from uuid import uuid4


@dataclass(frozen=True)
class Update:
    """A SPARQL Update; `using` and `using_named` are the protocol's using-graph-uri."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Put:
    """A graph's whole content, in place of what it holds; `media_type` is that of RDF."""

    graph: str
    document: bytes
    media_type: str


@dataclass(frozen=True)
class Post:
    """Triples to add to a graph; `media_type` is that of RDF."""

    graph: str
    document: bytes
    media_type: str


@dataclass(frozen=True)
class Delete:
    """A graph to empty."""

    graph: str


Action: TypeAlias = Update | Put | Post | Delete
_ACTIONS: dict[str, type[Update] | type[Put] | type[Post] | type[Delete]] = {
    kind.__name__: kind for kind in (Update, Put, Post, Delete)
}


@dataclass(frozen=True)
class Change:
    """An action, who asks for it and why, and what must be so for it to be done.

    `agent` is the name of a token. `if_releases` are releases of which one has the graph as
    the client knows it (If-Match; none: any, but there must be one); `if_absent` asks that
    the graph be not there (If-None-Match: *). `key` finds the write again in the journal.
    """

    action: Action
    agent: str
    message: str = ""
    if_releases: tuple[str, ...] | None = None
    if_absent: bool = False
    key: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True)
class Outcome:
    """What became of an accepted change.

    `release_id` is the one that holds it, `changed` whether anything had to change: if not,
    it is the release that was there. `created` are graphs that were not there before.
    """

    release_id: str
    changed: bool
    added: int
    removed: int
    created: tuple[str, ...] = ()


def dump(change: Change) -> dict[str, Any]:
    """A change as JSON has it."""
    action = asdict(change.action)
    if "document" in action:
        action["document"] = base64.b64encode(action["document"]).decode()
    return {**asdict(change), "action": {"kind": type(change.action).__name__, **action}}


def load(content: Mapping[str, Any]) -> Change:
    """The change that `dump` wrote, read back from JSON."""
    fields = dict(content)
    action = dict(fields.pop("action"))
    kind = _ACTIONS[action.pop("kind")]
    if "document" in action:
        action["document"] = base64.b64decode(action["document"])
    releases = fields.pop("if_releases")
    return Change(
        action=kind(**_tupled(action)),
        if_releases=None if releases is None else tuple(releases),
        **fields,
    )


def _tupled(action: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in action.items()}

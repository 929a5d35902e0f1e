"""Answers that a client or a proxy may keep: entity tags, and 304 without running anything.

A release never changes, so its name and what was asked of it tell an answer.
A graph's tag names the release that changed it last, so it outlives writes to other graphs.
Source: RFC 9110, 8.8.3 and 13.1; RFC 9111, 5.2.2.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from pathlib import Path

from flask import Response, request
from pyoxigraph import NamedNode

from essgraph.errors import PreconditionFailed
from essgraph.web import negotiate
from essgraph.web.answers import tag_of
from essgraph.web.context import context, opened, settings

_PACKAGE = Path(__file__).parent
_NAME = re.compile(r"[\w-]+")
_MEDIA_TYPES = tuple(name for offer in negotiate.GRAPHS for name in offer.media_types)


def tag(*parts: str | tuple[str, ...]) -> str | None:
    """The entity tag of what these parts ask of the current release, without its quotes.

    It is another once the server looks different: after an upgrade no browser keeps an old page,
    whose styles and scripts are gone.
    None where another engine answers (`store_url`): its graph may change under the release.
    Raises: StoreUnavailable, ConfigError.
    """
    return None if settings().store_url else tag_of(opened().release.id, *parts, _look())


def _look() -> str:
    """What makes pages look as they do: the files of the package, and the settings they show."""
    files = sorted(context().assets.items())
    return repr((files, _written(), settings().page_size, settings().map_tiles))


@cache
def _written() -> str:
    """The digest of the templates and of the translations."""
    digest = blake2b(digest_size=12)
    for folder in ("templates", "translations"):
        for path in sorted((_PACKAGE / folder).rglob("*.*")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def graph_tag(graph: NamedNode, media_type: str, since: str | None = None) -> str | None:
    """The entity tag of a graph in a format, without its quotes; None as for `tag`.

    `since` is the release that changed it last, if the request has just made it.
    """
    if settings().store_url:
        return None
    if since is None:
        release = opened().release
        since = release.manifest.get("modified", {}).get(graph.value, release.id)
    return _tag(str(since), graph, media_type)


def expected(graph: NamedNode) -> tuple[str, ...] | None:
    """The releases of which one has to have a graph as it is now, by If-Match; () is any.

    A tag is that of a representation, or a release itself; weak ones do not count.
    Raises: PreconditionFailed where no tag is one of this graph.
    """
    if "If-Match" not in request.headers:
        return None
    if request.if_match.star_tag:
        return ()
    found = []
    for said in sorted({_bare(written) for written in request.if_match.as_set()}):
        release, dash, _ = said.rpartition("-")
        ours = any(said == _tag(release, graph, media_type) for media_type in _MEDIA_TYPES)
        named = release if ours else said
        if (ours or not dash) and _NAME.fullmatch(named):
            found.append(named)
    if not found:
        raise PreconditionFailed(f"If-Match has no strong entity tag of <{graph.value}>")
    return tuple(found)


def expected_absent(graph: NamedNode) -> bool:
    """Whether a graph must not be there, by `If-None-Match: *`.

    Raises: PreconditionFailed where If-None-Match has the tag of the graph as it is.
    """
    none = request.if_none_match
    if not none.star_tag and none:
        now = (graph_tag(graph, media_type) for media_type in _MEDIA_TYPES)
        if {_bare(said) for said in none.as_set(include_weak=True)} & set(now):
            raise PreconditionFailed(f"<{graph.value}> is what If-None-Match says")
    return bool(none.star_tag)


def _bare(said: str) -> str:
    """A tag without the content coding that compression adds to a strong one."""
    return said.partition(":")[0]


def _tag(release: str, graph: NamedNode, media_type: str) -> str:
    return tag_of(release, "graph", graph.value, media_type)


def unchanged(etag: str | None, *, weak: bool = True) -> Response | None:
    """A 304, if the client has the answer of that tag already.

    `If-None-Match: *` names no answer and is not heeded: whether there is one is not known yet.
    """
    if etag is None or request.if_none_match.star_tag:
        return None
    held = request.if_none_match.as_set(include_weak=True)
    said = next((said for said in sorted(held) if _bare(said) == etag), None)
    if said is None:
        return None
    response = Response(status=304)
    del response.headers["Content-Type"]
    return keep(response, said, weak=weak)


def keep(response: Response, etag: str | None, *, weak: bool = True) -> Response:
    """The answer, to be kept by whoever asks again each time whether it still holds.

    `weak` is false for what is the same to the byte each time, which a write may rest on.
    """
    if etag is not None:
        response.set_etag(etag, weak=weak)
        response.cache_control.public = True
        response.cache_control.no_cache = True
    response.vary.add("Accept")
    return response

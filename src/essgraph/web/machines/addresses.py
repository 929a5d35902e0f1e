"""The address of a page for others: whole, without what does not choose its content."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import request

from essgraph.vocab import LANGUAGES

_CHOOSING = ("page", "term", "property", "incoming", "rule", "entity")
"""Arguments that make another page of an address; the others sort, filter or track."""

_UNLISTED = frozenset(
    ("browse.search", "entity.incoming", "entity.officials", "validation.report", "changes.change")
)
"""Pages that repeat what others tell: found by people, not listed by search engines."""

_LISTED_BARE = frozenset(("sparql.endpoint", "explore.explore", "saved.page"))
"""Pages listed as they first open, not with what somebody asked there."""


def own() -> str:
    """The address of this page that all ways to it lead to, in no language."""
    chosen = [] if is_bare() else _chosen()
    return _whole(chosen)


def in_language(language: str) -> str:
    """The same page in a language."""
    chosen = [] if is_bare() else _chosen()
    return _whole([*chosen, ("lang", language)])


def canonical() -> str:
    """The address to list this page under: a language that was asked for is part of it."""
    asked = request.args.get("lang")
    return in_language(asked) if asked in LANGUAGES else own()


def is_listed() -> bool:
    """Whether search engines should list this page."""
    endpoint = str(request.endpoint)
    if endpoint in _UNLISTED or request.method not in ("GET", "HEAD"):
        return False
    extra = set(request.args) - {"lang", *_CHOOSING}
    return not (is_bare() and extra) and "release" not in request.args


def is_bare() -> bool:
    """Whether no argument belongs to the address of this page."""
    return str(request.endpoint) in _LISTED_BARE


def absolute(path: str) -> str:
    """An address on this server, whole."""
    return request.url_root.rstrip("/") + path


def _chosen() -> list[tuple[str, str]]:
    return [(name, request.args[name]) for name in _CHOOSING if name in request.args]


def _whole(arguments: list[tuple[str, str]]) -> str:
    path = absolute(quote(request.path))
    return f"{path}?{urlencode(arguments)}" if arguments else path

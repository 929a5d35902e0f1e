"""Static files, with a hash of their content in their address: cached for ever."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory, url_for

from essgraph.web.context import context

bp = Blueprint("assets", __name__)

FOLDER = Path(__file__).parent / "static"
_YEAR_S = 31_536_000


def fingerprints() -> dict[str, str]:
    """File name -> first 12 hex digits of the SHA-256 of its content."""
    return {
        path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in sorted(FOLDER.iterdir())
    }


def asset(name: str) -> str:
    """The address of a static file."""
    return url_for("assets.file", fingerprint=context().assets[name], name=name)


@bp.get("/static/<fingerprint>/<name>")
def file(fingerprint: str, name: str) -> Response:
    """One static file; an address with an old hash names nothing."""
    if context().assets.get(name) != fingerprint:
        abort(404)
    response = send_from_directory(FOLDER, name, max_age=_YEAR_S)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


@bp.get("/favicon.ico")
def favicon() -> Response:
    """The mark, where browsers look for it without being told."""
    response = send_from_directory(FOLDER, "mark.svg", max_age=86_400)
    response.cache_control.public = True
    return response

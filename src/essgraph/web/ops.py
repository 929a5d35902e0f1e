"""Is the process up, and can it answer: for whatever watches the server."""

from __future__ import annotations

from flask import Blueprint, Response

from essgraph.web.context import opened

bp = Blueprint("ops", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """200 while the process answers at all."""
    return _plain("ok\n")


@bp.get("/readyz")
def readyz() -> Response:
    """200 and the release's name once one is open; 503 before the first build."""
    return _plain(f"ready release={opened().release.id}\n")


def _plain(text: str) -> Response:
    response = Response(text, mimetype="text/plain")
    response.cache_control.no_store = True
    return response

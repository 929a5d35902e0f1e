"""For whoever runs the server: is it up, can it answer, what does it work on."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from essgraph.store import running
from essgraph.web import bearer
from essgraph.web.context import opened, settings

bp = Blueprint("ops", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """200 while the process answers at all."""
    return _plain("ok\n")


@bp.get("/readyz")
def readyz() -> Response:
    """200 and the release's name once one is open; 503 before the first build."""
    return _plain(f"ready release={opened().release.id}\n")


@bp.get("/sparql/running")
def under_way() -> Response:
    """The queries that run, in all processes: hash, seconds, memory. For the operator's token."""
    bearer.writer()
    found = [asdict(one) for one in running.read(settings().home / running.FOLDER)]
    return _unkept(jsonify(found))


@bp.delete("/sparql/running/<int:pid>")
def cancel(pid: int) -> Response:
    """End a query; its client is told 503. For the operator's token."""
    bearer.writer()
    return _unkept(jsonify(asdict(running.cancel(settings().home / running.FOLDER, pid))))


def _unkept(response: Response) -> Response:
    response.cache_control.no_store = True
    return response


def _plain(text: str) -> Response:
    return _unkept(Response(text, mimetype="text/plain"))

"""Static files, with a hash of their content in their address: cached for ever.

The scripts are a folder that `make frontend` builds. Its files name each other, so that they
share one hash; they come compressed already, each with its `.br` and `.gz` beside it.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_from_directory, url_for

from essgraph.web.context import context

bp = Blueprint("assets", __name__)

FOLDER = Path(__file__).parent / "static"
BUILT = "built"
_YEAR_S = 31_536_000
_CODINGS = {"br": ".br", "gzip": ".gz"}


def fingerprints(folder: Path = FOLDER) -> dict[str, str]:
    """File name -> first 12 hex digits of the SHA-256 of its content.

    Those that `make frontend` built, if it did, have that of all of them together.
    """
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    found = {path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in files}
    if (folder / BUILT).is_dir():
        built = [path for path in sorted((folder / BUILT).iterdir()) if not _compressed(path)]
        whole = sha256(b"".join(path.name.encode() + path.read_bytes() for path in built))
        found |= {f"{BUILT}/{path.name}": whole.hexdigest()[:12] for path in built}
    return found


def asset(name: str) -> str:
    """The address of a static file."""
    return url_for("assets.file", fingerprint=context().assets[name], name=name)


def script(page: str) -> str:
    """The address of a page's script, the folder of that name in `frontend/`; "" if not built."""
    return _built(f"{page}.js")


def style(page: str) -> str:
    """The address of the style that comes with a page's script, or alone; "" if not built."""
    return _built(f"{page}.css")


def fonts() -> list[str]:
    """The addresses of the fonts that every page needs, to ask for them at once."""
    head = f"{BUILT}/"
    return [asset(name) for name in context().assets if name.startswith(head) and _is_font(name)]


def _built(name: str) -> str:
    name = f"{BUILT}/{name}"
    return asset(name) if name in context().assets else ""


@bp.get("/static/<fingerprint>/<path:name>")
def file(fingerprint: str, name: str) -> Response:
    """One static file; an address with an old hash names nothing."""
    if context().assets.get(name) != fingerprint:
        abort(404)
    coding = _coding(name)
    response = send_from_directory(FOLDER, name + _CODINGS.get(coding, ""), max_age=_YEAR_S)
    if name.startswith(f"{BUILT}/"):
        response.vary.add("Accept-Encoding")
    if _is_font(name):
        response.mimetype = "font/woff2"  # which not every system's table of types has
    if coding:
        response.content_encoding = coding
        response.mimetype = "text/css" if name.endswith(".css") else "text/javascript"
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


@bp.get("/favicon.ico")
def favicon() -> Response:
    """The mark, where browsers look for it without being told."""
    response = send_from_directory(FOLDER, "mark.svg", max_age=86_400)
    response.cache_control.public = True
    return response


def _is_font(name: str) -> bool:
    return name.endswith(".woff2")


def _compressed(path: Path) -> bool:
    return path.suffix in _CODINGS.values()


def _coding(name: str) -> str:
    """The best coding that the client takes and the file has; "" for none."""
    taken = request.accept_encodings
    for coding, suffix in _CODINGS.items():
        if taken.quality(coding) > 0 and (FOLDER / f"{name}{suffix}").is_file():
            return coding
    return ""

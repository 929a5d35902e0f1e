"""Errors as answers: RFC 9457 problem details, or a page for browsers; never a traceback."""

from __future__ import annotations

import json
import logging
import traceback

from flask import Flask, Response, render_template, request
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from essgraph.errors import EssgraphError
from essgraph.web import negotiate

_log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Make every error of this application an answer."""
    app.register_error_handler(EssgraphError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _let_go(error: BaseException) -> None:
    """Empty the frames that an error went through.

    One may hold an answer of the engine, which must end in the thread that asked for it; the
    traceback would keep it until some other thread collects it.
    """
    links: BaseException | None = error
    while links is not None:
        traceback.clear_frames(links.__traceback__)
        links = links.__cause__ or links.__context__


def _ours(error: EssgraphError) -> Response:
    _let_go(error)
    if error.status >= 500:
        _log.error("error status=%d type=%s detail=%s", error.status, type(error).__name__, error)
    # A bug of ours says nothing of its inside to a client.
    detail = str(error) if error.status != 500 else ""
    response = _answer(error.status, error.title, detail)
    if error.status == 503:
        response.headers["Retry-After"] = "10"
    return response


def _http(error: HTTPException) -> BaseResponse:
    _let_go(error)
    status = error.code or 500
    if error.response is not None or status < 400:  # redirects of the router
        return error.get_response()
    response = _answer(status, error.name, error.description or "")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    _log.error("error status=500 path=%r", request.path, exc_info=error)
    _let_go(error)
    return _answer(500, EssgraphError.title, "")


def _answer(status: int, title: str, detail: str) -> Response:
    if negotiate.wants_html(request):
        body = render_template(
            "error.html", status=status, title=_titles().get(status, title), detail=detail
        )
        response = Response(body, status, mimetype="text/html")
    else:
        problem = {"type": "about:blank", "title": title, "status": status}
        if detail:
            problem["detail"] = detail
        response = Response(
            json.dumps(problem, ensure_ascii=False) + "\n",
            status,
            mimetype="application/problem+json",
        )
    response.vary.add("Accept")
    response.cache_control.no_store = True
    return response


def _titles() -> dict[int, str]:
    return {
        400: gettext("This request cannot be read"),
        403: gettext("This is refused here"),
        404: gettext("Nothing is known under this address"),
        405: gettext("This address does not do that"),
        406: gettext("This format is not offered"),
        413: gettext("This request is too large"),
        415: gettext("This kind of content is not read here"),
        500: gettext("Something went wrong here"),
        502: gettext("A source is not usable"),
        503: gettext("Not available at the moment"),
        504: gettext("This took too long"),
    }

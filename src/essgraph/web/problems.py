"""Errors as answers: RFC 9457 problem details, or a page for browsers; never a traceback."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, render_template, request
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from essgraph.errors import (
    EssgraphError,
    QueryCancelled,
    QueryTimeout,
    ReleaseGone,
    TooManyQueries,
)
from essgraph.web import negotiate, permalink, saying, text
from essgraph.writes import Refused

MEDIA_TYPE = "application/problem+json"

_HEADERS = {
    401: (("WWW-Authenticate", 'Bearer realm="essgraph"'),),
    503: (("Retry-After", "10"),),
}
_REPORTS = (
    negotiate.Format("problem", MEDIA_TYPE, negotiate.PLAIN_JSON.media_types),
    negotiate.TURTLE,
)
_EXPECTED = (QueryTimeout, TooManyQueries, QueryCancelled)
"""Of 500 and more, what a server that works tells its visitors."""

_log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Make every error of this application an answer."""
    app.register_error_handler(EssgraphError, _ours)
    app.register_error_handler(Refused, _refused)
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
    return _answer(document(error), saying.in_words(error) if error.status != 500 else None)


def _refused(error: Refused) -> Response:
    """Why a write would break a shape: what blocks it, or the whole report as Turtle."""
    try:
        chosen, media_type = negotiate.pick(request.headers.get("Accept", ""), _REPORTS)
    except HTTPException:  # the client likes neither, and has to be told nevertheless
        return _ours(error)
    if chosen is not negotiate.TURTLE:
        return _ours(error)
    _let_go(error)
    response = negotiate.respond(error.report.turtle, media_type)
    response.status_code = error.status
    return _unkept(response)


def _http(error: HTTPException) -> BaseResponse:
    _let_go(error)
    if error.response is not None or (error.code or 500) < 400:  # redirects of the router
        return error.get_response()
    # What the library says of a status, the title of the page says too.
    told = "" if error.description == type(error).description else error.description or ""
    return _answer(document(error), saying.translated(told), told)


def _unexpected(error: Exception) -> Response:
    _log.error("error status=500 path=%r", request.path, exc_info=error)
    _let_go(error)
    return _answer(document(EssgraphError()))


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is told to programs, in English: RFC 9457, 3.1 and 3.2, and the headers that
    go with it.
    """

    status: int
    title: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()
    members: Mapping[str, Any] = field(default_factory=dict)

    def json(self) -> bytes:
        """The problem document."""
        members = {"type": "about:blank", "title": self.title, "status": self.status}
        if self.detail:
            members["detail"] = self.detail
        members |= self.members
        return json.dumps(members, ensure_ascii=False).encode() + b"\n"


def document(error: EssgraphError | HTTPException) -> Problem:
    """What a client is told of an error; a bug of ours says nothing of its inside."""
    if isinstance(error, HTTPException):
        found = tuple(
            (name, value)
            for name, value in error.get_headers()
            if name.lower() not in ("content-type", "content-length")
        )
        return Problem(error.code or 500, error.name, error.description or "", found)
    if error.status >= 500 and error.args:  # one without a word is a bug, logged by its catcher
        level = logging.INFO if isinstance(error, _EXPECTED) else logging.ERROR
        name = type(error).__name__
        _log.log(level, "error status=%d type=%s detail=%s", error.status, name, error)
    detail = saying.in_english(error) if error.status != 500 else ""
    members = {}
    if isinstance(error, Refused):
        members = {"sentences": error.report.sentences, "report": error.report.json}
    headers = _HEADERS.get(error.status, ())
    return Problem(error.status, error.title, detail, headers, members)


def _answer(problem: Problem, sentence: str | None = None, detail: str | None = None) -> Response:
    """The problem as the client likes it.

    `sentence` is its detail in the language of a page; `detail` that in English, for a page that
    has no such sentence.
    """
    status, title = problem.status, problem.title
    detail = problem.detail if detail is None else detail
    if negotiate.wants_html(request):
        body = render_template(
            "error.html",
            status=status,
            title=_titles().get(status, title),
            detail=detail,
            sentence=saying.alone(
                sentence or (detail if text.lang() == "en" else ""), problem.detail
            ),
            kept=permalink.others() if status == ReleaseGone.status else None,
            today=permalink.today(),
        )
        response = Response(body, status, mimetype="text/html")
    else:
        response = Response(problem.json(), status, mimetype=MEDIA_TYPE)
    response.headers.update(problem.headers)
    return _unkept(response)


def _unkept(response: Response) -> Response:
    response.vary.add("Accept")
    response.cache_control.no_store = True
    return response


def _titles() -> dict[int, str]:
    return {
        400: gettext("This request cannot be read"),
        401: gettext("This needs a token"),
        403: gettext("This is refused here"),
        404: gettext("Nothing is known under this address"),
        405: gettext("This address does not do that"),
        406: gettext("This format is not offered"),
        410: gettext("This release is not kept any more"),
        412: gettext("This is not in the state that was expected"),
        413: gettext("This request is too large"),
        415: gettext("This kind of content is not read here"),
        422: gettext("These data break a rule"),
        500: gettext("Something went wrong here"),
        502: gettext("A source is not usable"),
        503: gettext("Not available at the moment"),
        504: gettext("This took too long"),
    }

"""Addresses that stay with one release: `?release=`, kept in links, said in a banner."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Response, g, request
from flask_babel import gettext  # type: ignore[import-untyped]  # publishes no types

from essgraph.errors import EssgraphError
from essgraph.vocab import XSD_DATE
from essgraph.web import text
from essgraph.web.context import asked_release, context, opened
from essgraph.web.replies import RELEASE

_ALWAYS_TODAY = ("assets", "ops", "changes", "crawlers")
"""Blueprints whose pages are of no release."""

_NAME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})[0-9]*Z.*")


@dataclass(frozen=True)
class Pinned:
    """The release that this page was asked of, in words, and the way to today's page.

    Shape: `current` says that it is the release of today as well.
    """

    release: str
    said: str
    today: str
    current: bool


def pinned() -> Pinned | None:
    """The release that this request names, if it is kept; None where it names none."""
    if "pinned" not in g:
        g.pinned = _pinned()
    found: Pinned | None = g.pinned
    return found


def keep_release(endpoint: str, values: dict[str, object]) -> None:
    """Carry `?release=` into the links between pages, where it can be answered."""
    if request and "release" in request.args and endpoint.partition(".")[0] not in _ALWAYS_TODAY:
        found = pinned()
        if found is not None:
            values.setdefault("release", found.release)


def tell(response: Response) -> Response:
    """The answer with the release it was made from; one of an older release is not indexed."""
    if "opened" in g:
        response.headers.setdefault(RELEASE, opened().release.id)
        if asked_release() is not None:
            response.headers["X-Robots-Tag"] = "noindex"
    return response


def today() -> str:
    """This address without its release."""
    return _address(())


def others() -> list[tuple[str, str]]:
    """The releases that are kept, in words, with this address in each; the newest first."""
    return [
        (said(release), _address([("release", release)])) for release in context().current.kept()
    ]


def said(release_id: str) -> str:
    """When a release was made, in words; its name where that does not tell."""
    found = _NAME.fullmatch(release_id)
    if found is None:
        return release_id
    year, month, day, hour, minute = found.groups()
    date = text.shown(f"{year}-{month}-{day}", XSD_DATE.value)
    return str(gettext("%(day)s at %(time)s UTC", day=date, time=f"{hour}:{minute}"))


def day_of(release_id: str) -> datetime.date | None:
    """The day a release was made; None where its name does not tell."""
    found = _NAME.fullmatch(release_id)
    try:
        return datetime.date(*map(int, found.groups()[:3])) if found else None
    except ValueError:
        return None


def _pinned() -> Pinned | None:
    try:
        asked = asked_release()
        if asked is None:
            return None
        release = opened().release.id
        current = context().current.get().release.id
    except EssgraphError:
        return None
    return Pinned(release, said(release), today(), release == current)


def _address(more: Iterable[tuple[str, str]]) -> str:
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "release"]
    sent = urlencode([*kept, *more])
    return quote(request.path) + (f"?{sent}" if sent else "")

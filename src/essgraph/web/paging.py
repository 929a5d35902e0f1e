"""Pages of a long list: which one is asked for, and the way to the others."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext  # type: ignore[import-untyped]  # publishes no types

from essgraph.errors import NotFound, QueryError

MAX_PAGE = 100_000


@dataclass(frozen=True)
class Page:
    """One page of a list, from 1, of `size` entries."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """Entries before this page."""
        return (self.number - 1) * self.size

    def last(self, total: int) -> int:
        """The number of the last page of a list of `total` entries.

        Raises: NotFound if this page lies beyond it.
        """
        last = max(1, -(-total // self.size))
        if self.number > last:
            raise NotFound(
                lazy_gettext(
                    "There is no page %(number)s; the last is %(last)s.",
                    number=self.number,
                    last=last,
                )
            )
        return last


def asked(size: int) -> Page:
    """The page this request asks for.

    Raises: QueryError for a `page` that is not a number from 1.
    """
    written = request.args.get("page", "1")
    if not (written.isascii() and written.isdecimal()) or not 1 <= int(written[:9]) <= MAX_PAGE:
        raise QueryError(f"page = {written[:40]!r} is not a whole number from 1 to {MAX_PAGE}")
    return Page(int(written[:9]), size)


def address(number: int) -> str:
    """This list's address, at another page."""
    arguments = {**request.args.to_dict(), **(request.view_args or {}), "page": number}
    return url_for(str(request.endpoint), **arguments)

"""So many requests a client: off unless the setting `rate_limit` says how many.

Flask-Limiter sees only what Flask answers, and queries are answered before it; what it stands
on, the library `limits`, serves both. Each process counts for itself.
"""

from __future__ import annotations

import math
import time

from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from essgraph.config import Settings
from essgraph.errors import ConfigError

_FREE = ("/static/", "/healthz", "/readyz")


class RateLimit:
    """The limits of one process."""

    def __init__(self, settings: Settings) -> None:
        try:
            self._items = parse_many(settings.rate_limit) if settings.rate_limit else []
        except ValueError as error:
            raise ConfigError(
                f"rate_limit = {settings.rate_limit!r}: write for example 60/minute;5/second"
            ) from error
        self.on = bool(self._items)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, client: str, path: str) -> None:
        """Count a request.

        Raises: TooManyRequests, with the seconds to wait.
        """
        if path.startswith(_FREE):
            return
        for item in self._items:
            if not self._limiter.hit(item, client):
                reset, _ = self._limiter.get_window_stats(item, client)
                wait_s = max(1, math.ceil(reset - time.time()))
                raise TooManyRequests(f"more than {item} from one client", retry_after=wait_s)


def client_of(peer: str, forwarded: str, proxies: int) -> str:
    """The client's address: as the outermost of so many proxies that we trust saw it."""
    if not proxies:
        return peer
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return hops[-proxies] if len(hops) >= proxies else peer

"""Bearer tokens: who may write, and who may ask for longer.

A token is 256 random bits that its owner is shown once. What is kept, in tokens.json under
ESSGRAPH_HOME (readable by its owner only), is its SHA-256: the file lets nobody in.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from essgraph import disk
from essgraph.errors import NotFound, QueryError, StoreUnavailable, TokenRefused

SCOPES = ("write", "query")
"""What a token may be for: `write` also allows what `query` does."""

FILE = "tokens.json"

_LOCK = "tokens.lock"
_NAME = re.compile(r"[\w][\w .@-]{0,63}")
_BYTES = 32
_WAIT_S = 5.0


@dataclass(frozen=True)
class Token:
    """A token without its secret; instants are ISO 8601, and None where it never expires."""

    name: str
    scope: str
    created: str
    expires: str | None

    @property
    def writes(self) -> bool:
        """Whether it lets its owner write."""
        return self.scope == "write"

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires is not None and datetime.fromisoformat(self.expires) <= now


class Tokens:
    """The tokens of one ESSGRAPH_HOME. Safe between threads; follows the file as it changes."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._path = home / FILE
        self._read: tuple[object, tuple[tuple[bytes, Token], ...]] = (None, ())

    def check(self, presented: str, now: datetime | None = None) -> Token | None:
        """The token whose secret this is, unless it is expired or revoked.

        Takes as long whichever it is, or none.
        Raises: StoreUnavailable for a file that cannot be read.
        """
        digest = sha256(presented.encode("utf-8", "surrogatepass")).hexdigest().encode()
        found = None
        for kept, token in self._tokens():
            if hmac.compare_digest(kept, digest):
                found = token
        if found is None or found.expired(now or datetime.now(UTC)):
            return None
        return found

    def known(self, presented: str) -> Token:
        """The token whose secret this is.

        Raises: TokenRefused for one that `check` does not know; and as `check`.
        """
        token = self.check(presented)
        if token is None:
            raise TokenRefused("this token is not known here, or no longer")
        return token

    def list(self) -> list[Token]:
        """All tokens, the oldest first, expired ones too. Raises: as `check`."""
        return [token for _, token in self._tokens()]

    def create(self, name: str, scope: str, days: int | None = None) -> str:
        """The secret of a new token, which cannot be told again.

        Raises: QueryError for a name that is taken or malformed, an unknown scope or fewer days
        than one; StoreUnavailable.
        """
        if not _NAME.fullmatch(name):
            raise QueryError(f"{name!r}: a name has 1 to 64 letters, digits, spaces or . @ _ -")
        if scope not in SCOPES:
            raise QueryError(f"{scope!r}: the scopes are {', '.join(SCOPES)}")
        if days is not None and days < 1:
            raise QueryError(f"{days} days: a token lasts one day at least")
        now = datetime.now(UTC)
        expires = None if days is None else (now + timedelta(days)).isoformat(timespec="seconds")
        token = Token(name, scope, now.isoformat(timespec="seconds"), expires)
        secret = secrets.token_urlsafe(_BYTES)
        with _Lock(self._home):
            kept = self._tokens()
            if any(other.name == name for _, other in kept):
                raise QueryError(f"there is a token {name!r} already: revoke it, or choose a name")
            self._write([*kept, (sha256(secret.encode()).hexdigest().encode(), token)])
        return secret

    def revoke(self, name: str) -> None:
        """Delete a token: the next request that presents it is refused.

        Raises: NotFound; StoreUnavailable.
        """
        with _Lock(self._home):
            kept = self._tokens()
            left = [pair for pair in kept if pair[1].name != name]
            if len(left) == len(kept):
                known = ", ".join(token.name for _, token in kept) or "none"
                raise NotFound(f"no token {name!r}; there are: {known}")
            self._write(left)

    def _tokens(self) -> tuple[tuple[bytes, Token], ...]:
        """What the file holds, read again where it is another file than the last time."""
        try:
            state = self._path.stat()
            seen = state.st_ino, state.st_mtime_ns, state.st_size
            if seen != self._read[0]:
                content = json.loads(self._path.read_bytes())
                pairs = ((entry.pop("sha256").encode(), Token(**entry)) for entry in content)
                self._read = seen, tuple(pairs)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            # Its name only: what is in the file is nobody's business.
            raise StoreUnavailable(
                f"{self._path} cannot be read ({type(error).__name__})"
            ) from None
        return self._read[1]

    def _write(self, pairs: Iterable[tuple[bytes, Token]]) -> None:
        content = [{"sha256": kept.decode(), **asdict(token)} for kept, token in pairs]
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        try:
            disk.write(self._path, text.encode(), mode=0o600)
        except OSError as error:
            raise StoreUnavailable(f"{self._path} cannot be written: {error}") from error


class _Lock:
    """One at a time changes the tokens."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __enter__(self) -> None:
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            self._file = open(self._home / _LOCK, "w", opener=_private)
        except OSError as error:
            raise StoreUnavailable(f"{self._home} cannot be written: {error}") from error
        if not disk.lock(self._file, _WAIT_S):
            self._file.close()
            raise StoreUnavailable(f"busy: another command changes the tokens of {self._home}")

    def __exit__(self, *raised: object) -> None:
        self._file.close()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

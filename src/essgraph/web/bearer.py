"""Who presents a token, and what it is for.

Source: RFC 6750, sections 2.1 and 3.
"""

from __future__ import annotations

from flask import request

from essgraph.errors import NotAllowed, TokenRefused
from essgraph.tokens import Token, Tokens
from essgraph.web.context import settings


def writer() -> Token:
    """The token of this request, which lets its owner write.

    Raises: TokenRefused without one that is known, NotAllowed for one that is not for writing.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise TokenRefused("this needs a token: Authorization: Bearer …")
    token = Tokens(settings().home).check(secret.strip())
    if token is None:
        raise TokenRefused("this token is not known here, or no longer")
    if not token.writes:
        raise NotAllowed(f"the token {token.name!r} is not for writing")
    return token

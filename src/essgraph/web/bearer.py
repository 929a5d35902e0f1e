"""Who presents a token, and what it is for.

Source: RFC 6750, sections 2.1 and 3.
"""

from __future__ import annotations

from flask import request

from essgraph.errors import NotAllowed, TokenRefused
from essgraph.tokens import Token
from essgraph.web.call import bearer_in
from essgraph.web.context import context


def writer() -> Token:
    """The token of this request, which lets its owner write.

    Raises: TokenRefused without one that is known, NotAllowed for one that is not for writing.
    """
    secret = bearer_in(request.headers.get("Authorization", ""))
    if not secret:
        raise TokenRefused("this needs a token: Authorization: Bearer …")
    token = context().tokens.known(secret)
    if not token.writes:
        raise NotAllowed(f"the token {token.name!r} is not for writing")
    return token

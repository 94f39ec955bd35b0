"""The body of a successful token answer, the same for every grant that acts for a user."""

from __future__ import annotations

from typing import Any

from .....kernel.http import Reply
from .....kernel.service import Exchange
from ...scopes import OPENID
from ...tokens import AccessToken, RefreshToken
from .. import wire
from ..state import AuthorizationServer

__all__ = ["token_answer"]


def token_answer(
    server: AuthorizationServer,
    exchange: Exchange,
    access: AccessToken,
    refresh: RefreshToken | None,
    *,
    shows_refresh: bool,
    nonce: str = "",
) -> Reply:
    """Answer ``access``, with an ID token where ``openid`` was granted.

    ``refresh`` is the token behind it, where there is one; only ``shows_refresh`` hands it out. One with a date
    also tells the seconds it has left.
    """
    exchange.entry.principal, exchange.entry.scopes = access.account, access.scopes
    answer: dict[str, Any] = {
        "access_token": access.token,
        "expires_in": int(access.expires_at - access.issued_at),
    }
    if refresh is not None:
        if shows_refresh:
            answer["refresh_token"] = refresh.token
        if (left := server.seconds_left(refresh)) is not None:
            answer["refresh_token_expires_in"] = left
    answer |= {"scope": " ".join(access.scopes), "token_type": "Bearer"}
    if OPENID in access.scopes:
        answer["id_token"] = server.id_tokens.issue(access, nonce)
    return wire.token_reply(answer)

"""``grant_type=refresh_token``. The refresh token is never rotated and never repeated in the answer."""

from __future__ import annotations

from .....kernel.http import Reply
from .....kernel.service import Exchange
from ..errors import MissingParameter
from ..state import AuthorizationServer
from .answer import token_answer

__all__ = ["refresh_token"]


def refresh_token(server: AuthorizationServer, exchange: Exchange, parameters: dict[str, str]) -> Reply:
    """Exchange a refresh token for an access token over ``scope``, or over all it was granted."""
    client = server.clients.of(exchange.call, parameters)
    if not (value := parameters.get("refresh_token", "")):
        raise MissingParameter("refresh_token")
    refreshed = server.refresh(client, value, parameters.get("scope", ""))
    return token_answer(server, exchange, refreshed.access, refreshed.refresh, shows_refresh=False)

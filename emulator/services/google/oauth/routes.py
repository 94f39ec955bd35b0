"""One function for each operation of Google's OAuth endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....kernel.http import Call, Reply
from ....kernel.oauth import client_authentication, form_parameters
from ....kernel.service import Exchange
from . import wire
from .errors import EmptyBasicCredentials, InvalidToken, MissingParameter, OAuthError, UnsupportedGrantType
from .state import AuthorizationServer

__all__ = ["GRANTS", "HANDLERS"]

Parameters = dict[str, str]
Grant = Callable[[AuthorizationServer, Exchange, Parameters], Reply]
Handler = Callable[[AuthorizationServer, Exchange], Reply]


def parameters_of(call: Call) -> Parameters:
    """Google reads form, query string and JSON alike; anything else holds no parameters."""
    return form_parameters(call, accept_query=True, accept_json=True)


def token(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``POST /token``: hand over to the grant that was asked for."""
    parameters = parameters_of(exchange.call)
    exchange.entry.parameters = parameters
    grant_type = parameters.get("grant_type", "")
    if (grant := GRANTS.get(grant_type)) is None:
        raise UnsupportedGrantType(grant_type)
    return grant(server, exchange, parameters)


def refresh(server: AuthorizationServer, exchange: Exchange, parameters: Parameters) -> Reply:
    """``grant_type=refresh_token``. The refresh token is never rotated."""
    if exchange.call.basic_credentials() == ("", ""):
        raise EmptyBasicCredentials
    client = server.authenticate(client_authentication(exchange.call, parameters))
    if not (value := parameters.get("refresh_token", "")):
        raise MissingParameter("refresh_token")
    refreshed = server.refresh(client, value, parameters.get("scope", ""))
    exchange.entry.principal = refreshed.access.account
    exchange.entry.scopes = refreshed.access.scopes
    answer: dict[str, Any] = {
        "access_token": refreshed.access.token,
        "expires_in": int(refreshed.access.expires_at - refreshed.access.issued_at),
    }
    if (left := server.seconds_left(refreshed.refresh)) is not None:
        answer["refresh_token_expires_in"] = left
    answer |= {"scope": " ".join(refreshed.access.scopes), "token_type": "Bearer"}
    return wire.token_reply(answer)


def revoke(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``/revoke`` with the token in the form or in the query."""
    parameters = parameters_of(exchange.call)
    exchange.entry.parameters = parameters
    if not (value := parameters.get("token", "")):
        raise OAuthError("Missing required parameter: token", cause="parameter_missing")
    server.revoke(value)
    return wire.token_reply({})


def tokeninfo(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``oauth2.googleapis.com/tokeninfo`` and ``/oauth2/v3/tokeninfo``."""
    found, sub = _described(server, exchange)
    offline = found.refresh_token is not None
    return wire.token_reply(wire.tokeninfo(found, server.now(), sub, offline=offline))


def tokeninfo_legacy(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``/oauth2/v1/tokeninfo`` and ``/oauth2/v2/tokeninfo``."""
    found, sub = _described(server, exchange)
    offline = found.refresh_token is not None
    return wire.token_reply(wire.tokeninfo_legacy(found, server.now(), sub, offline=offline))


def _described(server: AuthorizationServer, exchange: Exchange) -> tuple[Any, str]:
    parameters = parameters_of(exchange.call)
    exchange.entry.parameters = parameters
    value = parameters.get("access_token") or exchange.call.bearer_token() or ""
    if not value:
        raise InvalidTokenRequest
    return server.describe(value)


class InvalidTokenRequest(InvalidToken):
    """``/tokeninfo`` without any token: the one answer of the endpoint that carries no ``error``."""

    cause = "parameter_missing"

    def body(self) -> bytes:
        """A description alone."""
        return wire.token_json({"error_description": "either access_token, id_token, or token_handle required"})


GRANTS: dict[str, Grant] = {"refresh_token": refresh}

HANDLERS: dict[str, Handler] = {
    "google.oauth.token": token,
    "google.oauth.revoke": revoke,
    "google.oauth.tokeninfo": tokeninfo,
    "google.oauth.tokeninfo.v2": tokeninfo_legacy,
}

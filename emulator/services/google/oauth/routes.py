"""One function for each operation of Google's OAuth endpoints, and the table that binds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ....kernel.http import Reply
from ....kernel.service import Exchange
from . import openid, wire
from .device_flow import device_code
from .errors import InvalidToken, OAuthError, UnsupportedGrantType
from .grants import GRANTS
from .state import AuthorizationServer

__all__ = ["HANDLERS", "Handler"]

Handler = Callable[[AuthorizationServer, Exchange], Reply]


def token(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``POST /token``: hand over to the grant that was asked for."""
    parameters = wire.parameters_of(exchange.call)
    exchange.entry.parameters = parameters
    grant_type = parameters.get("grant_type", "")
    if (grant := GRANTS.get(grant_type)) is None:
        raise UnsupportedGrantType(grant_type)
    return grant(server, exchange, parameters)


def revoke(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``/revoke`` with the token in the form or in the query."""
    parameters = wire.parameters_of(exchange.call)
    exchange.entry.parameters = parameters
    if not (value := parameters.get("token", "")):
        raise OAuthError("Missing required parameter: token", cause="parameter_missing")
    server.revoke(value)
    return wire.token_reply({})


def tokeninfo(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``oauth2.googleapis.com/tokeninfo`` and ``/oauth2/v3/tokeninfo``."""
    access, signed = _asked_token(exchange)
    if signed:
        return wire.token_reply(wire.id_tokeninfo(server.id_tokens.read(signed)))
    found, sub = server.describe(access)
    return wire.token_reply(wire.tokeninfo(found, server.now(), sub, offline=found.refresh_token is not None))


def tokeninfo_legacy(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``/oauth2/v1/tokeninfo`` and ``/oauth2/v2/tokeninfo``."""
    access, signed = _asked_token(exchange)
    if signed:
        return wire.token_reply(wire.id_tokeninfo_legacy(server.id_tokens.read(signed), server.now()))
    found, sub = server.describe(access)
    return wire.token_reply(wire.tokeninfo_legacy(found, server.now(), sub, offline=found.refresh_token is not None))


def _asked_token(exchange: Exchange) -> tuple[str, str]:
    """The access token, or else the ID token, a call asks about. Raises ``InvalidTokenRequest``."""
    parameters = wire.parameters_of(exchange.call)
    exchange.entry.parameters = parameters
    if access := parameters.get("access_token") or exchange.call.bearer_token() or "":
        return access, ""
    if signed := parameters.get("id_token", ""):
        return "", signed
    raise InvalidTokenRequest


class InvalidTokenRequest(InvalidToken):
    """``/tokeninfo`` without any token: the one answer of the endpoint that carries no ``error``."""

    cause = "parameter_missing"

    def body(self) -> bytes:
        """A description alone."""
        return wire.token_json({"error_description": "either access_token, id_token, or token_handle required"})


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "google.oauth.token": token,
        "google.oauth.revoke": revoke,
        "google.oauth.tokeninfo": tokeninfo,
        "google.oauth.tokeninfo.v2": tokeninfo_legacy,
        "google.oauth.device_code": device_code,
        "google.oauth.userinfo": openid.userinfo,
        "google.oauth.userinfo.v2": openid.userinfo_legacy,
        "google.oauth.keys": openid.keys,
        "google.oauth.certificates": openid.certificates,
        "google.oauth.configuration": openid.configuration,
    }
)

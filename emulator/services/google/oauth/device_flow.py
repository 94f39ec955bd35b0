"""``/device/code``: where a television asks for codes ("OAuth 2.0 for TV and Limited-Input Device Applications")."""

from __future__ import annotations

from ....kernel.http import Reply
from ....kernel.service import Exchange
from .. import scopes as scope_names
from ..devices import DEVICE_CODE_LIFETIME, POLL_INTERVAL
from . import wire
from .errors import ClientIdMissing, InvalidScope, MissingParameter
from .grant_errors import InvalidClientType, InvalidDeviceScope
from .state import AuthorizationServer

__all__ = ["device_code"]

_ALLOWED = scope_names.IDENTITY | {
    scope_names.canonical(name) for name in ("drive.file", "drive.appdata", "youtube", "youtube.readonly")
}


def device_code(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``/device/code``: a pair of codes for a TV client."""
    parameters = wire.parameters_of(exchange.call)
    exchange.entry.parameters = parameters
    if not (client_id := parameters.get("client_id", "")):
        raise ClientIdMissing
    client = server.clients.existing(client_id)
    if client.type != "tv":
        raise InvalidClientType
    if not (asked := scope_names.split(parameters.get("scope", ""))):
        raise MissingParameter("scope")
    device = server.devices.start(client.client_id, _permitted(asked))
    return wire.token_reply(
        {
            "device_code": device.device_code,
            "user_code": device.user_code,
            "expires_in": DEVICE_CODE_LIFETIME,
            "interval": POLL_INTERVAL,
            "verification_url": "https://www.google.com/device",
        }
    )


def _permitted(asked: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := [name for name in asked if not scope_names.is_scope(name)]:
        raise InvalidScope.unknown(unknown)
    for name in asked:
        if scope_names.canonical(name) not in _ALLOWED:
            raise InvalidDeviceScope(name)
    return tuple(scope_names.canonical(name) for name in asked)

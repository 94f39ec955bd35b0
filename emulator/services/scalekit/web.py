"""The web half of Scalekit: token endpoint, REST gateway, magic links and their callback, the proxy."""

from __future__ import annotations

from typing import Any

from ...kernel.http import Call, Reply
from ...kernel.oauth import client_authentication, form_parameters
from ...kernel.operations import Match, Operation, WrongVerb
from ...kernel.pipeline import is_loopback
from ...kernel.service import Exchange, Routed
from . import surface
from .environments import BEARER_LIFETIME
from .errors import Code, code_of_status
from .methods import call_method
from .platform import Platform
from .proxy import proxied
from .signin import SignIn

__all__ = ["ScalekitWeb"]


class ScalekitWeb:
    """What Scalekit serves over plain HTTP."""

    name = "scalekit.web"
    hosts = surface.HOSTS
    prefix = ""
    schema = ""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._signin = SignIn(platform)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The addresses that have no gRPC spelling."""
        return surface.WEB_OPERATIONS

    def unbound(self) -> tuple[str, ...]:
        """Every address is answered."""
        return ()

    def route(self, call: Call) -> Routed | None:
        """The address or the method a call asks for."""
        if surface.is_rpc_path(call):
            return None
        found = surface.find(call)
        return Routed(found.operation, found.path_parameters) if isinstance(found, Match) else None

    def admit(self, exchange: Exchange) -> None:
        """Nothing here: each address authenticates in its own way."""

    def perform(self, exchange: Exchange) -> Reply:
        """Answer one address."""
        operation = exchange.operation.id
        if operation in surface.METHODS:
            return call_method(self._platform, exchange)
        if operation == "scalekit.oauth.token":
            return self._token(exchange)
        if operation == "scalekit.oauth.keys":
            # Tokens here are opaque: there is no key to verify them with.
            return Reply.json({"keys": []})
        if operation == "scalekit.proxy":
            return proxied(self._platform, exchange)
        return self._signin.answer(exchange)

    def unrouted(self, call: Call) -> Reply:
        """The gateway's answer to a path it does not have, or not for the verb."""
        if isinstance(surface.find(call), WrongVerb):
            return _status_reply(501, "Method Not Allowed")
        return _status_reply(404, "Not Found")

    def failure(self, status: int, message: str = "") -> Reply:
        """A fault in the gateway's JSON."""
        texts = {429: "rate limit exceeded", 500: "internal server error"}
        return _status_reply(status, message or texts.get(status, "service unavailable"))

    def _token(self, exchange: Exchange) -> Reply:
        """``client_credentials``, the only grant API clients use (RFC 6749, 4.4)."""
        call = exchange.call
        parameters = form_parameters(call)
        exchange.entry.parameters = parameters
        if (grant := parameters.get("grant_type", "")) != "client_credentials":
            exchange.entry.cause = "grant_type_wrong"
            error = "unsupported_grant_type" if grant else "invalid_request"
            return _oauth_error(400, error, f"grant_type {grant or 'is missing'}: expected client_credentials")
        client = client_authentication(call, parameters)
        domain = None if is_loopback(call.host) else call.host
        token = self._platform.bearers.issue(client.client_id, client.secret, domain) if client is not None else None
        if token is None or client is None:
            exchange.entry.cause = "client_wrong"
            return _oauth_error(401, "invalid_client", "Client authentication failed")
        exchange.entry.principal = client.client_id
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": BEARER_LIFETIME, "scope": ""}
        return Reply.json(answer, headers=[("Cache-Control", "no-store")])


def _oauth_error(status: int, error: str, description: str) -> Reply:
    body: dict[str, Any] = {"error": error, "error_description": description}
    return Reply.json(body, status, [("Cache-Control", "no-store")])


def _status_reply(status: int, text: str) -> Reply:
    code = code_of_status(status)
    info = "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo"
    name = "RATE_LIMITED" if code == Code.RESOURCE_EXHAUSTED else code.name
    return Reply.json({"code": int(code), "message": text, "details": [{"@type": info, "error_code": name}]}, status)

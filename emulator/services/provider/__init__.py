"""A plain OAuth 2.0 provider under any name, for connections to vendors that have no room of their own.

``notion.providers.test`` is Notion as far as consent goes, ``/providers/notion`` the same on the loopback base URL.
Standards: RFC 6749 (codes, refresh), RFC 7009 (revocation), RFC 6750 (bearer tokens).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

from ...kernel.http import Call, Headers, Reply
from ...kernel.oauth import client_authentication, form_parameters
from ...kernel.operations import Match, Operation, Router
from ...kernel.pipeline import is_loopback
from ...kernel.service import Exchange, Kernel, Routed
from .consent import Consent
from .state import Grant, ProviderState

__all__ = ["GenericProvider", "ProviderState"]

SUFFIX = ".providers.test"
OPERATIONS = (
    Operation("provider.oauth.authorize", "GET", "/authorize"),
    Operation("provider.oauth.decide", "POST", "/authorize"),
    Operation("provider.oauth.token", "POST", "/token"),
    Operation("provider.oauth.revoke", "POST", "/revoke"),
    Operation("provider.me", "GET", "/api/me"),
)
_ROUTER = Router(OPERATIONS)


class GenericProvider:
    """The service behind every ``*.providers.test``."""

    name = "provider"
    hosts = (f"*{SUFFIX}",)
    prefix = "/providers"
    operations = OPERATIONS

    def __init__(self, kernel: Kernel) -> None:
        self.state = ProviderState(kernel)
        self._consent = Consent(self.state)
        self._handlers: dict[str, Callable[[Exchange, str], Reply]] = {
            "provider.oauth.authorize": self._consent.authorize,
            "provider.oauth.decide": self._consent.decide,
            "provider.oauth.token": self._token,
            "provider.oauth.revoke": self._revoke,
            "provider.me": self._me,
        }

    @property
    def schema(self) -> str:
        """The providers' tables."""
        return files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")

    def unbound(self) -> tuple[str, ...]:
        """Everything is answered."""
        return ()

    def route(self, call: Call) -> Routed | None:
        """The endpoint of a provider; its name is a path parameter."""
        provider, path = _provider(call)
        found = _ROUTER.match(call.verb, path) if provider else None
        return Routed(found.operation, {"provider": provider}) if isinstance(found, Match) else None

    def admit(self, exchange: Exchange) -> None:
        """Each endpoint authenticates in its own way."""

    def perform(self, exchange: Exchange) -> Reply:
        """Answer one endpoint."""
        return self._handlers[exchange.operation.id](exchange, exchange.path_parameters["provider"])

    def unrouted(self, call: Call) -> Reply:
        """A path no provider has."""
        return _error(404, "not_found", f"this provider has no {call.path}")

    def failure(self, status: int, message: str = "") -> Reply:
        """A fault."""
        return _error(status, "server_error" if status >= 500 else "temporarily_unavailable", message)

    def _token(self, exchange: Exchange, provider: str) -> Reply:
        parameters = form_parameters(exchange.call)
        exchange.entry.parameters = parameters
        client = client_authentication(exchange.call, parameters)
        if client is None or not self.state.proves(provider, client.client_id, client.secret):
            exchange.entry.cause = "client_wrong"
            return _error(401, "invalid_client", "Client authentication failed")
        grant_type = parameters.get("grant_type", "")
        if grant_type == "authorization_code":
            code, uri = parameters.get("code", ""), parameters.get("redirect_uri", "")
            grant = self.state.redeem(provider, client.client_id, code, uri)
        elif grant_type == "refresh_token":
            grant = self.state.refresh(provider, client.client_id, parameters.get("refresh_token", ""))
        else:
            return _error(400, "unsupported_grant_type", f"grant_type {grant_type!r} is not supported")
        if grant is None:
            exchange.entry.cause = "grant_invalid"
            return _error(400, "invalid_grant", "The grant is invalid, expired or revoked")
        exchange.entry.principal = grant.user
        return Reply.json(_tokens(grant), headers=[("Cache-Control", "no-store")])

    def _revoke(self, exchange: Exchange, provider: str) -> Reply:
        # A token nobody knows is as good as revoked (RFC 7009, 2.2).
        self.state.revoke(provider, form_parameters(exchange.call).get("token", ""))
        return Reply.json({})

    def _me(self, exchange: Exchange, provider: str) -> Reply:
        grant = self.state.bearer(provider, exchange.call.bearer_token() or "")
        if grant is None:
            exchange.entry.cause = "token_invalid"
            return _error(401, "invalid_token", "The access token is invalid, expired or revoked")
        exchange.entry.principal = grant.user
        return Reply.json({"provider": provider, "user": grant.user, "scope": grant.scope})


def _provider(call: Call) -> tuple[str, str]:
    """The provider a call is for, and the path at it."""
    if is_loopback(call.host):
        name, _, path = call.path.removeprefix("/").partition("/")
        return name.lower(), f"/{path}"
    return call.host.removesuffix(SUFFIX).lower().replace("-", "_"), call.path


def _tokens(grant: Grant) -> dict[str, object]:
    answer: dict[str, object] = {"access_token": grant.access_token, "token_type": "bearer", "scope": grant.scope}
    if grant.lifetime is not None:
        answer |= {"expires_in": grant.lifetime, "refresh_token": grant.refresh_token}
    return answer


def _error(status: int, error: str, description: str) -> Reply:
    headers = Headers([("Cache-Control", "no-store")])
    return Reply.json({"error": error, "error_description": description}, status, headers)

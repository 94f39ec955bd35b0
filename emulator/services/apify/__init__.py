"""The Apify platform: the API its SDKs, clients and command line speak (api.apify.com, ``/v2`` on loopback)."""

from __future__ import annotations

from importlib.resources import files

from ...kernel.http import Call, Reply
from ...kernel.operations import Match, Operation, WrongVerb
from ...kernel.service import Exchange, Routed
from . import surface
from .errors import MethodNotAllowed, PageNotFound, TokenNotProvided, error_reply
from .events import EventStream
from .platform import Platform
from .query import Query
from .rates import Rates
from .routes import bindings

__all__ = ["ApifyService"]

_PUBLIC = frozenset(
    (
        "apify.actors.get",
        "apify.datasets.get",
        "apify.datasets.items.list",
        "apify.keyValueStores.get",
        "apify.keyValueStores.keys.list",
        "apify.keyValueStores.records.get",
        "apify.users.get",
    )
)
"""Operations that also answer without a token, where the resource allows it."""
_FAILURES = {
    400: ("invalid-request", "POST data must be a JSON object"),
    401: ("user-or-token-not-found", "User was not found or authentication token is not valid"),
    403: ("insufficient-permissions", "You do not have permission to perform this action."),
    404: ("record-not-found", "Record was not found"),
    429: ("rate-limit-exceeded", "You have exceeded the rate limit of 60 requests per second"),
    500: ("internal-server-error", "Internal server error"),
}


class ApifyService:
    """The service behind api.apify.com."""

    name = "apify"
    hosts = (surface.HOST,)
    prefix = surface.PREFIX

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._rates = Rates(platform.kernel.world, platform.kernel.clock, platform.settings)

    @property
    def schema(self) -> str:
        """The platform's tables."""
        return files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations the clients use."""
        return surface.OPERATIONS

    def unbound(self) -> tuple[str, ...]:
        """Operations without a handler."""
        return bindings.unbound()

    def route(self, call: Call) -> Routed | None:
        """The operation a call asks for."""
        found = surface.find(call)
        return Routed(found.operation, found.path_parameters) if isinstance(found, Match) else None

    def admit(self, exchange: Exchange) -> None:
        """Let time pass, find out who calls, count the call against its rate limit."""
        exchange.entry.parameters = {**dict(exchange.call.query_pairs), **exchange.path_parameters}
        self.platform.pass_time()
        token = exchange.call.bearer_token() or Query(exchange.call).text("token")
        if token:
            caller = self.platform.users.caller(token)
            exchange.state["caller"] = caller
            exchange.entry.principal = caller.user.username
        elif exchange.operation.id not in _PUBLIC:
            raise TokenNotProvided
        self._rates.count(exchange)

    def perform(self, exchange: Exchange) -> Reply:
        """Run the handler, then let happen what it made due."""
        handler = bindings.handler(exchange.operation.id)
        if handler is None:
            return error_reply(501, "not-implemented", f"{exchange.operation.id} is not emulated")
        reply = handler(self.platform, exchange)
        self.platform.call_webhooks()
        return reply

    def websocket(self, call: Call) -> EventStream | None:
        """The events of a run, for a call that asks for its WebSocket."""
        return self.platform.events.converse(call)

    def unrouted(self, call: Call) -> Reply:
        """405 where the path exists for other methods, else 404."""
        found = surface.find(call)
        return (MethodNotAllowed(found.allowed) if isinstance(found, WrongVerb) else PageNotFound()).reply()

    def failure(self, status: int, message: str = "") -> Reply:
        """The API's error object for a fault."""
        kind, text = _FAILURES.get(status, ("internal-server-error", "Internal server error"))
        return error_reply(status, kind, message or text)

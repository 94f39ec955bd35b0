"""``/proxy``: any call of a provider's API with the token of a connected account.

The account is named by headers, the connection's with an underscore in it. Answers of the provider pass unchanged.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from ...kernel.http import Headers, Reply
from ...kernel.pipeline import is_loopback
from ...kernel.service import Exchange
from .accounts import EXPIRED, Account
from .connections import Connection
from .errors import AccountInactive, AccountNotFound, Refusal
from .hearing import heard
from .platform import Platform
from .rendering import rendering_of

__all__ = ["proxied"]

OWN_HEADERS = (
    *("host", "authorization", "connection_name", "connection-name", "identifier", "content-length", "connection"),
    *("x-sdk-version", "x-api-version", "accept-encoding", "transfer-encoding"),
)
HOP_HEADERS = ("content-length", "connection", "transfer-encoding", "date")


def proxied(platform: Platform, exchange: Exchange) -> Reply:
    """The provider's answer, or the refusal of the proxy in the gateway's JSON."""
    try:
        return _pass_on(platform, exchange)
    except Refusal as refusal:
        exchange.entry.cause = refusal.cause
        return rendering_of(grpc=False).refusal(refusal)


def _pass_on(platform: Platform, exchange: Exchange) -> Reply:
    call = exchange.call
    domain = None if is_loopback(call.host) else call.host
    environment, client = platform.bearers.caller(call.headers.get_all("authorization"), domain)
    exchange.entry.principal = client
    name = call.headers.get("connection_name") or call.headers.get("connection-name")
    identifier = call.headers.get("identifier")
    exchange.entry.parameters = {"connection_name": name, "identifier": identifier}
    connection = platform.connections.find(environment, name)
    if not connection.proxy_enabled:
        exchange.entry.cause = "proxy_disabled"
        return Reply.json({"error": "proxy not enabled for provider"}, 403)
    account = platform.accounts.find(connection.id, identifier)
    if account is None:
        raise AccountNotFound
    account = platform.vault.fresh(exchange.upstream, connection, account)
    if not account.is_active:
        exchange.entry.cause = "account_expired" if account.status == EXPIRED else AccountInactive.cause
        return rendering_of(grpc=False).refusal(AccountInactive(account.status))
    platform.accounts.note_use(account.id)
    return _forward(exchange, connection, account)


def _forward(exchange: Exchange, connection: Connection, account: Account) -> Reply:
    call = exchange.call
    target = urlsplit(connection.provider.api_root)
    lines = [("Host", target.netloc), ("Authorization", f"Bearer {account.credentials.access_token}")]
    headers = Headers([*lines, *call.headers.without(*OWN_HEADERS)])
    path = target.path + call.path.removeprefix("/proxy")
    passed = call.replacing(host=target.netloc, scheme="https", path=path, headers=headers, peer="scalekit")
    reply = heard(exchange.upstream(passed))
    return reply.replacing(headers=reply.headers.without(*HOP_HEADERS))

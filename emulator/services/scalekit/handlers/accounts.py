"""``ConnectedAccountService``."""

from __future__ import annotations

from typing import Any

from .. import wire
from ..accounts import PENDING_AUTH, Account, Filter
from ..errors import InvalidArgument, Violation
from .binding import MethodCall, bindings
from .paging import place_of, token_for
from .selecting import require_key, selected

__all__ = [
    "create",
    "delete",
    "disconnect",
    "get_auth",
    "get_by_id",
    "get_details",
    "list_accounts",
    "magic_link",
    "search",
    "update",
    "verify",
]

SERVICE = "scalekit.ConnectedAccountService."
DEFAULT_PAGE = 30


@bindings.bind(f"{SERVICE}GetConnectedAccountAuth")
def get_auth(call: MethodCall) -> Any:
    """The account with its credentials, refreshed where they were about to expire. This is what Actors poll."""
    return _one(call, _seen(call, selected(call)), secrets=True)


@bindings.bind(f"{SERVICE}GetConnectedAccountDetails")
def get_details(call: MethodCall) -> Any:
    """The account without its credentials."""
    return _one(call, _seen(call, selected(call)), secrets=False)


@bindings.bind(f"{SERVICE}GetConnectedAccount")
def get_by_id(call: MethodCall) -> Any:
    """The account of an id, without its credentials."""
    return _one(call, call.platform.accounts.get(call.request.id, call.environment), secrets=False)


@bindings.bind(f"{SERVICE}CreateConnectedAccount")
def create(call: MethodCall) -> Any:
    """A new account; the first of concurrent calls wins."""
    request = call.request
    connection, identifier = require_key(call)
    created = call.platform.accounts.create(
        connection.id,
        identifier,
        organization_id=request.organization_id,
        user_id=request.user_id,
        credentials=wire.credentials(request.connected_account.authorization_details),
        api_config=wire.api_config(request.connected_account),
    )
    return _one(call, created, secrets=True)


@bindings.bind(f"{SERVICE}UpdateConnectedAccount")
def update(call: MethodCall) -> Any:
    """New credentials, which activate the account, and settings laid over the old ones."""
    request, accounts = call.request, call.platform.accounts
    found = selected(call)
    held = wire.credentials(request.connected_account.authorization_details)
    if held.usable:
        accounts.activate(found.id, held)
    if config := wire.api_config(request.connected_account):
        accounts.merge_config(found.id, config)
    return _one(call, accounts.get(found.id), secrets=True)


@bindings.bind(f"{SERVICE}DeleteConnectedAccount")
def delete(call: MethodCall) -> Any:
    """Revoke at the provider and forget."""
    call.platform.delete(call.exchange.upstream, selected(call))
    return call.response()


@bindings.bind(f"{SERVICE}DisconnectConnectedAccount")
def disconnect(call: MethodCall) -> Any:
    """Forget the credentials, keep the account."""
    found = call.platform.accounts.get(call.request.id, call.environment)
    return _one(call, call.platform.disconnect(found), secrets=False)


@bindings.bind(f"{SERVICE}GetMagicLinkForConnectedAccount")
def magic_link(call: MethodCall) -> Any:
    """A link for an account, which is created where the connection has none of that identifier."""
    request, accounts = call.request, call.platform.accounts
    if request.id:
        found = selected(call)
    else:
        connection, identifier = require_key(call)
        found = accounts.find(connection.id, identifier) or accounts.create(
            connection.id, identifier, organization_id=request.organization_id, user_id=request.user_id
        )
    link = call.platform.make_link(found, call.origin, state=request.state, user_verify_url=request.user_verify_url)
    answer = call.response(link=link.url)
    answer.expiry.FromMicroseconds(round(link.expires_at * 1_000_000))
    return answer


@bindings.bind(f"{SERVICE}VerifyConnectedAccountUser")
def verify(call: MethodCall) -> Any:
    """Confirm who finished a flow."""
    request = call.request
    url = call.platform.verify(request.auth_request_id, request.identifier, call.environment)
    return call.response(post_user_verify_redirect_url=url)


@bindings.bind(f"{SERVICE}ListConnectedAccounts")
def list_accounts(call: MethodCall) -> Any:
    """Accounts in the order of their creation."""
    request = call.request
    names = (request.connector,) if request.connector else tuple(request.connection_names)
    wanted = Filter(
        *(call.environment, names, request.identifier, request.organization_id, request.user_id),
        provider=request.provider,
        query=request.query,
    )
    return _page(call, wanted)


@bindings.bind(f"{SERVICE}SearchConnectedAccounts")
def search(call: MethodCall) -> Any:
    """Accounts whose identifier, connection or provider holds the query."""
    request = call.request
    names: tuple[str, ...] = ()
    if request.connection_id:
        known = [
            each.name for each in call.platform.connections.all(call.environment) if each.id == request.connection_id
        ]
        if not known:
            raise InvalidArgument(Violation("connection_id", "no such connection", "connection_id"))
        names = tuple(known)
    return _page(call, Filter(call.environment, names, query=request.query))


def _page(call: MethodCall, wanted: Filter) -> Any:
    accounts = call.platform.accounts
    size, after = call.request.page_size or DEFAULT_PAGE, place_of(call.request.page_token)
    found = accounts.page(wanted, size + 1, after)
    shown = found[:size]
    answer = call.response(total_size=accounts.count(wanted))
    answer.connected_accounts.extend(wire.listed_account(each, call.platform.connection_of(each)) for each in shown)
    if len(found) > size:
        answer.next_page_token = token_for(shown[-1].number)
    if after and (before := accounts.before(wanted, size, after)) is not None:
        answer.prev_page_token = token_for(before, back=True)
    return answer


def _seen(call: MethodCall, found: Account) -> Account:
    """The account after what a look at it brings about."""
    return call.platform.look_up(call.exchange.upstream, found)


def _one(call: MethodCall, found: Account, *, secrets: bool) -> Any:
    connection = call.platform.connection_of(found)
    shown = wire.account(found, connection, secrets=secrets and found.status != PENDING_AUTH)
    return call.response(connected_account=shown)

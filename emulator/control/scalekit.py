"""Control routes over the Scalekit side: connected accounts, environments, connections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ..services.scalekit.facade import ConnectedAccount
    from .routes import Request

__all__ = ["SCALEKIT_ROUTES", "AccountChange", "ConnectionChange", "EnvironmentChange"]

Action = Literal["authorize", "deny", "expire", "expire_token", "revoke", "disconnect", "delete", "never_active"]


@dataclass(frozen=True)
class AccountChange:
    """What to do with the account of a connection and an identifier, made where there is none.

    ``after_polls`` and ``after`` let it become active by itself once a link was asked for.
    """

    connection: str
    identifier: str
    action: Action | None = None
    as_user: str | None = None
    status: Literal["ACTIVE", "EXPIRED", "PENDING_AUTH", "PENDING_VERIFICATION", "DISCONNECTED"] | None = None
    after_polls: int | None = None
    after: timedelta | None = None


@dataclass(frozen=True)
class ConnectionChange:
    """What to change about a connection."""

    name: str
    scopes: tuple[str, ...] | None = None
    proxy_enabled: bool | None = None
    redirect_registered: bool | None = None
    enabled: bool | None = None


@dataclass(frozen=True)
class EnvironmentChange:
    """What to change about an environment, by default the first."""

    domain: str | None = None
    verification: Literal["scalekit", "custom"] | None = None
    link_lifetime: timedelta | None = None
    invalidate_tokens: bool = False


def overview(request: Request) -> Any:
    """Environments, connections and accounts, without secrets of users."""
    scalekit = request.app.scalekit
    return {
        "environments": [
            {"domain": each.domain, "credentials": dict(each.credentials), "verification": each.verification}
            for each in scalekit.environments
        ],
        "connections": [
            {"name": each.name, "provider": each.provider.key, "id": each.id, "scopes": list(each.scopes)}
            for each in scalekit.connections
        ],
        "accounts": scalekit.overview(),
    }


def change_account(request: Request) -> Any:
    """Act on a connected account. The answer is what it is now, with the ``error`` of pages that were refused."""
    wanted = request.body(AccountChange)
    account = request.app.scalekit.account(wanted.connection, wanted.identifier)
    if wanted.after_polls is not None or wanted.after is not None:
        account.becomes_active(after_polls=wanted.after_polls, after=wanted.after, as_user=wanted.as_user)
    error = _act(account, wanted) if wanted.action is not None else ""
    if wanted.status is not None:
        account.status = wanted.status
    found = [each for each in request.app.scalekit.overview() if each["id"] == account.id]
    return {**(found[0] if found else {"id": account.id, "status": "DELETED"}), "error": error}


def change_connection(request: Request) -> Any:
    """Change a connection."""
    wanted = request.body(ConnectionChange)
    connection = request.app.scalekit.connection(wanted.name)
    with request.app.world.transaction():
        for name in ("scopes", "proxy_enabled", "redirect_registered", "enabled"):
            if (value := getattr(wanted, name)) is not None:
                setattr(connection, name, value)
    return {"name": connection.name, "scopes": list(connection.scopes), "proxy_enabled": connection.proxy_enabled}


def change_environment(request: Request) -> Any:
    """Change an environment."""
    wanted = request.body(EnvironmentChange)
    environment = request.app.scalekit.environment(wanted.domain)
    with request.app.world.transaction():
        if wanted.verification is not None:
            environment.verification = wanted.verification
        if wanted.link_lifetime is not None:
            environment.link_lifetime = wanted.link_lifetime.total_seconds()
    if wanted.invalidate_tokens:
        request.app.scalekit.invalidate_tokens()
    return {"domain": environment.domain, "verification": environment.verification}


def _act(account: ConnectedAccount, wanted: AccountChange) -> str:
    """Do what ``action`` names; the error of the last page, "" for none."""
    if wanted.action == "authorize":
        from ..services.scalekit.facade import NotAuthorized  # noqa: PLC0415 - loaded with the room, not before

        try:
            account.authorize(wanted.as_user)
        except NotAuthorized as refused:
            return refused.error
        return ""
    if wanted.action == "deny":
        return account.deny(wanted.as_user)
    verbs: dict[str, Callable[[], None]] = {
        "expire": account.expire,
        "expire_token": account.expire_token,
        "revoke": account.revoke,
        "disconnect": account.disconnect,
        "delete": account.delete,
        "never_active": account.never_active,
    }
    verbs[str(wanted.action)]()
    return ""


SCALEKIT_ROUTES: Mapping[tuple[str, str], Callable[[Request], Any]] = MappingProxyType(
    {
        ("GET", "scalekit"): overview,
        ("POST", "scalekit/account"): change_account,
        ("POST", "scalekit/connection"): change_connection,
        ("POST", "scalekit/environment"): change_environment,
    }
)
"""Routes by verb and path below ``/_emulator/``."""

"""Which account a request means: by id, or by connection and identifier."""

from __future__ import annotations

from typing import Any

from ..accounts import Account
from ..connections import Connection
from ..errors import AccountNotFound, InvalidArgument, Violation
from .binding import MethodCall

__all__ = ["require_key", "selected"]


def selected(call: MethodCall) -> Account:
    """The account a request names. Raises ``AccountNotFound``, ``ConnectionNotFound`` or ``InvalidArgument``."""
    request = call.request
    if request.id:
        return call.platform.accounts.get(request.id, call.environment)
    connection, identifier = require_key(call)
    found = call.platform.accounts.find(connection.id, identifier)
    if found is None:
        raise AccountNotFound
    _require_owner(request, found)
    return found


def require_key(call: MethodCall) -> tuple[Connection, str]:
    """Connection and identifier of a request, both of which it must have."""
    request = call.request
    missing = [
        Violation(name, "value is required", "required")
        for name in ("connector", "identifier")
        if not getattr(request, name).strip()
    ]
    if missing:
        raise InvalidArgument(*missing)
    connection = call.platform.connections.find(call.environment, request.connector.strip())
    return connection, request.identifier


def _require_owner(request: Any, found: Account) -> None:
    # NOT_FOUND would make the SDKs create an account that exists already.
    for name in ("organization_id", "user_id"):
        asked, kept = getattr(request, name), getattr(found, name)
        if asked and kept and asked != kept:
            raise InvalidArgument(Violation(name, "value does not match the connected account", name))

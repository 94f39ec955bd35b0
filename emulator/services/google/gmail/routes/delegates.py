"""``gmail.users.settings.delegates``."""

from __future__ import annotations

from typing import Any

from ..request import HANDLERS, GmailRequest
from ..settings.access import require_delegated, require_feature
from ..settings.delegates import Delegates
from ..settings.store import listed

__all__ = ["create", "delete", "get", "list_"]


@HANDLERS.bind("gmail.users.settings.delegates.list")
def list_(request: GmailRequest) -> dict[str, Any] | None:
    """Every delegate."""
    require_delegated(request.caller)
    return listed("delegates", Delegates(request.kernel, request.mailbox).all())


@HANDLERS.bind("gmail.users.settings.delegates.get")
def get(request: GmailRequest) -> dict[str, Any]:
    """One delegate."""
    require_delegated(request.caller)
    return Delegates(request.kernel, request.mailbox).get(request.arguments.text("delegateEmail"))


@HANDLERS.bind("gmail.users.settings.delegates.create")
def create(request: GmailRequest) -> dict[str, Any]:
    """Let a colleague in."""
    require_delegated(request.caller)
    require_feature(request.kernel.world, request.mailbox.account, "mail_delegation")
    return Delegates(request.kernel, request.mailbox).add(request.arguments.body.get("delegateEmail", ""))


@HANDLERS.bind("gmail.users.settings.delegates.delete")
def delete(request: GmailRequest) -> None:
    """Shut a delegate out."""
    require_delegated(request.caller)
    Delegates(request.kernel, request.mailbox).remove(request.arguments.text("delegateEmail"))

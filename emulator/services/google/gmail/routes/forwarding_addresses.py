"""``gmail.users.settings.forwardingAddresses``."""

from __future__ import annotations

from typing import Any

from ..request import HANDLERS, GmailRequest
from ..settings.access import require_delegated, require_feature
from ..settings.confirmation import send_confirmation
from ..settings.forwarding import Forwarding
from ..settings.store import listed

__all__ = ["create", "delete", "get", "list_"]


@HANDLERS.bind("gmail.users.settings.forwardingAddresses.list")
def list_(request: GmailRequest) -> dict[str, Any] | None:
    """Every forwarding address."""
    return listed("forwardingAddresses", Forwarding(request.kernel, request.mailbox).addresses())


@HANDLERS.bind("gmail.users.settings.forwardingAddresses.get")
def get(request: GmailRequest) -> dict[str, Any]:
    """One forwarding address."""
    return Forwarding(request.kernel, request.mailbox).address(request.arguments.text("forwardingEmail"))


@HANDLERS.bind("gmail.users.settings.forwardingAddresses.create")
def create(request: GmailRequest) -> dict[str, Any]:
    """A forwarding address, whose owner is asked where that is needed."""
    require_delegated(request.caller)
    account = request.mailbox.account
    require_feature(request.kernel.world, account, "automatic_forwarding")
    made = Forwarding(request.kernel, request.mailbox).add(request.arguments.body.get("forwardingEmail", ""))
    if made["verificationStatus"] == "pending":
        send_confirmation(request.kernel, account, made["forwardingEmail"], "Forwarding")
    return made


@HANDLERS.bind("gmail.users.settings.forwardingAddresses.delete")
def delete(request: GmailRequest) -> None:
    """Forget an address."""
    require_delegated(request.caller)
    Forwarding(request.kernel, request.mailbox).delete(request.arguments.text("forwardingEmail"))

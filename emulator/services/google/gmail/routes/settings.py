"""``gmail.users.settings``: vacation, IMAP, POP, language and automatic forwarding."""

from __future__ import annotations

from typing import Any

from ..request import HANDLERS, GmailRequest
from ..settings.access import require_delegated, require_feature
from ..settings.forwarding import Forwarding
from ..settings.preferences import Preferences
from ..settings.store import SettingStore

__all__ = [
    "get_auto_forwarding",
    "get_imap",
    "get_language",
    "get_pop",
    "get_vacation",
    "update_auto_forwarding",
    "update_imap",
    "update_language",
    "update_pop",
    "update_vacation",
]


@HANDLERS.bind("gmail.users.settings.getVacation")
def get_vacation(request: GmailRequest) -> dict[str, Any]:
    """The vacation responder."""
    return _preferences(request).vacation


@HANDLERS.bind("gmail.users.settings.updateVacation")
def update_vacation(request: GmailRequest) -> dict[str, Any]:
    """Set it; everybody may be answered anew."""
    world, key = request.kernel.world, (request.mailbox.number,)
    world.execute("DELETE FROM gmail_vacation_reply WHERE mailbox = ?", key)
    return _preferences(request).update_vacation(request.arguments.body)


@HANDLERS.bind("gmail.users.settings.getImap")
def get_imap(request: GmailRequest) -> dict[str, Any]:
    """Access over IMAP."""
    return _preferences(request).imap


@HANDLERS.bind("gmail.users.settings.updateImap")
def update_imap(request: GmailRequest) -> dict[str, Any]:
    """Set it."""
    return _preferences(request).update_imap(request.arguments.body)


@HANDLERS.bind("gmail.users.settings.getPop")
def get_pop(request: GmailRequest) -> dict[str, Any]:
    """Access over POP."""
    return _preferences(request).pop


@HANDLERS.bind("gmail.users.settings.updatePop")
def update_pop(request: GmailRequest) -> dict[str, Any]:
    """Set it."""
    return _preferences(request).update_pop(request.arguments.body)


@HANDLERS.bind("gmail.users.settings.getLanguage")
def get_language(request: GmailRequest) -> dict[str, Any]:
    """The language of the interface."""
    return _preferences(request).language


@HANDLERS.bind("gmail.users.settings.updateLanguage")
def update_language(request: GmailRequest) -> dict[str, Any]:
    """Set it; the answer may be a close variant."""
    return _preferences(request).update_language(request.arguments.body)


@HANDLERS.bind("gmail.users.settings.getAutoForwarding")
def get_auto_forwarding(request: GmailRequest) -> dict[str, Any]:
    """Automatic forwarding of all mail."""
    return Forwarding(request.kernel, request.mailbox).automatic


@HANDLERS.bind("gmail.users.settings.updateAutoForwarding")
def update_auto_forwarding(request: GmailRequest) -> dict[str, Any]:
    """Set it, for delegated service accounts."""
    require_delegated(request.caller)
    require_feature(request.kernel.world, request.mailbox.account, "automatic_forwarding")
    return Forwarding(request.kernel, request.mailbox).update_automatic(request.arguments.body)


def _preferences(request: GmailRequest) -> Preferences:
    return Preferences(SettingStore(request.kernel.world, request.mailbox.number))

"""``gmail.users.settings.sendAs`` and their S/MIME certificates."""

from __future__ import annotations

from typing import Any

from ..request import HANDLERS, GmailRequest
from ..settings.access import require_delegated
from ..settings.confirmation import send_confirmation
from ..settings.send_as import SendAs
from ..settings.smime import SmimeCertificates
from ..settings.store import listed

__all__ = [
    "create",
    "delete",
    "delete_smime",
    "get",
    "get_smime",
    "insert_smime",
    "list_",
    "list_smime",
    "patch",
    "set_default_smime",
    "update",
    "verify",
]

_PURPOSE = "Send Mail as"


@HANDLERS.bind("gmail.users.settings.sendAs.list")
def list_(request: GmailRequest) -> dict[str, Any]:
    """Every address to send from."""
    return {"sendAs": _send_as(request).all()}


@HANDLERS.bind("gmail.users.settings.sendAs.get")
def get(request: GmailRequest) -> dict[str, Any]:
    """One address."""
    return _send_as(request).get(_email(request))


@HANDLERS.bind("gmail.users.settings.sendAs.create")
def create(request: GmailRequest) -> dict[str, Any]:
    """A further address, whose owner is asked where that is needed."""
    require_delegated(request.caller)
    made = _send_as(request).create(request.arguments.body)
    if made["verificationStatus"] == "pending":
        send_confirmation(request.kernel, request.mailbox.account, made["sendAsEmail"], _PURPOSE)
    return made


@HANDLERS.bind("gmail.users.settings.sendAs.update")
def update(request: GmailRequest) -> dict[str, Any]:
    """Replace an address's details."""
    _require_right_to_change(request)
    return _send_as(request).update(_email(request), request.arguments.body)


@HANDLERS.bind("gmail.users.settings.sendAs.patch")
def patch(request: GmailRequest) -> dict[str, Any]:
    """Change some of an address's details."""
    _require_right_to_change(request)
    return _send_as(request).patch(_email(request), request.arguments.body)


@HANDLERS.bind("gmail.users.settings.sendAs.delete")
def delete(request: GmailRequest) -> None:
    """Forget an alias."""
    require_delegated(request.caller)
    _send_as(request).delete(_email(request))


@HANDLERS.bind("gmail.users.settings.sendAs.verify")
def verify(request: GmailRequest) -> None:
    """Ask the owner of a pending address again."""
    require_delegated(request.caller)
    _send_as(request).require_pending(_email(request))
    send_confirmation(request.kernel, request.mailbox.account, _email(request).lower(), _PURPOSE)


@HANDLERS.bind("gmail.users.settings.sendAs.smimeInfo.list")
def list_smime(request: GmailRequest) -> dict[str, Any] | None:
    """The certificates of an address."""
    return listed("smimeInfo", _certificates(request).all())


@HANDLERS.bind("gmail.users.settings.sendAs.smimeInfo.get")
def get_smime(request: GmailRequest) -> dict[str, Any]:
    """One certificate."""
    return _certificates(request).get(request.arguments.text("id"))


@HANDLERS.bind("gmail.users.settings.sendAs.smimeInfo.insert")
def insert_smime(request: GmailRequest) -> dict[str, Any]:
    """Take in a certificate with its private key."""
    return _certificates(request).insert(request.arguments.body)


@HANDLERS.bind("gmail.users.settings.sendAs.smimeInfo.delete")
def delete_smime(request: GmailRequest) -> None:
    """Delete a certificate."""
    _certificates(request).delete(request.arguments.text("id"))


@HANDLERS.bind("gmail.users.settings.sendAs.smimeInfo.setDefault")
def set_default_smime(request: GmailRequest) -> None:
    """Sign with this certificate."""
    _certificates(request).set_default(request.arguments.text("id"))


def _require_right_to_change(request: GmailRequest) -> None:
    """The primary's details are its user's to change, those of aliases a delegated service account's."""
    if not _send_as(request).is_primary(_email(request)):
        require_delegated(request.caller)


def _send_as(request: GmailRequest) -> SendAs:
    return SendAs(request.kernel, request.mailbox)


def _certificates(request: GmailRequest) -> SmimeCertificates:
    return SmimeCertificates(request.kernel, request.mailbox, _email(request))


def _email(request: GmailRequest) -> str:
    return request.arguments.text("sendAsEmail")

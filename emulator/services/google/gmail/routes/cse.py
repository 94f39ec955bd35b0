"""``gmail.users.settings.cse``: key pairs and identities of client-side encryption."""

from __future__ import annotations

from typing import Any

from ...errors import InvalidArgument
from ..request import HANDLERS, GmailRequest
from ..settings.cse import CseIdentities, CseKeyPairs
from ..settings.store import Resource

__all__ = [
    "create_identity",
    "create_key_pair",
    "delete_identity",
    "disable",
    "enable",
    "get_identity",
    "get_key_pair",
    "list_identities",
    "list_key_pairs",
    "obliterate",
    "patch_identity",
]

_DEFAULT_PAGE, _LARGEST_PAGE = 20, 100


@HANDLERS.bind("gmail.users.settings.cse.keypairs.list")
def list_key_pairs(request: GmailRequest) -> dict[str, Any] | None:
    """A page of key pairs."""
    return _page(request, "cseKeyPairs", _pairs(request).all())


@HANDLERS.bind("gmail.users.settings.cse.keypairs.get")
def get_key_pair(request: GmailRequest) -> dict[str, Any]:
    """One key pair."""
    return _pairs(request).get(request.arguments.text("keyPairId"))


@HANDLERS.bind("gmail.users.settings.cse.keypairs.create")
def create_key_pair(request: GmailRequest) -> dict[str, Any]:
    """Take in a certificate chain."""
    return _pairs(request).create(request.arguments.body)


@HANDLERS.bind("gmail.users.settings.cse.keypairs.disable")
def disable(request: GmailRequest) -> dict[str, Any]:
    """Let a key pair rest."""
    return _pairs(request).disable(request.arguments.text("keyPairId"))


@HANDLERS.bind("gmail.users.settings.cse.keypairs.enable")
def enable(request: GmailRequest) -> dict[str, Any]:
    """Use a key pair again."""
    return _pairs(request).enable(request.arguments.text("keyPairId"))


@HANDLERS.bind("gmail.users.settings.cse.keypairs.obliterate")
def obliterate(request: GmailRequest) -> None:
    """Delete a key pair for ever."""
    _pairs(request).obliterate(request.arguments.text("keyPairId"))


@HANDLERS.bind("gmail.users.settings.cse.identities.list")
def list_identities(request: GmailRequest) -> dict[str, Any] | None:
    """A page of identities."""
    return _page(request, "cseIdentities", _identities(request).all())


@HANDLERS.bind("gmail.users.settings.cse.identities.get")
def get_identity(request: GmailRequest) -> dict[str, Any]:
    """One identity."""
    return _identities(request).get(request.arguments.text("cseEmailAddress"))


@HANDLERS.bind("gmail.users.settings.cse.identities.create")
def create_identity(request: GmailRequest) -> dict[str, Any]:
    """An identity for an address of the mailbox."""
    return _identities(request).create(request.arguments.body)


@HANDLERS.bind("gmail.users.settings.cse.identities.patch")
def patch_identity(request: GmailRequest) -> dict[str, Any]:
    """Other key pairs for an identity."""
    return _identities(request).patch(request.arguments.text("emailAddress"), request.arguments.body)


@HANDLERS.bind("gmail.users.settings.cse.identities.delete")
def delete_identity(request: GmailRequest) -> None:
    """Delete an identity."""
    _identities(request).delete(request.arguments.text("cseEmailAddress"))


def _page(request: GmailRequest, key: str, items: list[Resource]) -> dict[str, Any] | None:
    """A page of a list; the token is how many items came before."""
    token = request.arguments.text("pageToken")
    if token and not (token.isascii() and token.isdigit()):
        raise InvalidArgument("Invalid pageToken")
    start = int(token or "0")
    size = min(request.arguments.integer("pageSize") or _DEFAULT_PAGE, _LARGEST_PAGE)
    page = items[start : start + size]
    if not page:
        return None
    more = {"nextPageToken": str(start + size)} if len(items) > start + size else {}
    return {key: page, **more}


def _pairs(request: GmailRequest) -> CseKeyPairs:
    return CseKeyPairs(request.kernel, request.mailbox)


def _identities(request: GmailRequest) -> CseIdentities:
    return CseIdentities(request.kernel, request.mailbox)

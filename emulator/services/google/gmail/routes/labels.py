"""``gmail.users.labels``."""

from __future__ import annotations

from typing import Any

from .. import wire
from ..label_edits import LabelEditor
from ..request import HANDLERS, GmailRequest

__all__ = ["create", "delete", "get", "list_", "patch", "update"]


@HANDLERS.bind("gmail.users.labels.list")
def list_(request: GmailRequest) -> dict[str, Any]:
    """Every label, without counters and without pages."""
    return {"labels": [wire.label(each) for each in request.mailbox.labels()]}


@HANDLERS.bind("gmail.users.labels.get")
def get(request: GmailRequest) -> dict[str, Any]:
    """One label with its counters."""
    found = request.mailbox.label(request.arguments.text("id"))
    return wire.label_with_counters(found, request.mailbox.counters(found))


@HANDLERS.bind("gmail.users.labels.create")
def create(request: GmailRequest) -> dict[str, Any]:
    """A new user label."""
    return wire.created_label(_editor(request).create(request.arguments.body))


@HANDLERS.bind("gmail.users.labels.patch")
def patch(request: GmailRequest) -> dict[str, Any]:
    """Some fields of a user label."""
    changed = _editor(request).patch(request.arguments.text("id"), request.arguments.body)
    return wire.label_with_counters(changed, request.mailbox.counters(changed))


@HANDLERS.bind("gmail.users.labels.update")
def update(request: GmailRequest) -> dict[str, Any]:
    """A user label anew."""
    changed = _editor(request).update(request.arguments.text("id"), request.arguments.body)
    return wire.label_with_counters(changed, request.mailbox.counters(changed))


@HANDLERS.bind("gmail.users.labels.delete")
def delete(request: GmailRequest) -> None:
    """A user label, from the list and from every message."""
    _editor(request).delete(request.arguments.text("id"))


def _editor(request: GmailRequest) -> LabelEditor:
    return LabelEditor(request.kernel, request.mailbox)

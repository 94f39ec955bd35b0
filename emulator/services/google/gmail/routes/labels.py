"""``gmail.users.labels``."""

from __future__ import annotations

from typing import Any

from .. import wire
from ..request import HANDLERS, GmailRequest

__all__ = ["get", "list_"]


@HANDLERS.bind("gmail.users.labels.list")
def list_(request: GmailRequest) -> dict[str, Any]:
    """Every label, without counters and without pages."""
    return {"labels": [wire.label(each) for each in request.mailbox.labels()]}


@HANDLERS.bind("gmail.users.labels.get")
def get(request: GmailRequest) -> dict[str, Any]:
    """One label with its counters."""
    found = request.mailbox.label(request.arguments.text("id"))
    return wire.label_with_counters(found, request.mailbox.counters(found))

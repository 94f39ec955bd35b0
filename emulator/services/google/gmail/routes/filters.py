"""``gmail.users.settings.filters``."""

from __future__ import annotations

from typing import Any

from ..request import HANDLERS, GmailRequest
from ..settings.filters import Filters
from ..settings.store import listed

__all__ = ["create", "delete", "get", "list_"]


@HANDLERS.bind("gmail.users.settings.filters.list")
def list_(request: GmailRequest) -> dict[str, Any] | None:
    """Every filter, under a key in the singular."""
    return listed("filter", _filters(request).all())


@HANDLERS.bind("gmail.users.settings.filters.get")
def get(request: GmailRequest) -> dict[str, Any]:
    """One filter."""
    return _filters(request).get(request.arguments.text("id"))


@HANDLERS.bind("gmail.users.settings.filters.create")
def create(request: GmailRequest) -> dict[str, Any]:
    """A filter for mail to come."""
    return _filters(request).create(request.arguments.body)


@HANDLERS.bind("gmail.users.settings.filters.delete")
def delete(request: GmailRequest) -> None:
    """Delete a filter."""
    _filters(request).delete(request.arguments.text("id"))


def _filters(request: GmailRequest) -> Filters:
    return Filters(request.kernel, request.mailbox)

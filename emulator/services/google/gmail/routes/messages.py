"""``gmail.users.messages``."""

from __future__ import annotations

from typing import Any

from .. import wire
from ..request import HANDLERS, GmailRequest

__all__ = ["get", "get_attachment", "list_"]


@HANDLERS.bind("gmail.users.messages.list")
def list_(request: GmailRequest) -> dict[str, Any]:
    """Ids of the messages that match, newest first."""
    page = request.mailbox.messages(request.condition(), request.position(), request.page_size())
    return wire.list_page("messages", [wire.message_reference(each) for each in page.items], page)


@HANDLERS.bind("gmail.users.messages.get")
def get(request: GmailRequest) -> dict[str, Any]:
    """One message, as much of it as ``format`` says."""
    view = request.view()
    found = request.mailbox.message(wire.number(request.arguments.text("id")))
    return wire.message(found, view, request.mailbox)


@HANDLERS.bind("gmail.users.messages.attachments.get")
def get_attachment(request: GmailRequest) -> dict[str, Any]:
    """The content of one part."""
    found = request.mailbox.message(wire.number(request.arguments.text("messageId")))
    return wire.attachment(request.mailbox.attachment(found, request.arguments.text("id")))

"""``gmail.users.threads``."""

from __future__ import annotations

from typing import Any

from .. import wire
from ..request import HANDLERS, GmailRequest

__all__ = ["get", "list_"]


@HANDLERS.bind("gmail.users.threads.list")
def list_(request: GmailRequest) -> dict[str, Any]:
    """The threads with a message that matches, in the order of their newest such message."""
    page = request.mailbox.threads(request.condition(), request.position(), request.page_size())
    heads = [request.mailbox.thread_head(each.thread) for each in page.items]
    items = [wire.thread_head(head, restricted=request.restricted) for head in heads]
    return wire.list_page("threads", items, page)


@HANDLERS.bind("gmail.users.threads.get")
def get(request: GmailRequest) -> dict[str, Any]:
    """One thread with every message in it, those in Spam and Trash too."""
    view = request.view()
    found = request.mailbox.thread(wire.number(request.arguments.text("id")))
    return wire.thread(found, view, request.mailbox)

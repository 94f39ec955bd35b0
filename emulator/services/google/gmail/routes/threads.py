"""``gmail.users.threads``."""

from __future__ import annotations

from typing import Any

from .. import wire
from ..changes import LabelChange, relabel, remove
from ..mailbox import StoredThread
from ..request import HANDLERS, GmailRequest

__all__ = ["delete", "get", "list_", "modify", "trash", "untrash"]


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


@HANDLERS.bind("gmail.users.threads.modify")
def modify(request: GmailRequest) -> dict[str, Any]:
    """Labels on and off every message of a thread."""
    found = _thread(request)
    return _changed(request, found, request.label_change())


@HANDLERS.bind("gmail.users.threads.trash")
def trash(request: GmailRequest) -> dict[str, Any]:
    """A thread into the trash."""
    return _changed(request, _thread(request), LabelChange(add=("TRASH",)))


@HANDLERS.bind("gmail.users.threads.untrash")
def untrash(request: GmailRequest) -> dict[str, Any]:
    """A thread out of the trash; where it lay before is forgotten."""
    return _changed(request, _thread(request), LabelChange(remove=("TRASH",)))


@HANDLERS.bind("gmail.users.threads.delete")
def delete(request: GmailRequest) -> None:
    """A thread for good."""
    remove(request.kernel, request.mailbox, _thread(request).messages)


def _thread(request: GmailRequest) -> StoredThread:
    return request.mailbox.thread(wire.number(request.arguments.text("id")))


def _changed(request: GmailRequest, found: StoredThread, change: LabelChange) -> dict[str, Any]:
    changed = relabel(request.kernel, request.mailbox, found.messages, change)
    return wire.changed_thread(found, changed, request.mailbox)

"""``gmail.users.messages``."""

from __future__ import annotations

from typing import Any

from ...errors import InvalidArgument, NotFound
from .. import wire
from ..appending import Appending
from ..changes import LabelChange, relabel, remove, require_label
from ..mailbox import StoredMessage
from ..request import HANDLERS, GmailRequest

__all__ = [
    "batch_delete",
    "batch_modify",
    "delete",
    "get",
    "get_attachment",
    "import_",
    "insert",
    "list_",
    "modify",
    "send",
    "trash",
    "untrash",
]

_MOST_IDS = 1_000


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


@HANDLERS.bind("gmail.users.messages.send")
def send(request: GmailRequest) -> dict[str, Any]:
    """Send a message."""
    body = request.arguments.body
    return wire.stored_message(request.outbox.send(request.mail(body), request.thread_of(body)))


@HANDLERS.bind("gmail.users.messages.insert")
def insert(request: GmailRequest) -> dict[str, Any]:
    """Put a message into the mailbox as it is."""
    body = request.arguments.body
    return wire.stored_message(_appending(request).insert(request.mail(body), request.thread_of(body)))


@HANDLERS.bind("gmail.users.messages.import")
def import_(request: GmailRequest) -> dict[str, Any]:
    """Put a message into the mailbox as if it had come in; the answer is its id alone."""
    raw = request.mail(request.arguments.body)
    if request.arguments.body.get("threadId"):
        raise InvalidArgument("threadId not allowed")
    stored = _appending(request).import_(raw, never_spam=request.arguments.flag("neverMarkSpam"))
    return {"id": wire.hex_id(stored.id)}


@HANDLERS.bind("gmail.users.messages.modify")
def modify(request: GmailRequest) -> dict[str, Any]:
    """Labels on and off a message."""
    found = _message(request)
    return _changed(request, found, request.label_change())


@HANDLERS.bind("gmail.users.messages.trash")
def trash(request: GmailRequest) -> dict[str, Any]:
    """A message into the trash."""
    return _changed(request, _message(request), LabelChange(add=("TRASH",)))


@HANDLERS.bind("gmail.users.messages.untrash")
def untrash(request: GmailRequest) -> dict[str, Any]:
    """A message out of the trash; where it lay before is forgotten."""
    return _changed(request, _message(request), LabelChange(remove=("TRASH",)))


@HANDLERS.bind("gmail.users.messages.delete")
def delete(request: GmailRequest) -> None:
    """A message for good."""
    remove(request.kernel, request.mailbox, [_message(request)])


@HANDLERS.bind("gmail.users.messages.batchModify")
def batch_modify(request: GmailRequest) -> None:
    """Labels on and off many messages; unknown ids are passed over."""
    ids = _ids(request)
    change = request.label_change()
    relabel(request.kernel, request.mailbox, _known(request, ids), change)


@HANDLERS.bind("gmail.users.messages.batchDelete")
def batch_delete(request: GmailRequest) -> None:
    """Many messages for good; unknown ids are passed over."""
    remove(request.kernel, request.mailbox, _known(request, _ids(request)))


def _appending(request: GmailRequest) -> Appending:
    labels = tuple(dict.fromkeys(request.arguments.body.get("labelIds") or ()))
    for label in labels:
        require_label(request.mailbox, label)
    dated = request.arguments.text("internalDateSource") == "dateHeader"
    return Appending(request.outbox, labels, dated, request.arguments.flag("deleted"))


def _message(request: GmailRequest) -> StoredMessage:
    return request.mailbox.message(wire.number(request.arguments.text("id")))


def _changed(request: GmailRequest, found: StoredMessage, change: LabelChange) -> dict[str, Any]:
    return wire.changed_message(found, relabel(request.kernel, request.mailbox, [found], change), request.mailbox)


def _ids(request: GmailRequest) -> tuple[int, ...]:
    ids = request.arguments.body.get("ids") or ()
    if len(ids) > _MOST_IDS:
        raise InvalidArgument(f"Number of ids cannot exceed {_MOST_IDS}")
    return wire.numbers(ids)


def _known(request: GmailRequest, ids: tuple[int, ...]) -> list[StoredMessage]:
    found = []
    for each in ids:
        try:
            found.append(request.mailbox.message(each))
        except NotFound:
            continue  # "no guarantee" is what the API promises of ids it does not know
    return found

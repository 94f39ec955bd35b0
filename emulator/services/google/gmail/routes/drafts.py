"""``gmail.users.drafts``."""

from __future__ import annotations

from typing import Any

from ...errors import InvalidArgument
from .. import wire
from ..drafts import Draft, Drafts
from ..request import HANDLERS, GmailRequest
from ..wire import View

__all__ = ["create", "delete", "get", "list_", "send", "update"]


@HANDLERS.bind("gmail.users.drafts.list")
def list_(request: GmailRequest) -> dict[str, Any]:
    """The drafts that match, newest first."""
    condition = request.condition("DRAFT")
    drafts, page = _drafts(request).page(condition, request.position(), request.page_size())
    items = [wire.draft(each.id, wire.message_reference((each.message.id, each.message.thread))) for each in drafts]
    return wire.list_page("drafts", items, page)


@HANDLERS.bind("gmail.users.drafts.get")
def get(request: GmailRequest) -> dict[str, Any]:
    """A draft around its message, as much of that as ``format`` says."""
    found = _draft(request)
    return wire.draft(found.id, wire.message(found.message, View(request.arguments.text("format")), request.mailbox))


@HANDLERS.bind("gmail.users.drafts.create")
def create(request: GmailRequest) -> dict[str, Any]:
    """A new draft."""
    message = request.arguments.body.get("message") or {}
    return _shown(_drafts(request).create(request.mail(message), request.thread_of(message)))


@HANDLERS.bind("gmail.users.drafts.update")
def update(request: GmailRequest) -> dict[str, Any]:
    """Another message for a draft."""
    message = request.arguments.body.get("message") or {}
    return _shown(_drafts(request).update(_draft(request), request.mail(message), request.thread_of(message)))


@HANDLERS.bind("gmail.users.drafts.send")
def send(request: GmailRequest) -> dict[str, Any]:
    """Send a draft; a message in the body replaces its own first."""
    drafts, body = _drafts(request), request.arguments.body
    if not body.get("id"):
        raise InvalidArgument(cause="draft_id_missing")
    found = drafts.get(body["id"])
    message = body.get("message") or {}
    if request.admitted.media is not None or message.get("raw"):
        thread = request.thread_of(message)
        found = drafts.update(found, request.mail(message), found.message.thread if thread is None else thread)
    return wire.stored_message(drafts.send(found))


@HANDLERS.bind("gmail.users.drafts.delete")
def delete(request: GmailRequest) -> None:
    """A draft for good."""
    _drafts(request).delete(_draft(request))


def _drafts(request: GmailRequest) -> Drafts:
    return Drafts(request.outbox)


def _draft(request: GmailRequest) -> Draft:
    return _drafts(request).get(request.arguments.text("id"))


def _shown(draft: Draft) -> dict[str, Any]:
    return wire.draft(draft.id, wire.stored_message(draft.message))

"""Records of a mailbox as the JSON of Gmail API v1: names, key order and omissions as recorded.

Key order is that of the proto fields, not of the documentation. Empty lists are left out, never ``[]``; 64-bit
numbers are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidArgument, NotFound
from .history import BARE, HistoryEntry, HistoryRecord
from .labels import Label, wire_order
from .listing import Page, page_token
from .mailbox import Counters, Mailbox, Profile, StoredMessage, StoredThread, ThreadHead
from .mime import base64url, metadata_payload, payload

__all__ = [
    "View",
    "attachment",
    "changed_message",
    "changed_thread",
    "created_label",
    "draft",
    "hex_id",
    "history_page",
    "label",
    "label_with_counters",
    "list_page",
    "message",
    "message_reference",
    "number",
    "numbers",
    "profile",
    "stored_message",
    "thread",
    "thread_head",
    "thread_number",
]

_ID = re.compile("[0-9a-fA-F]{1,16}")
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class View:
    """How much of a message is shown. ``headers`` are the ``metadataHeaders`` asked for.

    ``restricted`` is the view of a token that holds gmail.metadata: no snippet, a payload without ``mimeType``.
    """

    format: str = "full"
    headers: tuple[str, ...] = ()
    restricted: bool = False


def hex_id(value: int) -> str:
    """A message or thread id on the wire."""
    return f"{value:016x}"


def number(text: str) -> int:
    """The message or thread behind an id. Raises the API's 400 for what is no id, its 404 for what cannot be one."""
    if _ID.fullmatch(text) is None:
        raise InvalidArgument("Invalid id value")
    if (value := int(text, 16)) > _LARGEST:
        raise NotFound
    return value


def numbers(texts: Iterable[str]) -> tuple[int, ...]:
    """The messages behind ids that may be missing: malformed ones are refused, impossible ones left out."""
    found = []
    for text in texts:
        try:
            found.append(number(text))
        except NotFound:
            continue  # well formed, so as unknown as any other id nobody has
    return tuple(dict.fromkeys(found))


def thread_number(text: str) -> int:
    """The thread a body names. Raises the 400 such a field draws; whether there is the thread is for the mailbox."""
    if _ID.fullmatch(text) is None:
        raise InvalidArgument("Invalid thread_id value")
    return number(text)


def profile(found: Profile) -> dict[str, Any]:
    """``Profile``."""
    return {
        "emailAddress": found.account,
        "messagesTotal": found.messages,
        "threadsTotal": found.threads,
        "historyId": str(found.history),
    }


def message(found: StoredMessage, view: View, mailbox: Mailbox) -> dict[str, Any]:
    """``Message`` as ``view`` shows it."""
    value: dict[str, Any] = {"id": hex_id(found.id), "threadId": hex_id(found.thread)}
    if found.labels:
        value["labelIds"] = list(wire_order(found.labels))
    if not view.restricted:
        value["snippet"] = found.snippet
    if (shown := _payload(found, view, mailbox)) is not None:
        value["payload"] = shown
    value["sizeEstimate"] = found.size
    if view.format == "raw":
        value["raw"] = base64url(mailbox.raw(found))
    return value | {"historyId": str(found.history), "internalDate": str(found.internal_date)}


def stored_message(found: StoredMessage, labels: Iterable[str] | None = None) -> dict[str, Any]:
    """``Message`` as the answer to a change: ids and labels, by default those it was read with."""
    kept = found.labels if labels is None else tuple(labels)
    value: dict[str, Any] = {"id": hex_id(found.id), "threadId": hex_id(found.thread)}
    return value | {"labelIds": list(wire_order(kept))} if kept else value


def changed_message(found: StoredMessage, changed: Mapping[int, tuple[str, ...]], mailbox: Mailbox) -> dict[str, Any]:
    """``Message`` after a change of labels: short where something changed, the minimal view where nothing did."""
    if found.id in changed:
        return stored_message(found, changed[found.id])
    return message(found, View("minimal"), mailbox)


def message_reference(found: tuple[int, int]) -> dict[str, str]:
    """A message as lists show it: its id and its thread's."""
    return {"id": hex_id(found[0]), "threadId": hex_id(found[1])}


def thread(found: StoredThread, view: View, mailbox: Mailbox) -> dict[str, Any]:
    """``Thread`` of a get: no snippet of its own, messages oldest first."""
    messages = [message(each, view, mailbox) for each in found.messages]
    return {"id": hex_id(found.id), "historyId": str(found.history), "messages": messages}


def changed_thread(found: StoredThread, changed: Mapping[int, tuple[str, ...]], mailbox: Mailbox) -> dict[str, Any]:
    """``Thread`` after a change of labels: short where something changed, minimal views where nothing did."""
    if not changed:
        return thread(found, View("minimal"), mailbox)
    messages = [stored_message(each, changed.get(each.id)) for each in found.messages]
    return {"id": hex_id(found.id), "messages": messages}


def thread_head(found: ThreadHead, *, restricted: bool) -> dict[str, str]:
    """``Thread`` of a list."""
    snippet = {} if restricted else {"snippet": found.snippet}
    return {"id": hex_id(found.id), **snippet, "historyId": str(found.history)}


def list_page(name: str, items: list[dict[str, str]], page: Page) -> dict[str, Any]:
    """A list response; ``name`` is the key of its items."""
    value: dict[str, Any] = {name: items} if items else {}
    if page.next_position is not None:
        value["nextPageToken"] = page_token(page.next_position)
    return value | {"resultSizeEstimate": page.estimate}


def label(found: Label) -> dict[str, Any]:
    """``Label`` of a list."""
    optional = {
        "messageListVisibility": found.message_list_visibility,
        "labelListVisibility": found.label_list_visibility,
        "type": found.type,
    }
    value: dict[str, Any] = {"id": found.id, "name": found.name}
    value |= {key: text for key, text in optional.items() if text}
    if found.background_color:
        value["color"] = {"textColor": found.text_color, "backgroundColor": found.background_color}
    return value


def created_label(found: Label) -> dict[str, Any]:
    """``Label`` of a create, which leaves ``type`` out."""
    return {key: value for key, value in label(found).items() if key != "type"}


def label_with_counters(found: Label, counters: Counters) -> dict[str, Any]:
    """``Label`` of a get."""
    return label(found) | {
        "messagesTotal": counters.messages,
        "messagesUnread": counters.unread_messages,
        "threadsTotal": counters.threads,
        "threadsUnread": counters.unread_threads,
    }


def attachment(content: bytes) -> dict[str, Any]:
    """``MessagePartBody`` of an attachment; its id is not repeated."""
    return {"size": len(content), "data": base64url(content)}


def draft(identifier: int, shown: dict[str, Any]) -> dict[str, Any]:
    """``Draft`` around its message."""
    return {"id": f"r{identifier}", "message": shown}


def history_page(records: Sequence[HistoryRecord], present: int, next_token: str) -> dict[str, Any]:
    """``ListHistoryResponse``; without records there is no ``history`` key."""
    value: dict[str, Any] = {"history": [_history_record(each) for each in records]} if records else {}
    if next_token:
        value["nextPageToken"] = next_token
    return value | {"historyId": str(present)}


_HISTORY_KEYS = {
    "messageAdded": "messagesAdded",
    "messageDeleted": "messagesDeleted",
    "labelAdded": "labelsAdded",
    "labelRemoved": "labelsRemoved",
}


def _history_record(record: HistoryRecord) -> dict[str, Any]:
    value: dict[str, Any] = {
        "id": str(record.id),
        "messages": [message_reference((entry.message, entry.thread)) for entry in record.entries],
    }
    if record.action != BARE:
        changed = {"labelIds": [record.changed]} if record.changed else {}
        value[_HISTORY_KEYS[record.action]] = [{"message": _then(entry)} | changed for entry in record.entries]
    return value


def _then(entry: HistoryEntry) -> dict[str, Any]:
    """A message with the labels it had right after a change."""
    reference: dict[str, Any] = {**message_reference((entry.message, entry.thread))}
    return reference | {"labelIds": list(wire_order(entry.labels))} if entry.labels else reference


def _payload(found: StoredMessage, view: View, mailbox: Mailbox) -> dict[str, Any] | None:
    if view.format == "full":
        return payload(mailbox.mime(found), lambda part: mailbox.attachment_id(found, part))
    if view.format == "metadata":
        shown = metadata_payload(mailbox.mime(found), view.headers)
        if view.restricted:
            del shown["mimeType"]
            return {"partId": ""} | shown
        return shown
    return {"partId": ""} if view.restricted and view.format == "minimal" else None

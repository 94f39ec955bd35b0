"""From Gmail's thread resource to the item the Actor pushes."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from googleapiclient._apis.gmail.v1 import Message, MessagePart, Thread

__all__ = ["ThreadItem", "thread_item"]

# Functional form because `from` is a keyword. `.actor/dataset_schema.json` describes each field.
ThreadItem = TypedDict(
    "ThreadItem",
    {
        "thread_id": str,
        "url": str,
        "subject": str,
        "from": str,
        "participants": list[str],
        "first_message_at": str,
        "last_message_at": str,
        "message_count": int,
        "unread": bool,
        "labels": list[str],
        "snippet": str,
        "has_attachment": bool,
    },
)


def thread_item(thread: Thread, label_names: Mapping[str, str]) -> ThreadItem:
    """Describe a thread of `threads.get`, whose messages carry at least `internalDate` and a payload with headers.

    `label_names` maps label ids to names; an id it lacks stands for itself. The snippet is the newest message's,
    because the thread resource itself has none.
    """
    messages = sorted(thread["messages"], key=_epoch_milliseconds)
    first, last = messages[0], messages[-1]
    label_ids = {label_id for message in messages for label_id in message.get("labelIds", [])}
    return {
        "thread_id": thread["id"],
        "url": f"https://mail.google.com/mail/#all/{thread['id']}",
        "subject": _header(first, "Subject"),
        "from": _header(last, "From"),
        "participants": _participants(messages),
        "first_message_at": _iso_time(first),
        "last_message_at": _iso_time(last),
        "message_count": len(messages),
        "unread": "UNREAD" in label_ids,
        "labels": sorted(label_names.get(label_id, label_id) for label_id in label_ids),
        "snippet": html.unescape(last.get("snippet", "")),
        "has_attachment": any(_has_file(message["payload"]) for message in messages),
    }


def _epoch_milliseconds(message: Message) -> int:
    return int(message["internalDate"])


def _iso_time(message: Message) -> str:
    moment = datetime.fromtimestamp(_epoch_milliseconds(message) // 1000, tz=UTC)
    return moment.isoformat().replace("+00:00", "Z")


def _headers(message: Message, name: str) -> Iterator[str]:
    """Yield the values of a header; senders spell header names in any case, and may repeat them."""
    for header in message["payload"].get("headers", []):
        if header["name"].lower() == name.lower():
            yield header["value"]


def _header(message: Message, name: str) -> str:
    return next(_headers(message, name), "")


def _participants(messages: list[Message]) -> list[str]:
    values = [value for message in messages for name in ("From", "To", "Cc") for value in _headers(message, name)]
    addresses = (address.lower() for _, address in getaddresses(values) if "@" in address)
    return list(dict.fromkeys(addresses))


def _has_file(part: MessagePart) -> bool:
    return bool(part.get("filename")) or any(_has_file(child) for child in part.get("parts", []))

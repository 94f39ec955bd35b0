"""Made-up threads for a dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .threads import ThreadItem, thread_item

if TYPE_CHECKING:
    from googleapiclient._apis.gmail.v1 import Message, Thread

__all__ = ["sample_items"]


def sample_items() -> list[ThreadItem]:
    """Return items of the real shape: they go through the same code as a thread read from Gmail."""
    return [thread_item(thread, {"Label_1": "Reports"}) for thread in (_report(), _lunch())]


def _report() -> Thread:
    question = _message(
        "Ada Lovelace <ada@example.com>", "Grace Hopper <grace@example.com>", "Quarterly report", 1768206600000
    )
    question |= {"snippet": "Could you check the figures before I send them?", "labelIds": ["SENT"]}
    question["payload"]["parts"] = [{"filename": ""}, {"filename": "report.pdf"}]
    answer = _message(
        "Grace Hopper <grace@example.com>", "Ada Lovelace <ada@example.com>", "Re: Quarterly report", 1768208700000
    )
    answer |= {"snippet": "Thanks, the figures look right to me.", "labelIds": ["UNREAD", "INBOX", "Label_1"]}
    return {"id": "19a3f0c2d4e5b6a7", "messages": [question, answer]}


def _lunch() -> Thread:
    message = _message("Mallory <mallory@example.org>", "ada@example.com", "Lunch on Friday?", 1768122000000)
    message |= {"snippet": "There is a new place on the corner, it's said to be good.", "labelIds": ["INBOX"]}
    return {"id": "19a39b1e0f2a3c4d", "messages": [message]}


def _message(sender: str, recipient: str, subject: str, epoch_milliseconds: int) -> Message:
    headers = {"From": sender, "To": recipient, "Subject": subject}
    return {
        "internalDate": str(epoch_milliseconds),
        "payload": {"filename": "", "headers": [{"name": name, "value": value} for name, value in headers.items()]},
    }

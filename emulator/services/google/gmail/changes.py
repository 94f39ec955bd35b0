"""Changing mail that is there: labels put on and taken off, messages removed for good.

What a label change drags along, and what it records, was observed on a live account: SPAM and TRASH take INBOX away
in a record of its own, a repetition records nothing. That INBOX takes a message out of Spam and Trash, and that the
two exclude each other, is inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ....kernel.service import Kernel
from ..errors import InvalidArgument, NotFound
from .history import History, HistoryEntry
from .labels import HIDING
from .mailbox import Mailbox, StoredMessage

__all__ = ["LabelChange", "relabel", "remove", "require_label"]

_MOST_LABELS = 100
_FIXED = frozenset(("SENT", "DRAFT", "CHAT"))
_DRIVES_OUT = {"TRASH": ("INBOX", "SPAM"), "SPAM": ("INBOX", "TRASH"), "INBOX": ("TRASH", "SPAM")}


@dataclass(frozen=True, slots=True)
class LabelChange:
    """Labels (ids) to put on and to take off, in the order asked for. ``of`` checks them, ``LabelChange`` does not."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    @classmethod
    def of(cls, mailbox: Mailbox, add: Sequence[str], remove: Sequence[str]) -> LabelChange:
        """The change a caller asks for. Raises ``InvalidArgument`` in the API's words."""
        if not add and not remove:
            raise InvalidArgument("No label add or removes specified")
        if not set(add).isdisjoint(remove):
            raise InvalidArgument("Cannot both add and remove the same label")
        if max(len(add), len(remove)) > _MOST_LABELS:
            raise InvalidArgument(f"Number of label ids cannot exceed {_MOST_LABELS}")
        for label in (*add, *remove):
            if label in _FIXED:
                raise InvalidArgument(f"Invalid label: {label}")
            require_label(mailbox, label)
        return cls(tuple(dict.fromkeys(add)), tuple(dict.fromkeys(remove)))

    def steps(self) -> Iterator[tuple[str, bool]]:
        """Label and whether it is put on, one after the other; what a place drives out follows it."""
        places = [place for place in _DRIVES_OUT if place in self.add]
        for label in self.add:
            if label not in places[1:]:
                yield label, True
                yield from ((driven, False) for driven in _DRIVES_OUT.get(label, ()))
        yield from ((label, False) for label in self.remove)


def require_label(mailbox: Mailbox, label: str) -> None:
    """Raise the API's 400 for a label id the mailbox has not: one text for an id, another for anything else."""
    try:
        mailbox.label(label)
    except NotFound:
        formed = label.removeprefix("Label_").isdecimal()
        raise InvalidArgument("labelId not found" if formed else f"Invalid label: {label}") from None


def relabel(
    kernel: Kernel, mailbox: Mailbox, messages: Sequence[StoredMessage], change: LabelChange
) -> dict[int, tuple[str, ...]]:
    """Change the labels of ``messages`` with the history of it; answers the labels of those that did change."""
    history = History(kernel, mailbox.number)
    labels = {each.id: set(each.labels) for each in messages}
    with kernel.world.transaction():
        for label, added in change.steps():
            entries = []
            for each in messages:
                if (label in labels[each.id]) is not added:
                    labels[each.id] ^= {label}
                    entries.append(HistoryEntry(each.id, each.thread, tuple(labels[each.id])))
            history.record("labelAdded" if added else "labelRemoved", entries, label)
        changed = {each.id: tuple(labels[each.id]) for each in messages if labels[each.id] != set(each.labels)}
        for message, kept in changed.items():
            _keep_labels(kernel, mailbox, message, kept)
    return changed


def remove(kernel: Kernel, mailbox: Mailbox, messages: Sequence[StoredMessage]) -> None:
    """Delete ``messages`` for good, in one record; a thread ends with its last message, a draft with its own."""
    if not messages:
        return
    world, keys = kernel.world, [(each.id,) for each in messages]
    with world.transaction():
        entries = [HistoryEntry(each.id, each.thread, each.labels) for each in messages]
        History(kernel, mailbox.number).record("messageDeleted", entries)
        for statement in _REMOVALS:
            world.execute_many(statement, keys)
        threads = [(thread,) for thread in dict.fromkeys(each.thread for each in messages)]
        ended = [thread for thread in threads if not world.one("SELECT 1 FROM gmail_message WHERE thread = ?", thread)]
        world.execute_many("DELETE FROM gmail_thread WHERE id = ?", ended)
        world.execute_many(
            "DELETE FROM gmail_reference WHERE mailbox = ? AND thread = ?", [(mailbox.number, *each) for each in ended]
        )
        world.execute(
            "UPDATE gmail_mailbox SET messages = messages - ?, threads = threads - ? WHERE id = ?",
            (len(messages), len(ended), mailbox.number),
        )


_REMOVALS = (
    "DELETE FROM gmail_draft WHERE message = ?",
    "DELETE FROM gmail_message_label WHERE message = ?",
    "DELETE FROM gmail_message_text WHERE rowid = ?",
    "DELETE FROM gmail_message_mime WHERE id = ?",
    "DELETE FROM gmail_message WHERE id = ?",
)


def _keep_labels(kernel: Kernel, mailbox: Mailbox, message: int, labels: tuple[str, ...]) -> None:
    hidden = int(not HIDING.isdisjoint(labels))
    kernel.world.execute("DELETE FROM gmail_message_label WHERE message = ?", (message,))
    kernel.world.execute_many(
        "INSERT INTO gmail_message_label VALUES (?, ?, ?, ?)",
        [(mailbox.number, label, hidden, message) for label in labels],
    )
    kernel.world.execute("UPDATE gmail_message SET hidden = ? WHERE id = ?", (hidden, message))

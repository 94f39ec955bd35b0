"""What settings do to mail that has just come in: filters sort it, forwarding sends it on, vacation answers it.

The message then lies where it belongs from the first: the history shows it added with the labels it ends up with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .....kernel.service import Kernel
from ...organization import is_switched_off
from ..labels import HIDING, wire_order
from ..mailbox import Mailbox, StoredMessage
from ..stored_form import StoredForm
from .filters import FilterOutcome, Filters
from .forwarding import Forwarding
from .vacation import vacation_reply

__all__ = ["Dispatch", "settle"]

Dispatch = Callable[[bytes, str, Iterable[str]], object]
"""Brings a message (bytes) from a sender to recipients."""

_DISPOSITIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "leaveInInbox": ((), ()),
    "archive": ((), ("INBOX",)),
    "trash": (("TRASH",), ("INBOX",)),
    "markRead": ((), ("UNREAD",)),
}


def settle(kernel: Kernel, mailbox: Mailbox, message: StoredMessage, dispatch: Dispatch) -> StoredMessage:
    """Let the settings of ``mailbox`` act on a message it has just received; answers it as it then is."""
    forwarding = Forwarding(kernel, mailbox)
    outcome = Filters(kernel, mailbox).outcome(message)
    automatic = forwarding.automatic
    labels = _sorted(set(message.labels), outcome)
    if is_spam := "SPAM" in labels:
        targets: list[str] = []
    else:
        targets = [each for each in outcome.forward if forwarding.is_accepted(each)]
        if automatic["enabled"]:
            add, remove = _DISPOSITIONS[automatic["disposition"]]
            labels = (labels | {*add}) - {*remove}
            targets.append(automatic["emailAddress"])
    if labels != set(message.labels):
        _amend(kernel, mailbox, message, labels)
    if targets and not is_switched_off(kernel.world, mailbox.account, "automatic_forwarding"):
        _forward(mailbox, message, targets, dispatch)
    if not is_spam and (reply := vacation_reply(kernel, mailbox, message)) is not None:
        dispatch(reply[0], mailbox.account, [reply[1]])
    return mailbox.message(message.id)


def _sorted(labels: set[str], outcome: FilterOutcome) -> set[str]:
    """Where filters put a message: "never to Spam" brings it to the inbox first, deletion takes it out again."""
    if "SPAM" in labels and "SPAM" in outcome.remove:
        labels = (labels - {"SPAM"}) | {"INBOX"}
    labels = labels - outcome.remove
    categories = {label for label in outcome.add if label.startswith("CATEGORY_")}
    if categories:
        labels = {label for label in labels if not label.startswith("CATEGORY_")}
    labels |= outcome.add
    return labels - {"INBOX"} if "TRASH" in labels else labels


def _amend(kernel: Kernel, mailbox: Mailbox, message: StoredMessage, labels: set[str]) -> None:
    """Give a message of this very transaction other labels, in its history record too."""
    world, hidden, ordered = kernel.world, int(not HIDING.isdisjoint(labels)), wire_order(labels)
    world.execute("DELETE FROM gmail_message_label WHERE message = ?", (message.id,))
    world.execute_many(
        "INSERT INTO gmail_message_label VALUES (?, ?, ?, ?)",
        [(mailbox.number, label, hidden, message.id) for label in ordered],
    )
    world.execute("UPDATE gmail_message SET hidden = ? WHERE id = ?", (hidden, message.id))
    world.execute(
        "UPDATE gmail_history SET labels = ? WHERE mailbox = ? AND id = ? AND message = ?",
        (" ".join(ordered), mailbox.number, message.history, message.id),
    )


def _forward(mailbox: Mailbox, message: StoredMessage, targets: list[str], dispatch: Dispatch) -> None:
    """Send a message on as it is, once to each; one that has been here before goes no further."""
    form = StoredForm.of(mailbox.raw(message))
    forwarders = {
        value.lower().split(maxsplit=1)[0]
        for name, value in form.lines
        if name.lower() == "x-forwarded-for" and value.strip()
    }
    if mailbox.account.encode() in forwarders:
        return
    for target in dict.fromkeys(targets):
        marks = [("X-Forwarded-To", target), ("X-Forwarded-For", f"{mailbox.account} {target}")]
        dispatch(form.on_top(marks).written(), mailbox.account, [target])

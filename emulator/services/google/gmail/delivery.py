"""Putting messages into a mailbox: one, or thousands in a batch.

Threads are found as Gmail finds them: a Message-ID in common (own, In-Reply-To, References) and the same subject
without its reply marks. Everything a delivery looks up is indexed, so its cost does not grow with the mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ....kernel.ids import Ids
from ....kernel.service import Kernel
from ....kernel.world import World
from .history import mark_day, next_history
from .labels import HIDING, wire_order
from .mime import IndexFields, canonical, index_fields, parse
from .snippet import snippet

__all__ = ["Incoming", "Joining", "base_subject", "deliver"]

_REPLY_MARK = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|vs|antw|odp|rv|tr)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_TRANSLATED_TAG = re.compile(r"\s*\[[^\[\]]{1,40}\]\s*(?=(?:re|fwd?)\s*:)", re.IGNORECASE)


Joining = Literal["references", "subject", "never"]
"""How a message finds its thread: by ids and subject, failing that by the subject alone, or not at all."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message to be stored. ``labels`` are label ids; ``received`` is the epoch millisecond it is indexed under.

    ``thread`` joins an existing thread whatever the message says; equal ``conversation`` names join one another.
    ``joining`` is how any other message finds its thread. ``draft`` is the draft a DRAFT message becomes the content
    of, a new one by default.
    """

    raw: bytes
    labels: tuple[str, ...]
    received: int
    thread: int | None = None
    conversation: str = ""
    joining: Joining = "references"
    draft: int | None = None


def base_subject(subject: str) -> str:
    """What the subjects of one conversation have in common: no reply marks, no difference of case or white space."""
    while (mark := _REPLY_MARK.match(subject) or _TRANSLATED_TAG.match(subject)) is not None:
        subject = subject[mark.end() :]
    return " ".join(subject.split()).casefold()


def deliver(
    kernel: Kernel, mailbox: int, incoming: Iterable[Incoming], conversations: dict[str, int] | None = None
) -> list[int]:
    """Store messages in the order given; answers their ids. All of them or, with an exception, none.

    ``conversations`` are the threads of named conversations; what is learnt is entered, for the next batch.
    """
    with kernel.world.transaction():
        batch = _Batch(kernel, mailbox, {} if conversations is None else conversations)
        delivered = [batch.add(each) for each in incoming]
        batch.flush()
        return delivered


@dataclass(slots=True)
class _Rows:
    """What waits to be written for the messages of a batch."""

    mime: list[tuple[int, bytes]] = field(default_factory=list)
    labels: list[tuple[int, str, int, int]] = field(default_factory=list)
    texts: list[tuple[int | str, ...]] = field(default_factory=list)
    history: list[tuple[int | str, ...]] = field(default_factory=list)
    drafts: list[tuple[int, int, int]] = field(default_factory=list)


class _Batch:
    """Messages on their way into one mailbox. What later ones look up is written at once, the rest by ``flush``."""

    def __init__(self, kernel: Kernel, mailbox: int, conversations: dict[str, int]) -> None:
        self._world: World = kernel.world
        self._conversations = conversations
        self._ids: Ids = kernel.ids
        self._mailbox = mailbox
        self._history = int(self._world.value("SELECT history FROM gmail_mailbox WHERE id = ?", (mailbox,)))
        mark_day(self._world, mailbox, kernel.clock.milliseconds(), self._history)
        self._messages = self._threads = 0
        self._rows = _Rows()

    def add(self, incoming: Incoming) -> int:
        """Take in one message; answers its id."""
        raw = canonical(incoming.raw)
        parsed = parse(raw)
        fields = index_fields(parsed)
        message = self._new_id(incoming.received)
        self._history = next_history(self._ids, self._history)
        thread = self._join(self._wanted(incoming), message, fields, incoming.joining)
        if incoming.conversation:
            self._conversations.setdefault(incoming.conversation, thread)
        hidden = int(not HIDING.isdisjoint(incoming.labels))
        self._world.execute(
            "INSERT INTO gmail_message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                message,
                self._mailbox,
                thread,
                self._history,
                incoming.received if fields.date is None else fields.date,
                len(raw),
                hidden,
                fields.has_attachment,
                fields.message_id,
                snippet(parsed),
            ),
        )
        self._messages += 1
        self._note(incoming, raw, message, thread, hidden, fields)
        return message

    def flush(self) -> None:
        """Write what is waiting, and the mailbox's counters."""
        rows, world = self._rows, self._world
        world.execute_many("INSERT INTO gmail_message_mime VALUES (?, ?)", rows.mime)
        world.execute_many("INSERT INTO gmail_message_label VALUES (?, ?, ?, ?)", rows.labels)
        world.execute_many(
            "INSERT INTO gmail_message_text (rowid, subject, sender, recipients_to, recipients_cc, recipients_bcc,"
            " delivered_to, list, filename, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows.texts,
        )
        world.execute_many("INSERT INTO gmail_history VALUES (?, ?, ?, ?, 'messageAdded', '', ?)", rows.history)
        world.execute_many("INSERT OR REPLACE INTO gmail_draft (id, mailbox, message) VALUES (?, ?, ?)", rows.drafts)
        world.execute(
            "UPDATE gmail_mailbox SET history = ?, messages = messages + ?, threads = threads + ? WHERE id = ?",
            (self._history, self._messages, self._threads, self._mailbox),
        )
        self._rows = _Rows()
        self._messages = self._threads = 0

    def _note(
        self, incoming: Incoming, raw: bytes, message: int, thread: int, hidden: int, fields: IndexFields
    ) -> None:
        labels = wire_order(set(incoming.labels))
        self._rows.mime.append((message, raw))
        self._rows.labels += [(self._mailbox, label, hidden, message) for label in labels]
        self._rows.history.append((self._mailbox, self._history, message, thread, " ".join(labels)))
        if "DRAFT" in incoming.labels:
            draft = self._ids.bits(64) - 2**63 if incoming.draft is None else incoming.draft
            self._rows.drafts.append((draft, self._mailbox, message))
        self._rows.texts.append(
            (
                message,
                fields.subject,
                fields.sender,
                fields.to,
                fields.cc,
                fields.bcc,
                fields.delivered_to,
                fields.list,
                fields.filenames,
                fields.body,
            )
        )

    def _new_id(self, received: int) -> int:
        """An id nobody has, above every other of the same millisecond, so that order of receipt is list order."""
        first = received << 20
        last = self._world.value("SELECT max(id) FROM gmail_message WHERE id >= ? AND id < ?", (first, first + 2**20))
        if last is None:
            return first + self._ids.bits(19)
        step = 1 + self._ids.bits(5)
        return int(last) + step if last + step < first + 2**20 else self._new_id(received + 1)

    def _wanted(self, incoming: Incoming) -> int | None:
        if incoming.thread is not None:
            return incoming.thread
        return self._conversations.get(incoming.conversation) if incoming.conversation else None

    def _join(self, wanted: int | None, message: int, fields: IndexFields, joining: Joining) -> int:
        """The thread of a message, brought up to date: the one wanted, one that shares an id, or a new one."""
        own = (fields.message_id,) if fields.message_id else ()
        mentioned = tuple(dict.fromkeys((*own, *fields.in_reply_to, *reversed(fields.references))))[:_MOST_REFERENCES]
        subject = base_subject(fields.subject)
        thread = self._known(mentioned, subject, joining) if wanted is None else wanted
        if thread is None:
            thread = message
            self._threads += 1
            values = (thread, self._mailbox, subject, self._history)
            self._world.execute("INSERT INTO gmail_thread VALUES (?, ?, ?, ?)", values)
        else:
            self._world.execute("UPDATE gmail_thread SET history = ? WHERE id = ?", (self._history, thread))
        self._world.execute_many(
            "INSERT OR IGNORE INTO gmail_reference VALUES (?, ?, ?)",
            [(self._mailbox, each, thread) for each in mentioned],
        )
        return thread

    def _known(self, mentioned: tuple[str, ...], subject: str, joining: Joining) -> int | None:
        """The thread with that subject which has seen one of the ids; the nearest id counts first."""
        for each in mentioned if joining != "never" else ():
            found: int | None = self._world.value(
                "SELECT t.id FROM gmail_reference r JOIN gmail_thread t ON t.id = r.thread"
                " WHERE r.mailbox = ? AND r.message_id = ? AND t.subject = ? ORDER BY t.id LIMIT 1",
                (self._mailbox, each, subject),
            )
            if found is not None:
                return found
        if joining == "subject" and subject:
            newest: int | None = self._world.value(
                "SELECT max(id) FROM gmail_thread WHERE mailbox = ? AND subject = ?", (self._mailbox, subject)
            )
            return newest
        return None


_MOST_REFERENCES = 100
"""Ids of one message that are looked at, nearest first: a References field may be as long as its writer likes."""

"""Putting messages into a mailbox: one, or thousands in a batch.

Everything a delivery looks up is indexed, so its cost does not grow with the mailbox.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ....kernel.ids import Ids
from ....kernel.service import Kernel
from ....kernel.world import World
from .history import mark_day, next_history
from .joining import Joining, ThreadJoiner
from .labels import HIDING, wire_order
from .mime import IndexFields, canonical, index_fields, parse
from .snippet import snippet

__all__ = ["Incoming", "deliver"]


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

    messages: list[tuple[int | str, ...]] = field(default_factory=list)
    mime: list[tuple[int, bytes]] = field(default_factory=list)
    labels: list[tuple[int, str, int, int]] = field(default_factory=list)
    texts: list[tuple[int | str, ...]] = field(default_factory=list)
    history: list[tuple[int | str, ...]] = field(default_factory=list)
    drafts: list[tuple[int, int, int]] = field(default_factory=list)


class _Batch:
    """Messages on their way into one mailbox, written by ``flush``; what later ones look up is kept at hand."""

    def __init__(self, kernel: Kernel, mailbox: int, conversations: dict[str, int]) -> None:
        self._world: World = kernel.world
        self._conversations = conversations
        self._ids: Ids = kernel.ids
        self._mailbox = mailbox
        self._history = int(self._world.value("SELECT history FROM gmail_mailbox WHERE id = ?", (mailbox,)))
        mark_day(self._world, mailbox, kernel.clock.milliseconds(), self._history)
        self._threads = ThreadJoiner(self._world, mailbox)
        self._newest = int(self._world.value("SELECT coalesce(max(id), 0) FROM gmail_message"))
        self._last: dict[int, int] = {}
        self._rows = _Rows()

    def add(self, incoming: Incoming) -> int:
        """Take in one message; answers its id."""
        raw = canonical(incoming.raw)
        parsed = parse(raw)
        fields = index_fields(parsed)
        message = self._new_id(incoming.received)
        self._history = next_history(self._ids, self._history)
        thread = self._threads.join(self._wanted(incoming), message, fields, incoming.joining, self._history)
        if incoming.conversation:
            self._conversations.setdefault(incoming.conversation, thread)
        hidden = int(not HIDING.isdisjoint(incoming.labels))
        self._rows.messages.append(
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
            )
        )
        self._note(incoming, raw, message, thread, hidden, fields)
        return message

    def flush(self) -> None:
        """Write what is waiting, and the mailbox's counters."""
        rows, world = self._rows, self._world
        self._threads.flush()
        world.execute_many("INSERT INTO gmail_message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows.messages)
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
            (self._history, len(rows.messages), self._threads.made, self._mailbox),
        )

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
        last = self._last_of(received)
        new = (received << 20) + self._ids.bits(19) if last is None else last + 1 + self._ids.bits(5)
        if new >> 20 != received:
            return self._new_id(received + 1)
        self._last[received] = new
        return new

    def _last_of(self, millisecond: int) -> int | None:
        """The last id of a millisecond, ``None`` where it has none."""
        if millisecond in self._last or millisecond > self._newest >> 20:
            return self._last.get(millisecond)
        first = millisecond << 20
        found: int | None = self._world.value(
            "SELECT max(id) FROM gmail_message WHERE id >= ? AND id < ?", (first, first + 2**20)
        )
        return found

    def _wanted(self, incoming: Incoming) -> int | None:
        if incoming.thread is not None:
            return incoming.thread
        return self._conversations.get(incoming.conversation) if incoming.conversation else None

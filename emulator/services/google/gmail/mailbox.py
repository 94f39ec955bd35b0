"""Mailboxes: what they hold, and the verbs that read and fill them.

Everything is kept in the world; a ``Mailbox`` holds nothing but its key. Errors are those of the API, so that a
handler only asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ....kernel.live import UnknownName
from ....kernel.service import Kernel
from ....kernel.world import Row
from ..errors import FailedPrecondition, InvalidArgument, NotFound
from .attachment_tokens import attachment_token, part_of_token
from .delivery import Incoming, deliver
from .labels import HIDING, SYSTEM_LABELS, Label, folded_name, kept_name
from .listing import Page, list_messages, list_threads, walk
from .mime import Message, Part, parse
from .search import Condition, Context, compile_query
from .search import parse as parse_query

__all__ = ["Counters", "Mailbox", "Mailboxes", "Profile", "StoredMessage", "StoredThread", "ThreadHead"]

_FIRST_HISTORY = 1_000_000
_REMEMBERED_SIZE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Profile:
    """Totals of a mailbox, Spam and Trash included."""

    account: str
    messages: int
    threads: int
    history: int


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """What is known of a message without reading its MIME. ``internal_date`` is in epoch milliseconds."""

    id: int
    thread: int
    labels: tuple[str, ...]
    snippet: str
    size: int
    history: int
    internal_date: int


@dataclass(frozen=True, slots=True)
class StoredThread:
    """A thread with every message in it, oldest first."""

    id: int
    history: int
    messages: tuple[StoredMessage, ...]


class ThreadHead(NamedTuple):
    """A thread as lists show it."""

    id: int
    snippet: str
    history: int


class Counters(NamedTuple):
    """How many messages and threads a label is on."""

    messages: int
    unread_messages: int
    threads: int
    unread_threads: int


class Mailboxes:
    """The mailboxes of a world, by account."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def open(self, account: str) -> Mailbox:
        """The mailbox of ``account``, made on first use.

        Raises ``UnknownName`` where there is no such account, and the API's 400 where it has no Gmail.
        """
        world = self._kernel.world
        row = world.one(
            "SELECT a.gmail, m.id, m.secret FROM google_account a LEFT JOIN gmail_mailbox m ON m.account = a.email"
            " WHERE a.email = ?",
            (account.lower(),),
        )
        if row is None:
            known = [each[0] for each in world.all("SELECT email FROM google_account ORDER BY email LIMIT 50")]
            raise UnknownName("user", account, known)
        if not row["gmail"]:
            raise FailedPrecondition("Mail service not enabled", cause="no_mailbox")
        if row["id"] is None:
            return self._create(account.lower())
        return Mailbox(self._kernel, row["id"], account.lower(), row["secret"])

    def _create(self, account: str) -> Mailbox:
        world, ids = self._kernel.world, self._kernel.ids
        secret = ids.octets(32)
        with world.transaction():
            made = world.execute(
                "INSERT INTO gmail_mailbox (account, secret, history) VALUES (?, ?, ?)",
                (account, secret, _FIRST_HISTORY + ids.bits(20)),
            ).lastrowid
            mailbox = Mailbox(self._kernel, int(made or 0), account, secret)
            for label in SYSTEM_LABELS:
                mailbox.keep_label(label)
        return mailbox


class Mailbox:
    """One mailbox. Two objects of one account see the same mail."""

    def __init__(self, kernel: Kernel, number: int, account: str, secret: bytes) -> None:
        self._kernel = kernel
        self._world = kernel.world
        self.number = number
        self.account = account
        self._secret = secret

    # -- messages ------------------------------------------------------------------------------------------------

    def profile(self) -> Profile:
        """Totals and the present history id."""
        row = self._world.all("SELECT messages, threads, history FROM gmail_mailbox WHERE id = ?", (self.number,))[0]
        return Profile(self.account, *row)

    def message(self, message: int) -> StoredMessage:
        """A message. Raises ``NotFound``."""
        row = self._world.one(f"{_MESSAGE} WHERE m.id = ? AND m.mailbox = ?", (message, self.number))
        if row is None:
            raise NotFound
        return _stored(row)

    def raw(self, message: StoredMessage) -> bytes:
        """The bytes of a message as they are kept."""
        found: bytes = self._world.value("SELECT raw FROM gmail_message_mime WHERE id = ?", (message.id,))
        return found

    def mime(self, message: StoredMessage) -> Message:
        """The parts of a message."""
        raw = self.raw(message)
        return _remembered(raw) if len(raw) <= _REMEMBERED_SIZE else parse(raw)

    def condition(self, query: str = "", labels: tuple[str, ...] = (), *, spam_and_trash: bool = False) -> Condition:
        """What a message must meet to match ``query`` and carry all of ``labels`` (ids).

        Spam and Trash are left out unless asked for: by the flag, a label, or the query.
        """
        context = Context(
            mailbox=self.number,
            addresses=(self.account,),
            label_id=self._label_id,
            now=self._kernel.clock.milliseconds(),
            include_spam_trash=spam_and_trash,
            label_ids=labels,
        )
        return compile_query(parse_query(query), context)

    def matching(self, condition: Condition) -> Iterator[StoredMessage]:
        """Every message that meets ``condition``, newest first, read as the caller goes."""
        return (self.message(listed.message) for listed in walk(self._world, condition))

    def messages(self, condition: Condition, position: int, limit: int) -> Page:
        """A page of the list of messages, newest first."""
        return list_messages(self._world, condition, position, limit)

    # -- threads -------------------------------------------------------------------------------------------------

    def thread(self, thread: int) -> StoredThread:
        """A thread with all its messages, those in Spam and Trash included. Raises ``NotFound``."""
        history = self._world.value(
            "SELECT history FROM gmail_thread WHERE id = ? AND mailbox = ?", (thread, self.number)
        )
        rows = self._world.all(f"{_MESSAGE} WHERE m.thread = ? ORDER BY m.id", (thread,))
        if history is None or not rows:
            raise NotFound
        return StoredThread(thread, history, tuple(_stored(row) for row in rows))

    def threads(self, condition: Condition, position: int, limit: int) -> Page:
        """A page of the list of threads, each at the place of its newest message that meets ``condition``."""
        return list_threads(self._world, condition, position, limit)

    def thread_head(self, thread: int) -> ThreadHead:
        """A thread with the snippet of its newest message; one in Spam or Trash counts only where all are."""
        row = self._world.all(
            "SELECT t.id, m.snippet, t.history FROM gmail_message m JOIN gmail_thread t ON t.id = m.thread"
            " WHERE m.thread = ? ORDER BY m.hidden, m.id DESC LIMIT 1",
            (thread,),
        )[0]
        return ThreadHead(*row)

    # -- labels --------------------------------------------------------------------------------------------------

    def labels(self) -> list[Label]:
        """Every label: Gmail's own, then the user's in the order they were made."""
        return [_label(row) for row in self._world.all(f"{_LABEL} WHERE mailbox = ? ORDER BY position", (self.number,))]

    def label(self, label: str) -> Label:
        """The label of that id. Raises ``NotFound``."""
        row = self._world.one(f"{_LABEL} WHERE mailbox = ? AND id = ?", (self.number, label))
        if row is None:
            raise NotFound
        return _label(row)

    def label_named(self, name: str) -> Label | None:
        """The label whose name folds as ``name`` does; ``None`` where there is none."""
        row = self._world.one(f"{_LABEL} WHERE mailbox = ? AND folded = ?", (self.number, folded_name(name)))
        return _label(row) if row is not None else None

    def _label_id(self, name: str) -> str | None:
        found = self.label_named(name)
        return found.id if found is not None else None

    def add_label(self, name: str, *, background_color: str = "", text_color: str = "") -> Label:
        """A new user label. Its id is never used again. The name must not fold like another's."""
        with self._world.transaction():
            number = self._world.value("SELECT next_label FROM gmail_mailbox WHERE id = ?", (self.number,))
            self._world.execute("UPDATE gmail_mailbox SET next_label = next_label + 1 WHERE id = ?", (self.number,))
            label = Label(f"Label_{number}", kept_name(name), background_color=background_color, text_color=text_color)
            self.keep_label(label)
        return label

    def keep_label(self, label: Label) -> None:
        """Enter ``label`` as the last of the list."""
        self._world.execute(
            "INSERT INTO gmail_label SELECT ?, ?, coalesce(max(position), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM gmail_label"
            " WHERE mailbox = ?",
            (
                self.number,
                label.id,
                label.name,
                folded_name(label.name),
                label.type,
                label.message_list_visibility,
                label.label_list_visibility,
                label.background_color,
                label.text_color,
                self.number,
            ),
        )

    def counters(self, label: Label) -> Counters:
        """How many messages and threads ``label`` is on: without Spam and Trash, but for those two labels.

        Counted once for each state of the mailbox: every change moves its history id.
        """
        history = self.profile().history
        kept = self._world.one(
            "SELECT messages, unread, threads, unread_threads FROM gmail_label_counters"
            " WHERE mailbox = ? AND label = ? AND history = ?",
            (self.number, label.id, history),
        )
        if kept is not None:
            return Counters(*kept)
        counted = self._count(label)
        values = (self.number, label.id, history, *counted)
        self._world.execute("INSERT OR REPLACE INTO gmail_label_counters VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        return counted

    def _count(self, label: Label) -> Counters:
        row = self._world.all(
            "SELECT count(*), count(u.message), count(DISTINCT m.thread),"
            " count(DISTINCT CASE WHEN u.message IS NOT NULL THEN m.thread END)"
            " FROM gmail_message_label d CROSS JOIN gmail_message m ON m.id = d.message"
            " LEFT JOIN gmail_message_label u ON u.message = d.message AND u.label = 'UNREAD'"
            " WHERE d.mailbox = ? AND d.label = ? AND d.hidden = ?",
            (self.number, label.id, int(label.id in HIDING)),
        )[0]
        return Counters(*row)

    # -- attachments ---------------------------------------------------------------------------------------------

    def attachment_id(self, message: StoredMessage, part: Part) -> str:
        """A fresh id for a part that is given out by reference."""
        return attachment_token(self._secret, message.id, part.part_id, self._kernel.ids.octets(16))

    def attachment(self, message: StoredMessage, token: str) -> bytes:
        """The content behind an attachment id. Raises the API's 400 for a cut or foreign one."""
        part_id = part_of_token(self._secret, message.id, token)
        part = self.mime(message).find_part(part_id) if part_id is not None else None
        if part is None:
            raise InvalidArgument("Invalid attachment token")
        return part.body

    # -- arriving mail -------------------------------------------------------------------------------------------

    def deliver(
        self,
        raw: bytes,
        labels: tuple[str, ...] = ("INBOX", "UNREAD"),
        *,
        received: int | None = None,
        thread: int | None = None,
    ) -> StoredMessage:
        """Store one message under ``labels`` (ids), indexed under ``received`` (epoch milliseconds, now by default).

        Raises ``NotFound`` for a label or thread the mailbox has not.
        """
        moment = self._kernel.clock.milliseconds() if received is None else received
        return self.message(self.deliver_all([Incoming(raw, labels, moment, thread)])[0])

    def deliver_all(self, incoming: Iterable[Incoming], conversations: dict[str, int] | None = None) -> list[int]:
        """Store messages in the order given, thousands a second; answers their ids. All or none.

        ``conversations`` carries the threads of named conversations from one batch to the next.
        """
        batch = list(incoming)
        for label in {label for each in batch for label in each.labels}:
            self.label(label)
        for thread in {each.thread for each in batch if each.thread is not None}:
            self.thread(thread)
        return deliver(self._kernel, self.number, batch, conversations)


_MESSAGE = (
    "SELECT m.id, m.thread, m.history, m.internal_date, m.size, m.snippet,"
    " (SELECT group_concat(l.label, ' ') FROM gmail_message_label l WHERE l.message = m.id) AS labels"
    " FROM gmail_message m"
)
_LABEL = "SELECT id, name, type, in_messages, in_labels, background, text_color FROM gmail_label"


def _stored(row: Row) -> StoredMessage:
    labels = tuple(row["labels"].split(" ")) if row["labels"] else ()
    return StoredMessage(
        row["id"], row["thread"], labels, row["snippet"], row["size"], row["history"], row["internal_date"]
    )


def _label(row: Row) -> Label:
    return Label(*row)


@lru_cache(maxsize=512)
def _remembered(raw: bytes) -> Message:
    """A small message's parts, kept by its very bytes: what is read once is mostly read again, and never changes."""
    return parse(raw)

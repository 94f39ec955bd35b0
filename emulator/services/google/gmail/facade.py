"""Gmail as a test, a seed or an importer holds it: ``emulator.gmail``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import islice
from threading import Event
from typing import Any

from ....kernel.clock import perf_counter
from ....kernel.live import UnknownName
from ....kernel.service import Kernel
from .compose import MessageSpec, compose, derived_message_id
from .delivery import Incoming
from .history import History
from .labels import SYSTEM_LABELS
from .mailbox import Counters, Mailbox, Mailboxes, StoredMessage
from .mailfiles import MailItem, Skipped
from .mime import Message
from .post_office import PostOffice
from .seed import GmailSeed, labels_of
from .seedmail import expand
from .settings.arrival import settle
from .settings.forwarding import Forwarding
from .settings.send_as import SendAs
from .wire import hex_id, number

__all__ = ["Gmail", "ImportSummary", "Mail", "UserMailbox"]

_SYSTEM = frozenset(label.id for label in SYSTEM_LABELS)
_BATCH = 1_000
_GLANCE = 0.01
_LAST_MILLISECOND = (1 << 43) - 1  # an id keeps the millisecond above 20 other bits of a signed 64-bit number


@dataclass(slots=True)
class ImportSummary:
    """What became of an import: messages stored, and everything left out with its place and reason."""

    imported: int = 0
    skipped: list[Skipped] = field(default_factory=list)


class Mail:
    """One message of a mailbox, as a test looks at it. ``id`` and ``thread_id`` are spelled as on the wire."""

    def __init__(self, mailbox: Mailbox, stored: StoredMessage) -> None:
        self._mailbox = mailbox
        self.id = hex_id(stored.id)
        self.thread_id = hex_id(stored.thread)
        self.label_ids = frozenset(stored.labels)
        self.snippet = stored.snippet
        self.size = stored.size
        self.internal_date = datetime.fromtimestamp(stored.internal_date / 1000, UTC)
        self._stored = stored

    @property
    def raw(self) -> bytes:
        """The bytes as they are kept."""
        return self._mailbox.raw(self._stored)

    @property
    def mime(self) -> Message:
        """The parsed parts."""
        return self._mailbox.mime(self._stored)

    @property
    def subject(self) -> str:
        """The decoded Subject, "" without one."""
        return self.mime.root.header("Subject") or ""

    def __repr__(self) -> str:
        return f"Mail({self.id}, {self.subject!r}, {sorted(self.label_ids)})"


class UserMailbox:
    """The mailbox of one user."""

    def __init__(self, kernel: Kernel, mailbox: Mailbox) -> None:
        self._kernel = kernel
        self._mailbox = mailbox

    @property
    def user(self) -> str:
        """Whose mailbox this is."""
        return self._mailbox.account

    def deliver(
        self,
        raw: bytes | EmailMessage | None = None,
        *,
        labels: tuple[str, ...] = ("INBOX", "UNREAD"),
        received: datetime | None = None,
        **spec: Any,
    ) -> str:
        """A message arrives, given as bytes, as ``EmailMessage`` or by the fields of ``MessageSpec``; answers its id.

        ``labels`` are system ids and names of user labels, which are made where missing. ``received`` (aware) is
        now by default. A message described by fields goes to the mailbox's owner unless it names ``to``. On mail
        that comes into the inbox filters, forwarding and the vacation responder act.
        """
        moment = received or self._kernel.clock.now()
        if raw is not None and spec:
            raise TypeError(f"a message is given as bytes or by fields, not both: {', '.join(spec)}")
        with self._kernel.world.transaction():
            content = self._composed(spec, moment) if raw is None else raw
            content = content if isinstance(content, bytes) else content.as_bytes()
            ids = _LabelIds(self._mailbox).of(labels)
            stored = self._mailbox.deliver(content, ids, received=_milliseconds(moment))
            if "INBOX" in ids:
                office = PostOffice(self._kernel, Mailboxes(self._kernel))
                settle(self._kernel, self._mailbox, stored, office.dispatch)
            return hex_id(stored.id)

    def confirm_forwarding(self, address: str) -> None:
        """The owner of a forwarding address agrees. Raises the API's 404 for none of that address."""
        with self._kernel.world.transaction():
            Forwarding(self._kernel, self._mailbox).confirm(address)

    def confirm_send_as(self, address: str) -> None:
        """The owner of an address agrees that this mailbox sends from it. Raises the API's 404."""
        with self._kernel.world.transaction():
            SendAs(self._kernel, self._mailbox).confirm(address)

    def message(self, message: str) -> Mail:
        """The message of that id. Raises the API's errors for an id that is none or is not here."""
        return Mail(self._mailbox, self._mailbox.message(number(message)))

    def messages(self, q: str = "", *, spam_and_trash: bool = False, limit: int = 1_000) -> list[Mail]:
        """The messages that match ``q``, newest first, at most ``limit``."""
        condition = self._mailbox.condition(q, spam_and_trash=spam_and_trash)
        return [Mail(self._mailbox, each) for each in islice(self._mailbox.matching(condition), limit)]

    def wait_for(self, q: str = "", *, patience: float = 5.0) -> Mail:
        """The newest message that matches ``q``, as soon as there is one.

        ``patience`` is in real seconds: whoever sends is waited for, not virtual time. Raises ``TimeoutError``.
        """
        deadline, pause = perf_counter() + patience, Event()
        while True:
            with self._kernel.world.lock:
                found = self.messages(q, limit=1)
            if found:
                return found[0]
            if perf_counter() >= deadline:
                held = f"the mailbox holds {len(self)} message(s)"
                raise TimeoutError(f"nothing in the mailbox of {self.user} matches {q!r} after {patience:g} s; {held}")
            pause.wait(_GLANCE)

    def counters(self, label: str) -> Counters:
        """How many messages and threads a label is on, by system id or name. Raises ``UnknownName``."""
        found = next((each for each in self._mailbox.labels() if label in {each.id, each.name}), None)
        if found is None:
            raise UnknownName("label", label, [each.name for each in self._mailbox.labels()])
        with self._kernel.world.transaction():
            return self._mailbox.counters(found)

    def _composed(self, fields: dict[str, Any], moment: datetime) -> bytes:
        """A message by its fields; one that names no Message-ID has its own, however alike two are."""
        spec = MessageSpec(**{**fields, "to": _several(fields.get("to", self.user))})
        if not spec.message_id:
            spec = replace(spec, message_id=derived_message_id(spec.from_, self._kernel.ids.hex(16)))
        return compose(spec, moment)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the user's own labels, in the order they were made."""
        return tuple(label.name for label in self._mailbox.labels() if label.type == "user")

    def add_label(self, name: str) -> str:
        """Make a user label where there is none of that name; answers its id."""
        with self._kernel.world.transaction():
            return _LabelIds(self._mailbox).of((name,))[0]

    @property
    def history_id(self) -> int:
        """The present history id."""
        return self._mailbox.profile().history

    @property
    def bare_history(self) -> bool:
        """Whether sending leaves history records that name a message and say nothing of it, as real mailboxes do.

        Off by default. Clients have to pass over such records; switch it on to see whether yours does.
        """
        return History(self._kernel, self._mailbox.number).bare_records

    @bare_history.setter
    def bare_history(self, value: bool) -> None:
        with self._kernel.world.transaction():
            History(self._kernel, self._mailbox.number).bare_records = value

    @property
    def threads_total(self) -> int:
        """How many threads there are, those in Spam and Trash included."""
        return self._mailbox.profile().threads

    def __len__(self) -> int:
        """How many messages there are, those in Spam and Trash included."""
        return self._mailbox.profile().messages

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"UserMailbox({self.user!r})"


class Gmail:
    """Every mailbox of a world."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._mailboxes = Mailboxes(kernel)

    def mailbox(self, user: str) -> UserMailbox:
        """The mailbox of ``user``. Raises ``UnknownName``, and the API's 400 for an account without Gmail."""
        with self._kernel.world.transaction():
            return UserMailbox(self._kernel, self._mailboxes.open(user))

    def plant(self, section: GmailSeed) -> int:
        """Put the labels and mail of a seed's section into the world; answers how many messages it held."""
        messages = expand(section, self._kernel.clock.now())
        with self._kernel.world.transaction():
            boxes = {user: self._mailboxes.open(user) for user in labels_of(section)}
            for user, labels in labels_of(section).items():
                for label in labels:
                    if boxes[user].label_named(label.name) is None:
                        boxes[user].add_label(label.name, background_color=label.color, text_color=label.text_color)
            for user, mailbox in boxes.items():
                ids = _LabelIds(mailbox)
                mailbox.deliver_all(
                    Incoming(each.raw, ids.of(each.labels), _milliseconds(each.received), conversation=each.thread)
                    for each in messages
                    if each.user == user
                )
        return len(messages)

    def import_mail(
        self,
        user: str,
        items: Iterable[MailItem | Skipped],
        progress: Callable[[int], object] | None = None,
    ) -> ImportSummary:
        """Store what ``read_mail`` answers, a thousand messages to a transaction.

        ``progress`` hears the bytes of the source consumed since it heard last. Raises like ``mailbox``.
        """
        mailbox, summary = self._mailboxes.open(user), ImportSummary()
        ids, conversations = _LabelIds(mailbox), dict[str, int]()
        now = self._kernel.clock.now()
        for batch in _batches(items):
            found = [item for item in batch if isinstance(item, MailItem)]
            with self._kernel.world.transaction():
                incoming = [
                    Incoming(
                        item.raw,
                        ids.of(item.labels),
                        _indexed(item.received or item.dated() or now, now),
                        conversation=item.thread,
                    )
                    for item in found
                ]
                summary.imported += len(mailbox.deliver_all(incoming, conversations))
            summary.skipped += [item for item in batch if isinstance(item, Skipped)]
            if progress is not None:
                progress(sum(item.consumed for item in batch))
        return summary


class _LabelIds:
    """From system ids and user label names to label ids; names that are missing become labels."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._known: dict[str, str] = {}

    def of(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._id(name) for name in names))

    def _id(self, name: str) -> str:
        if name in _SYSTEM:
            return name
        if name not in self._known:
            found = self._mailbox.label_named(name) or self._mailbox.add_label(name)
            self._known[name] = found.id
        return self._known[name]


def _batches(items: Iterable[MailItem | Skipped]) -> Iterator[list[MailItem | Skipped]]:
    source = iter(items)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _several(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _indexed(moment: datetime, now: datetime) -> int:
    """The millisecond a message of ``moment`` is indexed under: now, where its date is beyond what an id can say."""
    millisecond = _milliseconds(moment)
    return millisecond if 0 <= millisecond <= _LAST_MILLISECOND else _milliseconds(now)

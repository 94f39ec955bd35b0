"""The ``gmail`` section of a seed: mailboxes, their labels and their mail.

``gmail_seed`` reads the section and ``expand`` turns it into messages ready to store; neither touches a database.
Mail is described once and compactly: a thread is a message with ``replies``, each so long ``after`` the one before,
and a ``series`` is one message sent every so often. ``from: me`` is the owner of the mailbox.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ....kernel.seed import SeedNode, read
from .compose import MessageSpec
from .seedmail import SeededMessage, expand

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "SYSTEM_LABELS",
    "GmailSeed",
    "LabelSeed",
    "MailboxSeed",
    "MessageSeed",
    "SeededMessage",
    "SeriesSeed",
    "expand",
    "gmail_seed",
    "labels_of",
]

SYSTEM_LABELS = frozenset(
    (
        *("INBOX", "SENT", "DRAFT", "SPAM", "TRASH", "CHAT", "UNREAD", "STARRED", "IMPORTANT"),
        *("CATEGORY_PERSONAL", "CATEGORY_SOCIAL", "CATEGORY_PROMOTIONS", "CATEGORY_UPDATES", "CATEGORY_FORUMS"),
    )
)

_COLOR = re.compile(r"#[0-9a-f]{6}")
_ZONE = re.compile(r"[+-](0[0-9]|1[0-4]):[0-5][0-9]")
_MOST = 100_000


@dataclass(frozen=True, kw_only=True)
class LabelSeed:
    """A user label. ``color`` is the background and ``text_color`` the text, as ``#rrggbb`` of Gmail's palette."""

    name: str
    color: str = ""
    text_color: str = ""

    def __post_init__(self) -> None:
        for color in (self.color, self.text_color):
            if color and not _COLOR.fullmatch(color):
                raise ValueError(f'a colour is written like "#16a766", got "{color}"')
        if bool(self.color) != bool(self.text_color):
            raise ValueError("color and text_color go together")


@dataclass(frozen=True, kw_only=True)
class MessageSeed(MessageSpec):
    """A message and when it came: ``age`` before now, at ``date``, or, for a reply, ``after`` the one before.

    ``labels`` are system ids and user labels of the mailbox; left out, INBOX. Mail from the owner has SENT besides,
    or instead. ``zone`` is the sender's offset. A reply continues the thread: ``Re:`` and the threading fields come
    by themselves, and with ``quote`` the text of the message before.
    """

    age: timedelta | None = None
    date: datetime | None = None
    after: timedelta | None = None
    zone: str = "+00:00"
    labels: tuple[str, ...] | None = None
    replies: tuple[MessageSeed, ...] = ()
    quote: bool = True
    node: SeedNode = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if not _ZONE.fullmatch(self.zone):
            raise ValueError(f'a zone is written like "+09:00", got "{self.zone}"')


@dataclass(frozen=True, kw_only=True)
class SeriesSeed:
    """``count`` messages, one ``every`` so often, the newest ``latest`` before now.

    In the texts of ``message`` ``${number}`` counts from ``first`` and every name of ``values`` takes its list's
    next text, oldest first, beginning again at the end. The ``newest`` messages have ``newest_labels`` instead.
    """

    every: timedelta
    count: int
    latest: timedelta
    first: int = 1
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    message: MessageSeed
    newest: int = 0
    newest_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.count <= _MOST:
            raise ValueError(f"count must lie between 1 and {_MOST}, got {self.count}")
        for name, texts in self.values.items():
            if not texts:
                raise ValueError(f"values.{name} is an empty list")


@dataclass(frozen=True, kw_only=True)
class MailboxSeed:
    """Mail of ``user``; several entries of one user, in one file or many, add up.

    ``name`` goes with the address in ``from: me``. ``files`` are mbox files, Maildirs or .eml files, relative to
    the seed file.
    """

    user: str
    name: str = ""
    labels: tuple[str | LabelSeed, ...] = ()
    messages: tuple[MessageSeed, ...] = ()
    series: tuple[SeriesSeed, ...] = ()
    files: tuple[str, ...] = ()
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class GmailSeed:
    """The section."""

    mailboxes: tuple[MailboxSeed, ...] = ()

    def check_users(self, known: Collection[str]) -> None:
        """Raise ``SeedError`` for a mailbox whose user is not among ``known`` (lower-case addresses)."""
        for mailbox in self.mailboxes:
            if mailbox.user.lower() not in known:
                raise mailbox.node.require("user").dangling("user", known)


def gmail_seed(node: SeedNode, now: datetime) -> GmailSeed:
    """The section under ``node``, every label reference checked. Raises ``SeedError``."""
    section = read(node, GmailSeed, now)
    declared = labels_of(section)
    for mailbox in section.mailboxes:
        known = SYSTEM_LABELS | {label.name for label in declared[mailbox.user.lower()]}
        for message in mailbox.messages:
            _check_message(message, known, reply=False)
        for position, series in enumerate(mailbox.series):
            place = mailbox.node.require("series").items()[position]
            _check_labels(place, "newest_labels", series.newest_labels, known)
            _check_message(series.message, known, reply=False, in_series=True)
    return section


def labels_of(section: GmailSeed) -> dict[str, tuple[LabelSeed, ...]]:
    """The user labels of each mailbox by lower-case address, in the order declared, each once.

    Raises ``SeedError`` for a name that belongs to Gmail or a colour that contradicts an earlier one.
    """
    found: dict[str, dict[str, LabelSeed]] = {}
    for mailbox in section.mailboxes:
        mine = found.setdefault(mailbox.user.lower(), {})
        for position, entry in enumerate(mailbox.labels):
            label = LabelSeed(name=entry) if isinstance(entry, str) else entry
            place = mailbox.node.require("labels").items()[position]
            if not label.name.strip() or label.name.upper() in SYSTEM_LABELS:
                raise place.error(f'"{label.name}" cannot be the name of a user label')
            earlier = mine.setdefault(label.name, label)
            if label.color and earlier.color and label != earlier:
                raise place.error(f'label "{label.name}" already has other colours')
            if label.color:
                mine[label.name] = label
    return {user: tuple(labels.values()) for user, labels in found.items()}


def _check_message(message: MessageSeed, known: Collection[str], *, reply: bool, in_series: bool = False) -> None:
    """Labels exist, and the message says in exactly one way when it came."""
    written = [name for name in ("age", "date", "after") if getattr(message, name) is not None]
    allowed = ["after"] if reply else [] if in_series else ["age", "date"]
    for name in written:
        if name not in allowed:
            raise message.node.require(name).error(f"not here: {_WHEN[reply, in_series]}")
    if len(written) != min(1, len(allowed)):
        raise message.node.error(_WHEN[reply, in_series])
    if message.labels is not None:
        _check_labels(message.node, "labels", message.labels, known)
    for each in message.replies:
        _check_message(each, known, reply=True)


_WHEN = {
    (False, False): "a message needs either age or date",
    (False, True): "the series says when its messages came",
    (True, False): "a reply needs after, the time since the message before it",
}


def _check_labels(node: SeedNode, name: str, labels: tuple[str, ...], known: Collection[str]) -> None:
    for position, label in enumerate(labels):
        if label not in known:
            raise node.require(name).items()[position].dangling("label", known)

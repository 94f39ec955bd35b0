"""Seeded mail as bytes: threads written out, series repeated, texts filled in, files read."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar

from .compose import Attachment, MessageSpec, compose, derived_message_id
from .invite import Invite
from .mailfiles import Skipped, read_mail
from .rfc822 import date_value, domain_of
from .template import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .seed import GmailSeed, MailboxSeed, MessageSeed, SeriesSeed

__all__ = ["SeededMessage", "expand"]

_Described = TypeVar("_Described", MessageSpec, Attachment, Invite)
_SPEC_FIELDS = tuple(each.name for each in fields(MessageSpec))


@dataclass(frozen=True, slots=True)
class SeededMessage:
    """A message ready to store in the mailbox of ``user``.

    ``labels`` are system ids and names of user labels. ``received`` is aware, whole seconds for composed mail.
    ``thread`` is equal for the messages of one conversation and empty where that is left to the mail's own fields.
    ``origin`` is ``file:line`` of a seed or ``file:offset`` of a mail file.
    """

    user: str
    raw: bytes
    labels: tuple[str, ...]
    received: datetime
    thread: str
    origin: str


def expand(section: GmailSeed, now: datetime) -> list[SeededMessage]:
    """Every message of the section, oldest first. The same section and ``now`` give the same bytes.

    Raises ``SeedError`` for a message that cannot be composed or lies in the future, and for a mail file that is
    missing or holds anything unreadable.
    """
    names = {box.user.lower(): box.name for box in reversed(section.mailboxes) if box.name}
    found: list[SeededMessage] = []
    for mailbox in section.mailboxes:
        user = mailbox.user.lower()
        owner = f"{names[user]} <{user}>" if user in names else user
        writer = _Writer(user, owner, now.replace(microsecond=0))
        for message in mailbox.messages:
            found += writer.thread(message)
        for series in mailbox.series:
            found += writer.series(series)
        found += _from_files(mailbox, now)
    return sorted(found, key=lambda each: each.received)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the mail of one mailbox; ``owner`` is what ``me`` stands for."""

    user: str
    owner: str
    now: datetime

    def series(self, seed: SeriesSeed) -> Iterator[SeededMessage]:
        """Every message of the series, oldest first."""
        for position in range(seed.count):
            values = {name: texts[position % len(texts)] for name, texts in seed.values.items()}
            values["number"] = str(seed.first + position)
            left = seed.count - 1 - position
            message = replace(seed.message, age=seed.latest + seed.every * left)
            if left < seed.newest:
                message = replace(message, labels=seed.newest_labels)
            yield from self.thread(message, values)

    def thread(self, seed: MessageSeed, values: Mapping[str, str] | None = None) -> Iterator[SeededMessage]:
        """A message and its replies in order."""
        conversation = _Conversation()
        pending = [seed]
        while pending:
            message = pending.pop(0)
            pending = [*message.replies, *pending]
            yield self._write(message, conversation, values or {})

    def _write(self, seed: MessageSeed, conversation: _Conversation, values: Mapping[str, str]) -> SeededMessage:
        try:
            received = self._received(seed, conversation)
            spec = self._addressed(_filled(seed, values, received), conversation)
            spec = conversation.joined_by(spec, received, quote=seed.quote)
            mine = spec.from_ == self.owner
            raw = compose(spec if mine else _delivered(spec, self.user, received), received)
        except (ValueError, OverflowError) as error:
            raise seed.node.error(str(error)) from error
        origin = f"{seed.node.file}:{seed.node.line}"
        return SeededMessage(self.user, raw, _labels(seed, mine=mine), received, conversation.ids[0], origin)

    def _received(self, seed: MessageSeed, conversation: _Conversation) -> datetime:
        if seed.after is not None and conversation.at is not None:
            moment = conversation.at + seed.after
        else:
            moment = seed.date or self.now - (seed.age or timedelta(0))
        if moment > self.now:
            raise ValueError(f"the message would come {moment - self.now} in the future")
        offset = datetime.fromisoformat(f"2000-01-01T00:00:00{seed.zone}").tzinfo
        return moment.replace(microsecond=0).astimezone(offset)

    def _addressed(self, spec: MessageSpec, conversation: _Conversation) -> MessageSpec:
        """``me`` resolved, and the addressee of an answer or of plain incoming mail filled in."""
        sender = self._named(spec.from_)
        to = tuple(self._named(address) for address in spec.to)
        if not to:
            before = conversation.last
            answered = before if before is not None and sender == self.owner else None
            to = (self.owner,) if answered is None else _answered(answered, self.owner)
        cc = tuple(self._named(address) for address in spec.cc)
        return replace(spec, from_=sender, to=to, cc=cc)

    def _named(self, address: str) -> str:
        return self.owner if address == "me" else address


@dataclass(slots=True)
class _Conversation:
    """What a reply needs to know of the messages before it."""

    last: MessageSpec | None = None
    at: datetime | None = None
    ids: tuple[str, ...] = ()

    def joined_by(self, spec: MessageSpec, at: datetime, *, quote: bool) -> MessageSpec:
        """``spec`` as the next message: threading fields, subject and quotation; remembered as the last."""
        if self.last is not None and self.at is not None:
            subject = spec.subject or "Re: " + self.last.subject.removeprefix("Re: ")
            text = spec.text
            if quote and text and self.last.text:
                text = f"{text.rstrip()}\n\n{_quoted(self.last, self.at)}"
            spec = replace(spec, subject=subject, text=text, in_reply_to=self.ids[-1], references=self.ids)
        if not spec.message_id:
            spec = replace(spec, message_id=derived_message_id(spec, date_value(at)))
        self.last, self.at, self.ids = spec, at, (*self.ids, spec.message_id)
        return spec


def _answered(message: MessageSpec, owner: str) -> tuple[str, ...]:
    """To whom the owner's answer to ``message`` goes."""
    return message.to if message.from_ == owner else (message.reply_to or message.from_,)


def _quoted(message: MessageSpec, at: datetime) -> str:
    """The message as Gmail quotes it below an answer."""
    day, _, clock = date_value(at).rpartition(" ")[0].rpartition(" ")
    lines = "".join(
        f">{'' if line.startswith('>') else ' '}{line}".rstrip() + "\n" for line in message.text.splitlines()
    )
    return f"On {day} at {clock[:5]}, {message.from_} wrote:\n\n{lines}"


def _filled(seed: MessageSeed, values: Mapping[str, str], at: datetime) -> MessageSpec:
    """The specification inside ``seed`` with its slots filled."""
    spec = MessageSpec(**{name: getattr(seed, name) for name in _SPEC_FIELDS})
    spec = _with_texts(spec, ("subject", "text", "html"), values, at)
    if spec.headers:
        spec = replace(spec, headers={name: fill(value, values, at) for name, value in spec.headers.items()})
    if spec.attachments:
        parts = [_with_texts(part, ("filename", "text", "pdf"), values, at) for part in spec.attachments]
        spec = replace(spec, attachments=tuple(parts))
    if spec.invite is not None:
        spec = replace(spec, invite=_with_texts(spec.invite, ("summary", "description", "location"), values, at))
    return spec


def _with_texts(record: _Described, names: tuple[str, ...], values: Mapping[str, str], at: datetime) -> _Described:
    """``record`` with the slots in its texts of those ``names`` filled; itself where it has none."""
    texts: dict[str, Any] = {}
    for name in names:
        text = getattr(record, name)
        if text is not None and "${" in text:
            texts[name] = fill(text, values, at)
    return replace(record, **texts) if texts else record


def _delivered(spec: MessageSpec, user: str, at: datetime) -> MessageSpec:
    """``spec`` with the trace fields a message has when it has come from outside."""
    domain = domain_of(spec.from_)
    mark = blake2b(f"{spec.message_id} {user}".encode(), digest_size=12).hexdigest()
    trace = {
        "Delivered-To": user,
        "Received": f"from mail.{domain} by mx.google.com with ESMTPS id {mark} for <{user}>; {date_value(at)}",
    }
    return replace(spec, headers={**trace, **spec.headers})


def _labels(seed: MessageSeed, *, mine: bool) -> tuple[str, ...]:
    if not mine:
        return ("INBOX",) if seed.labels is None else seed.labels
    given = seed.labels or ()
    return given if "DRAFT" in given or "SENT" in given else ("SENT", *given)


def _from_files(mailbox: MailboxSeed, now: datetime) -> Iterator[SeededMessage]:
    """The mail of the files a mailbox names."""
    for position, name in enumerate(mailbox.files):
        node = mailbox.node.require("files").items()[position]
        if node.directory is None:
            raise node.error("a seed given as text cannot name files")
        try:
            items = list(read_mail(node.directory / name))
        except OSError as error:
            raise node.error(f"{name} cannot be read: {error.strerror or error}") from error
        for item in items:
            if isinstance(item, Skipped):
                raise node.error(f"{item.origin}: {item.reason}")
            received = item.received or item.dated() or now
            yield SeededMessage(mailbox.user.lower(), item.raw, item.labels, received, item.thread, item.origin)

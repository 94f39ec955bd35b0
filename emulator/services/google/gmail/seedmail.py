"""Seeded mail as bytes: threads written out, series repeated, texts filled in, files read."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
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

_Described = TypeVar("_Described", Attachment, Invite)
_Fields = dict[str, Any]
_SPEC_FIELDS = tuple(each.name for each in dataclasses.fields(MessageSpec))


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
            fields = _filled(seed, values, received)
            self._address(fields, conversation)
            conversation.thread(fields, received, quote=seed.quote)
            mine = fields["from_"] == self.owner
            if not mine:
                fields["headers"] = {**_trace(fields, self.user, received), **fields["headers"]}
            spec = MessageSpec(**fields)
            conversation.last, conversation.at = spec, received
            raw = compose(spec, received)
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
        return moment.replace(microsecond=0).astimezone(_zone(seed.zone))

    def _address(self, fields: _Fields, conversation: _Conversation) -> None:
        """Resolve ``me``, and fill in whom an answer or plain incoming mail is for."""
        fields["from_"] = sender = self._named(fields["from_"])
        for name in ("to", "cc", "bcc"):
            fields[name] = tuple([self._named(address) for address in fields[name]])
        if not fields["to"]:
            before = conversation.last
            answering = before is not None and sender == self.owner
            fields["to"] = _answered(before, self.owner) if before is not None and answering else (self.owner,)

    def _named(self, address: str) -> str:
        return self.owner if address == "me" else address


@dataclass(slots=True)
class _Conversation:
    """What a reply needs to know of the messages before it."""

    last: MessageSpec | None = None
    at: datetime | None = None
    ids: tuple[str, ...] = ()

    def thread(self, fields: _Fields, at: datetime, *, quote: bool) -> None:
        """Give a message its id and, where it is an answer, subject, threading fields and quotation."""
        if self.last is not None and self.at is not None:
            fields["subject"] = fields["subject"] or "Re: " + self.last.subject.removeprefix("Re: ")
            fields["in_reply_to"], fields["references"] = self.ids[-1], self.ids
            if quote and fields["text"] and self.last.text:
                fields["text"] = f"{fields['text'].rstrip()}\n\n{_quoted(self.last, self.at)}"
        if not fields["message_id"]:
            seen = (*fields["to"], fields["subject"], fields["text"], fields["html"], at.isoformat())
            fields["message_id"] = derived_message_id(fields["from_"], *seen)
        self.ids = (*self.ids, fields["message_id"])


@cache
def _zone(offset: str) -> tzinfo:
    """The zone of ``+09:00``."""
    return datetime.strptime(offset, "%z").tzinfo or UTC


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


def _filled(seed: MessageSeed, values: Mapping[str, str], at: datetime) -> _Fields:
    """The fields of the specification inside ``seed``, slots filled."""
    fields = {name: getattr(seed, name) for name in _SPEC_FIELDS}
    for name in ("subject", "text", "html"):
        fields[name] = fill(fields[name], values, at)
    if seed.headers:
        fields["headers"] = {name: fill(value, values, at) for name, value in seed.headers.items()}
    if seed.attachments:
        parts = [_with_texts(part, ("filename", "text", "pdf"), values, at) for part in seed.attachments]
        fields["attachments"] = tuple(parts)
    if seed.invite is not None:
        fields["invite"] = _with_texts(seed.invite, ("summary", "description", "location"), values, at)
    return fields


def _with_texts(record: _Described, names: tuple[str, ...], values: Mapping[str, str], at: datetime) -> _Described:
    """``record`` with the slots in its texts of those ``names`` filled; itself where it has none."""
    texts: dict[str, Any] = {}
    for name in names:
        text = getattr(record, name)
        if text is not None and "${" in text:
            texts[name] = fill(text, values, at)
    return replace(record, **texts) if texts else record


def _trace(fields: _Fields, user: str, at: datetime) -> dict[str, str]:
    """The fields a message has when it has come from outside."""
    domain = domain_of(fields["from_"])
    mark = blake2b(f"{fields['message_id']} {user}".encode(), digest_size=12).hexdigest()
    return {
        "Delivered-To": user,
        "Received": f"from mail.{domain} by mx.google.com with ESMTPS id {mark} for <{user}>; {date_value(at)}",
    }


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

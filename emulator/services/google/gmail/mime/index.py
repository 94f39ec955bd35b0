"""What the search index and the thread builder read out of a message."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import mktime_tz, parsedate_tz

from ..addresses import folded_message_id, message_ids
from .html_text import html_text, link_targets
from .part import EMBEDDED_TYPES, Message, Part

__all__ = ["IndexFields", "header_date", "index_fields", "visible_texts"]

_LONGEST_BODY = 1 << 20  # characters; what a mail says beyond a megabyte of text is data
_DOCUMENT_LINK = re.compile(
    r"https?://(?:(?:docs|drive|sheets|slides)\.google\.com|(?:[a-z]+\.)?youtube\.com|youtu\.be)/"
)
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_USUAL_DATE = re.compile(
    rf"(?:[A-Z][a-z][a-z], )?([0-9]{{1,2}}) ({'|'.join(_MONTHS)}) ([1-9][0-9]{{3}})"
    r" ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})"
)
# A message id keeps the epoch milliseconds above 20 other bits of a signed 64-bit number.
_LAST_MILLISECOND = (1 << 43) - 1


@dataclass(frozen=True, slots=True)
class IndexFields:
    """The searchable text of a message, one field per column of ``message_text``, and what threads are built from.

    Header texts are decoded values, several lines of one header joined by a space. ``message_id`` is folded as
    ``folded_message_id`` does, "" when absent; ``in_reply_to`` and ``references`` are tuples of folded ids.
    ``date`` is the Date header in epoch milliseconds, ``None`` when absent or invalid.
    """

    subject: str
    sender: str
    to: str
    cc: str
    bcc: str
    delivered_to: str
    list: str
    filenames: str
    body: str
    has_attachment: bool
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: int | None


def index_fields(message: Message) -> IndexFields:
    """Read everything the index holds about ``message``."""
    root = message.root
    attachments = list(message.attachments())
    return IndexFields(
        subject=_joined(root, "Subject"),
        sender=_joined(root, "From"),
        to=_joined(root, "To"),
        cc=_joined(root, "Cc"),
        bcc=_joined(root, "Bcc"),
        delivered_to=_joined(root, "Delivered-To"),
        list=_joined(root, "List-Id", "List-Post", "Mailing-List"),
        filenames=" ".join(part.filename for part in attachments if part.filename),
        body=_body_text(message),
        has_attachment=bool(attachments),
        message_id=folded_message_id(root.header("Message-ID") or ""),
        in_reply_to=message_ids(root.header("In-Reply-To") or ""),
        references=message_ids(root.header("References") or ""),
        date=header_date(root.header("Date") or ""),
    )


def header_date(value: str) -> int | None:
    """The moment a Date header names, in epoch milliseconds; ``None`` when it names none from 1970 on."""
    try:
        moment = _usual_date(value)
        if moment is None:
            parsed = parsedate_tz(value)
            moment = None if parsed is None else int(mktime_tz(parsed)) * 1000
    except (IndexError, OverflowError, TypeError, ValueError):  # the library's parser on values that are no dates
        return None
    return moment if moment is not None and 0 <= moment <= _LAST_MILLISECOND else None


def _usual_date(value: str) -> int | None:
    """A date exactly as RFC 5322 writes it, which nearly all are, at a fifth of the library's cost."""
    match = _USUAL_DATE.fullmatch(value)
    if match is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    clock = (int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second))
    offset = int(hours) * 3600 + int(minutes) * 60
    return (timegm(clock) - (offset if sign == "+" else -offset)) * 1000


def visible_texts(message: Message) -> Iterator[Part]:
    """The text parts a reader sees, in document order: not files, nor what is inside an attached message."""
    pending = [message.root]
    while pending:
        part = pending.pop()
        if part.is_text:
            yield part
        elif not (part.is_attachment and part.mime_type in EMBEDDED_TYPES):
            pending += reversed(part.children)


def _joined(root: Part, *names: str) -> str:
    return " ".join(value for name in names for value in root.header_all(name))


def _body_text(message: Message) -> str:
    texts: list[str] = []
    markup: list[str] = []
    for part in visible_texts(message):
        text = part.text[:_LONGEST_BODY]
        (markup if part.mime_type == "text/html" else texts).append(text)
    words = {word for text in texts for word in text.split()} if markup else set()
    for text in markup:
        stripped = html_text(text)
        # The HTML of an alternative mostly repeats its plain text, and would double the index for nothing.
        if not words.issuperset(stripped.split()):
            texts.append(stripped)
        # Seen in no text, but has:drive and its kin ask for them.
        texts += (target for target in link_targets(text) if _DOCUMENT_LINK.match(target))
    return "\n".join(texts)[:_LONGEST_BODY]

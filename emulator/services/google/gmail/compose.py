"""Mail from a description: ``compose`` turns a ``MessageSpec`` into the bytes a mail server would have received.

Nothing is drawn and no clock is read: message ids, boundaries and filler follow from the content by hashing, so
the same description and date give the same bytes on every machine.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal, NamedTuple

from .invite import Invite
from .rfc822 import (
    TransferEncoding,
    address_list,
    crlf,
    date_value,
    disposition,
    domain_of,
    encoded_text,
    header_line,
    named_type,
    transfer,
)
from .specimens import content_type_of, filler, pdf

__all__ = ["Attachment", "Charset", "MessageSpec", "compose", "derived_message_id"]

Charset = Literal["utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "iso-2022-jp", "koi8-r"]

_TRACE = frozenset({"return-path", "received", "delivered-to", "x-received", "authentication-results"})


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file or a message inside a message.

    Exactly one of ``text``, ``base64``, ``size`` (so many filler bytes), ``pdf`` (the lines of a one-page PDF) and
    ``message`` gives the content; ``age`` is how much older an attached message is than its carrier. With a
    ``content_id`` or ``inline`` the part is shown inline, beside the HTML if there is any.
    Raises ``ValueError`` for several contents, none, or base64 that is not base64.
    """

    filename: str = ""
    content_type: str = ""
    text: str | None = None
    base64: str | None = None
    size: int | None = None
    pdf: str | None = None
    message: MessageSpec | None = None
    age: timedelta = timedelta(days=1)
    inline: bool = False
    content_id: str = ""

    def __post_init__(self) -> None:
        contents = (self.text, self.base64, self.size, self.pdf, self.message)
        if sum(content is not None for content in contents) != 1:
            raise ValueError("an attachment needs exactly one of text, base64, size, pdf, message")
        if self.size is not None and self.size < 0:
            raise ValueError("size cannot be negative")
        if self.base64 is not None:
            _decoded(self.base64)

    @property
    def beside_html(self) -> bool:
        """Whether the HTML part refers to this one."""
        return self.inline or bool(self.content_id)

    @property
    def media_type(self) -> str:
        """The type given, or the one usual for the content or file name."""
        if self.content_type:
            return self.content_type
        if self.message is not None:
            return "message/rfc822"
        return "application/pdf" if self.pdf is not None else content_type_of(self.filename)

    def data(self) -> bytes:
        """The bytes of a file; an attached message is composed by its carrier."""
        if self.text is not None:
            return crlf(self.text).encode()
        if self.base64 is not None:
            return _decoded(self.base64)
        if self.pdf is not None:
            return pdf(self.pdf)
        return filler(self.size or 0, self.media_type, self.filename or self.content_id)


@dataclass(frozen=True, kw_only=True)
class MessageSpec:
    """What a message says. Addresses are ``local@domain`` or ``Name <local@domain>``.

    ``text`` and ``html`` together become alternatives, an ``invite`` joins them as a third. ``charset`` is used for
    both and for the header words; ``transfer_encoding`` for both. ``headers`` are further fields, trace fields on
    top and the others below. A ``message_id`` left empty is derived; ids are written with their angle brackets.
    """

    from_: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: str = ""
    subject: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    invite: Invite | None = None
    charset: Charset = "utf-8"
    transfer_encoding: TransferEncoding = "auto"
    headers: dict[str, str] = field(default_factory=dict)
    list_id: str = ""


class _Part(NamedTuple):
    """A MIME part: its own header lines, each with CRLF, and its body."""

    headers: str
    body: bytes


def derived_message_id(sender: str, *seen: str) -> str:
    """A ``Message-ID`` of the sender's domain that follows from it and whatever else is ``seen``."""
    digest = blake2b("\0".join((sender, *seen)).encode("utf-8", "surrogatepass"), digest_size=18).digest()
    return f"<CA{base64.urlsafe_b64encode(digest).decode()}@{domain_of(sender)}>"


def compose(spec: MessageSpec, date: datetime) -> bytes:
    """The message as RFC 822 bytes with CRLF line ends, dated ``date`` (aware; its zone is kept).

    Raises ``ValueError`` where the description cannot be mail: text outside its charset, a line break in a header.
    """
    message_id = spec.message_id or derived_message_id(
        spec.from_, *spec.to, spec.subject, spec.text, spec.html, date.isoformat()
    )
    content = _content(spec, date, message_id)
    head = f"{_header(spec, date, message_id)}{content.headers}\r\n"
    return head.encode("ascii") + content.body


def _header(spec: MessageSpec, date: datetime, message_id: str) -> str:
    charset = spec.charset
    extra = {name: header_line(name, encoded_text(value, charset)) for name, value in spec.headers.items()}
    trace = "".join([line for name, line in extra.items() if name.lower() in _TRACE])
    lines = [
        trace,
        "MIME-Version: 1.0\r\n",
        f"Date: {date_value(date)}\r\n",
        header_line("Message-ID", message_id),
        header_line("In-Reply-To", spec.in_reply_to) if spec.in_reply_to else "",
        header_line("References", " ".join(spec.references)) if spec.references else "",
        header_line("Subject", encoded_text(spec.subject, charset)),
        header_line("From", address_list((spec.from_,), charset)),
        header_line("Reply-To", address_list((spec.reply_to,), charset)) if spec.reply_to else "",
        header_line("To", address_list(spec.to, charset)) if spec.to else "",
        header_line("Cc", address_list(spec.cc, charset)) if spec.cc else "",
        header_line("Bcc", address_list(spec.bcc, charset)) if spec.bcc else "",
        header_line("List-ID", encoded_text(spec.list_id, charset)) if spec.list_id else "",
        *(line for name, line in extra.items() if name.lower() not in _TRACE),
    ]
    return "".join(lines)


def _content(spec: MessageSpec, date: datetime, message_id: str) -> _Part:
    """The body: text alternatives, what the HTML shows inline, then everything attached."""
    related = [_attached(part, date) for part in spec.attachments if part.beside_html and spec.html]
    mixed = [_attached(part, date) for part in spec.attachments if not (part.beside_html and spec.html)]
    alternatives = [_text("plain", spec.text, spec)] if spec.text or not (spec.html or spec.invite) else []
    if spec.html:
        html = _text("html", spec.html, spec)
        alternatives.append(_multipart("related", [html, *related], message_id) if related else html)
    if spec.invite is not None:
        calendar = spec.invite.ics(date, message_id.strip("<>"))
        alternatives.append(_calendar(calendar, spec.invite.method))
        mixed.append(_file("application/ics", "invite.ics", calendar.encode()))
    body = alternatives[0] if len(alternatives) == 1 else _multipart("alternative", alternatives, message_id)
    return _multipart("mixed", [body, *mixed], message_id) if mixed else body


def _text(subtype: str, text: str, spec: MessageSpec) -> _Part:
    try:
        data = crlf(text).encode(spec.charset)
    except UnicodeEncodeError as error:
        raise ValueError(f'"{error.object[error.start]}" cannot be written in {spec.charset}') from None
    encoding, body = transfer(data, spec.transfer_encoding)
    return _Part(
        f'Content-Type: text/{subtype}; charset="{spec.charset.upper()}"\r\nContent-Transfer-Encoding: {encoding}\r\n',
        body,
    )


def _calendar(calendar: str, method: str) -> _Part:
    encoding, body = transfer(calendar.encode())
    kind = f'text/calendar; charset="UTF-8"; method={method}'
    return _Part(f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n", body)


def _attached(attachment: Attachment, date: datetime) -> _Part:
    kind = attachment.media_type
    if attachment.text is not None and kind.startswith("text/") and "charset" not in kind:
        kind = f'{kind}; charset="UTF-8"'
    if attachment.message is not None:
        return _forwarded(attachment, compose(attachment.message, date - attachment.age))
    return _file(
        kind, attachment.filename, attachment.data(), inline=attachment.beside_html, content_id=attachment.content_id
    )


def _file(kind: str, filename: str, data: bytes, *, inline: bool = False, content_id: str = "") -> _Part:
    encoding, body = transfer(data, text=False)
    lines = [
        header_line("Content-Type", named_type(kind, filename)),
        header_line("Content-Disposition", disposition("inline" if inline else "attachment", filename)),
        f"Content-Transfer-Encoding: {encoding}\r\n",
    ]
    if content_id:
        lines += [header_line("X-Attachment-Id", content_id), header_line("Content-ID", f"<{content_id}>")]
    return _Part("".join(lines), body)


def _forwarded(attachment: Attachment, message: bytes) -> _Part:
    """An attached message: never base64, which RFC 2046 forbids for message/rfc822."""
    kind = "inline" if attachment.inline else "attachment"
    lines = [
        header_line("Content-Type", named_type(attachment.media_type, attachment.filename)),
        header_line("Content-Disposition", disposition(kind, attachment.filename)),
        f"Content-Transfer-Encoding: {'7bit' if message.isascii() else '8bit'}\r\n",
    ]
    return _Part("".join(lines), message)


def _multipart(subtype: str, parts: list[_Part], message_id: str) -> _Part:
    """``parts`` behind boundaries that occur in none of them."""
    written = [part.headers.encode("ascii") + b"\r\n" + part.body for part in parts]
    boundary = _boundary(written, f"{message_id} {subtype}")
    line = b"--" + boundary.encode()
    body = b"".join([line + b"\r\n" + part + b"\r\n" for part in written])
    return _Part(f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n', body + line + b"--\r\n")


def _boundary(parts: list[bytes], key: str) -> str:
    while True:
        boundary = "000000000000" + blake2b(key.encode(), digest_size=8).hexdigest()
        if not any(boundary.encode() in part for part in parts):
            return boundary
        key += "'"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"base64: {error}") from None

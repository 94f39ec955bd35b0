"""Writing the lines of an Internet message: header fields, encoded words, addresses, parameters, transfer encodings.

RFC 5322 lines, RFC 2047 words, RFC 2231 parameters, RFC 2045 encodings. Everything answers text or bytes with CRLF.
Written by hand because the standard library's generator costs ten times as much per message.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = [
    "TransferEncoding",
    "address_list",
    "crlf",
    "date_value",
    "disposition",
    "domain_of",
    "encoded_text",
    "header_line",
    "named_type",
    "transfer",
]

TransferEncoding = Literal["auto", "7bit", "8bit", "quoted-printable", "base64"]

_FOLD_AT = 76
_LONGEST_LINE = 998
_BARE_LF = re.compile(r"\r\n?|\n")
_MAILBOX = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<>"]*?))\s*<([^<>\s]+)>\s*')
_NEEDS_QUOTES = re.compile(r'[()<>\[\]:;@\\,."]')
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q_WORD = tuple(chr(byte) if byte in _Q_SAFE else "_" if byte == ord(" ") else f"={byte:02X}" for byte in range(256))
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def crlf(text: str) -> str:
    """``text`` with every line end as CRLF and one at the end."""
    folded = text.replace("\n", "\r\n") if "\r" not in text else _BARE_LF.sub("\r\n", text)
    return folded if folded.endswith("\r\n") or not folded else folded + "\r\n"


def header_line(name: str, value: str) -> str:
    """One field with its CRLF, folded at spaces where it is long.

    ``value`` is ASCII (see ``encoded_text``). Raises ``ValueError`` for a line break or another control character.
    """
    if not value.isprintable() and any(character < " " and character != "\t" for character in value):
        raise ValueError(f"{name} holds a line break or control character")
    if len(name) + len(value) + 2 <= _FOLD_AT + 2:
        return f"{name}: {value}\r\n"
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + len(word) + 1 > _FOLD_AT and lines[-1].strip() and not lines[-1].endswith(":"):
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


def encoded_text(text: str, charset: str = "utf-8") -> str:
    """Unstructured text for a header: itself where ASCII, else RFC 2047 words in ``charset`` or, failing it, UTF-8."""
    if text.isascii():
        return text
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    return " ".join(_words(text, charset))


def _words(text: str, charset: str) -> list[str]:
    """Encoded words of at most 75 characters, none of which cuts a character."""
    quoted = 3 * sum(character.isascii() for character in text) > 2 * len(text)
    words: list[str] = []
    chunk = ""
    for character in text:
        if chunk and len(_word(chunk + character, charset, quoted=quoted)) > _FOLD_AT - 13:
            words.append(_word(chunk, charset, quoted=quoted))
            chunk = ""
        chunk += character
    return [*words, _word(chunk, charset, quoted=quoted)]


def _word(chunk: str, charset: str, *, quoted: bool) -> str:
    data = chunk.encode(charset)
    if not quoted:
        return f"=?{charset.upper()}?B?{base64.b64encode(data).decode()}?="
    body = "".join([_Q_WORD[byte] for byte in data])
    return f"=?{charset.upper()}?Q?{body}?="


@lru_cache(maxsize=1024)
def _mailbox(address: str, charset: str) -> str:
    """``Name <local@domain>`` with the name quoted or encoded as needed; a bare address stays bare."""
    match = _MAILBOX.fullmatch(address)
    if match is None:
        bare = address.strip()
        if not bare.isascii():
            raise ValueError(f'"{address}" is not an address: write a name as "Name <local@domain>"')
        return bare
    quoted, plain, mailbox = match.groups()
    name = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
    if not name:
        return f"<{mailbox}>"
    if not name.isascii():
        return f"{encoded_text(name, charset)} <{mailbox}>"
    if _NEEDS_QUOTES.search(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{mailbox}>'
    return f"{name} <{mailbox}>"


def address_list(addresses: Sequence[str], charset: str = "utf-8") -> str:
    """Addresses, each ``local@domain`` or ``Name <local@domain>``, as the value of an address field.

    Raises ``ValueError`` for a name outside ASCII without angle brackets around the address.
    """
    return ", ".join([_mailbox(address, charset) for address in addresses])


def domain_of(address: str) -> str:
    """The domain of ``Name <local@domain>`` or ``local@domain``, lower case; ``localhost`` without one."""
    return address.rpartition("@")[2].strip().removesuffix(">").lower() if "@" in address else "localhost"


def date_value(moment: datetime) -> str:
    """An aware datetime as the value of ``Date``, in its own zone, whole seconds."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError(f"{moment.isoformat()} has no zone")
    minutes = int(offset.total_seconds()) // 60
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year:04} "
        f"{moment.hour:02}:{moment.minute:02}:{moment.second:02} {sign}{minutes // 60:02}{minutes % 60:02}"
    )


def named_type(content_type: str, filename: str) -> str:
    """A ``Content-Type`` value with ``name``, which mail programs older than RFC 2183 read; words as Gmail writes."""
    if not filename:
        return content_type
    name = filename if filename.isascii() else encoded_text(filename)
    return f'{content_type}; name="{_escaped(name)}"'


def disposition(kind: str, filename: str) -> str:
    """A ``Content-Disposition`` value; a name outside ASCII is written as RFC 2231 asks."""
    if not filename:
        return kind
    if filename.isascii():
        return f'{kind}; filename="{_escaped(filename)}"'
    return f"{kind}; filename*=UTF-8''{quote(filename, safe='')}"


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def transfer(data: bytes, encoding: TransferEncoding = "auto", *, text: bool = True) -> tuple[str, bytes]:
    """``data`` under a transfer encoding: its name and the encoded bytes.

    ``auto`` takes 7bit for plain ASCII text, quoted-printable for text that is mostly ASCII, else base64.
    Raises ``ValueError`` where 7bit or 8bit cannot carry the data.
    """
    if encoding == "auto":
        encoding = _fitting(data) if text else "base64"
    if encoding == "base64":
        return encoding, _base64(data)
    if encoding == "quoted-printable":
        return encoding, binascii.b2a_qp(data, istext=text)
    if encoding == "7bit" and not data.isascii():
        raise ValueError("7bit cannot carry bytes above 127")
    if _has_long_line(data):
        raise ValueError(f"{encoding} cannot carry a line of more than {_LONGEST_LINE} bytes")
    return encoding, data


def _fitting(data: bytes) -> TransferEncoding:
    if data.isascii():
        return "quoted-printable" if _has_long_line(data) else "7bit"
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    return "quoted-printable" if high * 6 < len(data) else "base64"


def _has_long_line(data: bytes) -> bool:
    return len(data) > _LONGEST_LINE and max(map(len, data.split(b"\r\n"))) > _LONGEST_LINE


def _base64(data: bytes) -> bytes:
    encoded = base64.b64encode(data)
    return b"".join([encoded[start : start + 76] + b"\r\n" for start in range(0, len(encoded), 76)])

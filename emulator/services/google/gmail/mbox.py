"""A streaming mbox reader with byte offsets.

A line is a separator when it begins with ``From `` and either ends like an envelope (time and year; Takeout writes
``From 1789@xxx Mon Jan 01 00:00:00 +0000 2024``) or stands after an empty line with a header field below it. Any
other such line is text, so files whose writer did not quote ``From `` survive. ``>From `` quoting is undone as
mboxrd has it: one ``>`` off each such line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["MboxMessage", "Oversize", "Preamble", "messages_of"]

_CHUNK = 1 << 20
_LOOK = 4096
"""Bytes that must stand after a candidate before it is judged: its own line and the next."""
_ENVELOPE = re.compile(rb"From [^\r\n]*\d\d:\d\d[^\r\n]*\b(?:19|20)\d\d\b[^\r\n]*\r?(?:\n|$)")
_SEPARATOR_THEN_FIELD = re.compile(rb"From [^\r\n]*\r?\n[!-9;-~]+:")
_QUOTED_FROM = re.compile(rb"\n>(>*From )")
_STAMP = re.compile(
    rb"([A-Z][a-z]{2}) +(\d{1,2}) +(\d\d):(\d\d)(?::(\d\d))?(?: +([+-]\d{4}|[A-Z]{2,5}))? +(\d{4})(?: +([+-]\d{4}))?"
)
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")


@dataclass(frozen=True, slots=True)
class MboxMessage:
    """A message without its separator line, unquoted; ``size`` counts the bytes it takes in the file.

    ``received`` is the time of the separator line, UTC where that names no zone, ``None`` where it cannot be read.
    """

    raw: bytes
    received: datetime | None
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Oversize:
    """A message over the limit, of which only the length was kept."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Preamble:
    """Bytes before the first separator; ``blank`` where they are white space."""

    offset: int
    size: int
    blank: bool


def messages_of(path: Path, largest: int) -> Iterator[MboxMessage | Oversize | Preamble]:
    """The messages of an mbox file in order; one longer than ``largest`` bytes is passed over without being held."""
    with path.open("rb") as file:
        offset = 0
        for size, block in _blocks(file, largest):
            if block is None:
                yield Oversize(offset, size)
            elif block.startswith(b"From "):
                yield _message(block, offset)
            else:
                yield Preamble(offset, size, blank=not block.strip())
            offset += size


def _blocks(file: BinaryIO, largest: int) -> Iterator[tuple[int, bytes | None]]:
    """The file cut before every separator: length and bytes of each block, ``None`` for bytes over ``largest``."""
    buffer = bytearray()
    dropped = 0
    searched = 0
    ended = False
    while not ended:
        chunk = file.read(_CHUNK)
        ended = not chunk
        buffer += chunk
        while (cut := _separator(buffer, searched, ended=ended)) >= 0:
            yield (dropped + cut, bytes(buffer[:cut]) if not dropped else None)
            del buffer[:cut]
            dropped, searched = 0, 1
        searched = max(1 if searched else 0, len(buffer) - _LOOK)
        if dropped or len(buffer) > largest:
            gone = max(len(buffer) - 2 * _LOOK, 0)
            del buffer[:gone]
            dropped += gone
            searched = max(1, searched - gone)
    if buffer or dropped:
        yield (dropped + len(buffer), bytes(buffer) if not dropped else None)


def _separator(buffer: bytearray, start: int, *, ended: bool) -> int:
    """Where the next separator after ``start`` begins, or -1; near the end of the buffer only once all is read."""
    limit = len(buffer) if ended else len(buffer) - _LOOK
    at = buffer.find(b"\nFrom ", max(start - 1, 0))
    while 0 <= at < limit:
        if _separates(buffer, at + 1):
            return at + 1
        at = buffer.find(b"\nFrom ", at + 1)
    return -1


def _separates(buffer: bytearray, at: int) -> bool:
    if _ENVELOPE.match(buffer, at):
        return True
    after_empty_line = buffer[max(at - 2, 0) : at] == b"\n\n" or buffer[max(at - 3, 0) : at] == b"\n\r\n"
    return after_empty_line and _SEPARATOR_THEN_FIELD.match(buffer, at) is not None


def _message(block: bytes, offset: int) -> MboxMessage:
    separator, _, raw = block.partition(b"\n")
    for empty_line in (b"\r\n\r\n", b"\n\n"):
        if raw.endswith(empty_line):
            raw = raw[: -(len(empty_line) // 2)]
    if b">From " in raw:
        raw = _QUOTED_FROM.sub(rb"\n\1", raw)
    return MboxMessage(raw, _time_of(separator), offset, len(block))


def _time_of(separator: bytes) -> datetime | None:
    match = _STAMP.search(separator)
    if match is None or match[1] not in _MONTHS:
        return None
    month, day, hour, minute, second, zone, year, late_zone = match.groups()
    numbers = (int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second or 0))
    try:
        return datetime(*numbers, tzinfo=_zone(zone or late_zone or b"")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: bytes) -> timezone:
    if text[:1] not in {b"+", b"-"}:
        return UTC
    sign = -1 if text.startswith(b"-") else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:5])))

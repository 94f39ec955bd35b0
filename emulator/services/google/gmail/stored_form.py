"""What Gmail makes of a message before it keeps it: lines added on top, fields rewritten in place, fields filled in.

Read off twelve messages that came over the API: a Received line for each step, the client's fields in their order,
then what was missing: Date, Message-Id, and From last. MIME-Version and Content-Type are never added.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ..errors import InvalidArgument
from .mime import canonical, parse
from .recipients import addresses
from .rfc822 import date_value

__all__ = ["SERVER_ZONE", "StoredForm", "received_over_api"]

SERVER_ZONE = timezone(timedelta(hours=-8))
"""Recorded lines carry the Pacific time of Google's servers; without summer time, so no zone database is needed."""


@dataclass(frozen=True, slots=True)
class StoredForm:
    """A message as a list of header lines (without CRLF, folds inside) and the bytes of its body."""

    lines: tuple[tuple[str, bytes], ...]
    body: bytes

    @classmethod
    def of(cls, raw: bytes) -> StoredForm:
        """Taken apart."""
        root = parse(canonical(raw)).root
        lines = tuple((name, value.rstrip(b"\r\n")) for name, value in root.fields)
        return cls(lines, root.source[root.body_start :])

    def written(self) -> bytes:
        """Put together again."""
        head = b"".join(b"%s:%s\r\n" % (name.encode(), value) for name, value in self.lines)
        return head + b"\r\n" + self.body

    def has(self, name: str) -> bool:
        """Whether there is a field of that name."""
        return any(each.lower() == name.lower() for each, _ in self.lines)

    def text(self, name: str) -> str:
        """The first value of a field, unfolded and not decoded; "" without."""
        found = next((value for each, value in self.lines if each.lower() == name.lower()), b"")
        return found.replace(b"\r\n", b"").decode("utf-8", "replace").strip()

    def on_top(self, fields: Iterable[tuple[str, str]]) -> StoredForm:
        """With further fields before all others."""
        return StoredForm((*(_line(name, value) for name, value in fields), *self.lines), self.body)

    def without(self, name: str) -> StoredForm:
        """Without the fields of that name."""
        return StoredForm(tuple(line for line in self.lines if line[0].lower() != name.lower()), self.body)

    def filled(self, name: str, value: Callable[[], str]) -> StoredForm:
        """With a field at the end where there is none of that name."""
        return self if self.has(name) else StoredForm((*self.lines, _line(name, value())), self.body)

    def rewritten(self, name: str, value: str) -> StoredForm:
        """With another value in the fields of that name, where they stand."""
        lines = tuple(_line(each, value) if each.lower() == name.lower() else (each, old) for each, old in self.lines)
        return StoredForm(lines, self.body)

    def from_one_of(self, own: Collection[str]) -> StoredForm:
        """With a foreign sender replaced by the first of ``own``. Raises ``InvalidArgument`` for an unreadable one."""
        senders = addresses(self.text("From"))
        if senders is None:
            raise InvalidArgument("Invalid From header")
        primary = next(iter(own))
        if not senders or any(sender.lower() not in own for sender in senders):
            return self.rewritten("From", primary)
        return self


def received_over_api(project_number: int, moment: datetime) -> tuple[str, str]:
    """The line a step over the API leaves on a message, folded as recorded."""
    date = date_value(moment.astimezone(SERVER_ZONE))
    return "Received", f"from {project_number} named unknown\r\n by gmailapi.google.com\r\n with HTTPREST;\r\n {date}"


def _line(name: str, value: str) -> tuple[str, bytes]:
    return name, b" " + value.encode("utf-8", "replace")

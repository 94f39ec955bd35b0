"""The parsed message: a tree of parts over the bytes it was parsed from.

A ``Part`` holds offsets, not copies; headers and bodies are decoded when first asked for. So structure alone, which
is all that most calls need, costs microseconds, and a 30 MB attachment is copied only by whoever wants it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from .charsets import decode_text
from .header import Field, decode_value
from .transfer import decode_transfer

__all__ = ["EMBEDDED_TYPES", "Message", "Part"]

EMBEDDED_TYPES = frozenset({"message/rfc822", "message/global"})
"""Media types whose body is a whole message, expanded into a child."""


@dataclass(frozen=True, eq=False)
class Part:
    """One node of the tree.

    ``part_id`` is "" for the root, then "0", "1", "0.0" as the API numbers. ``mime_type`` is lower case without
    parameters. ``filename`` is "" when there is none. ``charset`` and ``encoding`` are the declared ones, "" when
    absent. ``source[start:body_start]`` is the header block, ``source[body_start:end]`` the body as transferred.
    """

    part_id: str
    mime_type: str
    filename: str
    charset: str
    encoding: str
    fields: tuple[Field, ...] = field(repr=False)
    children: tuple[Part, ...] = field(repr=False)
    source: bytes = field(repr=False)
    start: int = field(repr=False)
    body_start: int = field(repr=False)
    end: int = field(repr=False)

    @cached_property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Name and decoded value of every header, in order, duplicates kept."""
        return tuple((name, decode_value(name, raw)) for name, raw in self.fields)

    def header(self, name: str) -> str | None:
        """The decoded value of the first header of that name; look-ups ignore case."""
        return next(iter(self.header_all(name)), None)

    def header_all(self, name: str) -> list[str]:
        """The decoded values of every header of that name, in order."""
        return [decode_value(spelling, raw) for spelling, raw in self._by_name.get(name.lower(), ())]

    @cached_property
    def _by_name(self) -> dict[str, list[Field]]:
        """The fields by lower-case name."""
        found: dict[str, list[Field]] = {}
        for each in self.fields:
            found.setdefault(each.name.lower(), []).append(each)
        return found

    @property
    def raw(self) -> bytes:
        """Headers and body exactly as they stand in the message."""
        return self.source[self.start : self.end]

    @cached_property
    def body(self) -> bytes:
        """The body with its transfer encoding undone, charset untouched; of an embedded message, that message."""
        return decode_transfer(self.source[self.body_start : self.end], self.encoding)

    @property
    def is_container(self) -> bool:
        """Whether the content is in ``children``."""
        return bool(self.children)

    @property
    def is_text(self) -> bool:
        """Whether this is text to show inline: text without a file name, or a multipart without a single part."""
        return not self.children and not self.filename and self.mime_type.startswith(("text/", "multipart/"))

    @property
    def is_attachment(self) -> bool:
        """Whether the API hands the content out by reference: a named file, or content that is no text.

        Containers are not, except an embedded message that has a file name.
        """
        if self.children:
            return bool(self.filename) and self.mime_type in EMBEDDED_TYPES
        return not self.is_text

    @property
    def text(self) -> str:
        """The body as text, decoded as declared or else as guessed."""
        return decode_text(self.body, self.charset)

    def walk(self) -> Iterator[Part]:
        """This part and everything below it, in document order."""
        pending = [self]
        while pending:
            part = pending.pop()
            yield part
            pending += reversed(part.children)


@dataclass(frozen=True, eq=False)
class Message:
    """A parsed RFC 822 message: ``raw`` as stored, and the tree under ``root``."""

    raw: bytes = field(repr=False)
    root: Part

    def attachments(self) -> Iterator[Part]:
        """The parts handed out by reference, in document order, those of embedded messages included."""
        return (part for part in self.root.walk() if part.is_attachment)

    def find_part(self, part_id: str) -> Part | None:
        """The part with that ``part_id``; ``None`` when the message has none."""
        return next((part for part in self.root.walk() if part.part_id == part_id), None)

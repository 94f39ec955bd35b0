"""Multipart bodies as clients of Google send them: uploads (multipart/related) and batches (multipart/mixed).

Line ends are CRLF or, from Google's Python client, LF alone. The line end before a delimiter belongs to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...kernel.http import Headers

__all__ = ["BodyPart", "MalformedMultipart", "boundary_of", "parse_headers", "split_head", "split_multipart"]

_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")


class MalformedMultipart(ValueError):
    """A body that is not the multipart its content type says."""


@dataclass(frozen=True, slots=True)
class BodyPart:
    """One part: its headers and the bytes under them."""

    headers: Headers
    body: bytes


def boundary_of(content_type: str) -> str:
    """The boundary a ``Content-Type`` value declares. Raises ``MalformedMultipart`` without one."""
    match = _BOUNDARY.search(content_type)
    boundary = (match[1] or match[2] or "") if match else ""
    if not boundary:
        raise MalformedMultipart("no boundary")
    return boundary


def split_multipart(body: bytes, boundary: str) -> list[BodyPart]:
    """The parts between the delimiters. Raises ``MalformedMultipart`` where the closing one is missing."""
    literal = re.escape(boundary.encode("utf-8", "replace"))
    delimiter = re.compile(rb"(?:\A|\r?\n)--" + literal + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    parts: list[BodyPart] = []
    start = -1
    for match in delimiter.finditer(body):
        if start >= 0:
            parts.append(_part(body[start : match.start()]))
        if match[1]:
            return parts
        start = match.end()
    raise MalformedMultipart("no closing delimiter")


def split_head(section: bytes) -> tuple[bytes, bytes]:
    """What stands before the first blank line, and what behind it."""
    blank = _BLANK_LINE.search(section)
    return (section, b"") if blank is None else (section[: blank.start()], section[blank.end() :])


def parse_headers(block: bytes) -> Headers:
    """Header lines, folds undone; what is no field is passed over."""
    lines = _FOLD.sub(b" ", block).decode("utf-8", "replace").splitlines()
    fields = (line.partition(":") for line in lines if ":" in line)
    return Headers((name.strip(), value.strip()) for name, _, value in fields)


def _part(section: bytes) -> BodyPart:
    """A part from the line end of its delimiter on, so that a part without headers begins with a blank line."""
    head, body = split_head(section)
    return BodyPart(parse_headers(head.strip(b"\r\n")), body)

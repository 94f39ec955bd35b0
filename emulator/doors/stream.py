"""One stream of an HTTP/2 connection, and header lines between h2 and the house."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..kernel.http import Headers

__all__ = ["Stream", "text_lines", "wire_lines"]


@dataclass(slots=True)
class Stream:
    """One request as far as it was read, then one answer as far as it was sent."""

    number: int
    lines: Headers
    body: io.BytesIO = field(default_factory=io.BytesIO)
    complete: bool = False
    delayed: asyncio.TimerHandle | None = None
    rest: memoryview = field(default_factory=lambda: memoryview(b""))
    trailers: Headers = field(default_factory=Headers)
    sending: bool = False
    breaks: bool = False
    """The connection is to break once ``rest`` has been sent."""
    held: memoryview = field(default_factory=lambda: memoryview(b""))
    """What a slow drip has not let into ``rest`` yet."""
    stalled: bool = False

    def pseudo(self, name: str) -> str:
        """The value of a pseudo-header: ``:method``, ``:path``, ``:authority``."""
        return self.lines.get(name)

    @property
    def headers(self) -> Headers:
        """The header lines as an HTTP/1.1 request would have them: no pseudo-headers, ``Host`` first."""
        ordinary = [(name, value) for name, value in self.lines if not name.startswith(":")]
        authority = self.pseudo(":authority")
        host = [("host", authority)] if authority and "host" not in self.lines else []
        return Headers([*host, *ordinary])


def text_lines(lines: Iterable[tuple[str | bytes, str | bytes]]) -> Headers:
    """Header lines as h2 hands them out, decoded already as the configuration says."""
    return Headers((str(name), str(value)) for name, value in lines)


def wire_lines(lines: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Header lines as HTTP/2 wants them, names in lower case; a value beyond Latin-1 goes out as UTF-8."""
    return [(name.lower().encode("latin-1"), encoded(value)) for name, value in lines]


def encoded(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass")

"""The head of an HTTP/1.1 response as bytes, and the body bytes that may follow it."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from ..kernel.http import Headers, Reply

__all__ = ["header_lines", "render_body", "render_head"]

PHRASES = {status.value: status.phrase for status in HTTPStatus}
BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
# The door frames the message, so a handler's own framing would contradict it.
FRAMING = frozenset(
    {"content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "upgrade", "te"}
)


def render_body(reply: Reply, verb: str) -> bytes:
    """The body to send: none to HEAD, and none with 204 and 304 (RFC 9110 section 6.4.1)."""
    return b"" if verb == "HEAD" or reply.status in BODILESS else reply.body


def header_lines(reply: Reply, verb: str, date: str) -> list[tuple[str, str]]:
    """The header lines to send, names as the handler spelt them.

    Adds ``Date`` where the handler stated none, and ``Content-Length`` where a length may stand: not before trailers.
    Raises ``ValueError`` for a line that would break out of its place.
    """
    lines = [(name, value) for name, value in reply.headers if name.lower() not in FRAMING]
    if "Date" not in reply.headers:
        lines.append(("Date", date))
    lines += length_line(reply, verb)
    broken = next((line for line in [*lines, *reply.trailers] if any(mark in "".join(line) for mark in "\r\n\0")), None)
    if broken is not None:
        message = f"header line {broken!r} contains a line break or a null"
        raise ValueError(message)
    return lines


def render_head(reply: Reply, verb: str, *, date: str, connection: str = "", phrase: str = "") -> bytes:
    """Status line and ``header_lines`` up to the blank line, and ``Connection`` where ``connection`` is given.

    ``phrase`` replaces the usual reason phrase. Trailers stay unsent: HTTP/1.1 clients that ask for them speak gRPC,
    and gRPC is HTTP/2. Raises ``ValueError`` as ``header_lines`` does.
    """
    lines = [f"HTTP/1.1 {reply.status} {phrase or PHRASES.get(reply.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in header_lines(reply.replacing(trailers=Headers()), verb, date)]
    if connection:
        lines.append(f"Connection: {connection}")
    return encode_lines(lines)


def length_line(reply: Reply, verb: str) -> Iterator[tuple[str, str]]:
    """``Content-Length``: for HEAD the one the handler stated, if any, as only it knows what GET would send."""
    if reply.status in BODILESS or reply.trailers:
        return
    stated = reply.headers.get("Content-Length") if verb == "HEAD" else ""
    yield "Content-Length", stated or str(len(reply.body))


def encode_lines(lines: list[str]) -> bytes:
    """Latin-1 as HTTP libraries read it; a value beyond Latin-1 goes out as UTF-8, as browsers and Google send it."""
    text = "\r\n".join(lines) + "\r\n\r\n"
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")

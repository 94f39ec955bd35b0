"""Bytes in, complete HTTP/1.1 requests out. httptools (llhttp) parses; this keeps the limits and the order."""

from __future__ import annotations

import io
from collections import deque
from dataclasses import dataclass, field

import httptools

from ..kernel.http import Headers, Reply

__all__ = ["BadRequest", "Request", "RequestReader"]


class BadRequest(Exception):
    """A request no application sees. ``reply`` answers it and the connection ends; ``phrase`` is its reason phrase."""

    def __init__(self, status: int, text: str, reply: Reply | None = None, phrase: str = "") -> None:
        super().__init__(text)
        self.refuses = reply is not None
        """Whether this is the refusal of a host, which the journal knows of already."""
        self.reply = reply or Reply.json({"error": {"code": status, "message": text}}, status)
        self.phrase = phrase


@dataclass(slots=True)
class Request:
    """One request as far as it was read. ``body`` grows in place: a large one is never in memory twice."""

    target: bytes = b""
    lines: list[tuple[bytes, bytes]] = field(default_factory=list)
    verb: str = ""
    version: str = "1.1"
    keeps_alive: bool = False
    in_head: bool = True
    head_bytes: int = 0
    body: io.BytesIO = field(default_factory=io.BytesIO)

    @property
    def headers(self) -> Headers:
        """The header lines as text, names spelt as they arrived."""
        return Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in self.lines)

    @property
    def wants_websocket(self) -> bool:
        """Whether the client asks to go on in the WebSocket protocol (RFC 6455 section 4.1)."""
        return self.verb == "GET" and any(
            name.lower() == b"upgrade" and value.strip().lower() == b"websocket" for name, value in self.lines
        )

    @property
    def head_size(self) -> int:
        """Bytes of request target and header lines, separators included."""
        return len(self.target) + sum(len(name) + len(value) + 4 for name, value in self.lines)


class RequestReader:
    """Collects requests in ``ready``, in order. A ``BadRequest`` there is the last entry: nothing is read after it."""

    def __init__(self, head_limit: int, body_limit: int) -> None:
        self.ready: deque[Request | BadRequest] = deque()
        self.reading: Request | None = None
        self.owes_continue = False
        """A client waits for ``100 Continue`` before it sends the body of ``reading``."""
        self.after_connect = b""
        """What followed a ``CONNECT``: the first bytes of the tunnel."""
        self._head_limit = head_limit
        self._body_limit = body_limit
        self._held: bytes | None = None
        self._closed = False
        self._parser = httptools.HttpRequestParser(self)

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrived."""
        if self._closed:
            return
        if self._held is not None:
            self._held += data
            return
        if self.reading is not None:
            self.reading.head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._feed_after_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            self.give_up(BadRequest(400, f"Malformed request: {error}."))
        reading = self.reading
        if reading is not None and self._is_overlong(reading):
            self.give_up(self._overlong())

    def give_up(self, problem: BadRequest) -> None:
        """Put ``problem`` after the requests that are complete, and read no more."""
        self.ready.append(problem)
        self.reading = None
        self.owes_continue = False
        self._closed = True

    def decline_upgrade(self) -> None:
        """The WebSocket asked for last is not to be: what followed the request is HTTP after all."""
        rest, self._held = self._held, None
        self._read_on(rest or b"")

    def accept_upgrade(self) -> bytes:
        """The WebSocket asked for last begins: read no more, and return what followed the request."""
        self._closed = True
        return self._held or b""

    def _feed_after_upgrade(self, rest: bytes) -> None:
        """``CONNECT`` ends HTTP here; a WebSocket may. Any other ``Upgrade`` is ignored (RFC 9110 section 7.8)."""
        latest = self.ready[-1] if self.ready else None
        if isinstance(latest, Request) and latest.verb == "CONNECT":
            self.after_connect = rest
            self._closed = True
        elif isinstance(latest, Request) and latest.wants_websocket:
            self._held = rest
        else:
            self._read_on(rest)

    def _read_on(self, rest: bytes) -> None:
        self._parser = httptools.HttpRequestParser(self)
        if rest:
            self.feed(rest)

    def _is_overlong(self, request: Request) -> bool:
        """By what the parser reported or, while one endless line is still held back, by what arrived since."""
        return max(request.head_size, request.head_bytes if request.in_head else 0) > self._head_limit

    def _overlong(self) -> BadRequest:
        return BadRequest(431, f"The head of the request is longer than {self._head_limit} bytes.")

    # What the parser calls

    def on_message_begin(self) -> None:
        """First byte of a request."""
        self.reading = Request()

    def on_url(self, url: bytes) -> None:
        """Part of the request target."""
        if self.reading is not None:
            self.reading.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header line, or one trailer line, which is dropped."""
        if self.reading is not None and self.reading.in_head:
            self.reading.lines.append((name, value))

    def on_headers_complete(self) -> None:
        """The blank line."""
        request = self.reading
        if request is None:
            return
        request.in_head = False
        request.verb = self._parser.get_method().decode("ascii")
        request.version = self._parser.get_http_version()
        request.keeps_alive = self._parser.should_keep_alive()
        expectation = next((value for name, value in request.lines if name.lower() == b"expect"), b"")
        self.owes_continue = expectation.lower() == b"100-continue" and request.version != "1.0"

    def on_body(self, body: bytes) -> None:
        """Part of the body, freed of any chunked coding."""
        self.owes_continue = False
        request = self.reading
        if request is None:
            return
        request.body.write(body)
        if request.body.tell() > self._body_limit:
            self.give_up(BadRequest(413, f"The body of the request is longer than {self._body_limit} bytes."))

    def on_message_complete(self) -> None:
        """Last byte of a request."""
        request = self.reading
        self.reading = None
        self.owes_continue = False
        if request is None or self._closed:
            return
        if self._is_overlong(request):
            self.give_up(self._overlong())
        else:
            self.ready.append(request)

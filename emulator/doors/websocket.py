"""WebSocket on one connection, after the upgrade from HTTP/1.1. wsproto parses the frames.

Extensions are declined, permessage-deflate among them: on loopback compression costs more than it saves.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from urllib.parse import urlsplit

import h11
from wsproto import ConnectionType, WSConnection
from wsproto.connection import Connection as Frames
from wsproto.connection import ConnectionState
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Event, Ping, RejectConnection, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import ProtocolError, RemoteProtocolError

from ..kernel.http import Call
from ..kernel.websocket import WebSocketHandler
from .connection import Connection, Traffic
from .request_reader import BadRequest
from .target import is_loopback

__all__ = ["WebSocketConnection", "accept"]

LOGGER = logging.getLogger(__name__)
HANDSHAKE_HEADERS = frozenset({"host", "connection", "upgrade"})
REASON_BYTES = 123  # of a close frame (RFC 6455 section 5.5)


def accept(call: Call) -> bytes:
    """The response that accepts the handshake in ``call``.

    Raises ``BadRequest``: 426 for another version of the protocol, 403 for a page of another origin that found its way
    to a loopback name, 400 for anything else that is no handshake.
    """
    check_origin(call)
    lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in call.headers if is_handshake(name)]
    handshake = WSConnection(ConnectionType.SERVER)
    try:
        handshake.initiate_upgrade_connection(lines, call.path)
        return handshake.send(AcceptConnection())
    except RemoteProtocolError as error:
        hint = error.event_hint
        status = hint.status_code if isinstance(hint, RejectConnection) else 400
        raise BadRequest(status, f"No WebSocket handshake: {error}.") from None
    except (ProtocolError, h11.ProtocolError, ValueError) as error:
        raise BadRequest(400, f"No WebSocket handshake: {error}.") from None


def check_origin(call: Call) -> None:
    """Browsers let any page open a WebSocket anywhere; only its ``Origin`` tells."""
    origin = call.headers.get("Origin")
    if origin and is_loopback(call.host) and not is_loopback(host_of(origin)):
        raise BadRequest(403, f"No WebSocket for pages of {origin}.")


def host_of(origin: str) -> str:
    try:
        return urlsplit(origin).hostname or ""
    except ValueError:
        return ""


def is_handshake(name: str) -> bool:
    return name.lower() in HANDSHAKE_HEADERS or name.lower().startswith("sec-websocket-")


class WebSocketConnection(Connection):
    """The server's side of one conversation, carried between the client and ``handler``."""

    def __init__(self, traffic: Traffic, peer: str, handler: WebSocketHandler) -> None:
        super().__init__(traffic, peer)
        self._handler = handler
        self._frames = Frames(ConnectionType.SERVER)
        self._parts: list[str] | list[bytes] = []
        self._size = 0
        self._code = int(CloseReason.ABNORMAL_CLOSURE)
        self._pinged = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the handler begin."""
        super().connection_made(transport)
        self.allow(self.traffic.limits.idle_seconds)
        self._call(self._handler.opened, self._send_from_anywhere, self._close_from_anywhere)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the handler that it is over."""
        super().connection_lost(exc)
        self._call(self._handler.closed, self._code)

    def data_received(self, data: bytes) -> None:
        """Take frames; those behind a farewell are dropped."""
        if self._frames.state not in {ConnectionState.OPEN, ConnectionState.LOCAL_CLOSING}:
            return
        self._pinged = False
        if self._frames.state is ConnectionState.OPEN:
            self.allow(self.traffic.limits.idle_seconds)
        self._frames.receive_data(data)
        for event in self._frames.events():
            self._take(event)

    def eof_received(self) -> bool:
        """A WebSocket does not half-close (RFC 6455 section 7.1.1)."""
        return False

    def expire(self) -> None:
        """After a silence ask whether the client is still there; without an answer, cut it off."""
        if self._pinged or self._frames.state is not ConnectionState.OPEN:
            self.transport.abort()
            return
        self._pinged = True
        self.allow(self.traffic.limits.idle_seconds)
        self._emit(Ping())

    def farewell(self) -> None:
        """Say that the server goes away."""
        if self._frames.state is ConnectionState.OPEN:
            self._emit(CloseConnection(CloseReason.GOING_AWAY, "the emulator stops"))
        self.transport.close()

    # Receiving

    def _take(self, event: Event) -> None:
        if isinstance(event, (TextMessage, BytesMessage)):
            self._collect(event)
        elif isinstance(event, Ping):
            if self._frames.state is ConnectionState.OPEN:
                self._emit(event.response())
        elif isinstance(event, CloseConnection):
            self._leave(event)

    def _collect(self, event: TextMessage | BytesMessage) -> None:
        """Join the frames of a message, up to the limit."""
        self._size += len(event.data)
        if self._size > self.traffic.limits.message_bytes:
            self.note(f"WebSocket message of more than {self.traffic.limits.message_bytes} bytes")
            self._close(CloseReason.MESSAGE_TOO_BIG, "message too big")
            self._parts.clear()
            return
        self._parts.append(event.data)  # type: ignore[arg-type]  # one message is all text or all bytes
        if event.message_finished and self._frames.state is ConnectionState.OPEN:
            empty = "" if isinstance(event, TextMessage) else b""
            message = empty.join(self._parts)  # type: ignore[arg-type]
            self._parts, self._size = [], 0
            self._call(self._handler.received, message)

    def _leave(self, event: CloseConnection) -> None:
        """The client's farewell, or frames that are none: then wsproto's code says what is wrong with them."""
        state = self._frames.state
        self._code = int(event.code)
        if state is ConnectionState.OPEN:
            self.note(f"bad WebSocket frame: {event.reason}")
        if state is not ConnectionState.CLOSED:
            self._emit(event.response())
        self.transport.close()

    # Sending

    def _send_from_anywhere(self, message: str | bytes) -> None:
        self.traffic.wake(self._send, message)

    def _close_from_anywhere(self, code: int = 1000, reason: str = "") -> None:
        self.traffic.wake(self._close, code, reason)

    def _send(self, message: str | bytes) -> None:
        if self._frames.state is not ConnectionState.OPEN or self.transport.is_closing():
            return
        self._emit(TextMessage(message) if isinstance(message, str) else BytesMessage(message))
        if self.transport.get_write_buffer_size() > self.traffic.limits.unread_bytes:
            self.note("a WebSocket client does not read what it is sent")
            self.transport.abort()

    def _close(self, code: int, reason: str) -> None:
        """Say farewell, and wait a moment for the client's."""
        if self._frames.state is not ConnectionState.OPEN or self.transport.is_closing():
            return
        self._code = int(code)
        short = reason.encode()[:REASON_BYTES].decode("utf-8", "ignore")
        self._emit(CloseConnection(code, short))
        self.allow(self.traffic.limits.linger_seconds)

    def _emit(self, event: Event) -> None:
        self.transport.write(self._frames.send(event))

    def _call(self, callback: Callable[..., None], *arguments: object) -> None:
        """Call the handler; one that raises ends its own conversation and no other."""
        try:
            callback(*arguments)
        except Exception:
            LOGGER.exception("%s: a WebSocket handler raised", self.peer)
            self._close(CloseReason.INTERNAL_ERROR, "the emulator failed")

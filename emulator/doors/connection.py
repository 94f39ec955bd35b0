"""What every connection protocol of the gate shares, and the application they all call.

A connection protocol is an ``asyncio.Protocol`` that speaks one wire format: the first byte (``arrival``), TLS
(``secure``), HTTP/1.1 (``http1``), HTTP/2 (``http2``), WebSocket (``websocket``). One hands the transport to the next
with ``hand_over``, bytes already read included.
"""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import ssl
import struct
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from ..kernel.http import Call, Reply
from ..kernel.websocket import WebSocketHandler

__all__ = ["Application", "Connection", "Limits", "Traffic"]

LOGGER = logging.getLogger(__name__)
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Application(Protocol):
    """What the gate serves. Every method is called on the gate's loop thread, and none may block."""

    def respond(self, call: Call) -> Reply:
        """The whole pipeline for one call."""

    def websocket(self, call: Call) -> WebSocketHandler | None:
        """The handler of the conversation ``call`` asks for; ``None`` lets ``respond`` answer it like any other."""

    def knows(self, host: str) -> bool:
        """Whether this lower-case host name is emulated; loopback names are."""

    def refuse(self, host: str, port: int, peer: str, reason: str) -> None:
        """Note in the journal that ``peer`` asked for a host nobody emulates."""

    def break_off(self, peer: str, reason: str) -> None:
        """Note in the journal that a connection of ``peer`` had to be ended, and why."""

    def date(self) -> str:
        """The value of the ``Date`` header, on the virtual clock."""

    @property
    def domains(self) -> tuple[str, ...]:
        """The DNS names the certificate authority may vouch for; each covers its subdomains."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the gate one connection may take: bytes of a request or message, and seconds of silence."""

    head_bytes: int = 64 * 1024
    body_bytes: int = 256 * 1024 * 1024
    """Of one request's body. Gmail takes 35 MB and Apify less; only resumable uploads of videos are larger."""
    message_bytes: int = 16 * 1024 * 1024
    """Of one WebSocket message."""
    unread_bytes: int = 64 * 1024 * 1024
    """Of WebSocket messages sent to a client that does not read them."""
    head_seconds: float = 30.0
    """From the first byte of a head, or of a TLS handshake, to its end, however many bytes trickle in between."""
    idle_seconds: float = 300.0
    """Between requests, and between two parts of a body. As long as Google's own front end waits, about."""
    linger_seconds: float = 1.0
    """After an error that ended the conversation: closing at once would destroy the answer still in flight."""


@dataclass(slots=True)
class Traffic:
    """What the connections of one gate have in common: the application, the limits, and the connections now open."""

    application: Application
    limits: Limits
    loop: asyncio.AbstractEventLoop
    port: int
    tls: Callable[[], Future[ssl.SSLContext]]
    """Begins to found the certificate authority, on first need, and promises the context of a handshake."""
    open: set[Connection] = field(default_factory=set)
    _empty: asyncio.Event | None = None

    def emptied(self) -> asyncio.Event:
        """An event for the moment when no connection is open any more."""
        self._empty = asyncio.Event()
        self._tell()
        return self._empty

    def leave(self, connection: Connection) -> None:
        """Count ``connection`` no longer."""
        self.open.discard(connection)
        self._tell()

    def _tell(self) -> None:
        if self._empty is not None and not self.open:
            self._empty.set()

    def wake(self, callback: Callable[..., object], *arguments: object) -> None:
        """Call back on the loop's thread, from any thread; not at all once the gate has stopped."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(callback, *arguments)

    def expire(self) -> None:
        """End every connection whose deadline has passed."""
        now = self.loop.time()
        for connection in [each for each in self.open if each.deadline <= now]:
            connection.expire()


class Connection(asyncio.Protocol):
    """One connection in one protocol. ``deadline`` is loop time; the gate calls ``expire`` once it has passed."""

    def __init__(self, traffic: Traffic, peer: str) -> None:
        self.traffic = traffic
        self.peer = peer
        self.deadline = math.inf
        self.transport: asyncio.Transport

    @property
    def holds_back(self) -> bool:
        """Whether an answer is delayed; one that will never come is not."""
        return False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport and be counted among the open connections."""
        if not isinstance(transport, asyncio.Transport):
            message = f"a stream transport is needed, not {type(transport).__name__}"
            raise TypeError(message)
        self.transport = transport
        self.traffic.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Be counted no longer."""
        self.traffic.leave(self)

    def hand_over(self, successor: Connection, received: bytes = b"") -> None:
        """Let ``successor`` speak from here on, beginning with the bytes already received for it."""
        self.traffic.open.discard(self)
        self.transport.set_protocol(successor)
        self.transport.resume_reading()
        successor.connection_made(self.transport)
        if received:
            successor.data_received(received)

    def farewell(self) -> None:
        """The gate stops: end the connection. A protocol with a word for that overrides this."""
        self.transport.close()

    def linger(self, *, client_finished: bool = False) -> None:
        """Say no more once everything written has been sent, and drop what still comes until the client is done.

        Closing on unread bytes sends RST, and that can overtake the answer: a close_notify on its way is enough.
        """
        if client_finished:
            self.transport.close()
        else:
            self.transport.write_eof()
            self.transport.resume_reading()
        limits = self.traffic.limits
        self.allow(limits.idle_seconds if self.transport.get_write_buffer_size() else limits.linger_seconds)

    def reset(self) -> None:
        """Break the connection with RST, as a crashed server or a dropped link does."""
        raw = self.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.transport.abort()

    def note(self, reason: str) -> None:
        """Say in journal and log why this connection ends."""
        LOGGER.info("%s: %s", self.peer, reason)
        self.traffic.application.break_off(self.peer, reason)

    def allow(self, seconds: float) -> None:
        """Set the deadline that many seconds from now."""
        self.deadline = self.traffic.loop.time() + seconds

    def expire(self) -> None:
        """The deadline has passed: end the connection. A protocol with something to say overrides this."""
        self.transport.close()

"""The first byte of a connection decides what is spoken on it."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial

from .connection import Connection, Traffic
from .http1 import Http1Connection
from .secure import TlsConnection

__all__ = ["ALPN_PROTOCOLS", "Arrival"]

Speaker = Callable[[Traffic, str, str], Connection]
"""Makes a connection protocol for use inside TLS from traffic, peer and the server's name."""

LOGGER = logging.getLogger(__name__)
# The first word of HTTP/2 with prior knowledge (RFC 9113 section 3.4), which no HTTP/1.1 verb begins with.
PREFACE = b"PRI"
TLS_HANDSHAKE = 0x16


def http2(traffic: Traffic, peer: str, host: str = "") -> Connection:
    """The connection that speaks HTTP/2, in TLS for ``host`` or in the clear."""
    from .http2 import Http2Connection  # noqa: PLC0415 - 80 ms to load, and many runs need none

    return Http2Connection(traffic, peer, host)


# In the order offered, which is the order of preference: a client that can do both takes HTTP/1.1.
ALPN_PROTOCOLS: Mapping[str, Speaker] = {"http/1.1": Http1Connection.inside_tls, "h2": http2}


class Arrival(Connection):
    """A connection nobody has spoken on yet: fresh, or just past ``CONNECT`` (``tunnel`` is the host asked for)."""

    def __init__(self, traffic: Traffic, peer: str = "", tunnel: str = "") -> None:
        super().__init__(traffic, peer)
        self._tunnel = tunnel
        self._received = b""
        self._waits_for_tls = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first byte."""
        super().connection_made(transport)
        host, port = transport.get_extra_info("peername")[:2]
        self.peer = self.peer or f"{host}:{port}"
        self.allow(self.traffic.limits.idle_seconds)

    def data_received(self, data: bytes) -> None:
        """Choose the protocol and hand over."""
        self._received += data
        if self._waits_for_tls:
            return
        if self._received[0] == TLS_HANDSHAKE:
            self._start_tls()
        elif self._tunnel:
            self.note("plain text in a tunnel to port 443, where only TLS is spoken")
            self.transport.close()
        elif self._received.startswith(PREFACE):
            self.hand_over(http2(self.traffic, self.peer), self._received)
        elif not PREFACE.startswith(self._received):
            http1 = Http1Connection(self.traffic, self.peer, tunnel=partial(Arrival, self.traffic))
            self.hand_over(http1, self._received)

    def _start_tls(self) -> None:
        """Wait for the certificate authority, which the first TLS client of a gate brings into being."""
        promise = self.traffic.tls()
        if promise.done():
            self._hand_over_to_tls(promise)
            return
        self._waits_for_tls = True
        self.transport.pause_reading()
        promise.add_done_callback(lambda done: self.traffic.wake(self._hand_over_to_tls, done))

    def _hand_over_to_tls(self, promise: Future[ssl.SSLContext]) -> None:
        problem = promise.exception()
        if problem is not None:
            LOGGER.error("no certificate authority: %s", problem)
            self.transport.abort()
        elif not self.transport.is_closing():
            tls = TlsConnection(self.traffic, self.peer, promise.result(), self._inside_tls, self._tunnel)
            self.hand_over(tls, self._received)

    def _inside_tls(self, alpn: str, host: str) -> Connection:
        return ALPN_PROTOCOLS.get(alpn, Http1Connection.inside_tls)(self.traffic, self.peer, host)

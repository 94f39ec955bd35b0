"""TLS between a raw transport and the connection protocol that speaks inside it.

asyncio's own TLS transport loses the alert of a failed handshake, cannot half-close and takes no bytes that were read
before it started. All three matter here: a client with an unknown server name must see ``unrecognized_name``, a client
may finish sending before it reads, and the ClientHello may arrive in one packet with the ``CONNECT`` before it.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Any

from .connection import Connection, Traffic
from .refusal import HTTPS_PORT, host_refusal
from .tls import CertificateAuthority

__all__ = ["Inside", "TlsConnection", "TlsTransport", "handshake_context"]

Inside = Callable[[str, str], Connection]
"""Makes the protocol inside TLS, given the protocol name ALPN agreed on ("" for none) and the server's name."""

CHUNK = 256 * 1024
# The alerts a client sends about a certificate it cannot trace to its roots (RFC 8446 section 6.2).
DISTRUST = ("unknown ca", "certificate unknown", "bad certificate")
UNTRUSTED = (
    "the client does not trust the emulator: it was built before the interception began, or brings its own roots; "
    "build it inside the test, or take the roots out"
)
LOGGER = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"


class Stream(ssl.SSLObject):
    """An ``SSLObject`` that knows its connection, so that one context can tell whose server name it is asked about."""

    connection: TlsConnection | None = None


def handshake_context(authority: CertificateAuthority) -> ssl.SSLContext:
    """The context every ``TlsConnection`` of a gate starts with."""
    return authority.server_context(choose_host, Stream)


def choose_host(stream: ssl.SSLObject, name: str | None) -> str | None:
    """The callback of the shared server context: let the stream's own connection choose."""
    return stream.connection.choose(name) if isinstance(stream, Stream) and stream.connection else None


class TlsConnection(Connection):
    """The server's side of TLS. ``tunnel`` is the host of the ``CONNECT`` that led here; it stands in for no SNI."""

    def __init__(self, traffic: Traffic, peer: str, context: ssl.SSLContext, inside: Inside, tunnel: str = "") -> None:
        """``context`` comes from ``handshake_context``. Raises ``TypeError`` for any other."""
        super().__init__(traffic, peer)
        self.host = tunnel
        self._tunnel = tunnel
        self._make_inside = inside
        self._inside: Connection | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._finished = False
        self._refused = False
        stream = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        if not isinstance(stream, Stream):
            message = f"the context makes {type(stream).__name__} streams"
            raise TypeError(message)
        self._stream = stream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the handshake."""
        super().connection_made(transport)
        self._stream.connection = self
        self.allow(self.traffic.limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass the news on."""
        super().connection_lost(exc)
        if self._inside is not None:
            self._inside.connection_lost(exc)
        self._stream.connection = None  # the two hold each other

    def choose(self, name: str | None) -> str | None:
        """The host whose certificate to show for this server name; ``None``, noted in the journal, for no such host."""
        # A client that was given our address has no name to send (RFC 6066, section 3): grpcio for one.
        wanted = (name or self._tunnel or ADDRESS).lower().rstrip(".")
        if self.traffic.application.knows(wanted):
            self.host = wanted
            return wanted
        reason = host_refusal(wanted, HTTPS_PORT).phrase
        self.traffic.application.refuse(wanted, HTTPS_PORT, self.peer, reason)
        self._refused = True
        return None

    def data_received(self, data: bytes) -> None:
        """Decrypt, and give what comes out to the protocol inside."""
        if self._finished:
            return  # nobody listens any more
        self._incoming.write(data)
        if self._inside is not None or self._shake_hands():
            self._read()
        self._flush()

    def eof_received(self) -> bool:
        """The client closed its half, with or without saying so in TLS."""
        if self._inside is None and not self._refused and not self.transport.is_closing():
            self.note("the connection ended during the TLS handshake")
        return self._inside is not None and bool(self._inside.eof_received())

    def expire(self) -> None:
        """The handshake took too long."""
        self.note("the TLS handshake was not completed in time")
        self.transport.close()

    def pause_writing(self) -> None:
        """Pass the pressure on."""
        if self._inside is not None:
            self._inside.pause_writing()

    def resume_writing(self) -> None:
        """Pass the relief on."""
        if self._inside is not None:
            self._inside.resume_writing()

    def encrypt(self, data: bytes | bytearray | memoryview) -> None:
        """Send ``data``, encrypted piece by piece so that no second copy of a large body is ever whole."""
        rest = memoryview(data)
        try:
            while rest and not self._finished:
                sent = self._stream.write(rest[:CHUNK])
                rest = rest[sent:]
                self._flush()
        except ssl.SSLError as error:
            self._break(error)

    def finish(self) -> None:
        """Say in TLS that nothing more will be sent. Later calls do nothing."""
        if self._finished:
            return
        try:
            self._stream.unwrap()
        except ssl.SSLWantReadError:
            pass  # the client's own farewell is not waited for
        except ssl.SSLError as error:
            LOGGER.debug("%s: TLS ended without a farewell: %s", self.peer, error)
        self._flush()
        self._finished = True

    def replace_inside(self, successor: Connection) -> None:
        """Let another protocol speak inside from now on."""
        self._inside = successor

    @property
    def inside(self) -> Connection | None:
        """The protocol inside, once the handshake is done."""
        return self._inside

    def _shake_hands(self) -> bool:
        """Take the handshake as far as the bytes received allow. Returns whether it is complete."""
        try:
            self._stream.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            if not self._refused:
                self.note(f"TLS handshake failed: {reason_of(error)}")
            self._flush()  # the alert
            self.transport.close()
            return False
        self.deadline = float("inf")  # the protocol inside keeps time from here on
        self._inside = self._make_inside(self._stream.selected_alpn_protocol() or "", self.host)
        self._inside.connection_made(TlsTransport(self, self.transport))
        return True

    def _read(self) -> None:
        while self._inside is not None and not self.transport.is_closing():
            try:
                data = self._stream.read(CHUNK)
            except ssl.SSLWantReadError:
                return
            except ssl.SSLZeroReturnError:
                data = b""
            except ssl.SSLError as error:
                self._break(error)
                return
            if not data:
                self._end()
                return
            self._inside.data_received(data)

    def _end(self) -> None:
        """The client said farewell in TLS; its socket may stay open for the answer."""
        if not self.eof_received():
            self.finish()
            self.transport.close()

    def _break(self, error: ssl.SSLError) -> None:
        self.note(f"TLS broke: {reason_of(error)}")
        self._flush()
        self.transport.abort()

    def _flush(self) -> None:
        if self._outgoing.pending and not self._finished and not self.transport.is_closing():
            self.transport.write(self._outgoing.read())


def reason_of(error: ssl.SSLError) -> str:
    """OpenSSL's own words, without the place in its source; with advice where a client did not trust us."""
    reason = (error.reason or str(error)).replace("_", " ").lower()
    return f"{reason} ({UNTRUSTED})" if reason.endswith(DISTRUST) else reason


class TlsTransport(asyncio.Transport):
    """The transport the protocol inside TLS writes to. Half-closes like a plain one."""

    def __init__(self, connection: TlsConnection, raw: asyncio.Transport) -> None:
        super().__init__()
        self._connection = connection
        self._raw = raw

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """As the raw transport answers."""
        return self._raw.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another connection protocol speak. Raises ``TypeError`` for any other kind."""
        if not isinstance(protocol, Connection):
            message = f"{type(protocol).__name__} is no connection protocol of the gate"
            raise TypeError(message)
        self._connection.replace_inside(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """The protocol inside TLS."""
        return self._connection.inside or self._connection

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt and send."""
        if not self._raw.is_closing():
            self._connection.encrypt(data)

    def can_write_eof(self) -> bool:
        """Yes: close_notify, then the end of the stream."""
        return True

    def write_eof(self) -> None:
        """Finish sending; go on reading."""
        if not self._raw.is_closing():
            self._connection.finish()
            self._raw.write_eof()

    def close(self) -> None:
        """Send what is buffered and the farewell, then close."""
        if not self._raw.is_closing():
            self._connection.finish()
        self._raw.close()

    def abort(self) -> None:
        """Close at once; buffered bytes are lost."""
        self._raw.abort()

    def is_closing(self) -> bool:
        """Whether the connection is closing or closed."""
        return self._raw.is_closing()

    def pause_reading(self) -> None:
        """Take no more bytes from the client."""
        self._raw.pause_reading()

    def resume_reading(self) -> None:
        """Take bytes again."""
        self._raw.resume_reading()

    def get_write_buffer_size(self) -> int:
        """Encrypted bytes not yet taken by the kernel."""
        return self._raw.get_write_buffer_size()

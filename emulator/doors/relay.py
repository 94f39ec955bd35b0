"""Passing a request on to a program that listens on this machine, and everything after it both ways.

The live view of an Actor is its own web server's. The request goes out as it came, save for ``Connection``, which asks
for an end unless it asks for another protocol; from then on bytes are carried, so that streams and WebSockets work.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from ..kernel.http import Call
from .connection import Connection, Traffic

__all__ = ["RelayConnection"]

REFUSED = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 47\r\n"
    b"Connection: close\r\n\r\nNothing listens on the port of this container.\n"
)
HOP_BY_HOP = frozenset({"proxy-connection", "proxy-authorization", "keep-alive", "transfer-encoding", "content-length"})


class RelayConnection(Connection):
    """The client's side: what it sends goes to the program on ``port``, what that answers comes back."""

    def __init__(self, traffic: Traffic, call: Call, port: int, *, upgrades: bool) -> None:
        super().__init__(traffic, call.peer)
        self._port = port
        self._waiting = [request_bytes(call, upgrades=upgrades)]
        self._program: asyncio.Transport | None = None
        self._dialling: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Call the program."""
        super().connection_made(transport)
        self._dialling = self.traffic.loop.create_task(self._dial())

    def data_received(self, data: bytes) -> None:
        """Pass on, or keep until there is somebody to pass it to."""
        if self._program is None:
            self._waiting.append(data)
        else:
            self._program.write(data)

    def eof_received(self) -> bool:
        """The client has said everything; the program may still answer."""
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        super().connection_lost(exc)
        if self._dialling is not None:
            self._dialling.cancel()
        if self._program is not None:
            self._program.close()

    def pause_writing(self) -> None:
        """The client reads slowly: let the program wait."""
        if self._program is not None:
            self._program.pause_reading()

    def resume_writing(self) -> None:
        """The client has caught up."""
        if self._program is not None:
            self._program.resume_reading()

    async def _dial(self) -> None:
        try:
            with suppress(asyncio.CancelledError):
                await self.traffic.loop.create_connection(lambda: ProgramSide(self), "127.0.0.1", self._port)
        except OSError:
            self.transport.write(REFUSED)
            self.transport.close()

    def reached(self, program: asyncio.Transport) -> None:
        """The program has answered the call: say what was waiting."""
        self._program = program
        program.write(b"".join(self._waiting))
        self._waiting.clear()


class ProgramSide(asyncio.Protocol):
    """The program's side of a relay."""

    def __init__(self, client: RelayConnection) -> None:
        self._client = client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the relay begin."""
        assert isinstance(transport, asyncio.Transport)
        self._client.reached(transport)

    def data_received(self, data: bytes) -> None:
        """Carry to the client."""
        self._client.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The program has said everything: what is written still reaches the client."""
        self._client.transport.close()


def request_bytes(call: Call, *, upgrades: bool) -> bytes:
    """The request as it goes to the program. ``Host`` stays: the program is known by its public name."""
    lines = [(name, value) for name, value in call.headers if name.lower() not in HOP_BY_HOP]
    if not upgrades:
        lines = [(name, value) for name, value in lines if name.lower() not in {"connection", "upgrade"}]
        lines.append(("Connection", "close"))
    if call.body:
        lines.append(("Content-Length", str(len(call.body))))
    target = f"{call.path}?{call.query}" if call.query else call.path
    head = "".join(f"{line}\r\n" for line in (f"{call.verb} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in lines), ""))
    return head.encode("latin-1") + call.body

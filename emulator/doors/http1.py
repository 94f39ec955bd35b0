"""HTTP/1.1 on one connection: keep-alive, pipelining, proxy forms, and the enactment of disruptions.

Requests are answered strictly in order. While one answer is delayed, those behind it wait and nothing more is read,
which keeps a delay on its own connection.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable

from ..kernel.http import Call, Disruption, Headers, Reply
from .answering import answer, converse, crashed
from .connection import Connection, Traffic
from .destination import forwarded_host, stated_host, tunnelled_host
from .head import render_body, render_head
from .relay import RelayConnection
from .request_reader import BadRequest, Request, RequestReader
from .target import Target, TargetError

__all__ = ["Http1Connection", "Tunnel"]

Tunnel = Callable[[str, str], Connection]
"""Makes the protocol that takes over after ``CONNECT``, given the peer and the host asked for."""

LOGGER = logging.getLogger(__name__)
# Up to here one packet with head and body is worth a copy of the body.
JOINED_BODY = 64 * 1024
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Http1Connection(Connection):
    """The server's side of HTTP/1.1. ``host`` is the name TLS agreed on, "" on a plain connection."""

    def __init__(self, traffic: Traffic, peer: str, host: str = "", tunnel: Tunnel | None = None) -> None:
        super().__init__(traffic, peer)
        self._host = host
        self._tunnel = tunnel
        self._reader = RequestReader(traffic.limits.head_bytes, traffic.limits.body_bytes)
        self._timed_head: Request | None = None
        self._delayed: asyncio.TimerHandle | None = None
        self._congested = False
        self._client_finished = False
        self._ending = False

    @property
    def holds_back(self) -> bool:
        """Whether an answer is delayed."""
        return self._delayed is not None

    @classmethod
    def inside_tls(cls, traffic: Traffic, peer: str, host: str) -> Http1Connection:
        """The connection that speaks inside TLS, where ``CONNECT`` has no place."""
        return cls(traffic, peer, host)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request."""
        super().connection_made(transport)
        self.allow(self.traffic.limits.idle_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was still to be said."""
        super().connection_lost(exc)
        self._ending = True
        if self._delayed is not None:
            self._delayed.cancel()

    def data_received(self, data: bytes) -> None:
        """Read on, then answer every request that is complete. At the end of a conversation: drop what still comes."""
        if not self._ending:
            self._reader.feed(data)
            self._serve()

    def eof_received(self) -> bool:
        """The client has finished sending: answer what it asked for, then close. ``True`` keeps our half open."""
        self._client_finished = True
        if self._ending:
            return False
        if self._reader.reading is not None:
            self._reader.give_up(BadRequest(400, "The connection ended before the request did."))
        self._serve()
        return not self._ending

    def pause_writing(self) -> None:
        """The client reads too slowly: produce no more answers for now."""
        self._congested = True
        self.allow(self.traffic.limits.idle_seconds)

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._congested = False
        self._serve()

    def expire(self) -> None:
        """Say 408 where a request had begun. An idle connection just closes; one that does not read is cut off."""
        if self._ending or self._congested:
            self.transport.abort()
        elif self._reader.reading is None:
            self._end()
        else:
            self._reader.give_up(BadRequest(408, "The request was not completed in time."))
            self._serve()

    # Answering

    def _serve(self) -> None:
        """Answer what is ready, in order, until an answer is delayed, the client is slow, or nothing is left."""
        ready = self._reader.ready
        while ready and not (self._delayed or self._congested or self._ending):
            request = ready.popleft()
            if isinstance(request, BadRequest):
                self._reject(request)
                continue
            try:
                self._answer(request)
            except BadRequest as problem:
                self._reject(problem, request.verb)
            except TargetError as problem:
                self._reject(BadRequest(400, f"Malformed request: {problem}."), request.verb)
        if not self._ending:
            self._settle()

    def _settle(self) -> None:
        """Between answers: read on or not, and until when."""
        if self._delayed or self._congested:
            self.transport.pause_reading()
            return
        if self._client_finished:
            self._end()
            return
        self.transport.resume_reading()
        if self._reader.owes_continue:
            self._reader.owes_continue = False
            self.transport.write(CONTINUE)
        reading = self._reader.reading
        if reading is None or not reading.in_head:
            self.allow(self.traffic.limits.idle_seconds)
        elif reading is not self._timed_head:
            self._timed_head = reading
            self.allow(self.traffic.limits.head_seconds)

    def _answer(self, request: Request) -> None:
        headers = request.headers
        peer = headers.get("User-Agent") or self.peer
        if request.verb == "CONNECT":
            self._connect(request, peer)
            return
        call = self._call(request, headers, peer)
        if request.wants_websocket:
            if self._upgrade(call):
                return
            self._reader.decline_upgrade()
        reply = answer(self.traffic.application, call)
        if reply.relay is not None and reply.disruption is None:
            self._ending = True
            self.hand_over(RelayConnection(self.traffic, call, reply.relay, upgrades=request.wants_websocket))
            return
        if reply.disruption is not None and reply.disruption.stall:
            self._stall()
        elif reply.disruption is not None and reply.disruption.delay > 0:
            self.deadline = math.inf
            self._timed_head = None
            self._delayed = self.traffic.loop.call_later(reply.disruption.delay, self._deliver_late, request, reply)
        else:
            self._deliver(request, reply)

    def _connect(self, request: Request, peer: str) -> None:
        """Open a tunnel: to ourselves, as the host asked for."""
        if self._tunnel is None:
            raise BadRequest(400, "CONNECT inside TLS is not served.")
        host = tunnelled_host(self.traffic, request.target, peer)
        self._ending = True
        self.transport.write(CONNECTED)
        self.hand_over(self._tunnel(peer, host), self._reader.after_connect)

    def _upgrade(self, call: Call) -> bool:
        """Go on as a WebSocket, if the application converses there. Raises ``BadRequest`` for a faulty handshake."""
        handler = converse(self.traffic.application, call)
        if handler is None:
            return False
        from .websocket import WebSocketConnection, accept  # noqa: PLC0415 - 50 ms to load, and few runs need it

        self.transport.write(accept(call))
        self._ending = True
        self.hand_over(WebSocketConnection(self.traffic, call.peer, handler), self._reader.accept_upgrade())
        return True

    def _call(self, request: Request, headers: Headers, peer: str) -> Call:
        """The call this request makes. The absolute form wins over ``Host`` (RFC 9112 section 3.2.2)."""
        target = Target.parse(request.target)
        if target.authority is not None and not self._host:
            host = forwarded_host(self.traffic, target, target.authority, peer)
        else:
            host = stated_host(self.traffic, headers, request.version, peer, self._host)
        scheme = "https" if self._host else "http"
        return Call(request.verb, host, target.path, target.query, headers, request.body.getvalue(), scheme, peer)

    # Writing

    def _deliver_late(self, request: Request, reply: Reply) -> None:
        self._delayed = None
        self._deliver(request, reply)
        self._serve()

    def _deliver(self, request: Request, reply: Reply) -> None:
        """Send a reply, broken where its disruption says so, and end the connection where it must end."""
        disruption = reply.disruption or Disruption()
        if disruption.reset == "before":
            self._break()
            return
        stays = request.keeps_alive and reply.headers.get("Connection").lower() != "close"
        connection = "close" if not stays else "keep-alive" if request.version == "1.0" else ""
        head, body = self._render(reply, request.verb, connection)
        if disruption.reset:
            self.transport.write(head)
            self._break()
        elif disruption.truncate is not None and disruption.truncate < len(body):
            self._write(head, body[: disruption.truncate])
            self._end()
        elif disruption.drip and len(body) > disruption.piece:
            self.transport.write(head)
            self._drip(memoryview(body), disruption, stays=stays)
        else:
            self._write(head, body)
            if not stays:
                self._end()

    def _drip(self, rest: memoryview, disruption: Disruption, *, stays: bool) -> None:
        """Send one piece of a body, the next one later; whoever asks meanwhile waits, as behind a delay."""
        self.transport.write(rest[: disruption.piece].tobytes())
        rest = rest[disruption.piece :]
        if rest:
            self.deadline = math.inf
            self._delayed = self.traffic.loop.call_later(
                disruption.drip, lambda: self._drip(rest, disruption, stays=stays)
            )
            return
        self._delayed = None
        if not stays:
            self._end()
        else:
            self._serve()

    def _stall(self) -> None:
        """Say nothing more. Reading goes on, only so that the client's leaving is noticed."""
        self._ending = True
        self.deadline = math.inf
        self.transport.resume_reading()

    def _render(self, reply: Reply, verb: str, connection: str) -> tuple[bytes, bytes]:
        date = self.traffic.application.date()
        try:
            return render_head(reply, verb, date=date, connection=connection), render_body(reply, verb)
        except ValueError as error:
            LOGGER.exception("a reply of status %s cannot be sent", reply.status)
            substitute = crashed(error)
            return render_head(substitute, verb, date=date, connection=connection), render_body(substitute, verb)

    def _write(self, head: bytes, body: bytes) -> None:
        if len(body) <= JOINED_BODY:
            self.transport.write(head + body)
        else:
            self.transport.write(head)
            self.transport.write(body)

    def _reject(self, problem: BadRequest, verb: str = "") -> None:
        """Answer, then end the conversation."""
        if not problem.refuses:
            self.note(str(problem))
        reply = problem.reply
        date = self.traffic.application.date()
        head = render_head(reply, verb, date=date, connection="close", phrase=problem.phrase)
        self._write(head, render_body(reply, verb))
        self._end()

    def _end(self) -> None:
        self._ending = True
        self.linger(client_finished=self._client_finished)

    def _break(self) -> None:
        self._ending = True
        self.reset()

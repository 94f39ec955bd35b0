"""HTTP/2 on one connection, in TLS or with prior knowledge in the clear. h2 parses; gRPC needs nothing else.

A request is answered when its last byte is there, and its answer is sent as far as the windows of stream and
connection let it. Streams do not wait for each other: a delayed answer holds back its own stream alone.
"""

from __future__ import annotations

import asyncio
import logging
import math

from h2.config import H2Configuration
from h2.connection import ConnectionState, H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RemoteSettingsChanged,
    RequestReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from ..kernel.http import Call, Disruption, Reply
from .answering import answer, crashed
from .connection import Connection, Traffic
from .destination import stated_host
from .head import header_lines, render_body
from .request_reader import BadRequest
from .stream import Stream, text_lines, wire_lines
from .target import Target, TargetError

__all__ = ["Http2Connection"]

LOGGER = logging.getLogger(__name__)
CONFIGURATION = H2Configuration(client_side=False, header_encoding="latin-1")
# What a client may send before it must hear from us: room for an upload at full speed on loopback.
STREAM_WINDOW = 1024 * 1024
CONNECTION_WINDOW = 16 * 1024 * 1024
DEFAULT_WINDOW = 65_535
CONCURRENT_STREAMS = 256


class Http2Connection(Connection):
    """The server's side of HTTP/2. ``host`` is the name TLS agreed on, "" on a plain connection."""

    def __init__(self, traffic: Traffic, peer: str, host: str = "") -> None:
        super().__init__(traffic, peer)
        self._host = host
        self._streams: dict[int, Stream] = {}
        self._congested = False
        self._client_finished = False
        self._ending = False
        self._greeted = False
        self._h2 = new_state(traffic.limits.head_bytes)

    @property
    def holds_back(self) -> bool:
        """Whether an answer is delayed."""
        return any(stream.delayed is not None for stream in self._streams.values())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """State the settings and wait for the client's."""
        super().connection_made(transport)
        self.allow(self.traffic.limits.head_seconds)
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(CONNECTION_WINDOW - DEFAULT_WINDOW)
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was still to be said."""
        super().connection_lost(exc)
        self._ending = True
        for stream in self._streams.values():
            if stream.delayed is not None:
                stream.delayed.cancel()
        self._streams.clear()

    def data_received(self, data: bytes) -> None:
        """Take frames, answer what is complete, send what the client made room for."""
        if self._ending:
            return
        try:
            events = self._h2.receive_data(data)
        except ProtocolError as error:
            self.note(f"HTTP/2 broken: {str(error) or type(error).__name__}")
            if self._h2.state_machine.state is not ConnectionState.CLOSED:
                self._h2.close_connection(error.error_code)  # else h2 has said GOAWAY already
            self._finish()
            return
        for event in events:
            self._take(event)
        self._pump()

    def eof_received(self) -> bool:
        """The client has finished sending; ``True`` keeps our half open for the answers it waits for."""
        self._client_finished = True
        for stream in [each for each in self._streams.values() if not (each.delayed or each.sending)]:
            del self._streams[stream.number]
        return bool(self._streams) and not self._ending

    def pause_writing(self) -> None:
        """The client reads too slowly: put no more frames in its way."""
        self._congested = True

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._congested = False
        self._pump()

    def expire(self) -> None:
        """Silence for too long: say GOAWAY. A client that does not even read that is cut off."""
        if self._ending or self._congested:
            self.transport.abort()
            return
        if not self._greeted:
            self.note("an HTTP/2 preface was not completed in time")
        elif self._streams:
            self.note("an HTTP/2 stream made no progress")
        self._h2.close_connection()
        self._finish()

    def farewell(self) -> None:
        """Say that no further stream will be served, and close."""
        if not self._ending:
            self._h2.close_connection()
            self._flush()
        self._ending = True
        self.transport.close()

    # Receiving

    def _take(self, event: Event) -> None:
        if isinstance(event, RequestReceived):
            self._streams[event.stream_id] = Stream(event.stream_id, text_lines(event.headers))
        elif isinstance(event, DataReceived):
            self._collect(event)
        elif isinstance(event, StreamEnded):
            self._complete(event.stream_id)
        elif isinstance(event, StreamReset):
            self._forget(event.stream_id)
        elif isinstance(event, RemoteSettingsChanged):
            self._greeted = True
            self.allow(self.traffic.limits.idle_seconds)
        elif isinstance(event, ConnectionTerminated):
            self._finish()  # h2 sends nothing after the client's GOAWAY

    def _collect(self, event: DataReceived) -> None:
        self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        stream = self._streams.get(event.stream_id)
        if stream is None or stream.sending:
            return
        stream.body.write(event.data)
        limit = self.traffic.limits.body_bytes
        if stream.body.tell() > limit:
            self._reject(stream, BadRequest(413, f"The body of the request is longer than {limit} bytes."))

    def _forget(self, number: int) -> None:
        stream = self._streams.pop(number, None)
        if stream is not None and stream.delayed is not None:
            stream.delayed.cancel()

    # Answering

    def _complete(self, number: int) -> None:
        """The last byte of a request: answer it, unless it was answered before its end."""
        stream = self._streams.get(number)
        if stream is not None:
            stream.complete = True
            if not stream.sending:
                self._answer(stream)

    def _answer(self, stream: Stream) -> None:
        try:
            call = self._call(stream)
        except BadRequest as problem:
            self._reject(stream, problem)
        except TargetError as problem:
            self._reject(stream, BadRequest(400, f"Malformed request: {problem}."))
        else:
            self._schedule(stream, answer(self.traffic.application, call))

    def _call(self, stream: Stream) -> Call:
        """The call this stream makes. Raises ``BadRequest``, ``TargetError``."""
        verb, headers = stream.pseudo(":method"), stream.headers
        if verb == "CONNECT":
            raise BadRequest(400, "CONNECT is served in HTTP/1.1 only.")
        target = Target.parse(stream.pseudo(":path").encode("latin-1"))
        if target.authority is not None:
            raise BadRequest(400, "The path of an HTTP/2 request is no absolute URL.")
        peer = headers.get("user-agent") or self.peer
        host = stated_host(self.traffic, headers, "2", peer, self._host)
        scheme = "https" if self._host else "http"
        return Call(verb, host, target.path, target.query, headers, stream.body.getvalue(), scheme, peer)

    def _schedule(self, stream: Stream, reply: Reply) -> None:
        if reply.disruption is not None and reply.disruption.stall:
            stream.stalled = True
        elif reply.disruption is not None and reply.disruption.delay > 0:
            stream.delayed = self.traffic.loop.call_later(reply.disruption.delay, self._deliver_late, stream, reply)
        else:
            self._deliver(stream, reply)

    def _deliver_late(self, stream: Stream, reply: Reply) -> None:
        stream.delayed = None
        self._deliver(stream, reply)
        self._pump()

    def _deliver(self, stream: Stream, reply: Reply) -> None:
        """Begin an answer. One that its disruption breaks takes the whole connection along, as a dropped link does."""
        disruption = reply.disruption or Disruption()
        if disruption.reset == "before":
            self._break()
            return
        try:
            self._begin(stream, reply)
        except ValueError as error:
            LOGGER.exception("a reply of status %s cannot be sent", reply.status)
            self._deliver(stream, crashed(error))
            return
        except ProtocolError:
            self._forget(stream.number)  # reset by the client in the very packet that completed it
            return
        if disruption.reset:
            self._flush()
            self._break()
        elif disruption.truncate is not None and disruption.truncate < len(stream.rest):
            stream.rest = stream.rest[: disruption.truncate]
            stream.breaks = True
        elif disruption.drip:
            stream.held, stream.rest = stream.rest, memoryview(b"")
            self._drip(stream, disruption)

    def _drip(self, stream: Stream, disruption: Disruption) -> None:
        """Let one more piece of an answer out, and the next one later."""
        piece, stream.held = stream.held[: disruption.piece], stream.held[disruption.piece :]
        stream.rest = memoryview(stream.rest.tobytes() + piece.tobytes())
        stream.delayed = None
        if stream.held:
            stream.delayed = self.traffic.loop.call_later(disruption.drip, self._drip_on, stream, disruption)

    def _drip_on(self, stream: Stream, disruption: Disruption) -> None:
        self._drip(stream, disruption)
        self._pump()

    def _begin(self, stream: Stream, reply: Reply) -> None:
        """Send the head of an answer; the rest waits in ``stream``. Raises ``ValueError`` for an unsendable header."""
        verb = stream.pseudo(":method")
        lines = header_lines(reply, verb, self.traffic.application.date())
        stream.rest, stream.trailers = memoryview(render_body(reply, verb)), reply.trailers
        stream.sending = True
        ends = not stream.rest and not stream.trailers
        self._h2.send_headers(stream.number, [(b":status", b"%d" % reply.status), *wire_lines(lines)], end_stream=ends)
        if ends:
            self._close_stream(stream)

    def _reject(self, stream: Stream, problem: BadRequest) -> None:
        if not problem.refuses:
            self.note(str(problem))
        self._deliver(stream, problem.reply)

    # Sending

    def _pump(self) -> None:
        """Send of every answer what the client has room for, then what else there is to say."""
        for stream in [each for each in self._streams.values() if each.sending]:
            try:
                self._push(stream)
            except ProtocolError:
                self._forget(stream.number)  # the client reset it, and the news is not yet taken
        self._flush()
        if self._ending:
            return
        if self._client_finished and not self._streams:
            self._h2.close_connection()
            self._finish()
        elif any(stream.delayed or stream.stalled for stream in self._streams.values()):
            self.deadline = math.inf
        else:
            self.allow(self.traffic.limits.idle_seconds)

    def _push(self, stream: Stream) -> None:
        while stream.rest and not (self._congested or self._ending):
            room = min(self._h2.local_flow_control_window(stream.number), self._h2.max_outbound_frame_size)
            if room <= 0:
                return
            piece, stream.rest = stream.rest[:room], stream.rest[room:]
            last = not (stream.rest or stream.held or stream.trailers or stream.breaks)
            self._h2.send_data(stream.number, piece.tobytes(), end_stream=last)
            if stream.rest:
                self._flush()  # and learn whether the client keeps up
        if stream.rest or stream.held or self._ending:
            return
        if stream.breaks:
            self._finish()
            return
        if stream.trailers:
            self._h2.send_headers(stream.number, wire_lines(stream.trailers), end_stream=True)
        self._close_stream(stream)

    def _close_stream(self, stream: Stream) -> None:
        """Be done with a stream whose answer is out; what the client still sends of its request is not wanted."""
        self._streams.pop(stream.number, None)
        if not stream.complete:
            self._h2.reset_stream(stream.number, ErrorCodes.NO_ERROR)

    def _finish(self) -> None:
        self._flush()
        self._ending = True
        self.linger(client_finished=self._client_finished)

    def _break(self) -> None:
        self._ending = True
        self.reset()

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and not self._ending and not self.transport.is_closing():
            self.transport.write(data)


def new_state(head_limit: int) -> H2Connection:
    """The state of a connection on which nothing was said yet. The settings hold at once, before they are sent."""
    state = H2Connection(CONFIGURATION)
    state.local_settings = Settings(
        client=False,
        initial_values={
            SettingCodes.INITIAL_WINDOW_SIZE: STREAM_WINDOW,
            SettingCodes.MAX_CONCURRENT_STREAMS: CONCURRENT_STREAMS,
            SettingCodes.MAX_HEADER_LIST_SIZE: head_limit,
        },
    )
    state.decoder.max_header_list_size = head_limit
    return state

"""HTTP/2 at the gate: gRPC with grpcio, and frames of every kind with a bare h2 client."""

from __future__ import annotations

import random
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.settings import SettingCodes, Settings

from emulator.doors.connection import Limits
from emulator.doors.environment import CertificateFiles
from emulator.doors.gate import Gate
from emulator.kernel.http import Call, Disruption, Headers, Reply

from .conftest import DATE, Application, Wire

Dial = Callable[[], Wire]
METHOD = "/scalekit.v1.connected_accounts.ConnectedAccountService/ListConnectedAccounts"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GRPC = Headers({"content-type": "application/grpc"})
OK = Headers({"grpc-status": "0"})


def framed(*messages: bytes) -> bytes:
    """gRPC's length-prefixed messages."""
    return b"".join(struct.pack(">BI", 0, len(message)) + message for message in messages)


def shouting(call: Call) -> Reply:
    """A unary method that answers its message in upper case."""
    return Reply(200, GRPC, framed(call.body[5:].upper()), trailers=OK)


@pytest.fixture
def channel(gate: Gate) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{gate.port}", options=[("grpc.enable_http_proxy", 0)]) as channel:
        yield channel


def again(call: Callable[..., bytes]) -> bytes:
    """The answer to a call after a broken connection; grpc may still pick the dead one for the first tries."""
    for _ in range(5):
        try:
            return call(b"x", timeout=10, wait_for_ready=True)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise
    raise AssertionError("the channel never connected again")


class TestGrpc:
    def test_unary_in_the_clear(self, channel: grpc.Channel, application: Application) -> None:
        application.answers[METHOD] = shouting
        answer = channel.unary_unary(METHOD)(b"hello", timeout=10, metadata=[("authorization", "Bearer x")])
        assert answer == b"HELLO"
        (call,) = application.calls
        assert (call.verb, call.host, call.path, call.scheme) == ("POST", "127.0.0.1", METHOD, "http")
        assert call.body == framed(b"hello")
        assert call.bearer_token() == "x"
        assert call.content_type == "application/grpc"
        assert call.peer.startswith("grpc-python/")

    def test_unary_in_tls_beside_http_1_1(
        self, gate: Gate, files: CertificateFiles, application: Application, dial_tls: Callable[..., Wire]
    ) -> None:
        application.answers[METHOD] = shouting
        credentials = grpc.ssl_channel_credentials(files.authority.read_bytes())
        options = [("grpc.ssl_target_name_override", "acme.scalekit.dev"), ("grpc.enable_http_proxy", 0)]
        with grpc.secure_channel(f"127.0.0.1:{gate.port}", credentials, options) as channel:
            assert channel.unary_unary(METHOD)(b"hello", timeout=10) == b"HELLO"
        host = "acme.scalekit.dev"
        assert dial_tls(host).ask(f"POST /oauth/token HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n")[0] == 200
        assert [(call.host, call.scheme) for call in application.calls] == [(host, "https")] * 2

    def test_no_answer_waits_for_an_acknowledgement(self, channel: grpc.Channel, application: Application) -> None:
        """Nagle's algorithm would hold the trailers back until the client's ACK, 40 ms later."""
        application.answers[METHOD] = shouting
        call = channel.unary_unary(METHOD)
        taken = []
        for _ in range(15):
            began = time.perf_counter()
            call(b"x", timeout=10)
            taken.append(time.perf_counter() - began)
        assert min(taken) < 0.02

    def test_server_streaming(self, channel: grpc.Channel, application: Application) -> None:
        messages = [b"one", b"", b"three" * 100_000]
        application.answers[METHOD] = lambda _: Reply(200, GRPC, framed(*messages), trailers=OK)
        assert list(channel.unary_stream(METHOD)(b"", timeout=10)) == messages

    def test_an_error_with_its_trailers(self, channel: grpc.Channel, application: Application) -> None:
        lines = Headers({"grpc-status": "7", "grpc-message": "no%20entry", "detail-bin": "AAEC"})
        application.answers[METHOD] = lambda _: Reply(200, GRPC, trailers=lines)
        with pytest.raises(grpc.RpcError) as refused:
            channel.unary_unary(METHOD)(b"", timeout=10)
        assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED
        assert refused.value.details() == "no entry"
        assert dict(refused.value.trailing_metadata())["detail-bin"] == b"\0\1\2"

    def test_a_deadline_passes_while_the_answer_is_delayed(
        self, channel: grpc.Channel, application: Application
    ) -> None:
        application.answers[METHOD] = lambda call: shouting(call).replacing(disruption=Disruption(delay=60))
        application.answers["/quick"] = shouting
        with pytest.raises(grpc.RpcError) as late:
            channel.unary_unary(METHOD)(b"", timeout=0.1)
        assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert channel.unary_unary("/quick")(b"x", timeout=10) == b"X"

    def test_a_delayed_stream_holds_back_no_other(self, channel: grpc.Channel, application: Application) -> None:
        application.answers[METHOD] = lambda call: shouting(call).replacing(disruption=Disruption(delay=0.2))
        application.answers["/quick"] = shouting
        slow = channel.unary_unary(METHOD).future(b"slow", timeout=10)
        assert channel.unary_unary("/quick")(b"x", timeout=10) == b"X"
        assert not slow.done()
        assert slow.result() == b"SLOW"

    @pytest.mark.parametrize(
        "disruption", [Disruption(reset="before"), Disruption(reset="after"), Disruption(truncate=3)]
    )
    def test_a_broken_connection_is_unavailable_and_the_next_call_reconnects(
        self, disruption: Disruption, channel: grpc.Channel, application: Application
    ) -> None:
        application.answers[METHOD] = lambda call: shouting(call).replacing(disruption=disruption)
        application.answers["/quick"] = shouting
        with pytest.raises(grpc.RpcError) as broken:
            channel.unary_unary(METHOD)(b"hello", timeout=10)
        assert broken.value.code() is grpc.StatusCode.UNAVAILABLE
        assert again(channel.unary_unary("/quick")) == b"X"

    def test_large_messages_both_ways(self, gate: Gate, application: Application) -> None:
        application.answers[METHOD] = shouting
        options = [("grpc.max_receive_message_length", -1), ("grpc.enable_http_proxy", 0)]
        message = random.Random(2).randbytes(8_000_000)
        with grpc.insecure_channel(f"127.0.0.1:{gate.port}", options=options) as channel:
            assert channel.unary_unary(METHOD)(message, timeout=30) == message.upper()

    def test_many_calls_at_once(self, channel: grpc.Channel, application: Application) -> None:
        application.answers[METHOD] = shouting
        call = channel.unary_unary(METHOD)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: call(b"n%d" % number, timeout=30), range(200)))
        assert answers == [b"N%d" % number for number in range(200)]

    def test_a_method_that_raises_is_an_error_and_no_end(
        self, channel: grpc.Channel, application: Application, caplog
    ) -> None:
        application.answers[METHOD] = lambda _: Reply(status=1 // 0)
        application.answers["/quick"] = shouting
        with pytest.raises(grpc.RpcError):
            channel.unary_unary(METHOD)(b"", timeout=10)
        assert "the application raised" in caplog.text
        assert channel.unary_unary("/quick")(b"x", timeout=10) == b"X"


class Peer:
    """A bare HTTP/2 client, in the clear."""

    def __init__(self, wire: Wire, **settings: int) -> None:
        self.wire = wire
        self.h2 = H2Connection(
            H2Configuration(client_side=True, validate_outbound_headers=False, normalize_outbound_headers=False)
        )
        values = {SettingCodes[name]: value for name, value in settings.items()}
        self.h2.local_settings = Settings(client=True, initial_values=values)
        self.h2.initiate_connection()
        self.flush()

    def flush(self) -> None:
        self.wire.send(self.h2.data_to_send())

    def ask(self, path: str = "/x", body: bytes = b"", *, end: bool = True, **pseudo: str) -> int:
        number = self.h2.get_next_available_stream_id()
        lines = {":method": "GET", ":scheme": "http", ":authority": "localhost", ":path": path}
        lines |= {f":{name}": value for name, value in pseudo.items()}
        self.h2.send_headers(number, [*lines.items(), ("user-agent", "bare/1")], end_stream=end and not body)
        if body:
            self.h2.send_data(number, body, end_stream=end)
        self.flush()
        return number

    def events(self, last: type[Event]) -> list[Event]:
        """What comes in, up to and with the first event of that type; the window stays as it is."""
        seen: list[Event] = []
        while not any(isinstance(event, last) for event in seen):
            data = self.wire.connection.recv(65536)
            assert data, f"the connection ended before {last.__name__}: {seen}"
            seen += self.h2.receive_data(data)
            self.flush()
        return seen

    def answer(self) -> tuple[dict[str, str], bytes, list[Event]]:
        """Header lines, body and events of the next answer, read at full speed."""
        events = self.events(StreamEnded)
        head = next(event for event in events if isinstance(event, ResponseReceived))
        body = b"".join(event.data for event in events if isinstance(event, DataReceived))
        return {name.decode(): value.decode() for name, value in head.headers}, body, events


@pytest.fixture
def peer(dial: Dial) -> Peer:
    return Peer(dial())


class TestHttp:
    def test_an_ordinary_exchange(self, peer: Peer, application: Application) -> None:
        peer.ask("/x?a=%20b", b"body", method="POST")
        lines, body, _ = peer.answer()
        assert (lines[":status"], lines["date"], lines["content-length"]) == ("200", DATE, str(len(body)))
        (call,) = application.calls
        assert (call.verb, call.host, call.path, call.query) == ("POST", "localhost", "/x", "a=%20b")
        assert (call.body, call.peer, call.headers.get("host")) == (b"body", "bare/1", "localhost")

    def test_trailers_follow_the_body(self, peer: Peer, application: Application) -> None:
        application.answers["/x"] = lambda _: Reply(body=b"body", trailers=Headers({"X-Sum": "1"}))
        peer.ask()
        lines, body, events = peer.answer()
        trailers = next(event for event in events if isinstance(event, TrailersReceived))
        assert (body, trailers.headers) == (b"body", [(b"x-sum", b"1")])
        assert "content-length" not in lines

    def test_names_go_out_in_lower_case_and_framing_not_at_all(self, peer: Peer, application: Application) -> None:
        lines = [("X-Name", "ж"), ("Connection", "close"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
        application.answers["/x"] = lambda _: Reply(headers=Headers(lines))
        peer.ask()
        head = next(event for event in peer.events(ResponseReceived) if isinstance(event, ResponseReceived))
        assert [value for name, value in head.headers if name == b"set-cookie"] == [b"a=1", b"b=2"]
        assert (b"x-name", "ж".encode()) in head.headers
        assert b"connection" not in dict(head.headers)

    @pytest.mark.parametrize("status", [204, 304])
    def test_no_content(self, status: int, peer: Peer, application: Application) -> None:
        application.answers["/x"] = lambda _: Reply(status, body=b"never sent")
        peer.ask()
        lines, body, _ = peer.answer()
        assert (lines[":status"], body) == (str(status), b"")
        assert "content-length" not in lines

    def test_head(self, peer: Peer) -> None:
        peer.ask(method="HEAD")
        lines, body, _ = peer.answer()
        assert int(lines["content-length"]) > 0
        assert body == b""

    @pytest.mark.parametrize(
        ("pseudo", "status"),
        [
            ({"authority": "example.com"}, "502"),
            ({"authority": "loc alhost"}, "400"),
            ({"path": "http://localhost/x"}, "400"),
            ({"path": "*x"}, "400"),
        ],
    )
    def test_what_is_refused_ends_its_stream_alone(
        self, pseudo: dict[str, str], status: str, peer: Peer, application: Application
    ) -> None:
        peer.ask(**pseudo)
        assert peer.answer()[0][":status"] == status
        peer.ask()
        assert peer.answer()[0][":status"] == "200"
        assert len(application.calls) == 1
        assert len(application.refused) + len(application.broken) == 1

    def test_a_header_with_a_line_break_is_not_sent(self, peer: Peer, application: Application, caplog) -> None:
        application.answers["/x"] = lambda _: Reply(trailers=Headers({"X": "a\r\nb"}))
        peer.ask()
        assert peer.answer()[0][":status"] == "500"
        assert "cannot be sent" in caplog.text

    def test_a_window_is_heeded(self, dial: Dial, application: Application) -> None:
        body = random.Random(3).randbytes(100_000)
        application.answers["/x"] = lambda _: Reply(body=body, trailers=OK)
        peer = Peer(dial(), INITIAL_WINDOW_SIZE=1000)
        number = peer.ask()
        received, ended = b"", False
        while not ended:
            events = peer.events(DataReceived)
            pieces = [event.data for event in events if isinstance(event, DataReceived)]
            assert 0 < sum(map(len, pieces)) <= 1000
            received += b"".join(pieces)
            ended = any(isinstance(event, StreamEnded) for event in events) or len(received) == len(body)
            for stream in () if ended else (number, None):
                peer.h2.increment_flow_control_window(sum(map(len, pieces)), stream)
            peer.flush()
        assert received == body

    def test_a_reset_stream_is_forgotten(self, peer: Peer, application: Application) -> None:
        application.answers["/slow"] = lambda _: Reply(disruption=Disruption(delay=60))
        number = peer.ask("/slow")
        peer.h2.reset_stream(number, ErrorCodes.CANCEL)
        peer.ask()
        assert peer.answer()[0][":status"] == "200"

    def test_a_reset_in_the_packet_that_completes_the_request(self, peer: Peer, application: Application) -> None:
        number = peer.h2.get_next_available_stream_id()
        lines = [(":method", "GET"), (":scheme", "http"), (":authority", "localhost"), (":path", "/x")]
        peer.h2.send_headers(number, lines, end_stream=True)
        peer.h2.reset_stream(number, ErrorCodes.CANCEL)
        peer.flush()
        peer.ask()
        assert peer.answer()[0][":status"] == "200"
        assert application.broken == []

    def test_a_half_closed_client_gets_its_answer(self, peer: Peer, application: Application) -> None:
        application.answers["/slow"] = lambda _: Reply(body=b"late", disruption=Disruption(delay=0.05))
        peer.ask("/slow")
        peer.wire.finish()
        received = peer.h2.receive_data(peer.wire.read_all())
        assert b"late" in [event.data for event in received if isinstance(event, DataReceived)]
        assert isinstance(received[-1], ConnectionTerminated)

    def test_a_body_beyond_the_limit_is_refused_before_its_end(self, application: Application, dial_into) -> None:
        gate = Gate(application)
        gate.limits = Limits(body_bytes=1000)
        with gate:
            peer = Peer(dial_into(gate))
            peer.ask(body=b"x" * 1001, end=False, method="POST")
            lines, _, events = peer.answer()
            assert lines[":status"] == "413"
            reset = events[-1] if isinstance(events[-1], StreamReset) else peer.events(StreamReset)[-1]
            assert reset.error_code is ErrorCodes.NO_ERROR
            peer.ask()
            assert peer.answer()[0][":status"] == "200"
            wire = dial_into(gate)
            wire.send(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001)
            assert wire.read_reply()[0] == 413

    def test_the_gate_says_goaway_when_it_stops(self, application: Application, dial_into) -> None:
        gate = Gate(application)
        gate.start()
        peer = Peer(dial_into(gate))
        peer.ask()
        peer.answer()
        gate.stop()
        assert peer.events(ConnectionTerminated)[-1].error_code is ErrorCodes.NO_ERROR

    def test_silence_ends_in_goaway(self, application: Application, dial_into) -> None:
        gate = Gate(application)
        gate.limits = Limits(head_seconds=0.05, idle_seconds=0.05)
        with gate:
            idle, silent = Peer(dial_into(gate)), dial_into(gate)
            silent.send(PREFACE)
            assert idle.events(ConnectionTerminated)[-1].error_code is ErrorCodes.NO_ERROR
            assert b"\x07" in silent.read_all()  # the type of a GOAWAY frame


def frame(kind: int, flags: int, number: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + number.to_bytes(4, "big") + payload


SETTINGS = frame(4, 0, 0)


def test_serving_does_not_load_what_no_client_speaks() -> None:
    program = "import sys, emulator.server; print({'h2', 'wsproto', 'h11', 'grpc'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"


class TestBadInput:
    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"PRI * HTTP/2.0\r\n\r\nNO\r\n\r\n", ErrorCodes.PROTOCOL_ERROR),
            (PREFACE + frame(0, 0, 1, b"data of no stream"), ErrorCodes.PROTOCOL_ERROR),
            (PREFACE + SETTINGS + frame(1, 4, 2, b"\x82"), ErrorCodes.PROTOCOL_ERROR),  # an even number
            (PREFACE + SETTINGS + frame(1, 4, 1, b"\xff\xff\xff\xff\xff"), ErrorCodes.PROTOCOL_ERROR),  # no HPACK
            (PREFACE + SETTINGS + frame(6, 0, 0, b"short"), ErrorCodes.FRAME_SIZE_ERROR),
            (PREFACE + SETTINGS + frame(8, 0, 0, b"\0\0\0\0"), ErrorCodes.PROTOCOL_ERROR),  # a window update of 0
            (PREFACE + SETTINGS + frame(9, 4, 1, b""), ErrorCodes.PROTOCOL_ERROR),  # continues nothing
            (PREFACE + SETTINGS + frame(0, 0, 1, bytes(16_385)), ErrorCodes.FRAME_SIZE_ERROR),
        ],
    )
    def test_bad_frames_get_goaway_and_disturb_nobody(
        self, data: bytes, code: ErrorCodes, dial: Dial, application: Application
    ) -> None:
        bystander, wire = Peer(dial()), dial()
        wire.send(data)
        answer = wire.read_all()
        assert int.from_bytes(answer[answer.rindex(b"\x07\0\0\0\0\0") :][10:14], "big") == code
        assert len(application.broken) == 1
        assert "HTTP/2" in application.broken[0][1]
        bystander.ask()
        assert bystander.answer()[0][":status"] == "200"

    def test_an_oversize_head(self, peer: Peer, application: Application) -> None:
        number = peer.h2.get_next_available_stream_id()
        lines = [(":method", "GET"), (":scheme", "http"), (":authority", "localhost"), (":path", "/x")]
        peer.h2.send_headers(number, [*lines, *((f"x-{n}", "x" * 10_000) for n in range(8))], end_stream=True)
        peer.flush()
        assert peer.events(ConnectionTerminated)[-1].error_code is ErrorCodes.ENHANCE_YOUR_CALM
        assert application.calls == []

    def test_an_upload_that_vanishes_makes_no_call(self, peer: Peer, application: Application, dial: Dial) -> None:
        peer.ask(body=b"half", end=False, method="POST")
        peer.wire.finish()
        peer.wire.read_all()
        assert application.calls == []

    def test_the_first_letters_of_the_preface_may_come_alone(self, dial: Dial) -> None:
        wire = dial()
        wire.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for letter in b"PR":
            wire.send(bytes([letter]))
        wire.send(PREFACE[2:] + SETTINGS)
        assert wire.connection.recv(9)[3] == 4  # a SETTINGS frame
        plain = dial()
        plain.send(b"P")
        plain.send(b"UT /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        assert plain.read_reply()[0] == 200

    def test_random_frames_disturb_nobody(self, dial: Dial, application: Application) -> None:
        """Structured and random frames, a fixed number of times."""
        source = random.Random(20260102)
        bystander = Peer(dial())
        head = bytes.fromhex("828684410f") + b"localhost\0\0\0\0\0\0"
        for turn in range(120):
            wire = dial()
            frames = [
                frame(source.randrange(12), source.randrange(256), source.randrange(4), source.randbytes(size))
                for size in source.choices([0, 4, 5, 6, 8, 40], k=source.randrange(1, 8))
            ]
            try:
                wire.send(PREFACE + SETTINGS + frame(1, 4, 1, head[: source.randrange(20)]) + b"".join(frames))
                wire.finish()
                wire.read_all()
            except ConnectionError:
                pass  # a reset is an answer too
            if turn % 20 == 0:
                bystander.ask()
                assert bystander.answer()[0][":status"] == "200"

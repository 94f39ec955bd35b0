"""WebSocket at the gate, with the ``websockets`` client and with frames no client sends."""

from __future__ import annotations

import base64
import queue
import threading
from collections.abc import Callable, Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from emulator.doors.connection import Limits
from emulator.doors.environment import CertificateFiles
from emulator.doors.gate import Gate
from emulator.kernel.websocket import Close, Send

from .conftest import Application, Wire

PATH = "/events"
KEY = base64.b64encode(b"sixteen bytes...").decode()


class Conversation:
    """Answers each message with itself, and keeps what it was told."""

    def __init__(self) -> None:
        self.send: Send
        self.close: Close
        self.codes: queue.Queue[int] = queue.Queue()
        self.begun = threading.Event()

    def opened(self, send: Send, close: Close) -> None:
        self.send, self.close = send, close
        self.begun.set()

    def received(self, message: str | bytes) -> None:
        if message == "crash":
            raise RuntimeError(message)
        self.send(message)

    def closed(self, code: int) -> None:
        self.codes.put(code)


@pytest.fixture
def conversation(application: Application) -> Conversation:
    handler = Conversation()
    application.handlers[PATH] = handler
    return handler


@pytest.fixture
def client(gate: Gate, conversation: Conversation) -> Iterator[ClientConnection]:
    with connect(f"ws://127.0.0.1:{gate.port}{PATH}", proxy=None) as client:
        yield client


def handshake(*lines: str, path: str = PATH, host: str = "localhost") -> str:
    fixed = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: keep-alive, Upgrade", "Upgrade: websocket"]
    return "\r\n".join([*fixed, *lines, "", ""])


VERSION = "Sec-WebSocket-Version: 13"
NONCE = f"Sec-WebSocket-Key: {KEY}"


def masked(opcode: int, payload: bytes = b"", *, final: bool = True) -> bytes:
    """A client's frame under a mask of zeros."""
    return bytes([opcode | (0x80 if final else 0), 0x80 | len(payload), 0, 0, 0, 0]) + payload


class TestConversation:
    @pytest.mark.parametrize("message", ["", "héllo", b"", b"\x00\xff", "x" * 100_000])
    def test_messages_travel_both_ways(self, message: str | bytes, client: ClientConnection) -> None:
        client.send(message)
        assert client.recv(10) == message

    def test_fragments_are_joined(self, client: ClientConnection) -> None:
        client.send(["one ", "two ", "three"])
        assert client.recv(10) == "one two three"

    def test_another_thread_may_send(self, client: ClientConnection, conversation: Conversation) -> None:
        assert conversation.begun.wait(10)
        for number in range(50):
            conversation.send(str(number))
        assert [client.recv(10) for _ in range(50)] == [str(number) for number in range(50)]

    def test_a_ping_is_answered(self, client: ClientConnection) -> None:
        assert client.ping(b"there?").wait(10)

    def test_permessage_deflate_is_declined(self, client: ClientConnection) -> None:
        assert "permessage-deflate" in client.request.headers["Sec-WebSocket-Extensions"]
        assert "Sec-WebSocket-Extensions" not in client.response.headers

    def test_the_client_may_end_it(self, client: ClientConnection, conversation: Conversation) -> None:
        client.close(4001, "enough")
        assert conversation.codes.get(timeout=10) == 4001

    def test_the_handler_may_end_it(self, client: ClientConnection, conversation: Conversation) -> None:
        assert conversation.begun.wait(10)
        conversation.close(4002, "bye " * 60)
        with pytest.raises(ConnectionClosed) as ended:
            client.recv(10)
        assert ended.value.rcvd.code == 4002
        assert ended.value.rcvd.reason.startswith("bye ")
        assert conversation.codes.get(timeout=10) == 4002

    def test_a_client_that_vanishes_is_1006(self, client: ClientConnection, conversation: Conversation) -> None:
        client.socket.shutdown(2)
        assert conversation.codes.get(timeout=10) == 1006
        conversation.send("nobody hears this")

    def test_a_handler_that_raises_ends_its_own_conversation(
        self, client: ClientConnection, gate: Gate, application: Application, caplog
    ) -> None:
        application.handlers["/other"] = Conversation()
        with connect(f"ws://127.0.0.1:{gate.port}/other", proxy=None) as other:
            client.send("crash")
            with pytest.raises(ConnectionClosed) as ended:
                client.recv(10)
            assert ended.value.rcvd.code == 1011
            other.send("still here")
            assert other.recv(10) == "still here"
        assert "a WebSocket handler raised" in caplog.text

    def test_inside_tls(self, gate: Gate, files: CertificateFiles, conversation: Conversation) -> None:
        import ssl

        context = ssl.create_default_context(cafile=str(files.authority))
        with connect(f"wss://localhost:{gate.port}{PATH}", ssl=context, proxy=None) as client:
            client.send("over TLS")
            assert client.recv(10) == "over TLS"

    def test_the_gate_says_that_it_goes(self, application: Application) -> None:
        application.handlers[PATH] = handler = Conversation()
        gate = Gate(application)
        gate.start()
        with connect(f"ws://127.0.0.1:{gate.port}{PATH}", proxy=None) as client:
            assert handler.begun.wait(10)
            gate.stop()
            with pytest.raises(ConnectionClosed) as ended:
                client.recv(10)
        assert ended.value.rcvd.code == 1001
        assert handler.codes.get(timeout=10) == 1006

    def test_a_silent_client_is_asked_and_then_cut_off(self, application: Application, dial_into) -> None:
        application.handlers[PATH] = handler = Conversation()
        gate = Gate(application)
        gate.limits = Limits(idle_seconds=0.05)
        with gate:
            wire = dial_into(gate)
            wire.send(handshake(VERSION, NONCE).encode())
            assert wire.read_head().startswith(b"HTTP/1.1 101 ")
            assert wire.connection.recv(2) == b"\x89\x00"  # a ping
            assert wire.read_all() == b""
        assert handler.codes.get(timeout=10) == 1006


class TestHandshake:
    def test_none_offered_is_an_ordinary_answer(self, dial: Callable[[], Wire], application: Application) -> None:
        wire = dial()
        ordinary = handshake(VERSION, NONCE, path="/x")
        assert wire.ask(ordinary)[0] == 200
        assert wire.ask(ordinary + ordinary)[0] == 200
        assert wire.read_reply()[0] == 200
        assert [call.path for call in application.calls] == ["/x"] * 3
        with pytest.raises(InvalidStatus):
            connect(f"ws://127.0.0.1:{wire.connection.getpeername()[1]}/x", proxy=None)

    def test_a_frame_may_ride_with_the_request(self, dial: Callable[[], Wire], conversation: Conversation) -> None:
        wire = dial()
        wire.send(handshake(VERSION, NONCE).encode() + masked(0x1, b"early"))
        assert wire.read_head().startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
        assert wire.connection.recv(7) == b"\x81\x05early"

    @pytest.mark.parametrize(
        ("lines", "status"),
        [
            ([VERSION], 400),
            ([NONCE], 400),
            ([NONCE, "Sec-WebSocket-Version: 8"], 426),
            ([NONCE, VERSION, "Origin: https://evil.example"], 403),
            ([NONCE, VERSION, "Origin: http://[broken"], 403),
            ([NONCE, VERSION, "Origin: null"], 403),
        ],
    )
    def test_a_faulty_handshake(
        self, lines: list[str], status: int, dial: Callable[[], Wire], application: Application, conversation
    ) -> None:
        wire = dial()
        assert wire.ask(handshake(*lines))[0] == status
        assert wire.read_all() == b""
        assert not conversation.begun.is_set()
        assert len(application.broken) == 1

    def test_a_page_of_this_machine_may(self, dial: Callable[[], Wire], conversation: Conversation) -> None:
        wire = dial()
        wire.send(handshake(NONCE, VERSION, "Origin: http://localhost:4010").encode())
        assert wire.read_head().startswith(b"HTTP/1.1 101 ")

    def test_a_rebound_name_may_not(self, dial: Callable[[], Wire], application: Application, conversation) -> None:
        assert dial().ask(handshake(NONCE, VERSION, host="rebound.example"))[0] == 502
        assert application.refused[0][0] == "rebound.example"


class TestBadFrames:
    @pytest.mark.parametrize(
        ("frame", "code"),
        [
            (b"\x81\x01x", 1002),  # unmasked
            (masked(0x1, b"\xff"), 1007),  # no UTF-8
            (masked(0x3), 1002),  # reserved opcode
            (masked(0x9, final=False), 1002),  # fragmented control frame
            (masked(0x0, b"x"), 1002),  # continues nothing
            (b"\xc1\x80\x00\x00\x00\x00", 1002),  # compressed, though that was declined
        ],
    )
    def test_they_end_the_conversation_with_its_code(
        self, frame: bytes, code: int, dial: Callable[[], Wire], application: Application, conversation: Conversation
    ) -> None:
        wire = dial()
        wire.send(handshake(VERSION, NONCE).encode())
        wire.read_head()
        wire.send(frame + masked(0x1, b"never"))
        answer = wire.read_all()
        assert (answer[0], int.from_bytes(answer[2:4], "big")) == (0x88, code)
        assert conversation.codes.get(timeout=10) == code
        assert len(application.broken) == 1

    def test_a_message_beyond_the_limit(self, application: Application) -> None:
        application.handlers[PATH] = Conversation()
        gate = Gate(application)
        gate.limits = Limits(message_bytes=1000)
        with gate, connect(f"ws://127.0.0.1:{gate.port}{PATH}", proxy=None) as client:
            client.send("x" * 1000)
            assert len(client.recv(10)) == 1000
            client.send("x" * 1001)
            with pytest.raises(ConnectionClosed) as ended:
                client.recv(10)
        assert ended.value.rcvd.code == 1009

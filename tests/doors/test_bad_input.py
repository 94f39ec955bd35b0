"""Every kind of bad input ends its own connection, in the protocol's own words, and the journal says why."""

from __future__ import annotations

import random
import ssl
from collections.abc import Callable

import pytest

from emulator.doors.connection import Limits
from emulator.doors.gate import Gate

from .conftest import Application, Wire

Dial = Callable[..., Wire]
HOST = "gmail.googleapis.com"
GET = "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
UPGRADE = (
    "GET /events HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2l4dGVlbiBieXRlcy4uLg==\r\n\r\n"
)


@pytest.mark.parametrize(
    ("sent", "answered", "reason"),
    [
        (b"NONSENSE\r\n\r\n", b"HTTP/1.1 400 ", "Malformed request"),
        (b"GET /x HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 ", "exactly one Host"),
        (b"CONNECT gmail.googleapis.com:4", b"HTTP/1.1 400 ", "ended before the request did"),
        (b"GET /x HTTP/1.1\r\nX: " + b"x" * 400_000, b"HTTP/1.1 431 ", "longer than 65536 bytes"),
        (b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc", b"HTTP/1.1 400 ", "ended before"),
        (b"\x16\x03\x01\x00\x05hello", b"\x15", "TLS handshake failed"),
        (b"\x16\x03", b"", "ended during the TLS handshake"),
        (PREFACE + b"\0\0\0\x06\0\0\0\0\0", b"", "HTTP/2 broken"),
    ],
)
def test_the_journal_says_why(sent: bytes, answered: bytes, reason: str, dial: Dial, application: Application) -> None:
    bystander, wire = dial(), dial()
    assert bystander.ask(GET)[0] == 200
    wire.send(sent)
    wire.finish()
    assert wire.read_all().startswith(answered)
    assert bystander.ask(GET)[0] == 200  # and the gate has dealt with all that came before
    assert [reason in entry[1] for entry in application.broken] == [True]
    assert application.broken[0][0].startswith("127.0.0.1:")


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"GET /x HT", "not completed in time"),
        (b"\x16\x03\x01", "the TLS handshake was not completed in time"),
        (PREFACE, "an HTTP/2 preface was not completed in time"),
    ],
)
def test_slowness_is_journalled_too(sent: bytes, reason: str, application: Application, dial_into) -> None:
    gate = Gate(application)
    gate.limits = Limits(head_seconds=0.05, idle_seconds=0.05)
    with gate:
        wire = dial_into(gate)
        wire.send(sent)
        wire.read_all()
    assert [reason in entry[1] for entry in application.broken] == [True]


def test_idleness_is_no_fault(application: Application, dial_into) -> None:
    gate = Gate(application)
    gate.limits = Limits(idle_seconds=0.05)
    with gate:
        wire = dial_into(gate)
        assert wire.ask(GET)[0] == 200
        assert wire.read_all() == b""
    assert application.broken == []


def test_distrust_is_explained(dial: Dial, application: Application) -> None:
    wire = dial()
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(wire.connection, server_hostname=HOST)
    assert dial().ask(GET)[0] == 200
    assert "unknown ca (the client does not trust the emulator" in application.broken[0][1]


def test_a_websocket_offer_that_raises_is_a_500(dial: Dial, application: Application, caplog, monkeypatch) -> None:
    def fail(call: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(application, "websocket", fail)
    status, _, body = dial().ask(UPGRADE)
    assert status == 500
    assert b"ZeroDivisionError" in body
    assert "the application raised" in caplog.text


class Silent:
    """A conversation without answers."""

    def opened(self, send: object, close: object) -> None:
        """Nothing to say."""

    def received(self, message: str | bytes) -> None:
        """Nothing to say."""

    def closed(self, code: int) -> None:
        """Nothing to do."""


def flipped(source: random.Random, data: bytes) -> bytes:
    """``data`` with some of its bytes changed, cut or repeated."""
    damaged = bytearray(data)
    for _ in range(source.randrange(1, 5)):
        place = source.randrange(len(damaged))
        damaged[place : place + source.randrange(3)] = source.randbytes(source.randrange(3))
    return bytes(damaged)


def test_damaged_speech_of_every_protocol_disturbs_nobody(dial: Dial, application: Application) -> None:
    """A fixed number of times: what clients really send, damaged at random places."""
    source = random.Random(20260103)
    application.handlers["/events"] = Silent()
    hello = client_hello()
    frames = b"\x81\x85\0\0\0\0hello\x89\x80\0\0\0\0\x88\x82\0\0\0\0\x03\xe8"
    request = bytes.fromhex("828684410f") + b"127.0.0.1:80800"
    http2 = PREFACE + b"\0\0\0\4\0\0\0\0\0" + len(request).to_bytes(3, "big") + b"\1\5\0\0\0\1" + request
    bystander = dial()
    for turn in range(200):
        speech = (GET.encode() * 2, hello, UPGRADE.encode() + frames, http2)[turn % 4]
        wire = dial()
        try:
            wire.send(flipped(source, speech))
            wire.finish()
            wire.read_all()
        except ConnectionError:
            pass  # a reset is an answer too
        wire.connection.close()
        if turn % 20 == 0:
            assert bystander.ask(GET)[0] == 200
    assert bystander.ask(GET)[0] == 200


def client_hello() -> bytes:
    """The first flight of a TLS client."""
    outgoing = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=HOST)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


class TestUnusualButGood:
    @pytest.mark.parametrize("coding", ["gzip", "br", "identity"])
    def test_compressed_bodies_arrive_as_they_were_sent(
        self, coding: str, dial: Dial, application: Application
    ) -> None:
        """Decoding is the service's business: each vendor takes other codings."""
        body = random.Random(4).randbytes(50_000)
        lines = ["POST /x HTTP/1.1", "Host: localhost", f"Content-Encoding: {coding}", f"Content-Length: {len(body)}"]
        wire = dial()
        wire.send("\r\n".join([*lines, "", ""]).encode() + body)
        assert wire.read_reply()[0] == 200
        assert application.calls[0].body == body
        assert application.calls[0].headers.get("Content-Encoding") == coding

    def test_names_with_underscores_stay(self, dial: Dial, application: Application) -> None:
        assert dial().ask(GET.replace("\r\n\r\n", "\r\nX_Under_Score: 1\r\n\r\n"))[0] == 200
        assert ("X_Under_Score", "1") in list(application.calls[0].headers)

"""Broken answers, as the reply describes them."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable

import httpx
import pytest

from emulator.doors.gate import Gate
from emulator.kernel.http import Disruption, Reply

from .conftest import Application, Wire

Dial = Callable[..., Wire]
GET = "GET /x HTTP/1.1\r\nHost: gmail.googleapis.com\r\n\r\n"
QUICK = GET.replace("/x", "/quick")


@pytest.fixture(params=["plain", "tls"])
def wires(request: pytest.FixtureRequest) -> Dial:
    """The same over plain HTTP and TLS."""
    fixture: Dial = request.getfixturevalue("dial" if request.param == "plain" else "dial_tls")
    return fixture


def answer(application: Application, **disruption: object) -> None:
    reply = Reply.text("0123456789").replacing(disruption=Disruption(**disruption))
    application.answers["/x"] = lambda _: reply


def test_a_delay_holds_its_own_connection_only(wires: Dial, application: Application) -> None:
    answer(application, delay=0.2)
    delayed, other = wires(), wires()
    began = time.perf_counter()
    delayed.send((GET + QUICK).encode())
    assert other.ask(QUICK)[0] == 200
    assert time.perf_counter() - began < 0.2
    assert delayed.read_reply()[2] == b"0123456789"
    assert time.perf_counter() - began >= 0.2
    assert delayed.read_reply()[0] == 200


def test_reset_before_any_byte(dial: Dial, application: Application) -> None:
    answer(application, reset="before")
    wire = dial()
    wire.send(GET.encode())
    with pytest.raises(ConnectionResetError):
        wire.read_reply()


def test_reset_after_the_head(dial: Dial, application: Application) -> None:
    answer(application, reset="after")
    wire = dial()
    wire.send(GET.encode())
    assert b"Content-Length: 10\r\n" in wire.read_head()
    with pytest.raises(ConnectionResetError):
        wire.read_all()


def test_a_truncated_body_stands_under_its_full_length(wires: Dial, application: Application) -> None:
    answer(application, truncate=4)
    status, headers, body = wires().ask(GET)
    assert (status, headers["content-length"], body) == (200, "10", b"0123")


@pytest.mark.parametrize(("when", "sent"), [("before", b""), ("after", b"Content-Length: 10\r\n")])
def test_a_reset_inside_tls_leaves_no_farewell(
    when: str, sent: bytes, dial_tls: Dial, application: Application
) -> None:
    """OpenSSL shows a reset as an end without close_notify."""
    answer(application, reset=when)
    wire = dial_tls(strict=True)
    wire.send(GET.encode())
    if sent:
        assert sent in wire.read_head()
    with pytest.raises((ssl.SSLEOFError, ConnectionResetError)):
        wire.read_all()


def test_a_delayed_reset(dial: Dial, application: Application) -> None:
    answer(application, delay=0.01, reset="before")
    wire = dial()
    wire.send(GET.encode())
    with pytest.raises(ConnectionResetError):
        wire.read_reply()


def test_clients_raise_what_they_raise_in_production(gate: Gate, application: Application) -> None:
    answer(application, truncate=4)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{gate.url}/x", trust_env=False)
    answer(application, reset="before")
    with pytest.raises(httpx.ReadError):
        httpx.get(f"{gate.url}/x", trust_env=False)
    answer(application, delay=5)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{gate.url}/x", trust_env=False, timeout=0.05)


def test_a_client_that_left_during_a_delay_is_forgotten(dial: Dial, application: Application, gate: Gate) -> None:
    answer(application, delay=0.05)
    wire = dial()
    wire.send(GET.encode())
    wire.connection.close()
    connection = http.client.HTTPConnection("127.0.0.1", gate.port, timeout=10)
    connection.request("GET", "/x", headers={"Host": "localhost"})
    assert connection.getresponse().read() == b"0123456789"
    connection.close()

"""What keeps the emulator to this machine and to its own user, tried on the wire."""

from __future__ import annotations

import json
import socket
import ssl
import stat
from collections.abc import Callable, Iterator

import pytest
from h2.connection import H2Connection
from h2.events import ResponseReceived

from emulator import Emulator

from .conftest import Wire

VENDOR = "gmail.googleapis.com"
CONTROL = "/_emulator/credentials"


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with Emulator.start(seed="demo") as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Iterator[Emulator]:
    running.journal.clear()
    with running.isolated():
        yield running


@pytest.fixture
def dial(emulator: Emulator) -> Iterator[Callable[..., Wire]]:
    """Opens connections to the emulator: plain, or in TLS for a host with the ALPN protocols given."""
    wires: list[Wire] = []

    def connect(host: str = "", *protocols: str) -> Wire:
        raw = socket.create_connection(("127.0.0.1", emulator.gate.port), 10)
        if host:
            context = ssl.create_default_context(cafile=str(emulator.certificate_files.authority))
            context.set_alpn_protocols(list(protocols or ["http/1.1"]))
            raw = context.wrap_socket(raw, server_hostname=host)
        wires.append(Wire(raw))
        return wires[-1]

    yield connect
    for wire in wires:
        wire.connection.close()


def get(path: str, host: str, *lines: str) -> str:
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *lines, "", ""])


def secrets_of(emulator: Emulator) -> list[str]:
    held = emulator.google.user("ada@example.com").credentials("demo-desktop")
    return [held.client_secret, held.refresh_token]


def reveals(emulator: Emulator, body: bytes) -> bool:
    return any(secret.encode() in body for secret in secrets_of(emulator))


class TestRebinding:
    """A page makes its own name point at 127.0.0.1; the browser then sends that name as ``Host``."""

    def test_the_control_api_answers_to_loopback_names(self, emulator: Emulator, dial: Callable[..., Wire]) -> None:
        for name in (f"127.0.0.1:{emulator.gate.port}", "localhost"):
            status, _, body = dial().ask(get(CONTROL, name))
            assert status == 200
            assert reveals(emulator, body)

    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0"])
    @pytest.mark.parametrize("path", [CONTROL, "/_emulator/", "/token"])
    def test_no_other_name_gets_anything(
        self, host: str, path: str, emulator: Emulator, dial: Callable[..., Wire]
    ) -> None:
        status, _, body = dial().ask(get(path, host))
        assert status == 502
        assert not reveals(emulator, body)
        assert [refusal.host for refusal in emulator.journal.refusals] == [host]

    @pytest.mark.parametrize("line", ["Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"])
    def test_a_page_from_elsewhere_cannot_steer_it(
        self, line: str, emulator: Emulator, dial: Callable[..., Wire]
    ) -> None:
        status, headers, body = dial().ask(get(CONTROL, "localhost", line))
        assert status == 403
        assert "access-control-allow-origin" not in headers
        assert not reveals(emulator, body)


class TestControlBehindAVendorsName:
    def test_in_tls(self, emulator: Emulator, dial: Callable[..., Wire]) -> None:
        status, _, body = dial(VENDOR).ask(get(CONTROL, VENDOR))
        assert status == 404
        assert not reveals(emulator, body)

    def test_in_the_clear_and_in_absolute_form(self, emulator: Emulator, dial: Callable[..., Wire]) -> None:
        for request in (get(CONTROL, VENDOR), get(f"http://{VENDOR}{CONTROL}", "127.0.0.1")):
            status, _, body = dial().ask(request)
            assert status == 404
            assert not reveals(emulator, body)

    def test_a_loopback_host_header_inside_tls_to_a_vendor(self, emulator: Emulator, dial: Callable[..., Wire]) -> None:
        status, _, body = dial(VENDOR).ask(get(CONTROL, "localhost"))
        assert status == 421
        assert not reveals(emulator, body)

    @pytest.mark.parametrize(("authority", "status"), [(VENDOR, b"404"), ("localhost", b"421")])
    def test_over_http2(self, authority: str, status: bytes, emulator: Emulator, dial: Callable[..., Wire]) -> None:
        wire = dial(VENDOR, "h2")
        client = H2Connection()
        client.initiate_connection()
        lines = [(":method", "GET"), (":scheme", "https"), (":authority", authority), (":path", CONTROL)]
        client.send_headers(1, lines, end_stream=True)
        wire.send(client.data_to_send())
        answered: list[ResponseReceived] = []
        while not answered:
            events = client.receive_data(wire.connection.recv(65536))
            answered = [event for event in events if isinstance(event, ResponseReceived)]
        assert dict(answered[0].headers)[b":status"] == status


class TestKeys:
    def test_what_lies_on_disk_is_public(self, emulator: Emulator) -> None:
        for path in (emulator.certificate_files.authority, emulator.certificate_files.bundle):
            assert b"PRIVATE KEY" not in path.read_bytes()
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_the_environment_names_no_key(self, emulator: Emulator) -> None:
        assert "PRIVATE" not in json.dumps(emulator.environment(base={}))


def test_only_loopback_can_connect(emulator: Emulator) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.3", emulator.gate.port))  # free, so the gate does not hold every address


def test_plain_http_2_to_a_rebound_name_is_refused(emulator: Emulator, dial: Callable[..., Wire]) -> None:
    wire = dial()
    client = H2Connection()
    client.initiate_connection()
    lines = [(":method", "GET"), (":scheme", "http"), (":authority", "evil.example"), (":path", CONTROL)]
    client.send_headers(1, lines, end_stream=True)
    wire.send(client.data_to_send())
    answered: list[ResponseReceived] = []
    while not answered:
        events = client.receive_data(wire.connection.recv(65536))
        answered = [event for event in events if isinstance(event, ResponseReceived)]
    assert dict(answered[0].headers)[b":status"] == b"502"

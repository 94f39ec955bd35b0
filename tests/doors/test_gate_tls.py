"""TLS at the gate, straight and after ``CONNECT``, and everything that is refused."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Callable

import pytest

from emulator.doors.environment import CertificateFiles
from emulator.doors.gate import Gate

from .conftest import Application, Wire

Dial = Callable[..., Wire]
HOST = "gmail.googleapis.com"
GET = f"GET /x HTTP/1.1\r\nHost: {HOST}\r\n\r\n"


def connect_request(place: str) -> str:
    return f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: probe/1\r\n\r\n"


def upgraded(wire: Wire, files: CertificateFiles, host: str | None, **settings: object) -> Wire:
    context = ssl.create_default_context(cafile=str(files.authority))
    for name, value in settings.items():
        setattr(context, name, value)
    wire.connection = context.wrap_socket(wire.connection, server_hostname=host)
    return Wire(wire.connection)


def test_tls_by_server_name(dial_tls: Dial, application: Application) -> None:
    assert dial_tls(HOST).ask(GET)[0] == 200
    assert dial_tls("acme.scalekit.dev").ask(GET.replace(HOST, "acme.scalekit.dev"))[0] == 200
    assert dial_tls("localhost").ask(GET.replace(HOST, "localhost"))[0] == 200
    assert [call.host for call in application.calls] == [HOST, "acme.scalekit.dev", "localhost"]
    assert {call.scheme for call in application.calls} == {"https"}


def test_the_first_tls_client_waits_for_the_authority_and_nobody_else_does(application: Application) -> None:
    """Before anyone asked for ``gate.authority``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    application.domains = ("googleapis.com", "first-tls-client.dev")  # asked for nowhere else in this process
    with (
        Gate(application) as gate,
        socket.create_connection(("127.0.0.1", gate.port), 10) as raw,
        context.wrap_socket(raw, server_hostname=HOST) as tls,
    ):
        assert Wire(tls).ask(GET)[0] == 200


def test_a_certificate_proves_its_own_host_only(gate: Gate, files: CertificateFiles, dial: Dial) -> None:
    context = ssl.create_default_context(cafile=str(files.authority))
    wire = dial()
    wire.send(connect_request(f"{HOST}:443").encode())
    wire.read_head()
    certificate = upgraded(wire, files, HOST).connection.getpeercert()
    assert certificate["subjectAltName"] == (("DNS", HOST),)
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_connect_then_tls(dial: Dial, files: CertificateFiles, application: Application) -> None:
    wire = dial()
    wire.send(connect_request(f"{HOST}:443").encode())
    assert wire.read_head() == b"HTTP/1.1 200 Connection established\r\n\r\n"
    inside = upgraded(wire, files, HOST)
    assert inside.ask(GET.replace("\r\n\r\n", "\r\nUser-Agent: inner/2\r\n\r\n"))[0] == 200
    assert inside.ask(GET)[0] == 200
    assert [call.peer for call in application.calls] == ["inner/2", "probe/1"]


def test_connect_without_a_server_name_goes_by_the_connect(
    dial: Dial, files: CertificateFiles, application: Application
) -> None:
    wire = dial()
    wire.send(connect_request(f"{HOST}:443").encode())
    wire.read_head()
    inside = upgraded(wire, files, None, check_hostname=False)
    assert inside.connection.getpeercert()["subjectAltName"] == (("DNS", HOST),)
    assert inside.ask(GET)[0] == 200
    assert application.refused == []


def test_a_client_hello_may_ride_with_the_connect(dial: Dial, files: CertificateFiles) -> None:
    wire = dial()
    context = ssl.create_default_context(cafile=str(files.authority))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname=HOST)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    wire.send(connect_request(f"{HOST}:443").encode() + outgoing.read())
    wire.read_head()
    for _ in range(20):
        incoming.write(wire.connection.recv(65536))
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            continue
    assert tls.version() == "TLSv1.3"


def test_alpn_offers_http_1_1(gate: Gate, files: CertificateFiles, dial: Dial) -> None:
    context = ssl.create_default_context(cafile=str(files.authority))
    context.set_alpn_protocols(["h2", "http/1.1"])
    wire = dial()
    wire.connection = context.wrap_socket(wire.connection, server_hostname=HOST)
    assert wire.connection.selected_alpn_protocol() == "http/1.1"


@pytest.mark.parametrize("host", ["example.com", "maps.googleapis.com"])
def test_an_unknown_server_name_gets_the_alert(host: str, dial_tls: Dial, application: Application) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        dial_tls(host)
    assert [entry[:2] for entry in application.refused] == [(host, 443)]


def test_a_client_that_was_given_our_address_need_not_send_a_name(
    gate: Gate, files: CertificateFiles, dial: Dial
) -> None:
    context = ssl.create_default_context(cafile=str(files.authority))
    wire = dial()
    wire.connection = context.wrap_socket(wire.connection, server_hostname="127.0.0.1")
    assert wire.connection.version() == "TLSv1.3"


def test_tls_garbage_gets_an_alert_and_the_end(dial: Dial) -> None:
    wire = dial()
    wire.send(b"\x16\x03\x01\x00\x05hello")
    assert wire.read_all()[:1] == b"\x15"  # the content type of an alert


def test_an_idle_handshake_blocks_nobody(dial: Dial, dial_tls: Dial) -> None:
    dial().send(b"\x16\x03\x01")
    dial()
    assert dial_tls().ask(GET)[0] == 200


def test_a_tls_client_that_vanishes_disturbs_nobody(dial_tls: Dial) -> None:
    for _ in range(5):
        wire = dial_tls()
        wire.send(b"GET /x HT")
        wire.connection.close()
    assert dial_tls().ask(GET)[0] == 200


def test_half_close_inside_tls(dial: Dial, files: CertificateFiles) -> None:
    """close_notify after the request, and the answer still comes."""
    wire = dial()
    context = ssl.create_default_context(cafile=str(files.authority))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname=HOST)

    def exchange(step: Callable[[], object]) -> object:
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                wire.send(outgoing.read())
                incoming.write(wire.connection.recv(65536))

    exchange(tls.do_handshake)
    tls.write(GET.encode())
    with pytest.raises(ssl.SSLWantReadError):
        tls.unwrap()
    wire.send(outgoing.read())
    encrypted = wire.read_all()
    assert len(encrypted) > 200  # the answer, not just an alert


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("example.com:443", "Host example.com is not emulated (offline)"),
        ("maps.googleapis.com:443", "Host maps.googleapis.com is not emulated (offline)"),
        (f"{HOST}:8443", f"Host {HOST} is emulated on port 443, not 8443"),
        ("127.0.0.1:5432", "Host 127.0.0.1:5432 is this machine, and the emulator is no open proxy"),
        ("localhost:443", "Host localhost:443 is this machine, and the emulator is no open proxy"),
        ("[::1]:443", "Host ::1:443 is this machine, and the emulator is no open proxy"),
        ("[2001:db8::1]:443", "Host 2001:db8::1 is not emulated (offline)"),
    ],
)
def test_refused_tunnels(place: str, reason: str, dial: Dial, application: Application) -> None:
    """Probes 6, 7 and 13: the reason phrase, a header, the body and the journal all name the host."""
    wire = dial()
    wire.send(connect_request(place).encode())
    answer = wire.read_all()
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    host, _, port = place.rpartition(":")
    host = host.strip("[]")
    assert lines[0] == f"HTTP/1.1 502 {reason}"
    assert f"X-Actor-Emulator-Refused: {host}:{port}" in lines
    assert "Connection: close" in lines
    assert reason.removeprefix("Host ") in json.loads(body)["error"]["message"]
    assert application.refused == [(host, int(port), "probe/1", reason)]
    assert application.calls == []


def test_refused_absolute_form(dial: Dial, application: Application) -> None:
    status, headers, body = dial().ask("GET http://example.com/x HTTP/1.1\r\nHost: example.com\r\n\r\n")
    assert (status, headers["x-actor-emulator-refused"]) == (502, "example.com:80")
    assert "not emulated (offline)" in json.loads(body)["error"]["message"]
    assert application.refused[0][:2] == ("example.com", 80)


def test_absolute_form_to_another_loopback_port_is_refused(dial: Dial, bystander: str) -> None:
    place = bystander.removeprefix("http://")
    status, headers, _ = dial().ask(f"GET {bystander}/x HTTP/1.1\r\nHost: {place}\r\n\r\n")
    assert (status, headers["x-actor-emulator-refused"]) == (502, place)


def test_absolute_form_to_the_gate_itself_and_to_an_emulated_host(
    gate: Gate, dial: Dial, application: Application
) -> None:
    wire = dial()
    assert wire.ask(f"GET {gate.url}/x HTTP/1.1\r\nHost: ignored.example\r\n\r\n")[0] == 200
    assert wire.ask(f"GET http://{HOST}?a=1 HTTP/1.1\r\nHost: ignored.example\r\n\r\n")[0] == 200
    assert [(call.host, call.path, call.query) for call in application.calls] == [
        ("127.0.0.1", "/x", ""),
        (HOST, "/", "a=1"),
    ]


def test_an_unknown_host_header_is_refused(dial: Dial, dial_tls: Dial, application: Application) -> None:
    """Also inside TLS to a known one, and for a page that rebound its name to this machine."""
    request = GET.replace(HOST, "example.com")
    assert dial().ask(request)[0] == 502
    assert dial_tls().ask(request)[0] == 502
    assert [entry[:2] for entry in application.refused] == [("example.com", 80), ("example.com", 443)]


def test_a_refused_head_request_has_no_body(dial: Dial) -> None:
    wire = dial()
    wire.send(GET.replace("GET", "HEAD").replace(HOST, "example.com").encode())
    assert wire.read_all().endswith(b"\r\n\r\n")


def test_connect_after_other_requests_and_not_inside_tls(dial: Dial, dial_tls: Dial, files: CertificateFiles) -> None:
    wire = dial()
    assert wire.ask(GET)[0] == 200
    wire.send(connect_request(f"{HOST}:443").encode())
    assert wire.read_head().startswith(b"HTTP/1.1 200")
    assert upgraded(wire, files, HOST).ask(GET)[0] == 200
    assert dial_tls().ask(connect_request(f"{HOST}:443"))[0] == 400


def test_a_truncated_connect_gets_400(dial: Dial) -> None:
    wire = dial()
    wire.send(b"CONNECT gmail.googleapis.com:4")
    wire.finish()
    assert wire.read_all().startswith(b"HTTP/1.1 400 ")


def test_plain_text_in_a_tunnel_ends_it(dial: Dial, application: Application) -> None:
    wire = dial()
    wire.send(connect_request(f"{HOST}:443").encode())
    wire.read_head()
    wire.send(GET.encode())
    assert wire.read_all() == b""
    assert application.calls == []


def test_the_first_request_to_a_host_is_not_held_back(dial_tls: Dial) -> None:
    """A client under Nagle's algorithm waits 40 ms for an ACK unless the gate says something after the handshake."""
    taken = []
    for number in range(7):
        host = f"first{number}.scalekit.dev"
        began = time.perf_counter()
        assert dial_tls(host).ask(GET.replace(HOST, host))[0] == 200
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.03

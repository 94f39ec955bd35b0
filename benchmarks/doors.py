"""The gate against its bars: TLS beside plain, a crowd beside nobody, the first request to a host, gRPC, stopping."""

from __future__ import annotations

import http.client
import resource
import socket
import ssl
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import grpc
import requests

from emulator.doors.environment import CertificateFiles, environment
from emulator.doors.gate import Gate
from emulator.doors.secure import TlsConnection
from emulator.kernel.http import Call, Headers, Reply
from emulator.kernel.websocket import WebSocketHandler

from .measure import in_turn, report

HOST = "gmail.googleapis.com"
ROUNDS = 400
CROWD = 2_000
METHOD = "/echo.Echo/Say"
GRPC = Headers({"content-type": "application/grpc"})
OK = Headers({"grpc-status": "0"})


class Tiny:
    """An application that costs nothing, so that the door is what is measured."""

    domains = ("googleapis.com", "scalekit.dev")

    def respond(self, call: Call) -> Reply:
        """A small JSON object, or the message of a gRPC call."""
        if call.path == METHOD:
            return Reply(200, GRPC, call.body, trailers=OK)
        return Reply.json({"emailAddress": "ada@example.com"})

    def websocket(self, call: Call) -> WebSocketHandler | None:
        """None."""
        return None

    def knows(self, host: str) -> bool:
        """Every name."""
        return True

    def refuse(self, host: str, port: int, peer: str, reason: str) -> None:
        """Never called."""
        raise AssertionError(host)

    def break_off(self, peer: str, reason: str) -> None:
        """Nothing: the slow client ends in the middle of its request."""

    def date(self) -> str:
        """A fixed date."""
        return "Thu, 01 Jan 2026 00:00:00 GMT"


def run() -> None:
    """Print one line for each bar."""
    with Gate(Tiny()) as gate, CertificateFiles(gate.authority) as files:
        context = ssl.create_default_context(cafile=str(files.authority))
        one_handshake(gate, files)
        tls_beside_plain(gate, context)
        first_requests(gate, context)
        unary_calls(gate, files.authority)
        crowd_beside_nobody(gate)
    stopping()


def one_handshake(gate: Gate, files: CertificateFiles) -> None:
    """100 requests on one session of requests, through the proxy variables."""
    made: list[TlsConnection] = []
    begin = TlsConnection.connection_made

    def counted(connection: TlsConnection, transport: socket.socket) -> None:
        made.append(connection)
        begin(connection, transport)  # type: ignore[arg-type]  # passed on as it comes

    TlsConnection.connection_made = counted  # type: ignore[assignment,method-assign]
    variables = environment(gate.url, files.bundle, files.authority, gate.hosts, {})
    with requests.Session() as session:
        session.trust_env = False  # this machine may have a bundle of its own in the environment
        session.proxies, session.verify = {"https": variables["HTTPS_PROXY"]}, variables["REQUESTS_CA_BUNDLE"]
        for _ in range(100):
            session.get(f"https://{HOST}/x", timeout=10).raise_for_status()
    TlsConnection.connection_made = begin  # type: ignore[method-assign]
    report("TLS handshakes of 100 requests, one session", f"{len(made)}", "one", len(made), "1")


def tls_beside_plain(gate: Gate, context: ssl.SSLContext) -> None:
    """Round trips on kept connections."""
    plain = http.client.HTTPConnection("127.0.0.1", gate.port)
    secure = tls_connection(gate, context, HOST)
    ours, theirs = in_turn(asking(secure), asking(plain), ROUNDS)
    report("round trip in TLS", f"{ours * 1e6:.0f} us", f"plain {theirs * 1e6:.0f} us", ours / theirs, "<= 4")
    plain.close()
    secure.close()


def first_requests(gate: Gate, context: ssl.SSLContext) -> None:
    """Connection, certificate, handshake and answer, for hosts never asked for before."""
    taken = []
    for number in range(30):
        host = f"first{number}.scalekit.dev"
        began = time.perf_counter()
        connection = tls_connection(gate, context, host)
        asking(connection)()
        taken.append(time.perf_counter() - began)
        connection.close()
    median = statistics.median(taken)
    report("first request to a host", f"{median * 1e3:.1f} ms", "bar 30 ms", median / 0.03, "<= 1")


def unary_calls(gate: Gate, authority: Path) -> None:
    """Unary gRPC on a warm channel, in the clear and in TLS."""
    credentials = grpc.ssl_channel_credentials(authority.read_bytes())
    direct = [("grpc.enable_http_proxy", 0)]
    renamed = [*direct, ("grpc.ssl_target_name_override", "acme.scalekit.dev")]
    with (
        grpc.insecure_channel(f"127.0.0.1:{gate.port}", direct) as plain,
        grpc.secure_channel(f"127.0.0.1:{gate.port}", credentials, renamed) as secure,
    ):
        call, secure_call = plain.unary_unary(METHOD), secure.unary_unary(METHOD)
        ours, in_tls = in_turn(lambda: call(b"hello", timeout=10), lambda: secure_call(b"hello", timeout=10), ROUNDS)
    report("gRPC unary, warm", f"{ours * 1e3:.2f} ms", f"in TLS {in_tls * 1e3:.2f} ms", in_tls / 1e-3, "<= 1 (1 ms)")


def crowd_beside_nobody(gate: Gate) -> None:
    """A client among idle connections and one that sends its head byte by byte."""
    client = http.client.HTTPConnection("127.0.0.1", gate.port)
    alone = statistics.median(timed(asking(client)) for _ in range(ROUNDS))
    with crowd(gate) as slow:

        def beside_the_slow_one() -> None:
            slow.sendall(b"x")
            asking(client)()

        among = statistics.median(timed(beside_the_slow_one) for _ in range(ROUNDS))
    client.close()
    title = f"round trip among {CROWD:,} idle and one slow"
    # The slow client's byte is part of the round, and costs the gate about as much as a small request.
    report(title, f"{among * 1e6:.0f} us", f"alone {alone * 1e6:.0f} us", among / alone, "<= 1.5")


def stopping() -> None:
    """``stop`` with keep-alive connections open."""
    for number, bar in ((10, 0.05), (CROWD, 0.05)):
        gate = Gate(Tiny())
        gate.start()
        with ExitStack() as stack:
            for _ in range(number):
                stack.enter_context(socket.create_connection(("127.0.0.1", gate.port)))
            asking(http.client.HTTPConnection("127.0.0.1", gate.port))()
            took = timed(gate.stop)
        report(f"stop with {number:,} connections", f"{took * 1e3:.1f} ms", "bar 50 ms", took / bar, "<= 1")


@contextmanager
def crowd(gate: Gate) -> Iterator[socket.socket]:
    """Idle connections, and one in the middle of an endless header line."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * CROWD), hard))
    with ExitStack() as stack:
        for _ in range(CROWD):
            stack.enter_context(socket.create_connection(("127.0.0.1", gate.port)))
        slow = stack.enter_context(socket.create_connection(("127.0.0.1", gate.port)))
        slow.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        yield slow


def tls_connection(gate: Gate, context: ssl.SSLContext, host: str) -> http.client.HTTPConnection:
    """A connection straight to the gate's TLS, as the hooks make it."""
    connection = http.client.HTTPConnection(host)
    raw = socket.create_connection(("127.0.0.1", gate.port))
    connection.sock = context.wrap_socket(raw, server_hostname=host)
    return connection


def asking(connection: http.client.HTTPConnection) -> Callable[[], object]:
    """One request and its whole answer."""

    def ask() -> bytes:
        connection.request("GET", "/gmail/v1/users/me/profile")
        return connection.getresponse().read()

    return ask


def timed(action: Callable[[], object]) -> float:
    """Seconds an action takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began

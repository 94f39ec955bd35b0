"""A small application behind a real gate, which every test of the doors drives with real clients."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from emulator.doors.environment import CertificateFiles, environment
from emulator.doors.gate import Gate, WebSocketHandler
from emulator.kernel.http import Call, Reply

DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
KNOWN = frozenset({"gmail.googleapis.com", "oauth2.googleapis.com", "www.googleapis.com", "localhost", "127.0.0.1"})
PROFILE = {"emailAddress": "ada@example.com", "messagesTotal": 3, "threadsTotal": 2, "historyId": "9"}


def echo(call: Call) -> Reply:
    """What arrived, as JSON."""
    lines = {name.lower(): value for name, value in call.headers}
    seen = {"verb": call.verb, "scheme": call.scheme, "host": call.host, "path": call.path, "query": call.query}
    return Reply.json(seen | {"peer": call.peer, "headers": lines, "body": call.body.decode("latin-1")})


@dataclass
class Application:
    """Answers by path where a test put an answer, the Gmail profile under its path, and an echo elsewhere."""

    answers: dict[str, Callable[[Call], Reply]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    refused: list[tuple[str, int, str, str]] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    handlers: dict[str, WebSocketHandler] = field(default_factory=dict)
    domains: tuple[str, ...] = ("googleapis.com", "*.scalekit.dev")

    def respond(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.path == "/gmail/v1/users/me/profile":
            return Reply.json(PROFILE)
        return self.answers.get(call.path, echo)(call)

    def websocket(self, call: Call) -> WebSocketHandler | None:
        return self.handlers.get(call.path)

    def break_off(self, peer: str, reason: str) -> None:
        self.broken.append((peer, reason))

    def knows(self, host: str) -> bool:
        return host in KNOWN or host.endswith(".scalekit.dev")

    def refuse(self, host: str, port: int, peer: str, reason: str) -> None:
        self.refused.append((host, port, peer, reason))

    def date(self) -> str:
        return DATE


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def gate(application: Application) -> Iterator[Gate]:
    with Gate(application) as gate:
        yield gate


@pytest.fixture
def files(gate: Gate) -> Iterator[CertificateFiles]:
    with CertificateFiles(gate.authority) as files:
        yield files


@pytest.fixture
def child_environment(gate: Gate, files: CertificateFiles) -> dict[str, str]:
    """The whole environment of a launched process."""
    return {**os.environ, **environment(gate.url, files.bundle, files.authority, gate.hosts, os.environ)}


@pytest.fixture
def run_python(child_environment: dict[str, str]) -> Callable[..., str]:
    """Run a program in a child interpreter that knows of the emulator by its environment alone."""

    def run(program: str, **variables: str) -> str:
        command = [sys.executable, "-W", "ignore", "-c", program]
        environ = child_environment | variables
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


class Wire:
    """A raw client connection, for what no well-behaved client sends."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        connection.settimeout(10)

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def finish(self) -> None:
        self.connection.shutdown(socket.SHUT_WR)

    def read_all(self) -> bytes:
        """Everything until the gate closes."""
        received = b""
        while chunk := self.connection.recv(65536):
            received += chunk
        return received

    def read_head(self) -> bytes:
        received = b""
        while b"\r\n\r\n" not in received:
            chunk = self.connection.recv(1)
            if not chunk:
                break
            received += chunk
        return received

    def read_reply(self) -> tuple[int, Mapping[str, str], bytes]:
        """One framed reply: status, headers by lower-case name, body."""
        status_line, *lines = self.read_head().decode("latin-1").rstrip("\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = b""
        length = int(headers.get("content-length", "0"))
        while len(body) < length:
            chunk = self.connection.recv(min(65536, length - len(body)))
            if not chunk:
                break
            body += chunk
        return int(status_line.split()[1]), headers, body

    def ask(self, request: str) -> tuple[int, Mapping[str, str], bytes]:
        self.send(request.encode("latin-1"))
        return self.read_reply()


@pytest.fixture
def dial(gate: Gate) -> Iterator[Callable[[], Wire]]:
    """Opens raw connections to the gate; closes them in the end."""
    wires: list[Wire] = []

    def connect() -> Wire:
        wires.append(Wire(socket.create_connection(("127.0.0.1", gate.port), 10)))
        return wires[-1]

    yield connect
    for wire in wires:
        wire.connection.close()


@pytest.fixture
def dial_into() -> Iterator[Callable[[Gate], Wire]]:
    """Opens raw connections to any gate; closes them in the end."""
    wires: list[Wire] = []

    def connect(gate: Gate) -> Wire:
        wires.append(Wire(socket.create_connection(("127.0.0.1", gate.port), 10)))
        return wires[-1]

    yield connect
    for wire in wires:
        wire.connection.close()


@pytest.fixture
def dial_tls(gate: Gate, files: CertificateFiles) -> Iterator[Callable[..., Wire]]:
    """Opens TLS connections straight to the gate, as a hooked client does."""
    wires: list[Wire] = []

    def connect(host: str | None = "gmail.googleapis.com", *, strict: bool = False) -> Wire:
        context = ssl.create_default_context(cafile=str(files.authority))
        context.check_hostname = host is not None
        raw = socket.create_connection(("127.0.0.1", gate.port), 10)
        try:
            secure = context.wrap_socket(raw, server_hostname=host, suppress_ragged_eofs=not strict)
            wires.append(Wire(secure))
        except BaseException:
            raw.close()
            raise
        return wires[-1]

    yield connect
    for wire in wires:
        wire.connection.close()


@pytest.fixture
def bystander() -> Iterator[str]:
    """The URL of a loopback server that has nothing to do with the emulator."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"bystander": self.path}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()

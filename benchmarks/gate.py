"""``messages.get`` over loopback: the gate with keep-alive beside Werkzeug's own server over the same application."""

from __future__ import annotations

import logging
import multiprocessing
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from werkzeug.serving import make_server

from emulator import Emulator
from emulator.doors.wsgi import application

from .measure import report

REQUESTS = 1_500


@dataclass(frozen=True)
class Serving:
    """Where a server process listens and what to ask it."""

    port: int
    path: str
    token: str


def run() -> None:
    """Print the ratio of requests per second, each server in a process of its own."""
    ours, theirs = measured(behind_the_gate), measured(behind_werkzeug)
    report("messages.get over loopback", f"{ours:.0f}/s", f"Werkzeug's server {theirs:.0f}/s", ours / theirs, ">= 4")


def measured(serve: Callable[[Connection], None]) -> float:
    """Requests per second of one client against the server that ``serve`` runs until told to end."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    process.start()
    serving: Serving = here.recv()
    speed = per_second(serving.port, serving.path, serving.token)
    here.send("end")
    process.join()
    return speed


def behind_the_gate(parent: Connection) -> None:
    """Serve the demo world as ``actor-emulator serve`` does."""
    with Emulator.start(seed="demo") as emulator:
        parent.send(serving(emulator, emulator.gate.port))
        parent.recv()


def behind_werkzeug(parent: Connection) -> None:
    """Serve the same application with Werkzeug's own server."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with Emulator.start(seed="demo") as emulator:
        server = make_server("127.0.0.1", 0, application(emulator), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        parent.send(serving(emulator, server.server_port))
        parent.recv()
        server.shutdown()


def serving(emulator: Emulator, port: int) -> Serving:
    """A message of ada's, and a token to read it."""
    token = emulator.google.user("ada@example.com").access_token("demo-desktop", ("gmail.readonly",))
    message = emulator.gmail.mailbox("ada@example.com").messages(limit=1)[0]
    return Serving(port, f"/gmail/v1/users/me/messages/{message.id}", token)


def per_second(port: int, path: str, token: str) -> float:
    """Requests per second of one client that costs next to nothing, on one connection where the server keeps it."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    connection = socket.create_connection(("127.0.0.1", port))
    started = time.perf_counter()
    for _ in range(REQUESTS):
        connection.sendall(request)
        answer = read_answer(connection)
        if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
            raise SystemExit(f"{path} answered {answer[:60]!r}")
        if b"connection: close" in answer.lower():
            connection.close()
            connection = socket.create_connection(("127.0.0.1", port))
    connection.close()
    return REQUESTS / (time.perf_counter() - started)


def read_answer(connection: socket.socket) -> bytes:
    """One whole answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            raise SystemExit("the connection ends before the answer")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while data and len(body) < length:
        if not (more := connection.recv(65536)):
            raise SystemExit("the answer ends before its announced length")
        body += more
    return data

"""``messages.get`` over loopback: the gate with keep-alive beside Werkzeug's own server over the same application."""

from __future__ import annotations

import logging
import socket
import threading
import time

from werkzeug.serving import make_server

from emulator import Emulator
from emulator.doors.wsgi import application

from .measure import report

REQUESTS = 600


def run() -> None:
    """Print the ratio of requests per second."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with Emulator.start(seed="demo") as emulator:
        token = emulator.google.user("ada@example.com").access_token("demo-desktop", ("gmail.readonly",))
        message = emulator.gmail.mailbox("ada@example.com").messages(limit=1)[0].id
        path = f"/gmail/v1/users/me/messages/{message}"
        server = make_server("127.0.0.1", 0, application(emulator), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ours = per_second(emulator.gate.port, path, token)
        theirs = per_second(server.server_port, path, token)
        server.shutdown()
    report("messages.get over loopback", f"{ours:.0f}/s", f"Werkzeug's server {theirs:.0f}/s", ours / theirs, ">= 4")


def per_second(port: int, path: str, token: str) -> float:
    """Requests per second of one client that costs next to nothing, on one connection where the server keeps it."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    connection = socket.create_connection(("127.0.0.1", port))
    started = time.perf_counter()
    for _ in range(REQUESTS):
        try:
            connection.sendall(request)
            answer = read_answer(connection)
        except ConnectionError:
            answer = b""
        if not answer:  # Werkzeug's server closes after every answer
            connection.close()
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(request)
            answer = read_answer(connection)
        if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
            raise SystemExit(f"{path} answered {answer[:60]!r}")
    connection.close()
    return REQUESTS / (time.perf_counter() - started)


def read_answer(connection: socket.socket) -> bytes:
    """One whole answer, or nothing where the server had closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while data and len(body) < length:
        if not (more := connection.recv(65536)):
            raise SystemExit("the answer ends before its announced length")
        body += more
    return data

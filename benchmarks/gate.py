"""``messages.get`` over loopback: the gate with keep-alive beside Werkzeug's own server over the same application."""

from __future__ import annotations

import http.client
import threading
import time

from werkzeug.serving import make_server

from emulator import Emulator
from emulator.doors.wsgi import application

from .measure import report

REQUESTS = 600


def run() -> None:
    """Print the ratio of requests per second."""
    with Emulator.start(seed="demo") as emulator:
        token = emulator.google.user("ada@example.com").access_token("demo-desktop", ("gmail.readonly",))
        message = emulator.gmail.mailbox("ada@example.com").messages(limit=1)[0]
        path = f"/gmail/v1/users/me/messages/{message}"
        server = make_server("127.0.0.1", 0, application(emulator), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ours = per_second(emulator.gate.port, path, token)
        theirs = per_second(server.server_port, path, token)
        server.shutdown()
    report("messages.get over loopback", f"{ours:.0f}/s", f"Werkzeug's server {theirs:.0f}/s", ours / theirs, ">= 4")


def per_second(port: int, path: str, token: str) -> float:
    """Requests per second of one client that keeps its connection where the server allows."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    started = time.perf_counter()
    for _ in range(REQUESTS):
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
    connection.close()
    return REQUESTS / (time.perf_counter() - started)

"""From starting ``serve`` to its first answer, beside a bare interpreter that imports nothing."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time

from .measure import median, report


def run() -> None:
    """Print seconds and the ratio to the bar."""
    bare = median(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 7, 1)
    first = median(_first_answer, 7, 1)
    report(
        "serve to first answer",
        f"{first * 1e3:.0f} ms",
        f"bare python {bare * 1e3:.0f} ms",
        first / 0.4,
        "<= 1 (400 ms)",
    )


def _first_answer() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Some machines forbid compiled files; everyone else has them after the first run.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "emulator", "serve", "--port", str(port)]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    try:
        _wait_for_answer(port)
    finally:
        serving.terminate()
        serving.wait()
        if serving.stdout is not None:
            serving.stdout.close()


def _wait_for_answer(port: int) -> None:
    for _ in range(2000):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", "/_emulator/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.001)
        finally:
            connection.close()
    raise SystemExit("serve did not answer")

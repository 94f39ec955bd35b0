"""Runs the clients of ``python_clients`` in this process, each inside an interception of its own, as tests would.

Usage: python inside.py NAME…  Prints one JSON object: for each name what the client saw, or its error, and under
"leftovers" what an interception failed to put back.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from python_clients import CLIENTS, outcome
from vendors import Vendors

from emulator.doors.environment import CertificateFiles
from emulator.doors.gate import Gate
from emulator.doors.hooks.redirect import ImportWatch
from emulator.doors.intercept import intercepted


def surroundings() -> tuple[object, ...]:
    """What a test must find as the one before it did."""
    patched = (socket.getaddrinfo, socket.socket.connect, ssl.SSLContext.load_default_certs)
    finders = [finder for finder in sys.meta_path if isinstance(finder, ImportWatch)]  # six adds one of its own
    return (dict(os.environ), finders, *patched)


def run(names: list[str]) -> dict[str, object]:
    seen: dict[str, object] = {}
    before = surroundings()
    leftovers = []
    with Gate(Vendors()) as gate, CertificateFiles(gate.authority) as files:
        for name in names:
            with intercepted(gate, files):
                seen[name] = outcome(CLIENTS[name])
            if surroundings() != before:
                leftovers.append(name)
    return seen | {"leftovers": {"seen": leftovers}}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1:]), default=str))  # noqa: T201

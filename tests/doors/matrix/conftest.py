"""One gate for the whole matrix, and what each client saw of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.doors.environment import NO_PROXY_VARIABLES, PROXY_VARIABLES, CertificateFiles, environment
from emulator.doors.gate import Gate

from .vendors import Vendors

HERE = Path(__file__).parent
NODE = Path(__file__).parents[2] / "node"
NEWER_NODE = NODE / "newer" / "node_modules" / "node" / "bin" / "node"


@pytest.fixture(scope="session")
def vendors() -> Vendors:
    return Vendors()


@pytest.fixture(scope="session")
def gate(vendors: Vendors) -> Iterator[Gate]:
    with Gate(vendors) as gate:
        yield gate


@pytest.fixture(scope="session")
def variables(gate: Gate) -> Iterator[Callable[[str], dict[str, str]]]:
    """The environment of a mechanism: "both", "proxy" without the hooks, "hook" without proxies."""
    with CertificateFiles(gate.authority) as files:
        ours = environment(gate.url, files.bundle, files.authority, gate.hosts, {})

        def of(mechanism: str) -> dict[str, str]:
            proxies = {*PROXY_VARIABLES, *NO_PROXY_VARIABLES}
            left_out = {"both": set(), "proxy": {"PYTHONPATH", "NODE_OPTIONS"}, "hook": proxies}[mechanism]
            bare = {name: value for name, value in os.environ.items() if name not in {*ours}}
            return bare | {name: value for name, value in ours.items() if name not in left_out}

        yield of


Outcomes = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def outcomes(variables: Callable[[str], dict[str, str]]) -> Callable[[str, str, tuple[str, ...]], Outcomes]:
    """What each client saw under a mechanism; one child process for all of them, started by the first that asks.

    The program is "python", "node" or "newer_node", whose environment leads to the gate, or "inside", which has a gate
    of its own.
    """
    known: dict[tuple[str, str], Outcomes] = {}
    commands = {
        "python": [sys.executable, "-W", "ignore", str(HERE / "python_clients.py")],
        "inside": [sys.executable, "-W", "ignore", str(HERE / "inside.py")],
        "node": ["node", "--no-warnings", str(NODE / "clients.mjs")],
        "newer_node": [str(NEWER_NODE), "--no-warnings", str(NODE / "clients.mjs")],
    }

    def ask(program: str, mechanism: str, names: tuple[str, ...]) -> Outcomes:
        if (program, mechanism) not in known:
            command = [*commands[program], *names]
            environ = dict(os.environ) if program == "inside" else variables(mechanism)
            done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=100, check=False)
            assert done.returncode == 0, done.stderr
            known[program, mechanism] = json.loads(done.stdout.splitlines()[-1])
        return known[program, mechanism]

    return ask

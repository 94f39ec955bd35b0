"""A platform with one user and one run that is going, and the clients that reach it over loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from apify_client import ApifyClient

from emulator import Emulator
from emulator.kernel.http import Call, Headers
from emulator.services.apify.environment import ActorEnvironment


@pytest.fixture
def user(apify):
    return apify.add_user("ada", email="ada@example.com", memory_limit=32768)


@pytest.fixture
def run(apify, user):
    return apify.create_run("ada/probe", {"greeting": "hello"})


@pytest.fixture
def client(emulator, user):
    return ApifyClient(user.token, api_url=emulator.url, max_retries=2)


@dataclass(frozen=True)
class Api:
    """The API asked directly, in this process."""

    emulator: Emulator
    token: str

    def __call__(self, verb: str, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Any:
        target, _, query = path.partition("?")
        token = self.token if token is None else token
        lines = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            lines["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            lines.setdefault("Content-Type", "application/json")
        return self.emulator.respond(
            Call(verb, "api.apify.com", f"/v2{target}", query, Headers(lines), body or b"", "https")
        )

    def data(self, verb: str, path: str, body: Any = None, **more: Any) -> Any:
        """The envelope's content of a success."""
        reply = self(verb, path, body, **more)
        assert reply.status < 300, reply.body
        return json.loads(reply.body)["data"]

    def error(self, verb: str, path: str, body: Any = None, **more: Any) -> tuple[int, str, str]:
        """Status, type and message of a refusal."""
        reply = self(verb, path, body, **more)
        found = json.loads(reply.body)["error"]
        return reply.status, found["type"], found["message"]


@pytest.fixture
def api(emulator, user):
    return Api(emulator, user.token)


@dataclass(frozen=True)
class Left:
    """What a process left behind."""

    exit_code: int
    printed: str


@pytest.fixture
def at_home(emulator):
    """Runs a Python program as the run's own process, on the platform."""

    def start(run, program: str, **changes: str) -> Left:
        environment = ActorEnvironment.of_run(run.stored, run.user, run.actor_full_name).changed(
            api_base_url=emulator.url, api_public_base_url=emulator.url
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**environment.over(dict(os.environ)), **changes},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        run.finish(done.returncode)
        return Left(done.returncode, done.stdout + done.stderr)

    return start

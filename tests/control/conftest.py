"""An app without doors, and its control API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from emulator.app import App
from emulator.config import Config
from emulator.control import Control
from emulator.kernel.http import Call, Headers, Reply

SEED = """
google:
  projects: [{id: p, publishing_status: production, enabled: [gmail.googleapis.com]}]
  clients: [{name: N, project: p, type: desktop}]
  users: [{email: u@example.com}]
  grants: [{user: u@example.com, client: N, scopes: [gmail.readonly, gmail.modify]}]
"""


class Console:
    """Talks to the control API as a program on this machine does."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.control = Control(app, lambda: {"ACTOR_EMULATOR_URL": "http://127.0.0.1:1"})

    def ask(self, verb: str, route: str, body: Any = None, *, query: str = "", **changes: Any) -> Reply:
        """The reply of a route; ``body`` is JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        fields = {"host": "127.0.0.1", "scheme": "http", **changes}
        return self.control.respond(Call(verb, path=f"/_emulator/{route}", query=query, body=data, **fields))

    def done(self, verb: str, route: str, body: Any = None, *, query: str = "") -> Any:
        """The JSON of a route that did what it was asked."""
        reply = self.ask(verb, route, body, query=query)
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def refused(self, verb: str, route: str, body: Any = None, *, query: str = "") -> str:
        """The message of a 400."""
        reply = self.ask(verb, route, body, query=query)
        assert reply.status == 400, reply.body
        assert json.loads(reply.body)["error"]["code"] == 400
        return str(json.loads(reply.body)["error"]["message"])

    def call(self, path: str, *, token: str = "", host: str = "gmail.googleapis.com") -> Reply:
        """One GET of the emulated world."""
        return self.app.respond(Call("GET", host, path, headers=Headers({"Authorization": f"Bearer {token}"})))

    def refresh(self) -> Reply:
        """One refresh of u@example.com with the newest credentials the control API gives."""
        held = self.done("GET", "credentials")["google"][-1]
        names = ("client_id", "client_secret", "refresh_token")
        form = "&".join(["grant_type=refresh_token", *(f"{name}={held[name]}" for name in names)])
        headers = Headers({"Content-Type": "application/x-www-form-urlencoded"})
        return self.app.respond(Call("POST", "oauth2.googleapis.com", "/token", headers=headers, body=form.encode()))


@pytest.fixture
def app(tmp_path) -> Iterator[App]:
    """A seeded app, frozen at the beginning of 2026."""
    (tmp_path / "seed.yaml").write_text(SEED, encoding="utf-8")
    made = App(Config(seeds=(tmp_path / "seed.yaml",), start=datetime(2026, 1, 1, tzinfo=UTC), frozen=True))
    yield made
    made.close()


@pytest.fixture
def console(app: App) -> Console:
    """Its control API."""
    return Console(app)

"""What several rooms' tests share: a world with Google's OAuth room alone, over a clock that stands still."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from emulator.kernel.clock import Clock, http_date
from emulator.kernel.faults import Faults
from emulator.kernel.http import Call, Headers, Reply
from emulator.kernel.ids import Ids
from emulator.kernel.journal import Entry, Journal
from emulator.kernel.pipeline import Directory, Pipeline
from emulator.kernel.seed import SeedDocument
from emulator.kernel.service import Kernel
from emulator.kernel.world import World
from emulator.services.google.cloud import Google
from emulator.services.google.oauth import GoogleOAuth
from emulator.services.google.planting import plant
from emulator.services.google.seed import google_seed

NOON = 1_800_000_000.0  # real seconds at which every house of the tests was built

SEED = """
projects:
  - {id: testing, number: 123456789012, test_users: [u@example.com], enabled: [gmail.googleapis.com]}
  - {id: live, number: 210987654321, publishing_status: production}
clients:
  - {name: N, project: live, type: desktop, secrets: [GOCSPX-desktop-secret-of-28-char], redirect_uris: [http://localhost]}
  - {name: W, project: live, type: web, redirect_uris: [https://app.example.com/callback]}
  - {name: T, project: testing, type: desktop}
users:
  - {email: u@example.com, name: Ursula}
  - {email: v@example.com}
grants:
  - {user: u@example.com, client: N, scopes: [gmail.readonly, gmail.send]}
  - {user: u@example.com, client: T, scopes: [gmail.readonly]}
"""


class House:
    """Kernel, OAuth room and pipeline. A responder, so the doors take it as they take the whole emulator."""

    def __init__(self) -> None:
        self.world = World()
        self.clock = Clock(lambda: NOON)
        self.journal = Journal(self.clock.now)
        self.faults = Faults()
        self.kernel = Kernel(self.world, self.clock, Ids(), self.faults, self.journal)
        self.directory = Directory()
        room = GoogleOAuth(self.kernel)
        self.world.define(room.schema)
        self.directory.add(room)
        self.pipeline = Pipeline(self.kernel, self.directory)
        self.google = Google(self.kernel)
        self.plant(SEED)

    def plant(self, seed: str) -> None:
        """Apply a ``google`` section written out as YAML."""
        with self.world.transaction():
            plant(self.google, google_seed(SeedDocument.load(seed), self.clock.now()))

    def respond(self, call: Call) -> Reply:
        return self.pipeline.respond(call)

    def date(self) -> str:
        return http_date(self.clock.time())

    def post(
        self,
        path: str,
        form: dict[str, str] | list[tuple[str, str]] | bytes = b"",
        *,
        host: str = "oauth2.googleapis.com",
        query: str = "",
        basic: tuple[str, str] | None = None,
        headers: dict[str, str] | None = None,
        content_type: str = "application/x-www-form-urlencoded",
    ) -> Reply:
        """One POST with a form, as bytes or as pairs."""
        lines = {"Content-Type": content_type, **(headers or {})}
        if basic is not None:
            lines["Authorization"] = "Basic " + b64encode(":".join(basic).encode()).decode()
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        return self.respond(Call("POST", host, path, query, Headers(lines), body))

    def refresh(self, *, client: str = "N", **changes: str | None) -> Reply:
        """The refresh request of ``client`` for u@example.com; a change to ``None`` leaves a parameter out."""
        return self.post("/token", self.refresh_form(client, **changes))

    def refresh_form(self, client: str = "N", **changes: str | None) -> dict[str, str]:
        """The form of that request."""
        held = self.google.user("u@example.com").credentials(client)
        form: dict[str, str | None] = {
            "grant_type": "refresh_token",
            "client_id": held.client_id,
            "client_secret": held.client_secret,
            "refresh_token": held.refresh_token,
        }
        return {name: value for name, value in (form | changes).items() if value is not None}

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the world, to compare two states of it."""
        names = [row[0] for row in self.world.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        return {name: [tuple(row) for row in self.world.all(f"SELECT * FROM {name}")] for name in names}

    @property
    def last(self) -> Entry:
        """The newest journal entry."""
        return list(self.journal)[-1]


@pytest.fixture
def house() -> Iterator[House]:
    """A world of its own with Google's OAuth room, seeded, at a moment that passes only by ``clock.advance``."""
    built = House()
    yield built
    built.world.close()


@pytest.fixture
def answer_of(house: House) -> Any:
    """Status and JSON of a reply."""
    return lambda reply: (reply.status, json.loads(reply.body))

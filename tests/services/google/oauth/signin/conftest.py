"""A world with every kind of audience, and authorization URLs for its clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from emulator.app import App
from emulator.config import Config
from emulator.kernel.http import Call, Headers, Reply
from emulator.services.google.browser import ConsentBrowser, Outcome

SEED = """
google:
  projects:
    - {id: live, title: Live App, number: 111111111111, publishing_status: production, verified: true}
    - {id: raw, title: Raw App, number: 222222222222, publishing_status: production}
    - {id: trial, title: Trial App, number: 333333333333, test_users: [ada@example.com]}
    - {id: inside, title: Inside App, number: 444444444444, user_type: internal, organization: example.com}
  clients:
    - {name: desktop, project: live, type: desktop, redirect_uris: [http://localhost]}
    - {name: second, project: live, type: desktop}
    - {name: web, project: live, type: web, redirect_uris: [https://app.example.org/callback, http://localhost:3000/cb]}
    - {name: raw, project: raw, type: desktop}
    - {name: trial, project: trial, type: desktop}
    - {name: inside, project: inside, type: desktop}
    - {name: gone, project: live, type: desktop, deleted: true}
  users:
    - {email: ada@example.com, name: Ada Lovelace}
    - {email: grace@example.com, name: Grace Hopper}
    - {email: mallory@example.org, name: Mallory Quill}
    - {email: closed@example.org, disabled: true}
"""
PREFIX = "https://www.googleapis.com/auth/"
READONLY, SEND, YOUTUBE = (PREFIX + name for name in ("gmail.readonly", "gmail.send", "youtube.readonly"))
CALLBACK = "http://localhost:8080/"
HOST = "accounts.google.com"


class Site:
    """The whole app, and authorization URLs of its clients."""

    def __init__(self) -> None:
        self.app = App(Config(frozen=True))
        self.app.seed(text=SEED)
        self.google = self.app.google

    def query(self, client: str = "desktop", **changes: str | None) -> list[tuple[str, str]]:
        """The parameters of a plain request; a change to ``None`` leaves one out."""
        chosen = self.google.client(client)
        given: dict[str, str | None] = {
            "client_id": chosen.client_id,
            "redirect_uri": "https://app.example.org/callback" if chosen.type == "web" else CALLBACK,
            "response_type": "code",
            "scope": READONLY,
            "state": "opaque",
        }
        return [(name, value) for name, value in (given | changes).items() if value is not None]

    def url(self, client: str = "desktop", *, path: str = "/o/oauth2/v2/auth", **changes: str | None) -> str:
        """An authorization URL."""
        return f"https://{HOST}{path}?{urlencode(self.query(client, **changes))}"

    def browser(self, user: str | None = "ada@example.com") -> ConsentBrowser:
        """A browser nobody has used yet."""
        return self.google.browser(user)

    def follow(self, client: str = "desktop", *, user: str | None = "ada@example.com", **changes: Any) -> Outcome:
        """Where a new browser ends that allows everything."""
        return self.browser(user).follow(self.url(client, **changes))

    def get(self, path: str, pairs: list[tuple[str, str]] | None = None, **headers: str) -> Reply:
        """One GET at accounts.google.com, redirects not followed."""
        return self.app.respond(Call("GET", HOST, path, urlencode(pairs or []), Headers(headers)))

    def post(self, path: str, pairs: list[tuple[str, str]], **headers: str) -> Reply:
        """One POST of a form at accounts.google.com."""
        lines = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.app.respond(Call("POST", HOST, path, "", Headers(lines), urlencode(pairs).encode()))

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the world's Google tables, to compare two states."""
        world = self.app.world
        names = world.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'google_%' ORDER BY 1")
        return {row[0]: [tuple(each) for each in world.all(f"SELECT * FROM {row[0]}")] for row in names}


@pytest.fixture
def site() -> Iterator[Site]:
    """A world of its own, at a moment that passes only by ``clock.advance``."""
    built = Site()
    yield built
    built.app.close()

"""A small YouTube, asked through raw calls and through Google's Python client."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httplib2
import pytest

from emulator.app import App
from emulator.config import Config
from emulator.kernel.http import Call, Headers, Reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = "AIzaSyD-of-the-project-39-characters-xx"

SEED = f"""
google:
  projects:
    - {{id: demo, number: 123456789012, enabled: [youtube.googleapis.com], api_keys: [{KEY}]}}
    - {{id: bare, number: 999999999999}}
  clients:
    - {{name: desk, project: demo, type: desktop}}
    - {{name: other, project: demo, type: desktop}}
    - {{name: disabled, project: bare, type: desktop}}
  users:
    - {{email: ada@example.com, name: Ada Lovelace}}
    - {{email: bob@example.com, name: Bob}}
    - {{email: grace@example.com, name: Grace Hopper}}
youtube:
  channels:
    - title: Ada
      id: UCaaaaaaaaaaaaaaaaaaaaaA
      handle: "@ada"
      username: AdaClassic
      owner: ada@example.com
      subscribers: 128459
      videos:
        - {{title: A walk & a talk, id: vidaaaaaaaA, age: 5d, duration: 5m 12s, views: 10, likes: 3,
            tags: [walking, "slow tv"], description: On foot.,
            comments: [{{author: Bob, text: "Nice <b> & quiet\\nreally", likes: 2,
                         replies: [{{author: "@ada", text: Thanks}}]}},
                       {{author: Carl, text: Second, after: 2h, likes: 9}},
                       {{author: Spam, text: Buy, moderation: heldForReview}}]}}
        - {{title: A longer walk, id: vidaaaaaaaE, age: 4d, duration: 1h 2m, views: 50, likes: 1, category: "27"}}
        - {{title: A short clip, id: vidaaaaaaaI, age: 3d, duration: 50s, views: 40, comments_enabled: false}}
        - {{title: Hidden a, id: vidaaaaaaaM, age: 2d, privacy: private}}
        - {{title: Unlisted a, id: vidaaaaaaaQ, age: 2d, privacy: unlisted}}
      playlists:
        - {{title: Walks, id: PLaaaaaaaaaaaaaaaa, videos: [vidaaaaaaaE, A walk & a talk]}}
        - {{title: Secret, id: PLssssssssssssssss, privacy: private, videos: [vidaaaaaaaE]}}
      subscriptions: ["@bob"]
    - title: Bob
      id: UCbbbbbbbbbbbbbbbbbbbbbQ
      handle: "@bob"
      owner: bob@example.com
      subscribers: 5
      hides_subscribers: true
      shows_subscriptions: true
      videos:
        - {{title: A dog's day, id: vidbbbbbbbA, age: 1d, duration: 10m, views: 30, likes: 20}}
        - {{title: Grown ups a, id: vidbbbbbbbE, age: 6d, duration: 4m, age_restricted: true, definition: sd}}
      subscriptions: [UCaaaaaaaaaaaaaaaaaaaaaA]
"""


@dataclass(frozen=True)
class Answer:
    """A reply, opened."""

    reply: Reply

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def json(self) -> Any:
        return json.loads(self.reply.body)

    @property
    def items(self) -> Any:
        return self.json["items"]

    @property
    def error(self) -> Any:
        return self.json["error"]

    @property
    def reason(self) -> str:
        return self.error["errors"][0]["reason"]


class Site:
    """An app over a frozen world, and ways to call it as a user."""

    def __init__(self, seed: str = SEED) -> None:
        self.app = App(Config(start=NOW, frozen=True))
        self.app.clock.start_at(NOW)
        self.app.seed(text=seed)

    def token(self, *scopes: str, user: str = "ada@example.com", client: str = "desk") -> str:
        return self.app.google.user(user).access_token(client, scopes or ("youtube.force-ssl",))

    def call(
        self, verb: str, path: str, /, *, token: str | None = None, body: Any = None, headers: Any = None, **query: Any
    ) -> Answer:
        """A raw call; ``token`` "" has none."""
        bearer = self.token() if token is None else token
        lines = {**(headers or {}), **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        content = b"" if body is None else json.dumps(body).encode()
        host, full = "youtube.googleapis.com", f"/youtube/v3/{path}"
        return Answer(self.app.respond(Call(verb, host, full, urlencode(query, doseq=True), Headers(lines), content)))

    def get(self, path: str, /, **options: Any) -> Answer:
        return self.call("GET", path, **options)

    def client(self, *scopes: str, user: str = "ada@example.com", client: str = "desk", token: str = "") -> Any:
        """Google's own client, unmodified but for its transport."""
        from googleapiclient.discovery import build

        bearer = token or self.token(*scopes, user=user, client=client)
        return build("youtube", "v3", http=PipelineHttp(self, bearer), static_discovery=True)


class PipelineHttp(httplib2.Http):
    """httplib2 without a socket: each request goes through the pipeline."""

    def __init__(self, site: Site, token: str) -> None:
        super().__init__()
        self._site = site
        self._token = token

    def request(self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **options: Any) -> Any:
        url = urlsplit(uri)
        lines = Headers({**(headers or {}), "Authorization": f"Bearer {self._token}"})
        content = body.encode() if isinstance(body, str) else body or b""
        reply = self._site.app.respond(Call(method, url.hostname or "", url.path, url.query, lines, content))
        response = httplib2.Response({name.lower(): value for name, value in reply.headers})
        response.status = reply.status
        return response, reply.body


@pytest.fixture
def site():
    site = Site()
    yield site
    site.app.close()


@pytest.fixture
def youtube(site):
    """Google's client with every right."""
    return site.client()


@pytest.fixture
def refused():
    """The error of a client call that must fail."""
    from googleapiclient.errors import HttpError

    def refusal(request: Any) -> Any:
        with pytest.raises(HttpError) as caught:
            request.execute()
        return caught.value

    return refusal


@pytest.fixture
def key():
    return KEY

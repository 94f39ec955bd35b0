"""A small world with two mailboxes, asked through raw calls and through Google's Python client."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httplib2
import pytest

from emulator.app import App
from emulator.config import Config
from emulator.kernel.http import Call, Headers, Reply
from emulator.seeds import Seeds
from emulator.services.google.gmail.facade import UserMailbox

ALL = "https://mail.google.com/"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

SEED = """
google:
  projects:
    - {id: demo, number: 123456789012, enabled: [gmail.googleapis.com]}
    - {id: bare, number: 999999999999}
  clients:
    - {name: desk, project: demo, type: desktop}
    - {name: disabled, project: bare, type: desktop}
  users:
    - {email: ada@example.com, name: Ada Lovelace}
    - {email: grace@example.com, name: Grace Hopper}
    - {email: nomail@example.com, gmail: false}
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
    def error(self) -> Any:
        return self.json["error"]


class Site:
    """An app over a frozen world, and ways to call it as a user."""

    def __init__(self) -> None:
        self.app = App(Config(start=NOW, frozen=True))
        self.app.clock.start_at(NOW)  # to the microsecond
        with self.app.world.transaction():
            Seeds(self.app).apply((), SEED)

    def box(self, user: str = "ada@example.com") -> UserMailbox:
        return self.app.gmail.mailbox(user)

    def token(self, *scopes: str, user: str = "ada@example.com", client: str = "desk") -> str:
        return self.app.google.user(user).access_token(client, scopes or ("gmail.readonly",))

    def get(
        self,
        path: str,
        /,
        *,
        token: str | None = None,
        scopes: tuple[str, ...] = (),
        user: str = "me",
        verb: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        host: str = "gmail.googleapis.com",
        **query: Any,
    ) -> Answer:
        lines = dict(headers or {})
        bearer = self.token(*scopes) if token is None else token
        if bearer:
            lines["Authorization"] = f"Bearer {bearer}"
        full = f"/gmail/v1/users/{user}/{path}"
        call = Call(verb, host, full, urlencode(query, doseq=True), Headers(lines), body)
        return Answer(self.app.respond(call))

    def post(self, path: str, body: Any = None, /, *, verb: str = "POST", user: str = "me", **options: Any) -> Answer:
        """A call with a JSON body, by default with every right."""
        options.setdefault("scopes", (ALL,))
        content = b"" if body is None else json.dumps(body).encode()
        return self.get(path, verb=verb, user=user, body=content, **options)

    def service(self, *scopes: str, user: str = "ada@example.com") -> Any:
        """Google's own client, unmodified but for its transport."""
        from googleapiclient.discovery import build

        transport = PipelineHttp(self, self.token(*scopes or (ALL,), user=user))
        return build("gmail", "v1", http=transport, static_discovery=True)

    def client(self, *scopes: str, user: str = "ada@example.com") -> Any:
        """Its ``users()``."""
        return self.service(*scopes or ("gmail.readonly",), user=user).users()


class PipelineHttp(httplib2.Http):
    """httplib2 without a socket: each request goes through the pipeline."""

    def __init__(self, site: Site, token: str) -> None:
        super().__init__()
        self._site = site
        self._token = token
        self.calls: list[Call] = []

    def request(self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **options: Any) -> Any:
        url = urlsplit(uri)
        lines = Headers({**(headers or {}), "Authorization": f"Bearer {self._token}"})
        given = body.read() if hasattr(body, "read") else body
        content = given.encode() if isinstance(given, str) else given or b""
        call = Call(method, url.hostname or "", url.path, url.query, lines, content, url.scheme)
        self.calls.append(call)
        reply = self._site.app.respond(call)
        response = httplib2.Response({name.lower(): value for name, value in reply.headers})
        response.status = reply.status
        return response, reply.body


@pytest.fixture
def site():
    site = Site()
    yield site
    site.app.close()


def mime(body: str = "Hello", /, **headers: str) -> bytes:
    """A message by its header fields, ``_`` for ``-``."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", body]).encode()


@pytest.fixture
def raw():
    """``raw`` of a body: base64url of a message given by its header fields."""
    return lambda body="Hello", /, **headers: urlsafe_b64encode(mime(body, **headers)).decode()


@pytest.fixture
def users(site):
    """Google's client with every right."""
    return site.client(ALL)


@pytest.fixture
def refused():
    """Status, message and legacy reason of a client call that must fail."""
    from googleapiclient.errors import HttpError

    def refusal(request: Any) -> tuple[int, str, str]:
        with pytest.raises(HttpError) as caught:
            request.execute()
        error = json.loads(caught.value.content)["error"]
        return error["code"], error["message"], error["errors"][0]["reason"]

    return refusal


@pytest.fixture(scope="session")
def make_site():
    """The class itself, for fixtures of a wider scope and for state machines."""
    return Site


@pytest.fixture
def box(site):
    return site.box()


@pytest.fixture
def another_site():
    """Makes further worlds, equal to ``site`` but for what is done to them."""
    made: list[Site] = []

    def make() -> Site:
        made.append(Site())
        return made[-1]

    yield make
    for each in made:
        each.app.close()


@pytest.fixture
def pipeline_http():
    """The transport of Google's client: takes a site and a token."""
    return PipelineHttp

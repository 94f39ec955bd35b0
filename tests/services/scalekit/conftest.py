"""A Scalekit environment in the demo world, the real Python SDK before it, and calls without a socket."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from emulator import Emulator
from emulator.kernel.browser import Browser, Page
from emulator.kernel.http import Call, Headers, Reply
from emulator.services.scalekit.descriptors import message, message_class
from emulator.services.scalekit.facade import Scalekit
from emulator.services.scalekit.surface import METHODS

ACME = "acme.scalekit.dev"
ADA = "ada@example.com"


@pytest.fixture(scope="session", autouse=True)
def sdk() -> None:
    """The SDK imported once: its own deprecation warnings are not ours to fix."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import scalekit  # noqa: F401


@pytest.fixture(autouse=True)
def manual_consent(emulator: Emulator) -> Iterator[None]:
    """Nobody opens a link but the test."""
    emulator.consent.mode = "manual"
    yield
    emulator.consent.reset("auto")


@pytest.fixture
def client(scalekit: Scalekit, emulator: Emulator) -> Any:
    """The official Python SDK against the loopback base URL."""
    from scalekit import ScalekitClient

    environment = scalekit.environment()
    return ScalekitClient(emulator.url, environment.client_id, environment.client_secret)


@pytest.fixture
def actions(client: Any) -> Any:
    return client.actions


@pytest.fixture
def gmail_account(scalekit: Scalekit) -> Any:
    """u1 at the connection gmail, authorized by ada."""
    account = scalekit.account("gmail", "u1")
    account.authorize(as_user=ADA)
    return account


class Wire:
    """Calls in process, as the gate would bring them."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.token = ""

    def sign_in(self) -> None:
        """Fetch a token for what follows."""
        environment = self._emulator.scalekit.environment()
        form = f"grant_type=client_credentials&client_id={environment.client_id}"
        reply = self.http("POST", "/oauth/token", f"{form}&client_secret={environment.client_secret}".encode())
        self.token = reply.json()["access_token"]

    def http(self, verb: str, path: str, body: bytes = b"", content_type: str = "", **headers: str) -> Answer:
        path, _, query = path.partition("?")
        lines = [("Host", ACME), ("Content-Type", content_type or "application/x-www-form-urlencoded")]
        if self.token:
            lines.append(("Authorization", f"Bearer {self.token}"))
        call = Call(verb, ACME, path, query, Headers([*lines, *headers.items()]), body)
        return Answer(self._emulator.respond(call))

    def rest(self, verb: str, path: str, body: str = "") -> Answer:
        return self.http(verb, path, body.encode(), "application/json")

    def rpc(
        self, method: str, body: bytes | None = None, headers: dict[str, str] | None = None, **fields: Any
    ) -> Answer:
        """One unary gRPC call; ``body`` replaces the frame of the message with ``fields``."""
        found = next(each for each in METHODS.values() if each.id.endswith(f".{method}"))
        if body is None:
            payload = message(found.request, **fields).SerializeToString()
            body = struct.pack(">BI", 0, len(payload)) + payload
        lines = [("Host", ACME), ("content-type", "application/grpc+proto"), ("te", "trailers")]
        if self.token:
            lines.append(("authorization", f"Bearer {self.token}"))
        call = Call("POST", ACME, found.path, "", Headers([*lines, *(headers or {}).items()]), body)
        return Answer(self._emulator.respond(call), found.response)


class Answer:
    """A reply read as gRPC or as JSON."""

    def __init__(self, reply: Reply, kind: str = "") -> None:
        self.reply = reply
        self._kind = kind

    @property
    def status(self) -> int:
        return self.reply.status

    def json(self) -> Any:
        return Call("GET", "", "", body=self.reply.body).json()

    @property
    def code(self) -> int:
        return int(self.reply.trailers.get("grpc-status"))

    @property
    def text(self) -> str:
        return self.reply.trailers.get("grpc-message")

    @property
    def message(self) -> Any:
        assert self.code == 0, self.text
        return message_class(self._kind).FromString(self.reply.body[5:])


@pytest.fixture
def wire(scalekit: Scalekit, emulator: Emulator) -> Wire:
    """A signed-in API client without a socket."""
    built = Wire(emulator)
    built.sign_in()
    return built


class Person:
    """Somebody at a browser, for what the SDKs do not see."""

    def __init__(self, emulator: Emulator) -> None:
        self.browser = Browser(emulator.respond, emulator.knows)

    def open(self, url: str) -> Page:
        return self.browser.open(url)

    def press(self, page: Page, action: str, **written: str) -> Page:
        form = page.forms[-1]
        return self.browser.submit(form, form.filled(("action", action), written=written))

    def sign_in(self, url: str, user: str = "ursula@notion.example") -> Page:
        """Open a link to the generic provider and name an account: its consent page."""
        return self.press(self.open(url), "next", identifier=user)

    def allow(self, url: str) -> Page:
        return self.press(self.sign_in(url), "allow")


@pytest.fixture
def person(emulator: Emulator) -> Person:
    return Person(emulator)

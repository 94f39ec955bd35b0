"""The console: what its one page shows, what its buttons do, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from emulator.app import App
from emulator.config import Config
from emulator.control import Control
from emulator.kernel.http import Call, Headers, Reply


@pytest.fixture(scope="module")
def demo() -> Iterator[App]:
    app = App(Config(seeds=("demo",)))
    yield app
    app.close()


@pytest.fixture
def app(demo: App) -> Iterator[App]:
    with demo.isolated():
        yield demo


def press(app: App, origin: str = "", **form: str) -> Reply:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"Origin": origin} if origin else {})
    call = Call("POST", "127.0.0.1", "/_emulator/", headers=Headers(headers), body=urlencode(form).encode())
    return Control(app).respond(call)


def shown(app: App) -> str:
    reply = Control(app).respond(Call("GET", "127.0.0.1", "/_emulator/"))
    assert reply.status == 200
    return reply.body.decode()


def test_it_shows_people_projects_tokens_and_what_they_died_of(app: App) -> None:
    app.google.user("grace@example.com").revoke()
    page = shown(app)
    for text in ("Ada Lovelace", "demo-project", "revoked by user", "227 messages", "gmail.readonly"):
        assert text in page


def test_it_shows_no_secret(app: App) -> None:
    page = shown(app)
    for held in app.google.credentials():
        assert held.refresh_token not in page
        assert held.client_secret not in page


def test_it_shows_calls_newest_first_with_their_cause(app: App) -> None:
    app.respond(Call("GET", "gmail.googleapis.com", "/gmail/v1/users/me/profile"))
    app.respond(Call("POST", "oauth2.googleapis.com", "/token"))
    page = shown(app)
    assert page.index("<td>google.oauth.token</td>") < page.index("<td>gmail.users.getProfile</td>")


def test_time_moves_by_a_button(app: App) -> None:
    before = app.clock.time()
    assert press(app, action="advance", by="2h").headers.get("Location") == "/_emulator/"
    assert app.clock.time() - before >= 7200
    press(app, action="freeze")
    assert app.clock.frozen
    press(app, action="run")
    assert not app.clock.frozen


def test_a_token_is_revoked_and_an_api_switched_by_a_button(app: App) -> None:
    press(app, action="revoke", user="ada@example.com", client="demo-desktop")
    assert app.google.user("ada@example.com").all_credentials() == []
    press(app, action="api", project="demo-project", api="gmail.googleapis.com")
    assert "gmail.googleapis.com" not in app.google.project("demo-project").enabled_apis
    press(app, action="status", project="demo-project", status="production")
    assert app.google.project("demo-project").publishing_status == "production"


def test_a_connected_account_is_shown_and_ended_by_buttons(app: App) -> None:
    account = app.scalekit.account("gmail", "u1")
    account.authorize(as_user="ada@example.com")
    page = shown(app)
    assert "Connected accounts" in page
    assert account.access_token not in page
    press(app, action="account", account=account.id, end="expire")
    assert account.status == "EXPIRED"
    press(app, action="account", account=account.id, end="delete")
    assert app.scalekit.accounts == ()
    assert press(app, action="account", account=account.id, end="delete").status == 400


def test_a_fault_is_armed_and_disarmed(app: App) -> None:
    press(app, action="fault", code="503", operation="google.oauth.token", times="1")
    assert app.respond(Call("POST", "oauth2.googleapis.com", "/token")).status == 503
    press(app, action="fault", code="503", operation="", times="")
    press(app, action="clear-faults")
    assert len(app.faults) == 0


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"action": "advance", "by": "soon"}, "no duration"),
        ({"action": "fault", "code": "x"}, "HTTP status"),
        ({"action": "nothing"}, "no action"),
        ({"action": "revoke", "user": "nobody@example.com", "client": "demo-desktop"}, "nobody@example.com"),
        ({"action": "revoke"}, "user"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(app: App, form: dict[str, str], said: str) -> None:
    reply = press(app, **form)
    assert reply.status == 400
    assert said in reply.body.decode()


def test_another_site_cannot_press_a_button(app: App) -> None:
    before = app.clock.frozen
    assert press(app, origin="https://evil.example", action="freeze").status == 403
    assert app.clock.frozen == before

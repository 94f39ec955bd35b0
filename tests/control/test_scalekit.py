"""The control API's view of Scalekit."""

from __future__ import annotations

import json

import pytest

from emulator.kernel.http import Call, Headers


@pytest.fixture
def control(emulator):
    def ask(verb, path, **body):
        headers = Headers([("Host", "127.0.0.1")])
        call = Call(verb, "127.0.0.1", f"/_emulator/{path}", "", headers, json.dumps(body).encode() if body else b"")
        reply = emulator.respond(call)
        return reply.status, json.loads(reply.body)

    emulator.consent.mode = "manual"
    yield ask
    emulator.consent.reset("auto")


def test_an_overview_shows_no_tokens(control, emulator):
    emulator.scalekit.account("gmail", "u1").authorize(as_user="ada@example.com")
    status, found = control("GET", "scalekit")
    assert status == 200
    assert [each["name"] for each in found["connections"]] == ["gmail", "notion", "youtube"]
    assert found["accounts"][0]["status"] == "ACTIVE"
    assert emulator.scalekit.account("gmail", "u1").access_token not in json.dumps(found)


def test_an_account_is_authorized_and_ended(control):
    asked = {"connection": "gmail", "identifier": "u1", "as_user": "ada@example.com"}
    assert control("POST", "scalekit/account", **asked, action="authorize")[1]["status"] == "ACTIVE"
    assert control("POST", "scalekit/account", **asked, action="disconnect")[1]["status"] == "DISCONNECTED"
    assert control("POST", "scalekit/account", **asked, status="EXPIRED")[1]["status"] == "EXPIRED"
    assert control("POST", "scalekit/account", **asked, action="delete")[1]["status"] == "DELETED"


def test_a_refused_authorization_says_why(control):
    asked = {"connection": "gmail", "identifier": "u1", "as_user": "mallory@example.org", "action": "authorize"}
    answer = control("POST", "scalekit/account", **asked)[1]
    assert (answer["status"], answer["error"]) == ("PENDING_AUTH", "access_denied")


def test_an_account_becomes_active_by_itself(control, emulator):
    asked = {"connection": "notion", "identifier": "u1", "after_polls": 2}
    assert control("POST", "scalekit/account", **asked)[1]["status"] == "PENDING_AUTH"
    assert emulator.scalekit.platform.plans.of(emulator.scalekit.account("notion", "u1").id).polls == 2


def test_connections_and_environments_change(control, emulator):
    control("POST", "scalekit/connection", name="gmail", scopes=["gmail.modify"], proxy_enabled=True)
    assert emulator.scalekit.connection("gmail").scopes == ("gmail.modify",)
    control("POST", "scalekit/environment", verification="custom", link_lifetime="5m")
    assert emulator.scalekit.environment().link_lifetime == 300


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("scalekit/account", {"connection": "nope", "identifier": "u"}),
        ("scalekit/account", {"connection": "notion", "identifier": "u", "status": "GONE"}),
        ("scalekit/connection", {"name": "nope"}),
        ("scalekit/environment", {"domain": "nope.scalekit.dev"}),
    ],
)
def test_mistakes_are_told(path, body, control):
    assert control("POST", path, **body)[0] in {400, 404}

"""Faults in the whole house: vendors' dialects, principals, replays, seeds."""

from __future__ import annotations

import json

import pytest

from emulator.app import App
from emulator.config import Config
from emulator.errors import SeedError
from emulator.kernel.faults import Fault, FaultError
from emulator.kernel.http import Call, Headers

HOST = "gmail.googleapis.com"


@pytest.fixture
def app():
    app = App(Config(("demo",)))
    yield app
    app.close()


def ask(app, path="/gmail/v1/users/me/profile", user="ada@example.com", query="", **fields):
    token = app.google.user(user).access_token("demo-desktop", ("gmail.modify",))
    lines = Headers({"Authorization": f"Bearer {token}"})
    return app.respond(Call("GET", HOST, path, query, lines, **fields))


def refresh(app):
    held = app.google.user("ada@example.com").credentials("demo-desktop")
    form = f"grant_type=refresh_token&client_id={held.client_id}&client_secret={held.client_secret}"
    form += f"&refresh_token={held.refresh_token}"
    lines = Headers({"Content-Type": "application/x-www-form-urlencoded"})
    return app.respond(Call("POST", "oauth2.googleapis.com", "/token", "", lines, form.encode()))


@pytest.mark.parametrize(
    ("fault", "status", "reason", "message"),
    [
        (Fault.quota_exceeded("gmail"), 403, "dailyLimitExceeded", "Daily Limit Exceeded"),
        (Fault.rate_limited("gmail"), 429, "rateLimitExceeded", "User-rate limit exceeded.  Retry after "),
        (Fault.backend_error(), 503, "backendError", "The service is currently unavailable."),
        (Fault.grpc("UNAVAILABLE"), 503, "backendError", "The service is currently unavailable."),
    ],
)
def test_a_named_failure_is_worded_as_google_words_it(app, fault, status, reason, message):
    app.faults.add(fault)
    reply = ask(app)
    error = json.loads(reply.body)["error"]
    assert (reply.status, error["errors"][0]["reason"]) == (status, reason)
    assert error["message"].startswith(message)


def test_a_vendor_without_words_of_its_own_uses_its_dialect(app):
    app.faults.add(Fault.quota_exceeded("apify"))
    reply = app.respond(Call("GET", "api.apify.com", "/v2/users/me"))
    assert reply.status == 429
    assert json.loads(reply.body)["error"]["type"]


def test_headers_go_with_the_dialect(app):
    app.faults.add(Fault.status(429, headers={"Retry-After": "7"}))
    reply = ask(app)
    assert reply.headers.get("retry-after") == "7"
    assert json.loads(reply.body)["error"]["code"] == 429


def test_a_grpc_client_reads_the_status_in_trailers(app):
    app.faults.add(Fault.grpc("RESOURCE_EXHAUSTED", "slow down, 100%"))
    reply = app.respond(
        Call("GET", HOST, "/gmail/v1/users/me/profile", headers=Headers({"Content-Type": "application/grpc"}))
    )
    assert (reply.status, reply.body) == (200, b"")
    assert dict(reply.trailers) == {"grpc-status": "8", "grpc-message": "slow down, 100%25"}


def test_a_fault_for_a_principal_spares_everybody_else(app):
    app.faults.add(Fault.status(503, principal="ada@example.com", operation="gmail.*"))
    assert [ask(app).status, ask(app, user="grace@example.com").status] == [503, 200]
    assert app.journal.calls(principal="ada@example.com").assert_once().fault.endswith("as ada@example.com")


def test_a_fault_for_a_principal_does_not_hide_a_refusal(app):
    app.faults.add(Fault.status(503, principal="ada@example.com"))
    assert app.respond(Call("GET", HOST, "/gmail/v1/users/me/profile")).status == 401


def test_at_a_token_endpoint_what_was_done_for_the_principal_is_undone(app):
    """Who asks is known only once the grant was made; the fault's answer rolls it back."""
    app.faults.add(Fault.status(500, principal="ada@example.com", operation="google.oauth.token", times=1))
    tokens = app.world.value("SELECT count(*) FROM google_access_token")
    assert refresh(app).status == 500
    assert app.world.value("SELECT count(*) FROM google_access_token") == tokens
    assert refresh(app).status == 200


def test_a_principal_is_counted_once_a_call(app):
    app.faults.add(Fault.status(503, principal="ada@example.com", nth=2))
    assert [ask(app).status for _ in range(3)] == [200, 503, 200]


def test_a_duplicate_is_the_page_before(app):
    app.faults.add(Fault.duplicate(operation="gmail.users.messages.list", times=1))
    path = "/gmail/v1/users/me/messages"
    first = json.loads(ask(app, path, query="maxResults=2").body)
    again = json.loads(ask(app, path, query=f"maxResults=2&pageToken={first['nextPageToken']}").body)
    third = json.loads(ask(app, path, query=f"maxResults=2&pageToken={first['nextPageToken']}").body)
    assert again == first != third


def test_a_stale_answer_is_the_first_to_the_same_question(app):
    app.faults.add(Fault.stale(operation="gmail.users.messages.list", after=1))
    path = "/gmail/v1/users/me/messages"
    old = ask(app, path, query="q=subject:unheard").body
    app.gmail.mailbox("ada@example.com").deliver(from_="x@example.net", subject="unheard", text="of")
    assert ask(app, path, query="q=subject:unheard").body != old  # the first that could be answered so passes
    assert ask(app, path, query="q=subject:unheard").body == old
    app.faults.clear()
    assert ask(app, path, query="q=subject:unheard").body != old


def test_with_nothing_to_repeat_a_call_passes_and_the_fault_waits(app):
    app.faults.add(Fault.duplicate(operation="gmail.users.getProfile", times=1))
    first, again, third = ask(app), ask(app), ask(app)
    assert [entry.fault for entry in app.journal] == ["", "duplicate answer on gmail.users.getProfile (times=1)", ""]
    assert first.status == again.status == third.status == 200
    assert first.body == again.body


def test_faults_of_a_seed_are_armed_with_the_world_and_after_a_reset(app):
    app.seed(
        text="faults:\n  - {status: 503, operation: gmail.users.getProfile, times: 1}\n  - {grpc: ABORTED, nth: 3}\n"
    )
    assert len(app.faults) == 2
    assert [ask(app).status, ask(app).status] == [503, 200]
    app.reset()
    assert len(app.faults) == 0


def test_a_seed_with_an_impossible_fault_changes_nothing(app):
    with pytest.raises(SeedError, match=r"faults\[1\]: .*no operation matches 'gmail.nothing'"):
        app.seed(text="faults:\n  - {status: 503}\n  - {status: 500, operation: gmail.nothing}\n")
    assert len(app.faults) == 0


def test_an_operation_that_is_misspelt_is_refused_when_it_is_armed(app):
    with pytest.raises(FaultError, match=r"near: .*gmail.users.messages.get"):
        app.faults.add(Fault.status(503, operation="gmail.users.message.get"))

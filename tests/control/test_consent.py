"""``/_emulator/consent``: decide about an authorization, or how those to come are decided."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
SEND = "https://www.googleapis.com/auth/gmail.send"


@pytest.fixture
def url(console):
    query = {
        "client_id": console.app.google.client("N").client_id,
        "redirect_uri": "http://localhost:8080/",
        "response_type": "code",
        "scope": f"{READONLY} {SEND}",
    }
    return "https://accounts.google.com/o/oauth2/auth?" + urlencode(query)


def test_an_authorization_is_allowed_by_default(console, url):
    assert console.done("GET", "consent") == {"mode": "auto", "waiting": []}
    decision = console.done("POST", "consent", {"url": url})
    assert (decision["outcome"], decision["form"], decision["error"]) == ("allowed", None, "")
    assert decision["location"].startswith("http://localhost:8080/?iss=")


def test_the_mode_decides_on_those_to_come(console, url):
    assert console.done("POST", "consent", {"mode": "deny"})["mode"] == "deny"
    assert console.done("POST", "consent", {"url": url})["error"] == "access_denied"
    assert console.done("POST", "consent", {"url": url, "approve": True})["outcome"] == "allowed"
    console.done("POST", "consent", {"mode": "manual"})
    waiting = console.done("POST", "consent", {"url": url})
    assert (waiting["outcome"], waiting["location"]) == ("waiting", url.removeprefix("https://accounts.google.com"))
    assert console.done("GET", "consent")["waiting"] == [waiting["location"]]
    assert console.done("POST", "consent", {"url": url, "approve": False})["outcome"] == "denied"
    console.done("POST", "reset")
    assert console.done("GET", "consent") == {"mode": "auto", "waiting": []}


def test_scopes_and_term_can_be_chosen(console, url):
    decision = console.done(
        "POST", "consent", {"url": url, "only": ["gmail.send"], "lifetime": "30d", "user": "U@example.com"}
    )
    assert parse_qs(urlsplit(decision["location"]).query)["scope"] == [f"{READONLY} {SEND}"]
    assert console.app.world.value("SELECT lifetime FROM google_code") == 30 * 86400


def test_a_page_that_blocks_is_told(console, url):
    console.app.google.project("p").publishing_status = "testing"
    decision = console.done("POST", "consent", {"url": url})
    assert decision == {"outcome": "blocked", "location": "", "form": None, "error": "access_denied"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, 'send either "url"'),
        ({"url": "https://accounts.google.com/", "mode": "deny"}, 'send either "url"'),
        ({"mode": "maybe"}, "mode"),
        ({"url": "https://login.example.com/authorize"}, "login.example.com is not emulated"),
        ({"url": "nonsense"}, "not emulated"),
    ],
)
def test_what_cannot_be_decided_is_said(console, body, message):
    assert message in console.refused("POST", "consent", body)


def test_a_user_who_is_none_is_named(console, url):
    assert "nobody@example.com" in console.refused("POST", "consent", {"url": url, "user": "nobody@example.com"})
    message = console.refused("POST", "consent", {"url": url, "only": ["youtube"]})
    assert "no box for https://www.googleapis.com/auth/youtube" in message


def test_a_mode_that_is_none_is_refused_in_python_too(console):
    with pytest.raises(ValueError, match="one of auto, manual, deny; got 'maybe'"):
        console.app.consent.mode = "maybe"

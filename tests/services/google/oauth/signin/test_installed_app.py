"""google-auth-oauthlib, unmodified, through the interception: probes 6, 7, 8, 9 and 13 of the reference sheet."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import google.auth.transport.requests
import google.oauth2.id_token
import pytest
import requests
from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError
from oauthlib.oauth2.rfc6749.errors import AccessDeniedError

from emulator.server import Emulator

PREFIX = "https://www.googleapis.com/auth/"
READONLY, YOUTUBE = PREFIX + "gmail.readonly", PREFIX + "youtube.readonly"
SEED = """
google:
  projects:
    - {id: trial, title: Trial App, test_users: [ada@example.com]}
    - {id: inside, title: Inside App, user_type: internal, organization: example.net}
  clients:
    - {name: N, project: trial, type: desktop, redirect_uris: [http://localhost]}
    - {name: I, project: inside, type: desktop, redirect_uris: [http://localhost]}
  users: [{email: ada@example.com, name: Ada Lovelace}, {email: mallory@example.org}]
"""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A running emulator whose world holds one app in Testing and one of an organization."""
    with Emulator.start() as running:
        running.seed(text=SEED)
        with running.intercepted():
            yield running


def flow(emulator: Emulator, scopes: list[str], client: str = "N") -> Any:
    """The flow of an app whose credentials.json was downloaded from the console."""
    chosen = emulator.google.client(client)
    installed = {
        "client_id": chosen.client_id,
        "client_secret": chosen.secret,
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "redirect_uris": ["http://localhost"],
    }
    return InstalledAppFlow.from_client_config({"installed": installed}, scopes)


def sign_in(running_flow: Any, **options: Any) -> Any:
    return running_flow.run_local_server(port=0, access_type="offline", timeout_seconds=30, **options)


def test_the_flow_completes_without_a_window(emulator):
    credentials = sign_in(flow(emulator, [READONLY]), prompt="consent")
    assert credentials.refresh_token.startswith("1//")
    assert credentials.granted_scopes == [READONLY]
    exchange = emulator.journal.calls("google.oauth.token").assert_count(1)[0]
    assert exchange.call.basic_credentials() == (credentials.client_id, credentials.client_secret)
    form = dict(exchange.call.form_pairs)
    assert len(form["code_verifier"]) == 128
    assert "client_secret" not in form
    credentials.refresh(google.auth.transport.requests.Request())
    assert credentials.valid


def test_a_refusal_reaches_the_app_and_issues_no_code(emulator):
    emulator.consent.mode = "deny"
    with pytest.raises(AccessDeniedError):
        sign_in(flow(emulator, [READONLY]))
    assert emulator.world.all("SELECT * FROM google_code") == []
    emulator.journal.calls("google.oauth.token").assert_none()


def test_a_refusal_asks_even_where_the_app_is_allowed_already(emulator):
    emulator.google.user("ada@example.com").consent("N", ("gmail.readonly",))
    emulator.consent.mode = "deny"
    with pytest.raises(AccessDeniedError):
        sign_in(flow(emulator, [READONLY]))


def test_short_identity_scopes_change_and_the_client_says_so(emulator, monkeypatch):
    with pytest.raises(Warning, match="Scope has changed"):
        sign_in(flow(emulator, ["openid", "email"]))
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    credentials = sign_in(flow(emulator, ["openid", "email"]))
    with requests.Session() as session:
        request = google.auth.transport.requests.Request(session)
        claims = google.oauth2.id_token.verify_oauth2_token(credentials.id_token, request, credentials.client_id)
    assert claims["email"] == "ada@example.com"


def test_an_unticked_scope_is_missing_for_good(emulator, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    running = flow(emulator, [READONLY, YOUTUBE])
    running.redirect_uri = "http://localhost:1/"
    url, _ = running.authorization_url(access_type="offline", prompt="consent")
    outcome = emulator.google.browser("ada@example.com").follow(url, only=["gmail.readonly"])
    running.fetch_token(code=outcome.code)
    assert running.credentials.granted_scopes == [READONLY]
    credentials = running.credentials
    form = {
        "grant_type": "refresh_token",
        "refresh_token": credentials.refresh_token,
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "scope": f"{READONLY} {YOUTUBE}",
    }
    answer = requests.post("https://oauth2.googleapis.com/token", data=form, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("client", "denied_as", "code"),
    [("N", "", "access_denied"), ("N", "org_internal", "org_internal"), ("I", "", "org_internal")],
)
def test_a_blocked_account_leaves_the_app_waiting(emulator, client, denied_as, code):
    emulator.google.project("trial").denied_as = denied_as
    emulator.google.project("trial").remove_test_user("ada@example.com")
    page = requests.get(flow_url(emulator, client), timeout=10).text
    assert "Choose an account" in page, "before an account is chosen the request passes"
    with pytest.raises(WSGITimeoutError), contextlib.redirect_stdout(None):
        flow(emulator, [READONLY], client).run_local_server(port=0, timeout_seconds=2)
    assert emulator.journal.calls("google.signin.error", status=403)[0].cause == code
    outcome = emulator.google.browser("mallory@example.org").follow(flow_url(emulator, client))
    assert f"Error 403: {code}" in outcome.page.text


def flow_url(emulator: Emulator, client: str) -> str:
    running = flow(emulator, [READONLY], client)
    running.redirect_uri = "http://localhost:1/"
    url, _ = running.authorization_url()
    return str(url)


def test_an_answer_is_carried_to_the_app_by_the_browser_of_a_test(emulator):
    import webbrowser

    class Person:
        """Stands in for the desktop's browser: opens in a thread of its own, as real ones do."""

        def open(self, url: str, **_: object) -> bool:
            import threading

            browser = emulator.google.browser("ada@example.com")
            self.thread = threading.Thread(target=lambda: self.done.append(browser.follow(url, call_back=True)))
            self.thread.start()
            return True

        def __init__(self) -> None:
            self.done: list[Any] = []

    person = Person()
    webbrowser.register("person", None, person)  # type: ignore[arg-type]
    credentials = flow(emulator, [READONLY]).run_local_server(port=0, browser="person", timeout_seconds=30)
    person.thread.join()
    assert credentials.refresh_token
    assert person.done[0].callback.status == 200

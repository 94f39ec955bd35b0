"""The pages in a real Chromium, under Google's own name through the gate, without JavaScript where a person decides."""

from __future__ import annotations

import shutil
import threading
import webbrowser
from collections.abc import Iterator
from queue import Queue
from typing import Any

import pytest

from emulator.server import Emulator

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")]

PREFIX = "https://www.googleapis.com/auth/"
READONLY, YOUTUBE = PREFIX + "gmail.readonly", PREFIX + "youtube.readonly"
SEED = """
google:
  projects: [{id: trial, title: Trial App, test_users: [ada@example.com]}]
  clients: [{name: N, project: trial, type: desktop, redirect_uris: [http://localhost]}]
  users: [{email: ada@example.com, name: Ada Lovelace}, {email: mallory@example.org}]
"""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A running emulator that leaves decisions to a person."""
    with Emulator.start(consent="manual") as running:
        running.seed(text=SEED)
        yield running


@pytest.fixture
def page(emulator: Emulator) -> Iterator[Any]:
    """A page of a Chromium that runs no scripts and reaches the emulator as its proxy."""
    with playwright.sync_playwright() as driver:
        # As a flag, because Playwright's own option sends localhost through the proxy too, where the app is not.
        options = ["--no-sandbox", f"--proxy-server={emulator.url}"]
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=options)
        context = chromium.new_context(ignore_https_errors=True, java_script_enabled=False)
        yield context.new_page()
        chromium.close()


class App:
    """An unmodified installed app in a thread of its own, which hands its authorization URL to the page."""

    def __init__(self, emulator: Emulator, scopes: list[str]) -> None:
        from google_auth_oauthlib.flow import InstalledAppFlow

        chosen = emulator.google.client("N")
        installed = {
            "client_id": chosen.client_id,
            "client_secret": chosen.secret,
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
        self._flow = InstalledAppFlow.from_client_config({"installed": installed}, scopes)
        self._urls: Queue[str] = Queue()
        self._results: Queue[Any] = Queue()
        webbrowser.register("person", None, self)  # type: ignore[arg-type]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def open(self, url: str, **_: object) -> bool:
        """What webbrowser calls."""
        self._urls.put(url)
        return True

    def _run(self) -> None:
        try:
            self._results.put(self._flow.run_local_server(port=0, browser="person", timeout_seconds=60))
        except Exception as error:  # noqa: BLE001 - what the app raises is what a test looks at
            self._results.put(error)

    @property
    def url(self) -> str:
        """The authorization URL."""
        return self._urls.get(timeout=30)

    @property
    def result(self) -> Any:
        """The credentials, or what the app raised."""
        self._thread.join(60)
        return self._results.get(timeout=1)


def test_a_person_walks_from_the_app_and_back(emulator, page, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    with emulator.intercepted():
        app = App(emulator, [READONLY, YOUTUBE])
        page.goto(app.url)
        assert page.url.startswith("https://accounts.google.com/v3/signin/identifier")
        page.get_by_role("button", name="Ada Lovelace").click()
        assert page.get_by_role("heading").first.inner_text() == "Google hasn't verified this app"
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("checkbox", name="Read your mail").check()
        page.get_by_role("button", name="Allow").click()
        page.get_by_text("The authentication flow has completed").wait_for()
        credentials = app.result
    assert credentials.granted_scopes == [READONLY]
    assert credentials.refresh_token.startswith("1//")


def test_the_keyboard_is_enough(emulator, page):
    from oauthlib.oauth2.rfc6749.errors import AccessDeniedError

    with emulator.intercepted():
        app = App(emulator, [READONLY])
        page.goto(app.url)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Continue").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Cancel").focus()
        page.keyboard.press("Enter")
        assert isinstance(app.result, AccessDeniedError)


def test_an_unlisted_person_reads_why_and_sees_the_request(emulator, page):
    url = f"{emulator.url}/o/oauth2/auth"
    query = f"client_id={emulator.google.client('N').client_id}&redirect_uri=http://localhost:1/&response_type=code"
    page.goto(f"{url}?{query}&scope={READONLY}&state=s1")
    page.get_by_label("Use another account").fill("nobody@example.org")
    page.keyboard.press("Enter")
    assert page.get_by_role("alert").inner_text() == "Couldn't find that account."
    page.get_by_role("button", name="mallory@example.org").click()
    assert page.get_by_role("alert").inner_text() == "Error 403: access_denied"
    page.get_by_text("If you are a developer of Trial App").click()
    assert page.get_by_text("state=s1").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_posted_answer_goes_by_itself_or_by_a_button(emulator, page, scripts):
    received: list[str] = []

    def receive(route: Any) -> None:
        received.append(f"{route.request.method} {route.request.post_data}")
        route.fulfill(status=200, body="thanks")

    with page.context.browser.new_context(java_script_enabled=scripts) as context:
        fresh = context.new_page()
        complaints: list[str] = []
        fresh.on("console", lambda message: complaints.append(message.text))
        fresh.route("http://localhost:1/**", receive)
        query = f"client_id={emulator.google.client('N').client_id}&redirect_uri=http://localhost:1/&response_type=code"
        fresh.goto(f"{emulator.url}/o/oauth2/auth?{query}&scope=openid&state=s1&response_mode=form_post")
        fresh.get_by_role("button", name="Ada Lovelace").click()
        fresh.get_by_role("button", name="Allow").click()
        if not scripts:
            fresh.get_by_role("button", name="Continue").click()
        fresh.get_by_text("thanks").wait_for()
    assert received[0].startswith("POST state=s1&iss=https%3A%2F%2Faccounts.google.com&code=4%2F0A")
    assert not complaints, "the content security policy lets the page be as it was written"
    assert not emulator.journal.unrouted, "the browser asks for nothing else, such as an icon"

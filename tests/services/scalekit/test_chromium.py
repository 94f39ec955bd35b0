"""Recipe 2's way in a real Chromium without scripts: link, provider, consent, the app's page, tool."""

from __future__ import annotations

import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")]


@pytest.fixture
def page():
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--no-proxy-server"])
        yield chromium.new_context(java_script_enabled=False).new_page()
        chromium.close()


@pytest.fixture
def live_view(actions):
    """What an Actor serves at its live view: it verifies the user and sends the browser on."""

    class View(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = parse_qs(urlsplit(self.path).query).get("auth_request_id")
            if not asked:
                self.send_error(404)
                return
            answer = actions.verify_connected_account_user(auth_request_id=asked[0], identifier="u1")
            self.send_response(302)
            self.send_header("Location", answer.post_user_verify_redirect_url)
            self.end_headers()

        def log_message(self, *_):
            return

    with HTTPServer(("127.0.0.1", 0), View) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def status(actions, connection):
    return actions.get_or_create_connected_account(connection, "u1").connected_account.status


@pytest.mark.emulator(allow_unrouted=True)  # a browser asks for its favicon
def test_from_pending_to_a_tool_call_at_google(actions, scalekit, page, live_view):
    scalekit.environment().verification = "custom"
    assert status(actions, "gmail") == "PENDING_AUTH"
    link = actions.get_authorization_link(
        connection_name="gmail", identifier="u1", user_verify_url=live_view, state="s"
    ).link
    page.goto(link)
    assert urlsplit(page.url).path == "/v3/signin/identifier"
    page.get_by_role("button", name="Ada Lovelace").click()
    page.get_by_role("button", name="Continue").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Allow").click()
    assert page.get_by_role("heading").inner_text() == "Account connected"
    assert status(actions, "gmail") == "ACTIVE"
    answer = actions.execute_tool(
        tool_input={}, tool_name="gmail_get_profile", identifier="u1", connection_name="gmail"
    )
    assert answer.data["emailAddress"] == "ada@example.com"


@pytest.mark.emulator(allow_unrouted=True)
def test_the_generic_provider_asks_too(actions, page):
    page.goto(actions.get_authorization_link(connection_name="notion", identifier="u1").link)
    page.get_by_label("Another account").fill("ursula@notion.example")
    page.keyboard.press("Enter")
    assert page.get_by_role("heading").inner_text() == "Allow access to your Notion account?"
    page.get_by_role("button", name="Allow").click()
    assert page.get_by_role("heading").inner_text() == "Account connected"
    assert status(actions, "notion") == "ACTIVE"


@pytest.mark.emulator(allow_unrouted=True)
def test_a_used_link_says_so(actions, page):
    link = actions.get_authorization_link(connection_name="notion", identifier="u1").link
    page.goto(link)
    page.goto(link)
    assert page.get_by_role("alert").inner_text() == "session expired or invalid"

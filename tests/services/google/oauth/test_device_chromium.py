"""The device page in a real Chromium, without JavaScript, under Google's own name through the gate."""

from __future__ import annotations

import json
import shutil

import pytest

from emulator.kernel.http import Call, Headers
from emulator.server import Emulator

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")]

SEED = """
google:
  projects: [{id: tvs, title: Living Room, publishing_status: production}]
  clients: [{name: TV, project: tvs, type: tv}]
  users: [{email: ada@example.com, name: Ada Lovelace}]
"""


@pytest.fixture
def emulator():
    with Emulator.start(consent="manual") as running:
        running.seed(text=SEED)
        yield running


@pytest.fixture
def page(emulator):
    with playwright.sync_playwright() as driver:
        options = ["--no-sandbox", f"--proxy-server={emulator.url}"]
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=options)
        context = chromium.new_context(ignore_https_errors=True, java_script_enabled=False)
        yield context.new_page()
        chromium.close()


def post(emulator, path, **form):
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
    lines = Headers({"Content-Type": "application/x-www-form-urlencoded"})
    reply = emulator.respond(Call("POST", "oauth2.googleapis.com", path, "", lines, body))
    return json.loads(reply.body)


@pytest.mark.parametrize("answer", ["Allow", "Cancel"])
def test_a_person_answers_a_television(emulator, page, answer):
    client = emulator.google.client("TV")
    scope = "openid%20https://www.googleapis.com/auth/youtube.readonly"
    device = post(emulator, "/device/code", client_id=client.client_id, scope=scope)
    page.goto(device["verification_url"])
    page.get_by_label("Code shown on the device").fill(device["user_code"].lower())
    page.get_by_role("button", name="Next").click()
    assert page.get_by_text("Living Room on a device wants access").is_visible()
    page.get_by_label("Your account").fill("ada@example.com")
    page.get_by_role("button", name=answer).click()
    assert page.get_by_role(
        "heading", name="Device connected" if answer == "Allow" else "Device not connected"
    ).is_visible()
    polled = post(
        emulator,
        "/token",
        grant_type="urn:ietf:params:oauth:grant-type:device_code",
        device_code=device["device_code"],
        client_id=client.client_id,
        client_secret=client.secret,
    )
    assert polled.get("error") == (None if answer == "Allow" else "access_denied")

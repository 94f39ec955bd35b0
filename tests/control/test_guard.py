"""Who may use the control API."""

from __future__ import annotations

import json

import pytest

from emulator.control.guard import refusal
from emulator.kernel.http import Call, Headers


def call(host="127.0.0.1", **headers):
    lines = Headers([(name.replace("_", "-"), value) for name, value in headers.items()])
    return Call("GET", host, "/_emulator/credentials", headers=lines, scheme="http")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_programs_on_this_machine_may(host):
    assert refusal(call(host)) == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://127.0.0.1:4010", "Sec_Fetch_Site": "same-origin"},
        {"Origin": "http://localhost:4010"},
        {"Origin": "http://[::1]:4010"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_its_own_pages_may(headers):
    assert refusal(call(**headers)) == ""


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.example", "0.0.0.0", ""])
def test_a_rebound_name_may_not(host):
    assert "loopback names only" in refusal(call(host))


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://[", "localhost", "file://"]
)
def test_a_page_from_elsewhere_may_not(origin):
    assert origin in refusal(call(Origin=origin))


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_a_request_another_site_started_may_not(site):
    assert "another site" in refusal(call(Sec_Fetch_Site=site))


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("evil.example", {}),
        ("127.0.0.1", {"Origin": "https://evil.example"}),
        ("127.0.0.1", {"Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_refused_calls_get_403_and_no_secret_and_change_nothing(console, host, headers):
    reply = console.ask("GET", "credentials", host=host, headers=Headers(headers))
    assert (reply.status, json.loads(reply.body)["error"]["code"]) == (403, 403)
    assert b"GOCSPX" not in reply.body
    assert console.ask("POST", "reset", host=host, headers=Headers(headers)).status == 403

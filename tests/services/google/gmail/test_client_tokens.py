"""Tokens that die under Google's own client: refreshes, refusals, quotas (acceptance probes 16, 17, 20)."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit

import google.auth._helpers
import googleapiclient.http
import httplib2
import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from emulator.kernel.faults import Fault
from emulator.kernel.http import Call, Headers
from emulator.seeds import Seeds
from emulator.services.google.jws import signed_jws

QUOTA = {
    "error": {
        "code": 403,
        "message": "Quota exceeded",
        "errors": [{"message": "Quota exceeded", "domain": "usageLimits", "reason": "rateLimitExceeded"}],
        "status": "PERMISSION_DENIED",
    }
}


class Wire(httplib2.Http):
    """httplib2 whose requests end in the pipeline."""

    def __init__(self, site):
        super().__init__()
        self._site = site

    def request(self, uri, method="GET", body=None, headers=None, **options):
        address = urlsplit(uri)
        content = body.encode() if isinstance(body, str) else body or b""
        call = Call(method, address.hostname, address.path, address.query, Headers(headers or {}), content)
        reply = self._site.app.respond(call)
        response = httplib2.Response({name.lower(): value for name, value in reply.headers})
        response.status = reply.status
        return response, reply.body


@pytest.fixture
def users(site, monkeypatch):
    """Gmail through credentials that can refresh; google-auth's clock is the emulated one."""
    monkeypatch.setattr(google.auth._helpers, "utcnow", lambda: site.app.clock.now().replace(tzinfo=None))
    held = site.app.google.user("ada@example.com").consent("desk", ("gmail.readonly",))
    credentials = Credentials(
        site.app.google.user("ada@example.com").access_token("desk", ("gmail.readonly",)),
        refresh_token=held.refresh_token,
        token_uri="https://oauth2.googleapis.com/token",
        client_id=held.client_id,
        client_secret=held.client_secret,
    )
    wire = Wire(site)
    return build("gmail", "v1", http=AuthorizedHttp(credentials, http=wire), static_discovery=True).users()


def calls(site):
    return [(entry.operation, entry.status) for entry in site.app.journal]


def test_16_a_token_the_server_has_expired_is_refreshed_once(site, users):
    site.app.google.user("ada@example.com").expire_access_tokens()
    assert users.getProfile(userId="me").execute()["emailAddress"] == "ada@example.com"
    assert calls(site) == [
        ("gmail.users.getProfile", 401),
        ("google.oauth.token", 200),
        ("gmail.users.getProfile", 200),
    ]


def test_17_a_server_that_refuses_every_token_is_asked_three_times(site, users):
    refusal = json.loads(site.get("profile", token=_expired(site)).reply.body)
    site.app.journal.clear()
    site.app.faults.add(Fault.status(401, operation="gmail.users.getProfile", body=json.dumps(refusal)))
    with pytest.raises(HttpError) as caught:
        users.getProfile(userId="me").execute()
    assert caught.value.status_code == 401
    assert [detail["reason"] for detail in caught.value.error_details] == ["ACCESS_TOKEN_EXPIRED"]
    assert [operation for operation, _ in calls(site)] == [
        *("gmail.users.getProfile", "google.oauth.token") * 2,
        "gmail.users.getProfile",
    ]


def _expired(site):
    token = site.token()
    site.app.google.expire_access_tokens()
    return token


def test_20_a_quota_is_waited_out_when_the_client_is_told_to(site, users, monkeypatch):
    monkeypatch.setattr(googleapiclient.http.time, "sleep", lambda _: None)
    site.app.faults.add(Fault.status(403, operation="gmail.users.getProfile", body=json.dumps(QUOTA), times=2))
    assert users.getProfile(userId="me").execute(num_retries=3)["emailAddress"] == "ada@example.com"
    assert [status for _, status in calls(site)] == [403, 403, 200]


def test_20_a_quota_is_an_error_when_it_is_not(site, users):
    site.app.faults.add(Fault.status(403, operation="gmail.users.getProfile", body=json.dumps(QUOTA), times=1))
    with pytest.raises(HttpError):
        users.getProfile(userId="me").execute()
    assert [status for _, status in calls(site)] == [403]


ROBOTS = """
google:
  projects: [{id: works, number: 400000000001, enabled: [gmail.googleapis.com]}]
  service_accounts: [{name: robot, project: works}]
"""


@pytest.fixture
def robot(site):
    with site.app.world.transaction():
        Seeds(site.app).apply((), ROBOTS)
    return site.app.google.service_account("robot")


def _robot_token(site, robot, **claims):
    info, now = robot.key_info(), site.app.clock.seconds()
    scope = "https://www.googleapis.com/auth/gmail.readonly"
    whole = {"iss": robot.email, "scope": scope, "aud": info["token_uri"], "iat": now, "exp": now + 60, **claims}
    assertion = signed_jws(whole, info["private_key"], info["private_key_id"])
    form = urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion})
    lines = Headers({"Content-Type": "application/x-www-form-urlencoded"})
    reply = site.app.respond(Call("POST", "oauth2.googleapis.com", "/token", "", lines, form.encode()))
    return json.loads(reply.body)["access_token"]


def test_a_service_account_is_admitted_and_has_no_mailbox(site, robot):
    token = _robot_token(site, robot)
    answer = site.get("profile", token=token)
    assert (answer.status, answer.error["message"]) == (400, "Precondition check failed.")
    assert answer.error["errors"][0]["reason"] == "failedPrecondition"
    robot.disabled = True
    assert site.get("profile", token=token).status == 401


def test_a_service_account_reads_the_mailbox_delegated_to_it(site, robot):
    site.app.google.user("ada@example.com").organization = "example.com"
    robot.delegate("example.com", ("gmail.readonly",))
    token = _robot_token(site, robot, sub="ada@example.com")
    assert site.get("profile", token=token).json["emailAddress"] == "ada@example.com"

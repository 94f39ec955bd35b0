"""The endpoints as google-auth-library meets them in Node.js (probe 21), led here by the environment alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from emulator.kernel.oauth import challenge_of
from emulator.server import Emulator
from emulator.services.google.oauth.codes import CodeRequest, Codes

NODE = Path(__file__).parents[3] / "node"
CALLBACK = "https://app.example.com/callback"
READONLY = "https://www.googleapis.com/auth/gmail.readonly"
SEED = """
google:
  projects: [{id: p, publishing_status: production, enabled: [gmail.googleapis.com]}]
  clients: [{name: W, project: p, type: web, redirect_uris: ["https://app.example.com/callback"]}]
  users: [{email: u@example.com, name: Ursula, organization: example.com}]
  grants: [{user: u@example.com, client: W, scopes: [gmail.readonly]}]
  service_accounts: [{name: robot, project: p}]
"""

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
    pytest.mark.skipif(not (NODE / "node_modules").is_dir(), reason="npm install in tests/node has not been run"),
]


@pytest.fixture(scope="module")
def running():
    with Emulator.start() as started:
        started.seed(text=SEED)
        yield started


@pytest.fixture
def emulator(running):
    with running.isolated():
        running.journal.clear()
        yield running


@pytest.fixture
def play(emulator):
    """Play a scene of ``google_auth.cjs``; answers what it did, or the error it met."""

    def playing(scene, **facts):
        held = emulator.google.user("u@example.com").credentials("W")
        known = {name: getattr(held, name) for name in ("client_id", "client_secret", "refresh_token")}
        finished = subprocess.run(
            ["node", str(NODE / "google_auth.cjs"), scene],
            input=json.dumps(known | facts),
            env=emulator.environment(os.environ),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return json.loads(finished.stdout)

    return playing


def calls(emulator):
    return [(entry.operation, entry.status) for entry in emulator.journal]


def expired(emulator):
    token = emulator.google.user("u@example.com").access_token("W", ("gmail.readonly",))
    emulator.google.expire_access_tokens()
    return token


def test_a_refresh_brings_a_token_and_no_new_refresh_token(play, emulator):
    done = play("refresh")["done"]
    held = emulator.google.user("u@example.com").credentials("W")
    assert done["access_token"].startswith("ya29.")
    assert (done["scope"], done["refresh_token"]) == (READONLY, held.refresh_token)


def test_21_an_old_token_of_unknown_age_is_refreshed_once(play, emulator):
    assert play("profile", credentials={"access_token": expired(emulator)})["done"]["emailAddress"] == "u@example.com"
    assert calls(emulator) == [
        ("gmail.users.getProfile", 401),
        ("google.oauth.token", 200),
        ("gmail.users.getProfile", 200),
    ]


def test_21_an_old_token_believed_young_is_not(play, emulator):
    later = (emulator.clock.time() + 3600) * 1000
    error = play("profile", credentials={"access_token": expired(emulator), "expiry_date": later})["error"]
    assert error["status"] == 401
    assert calls(emulator) == [("gmail.users.getProfile", 401)]


def test_21_revoking_ends_the_refresh_token(play, emulator):
    done = play("revoke")["done"]
    assert done["status"] == 200
    assert (done["after"]["status"], done["after"]["message"]) == (400, "invalid_grant")
    assert done["after"]["data"]["error_description"] == "Token has been expired or revoked."
    revoked = emulator.journal.calls("google.oauth.revoke")[0]
    assert revoked.status == 200


@pytest.mark.parametrize(
    ("facts", "status", "error", "description"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", "Unauthorized"),
        ({"client_id": "nobody"}, 401, "invalid_client", "The OAuth client was not found."),
        ({"refresh_token": "1//nothing"}, 400, "invalid_grant", "Bad Request"),
        ({"client_secret": None}, 400, "invalid_request", "client_secret is missing."),
    ],
)
def test_each_refusal_arrives_with_its_status_and_body(play, facts, status, error, description):
    met = play("refresh", **facts)["error"]
    assert met["status"] == status
    assert met["data"] == {"error": error, "error_description": description}


def test_an_ended_session_arrives_with_its_subtype(play, emulator):
    emulator.google.organization("example.com").session_hours = 1
    emulator.clock.advance(hours=1)
    assert play("refresh")["error"]["data"]["error_subtype"] == "invalid_rapt"


def test_a_code_is_exchanged_and_its_id_token_verified(play, emulator):
    verifier = "v" * 64
    codes = Codes(emulator.world, emulator.clock, emulator.ids)
    request = CodeRequest(
        client_id=emulator.google.client("W").client_id,
        account="u@example.com",
        redirect_uri=CALLBACK,
        scopes=("openid", "https://www.googleapis.com/auth/userinfo.email"),
        challenge=challenge_of(verifier, "S256"),
        method="S256",
        offline=True,
    )
    with emulator.world.transaction():
        emulator.google.tokens.grant(request.account, "p", request.scopes)
        code = codes.issue(request)
    done = play("exchange", code=code, verifier=verifier, redirect_uri=CALLBACK)["done"]
    assert done["tokens"]["refresh_token"].startswith("1//0")
    assert (done["claims"]["email"], done["claims"]["hd"]) == ("u@example.com", "example.com")
    again = play("exchange", code=code, verifier=verifier, redirect_uri=CALLBACK)["error"]
    assert (again["status"], again["message"]) == (400, "invalid_grant")


def test_tokeninfo_is_understood(play, emulator):
    token = emulator.google.user("u@example.com").access_token("W", ("gmail.readonly",))
    done = play("tokeninfo", access_token=token)["done"]
    assert done["scopes"] == [READONLY]
    assert done["expiry_date"] > 0


def test_a_service_account_signs_in_and_needs_its_delegation(play, emulator):
    key = emulator.google.service_account("robot").key_info()
    assert play("service_account", key=key, scopes=[READONLY])["done"]["access_token"].startswith("ya29.")
    met = play("service_account", key=key, scopes=[READONLY], subject="u@example.com")["error"]
    assert met["data"]["error"] == "unauthorized_client"

"""The code exchange as google-auth-oauthlib makes it (the token halves of probes 6, 8 and 9)."""

from __future__ import annotations

import pytest
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError

from emulator.doors.inprocess import requests_adapter
from emulator.kernel.oauth import challenge_of

CALLBACK = "https://app.example.com/callback"
READONLY = "https://www.googleapis.com/auth/gmail.readonly"


@pytest.fixture
def flow_for(house):
    """A flow of the desktop client, its session led into the house."""

    def making(scopes):
        client = house.google.client("N")
        installed = {
            "client_id": client.client_id,
            "client_secret": client.secret,
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
        flow = Flow.from_client_config({"installed": installed}, scopes, redirect_uri=CALLBACK)
        flow.authorization_url()  # makes the verifier
        flow.oauth2session.mount("https://", requests_adapter(house))
        return flow

    return making


def test_the_exchange_proves_the_client_by_basic_and_the_verifier(house, issue, flow_for):
    flow = flow_for([READONLY])
    code = issue(challenge=challenge_of(flow.code_verifier, "S256"), method="S256")
    flow.fetch_token(code=code)
    assert flow.credentials.refresh_token.startswith("1//")
    assert flow.credentials.granted_scopes == [READONLY]
    call = house.journal.calls("google.oauth.token")[-1]
    assert set(call.parameters) == {"grant_type", "code", "redirect_uri", "code_verifier"}


def test_another_verifier_is_refused(issue, flow_for):
    flow = flow_for([READONLY])
    with pytest.raises(InvalidGrantError, match="Invalid code verifier"):
        flow.fetch_token(code=issue(challenge=challenge_of("w" * 43, "S256"), method="S256"))


def test_short_names_come_back_long_which_the_library_minds(issue, flow_for):
    flow = flow_for(["openid", "email"])
    facts = {"challenge": challenge_of(flow.code_verifier, "S256"), "method": "S256"}
    with pytest.raises(Warning, match="Scope has changed"):
        flow.fetch_token(code=issue(scopes=("openid", "email"), **facts))


def test_relaxed_it_brings_an_id_token(issue, flow_for, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    flow = flow_for(["openid", "email"])
    facts = {"challenge": challenge_of(flow.code_verifier, "S256"), "method": "S256"}
    flow.fetch_token(code=issue(scopes=("openid", "email"), **facts))
    assert flow.credentials.id_token.count(".") == 2

"""What ends tokens or keeps them from working: administrators, passwords, protection, disuse."""

from __future__ import annotations

import json

import pytest
import requests
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

from emulator.doors.inprocess import requests_adapter
from emulator.kernel.live import UnknownName

BLOCKED = (
    400,
    "admin_policy_enforced",
    "Access to your account data is restricted by policies within your organization.",
)


@pytest.fixture
def organization(house):
    house.google.user("u@example.com").organization = "example.com"
    return house.google.organization("Example.com")


def refused(reply):
    body = json.loads(reply.body)
    return reply.status, body.get("error"), body.get("error_description")


def test_an_organization_is_known_through_its_people(house):
    with pytest.raises(UnknownName):
        house.google.organization("example.com")
    house.google.user("u@example.com").organization = "example.com"
    assert house.google.organization("example.com").session_hours is None


def test_administrators_block_a_client_and_let_it_go_again(house, organization):
    organization.block("N")
    assert refused(house.refresh()) == BLOCKED
    assert house.last.cause == "client_blocked"
    assert organization.blocked_clients == (house.google.client("N").client_id,)
    organization.unblock("N")
    assert house.refresh().status == 200


def test_a_restricted_service_takes_only_trusted_clients(house, organization):
    organization.restrict("gmail.googleapis.com")
    assert refused(house.refresh()) == BLOCKED
    assert house.last.cause == "api_restricted"
    organization.trust("N")
    assert house.refresh().status == 200
    organization.distrust("N")
    organization.unrestrict("gmail.googleapis.com")
    assert house.refresh().status == 200


def test_a_restriction_concerns_its_own_service_and_organization(house, organization):
    organization.restrict("youtube.googleapis.com")
    assert house.refresh().status == 200
    organization.restrict("gmail.googleapis.com")
    house.google.user("u@example.com").organization = ""
    assert house.refresh().status == 200


def test_a_session_ends_and_the_app_is_told_how_to_ask_again(house, organization):
    organization.session_hours = 16
    house.clock.advance(hours=15, minutes=59)
    assert house.refresh().status == 200
    house.clock.advance(minutes=1)
    assert json.loads(house.refresh().body) == {
        "error": "invalid_grant",
        "error_description": "reauth related error (invalid_rapt)",
        "error_uri": "https://support.google.com/a/answer/9368756",
        "error_subtype": "invalid_rapt",
    }
    organization.session_hours = None
    assert house.refresh().status == 200


def test_google_auth_names_the_ended_session(house, organization):
    organization.session_hours = 1
    house.clock.advance(hours=1)
    form = house.refresh_form()
    credentials = Credentials(
        None,
        refresh_token=form["refresh_token"],
        token_uri="https://oauth2.googleapis.com/token",
        client_id=form["client_id"],
        client_secret=form["client_secret"],
    )
    with requests.Session() as session:
        session.mount("https://", requests_adapter(house))
        with pytest.raises(RefreshError, match="Reauthentication is needed"):
            credentials.refresh(Request(session))


def test_signing_in_outlives_the_session(house, organization):
    granted = house.google.user("u@example.com").consent("N", ("openid", "email"))
    organization.session_hours = 1
    house.clock.advance(hours=2)
    assert house.refresh(refresh_token=granted.refresh_token).status == 200


def test_a_new_password_ends_what_reads_mail_and_nothing_else(house):
    user = house.google.user("u@example.com")
    mail = json.loads(house.refresh().body)["access_token"]
    video = user.consent("N", ("youtube.readonly",))
    user.change_password()
    assert refused(house.refresh(refresh_token=user.tokens()[0].refresh_token)) == (
        400,
        "invalid_grant",
        "Token has been expired or revoked.",
    )
    assert house.last.cause == "password_changed"
    assert house.post("/tokeninfo", {"access_token": mail}).status == 400
    assert house.refresh(refresh_token=video.refresh_token).status == 200


def test_a_client_without_use_is_deleted(house):
    form = house.refresh_form()
    house.clock.advance(days=212)
    assert refused(house.post("/token", form)) == (400, "invalid_grant", "Bad Request")
    assert house.last.cause == "unused_for_six_months"
    house.clock.advance(days=1)
    assert refused(house.post("/token", form)) == (401, "deleted_client", "The OAuth client was deleted.")
    assert house.last.cause == "client_unused"


def test_use_keeps_a_client(house):
    form = house.refresh_form()
    for _ in range(3):
        house.clock.advance(days=180)
        assert house.post("/token", form).status == 200


def test_every_death_is_listed_with_its_reason(house):
    user = house.google.user("u@example.com")
    house.clock.advance(days=7)
    user.change_password()
    late = user.consent("N", ("gmail.readonly",))
    user.revoke("N")
    held = {token.refresh_token: token for token in user.tokens()}
    assert [token.dead_reason for token in held.values()] == [
        "password_changed",
        "expired_after_seven_days_in_testing",
        "revoked_by_user",
    ]
    assert held[late.refresh_token].died == house.clock.now()
    assert house.google.held_tokens() == list(held.values())


def test_the_switch_takes_descriptions_away(house):
    assert house.google.settings.error_descriptions
    house.google.settings.error_descriptions = False
    assert json.loads(house.refresh(client_secret="wrong").body) == {"error": "invalid_client"}
    assert json.loads(house.post("/token").body) == {"error": "unsupported_grant_type"}
    house.google.settings.error_descriptions = True
    assert refused(house.refresh(client_secret="wrong"))[2] == "Unauthorized"


def test_a_seed_plants_what_administrators_decided(house):
    house.plant(
        """
error_descriptions: false
users: [{email: emp@corp.example, organization: corp.example}]
clients: []
organizations:
  - {domain: Corp.Example, session_hours: 16, restricted_apis: [gmail.googleapis.com]}
"""
    )
    organization = house.google.organization("corp.example")
    assert (organization.session_hours, organization.restricted_apis) == (16.0, ("gmail.googleapis.com",))
    assert not house.google.settings.error_descriptions

"""What the endpoints say about a token."""

from __future__ import annotations

import json

import pytest

from emulator.kernel.http import Call, Headers

INVALID = {"error": "invalid_token", "error_description": "Invalid Value"}
MISSING = {"error_description": "either access_token, id_token, or token_handle required"}
V3 = [("oauth2.googleapis.com", "/tokeninfo"), ("www.googleapis.com", "/oauth2/v3/tokeninfo")]
LEGACY = [("www.googleapis.com", "/oauth2/v1/tokeninfo"), ("www.googleapis.com", "/oauth2/v2/tokeninfo")]
READONLY = "https://www.googleapis.com/auth/gmail.readonly"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"


@pytest.fixture
def token(house):
    held = house.google.user("u@example.com").consent("N", ("openid", "email", "gmail.readonly"))
    return json.loads(house.refresh(refresh_token=held.refresh_token).body)["access_token"]


@pytest.mark.parametrize(("host", "path"), V3)
def test_the_current_form_answers_nothing_but_strings(house, token, host, path, answer_of):
    client_id = house.google.client("N").client_id
    house.clock.advance(99.5)
    expiry = house.google.tokens.access_token(token).expires_at
    assert answer_of(house.respond(Call("GET", host, path, f"access_token={token}"))) == (
        200,
        {
            "azp": client_id,
            "aud": client_id,
            "sub": house.google.user("u@example.com").sub,
            "scope": f"{READONLY} {EMAIL} openid",
            "exp": str(int(expiry)),
            "expires_in": "3499",
            "email": "u@example.com",
            "email_verified": "true",
            "access_type": "offline",
        },
    )


@pytest.mark.parametrize(("host", "path"), LEGACY)
def test_the_old_forms_have_other_names_and_real_types(house, token, host, path, answer_of):
    client_id = house.google.client("N").client_id
    assert answer_of(house.respond(Call("GET", host, path, f"access_token={token}"))) == (
        200,
        {
            "issued_to": client_id,
            "audience": client_id,
            "user_id": house.google.user("u@example.com").sub,
            "scope": f"{READONLY} {EMAIL} openid",
            "expires_in": 3599,
            "email": "u@example.com",
            "verified_email": True,
            "access_type": "offline",
        },
    )


@pytest.mark.parametrize(("host", "path"), [*V3, *LEGACY])
def test_a_token_without_identity_scopes_names_nobody(house, host, path, answer_of):
    minted = house.google.user("u@example.com").access_token("N", ("gmail.readonly",))
    status, body = answer_of(house.post(path, {"access_token": minted}, host=host))
    assert (status, body["access_type"]) == (200, "online")
    assert not {"sub", "user_id", "email"} & set(body)


@pytest.mark.parametrize(("host", "path"), [*V3, *LEGACY])
def test_a_bearer_header_on_an_empty_post_will_do(house, token, host, path):
    headers = Headers({"Authorization": f"Bearer {token}"})
    assert house.respond(Call("POST", host, path, headers=headers)).status == 200


@pytest.mark.parametrize(("host", "path"), [*V3, *LEGACY])
def test_a_token_that_is_dead_or_none_is_an_invalid_value(house, token, host, path, answer_of):
    assert answer_of(house.post(path, {"access_token": "ya29.nonsense"}, host=host)) == (400, INVALID)
    assert house.last.cause == "token_unknown"
    house.clock.advance(3599)
    assert answer_of(house.post(path, {"access_token": token}, host=host)) == (400, INVALID)
    assert house.last.cause == "token_dead"


def test_a_revoked_token_is_an_invalid_value(house, token, answer_of):
    house.google.user("u@example.com").revoke()
    assert answer_of(house.post("/tokeninfo", {"access_token": token})) == (400, INVALID)


def test_a_refresh_token_is_not_described(house, answer_of):
    sent = {"access_token": house.refresh_form()["refresh_token"]}
    assert answer_of(house.post("/tokeninfo", sent)) == (400, INVALID)


@pytest.mark.parametrize(("host", "path"), [*V3, *LEGACY])
def test_without_a_token_there_is_a_description_and_no_error(house, host, path, answer_of):
    assert answer_of(house.respond(Call("GET", host, path))) == (400, MISSING)

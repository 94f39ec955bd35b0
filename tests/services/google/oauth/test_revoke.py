"""Revocation, by the client at /revoke and by the owner of the account."""

from __future__ import annotations

import json

import pytest

from emulator.kernel.http import Call

DEAD = {"error": "invalid_token", "error_description": "Token expired or revoked"}


def access_token(house, client="N"):
    return json.loads(house.refresh(client=client).body)["access_token"]


def is_live(house, value):
    tokens = house.google.tokens
    return tokens.access_is_live(tokens.access_token(value))


def revoke(house, form):
    def with_form(token):
        return house.post("/revoke", {"token": token})

    def with_query(token):
        return house.post("/revoke", b"", query=f"token={token.replace('/', '%2F')}")

    def with_raw_query(token):
        return house.post("/revoke", b"", query=f"token={token}", content_type="")

    def with_json(token):
        return house.post("/revoke", json.dumps({"token": token}).encode(), content_type="application/json")

    def at_the_old_address(token):
        return house.respond(Call("GET", "accounts.google.com", "/o/oauth2/revoke", f"token={token}"))

    forms = (with_form, with_query, with_raw_query, with_json, at_the_old_address)
    return next(each for each in forms if each.__name__ == form)


FORMS = ["with_form", "with_query", "with_raw_query", "with_json", "at_the_old_address"]


@pytest.mark.parametrize("form", FORMS)
def test_a_refresh_token_is_revoked_with_all_that_came_of_it(house, form):
    access, refresh_form = access_token(house), house.refresh_form()
    reply = revoke(house, form)(refresh_form["refresh_token"])
    assert (reply.status, reply.body) == (200, b"{}")
    assert reply.headers.get("content-type") == "application/json; charset=utf-8"
    assert not is_live(house, access)
    again = house.post("/token", refresh_form)
    assert json.loads(again.body)["error_description"] == "Token has been expired or revoked."
    assert house.last.cause == "revoked_by_client"


def test_revoking_an_access_token_kills_its_refresh_token_too(house):
    access, form = access_token(house), house.refresh_form()
    assert house.post("/revoke", {"token": access}).status == 200
    assert house.post("/token", form).status == 400
    assert not is_live(house, access)


def test_revocation_takes_every_client_of_the_project_and_no_other_project(house):
    user = house.google.user("u@example.com")
    web = user.consent("W", ("gmail.readonly",))
    other = house.refresh_form("T")
    house.post("/revoke", {"token": user.credentials("N").refresh_token})
    sent = house.refresh_form("T", refresh_token=web.refresh_token)
    client = house.google.client("W")
    assert house.post("/token", sent | {"client_id": client.client_id, "client_secret": client.secret}).status == 400
    assert house.post("/token", other).status == 200
    assert user.all_credentials()[0].client == "T"


def test_revocation_leaves_other_accounts_alone(house):
    held = house.google.user("v@example.com").consent("N", ("gmail.readonly",))
    house.post("/revoke", {"token": house.refresh_form()["refresh_token"]})
    form = {
        "grant_type": "refresh_token",
        "client_id": held.client_id,
        "client_secret": held.client_secret,
        "refresh_token": held.refresh_token,
    }
    assert house.post("/token", form).status == 200


@pytest.mark.parametrize("token", ["nonsense", "1//nonsense", "ya29.nonsense"])
def test_an_unknown_token_is_invalid(house, token, answer_of):
    assert answer_of(house.post("/revoke", {"token": token})) == (400, DEAD)
    assert house.last.cause == "token_dead"


def test_a_token_can_be_revoked_once(house, answer_of):
    token = house.refresh_form()["refresh_token"]
    house.post("/revoke", {"token": token})
    assert answer_of(house.post("/revoke", {"token": token})) == (400, DEAD)


def test_an_expired_access_token_revokes_nothing(house, answer_of):
    access = access_token(house)
    house.clock.advance(3599)
    assert answer_of(house.post("/revoke", {"token": access})) == (400, DEAD)
    assert house.refresh().status == 200


@pytest.mark.parametrize("body", [b"", b"token=", b"other=x"])
def test_without_a_token_the_request_is_invalid(house, body):
    reply = house.post("/revoke", body)
    assert (reply.status, json.loads(reply.body)["error"]) == (400, "invalid_request")
    assert house.last.cause == "parameter_missing"


def test_the_current_address_takes_only_posts(house):
    reply = house.respond(Call("GET", "oauth2.googleapis.com", "/revoke", "token=x"))
    assert (reply.status, reply.headers.get("content-type")) == (404, "text/html; charset=UTF-8")


def test_a_second_consent_after_revocation_starts_anew(house):
    user = house.google.user("u@example.com")
    user.revoke("N")
    assert house.google.tokens.granted("u@example.com", "live") == ()
    held = user.consent("N", ("gmail.readonly",))
    assert house.refresh(refresh_token=held.refresh_token).status == 200

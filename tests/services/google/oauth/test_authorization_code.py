"""The code grant: what a code is exchanged for, by whom, how often, and until when (probes 10 and 11)."""

from __future__ import annotations

import json

import pytest

from emulator.kernel.oauth import challenge_of

VERIFIER = "v" * 43
READONLY = "https://www.googleapis.com/auth/gmail.readonly"


def ok(reply):
    assert reply.status == 200, reply.body
    return json.loads(reply.body)


def refused(reply):
    return reply.status, *[json.loads(reply.body).get(name) for name in ("error", "error_description")]


def test_a_code_is_exchanged_for_an_access_and_a_refresh_token(house, issue, exchange):
    answer = ok(exchange(issue()))
    assert list(answer) == ["access_token", "expires_in", "refresh_token", "scope", "token_type"]
    assert (answer["expires_in"], answer["scope"], answer["token_type"]) == (3599, READONLY, "Bearer")
    assert answer["refresh_token"].startswith("1//0")
    assert ok(house.refresh(refresh_token=answer["refresh_token"]))["scope"] == READONLY
    assert house.last.principal == "u@example.com"


def test_a_code_works_once(issue, exchange, house):
    code = issue()
    ok(exchange(code))
    before = house.tables()
    assert refused(exchange(code)) == (400, "invalid_grant", "Bad Request")
    assert (house.last.cause, house.tables()) == ("code_used", before)


def test_a_code_lives_ten_minutes(house, issue, exchange):
    in_time, late = issue(), issue()
    house.clock.advance(599)
    ok(exchange(in_time))
    house.clock.advance(2)
    assert refused(exchange(late)) == (400, "invalid_grant", "Bad Request")
    assert house.last.cause == "code_expired"


def test_a_code_is_good_for_its_client_only(house, issue, exchange):
    assert refused(exchange(issue("W"), "N")) == (400, "invalid_grant", "Bad Request")
    assert house.last.cause == "code_of_another_client"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "foo"}, (400, "invalid_grant", "Malformed auth code.")),
        ({"code": "4%2F0AeanS0b"}, (400, "invalid_grant", "Malformed auth code.")),
        ({"code": "4/0A" + "x" * 69}, (400, "invalid_grant", "Bad Request")),
        ({"code": None}, (400, "invalid_request", "Missing required parameter: code")),
        ({"redirect_uri": None}, (400, "invalid_request", "Missing parameter: redirect_uri")),
        ({"redirect_uri": "https://app.example.com/callback/"}, (400, "redirect_uri_mismatch", "Bad Request")),
        ({"client_secret": "wrong"}, (401, "invalid_client", "Unauthorized")),
        ({"client_secret": None}, (400, "invalid_request", "client_secret is missing.")),
        ({"client_id": "nobody"}, (401, "invalid_client", "The OAuth client was not found.")),
        ({"client_id": None}, (400, "invalid_request", "Could not determine client ID from request.")),
        ({"code_verifier": VERIFIER}, (400, "invalid_grant", "code_verifier or verifier is not needed.")),
    ],
)
def test_each_mistake_has_its_own_answer_and_spares_the_code(house, issue, exchange, changes, expected):
    code = issue()
    before = house.tables()
    assert (
        refused(exchange(changes.get("code", code) if "code" in changes else code, **_without_code(changes)))
        == expected
    )
    assert house.tables() == before
    ok(exchange(code))


def _without_code(changes):
    return {name: value for name, value in changes.items() if name != "code"}


@pytest.mark.parametrize("method", ["S256", "plain"])
def test_a_challenge_asks_for_its_verifier(house, issue, exchange, method):
    code = issue(challenge=challenge_of(VERIFIER, method), method=method)
    assert refused(exchange(code)) == (400, "invalid_grant", "Missing code verifier.")
    assert refused(exchange(code, code_verifier="w" * 43)) == (400, "invalid_grant", "Invalid code verifier.")
    ok(exchange(code, code_verifier=VERIFIER))


def test_basic_authentication_alone_names_the_client(house, issue):
    form = {"grant_type": "authorization_code", "code": issue(), "redirect_uri": "https://app.example.com/callback"}
    client = house.google.client("N")
    ok(house.post("/token", form, basic=(client.client_id, client.secret)))


@pytest.mark.parametrize(
    ("client", "facts", "expected"),
    [
        ("N", {"offline": False, "consent_shown": False}, True),
        ("W", {"offline": True, "consent_shown": True}, True),
        ("W", {"offline": True, "consent_shown": False}, False),
        ("W", {"offline": True, "consent_shown": False, "new_scopes": True}, True),
        ("W", {"offline": False, "consent_shown": True}, False),
    ],
)
def test_who_gets_a_refresh_token(issue, exchange, client, facts, expected):
    assert ("refresh_token" in ok(exchange(issue(client, **facts), client))) is expected


def test_a_desktop_client_can_be_made_to_follow_the_rule_of_web_clients(house, issue, exchange):
    house.google.client("N").desktop_like_web = True
    assert "refresh_token" not in ok(exchange(issue(consent_shown=False)))
    assert "refresh_token" in ok(exchange(issue(consent_shown=True)))


def test_a_token_without_a_refresh_token_is_an_online_one(house, issue, exchange):
    token = ok(exchange(issue("W", offline=False), "W"))["access_token"]
    assert ok(house.post("/tokeninfo", {"access_token": token}))["access_type"] == "online"


def test_a_second_consent_brings_another_refresh_token_and_spares_the_first(house, issue, exchange):
    first, second = (ok(exchange(issue()))["refresh_token"] for _ in range(2))
    assert first != second
    for token in (first, second):
        ok(house.refresh(refresh_token=token))


def test_an_address_implies_openid(issue, exchange):
    answer = ok(exchange(issue(scopes=("email", "profile"))))
    assert set(answer["scope"].split()) == {
        "openid",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://www.googleapis.com/auth/userinfo.profile",
    }
    assert answer["id_token"].count(".") == 2


def test_a_project_in_testing_tells_the_seven_days(issue, exchange):
    answer = ok(exchange(issue("T"), "T"))
    assert answer["refresh_token_expires_in"] == 604799


def test_the_user_may_limit_the_access_in_time(house, issue, exchange):
    day = 86400
    answer = ok(exchange(issue(lifetime=float(day))))
    assert answer["refresh_token_expires_in"] == day - 1
    house.clock.advance(day - 1)
    ok(house.refresh(refresh_token=answer["refresh_token"]))
    house.clock.advance(1)
    reply = house.refresh(refresh_token=answer["refresh_token"])
    assert refused(reply) == (400, "invalid_grant", "Token has been expired or revoked.")
    assert house.last.cause == "time_limited_access_ended"


def test_testing_ends_an_access_the_user_allowed_for_longer(house, issue, exchange):
    assert ok(exchange(issue("T", lifetime=30 * 86400.0), "T"))["refresh_token_expires_in"] == 604799
    assert house.google.user("u@example.com").tokens()[-1].dead_reason is None
    house.clock.advance(days=7)
    assert house.google.user("u@example.com").tokens()[-1].dead_reason == "expired_after_seven_days_in_testing"


def test_an_account_disabled_after_its_consent_gets_no_tokens(house, issue, exchange):
    code = issue()
    house.google.user("u@example.com").disabled = True
    assert refused(exchange(code)) == (400, "invalid_grant", "Account has been disabled")
    house.google.user("u@example.com").disabled = False
    ok(exchange(code))


def test_a_code_of_another_world_is_unknown(house, exchange):
    assert refused(exchange("4/0A" + "z" * 69)) == (400, "invalid_grant", "Bad Request")
    assert house.last.cause == "code_unknown"


def test_revoking_before_the_exchange_ends_the_code_too(house, issue, exchange):
    code = issue()
    house.google.user("u@example.com").revoke("N")
    assert refused(exchange(code)) == (400, "invalid_grant", "Bad Request")
    assert house.last.cause == "grant_revoked"

"""Service accounts: assertions that prove a key, and domain-wide delegation (section 2.6 of the sheet)."""

from __future__ import annotations

import json

import pytest
import requests
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import service_account

from emulator.doors.inprocess import requests_adapter
from emulator.kernel.live import UnknownName
from emulator.services.google.jws import parse_jws, signed_jws
from emulator.services.rsa_keys import private_key_pem

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
READONLY = "https://www.googleapis.com/auth/gmail.readonly"
SHORT_LIVED = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)
UNAUTHORIZED = (
    "Client is unauthorized to retrieve access tokens using this method, "
    "or client not authorized for any of the scopes requested."
)
ROBOT = "robot@works.iam.gserviceaccount.com"
SEED = """
projects:
  - {id: works, number: 400000000001, publishing_status: production}
users:
  - {email: emp@corp.example, organization: corp.example}
service_accounts:
  - name: robot
    project: works
    delegations:
      - {organization: corp.example, scopes: [gmail.readonly, openid]}
  - {name: plain, project: works}
"""


@pytest.fixture(autouse=True)
def _robots(house):
    house.plant(SEED)


@pytest.fixture
def robot(house):
    return house.google.service_account("robot")


@pytest.fixture
def ask(house, robot):
    """Send an assertion of the robot; changes to ``None`` leave a claim out."""

    def asking(key=None, kid=None, **changes):
        info = robot.key_info()
        now = house.clock.seconds()
        claims = {
            "iss": robot.email,
            "scope": READONLY,
            "aud": "https://oauth2.googleapis.com/token",
            "iat": now,
            "exp": now + 3600,
        }
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        assertion = signed_jws(claims, key or info["private_key"], kid or info["private_key_id"])
        return house.post("/token", {"grant_type": GRANT, "assertion": assertion})

    return asking


def body(reply):
    return json.loads(reply.body)


def refused(reply):
    return reply.status, *[body(reply).get(name) for name in ("error", "error_description")]


def test_an_assertion_brings_an_hours_token_and_nothing_else(house, ask):
    reply = ask()
    assert list(body(reply)) == ["access_token", "expires_in", "token_type"]
    assert (reply.status, body(reply)["expires_in"]) == (200, 3599)
    assert house.last.principal == ROBOT
    assert body(house.post("/tokeninfo", {"access_token": body(reply)["access_token"]}))["scope"] == READONLY


def test_delegation_lets_it_act_as_a_user(house, ask):
    assert ask(sub="emp@corp.example").status == 200
    assert house.last.principal == "emp@corp.example"


def test_delegation_ends_and_begins_at_once(ask, robot):
    robot.end_delegation("corp.example")
    assert refused(ask(sub="emp@corp.example")) == (401, "unauthorized_client", UNAUTHORIZED)
    robot.delegate("corp.example", ("gmail.readonly",))
    assert ask(sub="emp@corp.example").status == 200


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sub": "emp@corp.example", "scope": "https://mail.google.com/"}, (401, "unauthorized_client", UNAUTHORIZED)),
        ({"sub": "u@example.com"}, (401, "unauthorized_client", UNAUTHORIZED)),
        ({"sub": "nobody@corp.example"}, (400, "invalid_grant", "Invalid email or User ID")),
        ({"sub": "emp"}, (400, "invalid_request", "Invalid impersonation &quot;sub&quot; field.")),
        ({"sub": 7}, (400, "invalid_request", "Invalid impersonation &quot;sub&quot; field.")),
        ({"iss": "robot"}, (400, "invalid_grant", "Not a valid email")),
        ({"iss": None}, (400, "invalid_grant", "Not a valid email")),
        ({"iss": "u@example.com"}, (400, "invalid_grant", "Invalid JWT: No valid verifier found for issuer")),
        (
            {"iss": "gone@works.iam.gserviceaccount.com"},
            (400, "invalid_grant", "Invalid grant: account not found"),
        ),
        ({"scope": None}, (400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")),
        ({"scope": "nonsense"}, (400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")),
        (
            {"aud": "https://example.com/token"},
            (
                400,
                "invalid_grant",
                "Invalid JWT: Failed audience check. The right audience is https://oauth2.googleapis.com/token",
            ),
        ),
        ({"iat": None}, (400, "invalid_grant", SHORT_LIVED)),
        ({"exp": "soon"}, (400, "invalid_grant", SHORT_LIVED)),
        ({"exp": 10**400}, (400, "invalid_grant", SHORT_LIVED)),
        ({"iat": True}, (400, "invalid_grant", SHORT_LIVED)),
    ],
)
def test_each_mistake_has_its_own_answer_and_changes_nothing(house, ask, robot, changes, expected):
    robot.key_info()
    before = house.tables()
    assert refused(ask(**changes)) == expected
    assert house.tables() == before


@pytest.mark.parametrize(("issued", "expires"), [(-7200, -3600), (0, 3601), (301, 3600), (0, 0), (10, 5)])
def test_an_assertion_is_short_lived(house, ask, issued, expires):
    now = house.clock.seconds()
    assert refused(ask(iat=now + issued, exp=now + expires)) == (400, "invalid_grant", SHORT_LIVED)


def test_a_signature_counts_by_a_living_key_of_the_account(house, ask, robot):
    invalid = (400, "invalid_grant", "Invalid JWT Signature.")
    assert refused(ask(key=private_key_pem("a key of nobody"))) == invalid
    assert refused(ask(kid="0" * 40)) == invalid
    info = robot.key_info()
    robot.delete_key(info["private_key_id"])
    assert refused(ask(key=info["private_key"], kid=info["private_key_id"])) == invalid
    assert ask().status == 200


def test_an_older_key_stays_good_beside_a_new_one(ask, robot):
    old = robot.key_info()
    assert robot.create_key() != old["private_key_id"]
    assert ask(key=old["private_key"], kid=old["private_key_id"]).status == 200
    with pytest.raises(UnknownName):
        robot.delete_key("0" * 40)


@pytest.mark.parametrize(
    "assertion", ["x", "a.b", "a.b.c", "e30.e30.e30", "\u00e4.\u00e4.\u00e4", "....", "W10.W10.W10"]
)
def test_what_is_no_assertion_is_a_bad_grant(house, assertion):
    reply = house.post("/token", {"grant_type": GRANT, "assertion": assertion})
    assert refused(reply)[:2] == (400, "invalid_grant")
    assert not house.journal.crashes


def test_an_assertion_has_to_be_there(house):
    reply = house.post("/token", {"grant_type": GRANT})
    assert refused(reply) == (400, "invalid_request", "Missing required parameter: assertion")


def test_a_disabled_service_account_is_not_found(ask, robot):
    robot.disabled = True
    assert refused(ask()) == (400, "invalid_grant", "Invalid grant: account not found")


def test_states_of_the_user_and_the_administrators_count(house, ask, robot):
    house.google.user("emp@corp.example").disabled = True
    assert refused(ask(sub="emp@corp.example")) == (403, "access_denied", "Account restricted")
    house.google.user("emp@corp.example").disabled = False
    house.google.organization("corp.example").block(robot.client_id)
    assert refused(ask(sub="emp@corp.example")) == (403, "access_denied", "Requested client not authorized")


def test_its_client_id_is_no_oauth_client(house, robot):
    form = house.refresh_form() | {"client_id": robot.client_id, "client_secret": "x"}
    assert refused(house.post("/token", form)) == (401, "invalid_client", "The OAuth client was not found.")


def test_an_audience_of_its_choice_brings_an_id_token_alone(ask, robot):
    answer = body(ask(target_audience="https://run.example.com", scope=None))
    assert list(answer) == ["id_token"]
    claims = parse_jws(answer["id_token"]).claims
    assert (claims["aud"], claims["email"], claims["sub"]) == ("https://run.example.com", ROBOT, robot.client_id)


@pytest.mark.parametrize(
    ("audience", "status"),
    [
        ("http://127.0.0.1:4010/token", 200),
        ("http://[::1]:4010/token", 200),
        ("http://localhost/token", 200),
        ("http://127.0.0.1:4010/other", 400),
        ("http://127.0.0.1.example.com/token", 400),
        ("ftp://127.0.0.1/token", 400),
    ],
)
def test_on_loopback_an_assertion_may_be_meant_for_the_loopback_address(house, robot, audience, status):
    info, now = robot.key_info(), house.clock.seconds()
    claims = {"iss": robot.email, "scope": "openid", "aud": audience, "iat": now, "exp": now + 60}
    form = {"grant_type": GRANT, "assertion": signed_jws(claims, info["private_key"], info["private_key_id"])}
    assert house.post("/token", form, host="127.0.0.1").status == status
    assert house.post("/token", form).status == 400


# -- google-auth -------------------------------------------------------------------------------------------------


@pytest.fixture
def refreshed(house, robot, monkeypatch):
    """Refresh google-auth's own credentials of the robot's key file."""
    import google.auth._helpers

    monkeypatch.setattr(google.auth._helpers, "utcnow", lambda: house.clock.now().replace(tzinfo=None))

    def refreshing(subject=None, scopes=(READONLY,)):
        info = json.loads(robot.key_json())
        made = service_account.Credentials.from_service_account_info(info, scopes=list(scopes), subject=subject)
        with requests.Session() as session:
            session.mount("https://", requests_adapter(house))
            made.refresh(Request(session))
        return made

    return refreshing


def test_google_auth_reads_the_key_file_and_gets_a_token(house, refreshed):
    made = refreshed()
    assert made.service_account_email == ROBOT
    assert made.token.startswith("ya29.")
    assert refreshed("emp@corp.example").token != made.token
    assert house.last.principal == "emp@corp.example"


def test_google_auth_meets_the_missing_delegation(refreshed, robot):
    robot.end_delegation("corp.example")
    with pytest.raises(RefreshError) as caught:
        refreshed("emp@corp.example")
    assert caught.value.args[0] == f"unauthorized_client: {UNAUTHORIZED}"


def test_google_auth_meets_a_deleted_key(refreshed, robot):
    kid = robot.key_info()["private_key_id"]
    robot.create_key()
    robot.delete_key(kid)
    assert refreshed().token


def test_two_worlds_have_the_same_key_files(robot):
    assert robot.key_info()["private_key"] == private_key_pem(f"service account key 0 of {ROBOT}")

"""Whatever is sent to the endpoints: Google's answer, never a crash, and an error changes nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.kernel.http import Call, Headers
from emulator.services.google.jws import base64url, signed_jws
from emulator.services.google.oauth.grants import GRANTS

TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "\0", "\ud800", "x" * 100_000, "%2F", "4/0A" + "x" * 69, "e30.e30.e30", "1//0", "openid"]),
)
NAMES = ("client_id", "client_secret", "code", "redirect_uri", "code_verifier", "device_code", "refresh_token", "scope")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
QUIET = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def robot(house):
    house.plant("projects: [{id: works, number: 400000000001}]\nservice_accounts: [{name: robot, project: works}]\n")
    return house.google.service_account("robot")


def encoded(pairs):
    return [(name.encode("utf-8", "replace"), value.encode("utf-8", "replace")) for name, value in pairs]


def unchanged(house, send):
    """Send a call; unless it succeeds, nothing may be different."""
    before, position = house.tables(), house.kernel.ids.position
    reply = send()
    assert not house.journal.crashes
    assert reply.status in {200, 400, 401, 403, 428}, reply.body
    json.loads(reply.body)
    if reply.status != 200:
        assert (house.tables(), house.kernel.ids.position) == (before, position)
    return reply


@QUIET
@given(data=st.data(), as_json=st.booleans())
@pytest.mark.parametrize("grant_type", sorted(GRANTS))
def test_no_parameters_whatever_crash_a_grant(house, issue, grant_type, data, as_json):
    client = house.google.client("N")
    right = {
        "client_id": client.client_id,
        "client_secret": client.secret,
        "code": issue(),
        "redirect_uri": "https://app.example.com/callback",
    }
    kept = data.draw(st.sets(st.sampled_from(sorted(right))))
    odd = data.draw(st.lists(st.tuples(st.sampled_from((*NAMES, "assertion", "\ud800")), TEXT), max_size=6))
    pairs = [*((name, right[name]) for name in sorted(kept)), *odd, ("grant_type", grant_type)]
    if as_json:
        content = json.dumps(dict(pairs)).encode()
        unchanged(house, lambda: house.post("/token", content, content_type="application/json"))
    else:
        unchanged(house, lambda: house.post("/token", encoded(pairs)))


@QUIET
@given(header=JSON, claims=JSON)
def test_no_assertion_whatever_crashes_the_endpoint(house, header, claims):
    parts = [base64url(json.dumps(part).encode()).decode() for part in (header, claims)]
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": ".".join((*parts, "c2ln"))}
    assert unchanged(house, lambda: house.post("/token", form)).status == 400


@QUIET
@given(claims=st.dictionaries(st.sampled_from(["iss", "sub", "aud", "scope", "iat", "exp", "target_audience"]), JSON))
def test_no_signed_claims_whatever_crash_the_endpoint(house, robot, claims):
    info = robot.key_info()
    now = house.clock.seconds()
    right = {"iss": robot.email, "aud": info["token_uri"], "scope": "openid", "iat": now, "exp": now + 60}
    assertion = signed_jws(right | claims, info["private_key"], info["private_key_id"])
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    unchanged(house, lambda: house.post("/token", form))


@QUIET
@given(pairs=st.lists(st.tuples(st.sampled_from(["client_id", "scope", "token", "id_token", "access_token"]), TEXT)))
@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("oauth2.googleapis.com", "/device/code"),
        ("oauth2.googleapis.com", "/tokeninfo"),
        ("openidconnect.googleapis.com", "/v1/userinfo"),
        ("www.googleapis.com", "/oauth2/v1/tokeninfo"),
    ],
)
def test_the_neighbours_of_the_token_endpoint_take_anything(house, host, path, pairs):
    unchanged(house, lambda: house.post(path, encoded(pairs), host=host))


@QUIET
@given(authorization=st.text(st.characters(max_codepoint=255), max_size=60))
def test_userinfo_takes_any_authorization(house, authorization):
    headers = Headers({"Authorization": f"Bearer {authorization}"})
    reply = house.respond(Call("GET", "www.googleapis.com", "/oauth2/v2/userinfo", headers=headers))
    assert reply.status == 401
    assert not house.journal.crashes


@QUIET
@given(pairs=st.lists(st.tuples(st.sampled_from(["form", "user_code", "action", "account"]), TEXT)))
def test_the_device_page_takes_anything(house, pairs):
    reply = house.post("/device", encoded(pairs), host="www.google.com")
    assert reply.status == 200
    assert not house.journal.crashes

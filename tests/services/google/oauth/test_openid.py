"""ID tokens, the keys that verify them, userinfo and the OpenID configuration (probes 8 and 24)."""

from __future__ import annotations

import base64
import json
from hashlib import sha256

import google.oauth2.id_token
import pytest
import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request

from emulator.doors.inprocess import requests_adapter
from emulator.kernel.http import Call, Headers
from emulator.services.google.jws import base64url, parse_jws, signed_jws
from emulator.services.rsa_keys import private_key_pem

EVERYTHING = ("openid", "email", "profile")


def body(reply):
    return json.loads(reply.body)


def get(house, host, path, token="", query=""):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return house.respond(Call("GET", host, path, query, Headers(headers)))


@pytest.fixture
def session(house):
    with requests.Session() as made:
        made.mount("https://", requests_adapter(house))
        yield made


@pytest.fixture
def sign_in(issue, exchange):
    """Tokens of u@example.com for the desktop client."""

    def signing_in(scopes=EVERYTHING, **facts):
        reply = exchange(issue(scopes=scopes, **facts))
        assert reply.status == 200, reply.body
        return body(reply)

    return signing_in


@pytest.fixture
def _present(house, monkeypatch):
    """google-auth's clock, set to the emulated one: it allows no skew."""
    from google.auth import jwt

    monkeypatch.setattr(jwt._helpers, "utcnow", lambda: house.clock.now().replace(tzinfo=None))


@pytest.mark.usefixtures("_present")
def test_google_auth_verifies_an_id_token(house, session, sign_in):
    audience = house.google.client("N").client_id
    answer = sign_in(nonce="n-0S6_WzA2Mj")
    claims = google.oauth2.id_token.verify_oauth2_token(answer["id_token"], Request(session), audience)
    half = base64.urlsafe_b64encode(sha256(answer["access_token"].encode()).digest()[:16]).rstrip(b"=").decode()
    assert list(claims) == [
        *("iss", "azp", "aud", "sub", "email", "email_verified", "at_hash", "nonce", "name", "picture", "iat", "exp"),
    ]
    assert claims["iss"] == "https://accounts.google.com"
    assert claims["azp"] == claims["aud"] == audience
    assert claims["sub"] == house.google.user("u@example.com").sub
    assert len(claims["sub"]) == 21
    assert (claims["email"], claims["email_verified"], claims["name"]) == ("u@example.com", True, "Ursula")
    assert (claims["at_hash"], claims["nonce"]) == (half, "n-0S6_WzA2Mj")
    assert claims["exp"] - claims["iat"] == 3600


@pytest.mark.usefixtures("_present")
def test_google_auth_refuses_a_token_for_somebody_else_and_one_past_its_hour(house, session, sign_in):
    token = sign_in()["id_token"]
    with pytest.raises(GoogleAuthError, match="wrong audience"):
        google.oauth2.id_token.verify_oauth2_token(token, Request(session), "another-client")
    house.clock.advance(3601)
    with pytest.raises(GoogleAuthError, match="Token expired"):
        google.oauth2.id_token.verify_oauth2_token(token, Request(session), house.google.client("N").client_id)


@pytest.mark.usefixtures("_present")
def test_the_time_of_issue_is_never_in_the_future(house, session, sign_in):
    house.clock.advance(0.999)
    audience = house.google.client("N").client_id
    claims = google.oauth2.id_token.verify_oauth2_token(sign_in()["id_token"], Request(session), audience)
    assert claims["iat"] <= house.clock.time()


def test_claims_follow_the_scopes(house, sign_in):
    house.google.user("u@example.com").organization = "example.com"
    alone = parse_jws(sign_in(("openid",))["id_token"]).claims
    assert not alone.keys() & {"email", "name", "hd", "picture"}
    with_email = parse_jws(sign_in(("openid", "email"))["id_token"]).claims
    assert (with_email["hd"], with_email["email"]) == ("example.com", "u@example.com")
    assert "name" not in with_email


def test_a_refresh_brings_a_new_id_token_without_nonce(house, sign_in):
    granted = sign_in(nonce="once")
    refreshed = body(house.refresh(refresh_token=granted["refresh_token"]))
    claims = parse_jws(refreshed["id_token"]).claims
    assert "nonce" not in claims
    assert claims["at_hash"] != parse_jws(granted["id_token"]).claims["at_hash"]


def test_no_key_is_made_before_one_is_needed(house, sign_in):
    house.refresh()
    sign_in(("gmail.readonly",))
    assert house.world.value("SELECT count(*) FROM google_signing_key") == 0


def test_two_worlds_of_one_entropy_publish_the_same_keys_and_draw_no_id_for_them(house):
    twin, position = type(house)(), house.kernel.ids.position
    try:
        one, other = (get(each, "www.googleapis.com", "/oauth2/v1/certs").body for each in (house, twin))
    finally:
        twin.world.close()
    assert one == other
    assert house.kernel.ids.position == position


def test_both_routes_publish_the_same_two_keys(house):
    keys = get(house, "www.googleapis.com", "/oauth2/v3/certs")
    certificates = get(house, "www.googleapis.com", "/oauth2/v1/certs")
    assert {key["kid"] for key in body(keys)["keys"]} == set(body(certificates))
    assert len(body(certificates)) == 2
    for key in body(keys)["keys"]:
        assert list(key) == ["kid", "kty", "alg", "use", "n", "e"]
        assert (key["kty"], key["alg"], key["use"], key["e"]) == ("RSA", "RS256", "sig", "AQAB")
        assert len(key["kid"]) == 40
    for reply in (keys, certificates):
        assert reply.headers.get("cache-control") == "public, max-age=21600, must-revalidate, no-transform"


def test_a_certificate_holds_the_key_of_its_kid(house):
    from cryptography import x509

    keys = {key["kid"]: key for key in body(get(house, "www.googleapis.com", "/oauth2/v3/certs"))["keys"]}
    for kid, pem in body(get(house, "www.googleapis.com", "/oauth2/v1/certs")).items():
        public = x509.load_pem_x509_certificate(pem.encode()).public_key()
        octets = public.public_numbers().n.to_bytes(256, "big")
        assert base64url(octets).decode() == keys[kid]["n"]


def test_the_configuration_names_the_endpoints(house):
    reply = get(house, "accounts.google.com", "/.well-known/openid-configuration")
    configuration = body(reply)
    assert reply.headers.get("cache-control").startswith("public, max-age=")
    assert configuration["issuer"] == "https://accounts.google.com"
    assert configuration["jwks_uri"] == "https://www.googleapis.com/oauth2/v3/certs"
    assert configuration["device_authorization_endpoint"] == "https://oauth2.googleapis.com/device/code"
    assert configuration["response_types_supported"][-1] == "none"
    assert configuration["grant_types_supported"][-1] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert len(configuration) == 15


# -- userinfo ----------------------------------------------------------------------------------------------------

CURRENT = [("openidconnect.googleapis.com", "/v1/userinfo"), ("www.googleapis.com", "/oauth2/v3/userinfo")]
LEGACY = [("www.googleapis.com", path) for path in ("/oauth2/v2/userinfo", "/oauth2/v1/userinfo", "/userinfo/v2/me")]


@pytest.mark.parametrize(("host", "path"), CURRENT)
def test_userinfo_shows_what_the_scopes_allow(house, sign_in, host, path):
    house.google.user("u@example.com").organization = "example.com"
    everything = body(get(house, host, path, sign_in()["access_token"]))
    assert everything == {
        "sub": house.google.user("u@example.com").sub,
        "name": "Ursula",
        "picture": everything["picture"],
        "email": "u@example.com",
        "email_verified": True,
        "hd": "example.com",
    }
    assert set(body(get(house, host, path, sign_in(("openid",))["access_token"]))) == {"sub", "picture"}


@pytest.mark.parametrize(("host", "path"), CURRENT)
@pytest.mark.parametrize("why", ["missing", "unknown", "expired", "revoked", "disabled", "no_identity_scope"])
def test_userinfo_refuses_with_one_voice(house, sign_in, host, path, why):
    token = sign_in(("gmail.readonly",) if why == "no_identity_scope" else EVERYTHING)["access_token"]
    if why == "expired":
        house.clock.advance(3600)
    elif why == "revoked":
        house.google.user("u@example.com").revoke("N")
    elif why == "disabled":
        house.google.user("u@example.com").disabled = True
    given = {"missing": "", "unknown": "ya29.nothing"}.get(why, token)
    reply = get(house, host, path, given)
    assert reply.status == 401
    assert body(reply) == {"error": "invalid_request", "error_description": "Invalid Credentials"}


@pytest.mark.parametrize(("host", "path"), LEGACY)
def test_the_older_userinfo_has_other_names(house, sign_in, host, path):
    answer = body(get(house, host, path, sign_in()["access_token"]))
    assert answer["id"] == house.google.user("u@example.com").sub
    assert answer["verified_email"] is True
    assert "sub" not in answer


@pytest.mark.parametrize(("host", "path"), LEGACY)
def test_the_older_userinfo_refuses_as_apis_do(house, sign_in, host, path):
    missing = get(house, host, path)
    assert (missing.status, body(missing)["error"]["errors"][0]["reason"]) == (401, "required")
    assert missing.headers.get("www-authenticate") == 'Bearer realm="https://accounts.google.com/"'
    unknown = get(house, host, path, "ya29.nothing")
    assert (unknown.status, body(unknown)["error"]["errors"][0]["reason"]) == (401, "authError")
    narrow = get(house, host, path, sign_in(("gmail.readonly",))["access_token"])
    assert (narrow.status, body(narrow)["error"]["errors"][0]["reason"]) == (403, "insufficientPermissions")


def test_the_token_may_stand_in_the_query(house, sign_in):
    token = sign_in()["access_token"]
    assert get(house, *CURRENT[0], query=f"access_token={token}").status == 200


# -- tokeninfo of ID tokens --------------------------------------------------------------------------------------


def test_tokeninfo_spells_an_id_token_out(house, sign_in):
    token = sign_in()["id_token"]
    answer = body(house.post("/tokeninfo", {"id_token": token}))
    assert all(isinstance(value, str) for value in answer.values())
    assert (answer["alg"], answer["typ"], answer["email_verified"]) == ("RS256", "JWT", "true")
    assert answer["kid"] == parse_jws(token).header["kid"]
    old = body(house.post("/oauth2/v1/tokeninfo", {"id_token": token}, host="www.googleapis.com"))
    assert (old["audience"], old["expires_in"], old["email_verified"]) == (answer["aud"], 3600, True)


def _tampered(token):
    header, claims, signature = token.split(".")
    return ".".join((header, claims[:-2] + ("AA" if claims[-2:] != "AA" else "BB"), signature))


def _of_another_key(token):
    own = parse_jws(token)
    return signed_jws(dict(own.claims), private_key_pem("a key nobody published"), own.header["kid"])


def _unsigned(token):
    header = base64url(b'{"alg":"none","typ":"JWT"}').decode()
    return f"{header}.{token.split('.')[1]}."


@pytest.mark.parametrize("forged", [_tampered, _of_another_key, _unsigned, lambda _: "a.b.c", lambda _: "x"])
def test_a_forged_id_token_is_an_invalid_value(house, sign_in, forged):
    reply = house.post("/tokeninfo", {"id_token": forged(sign_in()["id_token"])})
    assert (reply.status, body(reply)) == (400, {"error": "invalid_token", "error_description": "Invalid Value"})


def test_an_id_token_past_its_hour_is_an_invalid_value(house, sign_in):
    token = sign_in()["id_token"]
    house.clock.advance(3600)
    assert house.post("/tokeninfo", {"id_token": token}).status == 400
    assert house.last.cause == "token_expired"


def test_an_account_of_another_world_is_an_invalid_value(house, sign_in):
    token = sign_in()["id_token"]
    with house.world.transaction():
        house.world.execute("DELETE FROM google_account WHERE email = 'u@example.com'")
    assert house.post("/tokeninfo", {"id_token": token}).status == 400

"""Signatures: what is signed verifies, what was touched does not, and no text whatever does harm."""

from __future__ import annotations

import json

import pytest
from google.auth import jwt
from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.jws import MalformedJws, base64url, parse_jws, signed_jws
from emulator.services.rsa_keys import private_key_pem, public_key_pem

PRIVATE = private_key_pem("tests of signatures")
PUBLIC = public_key_pem(PRIVATE)


def test_a_signature_verifies_by_its_key_alone():
    token = parse_jws(signed_jws({"a": 1}, PRIVATE, "kid"))
    assert token.verified_by(PUBLIC)
    assert not token.verified_by(public_key_pem(private_key_pem("another key")))
    assert (token.header, token.claims) == ({"alg": "RS256", "kid": "kid", "typ": "JWT"}, {"a": 1})


def test_the_same_claims_give_the_same_bytes():
    assert signed_jws({"a": 1}, PRIVATE, "kid") == signed_jws({"a": 1}, PRIVATE, "kid")


def test_google_auth_reads_what_we_sign():
    claims = {"iat": 1_000, "exp": 2**33, "aud": "x", "name": "Ünï 漢"}
    assert jwt.decode(signed_jws(claims, PRIVATE, "kid"), certs=PUBLIC, audience="x") == claims


def test_we_read_what_google_auth_signs():
    from google.auth.crypt import RSASigner

    token = parse_jws(jwt.encode(RSASigner.from_string(PRIVATE, "kid"), {"a": "b"}).decode())
    assert token.verified_by(PUBLIC)
    assert token.claims == {"a": "b"}


@pytest.mark.parametrize("alg", ["none", "HS256", "RS512", None, 7, ["RS256"]])
def test_only_rs256_counts(alg):
    own = signed_jws({"a": 1}, PRIVATE, "kid")
    header = base64url(json.dumps({"alg": alg}).encode()).decode()
    assert not parse_jws(".".join((header, *own.split(".")[1:]))).verified_by(PUBLIC)


@pytest.mark.parametrize("part", [b"[]", b"7", b"", b"{", b'{"a":"\\ud800"}', b"[" * 100_000, b"\xff"])
def test_parts_have_to_be_objects_of_real_text(part):
    with pytest.raises(MalformedJws):
        parse_jws(f"{base64url(part).decode()}.e30.e30")


@given(st.text())
def test_no_text_whatever_does_harm(text):
    try:
        token = parse_jws(text)
    except MalformedJws:
        return
    assert not token.verified_by(PUBLIC)

"""PKCE after RFC 7636; its appendix B gives the pair."""

from __future__ import annotations

import pytest

from emulator.kernel.oauth import challenge_of, is_pkce_string, pkce_failure

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_challenge_of_the_standard():
    assert challenge_of(VERIFIER, "S256") == CHALLENGE
    assert challenge_of(VERIFIER, "plain") == VERIFIER


@pytest.mark.parametrize(
    ("verifier", "challenge", "method", "failure"),
    [
        (VERIFIER, CHALLENGE, "S256", None),
        (VERIFIER, VERIFIER, "plain", None),
        ("", "", "plain", None),
        (VERIFIER, CHALLENGE, "plain", "wrong"),
        (VERIFIER + "x", CHALLENGE, "S256", "wrong"),
        ("é" * 43, CHALLENGE, "S256", "wrong"),
        ("short", "short", "plain", "wrong"),
        ("", CHALLENGE, "S256", "missing"),
        (VERIFIER, "", "plain", "superfluous"),
    ],
)
def test_what_can_be_wrong_with_a_verifier(verifier, challenge, method, failure):
    assert pkce_failure(verifier, challenge, method) == failure


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a" * 43, True),
        ("~._-" * 32, True),
        ("a" * 42, False),
        ("a" * 129, False),
        ("a" * 42 + "+", False),
        ("", False),
    ],
)
def test_lengths_and_characters(text, fits):
    assert is_pkce_string(text) is fits

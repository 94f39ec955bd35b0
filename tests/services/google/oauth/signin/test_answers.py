"""Ways the answer travels: query, fragment, posted form; and the response types that answer with tokens at once."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

READONLY = "https://www.googleapis.com/auth/gmail.readonly"


def fragment(outcome):
    parts = urlsplit(outcome.url)
    assert parts.query == ""
    return dict(parse_qsl(parts.fragment))


def test_a_code_can_travel_in_the_fragment(site):
    answer = fragment(site.follow("web", response_mode="fragment"))
    assert list(answer) == ["state", "iss", "code", "scope", "authuser", "hd", "prompt"]


def test_a_form_carries_the_answer_where_asked_for(site):
    outcome = site.follow("web", response_mode="form_post")
    assert outcome.url == "https://app.example.org/callback"
    assert [name for name, _ in outcome.page.form] == ["state", "iss", "code", "scope", "authuser", "hd", "prompt"]
    assert outcome.code == dict(outcome.page.form)["code"]
    page = list(site.app.journal)[-1].reply
    assert "script-src 'sha256-" in page.headers.get("content-security-policy")


def test_a_refusal_travels_the_same_way(site):
    outcome = site.browser().follow(site.url("web", response_mode="form_post"), approve=False)
    assert dict(outcome.page.form)["error"] == "access_denied"
    refused = site.browser().follow(site.url("web", response_mode="fragment"), approve=False)
    assert fragment(refused)["error"] == "access_denied"


def test_a_token_comes_at_once_and_works(site):
    answer = fragment(site.follow("web", response_type="token"))
    assert list(answer)[:5] == ["state", "iss", "access_token", "token_type", "expires_in"]
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", "3599")
    found = site.google.tokens.access_token(answer["access_token"])
    assert (found.account, found.scopes) == ("ada@example.com", (READONLY,))
    assert "code" not in answer


@pytest.mark.parametrize(
    ("types", "members"),
    [
        ("code token", {"code", "access_token"}),
        ("id_token", {"id_token"}),
        ("code id_token", {"code", "id_token"}),
        ("token id_token", {"access_token", "id_token"}),
        ("code token id_token", {"code", "access_token", "id_token"}),
        ("none", set()),
    ],
)
def test_each_response_type_brings_its_members(site, types, members):
    outcome = site.follow("web", response_type=types, scope="openid", nonce="n1")
    assert {"code", "access_token", "id_token"} & set(outcome.page.answer) == members


def test_an_id_token_names_person_client_and_nonce(site):
    from emulator.services.google.jws import parse_jws

    answer = site.follow("web", response_type="token id_token", scope="openid email", nonce="n1").page.answer
    claims = parse_jws(answer["id_token"]).claims
    assert claims["nonce"] == "n1"
    assert claims["aud"] == site.google.client("web").client_id
    assert claims["email"] == "ada@example.com"
    assert "at_hash" in claims

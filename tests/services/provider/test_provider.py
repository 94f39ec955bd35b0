"""The generic OAuth provider by itself."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from emulator.kernel.http import Call, Headers
from emulator.services.provider import ProviderState

HOST = "notion.providers.test"
URI = "https://app.example.com/callback"


@pytest.fixture
def provider(emulator):
    state = ProviderState(emulator.kernel)
    state.register("notion", "id", "secret", URI)
    state.register("linear", "id", "secret", URI)
    return state


@pytest.fixture
def post(emulator):
    def send(path, host=HOST, **form):
        headers = Headers([("Content-Type", "application/x-www-form-urlencoded"), ("Host", host)])
        reply = emulator.respond(Call("POST", host, path, "", headers, urlencode(form).encode()))
        return reply.status, Call("GET", "", "", body=reply.body).json()

    return send


@pytest.fixture
def browse(emulator):
    from emulator.kernel.browser import Browser

    def walk(url, action="allow"):
        browser = Browser(emulator.respond, emulator.knows)
        page = browser.open(url)
        page = browser.submit(page.forms[0], page.forms[0].filled(("account", "you@example.com")))
        return browser.submit(page.forms[0], page.forms[0].filled(("action", action)))

    return walk


def address(provider="notion", **changes):
    asked = {"client_id": "id", "redirect_uri": URI, "response_type": "code", "scope": "read", "state": "s"} | changes
    return f"https://{provider}.providers.test/authorize?{urlencode(asked)}"


def redeem(post, code, provider="notion", **changes):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": URI} | changes
    return post("/token", f"{provider}.providers.test", client_id="id", client_secret="secret", **form)


def test_a_code_is_good_once(provider, post, browse):
    page = browse(address())
    assert (page.left, page.answer["state"]) == (True, "s")
    status, tokens = redeem(post, page.answer["code"])
    assert status == 200
    assert set(tokens) == {"access_token", "token_type", "scope"}  # Notion's tokens do not expire
    assert redeem(post, page.answer["code"])[1]["error"] == "invalid_grant"


def test_other_tokens_expire_and_refresh(provider, post, browse, clock):
    _, tokens = redeem(post, browse(address("linear")).answer["code"], "linear")
    assert tokens["expires_in"] == 3600
    form = {"client_id": "id", "client_secret": "secret", "grant_type": "refresh_token"}
    host = "linear.providers.test"
    status, fresh = post("/token", host, **form, refresh_token=tokens["refresh_token"])
    assert status == 200
    assert fresh["access_token"] != tokens["access_token"]
    assert provider.bearer("linear", tokens["access_token"]) is None
    clock.advance(hours=1)
    assert provider.bearer("linear", fresh["access_token"]) is None
    assert post("/revoke", host, token=tokens["refresh_token"])[0] == 200
    assert post("/token", host, **form, refresh_token=tokens["refresh_token"])[1]["error"] == "invalid_grant"


def test_one_providers_code_is_nothing_to_another(provider, post, browse):
    assert redeem(post, browse(address()).answer["code"], "linear")[1]["error"] == "invalid_grant"


@pytest.mark.parametrize("change", [{"client_secret": "wrong"}, {"client_id": "nobody"}])
def test_a_wrong_client_is_refused(change, provider, post):
    form = {"client_id": "id", "client_secret": "secret", "grant_type": "authorization_code", "code": "x"} | change
    assert post("/token", **form) == (
        401,
        {"error": "invalid_client", "error_description": "Client authentication failed"},
    )


def test_another_grant_type_is_not_supported(provider, post):
    assert (
        post("/token", client_id="id", client_secret="secret", grant_type="password")[1]["error"]
        == "unsupported_grant_type"
    )


@pytest.mark.parametrize(
    ("change", "error"),
    [({"client_id": "x"}, "invalid_client"), ({"redirect_uri": "https://evil.example/"}, "redirect_uri_mismatch")],
)
def test_what_is_wrong_with_the_app_is_shown_and_not_redirected(change, error, provider, emulator):
    from emulator.kernel.browser import Browser

    page = Browser(emulator.respond, emulator.knows).open(address(**change))
    assert page.facts["data-error"] == error
    assert page.status == 400


def test_cancel_tells_the_app(provider, browse):
    assert browse(address(), "cancel").answer["error"] == "access_denied"


def test_another_response_type_is_refused_at_the_app(provider, emulator):
    from emulator.kernel.browser import Browser

    page = Browser(emulator.respond, emulator.knows).open(address(response_type="token"))
    assert page.answer["error"] == "unsupported_response_type"

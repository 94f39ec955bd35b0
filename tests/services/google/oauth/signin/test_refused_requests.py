"""Requests that end on the error page before anybody signs in; the app hears nothing of them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from emulator.services.google.oauth.blocked import read_auth_error

CALLBACK = "http://localhost:8080/"
READONLY = "https://www.googleapis.com/auth/gmail.readonly"
POLICY = "This redirect does not comply with the OAuth 2.0 policy for keeping apps secure."
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def error_of(reply):
    assert reply.status == 302
    target = urlsplit(reply.headers.get("location"))
    assert (target.scheme, target.netloc, target.path) == ("https", "accounts.google.com", "/signin/oauth/error")
    query = parse_qs(target.query)
    assert query["flowName"] == ["GeneralOAuthFlow"]
    return read_auth_error(query["authError"][0])


@pytest.mark.parametrize("path", ["/o/oauth2/v2/auth", "/o/oauth2/auth"])
@pytest.mark.parametrize("missing", ["client_id", "redirect_uri", "response_type", "scope"])
def test_a_required_parameter_is_missed_by_name(site, path, missing):
    for value in (None, ""):
        error = error_of(site.get(path, site.query(**{missing: value})))
        assert (error.status, error.code) == (400, "invalid_request")
        assert error.message == f"Missing required parameter: {missing}"


@pytest.mark.parametrize(
    ("client", "changes", "status", "code", "message"),
    [
        ("desktop", {"client_id": "nobody"}, 401, "invalid_client", "The OAuth client was not found."),
        ("gone", {}, 401, "deleted_client", "The OAuth client was deleted."),
        ("desktop", {"response_type": "cookie"}, 400, "unsupported_response_type", "Invalid response_type: cookie"),
        (
            "desktop",
            {"response_type": "code none"},
            400,
            "unsupported_response_type",
            "Invalid response_type: code none",
        ),
        (
            "desktop",
            {"response_type": "token"},
            400,
            "unsupported_response_type",
            "Desktop clients cannot use response_type: token",
        ),
        (
            "desktop",
            {"scope": f"{READONLY} gmail nonsense"},
            400,
            "invalid_scope",
            f"Some requested scopes were invalid. {{valid=[{READONLY}], invalid=[gmail, nonsense]}}",
        ),
        (
            "desktop",
            {"scope": "https://www.googleapis.com/auth/chat.bot"},
            400,
            "invalid_scope",
            "Some requested scopes cannot be shown: [https://www.googleapis.com/auth/chat.bot]",
        ),
        (
            "desktop",
            {"prompt": "consent", "approval_prompt": "force"},
            400,
            "invalid_request",
            "Conflict params: approval_prompt and prompt",
        ),
        (
            "desktop",
            {"prompt": "later"},
            400,
            "invalid_request",
            "Invalid parameter value for prompt: Invalid prompt: later",
        ),
        (
            "desktop",
            {"prompt": "none consent"},
            400,
            "invalid_request",
            "Invalid parameter value for prompt: none cannot be combined with other values",
        ),
        (
            "desktop",
            {"access_type": "forever"},
            400,
            "invalid_request",
            "Invalid parameter value for access_type: Invalid access_type: forever",
        ),
        (
            "desktop",
            {"code_challenge": CHALLENGE, "code_challenge_method": "S512"},
            400,
            "invalid_request",
            "Invalid parameter value for code_challenge_method: Invalid code_challenge_method: S512",
        ),
        (
            "desktop",
            {"code_challenge": "short"},
            400,
            "invalid_request",
            "Invalid parameter value for code_challenge: 43 to 128 unreserved characters are needed",
        ),
        (
            "desktop",
            {"code_challenge_method": "S256"},
            400,
            "invalid_request",
            "Missing required parameter: code_challenge",
        ),
        (
            "web",
            {"response_type": "id_token", "scope": "openid"},
            400,
            "invalid_request",
            "Missing required parameter: nonce",
        ),
        (
            "web",
            {"response_type": "id_token", "nonce": "n"},
            400,
            "invalid_request",
            "The id_token response type needs the openid scope.",
        ),
        (
            "web",
            {"response_type": "token", "response_mode": "query"},
            400,
            "invalid_request",
            "Invalid parameter value for response_mode: query cannot carry tokens",
        ),
    ],
)
def test_what_is_wrong_is_said_on_the_page_alone(site, client, changes, status, code, message):
    before = site.rows()
    error = error_of(site.get("/o/oauth2/v2/auth", site.query(client, **changes)))
    assert (error.status, error.code, error.message) == (status, code, message)
    assert site.rows() == before


def test_a_repeated_parameter_is_refused_and_an_unknown_one_is_not(site):
    error = error_of(site.get("/o/oauth2/v2/auth", [*site.query(), ("state", "again")]))
    assert error.message == "OAuth 2 parameters can only have a single value: state"
    reply = site.get("/o/oauth2/v2/auth", [*site.query(), ("audience", "a"), ("audience", "b")])
    assert urlsplit(reply.headers.get("location")).path == "/v3/signin/identifier"


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:1/",
        "http://localhost:65000/callback?tenant=1",
        "http://127.0.0.1:8080",
        "http://[::1]:8080/a/b",
        "http://localhost",
    ],
)
def test_a_desktop_client_is_answered_on_any_loopback_port(site, uri):
    assert site.follow(redirect_uri=uri).url.startswith(uri)


@pytest.mark.parametrize(
    ("client", "uri", "code", "cause"),
    [
        ("desktop", "https://localhost:8080/", "redirect_uri_mismatch", "redirect_uri_mismatch"),
        ("desktop", "https://app.example.org/callback", "redirect_uri_mismatch", "redirect_uri_mismatch"),
        ("desktop", "urn:ietf:wg:oauth:2.0:oob", "invalid_request", "redirect_oob"),
        ("desktop", "urn:ietf:wg:oauth:2.0:oob:auto", "invalid_request", "redirect_oob"),
        ("desktop", "com.example.app:/callback", "invalid_request", "redirect_invalid"),
        ("desktop", "http://localhost:8080/#top", "invalid_request", "redirect_invalid"),
        ("desktop", "http://user@localhost:8080/", "invalid_request", "redirect_invalid"),
        ("desktop", "http://localhost:99999/", "invalid_request", "redirect_invalid"),
        ("desktop", "http://localhost:8080/\r\nSet-Cookie: a=b", "invalid_request", "redirect_invalid"),
        ("desktop", "http://localhost:8080/\u00e9", "invalid_request", "redirect_invalid"),
        ("desktop", "javascript:alert(1)", "invalid_request", "redirect_invalid"),
        ("desktop", "http://[::1", "invalid_request", "redirect_invalid"),
        ("desktop", "localhost:8080", "invalid_request", "redirect_invalid"),
        ("web", "https://app.example.org/callback/", "redirect_uri_mismatch", "redirect_uri_mismatch"),
        ("web", "https://APP.example.org/callback", "redirect_uri_mismatch", "redirect_uri_mismatch"),
        ("web", "http://app.example.org/callback", "redirect_uri_mismatch", "redirect_uri_mismatch"),
        ("web", "http://localhost:3001/cb", "redirect_uri_mismatch", "redirect_uri_mismatch"),
        ("web", "http://192.168.1.5/callback", "invalid_request", "redirect_private_address"),
        ("web", "http://8.8.8.8/callback", "invalid_request", "redirect_invalid"),
        ("web", "https://app.example.org/a/../callback", "invalid_request", "redirect_invalid"),
    ],
)
def test_a_redirect_uri_that_is_not_allowed_ends_on_the_page(site, client, uri, code, cause):
    error = error_of(site.get("/o/oauth2/v2/auth", site.query(client, redirect_uri=uri)))
    assert (error.status, error.code) == (400, code)
    assert list(site.app.journal)[-1].cause == cause


def test_a_web_address_registered_without_https_is_against_the_policy(site):
    site.app.world.execute(
        "INSERT INTO google_redirect_uri VALUES (?, ?)",
        (site.google.client("web").client_id, "http://app.example.org/"),
    )
    error = error_of(site.get("/o/oauth2/v2/auth", site.query("web", redirect_uri="http://app.example.org/")))
    assert (error.code, error.message) == ("invalid_request", f"{POLICY} A web address has to use https.")


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/X; wv) AppleWebKit/537.36 Version/4.0 Chrome/126.0 Mobile",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile Safari/604.1 [FBAN/FBIOS;FBAV/400]",
    ],
)
def test_an_embedded_web_view_is_refused(site, agent):
    error = error_of(site.get("/o/oauth2/v2/auth", site.query(), **{"User-Agent": agent}))
    assert (error.status, error.code) == (403, "disallowed_useragent")


def test_a_mobile_browser_is_no_web_view(site):
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"
    reply = site.get("/o/oauth2/v2/auth", site.query(), **{"User-Agent": agent})
    assert urlsplit(reply.headers.get("location")).path == "/v3/signin/identifier"


def test_the_page_shows_the_line_and_the_request(site):
    outcome = site.follow(redirect_uri="https://elsewhere.example/")
    assert outcome.page.status == 400
    assert not outcome.returned
    assert outcome.error == "redirect_uri_mismatch"
    assert "Error 400: redirect_uri_mismatch" in outcome.page.text
    assert "redirect_uri=https://elsewhere.example/" in outcome.page.text
    assert "Live App" in outcome.page.text


def test_values_in_the_page_are_escaped(site):
    outcome = site.follow(state="<script>alert(1)</script>", redirect_uri="https://elsewhere.example/")
    assert "<script>" not in outcome.page.text
    assert "&lt;script&gt;alert(1)" in outcome.page.text


@pytest.mark.parametrize("value", ["", "AAAA", "////", "Cg", "é", "CgF4" * 40_000])
def test_an_error_page_without_a_readable_error_is_still_a_page(site, value):
    reply = site.get("/signin/oauth/error", [("authError", value), ("client_id", "x")])
    assert reply.status == 400
    assert b"Error 400: invalid_request" in reply.body


def test_a_form_posted_to_the_endpoint_counts_like_a_query(site):
    reply = site.post("/o/oauth2/v2/auth", site.query())
    assert urlsplit(reply.headers.get("location")).path == "/v3/signin/identifier"
    error = error_of(site.post("/o/oauth2/v2/auth", site.query(scope=None)))
    assert error.message == "Missing required parameter: scope"


def test_a_megabyte_of_state_comes_back_whole(site):
    state = "s" * 1_000_000
    assert site.follow(state=state).page.answer["state"] == state
    refused = site.get("/o/oauth2/v2/auth", site.query(state=state, scope=None))
    assert len(refused.headers.get("location")) < 5_000, "the page lists long values shortened"


def test_on_the_loopback_base_url_redirects_stay_there(site):
    from emulator.kernel.http import Call

    reply = site.app.respond(Call("GET", "127.0.0.1", "/o/oauth2/auth", urlencode(site.query()), scheme="http"))
    assert reply.headers.get("location").startswith("/v3/signin/identifier?")
    assert "Secure" not in reply.headers.get("set-cookie")

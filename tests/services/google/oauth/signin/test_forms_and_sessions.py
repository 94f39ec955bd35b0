"""Forms are taken from their own pages only, and each request belongs to one browser."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from emulator.services.google.oauth.blocked import read_auth_error


def consent_page(site):
    """The consent screen of a fresh browser: its cookie line and its form."""
    browser = site.browser()
    page = browser.open(site.url())
    page = browser._browser.submit(page.forms[0], page.forms[0].filled(("account", "ada@example.com")))
    assert page.marker == "consent"
    cookie = "SID=" + browser._browser._cookies["accounts.google.com"]["SID"]
    return cookie, page.forms[0].filled(("action", "allow"))


def refused(site, reply, cause):
    target = urlsplit(reply.headers.get("location"))
    assert target.path == "/signin/oauth/error"
    assert list(site.app.journal)[-1].cause == cause
    assert site.rows()["google_code"] == []
    return read_auth_error(parse_qs(target.query)["authError"][0])


def test_the_form_as_the_page_has_it_is_taken(site):
    cookie, pairs = consent_page(site)
    own = {"Cookie": cookie, "Origin": "https://accounts.google.com", "Sec-Fetch-Site": "same-origin"}
    reply = site.post("/signin/oauth/consent", pairs, **own)
    assert reply.headers.get("location").startswith("http://localhost:8080/?state=opaque")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[bad"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_post_another_site_started_is_refused(site, headers):
    cookie, pairs = consent_page(site)
    error = refused(site, site.post("/signin/oauth/consent", pairs, Cookie=cookie, **headers), "foreign_form")
    assert (error.status, error.code) == (403, "forbidden")


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_its_token_is_refused(site, token):
    cookie, pairs = consent_page(site)
    forged = [(name, token if name == "form" else value) for name, value in pairs]
    refused(site, site.post("/signin/oauth/consent", forged, Cookie=cookie), "foreign_form")


def test_another_browser_cannot_decide(site):
    _, pairs = consent_page(site)
    other, _ = consent_page(site)
    refused(site, site.post("/signin/oauth/consent", pairs, Cookie=other), "authorization_ended")
    refused(site, site.post("/signin/oauth/consent", pairs), "authorization_ended")
    refused(site, site.post("/signin/oauth/consent", pairs, Cookie="SID=made-up"), "authorization_ended")


def test_a_decision_counts_once(site):
    cookie, pairs = consent_page(site)
    site.post("/signin/oauth/consent", pairs, Cookie=cookie)
    again = site.post("/signin/oauth/consent", pairs, Cookie=cookie)
    assert urlsplit(again.headers.get("location")).path == "/signin/oauth/error"
    assert len(site.rows()["google_code"]) == 1


def test_a_request_left_for_an_hour_has_ended(site):
    cookie, pairs = consent_page(site)
    site.app.clock.advance(hours=1, seconds=1)
    refused(site, site.post("/signin/oauth/consent", pairs, Cookie=cookie), "authorization_ended")


@pytest.mark.parametrize("path", ["/v3/signin/identifier", "/signin/oauth/warning", "/signin/oauth/consent"])
def test_pages_of_no_request_lead_to_the_error_page(site, path):
    refused(site, site.get(path), "authorization_ended")
    refused(site, site.get(path, [("part", "x")]), "authorization_ended")


@pytest.mark.parametrize("path", ["/signin/oauth/warning", "/signin/oauth/consent"])
def test_pages_that_need_an_account_ask_for_it_first(site, path):
    browser = site.browser()
    chooser = browser.open(site.url())
    part = dict(chooser.forms[0].filled())["part"]
    assert browser.open(f"https://accounts.google.com{path}?part={part}").marker == "chooser"


def test_the_cookie_is_for_the_pages_alone(site):
    reply = site.get("/o/oauth2/v2/auth", site.query())
    value, *attributes = reply.headers.get("set-cookie").split("; ")
    assert value.startswith("SID=")
    assert set(attributes) == {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"}
    again = site.get("/o/oauth2/v2/auth", site.query(), Cookie=value)
    assert "set-cookie" not in again.headers


def test_pages_keep_out_of_frames_and_caches(site):
    browser = site.browser()
    page = browser.open(site.url())
    entry = list(site.app.journal)[-1]
    headers = entry.reply.headers
    assert headers.get("x-frame-options") == "DENY"
    assert "frame-ancestors 'none'" in headers.get("content-security-policy")
    assert "script-src 'none'" in headers.get("content-security-policy")
    assert "no-store" in headers.get("cache-control")
    assert "<script" not in page.text


def test_sessions_nobody_signed_in_to_do_not_pile_up(site):
    for _ in range(5):
        site.get("/o/oauth2/v2/auth", site.query())
    assert site.follow().code
    site.app.clock.advance(hours=1, seconds=1)
    site.get("/o/oauth2/v2/auth", site.query())
    site.get("/o/oauth2/v2/auth", site.query())
    rows = site.rows()
    assert (len(rows["google_session"]), len(rows["google_authorization"])) == (3, 2)

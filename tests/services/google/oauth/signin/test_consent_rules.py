"""Who is asked for what, and what the app is told (reference sheet 3.1 to 3.5)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from emulator.kernel.browser import BrowserError

PREFIX = "https://www.googleapis.com/auth/"
READONLY, SEND, YOUTUBE = (PREFIX + name for name in ("gmail.readonly", "gmail.send", "youtube.readonly"))
EMAIL, PROFILE = PREFIX + "userinfo.email", PREFIX + "userinfo.profile"


def issued(site, outcome):
    return dict(site.app.world.one("SELECT * FROM google_code WHERE code = ?", (outcome.code,)))


def test_the_answer_comes_in_googles_order(site):
    outcome = site.follow(prompt="consent")
    names = [name for name, _ in parse_qsl(urlsplit(outcome.url).query)]
    assert names == ["state", "iss", "code", "scope", "authuser", "hd", "prompt"]
    assert outcome.page.answer["hd"] == "example.com"
    assert outcome.page.answer["iss"] == "https://accounts.google.com"
    assert outcome.code.startswith("4/0A")
    assert "code=4%2F0A" in outcome.url


def test_state_and_domain_are_left_out_where_there_are_none(site):
    outcome = site.follow(user="mallory@example.org", state=None)
    assert list(outcome.page.answer) == ["iss", "code", "scope", "authuser", "prompt"]


def test_a_redirect_uri_keeps_its_own_query(site):
    outcome = site.follow(redirect_uri="http://localhost:8080/?tenant=a%20b")
    assert outcome.url.startswith("http://localhost:8080/?tenant=a%20b&state=opaque&")


def test_identity_scopes_come_back_by_both_names(site):
    outcome = site.follow(scope="email profile")
    assert outcome.page.answer["scope"].split() == ["email", "profile", EMAIL, PROFILE, "openid"]
    assert issued(site, outcome)["scopes"].split() == [EMAIL, PROFILE, "openid"]


def test_everything_of_the_request_stands_in_the_code(site):
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    outcome = site.follow(
        "web", code_challenge=challenge, code_challenge_method="S256", nonce="n-0S6", access_type="offline"
    )
    code = issued(site, outcome)
    assert (code["challenge"], code["method"], code["nonce"]) == (challenge, "S256", "n-0S6")
    assert (code["offline"], code["consent_shown"], code["new_scopes"], code["used"]) == (1, 1, 1, 0)
    assert code["redirect_uri"] == "https://app.example.org/callback"


def test_a_challenge_without_method_is_plain(site):
    assert issued(site, site.follow(code_challenge="v" * 43))["method"] == "plain"


def test_the_screen_is_shown_once_per_client(site):
    browser = site.browser()
    first, again = browser.follow(site.url()), browser.follow(site.url())
    assert [each.page.answer["prompt"] for each in (first, again)] == ["consent", "none"]
    assert issued(site, again)["consent_shown"] == 0
    other_client = browser.follow(site.url("second"))
    assert other_client.page.answer["prompt"] == "consent", "first consent is per user and client"


@pytest.mark.parametrize("force", [{"prompt": "consent"}, {"approval_prompt": "force"}])
def test_the_screen_is_shown_again_when_asked_for(site, force):
    browser = site.browser()
    browser.follow(site.url())
    assert browser.follow(site.url(**force)).page.answer["prompt"] == "consent"


def test_revoking_brings_the_screen_back(site):
    browser = site.browser()
    browser.follow(site.url())
    site.google.user("ada@example.com").revoke("desktop")
    assert browser.follow(site.url()).page.answer["prompt"] == "consent"


def test_a_seeded_grant_counts_as_consent(site):
    site.google.user("grace@example.com").consent("desktop", ("gmail.readonly",))
    assert site.follow(user="grace@example.com").page.answer["prompt"] == "none"


def test_new_scopes_are_asked_for_alone(site):
    browser = site.browser()
    browser.follow(site.url())
    page = browser.open(site.url(scope=f"{READONLY} {SEND}"))
    assert page.marker == "consent"
    assert page.forms[0].offered("checkbox", "scope") == (), "a single new scope needs no box"
    assert "already may" in page.text
    outcome = browser.follow(site.url(scope=f"{READONLY} {SEND}"))
    assert set(outcome.page.answer["scope"].split()) == {READONLY, SEND}
    assert issued(site, outcome)["new_scopes"] == 1


def test_unticked_scopes_are_not_granted(site):
    outcome = site.browser().follow(site.url(scope=f"{READONLY} {YOUTUBE}"), only=["gmail.readonly"])
    assert outcome.page.answer["scope"] == READONLY
    assert issued(site, outcome)["scopes"] == READONLY
    assert site.google.tokens.granted("ada@example.com", "live") == (READONLY,)


def test_signing_in_survives_when_every_box_is_left_empty(site):
    outcome = site.browser().follow(site.url(scope=f"openid {READONLY} {YOUTUBE}"), only=[])
    assert outcome.page.answer["scope"] == "openid"


def test_nothing_left_is_a_refusal(site):
    before = site.rows()["google_grant"]
    outcome = site.browser().follow(site.url(scope=f"{READONLY} {YOUTUBE}"), only=[])
    assert outcome.page.answer == {"error": "access_denied", "state": "opaque", "iss": "https://accounts.google.com"}
    assert site.rows()["google_grant"] == before
    assert site.rows()["google_code"] == []


def test_cancel_tells_the_app_and_issues_nothing(site):
    outcome = site.browser().follow(site.url(), approve=False)
    assert (
        outcome.url == "http://localhost:8080/?error=access_denied&state=opaque&iss=https%3A%2F%2Faccounts.google.com"
    )
    assert site.rows()["google_code"] == []
    assert site.google.tokens.granted("ada@example.com", "live") == ()


def test_refusing_where_nobody_is_asked_is_a_mistake_of_the_test(site):
    browser = site.browser()
    browser.follow(site.url())
    with pytest.raises(BrowserError, match="nobody was asked"):
        browser.follow(site.url(), approve=False)


def test_an_abandoned_request_tells_the_app_nothing(site):
    page = site.browser().open(site.url())
    assert page.marker == "chooser"
    assert not page.left
    assert site.rows()["google_code"] == []


def test_earlier_scopes_are_included_where_asked_for(site):
    browser = site.browser()
    browser.follow(site.url())
    plain = browser.follow(site.url(scope=YOUTUBE))
    assert plain.page.answer["scope"] == YOUTUBE
    united = browser.follow(site.url(scope=YOUTUBE, include_granted_scopes="true"))
    assert united.page.answer["scope"].split() == [READONLY, YOUTUBE]
    assert issued(site, united)["include_granted"] == 1


def test_a_time_limit_reaches_the_code(site):
    outcome = site.browser().follow(site.url(), lifetime=timedelta(days=180))
    assert issued(site, outcome)["lifetime"] == 180 * 86400
    with pytest.raises(BrowserError, match="lifetime cannot be"):
        site.browser().follow(site.url(prompt="consent"), lifetime=timedelta(hours=5))


def test_only_needs_scopes_that_the_page_offers(site):
    with pytest.raises(BrowserError, match=r"no box for .*gmail\.send"):
        site.browser().follow(site.url(scope=f"{READONLY} {YOUTUBE}"), only=["gmail.send"])


def test_only_may_name_what_comes_without_a_box_but_not_leave_it_out(site):
    outcome = site.browser().follow(site.url(scope=f"email {READONLY}"), only=["email", "gmail.readonly"])
    assert READONLY in outcome.page.answer["scope"].split()
    with pytest.raises(BrowserError, match=r"asks for .*gmail\.send alone"):
        site.browser().follow(site.url(scope=SEND), only=[])


class TestSilently:
    def test_without_a_session_login_is_required(self, site):
        outcome = site.follow(prompt="none")
        assert outcome.page.answer == {
            "error": "login_required",
            "state": "opaque",
            "iss": "https://accounts.google.com",
        }

    def test_with_two_accounts_interaction_is_required_unless_one_is_hinted(self, site):
        browser = site.browser()
        browser.follow(site.url())
        cookie = next(iter(browser._browser._cookies.values()))["SID"]
        other = site.google.browser("grace@example.com")
        other._browser._cookies["accounts.google.com"] = {"SID": cookie}
        second = other.follow(site.url(prompt="select_account"))
        assert second.page.answer["authuser"] == "1"
        assert browser.follow(site.url(prompt="none")).error == "interaction_required"
        hinted = browser.follow(site.url(prompt="none", login_hint="ada@example.com"))
        assert hinted.page.answer["authuser"] == "0"

    def test_without_consent_consent_is_required(self, site):
        browser = site.browser()
        browser.follow(site.url(scope="openid"))
        assert browser.follow(site.url(prompt="none")).error == "consent_required"

    def test_with_both_a_code_comes_without_a_page(self, site):
        browser = site.browser()
        browser.follow(site.url())
        outcome = browser.follow(site.url(prompt="none"))
        assert outcome.page.answer["prompt"] == "none"
        assert len(outcome.page.visited) == 1

    def test_a_blocked_account_still_ends_on_the_page(self, site):
        browser = site.browser()
        browser.follow(site.url("trial"))
        site.google.project("trial").remove_test_user("ada@example.com")
        outcome = browser.follow(site.url("trial", prompt="none"))
        assert not outcome.returned
        assert outcome.error == "access_denied"


class TestChoosing:
    def offered(self, page):
        return [account for form in page.forms for account in form.offered("button", "account")]

    def test_the_hinted_account_comes_first_by_address_or_id(self, site):
        grace = site.google.user("grace@example.com")
        for hint in ("Grace@example.com", grace.sub):
            page = site.browser(None).open(site.url(login_hint=hint))
            assert self.offered(page)[0] == "grace@example.com"

    def test_a_hint_that_is_no_account_is_written_into_the_field(self, site):
        page = site.browser(None).open(site.url(login_hint="new@example.com"))
        assert page.forms[-1].offered("text", "identifier") == ("new@example.com",)

    def test_the_hinted_domain_comes_first(self, site):
        page = site.browser(None).open(site.url(hd="example.com"))
        assert self.offered(page)[:2] == ["ada@example.com", "grace@example.com"]

    def test_accounts_the_app_is_open_to_come_first_and_closed_ones_not_at_all(self, site):
        site.google.project("trial").remove_test_user("ada@example.com")
        site.google.project("trial").add_test_user("mallory@example.org")
        page = site.browser(None).open(site.url("trial"))
        assert self.offered(page) == ["mallory@example.org", "ada@example.com", "grace@example.com"]
        assert site.follow("trial", user=None).page.answer["prompt"] == "consent"

    def test_an_account_without_a_button_is_found_by_its_address(self, site):
        page = site.browser(None).open(site.url())
        form = page.forms[-1]
        browser = site.browser(None)
        page = browser.open(site.url())
        found = browser._browser.submit(
            form_of(page), form_of(page).filled(written={"identifier": " ADA@example.com "})
        )
        assert found.marker == "consent"
        assert form.offered("text", "identifier") == ("",)

    @pytest.mark.parametrize(
        ("written", "problem"),
        [
            ("nobody@example.com", "Couldn&#39;t find that account."),
            ("closed@example.org", "That account has been disabled."),
        ],
    )
    def test_what_is_no_account_is_said_beside_the_field(self, site, written, problem):
        browser = site.browser(None)
        page = browser.open(site.url())
        again = browser._browser.submit(form_of(page), form_of(page).filled(written={"identifier": written}))
        assert again.marker == "chooser"
        assert problem in again.text
        assert 'aria-invalid="true"' in again.text

    def test_a_known_session_skips_the_chooser_unless_a_choice_is_asked_for(self, site):
        browser = site.browser()
        browser.follow(site.url())
        assert browser.open(site.url(prompt="consent")).marker == "consent"
        assert browser.open(site.url(prompt="select_account")).marker == "chooser"
        assert browser.open(site.url(login_hint="grace@example.com")).marker == "chooser"


def form_of(page):
    return page.forms[-1]

"""Accounts that may not use an app: pages, never redirects, decided after the account is chosen (sheet 3.5)."""

from __future__ import annotations

import pytest

PREFIX = "https://www.googleapis.com/auth/"
READONLY = PREFIX + "gmail.readonly"


def blocked(site, outcome, status, code, cause):
    assert not outcome.returned
    assert outcome.page.status == status
    assert f"Error {status}: {code}" in outcome.page.text
    assert outcome.error == code
    assert cause in [entry.cause for entry in site.app.journal]
    assert site.rows()["google_code"] == []


def test_an_app_in_testing_blocks_whoever_is_not_listed(site):
    blocked(site, site.follow("trial", user="grace@example.com"), 403, "access_denied", "not_a_test_user")
    site.google.project("trial").add_test_user("grace@example.com")
    assert site.follow("trial", user="grace@example.com").code


def test_an_internal_app_blocks_outsiders(site):
    blocked(site, site.follow("inside", user="mallory@example.org"), 403, "org_internal", "outside_the_organization")
    assert site.follow("inside", user="grace@example.com").code


def test_a_test_user_of_an_internal_app_is_still_an_outsider(site):
    site.google.project("inside").add_test_user("mallory@example.org")
    blocked(site, site.follow("inside", user="mallory@example.org"), 403, "org_internal", "outside_the_organization")
    site.google.project("inside").user_type = "external"
    assert site.follow("inside", user="mallory@example.org").code


def test_the_page_for_the_unlisted_can_be_made_the_one_of_the_tutorial(site):
    site.google.project("trial").denied_as = "org_internal"
    blocked(site, site.follow("trial", user="grace@example.com"), 403, "org_internal", "not_a_test_user")


def test_the_request_passes_until_an_account_is_chosen(site):
    page = site.browser("mallory@example.org").open(site.url("inside"))
    assert (page.status, page.marker) == (200, "chooser")


def test_administrators_block_a_client(site):
    site.google.organization("example.com").block("desktop")
    blocked(site, site.follow(), 400, "admin_policy_enforced", "client_blocked")
    assert site.follow(user="mallory@example.org").code, "another organization decides for itself"
    site.google.organization("example.com").unblock("desktop")
    assert site.follow().code


def test_administrators_restrict_a_service_to_trusted_clients(site):
    organization = site.google.organization("example.com")
    organization.restrict("gmail.googleapis.com")
    blocked(site, site.follow(), 400, "admin_policy_enforced", "api_restricted")
    assert site.follow(scope="openid").code
    organization.trust("desktop")
    assert site.follow().code


def test_advanced_protection_keeps_data_but_not_signing_in(site):
    site.google.user("ada@example.com").advanced_protection = True
    blocked(site, site.follow(), 400, "policy_enforced", "advanced_protection")
    assert site.follow(scope="openid email").code


def test_scopes_of_administrators_cannot_be_shown_to_consumers(site):
    scope = PREFIX + "admin.directory.user"
    blocked(
        site, site.follow(user="mallory@example.org", scope=scope), 400, "invalid_scope", "scope_for_administrators"
    )
    assert site.follow(scope=scope).code


def test_an_account_closed_meanwhile_cannot_decide(site):
    browser = site.browser()
    browser.follow(site.url())
    site.google.user("ada@example.com").disabled = True
    assert browser.open(site.url()).marker == "chooser"


class TestUnverified:
    def test_a_warning_stands_before_the_screen(self, site):
        browser = site.browser()
        page = browser.open(site.url("raw"))
        page = browser._browser.submit(page.forms[0], page.forms[0].filled(("account", "ada@example.com")))
        assert page.marker == "warning"
        assert page.forms[0].offered("button", "action") == ("continue", "back")

    def test_turning_back_tells_the_app(self, site):
        browser = site.browser()
        page = browser.open(site.url("raw"))
        page = browser._browser.submit(page.forms[0], page.forms[0].filled(("account", "ada@example.com")))
        page = browser._browser.submit(page.forms[0], page.forms[0].filled(("action", "back")))
        assert page.left
        assert page.answer["error"] == "access_denied"

    @pytest.mark.parametrize(
        ("client", "scope"), [("desktop", READONLY), ("inside", READONLY), ("raw", "openid email"), ("raw", "openid")]
    )
    def test_no_warning_for_verified_internal_or_harmless(self, site, client, scope):
        site.follow(client, scope=scope)
        assert not site.app.journal.calls("google.signin.warning")

    def test_the_warning_cannot_be_skipped_by_asking_for_the_screen(self, site):
        browser = site.browser()
        page = browser.open(site.url("raw"))
        page = browser._browser.submit(page.forms[0], page.forms[0].filled(("account", "ada@example.com")))
        page = browser.open(page.url.replace("/warning?", "/consent?"))
        assert page.marker == "warning"

    def test_the_cap_of_users_blocks_the_next_one(self, site):
        site.google.project("raw").user_cap = 1
        assert site.follow("raw").code
        site.google.user("ada@example.com").revoke("raw")
        outcome = site.follow("raw", user="grace@example.com")
        assert (outcome.page.status, outcome.error) == (403, "restricted_client")
        assert site.follow("raw").code, "who has a place keeps it, and revoking does not free it"
        assert site.follow("raw", user="grace@example.com", scope="openid").code, "signing in takes no place"
        site.google.project("raw").verified = True
        assert site.follow("raw", user="grace@example.com").code

    def test_a_seed_sets_the_cap_and_its_grants_take_places(self, site):
        site.app.seed(
            text="""
google:
  projects: [{id: small, publishing_status: production, user_cap: 1}]
  clients: [{name: small, project: small, type: desktop}]
  users: [{email: first@example.net}]
  grants: [{user: first@example.net, client: small, scopes: [gmail.readonly]}]
"""
        )
        assert site.follow("small").error == "restricted_client"
        assert site.follow("small", user="first@example.net").code

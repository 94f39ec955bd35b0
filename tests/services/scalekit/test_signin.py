"""The pages behind a magic link, and everything that can go wrong on the way."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from emulator.kernel.browser import Browser

ADA = "ada@example.com"


@pytest.fixture
def account(scalekit):
    return scalekit.account("notion", "u1")


def test_a_link_opens_once(account, person):
    link = account.magic_link()
    assert person.allow(link.url).marker == "connected"
    page = person.open(link.url)
    assert page.status == 400
    assert "session expired or invalid" in page.text


def test_a_link_expires_on_the_virtual_clock(account, person, clock, scalekit):
    scalekit.environment().link_lifetime = 60
    link = account.magic_link()
    clock.advance(seconds=61)
    assert "session expired or invalid" in person.open(link.url).text
    assert account.status == "PENDING_AUTH"


def test_an_unknown_link_is_no_link(person, scalekit):
    page = person.open("https://acme.scalekit.dev/magicLink/00000000-0000-4000-8000-000000000000_o")
    assert page.facts["data-error"] == "session expired or invalid"


def test_several_links_may_be_outstanding(account, person):
    first, second = account.magic_link(), account.magic_link()
    assert person.allow(second.url).marker == "connected"
    assert person.allow(first.url).marker == "connected"


def test_a_preview_does_not_use_a_link_up(account, wire, person):
    link = account.magic_link()
    assert wire.http("HEAD", urlsplit(link.url).path).status == 200
    assert person.allow(link.url).marker == "connected"


def test_cancel_leaves_the_account_pending(account, person):
    page = person.press(person.sign_in(account.magic_link().url), "cancel")
    assert page.facts["data-error"] == "access_denied"
    assert "The user denied the request" in page.text
    assert account.status == "PENDING_AUTH"


def test_a_flow_belongs_to_the_browser_that_began_it(account, person, emulator):
    consent = person.sign_in(account.magic_link().url)
    stopped = Browser(emulator.respond, lambda host: emulator.knows(host) and not host.endswith("scalekit.dev"))
    stopped._cookies = person.browser._cookies
    callback = stopped.submit(consent.forms[0], consent.forms[0].filled(("action", "allow")))
    assert callback.left
    page = Browser(emulator.respond, emulator.knows).open(callback.url)
    assert "Invalid state parameter" in page.text
    assert account.status == "PENDING_AUTH"
    assert person.open(callback.url).marker == "connected"


def test_a_tampered_state_is_refused(account, person, scalekit):
    connection = scalekit.connection("notion").id
    page = person.open(f"https://acme.scalekit.dev/sso/v1/oauth/{connection}/callback?code=x&state=forged")
    assert page.status == 400
    assert "Invalid state parameter" in page.text


def test_custom_verification_without_an_address_fails(account, person, scalekit):
    scalekit.environment().verification = "custom"
    page = person.allow(account.magic_link().url)
    assert page.facts["data-error"] == "failed_to_exchange"
    assert "user_verify_url not configured for verification redirect" in page.text
    assert account.status == "PENDING_AUTH"


def test_without_custom_verification_the_address_is_not_called(account, person):
    assert person.allow(account.magic_link(user_verify_url="http://x.example/").url).marker == "connected"


def test_a_failed_exchange_is_shown(account, person, faults):
    from emulator import Fault

    faults.add(Fault.status(503, operation="provider.oauth.token"))
    page = person.allow(account.magic_link().url)
    assert page.facts["data-error"] == "failed_to_exchange_token"
    assert account.status == "PENDING_AUTH"


def test_a_redirect_uri_nobody_registered_stops_at_the_provider(scalekit, person):
    scalekit.connection("gmail").redirect_registered = False
    account = scalekit.account("gmail", "u1")
    page = person.open(account.magic_link().url)
    assert page.facts["data-error"] == "redirect_uri_mismatch"
    scalekit.connection("notion").redirect_registered = False
    page = person.open(scalekit.account("notion", "u1").magic_link().url)
    assert page.facts["data-error"] in {"redirect_uri_mismatch", "invalid_client"}


def test_as_user_completes_it_in_one_call(scalekit):
    account = scalekit.account("gmail", "u1")
    account.authorize(as_user=ADA)
    assert account.status == "ACTIVE"
    assert account.scopes[0].endswith("gmail.readonly")


def test_as_user_completes_custom_verification_too(scalekit):
    scalekit.environment().verification = "custom"
    account = scalekit.account("gmail", "u1")
    account.authorize(as_user=ADA)
    assert account.status == "ACTIVE"


def test_deny_presses_cancel(scalekit):
    account = scalekit.account("gmail", "u1")
    assert account.deny(as_user=ADA) == "access_denied"
    assert account.status == "PENDING_AUTH"


def test_static_credentials_are_asked_for_on_a_page(scalekit, person, actions):
    scalekit.create_connection("warehouse", "snowflake", kind="BASIC_AUTH")
    account = scalekit.account("warehouse", "u1")
    page = person.open(account.magic_link().url)
    assert page.marker == "credentials"
    page = person.press(page, "allow", username="ada", password="secret")
    assert page.marker == "connected"
    found = actions.get_connected_account(connection_name="warehouse", identifier="u1").connected_account
    assert found.status == "ACTIVE"
    assert found.authorization_type == "BASIC_AUTH"
    assert found.authorization_details["static_auth"] == {"username": "ada", "password": "secret"}


def test_a_form_from_elsewhere_is_refused(scalekit, person):
    scalekit.create_connection("warehouse", "snowflake", kind="API_KEY")
    account = scalekit.account("warehouse", "u1")
    form = person.open(account.magic_link().url).forms[0]
    pairs = [(name, "x" if name == "form" else value) for name, value in form.filled(("action", "allow"))]
    assert "Invalid state parameter" in person.browser.submit(form, pairs).text
    assert account.status == "PENDING_AUTH"


def test_the_pages_of_the_generic_provider_protect_their_forms(account, person):
    form = person.open(account.magic_link().url).forms[-1]
    pairs = [(name, "x" if name == "form" else value) for name, value in form.filled(("action", "next"))]
    assert person.browser.submit(form, pairs).facts["data-error"] == "invalid_request"


class TestConsentModes:
    """What happens to a link nobody opened yet."""

    def test_auto_opens_it_at_once(self, emulator, actions):
        emulator.consent.mode = "auto"
        actions.get_or_create_connected_account("gmail", "u1")
        actions.get_authorization_link(connection_name="gmail", identifier="u1")
        assert actions.get_or_create_connected_account("gmail", "u1").connected_account.status == "ACTIVE"

    def test_deny_presses_cancel(self, emulator, actions, journal):
        emulator.consent.mode = "deny"
        actions.get_authorization_link(connection_name="gmail", identifier="u1")
        assert actions.get_or_create_connected_account("gmail", "u1").connected_account.status == "PENDING_AUTH"
        assert journal.calls("scalekit.oauth.callback")[0].cause == "provider_access_denied"

    def test_manual_leaves_it_to_a_person(self, emulator, actions):
        made = actions.get_authorization_link(connection_name="gmail", identifier="u1").link
        assert list(emulator.consent.waiting) == [urlsplit(made).path]

    def test_auto_calls_the_app_that_verifies(self, emulator, actions, scalekit):
        """The app is called beside the call it is itself in the middle of."""
        from http.server import BaseHTTPRequestHandler, HTTPServer
        from threading import Event, Thread

        asked, done = [], Event()

        class App(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(parse_qs(urlsplit(self.path).query))
                self.send_response(200)
                self.end_headers()
                done.set()

            def log_message(self, *_):
                return

        scalekit.environment().verification = "custom"
        emulator.consent.mode = "auto"
        with HTTPServer(("127.0.0.1", 0), App) as server:
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            url = f"http://127.0.0.1:{server.server_port}/"
            actions.get_authorization_link(connection_name="notion", identifier="u1", user_verify_url=url, state="mine")
            assert done.wait(10)
            server.shutdown()
            thread.join()
        assert asked[0]["state"] == ["mine"]
        actions.verify_connected_account_user(auth_request_id=asked[0]["auth_request_id"][0], identifier="u1")
        assert scalekit.account("notion", "u1").status == "ACTIVE"

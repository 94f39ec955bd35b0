"""The official Python SDK, unmodified, over the gate: identity, life cycle, errors."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

TOKEN, AUTH = "scalekit.oauth.token", "scalekit.ConnectedAccountService.GetConnectedAccountAuth"
CREATE = "scalekit.ConnectedAccountService.CreateConnectedAccount"


def get_or_create(actions, connection="notion", identifier="u1"):
    return actions.get_or_create_connected_account(connection, identifier).connected_account


def link(actions, connection="notion", identifier="u1", **more):
    return actions.get_authorization_link(connection_name=connection, identifier=identifier, **more)


def test_the_constructor_fetches_one_token_and_calls_nothing(client, journal):
    assert [entry.operation for entry in journal] == [TOKEN]


@pytest.mark.parametrize("change", [("", "wrong"), ("skc_nobody", "")])
def test_wrong_credentials_raise_in_the_constructor(change, scalekit, emulator, journal):
    from scalekit import ScalekitClient
    from scalekit.common.exceptions import ScalekitUnauthorizedException

    environment = scalekit.environment()
    with pytest.raises(ScalekitUnauthorizedException) as raised:
        ScalekitClient(emulator.url, change[0] or environment.client_id, change[1] or environment.client_secret)
    assert raised.value.http_status == 401
    assert raised.value.message is None
    assert list(journal)[-1].cause == "client_wrong"


def test_a_slash_at_the_end_of_the_environment_url_is_tolerated(scalekit, emulator):
    from scalekit import ScalekitClient

    environment = scalekit.environment()
    client = ScalekitClient(emulator.url + "/", environment.client_id, environment.client_secret)
    assert get_or_create(client.actions).status == "PENDING_AUTH"


def test_get_or_create_looks_then_creates_and_is_stable(actions, journal):
    journal.clear()
    created = get_or_create(actions)
    assert [entry.operation for entry in journal] == [AUTH, CREATE]
    assert created.status == "PENDING_AUTH"
    assert created.authorization_type == "OAUTH"
    assert created.provider == "NOTION"
    assert re.fullmatch(r"ca_\d{18}", created.id)
    journal.clear()
    assert get_or_create(actions).id == created.id
    assert [entry.operation for entry in journal] == [AUTH]


def test_connection_names_match_without_regard_to_case(actions):
    assert get_or_create(actions, "NOTION").id == get_or_create(actions, "notion").id
    assert get_or_create(actions, "Notion").connector == "notion"


def test_the_link_has_the_vendors_form_and_a_future_expiry(actions, emulator, clock):
    found = link(actions)
    assert re.fullmatch(re.escape(emulator.url) + r"/magicLink/[0-9a-f]{8}-[0-9a-f-]{27}_o", found.link)
    assert found.expiry.timestamp() > clock.now().replace(tzinfo=None).timestamp()
    assert link(actions).link != found.link


def test_a_link_for_an_unknown_connection_is_not_found(actions):
    from scalekit.common.exceptions import ScalekitNotFoundException

    with pytest.raises(ScalekitNotFoundException) as raised:
        link(actions, "nope")
    assert raised.value.error_code == "RESOURCE_NOT_FOUND"


def test_get_or_create_at_an_unknown_connection_is_not_found(actions):
    from scalekit.common.exceptions import ScalekitNotFoundException

    with pytest.raises(ScalekitNotFoundException):
        get_or_create(actions, "nope")


def test_opening_the_link_leads_to_the_provider_with_our_redirect_uri(actions, emulator, person):
    from emulator.kernel.http import Call, Headers

    parts = urlsplit(link(actions, "youtube").link)
    reply = emulator.respond(Call("GET", "127.0.0.1", parts.path, headers=Headers([("Host", parts.netloc)])))
    assert reply.status == 302
    sent = urlsplit(reply.headers.get("location"))
    asked = {name: values[0] for name, values in parse_qs(sent.query).items()}
    assert sent.path == "/o/oauth2/v2/auth"
    assert re.fullmatch(re.escape(emulator.url) + r"/sso/v1/oauth/conn_\d{18}/callback", asked["redirect_uri"])
    assert asked["scope"] == "https://www.googleapis.com/auth/youtube.readonly"
    assert (asked["access_type"], asked["prompt"], asked["response_type"]) == ("offline", "consent", "code")


def test_consent_activates_the_account(actions, person):
    get_or_create(actions)
    page = person.allow(link(actions).link)
    assert page.marker == "connected"
    found = actions.get_connected_account(connection_name="notion", identifier="u1").connected_account
    assert found.status == "ACTIVE"
    assert found.authorization_details["oauth_token"]["access_token"].startswith("at_notion_")


def test_details_come_without_credentials(actions, gmail_account):
    full = actions.get_connected_account(connection_name="gmail", identifier="u1").connected_account
    bare = actions.get_connected_account_details(connection_name="gmail", identifier="u1").connected_account
    assert bare.id == full.id
    assert bare.authorization_details is None
    assert full.authorization_details["oauth_token"]["refresh_token"].startswith("1//")


def test_custom_verification_goes_through_the_app(actions, scalekit, person):
    from scalekit.common.exceptions import ScalekitForbiddenException, ScalekitNotFoundException

    scalekit.environment().verification = "custom"
    made = link(actions, user_verify_url="http://x.example/cb?k=1", state="s")
    page = person.allow(made.link)
    assert page.left
    assert re.fullmatch(r"http://x\.example/cb\?k=1&auth_request_id=[\w-]+&state=s", page.url)
    assert get_or_create(actions).status == "PENDING_VERIFICATION"
    request_id = page.answer["auth_request_id"]
    with pytest.raises(ScalekitForbiddenException) as raised:
        actions.verify_connected_account_user(auth_request_id=request_id, identifier="u2")
    assert raised.value.http_status == 403
    assert get_or_create(actions).status == "PENDING_VERIFICATION"
    answer = actions.verify_connected_account_user(auth_request_id=request_id, identifier="u1")
    assert answer.post_user_verify_redirect_url.endswith("/connect/success")
    assert get_or_create(actions).status == "ACTIVE"
    with pytest.raises(ScalekitNotFoundException):
        actions.verify_connected_account_user(auth_request_id=request_id, identifier="u1")


def test_a_forged_auth_request_is_not_found(actions):
    from scalekit.common.exceptions import ScalekitNotFoundException

    with pytest.raises(ScalekitNotFoundException):
        actions.verify_connected_account_user(auth_request_id="forged", identifier="u1")


def test_delete_forgets_and_a_new_account_has_a_new_id(actions, gmail_account, google):
    from scalekit.common.exceptions import ScalekitNotFoundException

    actions.delete_connected_account(connection_name="gmail", identifier="u1")
    with pytest.raises(ScalekitNotFoundException):
        actions.get_connected_account(connection_name="gmail", identifier="u1")
    with pytest.raises(ScalekitNotFoundException):
        actions.delete_connected_account(connection_name="gmail", identifier="u1")
    again = get_or_create(actions, "gmail")
    assert again.id != gmail_account.id
    assert again.status == "PENDING_AUTH"


def test_concurrent_creations_make_one_account(actions, scalekit):
    from scalekit.common.exceptions import ScalekitConflictException

    def create(_):
        try:
            return actions.create_connected_account(
                connection_name="notion", identifier="race", authorization_details={}
            ).connected_account.id
        except ScalekitConflictException:
            return None

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(create, range(3)))
    assert len([each for each in made if each]) == 1
    assert [each.identifier for each in scalekit.accounts] == ["race"]


def test_imported_tokens_make_an_active_account(actions):
    details = {"oauth_token": {"access_token": "at_imported", "refresh_token": "rt", "scopes": ["read"]}}
    made = actions.create_connected_account(
        connection_name="notion", identifier="u9", authorization_details=details, api_config={"a": 1}
    ).connected_account
    assert made.status == "ACTIVE"
    assert made.authorization_details["oauth_token"]["access_token"] == "at_imported"
    changed = actions.update_connected_account(connection_name="notion", identifier="u9", api_config={"b": 2})
    assert changed.connected_account.api_config == {"a": 1, "b": 2}


def test_lists_page_and_filter(actions, scalekit):
    for number in range(5):
        scalekit.account("notion", f"user-{number}")
    scalekit.account("gmail", "user-0")
    first = actions.list_connected_accounts(connection_name="notion", page_size=2)
    assert [each.identifier for each in first.connected_accounts] == ["user-0", "user-1"]
    assert first.total_count == 5
    second = actions.list_connected_accounts(connection_name="notion", page_size=2, page_token=first.next_page_token)
    assert [each.identifier for each in second.connected_accounts] == ["user-2", "user-3"]
    assert len(actions.list_connected_accounts(identifier="user-0").connected_accounts) == 2
    assert len(actions.list_connected_accounts(provider="GMAIL").connected_accounts) == 1


@pytest.mark.parametrize("wrong", [{"connection_name": "notion", "connection_names": ["gmail"]}, {"page_size": 100}])
def test_what_a_list_cannot_be_asked_is_a_bad_request(wrong, actions):
    from scalekit.common.exceptions import ScalekitBadRequestException

    with pytest.raises(ScalekitBadRequestException) as raised:
        actions.list_connected_accounts(**wrong)
    assert raised.value.error_code == "INVALID_ARGUMENT"


def test_a_stale_second_token_does_no_harm(actions, scalekit, journal):
    """After a refresh the SDK sends the new token and, behind it, the one its channel was built with."""
    get_or_create(actions)
    scalekit.invalidate_tokens()
    journal.clear()
    assert get_or_create(actions).status == "PENDING_AUTH"
    assert len(journal.calls(TOKEN)) == 1
    lines = journal.calls(AUTH)[-1].call.headers.get_all("authorization")
    assert len(lines) == 2
    assert lines[0] != lines[1]


def test_tokens_live_a_day(actions, clock, journal):
    get_or_create(actions)
    clock.advance(days=1)
    journal.clear()
    get_or_create(actions)
    assert len(journal.calls(TOKEN)) == 1


def test_a_rate_limit_of_scalekits_own_is_no_tool_error(actions, faults):
    from scalekit.common.exceptions import ScalekitToolException, ScalekitTooManyRequestsException

    from emulator import Fault

    faults.add(Fault.status(429, operation=AUTH))
    with pytest.raises(ScalekitTooManyRequestsException) as raised:
        actions.get_connected_account(connection_name="notion", identifier="u1")
    assert raised.value.error_code == "RATE_LIMITED"
    assert not isinstance(raised.value, ScalekitToolException)


def test_the_sdk_reaches_the_hard_coded_host_by_interception(intercepted, scalekit, journal):
    from scalekit import ScalekitClient

    environment = scalekit.environment()
    client = ScalekitClient("https://acme.scalekit.dev", environment.client_id, environment.client_secret)
    found = link(client.actions).link
    assert found.startswith("https://acme.scalekit.dev/magicLink/")
    assert {entry.call.host for entry in journal} == {"acme.scalekit.dev"}

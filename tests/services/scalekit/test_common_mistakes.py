"""The rows of the recipe's "Common mistakes" that concern Scalekit or Google, each brought about in the world."""

from __future__ import annotations

import pytest

ADA, MALLORY = "ada@example.com", "mallory@example.org"
FORBIDDEN = "tool execution failed - forbidden access"


@pytest.fixture
def youtube(scalekit):
    """The shared account of the recipe."""
    account = scalekit.account("youtube", "shared-youtube")
    account.authorize(as_user=ADA)
    return account


def search(actions):
    return actions.execute_tool(
        tool_input={"q": "react", "type": "video", "part": "snippet"},
        tool_name="youtube_search",
        identifier="shared-youtube",
        connection_name="youtube",
    )


def test_tool_calls_fail_with_permission_denied_even_though_the_account_is_active(actions, youtube, google):
    """The API is not enabled; enabling it is enough, no new authorization."""
    from scalekit.common.exceptions import ScalekitToolForbiddenException

    project = google.project("demo-project")
    project.disable("youtube.googleapis.com")
    with pytest.raises(ScalekitToolForbiddenException) as raised:
        search(actions)
    assert raised.value.message == FORBIDDEN
    assert raised.value.http_status == 403
    assert "has not been used in project" in raised.value.tool_error_message
    assert youtube.status == "ACTIVE"
    project.enable("youtube.googleapis.com")
    assert search(actions).data["kind"] == "youtube#searchListResponse"


def test_authorization_fails_with_org_internal(scalekit, google, person, actions):
    """The recipe names this error for an app in Testing whose test users lack the account."""
    project = google.project("demo-project")
    project.denied_as = "org_internal"
    account = scalekit.account("youtube", "shared-youtube")
    from emulator.services.scalekit.facade import NotAuthorized

    with pytest.raises(NotAuthorized) as raised:
        account.authorize(as_user=MALLORY)
    assert raised.value.error == "org_internal"
    assert account.status == "PENDING_AUTH"
    project.add_test_user(MALLORY)
    account.authorize(as_user=MALLORY)
    assert account.status == "ACTIVE"


def test_tool_calls_fail_with_permission_denied_after_adding_scopes(actions, scalekit):
    """Scopes are locked at authorization: delete, authorize again, and the new account has them."""
    from scalekit.common.exceptions import ScalekitToolForbiddenException

    account = scalekit.account("gmail", "u1")
    scalekit.connection("gmail").scopes = ["gmail.readonly"]
    account.authorize(as_user=ADA)

    def label():
        return actions.execute_tool(
            tool_input={"name": "Done"}, tool_name="gmail_create_label", identifier="u1", connection_name="gmail"
        )

    with pytest.raises(ScalekitToolForbiddenException):
        label()
    scalekit.connection("gmail").scopes = ["gmail.readonly", "gmail.labels"]
    with pytest.raises(ScalekitToolForbiddenException) as raised:
        label()
    assert "insufficient authentication scopes" in raised.value.tool_error_message
    actions.delete_connected_account(connection_name="gmail", identifier="u1")
    renewed = scalekit.account("gmail", "u1")
    renewed.authorize(as_user=ADA)
    assert renewed.id != account.id
    assert label().data["name"] == "Done"


def test_a_new_link_and_consent_gives_the_new_scopes_too(actions, scalekit):
    account = scalekit.account("gmail", "u1")
    scalekit.connection("gmail").scopes = ["gmail.readonly"]
    account.authorize(as_user=ADA)
    scalekit.connection("gmail").scopes = ["gmail.readonly", "gmail.labels"]
    account.authorize(as_user=ADA)
    assert [name.rpartition("/")[2] for name in sorted(account.scopes)] == ["gmail.labels", "gmail.readonly"]


def test_using_email_as_the_identifier_is_not_needed(actions):
    """Any unique string is an identifier."""
    found = actions.get_or_create_connected_account("notion", "aBcDeFgHiJkLmNoPq").connected_account
    assert found.identifier == "aBcDeFgHiJkLmNoPq"


def test_a_user_id_that_is_undefined_locally_is_refused(actions, wire):
    """The SDK stops an empty identifier; what gets past it is refused by the API."""
    with pytest.raises(ValueError, match="identifier is required"):
        actions.get_or_create_connected_account("notion", "")
    assert wire.rpc("GetConnectedAccountAuth", connector="notion").code == 3
    assert actions.get_or_create_connected_account("notion", "local-dev-user").connected_account.id


def test_a_redirect_uri_left_blank_in_the_google_client_stops_authorization(scalekit):
    from emulator.services.scalekit.facade import NotAuthorized

    scalekit.connection("youtube").redirect_registered = False
    with pytest.raises(NotAuthorized) as raised:
        scalekit.account("youtube", "shared-youtube").authorize(as_user=ADA)
    assert raised.value.error == "redirect_uri_mismatch"


def test_a_revoked_grant_makes_get_or_create_answer_a_non_active_account(actions, scalekit, clock):
    account = scalekit.account("gmail", "u1")
    account.authorize(as_user=ADA)
    account.revoke()
    clock.advance(hours=1)
    found = actions.get_or_create_connected_account("gmail", "u1").connected_account
    assert found.status == "EXPIRED"
    assert actions.get_authorization_link(connection_name="gmail", identifier="u1").link

"""Tools: the provider is really called, and its refusal is the tool's."""

from __future__ import annotations

import json

import pytest

TOKEN = "google.oauth.token"
EXECUTE = "scalekit.ToolService.ExecuteTool"
PROFILE = "gmail.users.getProfile"


def run(actions, tool, connection="gmail", identifier="u1", **inputs):
    return actions.execute_tool(tool_input=inputs, tool_name=tool, identifier=identifier, connection_name=connection)


def test_a_tool_answers_what_the_provider_answers(actions, gmail_account, journal):
    answer = run(actions, "gmail_get_profile")
    assert answer.data["emailAddress"] == "ada@example.com"
    assert answer.execution_id
    call = journal.calls(PROFILE)[0]
    assert call.call.bearer_token() == gmail_account.access_token
    assert call.parent == journal.calls(EXECUTE)[0].number


def test_an_account_is_found_by_id_and_by_the_tools_provider(actions, gmail_account):
    by_id = actions.execute_tool(tool_input={}, tool_name="gmail_get_profile", connected_account_id=gmail_account.id)
    by_provider = actions.execute_tool(tool_input={}, tool_name="gmail_get_profile", identifier="u1")
    assert by_id.data == by_provider.data


def test_fetched_mails_are_whole_messages(actions, gmail_account):
    data = run(actions, "gmail_fetch_mails", max_results="2", query="in:inbox", page_token="", part="ignored").data
    assert len(data["messages"]) == 2
    assert {"snippet", "internalDate", "payload"} <= set(data["messages"][0])


def test_a_sent_message_arrives(actions, gmail_account, gmail):
    sent = run(
        actions, "gmail_send_message", to="grace@example.com", subject="Grüße", body="Hello\n", cc="", content_type=""
    ).data
    found = run(actions, "gmail_get_message_by_id", message_id=sent["id"], format="metadata").data
    headers = {each["name"]: each["value"] for each in found["payload"]["headers"]}
    assert headers["To"] == "grace@example.com"
    assert headers["Subject"] in {"Grüße", "=?utf-8?b?R3LDvMOfZQ==?=", "=?utf-8?q?Gr=C3=BC=C3=9Fe?="}


def test_a_reply_stays_in_its_thread(actions, gmail_account):
    first = run(actions, "gmail_fetch_mails", max_results=1).data["messages"][0]
    answer = run(
        actions, "gmail_reply_to_thread", thread_id=first["threadId"], to="grace@example.com", body="Thanks"
    ).data
    assert answer["threadId"] == first["threadId"]


def test_an_expired_token_is_refreshed_once_and_kept(actions, gmail_account, clock, journal):
    before = gmail_account.access_token
    clock.advance(hours=1)
    journal.clear()
    assert run(actions, "gmail_get_profile").data["emailAddress"]
    assert [entry.parameters["grant_type"] for entry in journal.calls(TOKEN)] == ["refresh_token"]
    found = actions.get_connected_account(connection_name="gmail", identifier="u1").connected_account
    token = found.authorization_details["oauth_token"]["access_token"]
    assert token != before
    assert len(journal.calls(TOKEN)) == 1


def test_a_look_refreshes_five_minutes_ahead(actions, gmail_account, clock, journal):
    clock.advance(minutes=56)
    journal.clear()
    actions.get_connected_account(connection_name="gmail", identifier="u1")
    assert len(journal.calls(TOKEN)) == 1


def test_a_grant_revoked_at_the_provider_expires_the_account(actions, gmail_account, journal):
    from scalekit.common.exceptions import ScalekitToolUnauthorizedException

    gmail_account.revoke()
    journal.clear()
    with pytest.raises(ScalekitToolUnauthorizedException) as raised:
        run(actions, "gmail_get_profile")
    assert raised.value.http_status == 401
    assert raised.value.tool_error_code == "UNAUTHENTICATED"
    assert gmail_account.status == "EXPIRED"
    assert len(journal.calls(EXECUTE)) == 1  # a tool error is not repeated
    assert actions.get_or_create_connected_account("gmail", "u1").connected_account.status == "EXPIRED"


def test_a_refresh_token_of_a_testing_project_dies_in_seven_days(actions, gmail_account, clock):
    clock.advance(days=8)
    assert actions.get_or_create_connected_account("gmail", "u1").connected_account.status == "EXPIRED"


def test_an_expired_account_starts_over_with_a_link(actions, gmail_account, person):
    gmail_account.expire()
    actions.get_authorization_link(connection_name="gmail", identifier="u1")
    assert gmail_account.status == "PENDING_AUTH"
    gmail_account.authorize(as_user="ada@example.com")
    assert gmail_account.status == "ACTIVE"


@pytest.mark.parametrize("status", ["PENDING_AUTH", "PENDING_VERIFICATION", "DISCONNECTED"])
def test_an_account_that_is_not_active_runs_no_tool(status, actions, gmail_account, journal):
    from scalekit.common.exceptions import ScalekitBadRequestException

    gmail_account.status = status
    with pytest.raises(ScalekitBadRequestException) as raised:
        run(actions, "gmail_get_profile")
    assert raised.value.message == f"connected account is not active, status: {status}"
    journal.calls(PROFILE).assert_none()


def test_an_upstream_rate_limit_is_a_tool_error(actions, gmail_account, faults, journal):
    from scalekit.common.exceptions import ScalekitToolRateLimitException

    from emulator import Fault

    faults.add(Fault.status(429, operation=PROFILE))
    with pytest.raises(ScalekitToolRateLimitException) as raised:
        run(actions, "gmail_get_profile")
    assert raised.value.error_code == "TOOL_ERROR"
    assert len(journal.calls(EXECUTE)) == 1


def test_any_other_upstream_failure_is_a_tool_error_500(actions, gmail_account, faults):
    from scalekit.common.exceptions import ScalekitToolException

    from emulator import Fault

    faults.add(Fault.status(503, operation=PROFILE))
    with pytest.raises(ScalekitToolException) as raised:
        run(actions, "gmail_get_profile")
    assert raised.value.http_status == 500


def test_a_broken_connection_upstream_is_a_tool_error(actions, gmail_account, faults):
    from scalekit.common.exceptions import ScalekitToolException

    from emulator import Fault

    faults.add(Fault.reset(operation=PROFILE))
    with pytest.raises(ScalekitToolException) as raised:
        run(actions, "gmail_get_profile")
    assert raised.value.tool_error_message == "the provider broke the connection"


def test_a_provider_that_cannot_be_reached_leaves_the_account_active(actions, gmail_account, faults, clock):
    from emulator import Fault

    clock.advance(minutes=57)
    faults.add(Fault.status(503, operation=TOKEN))
    found = actions.get_connected_account(connection_name="gmail", identifier="u1").connected_account
    assert found.status == "ACTIVE"
    assert found.authorization_details["oauth_token"]["access_token"] == gmail_account.access_token


def test_an_unknown_tool_is_not_found(actions, gmail_account):
    from scalekit.common.exceptions import ScalekitNotFoundException

    with pytest.raises(ScalekitNotFoundException):
        run(actions, "no_such_tool")


def test_a_tool_of_another_provider_is_refused_before_the_provider_hears(actions, gmail_account, journal):
    from scalekit.common.exceptions import ScalekitBadRequestException

    journal.clear()
    with pytest.raises(ScalekitBadRequestException):
        actions.execute_tool(tool_input={"q": "x"}, tool_name="youtube_search", connected_account_id=gmail_account.id)
    assert {entry.service for entry in journal} == {"scalekit"}


@pytest.mark.parametrize(
    ("inputs", "field"), [({}, "params.message_id"), ({"message_id": {"a": 1}}, "params.message_id")]
)
def test_bad_inputs_are_named(inputs, field, actions, gmail_account, journal):
    from scalekit.common.exceptions import ScalekitBadRequestException

    with pytest.raises(ScalekitBadRequestException) as raised:
        run(actions, "gmail_get_message_by_id", **inputs)
    assert field in raised.value.message
    journal.calls("gmail.users.messages.get").assert_none()


def test_a_tool_of_the_tests_own_runs_for_any_connector(actions, scalekit):
    account = scalekit.account("notion", "u1")
    account.authorize(as_user="ursula@notion.example")

    @scalekit.tool("notion_page_get", provider="notion", inputs="page_id*", description="Get a page.")
    def page_get(call):
        return {"id": call.inputs["page_id"], "extra": call.inputs.get("more"), "who": call.send("GET", ME)["user"]}

    data = run(actions, "notion_page_get", "notion", page_id="p1", more=3).data
    assert data == {"id": "p1", "extra": 3.0, "who": "ursula@notion.example"}
    assert scalekit.platform.tools.find("notion_page_get") is not None


ME = "https://notion.providers.test/api/me"


def test_a_tool_of_one_test_is_gone_in_the_next_world(emulator, scalekit):
    with emulator.isolated():
        scalekit.tool("notion_page_get", provider="notion")(lambda call: {})
    assert scalekit.platform.tools.find("notion_page_get") is None


def test_a_custom_tools_unused_grant_dies_at_its_provider(actions, scalekit):
    from scalekit.common.exceptions import ScalekitToolUnauthorizedException

    account = scalekit.account("notion", "u1")
    account.authorize()
    scalekit.tool("notion_me", provider="notion")(lambda call: call.send("GET", ME))
    account.revoke()
    with pytest.raises(ScalekitToolUnauthorizedException):
        run(actions, "notion_me", "notion")
    assert account.status == "EXPIRED"  # Notion gives no refresh token, so a refusal is final


def test_tools_are_listed_with_their_schemas(client):
    answer = client.tools.list_tools()[0] if isinstance(client.tools.list_tools(), tuple) else client.tools.list_tools()
    names = list(answer.tool_names)
    assert len(names) == answer.total_size == 101
    search = next(tool for tool in answer.tools if tool.definition["name"] == "youtube_search")
    assert search.id.startswith("tol_")
    properties = search.definition["input_schema"]["properties"]
    assert properties["max_results"]["default"] == 10
    assert search.definition["rest_api_info"]["path_template"] == "/youtube/v3/search"


def test_lists_page_by_tokens(wire):
    first = wire.rpc("ListTools", page_size=60).message
    second = wire.rpc("ListTools", page_size=60, page_token=first.next_page_token).message
    assert len(first.tools) == 60
    assert len(second.tools) == 41
    assert not second.next_page_token
    assert wire.rpc("ListTools", page_size=60, page_token=second.prev_page_token).message.tool_names == first.tool_names


def test_scoped_tools_belong_to_the_identifiers_accounts(wire, gmail_account):
    asked = {"filter": {"connection_names": ["gmail"]}, "identifier": "u1", "page_size": 100}
    answer = wire.rpc("ListScopedTools", **asked).message
    assert {each.tool.provider for each in answer.tools} == {"GMAIL"}
    assert {each.connected_account_id for each in answer.tools} == {gmail_account.id}
    assert wire.rpc("ListAvailableTools", identifier="u1").message.total_size == 56
    assert wire.rpc("ListScopedTools", identifier="u1").code == 3


def test_search_tells_what_is_ready(wire, gmail_account):
    found = wire.rpc("SearchTools", query="send message", identifier="u1", top_k=3).message.tools
    assert found[0].name == "gmail_send_message"
    assert [(each.connection_name, each.readiness_state) for each in found[0].connections] == [("gmail", 1)]
    gmail_account.expire()
    again = wire.rpc("SearchTools", query="send message", identifier="u1").message.tools[0]
    assert again.connections[0].readiness_state == 3


def test_the_proxy_passes_calls_with_the_accounts_token(actions, gmail_account, scalekit, journal):
    scalekit.connection("gmail").proxy_enabled = True
    answer = actions.request("gmail", "u1", "/gmail/v1/users/me/profile")
    assert answer.status_code == 200
    assert answer.json()["emailAddress"] == "ada@example.com"
    assert journal.calls("scalekit.proxy")[0].parameters == {"connection_name": "gmail", "identifier": "u1"}
    assert journal.calls(PROFILE)[0].call.bearer_token() == gmail_account.access_token


def test_the_proxy_is_off_at_first(actions, gmail_account, journal):
    answer = actions.request("gmail", "u1", "/gmail/v1/users/me/profile")
    assert answer.status_code == 403
    assert "proxy not enabled for provider" in answer.text
    journal.calls(PROFILE).assert_none()


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"connection_name": "nope", "identifier": "u1"}, 404), ({"connection_name": "gmail", "identifier": "u2"}, 404)],
)
def test_the_proxy_names_what_is_missing(headers, status, wire, scalekit, gmail_account):
    scalekit.connection("gmail").proxy_enabled = True
    assert wire.http("GET", "/proxy/gmail/v1/users/me/profile", **headers).status == status


def test_the_proxy_needs_a_token(wire):
    wire.token = ""
    answer = wire.http("GET", "/proxy/gmail/v1/users/me/profile", connection_name="gmail", identifier="u1")
    assert answer.status == 401
    assert json.loads(answer.reply.body)["message"] == "Token empty"

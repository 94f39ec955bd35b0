"""The official Node SDK in three versions, unmodified, over cleartext HTTP/2 at the loopback base URL."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from emulator import Fault

NODE = Path(__file__).parents[2] / "node"
VERSIONS = {"2.6.0": "@scalekit-sdk/node-2.6.0", "2.6.3": "@scalekit-sdk/node-2.6.3", "2.11.0": "@scalekit-sdk/node"}
ADA = "ada@example.com"
TOKEN, AUTH = "scalekit.oauth.token", "scalekit.ConnectedAccountService.GetConnectedAccountAuth"
EXECUTE = "scalekit.ToolService.ExecuteTool"
FORBIDDEN = "[permission_denied] tool execution failed - forbidden access"

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
    pytest.mark.skipif(
        not (NODE / "node_modules" / VERSIONS["2.6.0"]).is_dir(), reason="npm install in tests/node has not been run"
    ),
]


class Refused(Exception):
    """What the SDK threw."""

    def __init__(self, error):
        super().__init__(f"{error.get('name')}: {error.get('message')}")
        self.name, self.message = error["name"], error["message"]
        self.error_code, self.http_status = error.get("errorCode"), error.get("httpStatus")
        self.tool_message = error.get("toolErrorMessage")


class Sdk:
    """One Node process with one version of the SDK."""

    def __init__(self, version):
        self.version = version
        self._process = subprocess.Popen(
            ["node", "scalekit.cjs", VERSIONS[version]],
            cwd=NODE,
            env={**os.environ, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, *credentials):
        self.call("new", *credentials)

    def call(self, op, *args):
        return self._send({"op": op, "args": list(args)})

    def poll(self, **args):
        return self._send({"op": "poll", "args": args})

    def together(self, *commands):
        return self._send({"op": "together", "args": [{"op": op, "args": args} for op, *args in commands]})

    def get_or_create(self, connection="notion", identifier="u1"):
        asked = {"connectionName": connection, "identifier": identifier}
        return self.call("getOrCreateConnectedAccount", asked)["connectedAccount"]

    def link(self, connection="notion", identifier="u1", **more):
        return self.call("getAuthorizationLink", {"connectionName": connection, "identifier": identifier, **more})

    def run(self, tool, connection="gmail", **inputs):
        asked = {"toolName": tool, "toolInput": inputs, "identifier": "u1", "connector": connection}
        return self.call("executeTool", asked)

    def _send(self, command):
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["value"]

    def end(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.kill()
        self._process.wait(10)


@pytest.fixture(scope="module", params=list(VERSIONS))
def process(request):
    started = Sdk(request.param)
    yield started
    started.end()


@pytest.fixture
def sdk(process, scalekit, emulator):
    environment = scalekit.environment()
    process.begin(emulator.url, environment.client_id, environment.client_secret)
    return process


def test_the_first_call_is_refused_then_a_token_fetched(sdk, journal):
    journal.clear()
    assert sdk.get_or_create()["status"] == 3
    first, token, *_ = list(journal)
    assert (first.operation, first.cause) == (AUTH, "token_missing")
    assert token.operation == TOKEN
    assert len(journal.calls(TOKEN)) == 1


def test_wrong_credentials_escape_as_an_axios_error(process, scalekit, emulator):
    process.begin(emulator.url, scalekit.environment().client_id, "wrong")
    with pytest.raises(Refused) as raised:
        process.get_or_create()
    assert (raised.value.name, raised.value.http_status) == ("AxiosError", 401)


def test_the_whole_way_to_a_tool_call(sdk, scalekit, person, emulator):
    """Pending, link, consent, verification, active, tool: recipe 2 with the SDK its Actor pins."""
    scalekit.environment().verification = "custom"
    assert sdk.get_or_create()["status"] == 3
    link = sdk.link(userVerifyUrl="http://x.example/cb?k=1", state="s")["link"]
    assert re.fullmatch(re.escape(emulator.url) + r"/magicLink/[0-9a-f-]{36}_o", link)
    page = person.allow(link)
    assert sdk.get_or_create()["status"] == 4
    request_id = page.answer["auth_request_id"]
    with pytest.raises(Refused) as raised:
        sdk.call("verifyConnectedAccountUser", {"authRequestId": request_id, "identifier": "u2"})
    assert (raised.value.name, raised.value.http_status) == ("ScalekitForbiddenException", 403)
    answer = sdk.call("verifyConnectedAccountUser", {"authRequestId": request_id, "identifier": "u1"})
    assert answer["postUserVerifyRedirectUrl"] == f"{emulator.url}/connect/success"
    account = sdk.get_or_create()
    assert account["status"] == 1
    assert account["authorizationDetails"]["details"]["value"]["accessToken"].startswith("at_notion_")
    scalekit.tool("notion_page_search", provider="notion")(lambda call: {"results": [{"id": "p1"}]})
    assert sdk.run("notion_page_search", "notion", query="x")["data"] == {"results": [{"id": "p1"}]}


def test_an_upstream_403_reads_as_the_recipe_quotes_it(sdk, gmail_account, google):
    google.project("demo-project").disable("gmail.googleapis.com")
    with pytest.raises(Refused) as raised:
        sdk.run("gmail_get_profile")
    assert raised.value.message == FORBIDDEN
    assert raised.value.error_code == "TOOL_ERROR"
    if sdk.version == "2.11.0":
        assert raised.value.name == "ScalekitToolForbiddenException"
        assert "has not been used in project" in raised.value.tool_message
    else:
        assert raised.value.name == "ScalekitForbiddenException"
    assert gmail_account.status == "ACTIVE"


def test_a_dead_grant_is_unauthorized_in_each_versions_way(sdk, gmail_account, journal):
    gmail_account.revoke()
    sdk.get_or_create()
    journal.clear()
    with pytest.raises(Refused) as raised:
        sdk.run("gmail_get_profile")
    assert gmail_account.status == "EXPIRED"
    newest = sdk.version == "2.11.0"
    assert raised.value.name == ("ScalekitToolUnauthorizedException" if newest else "ScalekitUnauthorizedException")
    assert len(journal.calls(EXECUTE)) == (1 if newest else 4)  # the older ones take it for a token of their own
    assert sdk.get_or_create("gmail")["status"] == 2


@pytest.mark.slow
def test_a_rate_limit_upstream_is_repeated_by_the_older_versions_only(sdk, gmail_account, faults, journal):
    sdk.get_or_create()
    faults.add(Fault.status(429, operation="gmail.users.getProfile"))
    journal.clear()
    with pytest.raises(Refused) as raised:
        sdk.run("gmail_get_profile")
    newest = sdk.version == "2.11.0"
    assert raised.value.name == ("ScalekitToolRateLimitException" if newest else "ScalekitTooManyRequestsException")
    assert len(journal.calls(EXECUTE)) == (1 if newest else 4)


def test_concurrent_first_calls_make_one_account(sdk, scalekit):
    sdk.get_or_create("gmail")
    asked = {"connectionName": "notion", "identifier": "race"}
    outcomes = sdk.together(*[("getOrCreateConnectedAccount", asked)] * 3)
    assert outcomes.count("fulfilled") >= 1
    assert [each.identifier for each in scalekit.accounts if each.connection.name == "notion"] == ["race"]


def test_polling_for_an_account_nobody_authorizes_times_out(sdk):
    sdk.link()
    with pytest.raises(Refused, match="Timed out after"):
        sdk.poll(args={"connectionName": "notion", "identifier": "u1"}, every=20, limit=200)


def test_polling_ends_when_somebody_authorizes(sdk, scalekit):
    scalekit.account("notion", "u1").becomes_active(after_polls=3)
    sdk.link()
    found = sdk.poll(args={"connectionName": "notion", "identifier": "u1"}, every=20, limit=5000)
    assert found == scalekit.account("notion", "u1").id


def test_an_unknown_tool_and_a_tool_of_another_provider(sdk, gmail_account):
    with pytest.raises(Refused) as raised:
        sdk.run("no_such_tool")
    assert raised.value.http_status == 404
    with pytest.raises(Refused) as raised:
        sdk.call("executeTool", {"toolName": "youtube_search", "toolInput": {}, "connectedAccountId": gmail_account.id})
    assert raised.value.http_status == 400


def test_the_proxy_wants_a_token_first(sdk, gmail_account, scalekit):
    scalekit.connection("gmail").proxy_enabled = True
    asked = {
        "connectionName": "gmail",
        "identifier": "u1",
        "path": "/gmail/v1/users/me/profile",
        "method": "GET",
    }
    with pytest.raises(Refused) as raised:
        sdk.call("request", asked)  # a client that made no gRPC call has no token
    assert raised.value.http_status == 401
    sdk.get_or_create("gmail")
    answer = sdk.call("request", asked)
    assert answer["data"]["emailAddress"] == ADA


def test_lists_and_deletes(sdk, gmail_account):
    listed = sdk.call("listConnectedAccounts", {"connectionName": "gmail"})["connectedAccounts"]
    assert [each["identifier"] for each in listed] == ["u1"]
    sdk.call("deleteConnectedAccount", {"connectionName": "gmail", "identifier": "u1"})
    with pytest.raises(Refused) as raised:
        sdk.call("getConnectedAccount", {"connectionName": "gmail", "identifier": "u1"})
    assert raised.value.http_status == 404

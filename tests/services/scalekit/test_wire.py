"""The bytes: frames and trailers, the REST gateway, and what both do with input that is none."""

from __future__ import annotations

import base64
import gzip
import json
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.services.scalekit.descriptors import message, message_class
from emulator.services.scalekit.framing import LARGEST_MESSAGE, frame, percent_encoded
from emulator.services.scalekit.surface import METHODS

GET = "GetConnectedAccountAuth"
TYPE = "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo"
ACCOUNTS = "/api/v1/connected_accounts"


def details(answer):
    encoded = answer.reply.trailers.get("grpc-status-details-bin")
    status = message_class("google.rpc.Status").FromString(base64.b64decode(encoded + "=" * (-len(encoded) % 4)))
    assert (status.code, percent_encoded(status.message)) == (answer.code, answer.text)
    assert status.details[0].type_url == TYPE
    return message_class("scalekit.v1.errdetails.ErrorInfo").FromString(status.details[0].value)


def tables(emulator):
    names = [row[0] for row in emulator.world.all("SELECT name FROM sqlite_master WHERE name LIKE 'scalekit_%'")]
    return {
        name: [tuple(row) for row in emulator.world.all(f"SELECT * FROM {name}")]
        for name in names
        if "_of_" not in name
    }


def test_without_a_token_both_renderings_say_so(wire):
    wire.token = ""
    answer = wire.rpc(GET, connector="notion", identifier="u1")
    assert (answer.status, answer.code, answer.text) == (200, 16, "Token empty")
    assert details(answer).error_code == "UNAUTHENTICATED"
    rest = wire.rest("GET", f"{ACCOUNTS}/auth?connector=notion&identifier=u1")
    assert rest.status == 401
    assert rest.json() == {
        "code": 16,
        "message": "Token empty",
        "details": [{"@type": TYPE, "error_code": "UNAUTHENTICATED"}],
    }


def test_a_forged_token_is_unauthenticated(wire):
    wire.token = "forged"
    assert wire.rpc(GET, connector="notion", identifier="u1").code == 16


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        (b"", 13, "EOF"),
        (b"\0\0", 13, "unexpected EOF"),
        (b"\0\0\0\0\x05ab", 13, "unexpected EOF"),
        (b"\0\0\0\0\0rest", 13, "cardinality violation: expected <EOF> for non client-streaming RPCs"),
        (b"\x07\0\0\0\0", 13, "grpc: received unexpected payload format 7"),
        (b"\x01\0\0\0\0", 13, "grpc: compressed flag set with identity or empty encoding"),
        (frame(b"\xff\xff\xff"), 13, "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data"),
        (struct.pack(">BI", 0, LARGEST_MESSAGE + 1), 8, "grpc: received message larger than max (4194305 vs. 4194304)"),
    ],
)
def test_a_broken_frame_has_grpcs_own_answer(body, code, text, wire, emulator):
    before = tables(emulator)
    answer = wire.rpc("CreateConnectedAccount", body)
    assert (answer.code, answer.text) == (code, text)
    assert tables(emulator) == before


def test_compressed_messages_are_read(wire):
    payload = gzip.compress(
        message(METHODS[f"scalekit.ConnectedAccountService.{GET}"].request, identifier="x").SerializeToString()
    )
    body = struct.pack(">BI", 1, len(payload)) + payload
    assert wire.rpc(GET, body, headers={"grpc-encoding": "gzip"}).code == 3
    assert wire.rpc(GET, body, headers={"grpc-encoding": "br"}).code == 12
    assert wire.rpc(GET, body[:-4] + b"oops", headers={"grpc-encoding": "gzip"}).code == 13


def test_a_compressed_bomb_is_too_large(wire):
    payload = gzip.compress(bytes(LARGEST_MESSAGE * 2))
    assert wire.rpc(GET, struct.pack(">BI", 1, len(payload)) + payload, headers={"grpc-encoding": "gzip"}).code == 8


@pytest.mark.parametrize(
    ("method", "fields", "field", "constraint"),
    [
        (GET, {"connector": "notion"}, "identifier", "required"),
        (GET, {"connector": "notion", "identifier": ""}, "identifier", "required"),
        (GET, {"identifier": "u1"}, "connector", "required"),
        (GET, {"connector": "a/b", "identifier": "u1"}, "connector", "string.pattern"),
        (GET, {"connector": "notion\n", "identifier": "u1"}, "connector", "string.pattern"),
        (GET, {"connector": "notion", "identifier": "x" * 101}, "identifier", "string.max_len"),
        (GET, {"id": "acct_1"}, "id", "string.prefix"),
        ("CreateConnectedAccount", {"connector": "notion", "identifier": "u"}, "connected_account", "required"),
        ("GetMagicLinkForConnectedAccount", {"user_verify_url": "ftp://x"}, "user_verify_url", "string.pattern"),
        ("GetMagicLinkForConnectedAccount", {"state": "s" * 513}, "state", "string.max_len"),
        ("ListConnectedAccounts", {"page_size": 100}, "page_size", "uint32.lt"),
        ("ListConnectedAccounts", {"page_token": "nonsense"}, "page_token", "page_token"),
        ("ListConnectedAccounts", {"connection_names": ["a"] * 21}, "connection_names", "repeated.max_items"),
        ("ListConnectedAccounts", {"connection_names": ["a/b"]}, "connection_names[0]", "string.pattern"),
        ("SearchConnectedAccounts", {"query": "ab"}, "query", "string.min_len"),
        ("SearchConnectedAccounts", {"query": "abc", "page_size": 31}, "page_size", "uint32.lte"),
        ("VerifyConnectedAccountUser", {"auth_request_id": "x"}, "identifier", "string.min_len"),
        ("ExecuteTool", {}, "tool_name", "required"),
        ("ListScopedTools", {"identifier": "u1"}, "filter", "required"),
    ],
)
def test_a_broken_rule_is_named(method, fields, field, constraint, wire, emulator):
    before = tables(emulator)
    answer = wire.rpc(method, **fields)
    assert answer.code == 3
    violations = details(answer).validation_error_info.field_violations
    assert (violations[0].field, violations[0].constraint) == (field, constraint)
    assert answer.text.startswith("Validation error: ")
    assert tables(emulator) == before


def test_methods_of_the_portal_are_unimplemented(wire):
    answer = wire.rpc("ListMyAppConnections")
    assert answer.code == 12


def test_a_method_nobody_has_is_unimplemented(wire, emulator):
    from emulator.kernel.http import Call, Headers

    call = Call(
        "POST", "acme.scalekit.dev", "/scalekit.v1.mcp.McpService/ListMcpConfigs", headers=Headers([("te", "x")])
    )
    reply = emulator.respond(call)
    assert reply.trailers.get("grpc-status") == "12"
    assert reply.trailers.get("grpc-message") == "unknown method ListMcpConfigs for service scalekit.v1.mcp.McpService"


@pytest.mark.parametrize(
    ("status", "code"), [(400, 3), (401, 16), (403, 7), (404, 5), (429, 8), (500, 13), (503, 14), (504, 4)]
)
def test_faults_speak_grpc(status, code, wire, faults):
    from emulator import Fault

    faults.add(Fault.status(status, operation=f"scalekit.ConnectedAccountService.{GET}"))
    assert wire.rpc(GET, connector="notion", identifier="u1").code == code


def test_messages_are_percent_encoded():
    assert percent_encoded("50% — ok\n") == "50%25 %E2%80%94 ok%0A"


class TestRest:
    """The gateway: the same handlers in JSON."""

    def test_create_get_list_delete(self, wire):
        body = json.dumps({"connector": "notion", "identifier": "u1", "connected_account": {}})
        created = wire.rest("POST", ACCOUNTS, body)
        assert created.status == 201
        account = created.json()["connected_account"]
        assert account["status"] == "PENDING_AUTH"
        assert account["authorization_type"] == "OAUTH"
        assert wire.rest("POST", ACCOUNTS, body).status == 409
        found = wire.rest("GET", f"{ACCOUNTS}/auth?connector=notion&identifier=u1&unknown=1").json()
        assert found["connected_account"]["id"] == account["id"]
        listed = wire.rest("GET", f"{ACCOUNTS}?connection_names=notion&connection_names=gmail&page_size=2").json()
        assert [each["id"] for each in listed["connected_accounts"]] == [account["id"]]
        assert listed["total_size"] == 1
        assert wire.rest("GET", f"{ACCOUNTS}/{account['id']}").json()["connected_account"]["identifier"] == "u1"
        gone = wire.rest("POST", f"{ACCOUNTS}:delete", json.dumps({"id": account["id"]}))
        assert (gone.status, gone.json()) == (200, {})
        assert wire.rest("GET", f"{ACCOUNTS}/{account['id']}").status == 404

    def test_disconnect_keeps_the_account(self, wire, gmail_account):
        answer = wire.rest("POST", f"{ACCOUNTS}/{gmail_account.id}:disconnect", "{}")
        assert answer.json()["connected_account"]["status"] == "DISCONNECTED"
        assert gmail_account.access_token == ""

    def test_search(self, wire, scalekit):
        scalekit.account("notion", "needle-1")
        scalekit.account("notion", "other")
        found = wire.rest("GET", f"{ACCOUNTS}:search?query=needle").json()
        assert [each["identifier"] for each in found["connected_accounts"]] == ["needle-1"]

    def test_a_tool(self, wire, gmail_account):
        body = {"tool_name": "gmail_get_profile", "connected_account_id": gmail_account.id, "params": {}}
        assert wire.rest("POST", "/api/v1/execute_tool", json.dumps(body)).json()["data"]["emailAddress"]

    def test_a_failing_tool(self, wire, gmail_account, google):
        google.project("demo-project").disable("gmail.googleapis.com")
        body = {"tool_name": "gmail_get_profile", "connected_account_id": gmail_account.id}
        answer = wire.rest("POST", "/api/v1/execute_tool", json.dumps(body))
        assert answer.status == 403
        assert answer.json()["message"] == "tool execution failed - forbidden access"
        info = answer.json()["details"][0]
        assert info["error_code"] == "TOOL_ERROR"
        assert info["tool_error_info"]["tool_error_code"] == "PERMISSION_DENIED"

    @pytest.mark.parametrize("body", ["{", "[]", '{"nope": 1}', '{"identifier": {}}', "\ud800", "[" * 5000])
    def test_what_is_no_message_is_a_bad_request(self, body, wire):
        answer = wire.http("POST", ACCOUNTS, body.encode("utf-8", "surrogatepass"), "application/json")
        assert answer.status == 400
        assert answer.json()["code"] == 3

    def test_oversized_input_is_refused(self, wire):
        body = json.dumps({"tool_name": "x", "params": {"x": "y" * LARGEST_MESSAGE}})
        assert wire.rest("POST", "/api/v1/execute_tool", body).status == 429

    @pytest.mark.emulator(allow_unrouted=True)
    def test_a_path_nobody_has(self, wire):
        assert wire.rest("GET", "/api/v1/nothing").json()["code"] == 5
        assert wire.rest("PATCH", ACCOUNTS).status == 501

    def test_connections_are_listed(self, wire):
        found = wire.rest("GET", "/api/v1/connections/app?page_size=2").json()
        assert [each["key_id"] for each in found["connections"]] == ["gmail", "notion"]
        assert found["connections"][0]["provider_key"] == "GMAIL"
        assert found["connections"][0]["status"] == "COMPLETED"
        assert found["total_size"] == 3


class TestToken:
    """``/oauth/token``."""

    @pytest.mark.parametrize(
        ("form", "status", "error"),
        [
            (b"", 400, "invalid_request"),
            (b"grant_type=password", 400, "unsupported_grant_type"),
            (b"grant_type=client_credentials", 401, "invalid_client"),
            (b"grant_type=client_credentials&client_id=x&client_secret=y", 401, "invalid_client"),
        ],
    )
    def test_errors_are_oauths(self, form, status, error, wire):
        answer = wire.http("POST", "/oauth/token", form)
        assert (answer.status, answer.json()["error"]) == (status, error)

    def test_an_environment_serves_its_own_host_only(self, emulator, scalekit):
        from emulator.kernel.http import Call, Headers

        environment = scalekit.environment()
        form = (
            f"grant_type=client_credentials&client_id={environment.client_id}&client_secret={environment.client_secret}"
        )
        headers = Headers([("Content-Type", "application/x-www-form-urlencoded")])
        for host, status in (("acme.scalekit.dev", 200), ("127.0.0.1", 200), ("other.scalekit.dev", 401)):
            assert emulator.respond(Call("POST", host, "/oauth/token", "", headers, form.encode())).status == status


def test_rest_paths_are_those_of_the_protocol_files():
    """Our table against the ``google.api.http`` options in the descriptors."""
    from emulator.services.scalekit.descriptors import method_bindings

    for method in METHODS.values():
        assert (method.rest_verb, method.rest_path) in method_bindings(method.path), method.id


def test_message_names_are_those_of_the_protocol_files():
    from emulator.services.scalekit.descriptors import method_messages
    from emulator.services.scalekit.handlers import bindings

    for operation in bindings:
        method = METHODS[operation]
        assert method_messages(method.path) == (method.request, method.response), method.id


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(method=st.sampled_from(sorted(METHODS)), payload=st.binary(max_size=60))
def test_no_bytes_crash_a_method(method, payload, wire, emulator):
    with emulator.isolated():
        answer = wire.rpc(method.rpartition(".")[2], frame(payload))
        assert answer.status == 200
        assert answer.code in {0, 3, 5, 6, 9, 12, 13, 16}
        assert not emulator.journal.crashes

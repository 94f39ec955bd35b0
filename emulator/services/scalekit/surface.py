"""The surface: methods of the gRPC services with their REST spellings, and the addresses of the web.

REST paths follow the ``google.api.http`` annotations of the protocol files; a test compares the two. Methods without a
handler answer UNIMPLEMENTED.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...kernel.http import Call
from ...kernel.operations import Match, Operation, Router, WrongVerb

__all__ = ["HOSTS", "METHODS", "RPC_OPERATIONS", "WEB_OPERATIONS", "Method", "find", "is_rpc_path"]

HOSTS = ("*.scalekit.dev", "*.scalekit.com", "*.scalekit.cloud")

_ACCOUNTS, _TOOLS = "/api/v1/connected_accounts", "/api/v1/tools"
_TABLE = f"""
connected_accounts.ConnectedAccountService
ListConnectedAccounts GET {_ACCOUNTS}
SearchConnectedAccounts GET {_ACCOUNTS}:search
CreateConnectedAccount POST {_ACCOUNTS}
UpdateConnectedAccount PUT {_ACCOUNTS}
DeleteConnectedAccount POST {_ACCOUNTS}:delete
GetMagicLinkForConnectedAccount POST {_ACCOUNTS}/magic_link
GetConnectedAccountAuth GET {_ACCOUNTS}/auth
GetConnectedAccountDetails GET {_ACCOUNTS}/details
VerifyConnectedAccountUser POST {_ACCOUNTS}/user/verify
GetConnectedAccount GET {_ACCOUNTS}/{{id}}
DisconnectConnectedAccount POST {_ACCOUNTS}/{{id}}:disconnect
AuthorizeOrgWideCredential POST {_ACCOUNTS}/org_wide/authorize
GetRedirectUrl GET {_ACCOUNTS}/portal/redirect_url
CreateRedirectUrl POST {_ACCOUNTS}/portal/redirect_url
ListMyAppConnections GET /api/v1/my-app-connections
DisconnectMyConnectedAccount POST /api/v1/my-connected-accounts/{{id}}:disconnect
GetMyConnectionMagicLink POST /api/v1/my-app-connections/{{connection_name}}:magic-link
tools.ToolService
ExecuteTool POST /api/v1/execute_tool
ListTools GET {_TOOLS}
ListScopedTools GET {_TOOLS}/scoped
ListAvailableTools GET {_TOOLS}/available
SearchTools POST {_TOOLS}:search
RefreshTools POST {_TOOLS}:refresh
CreateTool POST {_TOOLS}
UpdateTool PUT {_TOOLS}
DeleteTool DELETE {_TOOLS}/{{id}}
SetToolDefault POST {_TOOLS}:set_default
connections.ConnectionService
ListAppConnections GET /api/v1/connections/app
"""
_REQUESTS = {
    "GetConnectedAccountAuth": "GetConnectedAccountByIdentifierRequest",
    "GetConnectedAccountDetails": "GetConnectedAccountByIdentifierRequest",
}
_RESPONSES = {
    "GetConnectedAccountAuth": "GetConnectedAccountByIdentifierResponse",
    "GetConnectedAccountDetails": "GetConnectedAccountByIdentifierResponse",
}


@dataclass(frozen=True, slots=True)
class Method:
    """A method: its operation id, its gRPC path, REST spelling, and the full names of its messages."""

    id: str
    path: str
    rest_verb: str
    rest_path: str
    request: str
    response: str


def _methods() -> Iterator[Method]:
    service = ""
    for line in _TABLE.split("\n"):
        words = line.split()
        if len(words) == 1:
            service = words[0]
        elif words:
            name, verb, path = words
            package, _, short = service.partition(".")
            spelled = f"scalekit.v1.{package}."
            yield Method(
                f"scalekit.{short}.{name}",
                f"/{spelled}{short}/{name}",
                verb,
                path,
                spelled + _REQUESTS.get(name, f"{name}Request"),
                spelled + _RESPONSES.get(name, f"{name}Response"),
            )


METHODS = {method.id: method for method in _methods()}
"""Every method by operation id."""
RPC_OPERATIONS = tuple(Operation(method.id, "POST", method.path) for method in METHODS.values())
"""The methods as gRPC spells them."""
_WEB = (
    ("scalekit.oauth.token", "POST", "/oauth/token"),
    ("scalekit.oauth.keys", "GET", "/keys"),
    ("scalekit.magicLink.open", "GET", "/magicLink/{link}"),
    ("scalekit.magicLink.submit", "POST", "/magicLink/{link}"),
    ("scalekit.oauth.callback", "GET", "/sso/v1/oauth/{connection}/callback"),
    ("scalekit.connect.success", "GET", "/connect/success"),
)
_PROXIED = ("GET", "POST", "PUT", "PATCH", "DELETE")
WEB_OPERATIONS = (*(Operation(*each) for each in _WEB), Operation("scalekit.proxy", "GET", "/proxy/{+path}"))
"""The addresses that have no gRPC spelling; the proxy takes every verb."""

_RPC = Router(RPC_OPERATIONS)
_HTTP = Router(
    (
        *(Operation(*each) for each in _WEB),
        *(Operation("scalekit.proxy", verb, "/proxy/{+path}") for verb in _PROXIED),
        *(Operation(method.id, method.rest_verb, method.rest_path) for method in METHODS.values()),
    )
)


def is_rpc_path(call: Call) -> bool:
    """Whether a call has the form of a call of one of the vendor's gRPC methods."""
    return call.path.startswith("/scalekit.v1.")


def find(call: Call) -> Match | WrongVerb | None:
    """What a call asks for."""
    if is_rpc_path(call):
        return _RPC.match(call.verb, call.path)
    return _HTTP.match(call.verb, _tidy(call.path))


def _tidy(path: str) -> str:
    # An environment URL with a slash at its end gives "//oauth/token" in the Python SDK.
    return "/" + path.lstrip("/") if path.startswith("//") else path

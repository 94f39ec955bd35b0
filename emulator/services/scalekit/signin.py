"""What a browser sees: the magic link, the way to the provider and back, and how it ended.

A flow is bound to the browser that opened its link by a cookie. The texts of the error pages are those of the vendor's
documentation; the pages are our own.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ...kernel.forms import form_token, is_own_form
from ...kernel.http import Headers, Reply
from ...kernel.service import Exchange
from ..pages import Pages
from .accounts import Credentials
from .connections import Connection
from .grants import GrantRefused, ProviderUnavailable
from .links import Flow, Link
from .platform import Platform

__all__ = ["SignIn"]

COOKIE = "sk_flow"
SESSION_OVER = "session expired or invalid"
STATE_WRONG = "Invalid state parameter"
EXCHANGE_FAILED = "failed_to_exchange_token"
_FIELDS = {
    "API_KEY": (("api_key", "API key"),),
    "BEARER_TOKEN": (("token", "Token"),),
    "BASIC": (("username", "User name"), ("password", "Password")),
    "BASIC_AUTH": (("username", "User name"), ("password", "Password")),
    "CUSTOM": (("token", "Credential"),),
}
"""What the form of a connection without OAuth asks for."""


class SignIn:
    """The pages behind a magic link."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._pages = Pages(Path(__file__).parent / "pages")

    def answer(self, exchange: Exchange) -> Reply:
        """The page of an address."""
        pages = {
            "scalekit.magicLink.open": self._open,
            "scalekit.magicLink.submit": self._submit,
            "scalekit.oauth.callback": self._callback,
            "scalekit.connect.success": self._success,
        }
        return pages[exchange.operation.id](exchange)

    # -- the way out -------------------------------------------------------------------------------------------

    def _open(self, exchange: Exchange) -> Reply:
        """The link: on to the provider, or the form for static credentials. It opens once."""
        link = self._platform.links.find(exchange.path_parameters["link"])
        if link is None:
            return self._failed(exchange, SESSION_OVER, cause="link_invalid")
        connection = self._connection(link)
        if exchange.call.verb == "HEAD":  # mail programs and chats look at links before people do
            return Reply(200, Headers([("Content-Type", "text/html; charset=utf-8")]))
        flow = self._platform.links.open(link)
        cookie = self._cookie(link, flow)
        if connection.is_static:
            return self._form(connection, flow, (cookie,))
        if connection.type == "NO_AUTH":
            return self._complete(exchange, flow, Credentials(details={"authorization": "none"}))
        location = self._authorization_url(connection, flow)
        return Reply(302, Headers([("Location", location), cookie, ("Cache-Control", "no-store")]))

    def _authorization_url(self, connection: Connection, flow: Flow) -> str:
        provider, origin = connection.provider, flow.link.origin
        parameters = [
            ("client_id", connection.client_id),
            ("redirect_uri", self._platform.register_redirect(connection, origin)),
            ("response_type", "code"),
            ("scope", " ".join(provider.scope(name) for name in connection.scopes)),
            ("state", flow.state),
            *provider.parameters,
        ]
        asked = urlencode([(name, value) for name, value in parameters if value])
        return f"{provider.authorization_page(origin)}?{asked}"

    def _form(self, connection: Connection, flow: Flow, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
        context = {
            "provider": connection.provider.key.replace("_", " ").title(),
            "fields": _FIELDS[connection.type],
            "action": f"/magicLink/{flow.link.token}",
            "state": flow.state,
            "form": form_token(flow.cookie, flow.state),
        }
        return self._pages.reply("credentials.html", context, headers=headers)

    def _submit(self, exchange: Exchange) -> Reply:
        """The form with static credentials."""
        given = dict(exchange.call.form_pairs)
        exchange.entry.parameters = {"state": given.get("state", "")}
        flow = self._platform.links.flow(given.get("state", ""))
        if flow is None or flow.link.token != exchange.path_parameters["link"]:
            return self._failed(exchange, SESSION_OVER, cause="link_invalid")
        if not is_own_form(exchange.call, flow.cookie, flow.state, given.get("form", "")):
            return self._failed(exchange, STATE_WRONG, cause="form_foreign")
        connection = self._connection(flow.link)
        if given.get("action") != "allow":
            self._platform.links.finish(flow)
            return self._failed(exchange, "access_denied", "The user did not give credentials.", cause="denied")
        details = {name: given.get(name, "") for name, _ in _FIELDS[connection.type]}
        if not all(details.values()):
            return self._form(connection, flow)
        return self._complete(exchange, flow, Credentials(details=details))

    # -- the way back ------------------------------------------------------------------------------------------

    def _callback(self, exchange: Exchange) -> Reply:
        """The provider's answer: an error to show, or a code to exchange."""
        call = exchange.call
        given = dict(call.query_pairs)
        exchange.entry.parameters = given
        flow = self._platform.links.flow(given.get("state", ""))
        if flow is None:
            return self._failed(exchange, STATE_WRONG, cause="state_unknown")
        connection = self._connection(flow.link)
        if flow.cookie not in _cookies(call.headers) or connection.id != exchange.path_parameters["connection"]:
            return self._failed(exchange, STATE_WRONG, cause="state_of_another_browser")
        if error := given.get("error", ""):
            self._platform.links.finish(flow)
            return self._failed(exchange, error, given.get("error_description", ""), cause=f"provider_{error}")
        if self._must_verify(connection) and not flow.link.user_verify_url:
            self._platform.links.finish(flow)
            text = "user_verify_url not configured for verification redirect"
            return self._failed(exchange, "failed_to_exchange", text, cause="user_verify_url_missing")
        return self._exchange(exchange, connection, flow, given.get("code", ""))

    def _exchange(self, exchange: Exchange, connection: Connection, flow: Flow, code: str) -> Reply:
        uri = connection.redirect_uri(flow.link.origin)
        try:
            held = self._platform.grants.exchange(exchange.upstream, connection, code, uri)
        except (GrantRefused, ProviderUnavailable) as error:
            self._platform.links.finish(flow)
            return self._failed(exchange, EXCHANGE_FAILED, str(error), cause="exchange_failed")
        return self._complete(exchange, flow, held)

    def _complete(self, exchange: Exchange, flow: Flow, held: Credentials) -> Reply:
        self._platform.links.finish(flow)
        account = self._platform.accounts.get(flow.link.account)
        exchange.entry.principal = account.identifier
        if self._must_verify(self._connection(flow.link)) and not flow.link.user_verify_url:
            text = "user_verify_url not configured for verification redirect"
            return self._failed(exchange, "failed_to_exchange", text, cause="user_verify_url_missing")
        request_id = self._platform.complete(flow, held)
        location = f"{flow.link.origin}/connect/success"
        if request_id:
            location = _with_query(flow.link.user_verify_url, request_id, flow.link.state)
        return Reply(302, Headers([("Location", location), ("Cache-Control", "no-store")]))

    def _success(self, exchange: Exchange) -> Reply:
        return self._pages.reply("success.html", {})

    # -- parts -------------------------------------------------------------------------------------------------

    def _connection(self, link: Link) -> Connection:
        return self._platform.connection_of(self._platform.accounts.get(link.account))

    def _must_verify(self, connection: Connection) -> bool:
        return self._platform.environment(connection.environment).verification == "custom"

    def _cookie(self, link: Link, flow: Flow) -> tuple[str, str]:
        secure = "; Secure" if link.origin.startswith("https://") else ""
        # One cookie for each link, so that two flows in one browser do not spoil each other.
        return "Set-Cookie", f"{COOKIE}_{link.token[:8]}={flow.cookie}; Path=/; HttpOnly; SameSite=Lax{secure}"

    def _failed(self, exchange: Exchange, error: str, description: str = "", *, cause: str) -> Reply:
        exchange.entry.cause = cause
        return self._pages.reply("failed.html", {"error": error, "description": description}, status=400)


def _cookies(headers: Headers) -> frozenset[str]:
    """The values of our cookies in a request."""
    pattern = re.compile(rf"(?:^|;)\s*{COOKIE}_[0-9a-f]+=([\w-]+)")
    return frozenset(found[1] for line in headers.get_all("cookie") for found in pattern.finditer(line))


def _with_query(url: str, request_id: str, state: str) -> str:
    """``url`` with what the app has to know appended to the query it has."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), ("auth_request_id", request_id)]
    return urlunsplit(parts._replace(query=urlencode([*pairs, *([("state", state)] if state else [])])))

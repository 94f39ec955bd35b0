"""The pages of a generic provider: who are you, and may this app."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from ...kernel.forms import form_token, is_own_form
from ...kernel.http import Call, Headers, Reply
from ...kernel.pipeline import is_loopback
from ...kernel.service import Exchange
from ..pages import Pages
from .state import Authorization, ProviderState

__all__ = ["Consent"]

SOMEBODY = "you@example.com"
COOKIE = "provider_session"
LONGEST_NAME = 200
_VALUE = re.compile(rf"(?:^|;)\s*{COOKIE}_([\w-]+)=([\w-]+)")


class Consent:
    """Takes an authorization request through its two pages and back to the app."""

    def __init__(self, state: ProviderState) -> None:
        self._state = state
        self._pages = Pages(Path(__file__).parent / "pages")

    def authorize(self, exchange: Exchange, provider: str) -> Reply:
        """Check the request, then ask who is there. What is wrong with client or address is shown, not redirected."""
        given = dict(exchange.call.query_pairs)
        exchange.entry.parameters = given
        client_id, uri = given.get("client_id", ""), given.get("redirect_uri", "")
        if not self._state.knows_client(provider, client_id):
            return self._refused(exchange, provider, "invalid_client", "No app is registered under this client id.")
        if not self._state.accepts_redirect(provider, client_id, uri):
            return self._refused(exchange, provider, "redirect_uri_mismatch", f"Not registered for this app: {uri}")
        if given.get("response_type") != "code":
            return _to_app(uri, {"error": "unsupported_response_type", "state": given.get("state", "")})
        found = self._state.begin(provider, given)
        secure = "" if is_loopback(exchange.call.host) else "; Secure"
        cookie = f"{COOKIE}_{found.part[:8]}={found.cookie}; Path=/; HttpOnly; SameSite=Lax{secure}"
        return self._chooser(exchange.call, found, [("Set-Cookie", cookie)])

    def decide(self, exchange: Exchange, provider: str) -> Reply:
        """One of the forms: an account was chosen, or Allow or Cancel was pressed."""
        given = dict(exchange.call.form_pairs)
        found = self._state.pending(provider, given.get("part", ""))
        if found is None or found.cookie not in _sessions(exchange.call):
            text = "This request has ended, or began in another browser. Start again from the app."
            return self._refused(exchange, provider, "invalid_request", text)
        if not is_own_form(exchange.call, found.cookie, found.part, given.get("form", "")):
            return self._refused(exchange, provider, "invalid_request", "This form did not come from this page.")
        action = given.get("action", "")
        if "account" in given or action == "next":
            user = (given.get("account") or given.get("identifier") or "").strip()[:LONGEST_NAME]
            return (
                self._consent(exchange.call, self._state.choose(found, user))
                if user
                else self._chooser(exchange.call, found)
            )
        if not found.user or action not in {"allow", "cancel"}:
            return self._chooser(exchange.call, found)
        exchange.entry.principal = found.user
        self._state.finish(found)
        if action == "cancel":
            exchange.entry.cause = "denied"
            answer = {"error": "access_denied", "error_description": "The user denied the request"}
            return _to_app(found.redirect_uri, {**answer, "state": found.state})
        return _to_app(found.redirect_uri, {"code": self._state.issue_code(found), "state": found.state})

    def _chooser(self, call: Call, found: Authorization, headers: list[tuple[str, str]] | None = None) -> Reply:
        accounts = self._state.users(found.provider) or (SOMEBODY,)
        return self._pages.reply("chooser.html", {**_context(call, found), "accounts": accounts}, headers=headers or ())

    def _consent(self, call: Call, found: Authorization) -> Reply:
        context = {**_context(call, found), "scopes": found.scope.split(), "user": found.user}
        return self._pages.reply("consent.html", context)

    def _refused(self, exchange: Exchange, provider: str, error: str, text: str) -> Reply:
        exchange.entry.cause = error
        context = {"provider": _title(provider), "error": error, "text": text}
        return self._pages.reply("refused.html", context, status=400)


def _context(call: Call, found: Authorization) -> dict[str, object]:
    action = f"/providers/{found.provider}/authorize" if is_loopback(call.host) else "/authorize"
    return {
        "provider": _title(found.provider),
        "action": action,
        "part": found.part,
        "form": form_token(found.cookie, found.part),
    }


def _title(provider: str) -> str:
    return provider.replace("_", " ").title()


def _sessions(call: Call) -> frozenset[str]:
    return frozenset(found[2] for line in call.headers.get_all("cookie") for found in _VALUE.finditer(line))


def _to_app(redirect_uri: str, answer: Mapping[str, str]) -> Reply:
    fields = urlencode([(name, value) for name, value in answer.items() if value], errors="replace")
    location = f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{fields}"
    return Reply(302, Headers([("Location", location), ("Cache-Control", "no-store")]))

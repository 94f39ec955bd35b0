"""The authorization endpoint and the pages behind it, as a browser walks them.

``/o/oauth2/v2/auth`` checks the request and sends the browser on: to the account chooser, to the unverified-app
warning, to the consent screen, and from there to the app; or to the error page, of which the app never hears. Each
page is a plain form. Paths follow those seen in a browser's address bar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ....kernel.forms import form_token, is_own_form
from ....kernel.http import Call, Headers, Reply
from ....kernel.service import Exchange, Kernel
from ...pages import Pages
from ..project import Client
from ..tokens import AccessToken
from .answers import Fields, answer, opening, redirected_scope
from .authorization import AuthorizationRequest, parameters_of, read_request
from .blocked import FLOW, AuthError, Blocked, origin_of, read_auth_error
from .blocked_texts import about
from .chooser import Chooser
from .consent import Allowed, Consents, Question
from .errors import ClientDeleted, ClientNotFound
from .scope_texts import scope_text
from .session_cookie import session_cookie, session_in
from .sessions import PendingAuthorization, Sessions
from .state import AuthorizationServer

__all__ = ["PAGES", "SignIn"]

IDENTIFIER, WARNING, CONSENT = "/v3/signin/identifier", "/signin/oauth/warning", "/signin/oauth/consent"
DAY = 86400
LIFETIMES = {"": None, str(DAY): DAY, str(30 * DAY): 30 * DAY, str(180 * DAY): 180 * DAY}
"""Choices of the consent screen for how long an app may keep access, in seconds."""


class SignIn:
    """The pages of accounts.google.com. Each public method answers one operation."""

    def __init__(self, kernel: Kernel, server: AuthorizationServer) -> None:
        self._world = kernel.world
        self._server = server
        self._sessions = Sessions(kernel.world, kernel.clock, kernel.ids)
        self._consents = Consents(kernel.world, server.tokens, server.codes)
        self._chooser = Chooser(kernel.world)
        self._pages = Pages(Path(__file__).parent / "pages")

    # -- the endpoint ------------------------------------------------------------------------------------------

    def authorize(self, exchange: Exchange) -> Reply:
        """``/o/oauth2/v2/auth`` and ``/o/oauth2/auth``: check the request and send the browser to the first page."""
        call = exchange.call
        pairs = parameters_of(call)
        exchange.entry.parameters = dict(pairs)
        with _detailed(call, pairs):
            request = read_request(pairs, self._client(dict(pairs)), user_agent=call.headers.get("user-agent"))
            sid = self._sid(call)
            accounts = self._sessions.accounts(sid) if sid else ()
            if request.silent:
                return self._answer_silently(exchange, request, accounts)
        fresh = sid is None
        sid = sid or self._sessions.start()
        pending = self._sessions.begin(sid, request, self._preselected(request, accounts))
        reply = _move(call, CONSENT if pending.account else IDENTIFIER, pending)
        return reply.replacing(headers=reply.headers.adding([session_cookie(call, sid)])) if fresh else reply

    def _answer_silently(self, exchange: Exchange, request: AuthorizationRequest, accounts: tuple[str, ...]) -> Reply:
        """``prompt=none``: an answer without a page, or the error that says which page was needed."""
        account = self._preselected(request, accounts)
        if not account:
            return self._refused(request, "interaction_required" if accounts else "login_required")
        exchange.entry.principal = account
        self._consents.check(request, account)
        question = self._consents.question(request, account)
        if question.shown:
            return self._refused(request, "consent_required")
        return self._allowed(exchange, request, account, question, frozenset(), None, accounts)

    def _preselected(self, request: AuthorizationRequest, accounts: tuple[str, ...]) -> str:
        """The signed-in account that needs no choosing: the hinted one, or the only one. "" where there is none."""
        if request.select_account:
            return ""
        if request.login_hint:
            hinted = self._chooser.named(request.login_hint)
            return hinted if hinted in accounts and hinted is not None else ""
        return accounts[0] if len(accounts) == 1 else ""

    # -- the pages ---------------------------------------------------------------------------------------------

    def identifier(self, exchange: Exchange) -> Reply:
        """The account chooser, and the choice made on it."""
        call = exchange.call
        with self._step(exchange) as (pending, form):
            if call.verb != "POST":
                return self._page("chooser.html", pending, self._choices(pending))
            written = form.get("account") or form.get("identifier", "")
            account = self._chooser.named(written)
            if account is None or self._chooser.is_disabled(account):
                problem = "Couldn't find that account." if account is None else "That account has been disabled."
                context = self._choices(pending) | {"problem": problem, "written": written}
                return self._page("chooser.html", pending, context)
            self._sessions.sign_in(pending.sid, account)
            self._sessions.choose(pending, account)
            return _move(call, CONSENT, pending)

    def warning(self, exchange: Exchange) -> Reply:
        """The warning before an app Google has not verified."""
        with self._step(exchange) as (pending, form):
            if not pending.account:
                return _move(exchange.call, IDENTIFIER, pending)
            if exchange.call.verb != "POST":
                return self._page("warning.html", pending, {})
            if form.get("action") != "continue":
                return self._cancelled(pending)
            self._sessions.note_warned(pending)
            return _move(exchange.call, CONSENT, pending)

    def consent(self, exchange: Exchange) -> Reply:
        """The consent screen: passes by itself where nothing has to be asked, or shows, or takes the decision."""
        with self._step(exchange) as (pending, form):
            if not pending.account:
                return _move(exchange.call, IDENTIFIER, pending)
            exchange.entry.principal = pending.account
            self._consents.check(pending.request, pending.account)
            question = self._consents.question(pending.request, pending.account)
            if question.warning and not pending.warned:
                return _move(exchange.call, WARNING, pending)
            if question.shown and exchange.call.verb != "POST":
                return self._page("consent.html", pending, _asked(question, exchange.call))
            if question.shown and form.get("action") != "allow":
                return self._cancelled(pending)
            ticked = frozenset(value for name, value in exchange.call.form_pairs if name == "scope")
            lifetime = LIFETIMES.get(form.get("lifetime", ""))
            accounts = self._sessions.accounts(pending.sid)
            self._sessions.finish(pending)
            return self._allowed(exchange, pending.request, pending.account, question, ticked, lifetime, accounts)

    def error(self, exchange: Exchange) -> Reply:
        """``/signin/oauth/error``: what a refused request ends on."""
        given = dict(exchange.call.query_pairs)
        error = read_auth_error(given.get("authError", "")) or AuthError(400, "invalid_request", "Malformed request.")
        exchange.entry.cause = error.code
        context = {"error": error, "app": self._title(given.get("client_id", "")), "about": about(error.code)}
        return self._pages.reply("error.html", context, status=error.status)

    # -- answers -----------------------------------------------------------------------------------------------

    def _allowed(
        self,
        exchange: Exchange,
        request: AuthorizationRequest,
        account: str,
        question: Question,
        ticked: frozenset[str],
        lifetime: int | None,
        accounts: tuple[str, ...],
    ) -> Reply:
        allowed = self._consents.allow(request, account, question, ticked=ticked, lifetime=lifetime)
        if allowed is None:
            return self._refused(request, "access_denied")
        exchange.entry.scopes = allowed.scopes
        code = [("code", allowed.code)] if allowed.code else []
        fields = [*opening(request), *code, *self._tokens_of(request, account, allowed)]
        if request.response_types != ("none",):
            fields.append(("scope", redirected_scope(request, allowed.scopes)))
        fields.append(("authuser", str(accounts.index(account))))
        if organization := self._world.value("SELECT organization FROM google_account WHERE email = ?", (account,)):
            fields.append(("hd", organization))
        fields.append(("prompt", "consent" if question.shown else "none"))
        return answer(self._pages, request, fields)

    def _tokens_of(self, request: AuthorizationRequest, account: str, allowed: Allowed) -> Fields:
        """What the implicit response types answer with at once."""
        fields: Fields = []
        issued = None
        if "token" in request.response_types:
            issued = self._server.tokens.issue_access(account, request.client_id, allowed.scopes)
            seconds = str(int(issued.expires_at - issued.issued_at))
            fields += [("access_token", issued.token), ("token_type", "Bearer"), ("expires_in", seconds)]
        if "id_token" in request.response_types:
            fields.append(("id_token", self._id_token(request, account, allowed, issued)))
        return fields

    def _id_token(
        self, request: AuthorizationRequest, account: str, allowed: Allowed, issued: AccessToken | None
    ) -> str:
        tokens = self._server.id_tokens
        if issued is not None:
            return tokens.issue(issued, request.nonce)
        return tokens.issue_alone(request.client_id, account, allowed.scopes, request.nonce)

    def _cancelled(self, pending: PendingAuthorization) -> Reply:
        self._sessions.finish(pending)
        return self._refused(pending.request, "access_denied")

    def _refused(self, request: AuthorizationRequest, error: str) -> Reply:
        """The app is told: somebody pressed Cancel, or a silent request needed a page."""
        return answer(self._pages, request, [("error", error), *opening(request)])

    # -- what the pages share ----------------------------------------------------------------------------------

    @contextmanager
    def _step(self, exchange: Exchange) -> Iterator[tuple[PendingAuthorization, dict[str, str]]]:
        """The request a page belongs to and, for a post, its form, which has to be one of ours."""
        call = exchange.call
        form = dict(call.form_pairs) if call.verb == "POST" else {}
        part = form.get("part") or dict(call.query_pairs).get("part", "")
        with _detailed(call, ()):
            pending = self._sessions.pending(part, self._sid(call) or "")
        with _detailed(call, pending.request.details()):
            if call.verb == "POST" and not is_own_form(call, pending.sid, part, form.get("form", "")):
                raise Blocked(403, "forbidden", "This form was not sent from its own page.", cause="foreign_form")
            yield pending, form

    def _page(self, template: str, pending: PendingAuthorization, context: dict[str, Any]) -> Reply:
        shared = {
            "app": self._title(pending.request.client_id),
            "part": pending.part,
            "form": form_token(pending.sid, pending.part),
            "account": self._chooser.candidate(pending.account) if pending.account else None,
            "back": f"{IDENTIFIER}?{urlencode([('part', pending.part)])}",
        }
        return self._pages.reply(template, shared | context)

    def _choices(self, pending: PendingAuthorization) -> dict[str, Any]:
        hint = pending.request.login_hint
        written = hint if "@" in hint and self._chooser.named(hint) is None else ""
        return {"candidates": self._chooser.candidates(pending), "problem": "", "written": written}

    def _client(self, given: dict[str, str]) -> Client:
        """The client a request names; read first, as everything else is judged by it."""
        if not (client_id := given.get("client_id", "")):
            raise Blocked(400, "invalid_request", "Missing required parameter: client_id")
        try:
            return self._server.clients.existing(client_id)
        except (ClientNotFound, ClientDeleted) as error:
            raise Blocked(error.status, error.error, str(error.description), cause=error.cause) from None

    def _title(self, client_id: str) -> str:
        sql = "SELECT p.title FROM google_project p JOIN google_client c ON c.project = p.id WHERE c.client_id = ?"
        return self._world.value(sql, (client_id,)) or "this app"

    def _sid(self, call: Call) -> str | None:
        """The browser's session, ``None`` where it has none or one of another world."""
        sid = session_in(call)
        return sid if self._sessions.known(sid) else None


def _asked(question: Question, call: Call) -> dict[str, Any]:
    """The consent screen's lines; ``?select=all`` arrives with every box ticked."""
    return {
        "identity": [scope_text(scope) for scope in question.identity],
        "held": [scope_text(scope) for scope in (*question.held, *question.extra)],
        "asked": [scope_text(scope) for scope in question.asked],
        "granular": question.granular,
        "ticked": dict(call.query_pairs).get("select") == "all",
    }


@contextmanager
def _detailed(call: Call, pairs: tuple[tuple[str, str], ...]) -> Iterator[None]:
    """Refusals raised inside carry the request's details to the error page."""
    try:
        yield
    except Blocked as blocked:
        raise blocked.of_request(call, pairs) from None


def _move(call: Call, path: str, pending: PendingAuthorization) -> Reply:
    """On to another page of ours."""
    query = urlencode([("part", pending.part), ("client_id", pending.request.client_id), FLOW])
    lines = [("Location", f"{origin_of(call)}{path}?{query}"), ("Cache-Control", "no-store")]
    return Reply(302, Headers([*lines, ("Referrer-Policy", "same-origin")]))


PAGES: dict[str, Callable[[SignIn, Exchange], Reply]] = {
    "google.oauth.authorize": SignIn.authorize,
    "google.signin.identifier": SignIn.identifier,
    "google.signin.warning": SignIn.warning,
    "google.signin.consent": SignIn.consent,
    "google.signin.error": SignIn.error,
}

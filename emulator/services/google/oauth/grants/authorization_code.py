"""``grant_type=authorization_code``: the code of a consent for tokens."""

from __future__ import annotations

from .....kernel.http import Reply
from .....kernel.service import Exchange
from ...project import Client
from ...scopes import with_openid
from ..codes import IssuedCode
from ..errors import InvalidGrant, MissingParameter, OAuthError
from ..state import AuthorizationServer
from .answer import token_answer

__all__ = ["authorization_code", "deserves_refresh_token"]


def authorization_code(server: AuthorizationServer, exchange: Exchange, parameters: dict[str, str]) -> Reply:
    """Redeem a code, once. Which clients get a refresh token with it: ``deserves_refresh_token``."""
    if not (redirect_uri := parameters.get("redirect_uri", "")):
        raise OAuthError("Missing parameter: redirect_uri", cause="parameter_missing")
    client = server.clients.of(exchange.call, parameters)
    if not (value := parameters.get("code", "")):
        raise MissingParameter("code")
    code = server.codes.redeem(value, client.client_id, redirect_uri, parameters.get("code_verifier", ""))
    exchange.entry.principal = code.account
    scopes = with_openid(code.scopes)
    if not set(code.scopes) <= set(server.tokens.granted(code.account, client.project.id)):
        raise InvalidGrant(cause="grant_revoked")
    server.standing.check(code.account, client.client_id, scopes, code.issued_at)
    refresh = None
    if deserves_refresh_token(client, code):
        refresh = server.tokens.issue_refresh(code.account, client.client_id, scopes, lifetime=code.lifetime)
    access = server.tokens.issue_access(
        code.account, client.client_id, scopes, refresh_token=refresh.token if refresh is not None else None
    )
    return token_answer(server, exchange, access, refresh, shows_refresh=True, nonce=code.nonce)


def deserves_refresh_token(client: Client, code: IssuedCode) -> bool:
    """Installed apps always get one; web apps for offline access, where the user saw the consent screen."""
    if client.type != "web" and not client.desktop_like_web:
        return True
    return code.offline and (code.consent_shown or code.new_scopes)

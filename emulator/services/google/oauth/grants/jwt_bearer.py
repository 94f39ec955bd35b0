"""``grant_type=...:jwt-bearer``: a service account proves itself with a signed assertion.

Facts: "Using OAuth 2.0 for Server to Server Applications". The client is not asked for: the signature is its proof.
"""

from __future__ import annotations

from typing import Any

from .....kernel.http import Call, Reply
from .....kernel.live import UnknownName
from .....kernel.pipeline import is_loopback
from .....kernel.service import Exchange
from ... import scopes as scope_names
from ...jws import Jws, MalformedJws, parse_jws
from ...service_account import SERVICE_ACCOUNT_DOMAIN, ServiceAccount
from .. import wire
from ..errors import InvalidGrant, MissingParameter
from ..grant_errors import AccessDenied, InvalidAssertionScope, InvalidImpersonation, UnauthorizedServiceAccount
from ..state import AuthorizationServer

__all__ = ["jwt_bearer"]

LONGEST_LIFE = 3600
LEEWAY = 300  # seconds a client's clock may be ahead
AUDIENCES = frozenset(
    (
        "https://oauth2.googleapis.com/token",
        "https://www.googleapis.com/oauth2/v4/token",
        "https://www.googleapis.com/oauth2/v3/token",
        "https://accounts.google.com/o/oauth2/token",
    )
)


def jwt_bearer(server: AuthorizationServer, exchange: Exchange, parameters: dict[str, str]) -> Reply:
    """Tokens for the account itself, for a user it may act as (``sub``), or an ID token (``target_audience``)."""
    if not (value := parameters.get("assertion", "")):
        raise MissingParameter("assertion")
    try:
        assertion = parse_jws(value)
    except MalformedJws:
        raise InvalidGrant(cause="assertion_malformed") from None
    account = _proven(server, exchange.call, assertion)
    exchange.entry.principal = account.email
    if audience := _text(assertion.claims.get("target_audience")):
        return wire.token_reply({"id_token": server.id_tokens.service_id_token(account, audience)})
    scopes = _scopes(assertion)
    principal = _impersonated(server, account, assertion, scopes)
    exchange.entry.principal, exchange.entry.scopes = principal, scopes
    access = server.tokens.issue_access(principal, account.client_id, scopes)
    lifetime = int(access.expires_at - access.issued_at)
    return wire.token_reply({"access_token": access.token, "expires_in": lifetime, "token_type": "Bearer"})


def _proven(server: AuthorizationServer, call: Call, assertion: Jws) -> ServiceAccount:
    """The service account that signed, just now, an assertion meant for this endpoint."""
    account = _issuer(server, _text(assertion.claims.get("iss")))
    _check_times(server.now(), assertion.claims)
    if not _is_audience(call, _text(assertion.claims.get("aud"))):
        right = "https://oauth2.googleapis.com/token"
        description = f"Invalid JWT: Failed audience check. The right audience is {right}"
        raise InvalidGrant(description, cause="assertion_audience")
    keys = account.public_keys()
    named = keys.get(_text(assertion.header.get("kid")))
    candidates = list(keys.values()) if "kid" not in assertion.header else [named] if named is not None else []
    if not any(assertion.verified_by(key) for key in candidates):
        raise InvalidGrant("Invalid JWT Signature.", cause="assertion_signature")
    return account


def _issuer(server: AuthorizationServer, issuer: str) -> ServiceAccount:
    if "@" not in issuer:
        raise InvalidGrant("Not a valid email", cause="issuer_malformed")
    if not issuer.endswith(SERVICE_ACCOUNT_DOMAIN):
        raise InvalidGrant("Invalid JWT: No valid verifier found for issuer", cause="issuer_not_a_service_account")
    try:
        account = server.service_account(issuer)
    except UnknownName:
        raise InvalidGrant("Invalid grant: account not found", cause="service_account_unknown") from None
    if account.disabled:
        raise InvalidGrant("Invalid grant: account not found", cause="service_account_disabled")
    return account


def _check_times(now: float, claims: Any) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not (_is_moment(issued) and _is_moment(expires)) or not (
        issued <= now + LEEWAY and now < expires and 0 < expires - issued <= LONGEST_LIFE
    ):
        raise InvalidGrant(
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
            "Check your iat and exp values in the JWT claim.",
            cause="assertion_times",
        )


def _is_audience(call: Call, audience: str) -> bool:
    """Whether an assertion is meant for us; one for the loopback address it was sent to is too."""
    if audience in AUDIENCES:
        return True
    scheme, _, rest = audience.partition("://")
    authority, slash, path = rest.partition("/")
    host = authority if authority.endswith("]") else authority.rpartition(":")[0] or authority
    return scheme in {"http", "https"} and is_loopback(host) and is_loopback(call.host) and slash + path == call.path


def _scopes(assertion: Jws) -> tuple[str, ...]:
    asked = scope_names.split(_text(assertion.claims.get("scope")))
    if not asked or not all(scope_names.is_scope(each) for each in asked):
        raise InvalidAssertionScope
    return tuple(sorted({scope_names.canonical(each) for each in asked}))


def _impersonated(server: AuthorizationServer, account: ServiceAccount, assertion: Jws, scopes: tuple[str, ...]) -> str:
    """Whom the tokens act for: the service account, or the user it names and may act as."""
    subject = assertion.claims.get("sub", assertion.claims.get("prn"))
    if subject is None or subject == account.email:
        return account.email
    if not isinstance(subject, str) or "@" not in subject:
        raise InvalidImpersonation
    person = server.people.find(subject)
    if person is None or person.deleted:
        raise InvalidGrant("Invalid email or User ID", cause="sub_unknown")
    if not set(scopes) <= set(account.delegated(person.organization)):
        raise UnauthorizedServiceAccount
    if person.disabled:
        raise AccessDenied("Account restricted", cause="account_disabled")
    if account.client_id in server.blocked_clients(person.organization):
        raise AccessDenied("Requested client not authorized", cause="client_blocked")
    return person.email


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**40


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

"""Who signed in, and how to check it: userinfo, signing keys and the OpenID configuration.

Bodies: "OpenID Connect", the discovery document oauth2 v2, and the published configuration as test suites keep it.
"""

from __future__ import annotations

from typing import Any

from ....kernel.http import Call, Reply
from ....kernel.service import Exchange
from ..refusals import InsufficientScope, InvalidCredentials, MissingCredentials
from ..scopes import IDENTITY
from ..tokens import AccessToken
from . import wire
from .errors import OAuthError
from .id_tokens import ISSUER
from .people import Person
from .state import AuthorizationServer

__all__ = ["UserinfoRefused", "certificates", "configuration", "keys", "userinfo", "userinfo_legacy"]

# How long clients may keep the keys; those that find no max-age ask before every verification.
KEYS_KEPT = 21_600
CONFIGURATION_KEPT = 3_600
_SERVICE, _METHOD = "oauth2.googleapis.com", "google.identity.oauth2.UserinfoService.Get"

CONFIGURATION: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
    "device_authorization_endpoint": "https://oauth2.googleapis.com/device/code",
    "token_endpoint": "https://oauth2.googleapis.com/token",
    "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
    "revocation_endpoint": "https://oauth2.googleapis.com/revoke",
    "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
    "response_types_supported": [
        *("code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token", "none"),
    ],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "scopes_supported": ["openid", "email", "profile"],
    "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    "claims_supported": [
        *("aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "picture", "sub"),
    ],
    "code_challenge_methods_supported": ["plain", "S256"],
    "grant_types_supported": [
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ],
}


class UserinfoRefused(OAuthError):
    """Userinfo without a living token that shows who its user is."""

    status, description = 401, "Invalid Credentials"


def userinfo(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``openidconnect.googleapis.com/v1/userinfo`` and ``/oauth2/v3/userinfo``."""
    token, person, cause = _asked(server, exchange)
    if token is None or person is None:
        raise UserinfoRefused(cause=cause)
    if IDENTITY.isdisjoint(token.scopes):
        raise UserinfoRefused(cause="scope_missing")
    return wire.json_reply(person.claims(token.scopes))


def userinfo_legacy(server: AuthorizationServer, exchange: Exchange) -> Reply:
    """``/oauth2/v2/userinfo`` and its older addresses: Google's API errors, ``id`` for ``sub``."""
    token, person, cause = _asked(server, exchange)
    if token is None or person is None:
        if cause == "token_missing":
            raise MissingCredentials(_SERVICE, _METHOD)
        raise InvalidCredentials(_SERVICE, _METHOD, cause)
    if IDENTITY.isdisjoint(token.scopes):
        raise InsufficientScope(_SERVICE, _METHOD, sorted(IDENTITY))
    return wire.json_reply(wire.userinfo_legacy(person.claims(token.scopes)))


def keys(server: AuthorizationServer, _exchange: Exchange) -> Reply:
    """``/oauth2/v3/certs``: the signing keys as a JSON Web Key Set."""
    return wire.json_reply({"keys": [key.jwk() for key in server.signing.published()]}, max_age=KEYS_KEPT)


def certificates(server: AuthorizationServer, _exchange: Exchange) -> Reply:
    """``/oauth2/v1/certs``: the same keys as X.509 certificates, by ``kid``."""
    by_kid = {key.kid: key.certificate_pem for key in server.signing.published()}
    return wire.json_reply(by_kid, max_age=KEYS_KEPT)


def configuration(_server: AuthorizationServer, _exchange: Exchange) -> Reply:
    """``/.well-known/openid-configuration``."""
    return wire.json_reply(CONFIGURATION, max_age=CONFIGURATION_KEPT)


def _asked(server: AuthorizationServer, exchange: Exchange) -> tuple[AccessToken | None, Person | None, str]:
    """The living token of a call and its user; without one, why."""
    value = _token_of(exchange.call)
    if not value:
        return None, None, "token_missing"
    token = server.tokens.access_token(value)
    if token is None:
        return None, None, "token_unknown"
    exchange.entry.principal, exchange.entry.scopes = token.account, token.scopes
    if not server.tokens.access_is_live(token):
        return None, None, "token_revoked" if token.dead_reason is not None else "token_expired"
    person = server.people.find(token.account)
    if person is None or person.deleted or person.disabled:
        return None, None, "account_unusable"
    return token, person, ""


def _token_of(call: Call) -> str:
    if (bearer := call.bearer_token()) is not None:
        return bearer
    return next((value for name, value in (*call.form_pairs, *call.query_pairs) if name == "access_token"), "")

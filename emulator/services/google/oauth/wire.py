"""The bytes of Google's OAuth endpoints: header lines, JSON spelling, token and tokeninfo bodies."""

from __future__ import annotations

import math
from typing import Any

from ....kernel.http import Call, Headers, Reply
from ....kernel.oauth import form_parameters
from ..envelope import indented
from ..jws import Jws
from ..scopes import EMAIL, IDENTITY
from ..tokens import AccessToken

__all__ = [
    "TOKEN_HEADERS",
    "id_tokeninfo",
    "id_tokeninfo_legacy",
    "json_reply",
    "parameters_of",
    "token_json",
    "token_reply",
    "tokeninfo",
    "tokeninfo_legacy",
    "userinfo_legacy",
]

# Observed on success and on error alike; Date and Content-Length are the door's.
TOKEN_HEADERS = Headers(
    [
        ("Expires", "Mon, 01 Jan 1990 00:00:00 GMT"),
        ("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate"),
        ("Pragma", "no-cache"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Vary", "X-Origin"),
        ("Vary", "Referer"),
        ("Vary", "Origin,Accept-Encoding"),
        ("Server", "scaffolding on HTTPServer2"),
        ("X-XSS-Protection", "0"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("X-Content-Type-Options", "nosniff"),
        ("Accept-Ranges", "none"),
    ]
)

_ESCAPES = str.maketrans({char: f"\\u{ord(char):04x}" for char in "=<>&'"})


def token_json(value: Any) -> bytes:
    """JSON as the token endpoint prints it: two-space indent, HTML-sensitive characters escaped by number."""
    return indented(value).translate(_ESCAPES).encode("utf-8", "replace")


def token_reply(value: Any, status: int = 200) -> Reply:
    """A reply of the token endpoint and its neighbours."""
    return Reply(status, TOKEN_HEADERS, token_json(value))


def parameters_of(call: Call) -> dict[str, str]:
    """Google reads form, query string and JSON alike; anything else holds no parameters."""
    return form_parameters(call, accept_query=True, accept_json=True)


def json_reply(value: Any, *, max_age: int = 0) -> Reply:
    """A reply of userinfo and the published keys; ``max_age`` seconds it may be kept, 0 for not at all."""
    kept = f"public, max-age={max_age}, must-revalidate, no-transform"
    lines = [
        ("Content-Type", "application/json; charset=UTF-8"),
        ("Cache-Control", kept if max_age else "no-cache, no-store, max-age=0, must-revalidate"),
        ("Vary", "Origin"),
        ("Vary", "X-Origin"),
        ("Vary", "Referer"),
        ("Server", "ESF"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return Reply(200, Headers(lines), indented(value).encode())


def tokeninfo(token: AccessToken, now: float, sub: str, *, offline: bool) -> dict[str, str]:
    """``oauth2.googleapis.com/tokeninfo`` and v3: every value a string; ``sub`` only with an identity scope."""
    answer = {"azp": token.client_id, "aud": token.client_id}
    if not IDENTITY.isdisjoint(token.scopes):
        answer["sub"] = sub
    answer |= {
        "scope": " ".join(token.scopes),
        "exp": str(math.floor(token.expires_at)),
        "expires_in": str(_left(token, now)),
    }
    if EMAIL in token.scopes:
        answer |= {"email": token.account, "email_verified": "true"}
    return answer | {"access_type": "offline" if offline else "online"}


def tokeninfo_legacy(token: AccessToken, now: float, sub: str, *, offline: bool) -> dict[str, Any]:
    """v1 and v2 tokeninfo: other names, real numbers and booleans (discovery document oauth2 v2)."""
    answer: dict[str, Any] = {"issued_to": token.client_id, "audience": token.client_id}
    if not IDENTITY.isdisjoint(token.scopes):
        answer["user_id"] = sub
    answer |= {"scope": " ".join(token.scopes), "expires_in": _left(token, now)}
    if EMAIL in token.scopes:
        answer |= {"email": token.account, "verified_email": True}
    return answer | {"access_type": "offline" if offline else "online"}


def id_tokeninfo(token: Jws) -> dict[str, str]:
    """``oauth2.googleapis.com/tokeninfo`` of an ID token: its claims and header as strings."""
    members = {**token.claims, **{name: token.header[name] for name in ("alg", "kid", "typ")}}
    return {name: _as_text(value) for name, value in members.items()}


def id_tokeninfo_legacy(token: Jws, now: float) -> dict[str, Any]:
    """v1 and v2 tokeninfo of an ID token (discovery document oauth2 v2)."""
    claims = token.claims
    answer: dict[str, Any] = {"issuer": claims["iss"], "issued_to": claims["azp"], "audience": claims["aud"]}
    answer |= {"user_id": claims["sub"], "expires_in": max(0, math.floor(claims["exp"] - now))}
    answer["issued_at"] = claims["iat"]
    if "email" in claims:
        answer |= {"email": claims["email"], "email_verified": claims["email_verified"]}
    return answer


def userinfo_legacy(claims: dict[str, Any]) -> dict[str, Any]:
    """v1 and v2 userinfo: ``id`` and ``verified_email`` for ``sub`` and ``email_verified``."""
    answer = {"id": claims["sub"]}
    if "email" in claims:
        answer |= {"email": claims["email"], "verified_email": claims["email_verified"]}
    rest = ("name", "given_name", "family_name", "picture", "hd")
    return answer | {name: claims[name] for name in rest if name in claims}


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _left(token: AccessToken, now: float) -> int:
    return max(0, math.floor(token.expires_at - now))

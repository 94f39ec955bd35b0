"""The bytes of Google's OAuth endpoints: header lines, JSON spelling, token and tokeninfo bodies."""

from __future__ import annotations

import json
import math
from typing import Any

from ....kernel.http import Headers, Reply
from ..scopes import EMAIL, IDENTITY
from ..tokens import AccessToken

__all__ = ["TOKEN_HEADERS", "token_json", "token_reply", "tokeninfo", "tokeninfo_legacy"]

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
    return json.dumps(value, ensure_ascii=False, indent=2).translate(_ESCAPES).encode("utf-8", "replace")


def token_reply(value: Any, status: int = 200) -> Reply:
    """A reply of the token endpoint and its neighbours."""
    return Reply(status, TOKEN_HEADERS, token_json(value))


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


def _left(token: AccessToken, now: float) -> int:
    return max(0, math.floor(token.expires_at - now))

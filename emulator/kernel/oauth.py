"""Parts of an OAuth 2.0 authorization server that are the same everywhere; policy and wording are the vendor's.

Standards: RFC 6749 (framework), RFC 7636 (PKCE).
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Literal

from .http import Call

__all__ = [
    "ClientAuthentication",
    "PkceFailure",
    "challenge_of",
    "client_authentication",
    "form_parameters",
    "is_pkce_string",
    "pkce_failure",
    "verifier_matches",
]

PkceFailure = Literal["missing", "wrong", "superfluous"]

_PKCE_STRING = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class ClientAuthentication:
    """How a client named itself at the token endpoint. ``via_basic`` tells the Authorization header from the body."""

    client_id: str
    secret: str
    via_basic: bool

    def proves(self, secrets: tuple[str, ...]) -> bool:
        """Whether the secret given is one of ``secrets``."""
        given = self.secret.encode()
        return any(compare_digest(given, secret.encode()) for secret in secrets)


def form_parameters(call: Call, *, accept_query: bool = False, accept_json: bool = False) -> dict[str, str]:
    """Parameters of a token request by name; the first of repeated ones counts.

    A body of another content type holds no parameters. ``accept_query`` and ``accept_json`` also read the query
    string and a flat JSON object, as some vendors do.
    """
    parameters: dict[str, str] = {}
    sources = [*call.form_pairs]
    if accept_json and call.content_type == "application/json":
        sources += _flat_json(call.body)
    if accept_query:
        sources += call.query_pairs
    for name, value in sources:
        parameters.setdefault(name, value)
    return parameters


def client_authentication(call: Call, parameters: Mapping[str, str]) -> ClientAuthentication | None:
    """Who the client says it is: HTTP Basic before the body (RFC 6749, 2.3.1). ``None`` where it does not say."""
    basic = call.basic_credentials()
    if basic is not None and basic[0]:
        return ClientAuthentication(basic[0], basic[1], via_basic=True)
    if client_id := parameters.get("client_id", ""):
        return ClientAuthentication(client_id, parameters.get("client_secret", ""), via_basic=False)
    return None


def challenge_of(verifier: str, method: str) -> str:
    """The code challenge that belongs to ``verifier`` under "S256" or "plain"."""
    if method == "plain":
        return verifier
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def verifier_matches(verifier: str, challenge: str, method: str) -> bool:
    """Whether a PKCE verifier answers the challenge of the authorization request."""
    return compare_digest(challenge_of(verifier, method).encode(), challenge.encode())


def is_pkce_string(text: str) -> bool:
    """Whether ``text`` can be a code verifier or challenge: 43 to 128 unreserved characters (RFC 7636, 4.1, 4.2)."""
    return _PKCE_STRING.fullmatch(text) is not None


def pkce_failure(verifier: str, challenge: str, method: str) -> PkceFailure | None:
    """What is wrong with a verifier sent for a code that was asked for with ``challenge`` ("" without PKCE)."""
    if not challenge:
        return "superfluous" if verifier else None
    if not verifier:
        return "missing"
    return None if is_pkce_string(verifier) and verifier_matches(verifier, challenge, method) else "wrong"


def _flat_json(body: bytes) -> list[tuple[str, str]]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(value, dict):
        return []
    return [(_whole(name), _whole(item)) for name, item in value.items() if isinstance(item, str)]


def _whole(text: str) -> str:
    """Text without the lone surrogates JSON can smuggle in, which no database and no encoder takes."""
    return text.encode("utf-8", "replace").decode()

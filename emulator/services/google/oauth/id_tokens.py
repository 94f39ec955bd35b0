"""ID tokens: who signed in, signed for one client ("OpenID Connect", ID token payload)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from ....kernel.clock import Clock
from ....kernel.world import World
from ..jws import Jws, MalformedJws, base64url, parse_jws
from ..scopes import PROFILE
from ..service_account import ServiceAccount
from ..tokens import AccessToken
from .errors import InvalidToken
from .people import People
from .signing import SigningKeys

__all__ = ["ID_TOKEN_LIFETIME", "ISSUER", "IdTokens"]

ISSUER = "https://accounts.google.com"
ID_TOKEN_LIFETIME = 3600


class IdTokens:
    """Issues and reads ID tokens."""

    def __init__(self, world: World, clock: Clock, people: People, keys: SigningKeys) -> None:
        self._world = world
        self._clock = clock
        self._people = people
        self._keys = keys

    def issue(self, access: AccessToken, nonce: str = "") -> str:
        """The ID token that goes with an access token; ``nonce`` is that of the authorization request."""
        return self._signed(access.client_id, access.account, access.scopes, nonce, _half_hash(access.token))

    def issue_alone(self, client_id: str, account: str, scopes: tuple[str, ...], nonce: str = "") -> str:
        """An ID token without an access token beside it, as ``response_type=id_token`` asks for."""
        return self._signed(client_id, account, scopes, nonce, "")

    def _signed(self, client_id: str, account: str, scopes: tuple[str, ...], nonce: str, at_hash: str) -> str:
        shown = self._people.known(account).claims(scopes)
        claims: dict[str, Any] = {"iss": ISSUER, "azp": client_id, "aud": client_id, "sub": shown["sub"]}
        claims |= {name: shown[name] for name in ("hd", "email", "email_verified") if name in shown}
        claims |= {name: text for name, text in (("at_hash", at_hash), ("nonce", nonce)) if text}
        if PROFILE in scopes:
            claims |= {name: shown[name] for name in ("name", "picture", "given_name", "family_name") if name in shown}
        return self._keys.sign(claims | self._times())

    def service_id_token(self, account: ServiceAccount, audience: str) -> str:
        """The ID token of a service account for an ``audience`` of its choice."""
        claims: dict[str, Any] = {"aud": audience, "azp": account.email, "email": account.email}
        claims |= {"email_verified": True, **self._times(), "iss": ISSUER, "sub": account.client_id}
        return self._keys.sign(claims)

    def read(self, value: str) -> Jws:
        """A token of ours that still counts. Raises ``InvalidToken``."""
        try:
            token = parse_jws(value)
        except MalformedJws:
            raise InvalidToken("Invalid Value", cause="token_unknown") from None
        if not self._keys.signed(token) or not self._is_of_this_world(token):
            raise InvalidToken("Invalid Value", cause="token_unknown")
        if self._clock.time() >= token.claims["exp"]:
            raise InvalidToken("Invalid Value", cause="token_expired")
        return token

    def _times(self) -> dict[str, int]:
        # Rounded down: verifiers allow no skew, and a token from a second that has not come yet is refused.
        now = self._clock.seconds()
        return {"iat": now, "exp": now + ID_TOKEN_LIFETIME}

    def _is_of_this_world(self, token: Jws) -> bool:
        """Two worlds of one entropy share their keys but not their accounts."""
        sub = token.claims.get("sub")
        known = self._world.one(
            "SELECT 1 FROM google_account WHERE sub = :sub UNION ALL"
            " SELECT 1 FROM google_service_account WHERE client_id = :sub",
            {"sub": sub},
        )
        return known is not None


def _half_hash(access_token: str) -> str:
    """``at_hash`` (OpenID Connect Core, 3.1.3.6): the left half of the hash of the access token."""
    return base64url(sha256(access_token.encode()).digest()[:16]).decode()

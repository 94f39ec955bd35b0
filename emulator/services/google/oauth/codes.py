"""Authorization codes: issued by the consent pages, redeemed once at the token endpoint.

Format and life: ``4/0A`` and some seventy characters in all, ten minutes, one use ("Using OAuth 2.0 for Web Server
Applications"; token sizes in "Using OAuth 2.0 to Access Google APIs"). Wording of the refusals as observed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ....kernel.clock import Clock
from ....kernel.ids import Ids
from ....kernel.oauth import PkceFailure, pkce_failure
from ....kernel.world import World
from .. import scopes as scope_names
from .errors import InvalidGrant, RedirectUriMismatch

__all__ = ["CODE_LIFETIME", "CodeRequest", "Codes", "IssuedCode"]

CODE_LIFETIME = 600
_FORM = re.compile(r"4/0[A-Za-z0-9_-]{20,250}")
_PKCE_DESCRIPTION: dict[PkceFailure, str] = {
    "missing": "Missing code verifier.",
    "wrong": "Invalid code verifier.",
    "superfluous": "code_verifier or verifier is not needed.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRequest:
    """What a code will stand for.

    ``scopes`` are full names. ``challenge`` is empty without PKCE. ``consent_shown`` tells whether the user pressed
    Allow for this code, ``new_scopes`` whether it covers scopes the project did not have before; both decide on a
    refresh token for web clients. ``lifetime`` is the life in seconds of a time-limited access, ``None`` without.
    """

    client_id: str
    account: str
    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str = ""
    method: str = "plain"
    nonce: str = ""
    offline: bool = False
    consent_shown: bool = True
    new_scopes: bool = False
    include_granted: bool = False
    lifetime: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode(CodeRequest):
    """A code that was issued. ``issued_at`` is in virtual seconds since the epoch."""

    code: str
    issued_at: float


class Codes:
    """The authorization codes of a world."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    def issue(self, request: CodeRequest) -> str:
        """A new code, good for one use within ten virtual minutes."""
        code = "4/0A" + self._ids.text(69)
        self._world.execute(
            "INSERT INTO google_code (code, client_id, account, redirect_uri, scopes, challenge, method, nonce,"
            " offline, consent_shown, new_scopes, include_granted, lifetime, issued_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                code,
                request.client_id,
                request.account,
                request.redirect_uri,
                scope_names.joined(request.scopes),
                request.challenge,
                request.method,
                request.nonce,
                request.offline,
                request.consent_shown,
                request.new_scopes,
                request.include_granted,
                request.lifetime,
                self._clock.time(),
            ),
        )
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str) -> IssuedCode:
        """Use a code up. ``redirect_uri`` has to be the one of the authorization request, byte for byte.

        Raises ``InvalidGrant`` for a malformed, unknown, used or expired code, one of another client, or a PKCE
        verifier that is wrong, missing or superfluous ("" is none); ``RedirectUriMismatch``.
        """
        if not _FORM.fullmatch(code):
            raise InvalidGrant("Malformed auth code.", cause="code_malformed")
        issued = self._usable(code, client_id)
        if issued.redirect_uri != redirect_uri:
            raise RedirectUriMismatch
        if (failure := pkce_failure(verifier, issued.challenge, issued.method)) is not None:
            raise InvalidGrant(_PKCE_DESCRIPTION[failure], cause=f"code_verifier_{failure}")
        self._world.execute("UPDATE google_code SET used = 1 WHERE code = ?", (code,))
        return issued

    def _usable(self, code: str, client_id: str) -> IssuedCode:
        """The code as issued; the wire makes no difference between the ways it can be none."""
        row = self._world.one("SELECT * FROM google_code WHERE code = ?", (code,))
        if row is None:
            raise InvalidGrant(cause="code_unknown")
        fields = dict(row)
        if fields.pop("used"):
            raise InvalidGrant(cause="code_used")
        if fields["client_id"] != client_id:
            raise InvalidGrant(cause="code_of_another_client")
        if self._clock.time() >= fields["issued_at"] + CODE_LIFETIME:
            raise InvalidGrant(cause="code_expired")
        flags = {name: bool(fields[name]) for name in ("offline", "consent_shown", "new_scopes", "include_granted")}
        return IssuedCode(**{**fields, **flags, "scopes": scope_names.split(fields["scopes"])})

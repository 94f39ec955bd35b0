"""What the authorization server does: refresh, revoke, look tokens up; and its parts, which the grants use."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ....kernel.service import Kernel
from .. import scopes as scope_names
from ..devices import Devices
from ..organization import Organization
from ..project import Client
from ..service_account import ServiceAccount
from ..settings import Settings
from ..tokens import AccessToken, RefreshToken, Tokens
from .clients import Clients
from .codes import Codes
from .errors import InvalidGrant, InvalidScope, InvalidToken, OAuthError, TokenOfAnotherClient
from .id_tokens import IdTokens
from .people import People
from .signing import SigningKeys
from .standing import Standing

__all__ = ["AuthorizationServer", "Refreshed"]

# A token dead for about this long is no longer recognised as one that ever was (observed on old tokens).
FORGOTTEN_AFTER = 12 * 3600


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The outcome of a refresh: the new access token, and the refresh token it came from."""

    access: AccessToken
    refresh: RefreshToken


class AuthorizationServer:
    """Google's authorization server over the world's projects, accounts and tokens."""

    def __init__(self, kernel: Kernel) -> None:
        world, clock, ids = kernel.world, kernel.clock, kernel.ids
        self._world = world
        self._clock = clock
        self.clients = Clients(world, clock)
        self.codes = Codes(world, clock, ids)
        self.devices = Devices(world, clock, ids)
        self.people = People(world)
        self.signing = SigningKeys(world, clock, ids)
        self.settings = Settings(world)
        self.standing = Standing(world, clock)
        self.tokens = Tokens(world, clock, ids)
        self.id_tokens = IdTokens(world, clock, self.people, self.signing)

    def refresh(self, client: Client, value: str, scope: str) -> Refreshed:
        """Exchange a refresh token for an access token over ``scope``, or over all it was granted."""
        token = self.tokens.refresh_token(value)
        if token is None:
            raise InvalidGrant(cause="refresh_token_unknown")
        if token.client_id != client.client_id:
            raise TokenOfAnotherClient
        self._check_alive(token)
        self.standing.check(token.account, token.client_id, token.scopes, token.issued_at)
        scopes = self._narrowed(token, scope)
        return Refreshed(self.tokens.issue_access(token.account, token.client_id, scopes, refresh_token=value), token)

    def seconds_left(self, token: RefreshToken) -> int | None:
        """Whole seconds until a refresh token's date, ``None`` for one without."""
        # Google's answers count from one second below: 604799 for seven days, as 3599 for an hour.
        return None if token.expires_at is None else max(0, math.ceil(token.expires_at - self._clock.time()) - 1)

    def revoke(self, value: str) -> None:
        """Withdraw the grant behind a refresh or access token. Raises ``InvalidToken`` for a dead or unknown one."""
        refresh = self.tokens.refresh_token(value)
        if refresh is not None and self.tokens.why_dead(refresh) is None:
            self.tokens.revoke_grant(refresh.account, refresh.project, "revoked_by_client")
            return
        access = self.tokens.access_token(value)
        if access is None or not self.tokens.access_is_live(access):
            raise InvalidToken("Token expired or revoked", cause="token_dead")
        self.tokens.revoke_grant(access.account, access.project, "revoked_by_client")

    def describe(self, value: str) -> tuple[AccessToken, str]:
        """A living access token and the id of its account. Raises ``InvalidToken``."""
        token = self.tokens.access_token(value)
        if token is None or not self.tokens.access_is_live(token):
            raise InvalidToken("Invalid Value", cause="token_dead" if token else "token_unknown")
        person = self.people.find(token.account)
        return token, person.sub if person is not None else token.client_id

    def service_account(self, email: str) -> ServiceAccount:
        """The service account of that address. Raises ``UnknownName``."""
        return ServiceAccount.of(self._world, email.lower())

    def blocked_clients(self, domain: str) -> tuple[str, ...]:
        """Client ids the administrators of an organization block."""
        return Organization(self._world, domain).blocked_clients

    def worded(self, error: OAuthError) -> OAuthError:
        """An error as this world words it: without a description where those are switched off."""
        if not self.settings.error_descriptions:
            error.description = None
        return error

    def now(self) -> float:
        """Virtual seconds since the epoch."""
        return self._clock.time()

    def _check_alive(self, token: RefreshToken) -> None:
        death = self.tokens.why_dead(token)
        if death is None:
            return
        reason, moment = death
        if self._clock.time() - moment > FORGOTTEN_AFTER:
            raise InvalidGrant(cause=reason)
        raise InvalidGrant("Token has been expired or revoked.", cause=reason)

    def _narrowed(self, token: RefreshToken, scope: str) -> tuple[str, ...]:
        """The scopes asked for, compared letter by letter with those granted; all of them where none is named."""
        asked = scope_names.split(scope)
        if unknown := [name for name in asked if not scope_names.is_scope(name)]:
            raise InvalidScope.unknown(unknown)
        if set(asked) - set(token.scopes):
            raise InvalidScope(cause="scope_not_granted")
        return asked or token.scopes

"""What the authorization server does: authenticate clients, refresh, revoke, look tokens up."""

from __future__ import annotations

from dataclasses import dataclass

from ....kernel.oauth import ClientAuthentication
from ....kernel.service import Kernel
from .. import scopes as scope_names
from ..project import Client
from ..tokens import AccessToken, RefreshToken, Tokens
from .errors import (
    ClientDeleted,
    ClientIdMissing,
    ClientNotFound,
    ClientSecretMissing,
    ClientSecretWrong,
    InvalidGrant,
    InvalidScope,
    InvalidToken,
    TokenOfAnotherClient,
)

__all__ = ["AuthorizationServer", "Refreshed"]

# A token dead for about this long is no longer recognised as one that ever was (observed on old tokens).
FORGOTTEN_AFTER = 12 * 3600
SECRETLESS_TYPES = frozenset(("service",))


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The outcome of a refresh: the new access token, and what is left of a refresh token with a date."""

    access: AccessToken
    refresh: RefreshToken


class AuthorizationServer:
    """Google's authorization server over the world's projects, accounts and tokens."""

    def __init__(self, kernel: Kernel) -> None:
        self._world = kernel.world
        self._clock = kernel.clock
        self.tokens = Tokens(kernel.world, kernel.clock, kernel.ids)

    def authenticate(self, given: ClientAuthentication | None) -> Client:
        """The client that proved itself. Raises the token endpoint's error for each way it can fail."""
        if given is None:
            raise ClientIdMissing
        row = self._world.one("SELECT type, deleted FROM google_client WHERE client_id = ?", (given.client_id,))
        if row is None:
            raise ClientNotFound
        if row["deleted"]:
            raise ClientDeleted
        client = Client(self._world, given.client_id)
        if row["type"] not in SECRETLESS_TYPES:
            self._check_secret(client, given)
        return client

    def refresh(self, client: Client, value: str, scope: str) -> Refreshed:
        """Exchange a refresh token for an access token over ``scope``, or over all it was granted."""
        token = self.tokens.refresh_token(value)
        if token is None:
            raise InvalidGrant(cause="refresh_token_unknown")
        if token.client_id != client.client_id:
            raise TokenOfAnotherClient
        self._check_alive(token)
        self._check_account(token.account)
        scopes = self._narrowed(token, scope)
        return Refreshed(self.tokens.issue_access(token.account, token.client_id, scopes, refresh_token=value), token)

    def seconds_left(self, token: RefreshToken) -> int | None:
        """Whole seconds until a refresh token's date, ``None`` for one without."""
        return None if token.expires_at is None else int(token.expires_at - self._clock.time())

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
        """A living access token and its account's ``sub``. Raises ``InvalidToken``."""
        token = self.tokens.access_token(value)
        if token is None or not self.tokens.access_is_live(token):
            raise InvalidToken("Invalid Value", cause="token_dead" if token else "token_unknown")
        return token, str(self._world.value("SELECT sub FROM google_account WHERE email = ?", (token.account,)))

    def now(self) -> float:
        """Virtual seconds since the epoch."""
        return self._clock.time()

    def _check_secret(self, client: Client, given: ClientAuthentication) -> None:
        if not given.secret:
            raise ClientSecretMissing
        if not given.proves(client.secrets):
            raise ClientSecretWrong

    def _check_alive(self, token: RefreshToken) -> None:
        death = self.tokens.why_dead(token)
        if death is None:
            return
        reason, moment = death
        if self._clock.time() - moment > FORGOTTEN_AFTER:
            raise InvalidGrant(cause=reason)
        raise InvalidGrant("Token has been expired or revoked.", cause=reason)

    def _check_account(self, email: str) -> None:
        account = self._world.one("SELECT disabled, deleted FROM google_account WHERE email = ?", (email,))
        if account is None or account["deleted"]:
            raise InvalidGrant("The account has been deleted", cause="account_deleted")
        if account["disabled"]:
            raise InvalidGrant("Account has been disabled", cause="account_disabled")

    def _narrowed(self, token: RefreshToken, scope: str) -> tuple[str, ...]:
        """The scopes asked for, compared letter by letter with those granted; all of them where none is named."""
        asked = scope_names.split(scope)
        if unknown := [name for name in asked if not scope_names.is_scope(name)]:
            raise InvalidScope.unknown(unknown)
        if set(asked) - set(token.scopes):
            raise InvalidScope(cause="scope_not_granted")
        return asked or token.scopes

"""Tokens that are fit for use: refreshed before they expire, and the account expired where that is refused."""

from __future__ import annotations

from ...kernel.clock import Clock
from ...kernel.service import Upstream
from .accounts import EXPIRED, Account, Accounts
from .connections import Connection
from .grants import GrantRefused, Grants, ProviderUnavailable

__all__ = ["Vault"]

REFRESH_AHEAD = 300.0


class Vault:
    """Keeps the tokens of active accounts fresh."""

    def __init__(self, clock: Clock, accounts: Accounts, grants: Grants) -> None:
        self._clock = clock
        self._accounts = accounts
        self._grants = grants

    def fresh(self, upstream: Upstream, connection: Connection, account: Account) -> Account:
        """The account with a token that lives five minutes more, or EXPIRED where the provider gives none.

        A provider that cannot be reached leaves a token that still lives as it is.
        """
        expires_at = account.credentials.expires_at
        if not account.is_active or expires_at is None or expires_at - self._clock.time() > REFRESH_AHEAD:
            return account
        if account.credentials.refresh_token:
            return self.refreshed(upstream, connection, account)
        return account if expires_at > self._clock.time() else self._expired(account)

    def refreshed(self, upstream: Upstream, connection: Connection, account: Account) -> Account:
        """The account after one attempt to refresh its token."""
        if not account.credentials.refresh_token:
            return self._expired(account)
        try:
            held = self._grants.refresh(upstream, connection, account.credentials)
        except GrantRefused:
            return self._expired(account)
        except ProviderUnavailable:
            return account
        self._accounts.hold(account.id, held)
        return self._accounts.get(account.id)

    def _expired(self, account: Account) -> Account:
        self._accounts.set_status(account.id, EXPIRED)
        return self._accounts.get(account.id)

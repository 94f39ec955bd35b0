"""Connected accounts: one per connection and identifier, in one of five states, with the credentials they hold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...kernel.clock import Clock
from ...kernel.ids import Ids
from ...kernel.world import Row, World
from .errors import AccountExists, AccountNotFound

__all__ = [
    "ACTIVE",
    "DISCONNECTED",
    "EXPIRED",
    "PENDING_AUTH",
    "PENDING_VERIFICATION",
    "STATUSES",
    "Account",
    "Accounts",
    "Credentials",
    "Filter",
]

ACTIVE, EXPIRED, PENDING_AUTH = "ACTIVE", "EXPIRED", "PENDING_AUTH"
PENDING_VERIFICATION, DISCONNECTED = "PENDING_VERIFICATION", "DISCONNECTED"
STATUSES = (ACTIVE, EXPIRED, PENDING_AUTH, PENDING_VERIFICATION, DISCONNECTED)
"""The names of the protocol's ``ConnectorStatus``, in the order of their numbers from 1."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an account calls its provider with: an OAuth token, or ``details`` of another kind of connection.

    ``expires_at`` is Unix time, ``None`` where the provider does not say.
    """

    access_token: str = ""
    refresh_token: str = ""
    scopes: tuple[str, ...] = ()
    expires_at: float | None = None
    details: Mapping[str, Any] | None = None

    @property
    def usable(self) -> bool:
        """Whether there is anything to call with."""
        return bool(self.access_token) or bool(self.details)

    def to_json(self) -> str:
        """As the world keeps them while they wait for verification."""
        details = dict(self.details) if self.details is not None else None
        return json.dumps([self.access_token, self.refresh_token, self.scopes, self.expires_at, details])

    @classmethod
    def from_json(cls, text: str) -> Credentials:
        """Credentials the world kept."""
        access, refresh, scopes, expires_at, details = json.loads(text)
        return cls(access, refresh, tuple(scopes), expires_at, details)


@dataclass(frozen=True, slots=True)
class Account:
    """A connected account as it is kept. Times are Unix time; ``last_used_at`` ``None`` before the first use."""

    number: int
    id: str
    connection: str
    identifier: str
    organization_id: str
    user_id: str
    status: str
    credentials: Credentials = field(repr=False)
    api_config: Mapping[str, Any]
    updated_at: float
    last_used_at: float | None

    @property
    def is_active(self) -> bool:
        """Whether it may be used."""
        return self.status == ACTIVE


@dataclass(frozen=True, slots=True)
class Filter:
    """Which accounts a list wants; empty fields want all. ``query`` is looked for in identifier and connection."""

    environment: str
    connections: tuple[str, ...] = ()
    identifier: str = ""
    organization_id: str = ""
    user_id: str = ""
    provider: str = ""
    query: str = ""

    def where(self) -> tuple[str, list[Any]]:
        """The condition and its values."""
        terms, values = ["environment = ?"], [self.environment]
        if self.connections:
            terms.append(f"name IN ({', '.join('?' * len(self.connections))})")
            values += self.connections
        for column, value in (
            ("identifier", self.identifier),
            ("organization_id", self.organization_id),
            ("user_id", self.user_id),
            ("provider", self.provider.upper()),
        ):
            if value:
                terms.append(f"{column} = ?")
                values.append(value)
        if self.query:
            terms.append("(instr(lower(identifier), ?) OR instr(lower(name), ?) OR instr(lower(provider), ?))")
            values += [self.query.lower()] * 3
        return " AND ".join(terms), values


class Accounts:
    """The connected accounts of every environment."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    # -- finding -----------------------------------------------------------------------------------------------

    def get(self, account_id: str, environment: str | None = None) -> Account:
        """The account of that id, of ``environment`` if one is named. Raises ``AccountNotFound``."""
        row = self._world.one(f"{_SELECT} WHERE account.id = ?", (account_id,))
        if row is None or (environment is not None and row["environment"] != environment):
            raise AccountNotFound
        return _account(row)

    def find(self, connection: str, identifier: str) -> Account | None:
        """The account of a connection (by id) and an identifier."""
        row = self._world.one(f"{_SELECT} WHERE connection = ? AND identifier = ?", (connection, identifier))
        return _account(row) if row is not None else None

    def of_provider(self, environment: str, provider: str, identifier: str) -> Account | None:
        """The oldest account of an identifier at a provider, active ones first."""
        row = self._world.one(
            f"{_SELECT} WHERE environment = ? AND provider = ? AND identifier = ?"
            " ORDER BY account.status <> 'ACTIVE', number",
            (environment, provider, identifier),
        )
        return _account(row) if row is not None else None

    def page(self, wanted: Filter, size: int, after: int = 0) -> list[Account]:
        """Up to ``size`` accounts that come after number ``after``, in the order of their creation."""
        where, values = wanted.where()
        rows = self._world.all(
            f"{_SELECT} WHERE {where} AND number > ? ORDER BY number LIMIT ?", [*values, after, size]
        )
        return [_account(row) for row in rows]

    def before(self, wanted: Filter, size: int, number: int) -> int | None:
        """The number after which the page before ``number`` begins, ``None`` on the first page."""
        where, values = wanted.where()
        sql = (
            f"SELECT number FROM ({_SELECT} WHERE {where} AND number <= ? ORDER BY number DESC LIMIT ?) ORDER BY number"
        )
        rows = self._world.all(sql, [*values, number, size])
        return None if not rows else int(rows[0][0]) - 1

    def count(self, wanted: Filter) -> int:
        """How many accounts there are."""
        where, values = wanted.where()
        return int(self._world.value(f"SELECT count(*) FROM ({_SELECT} WHERE {where})", values))

    # -- changing ----------------------------------------------------------------------------------------------

    def create(
        self,
        connection: str,
        identifier: str,
        *,
        organization_id: str = "",
        user_id: str = "",
        credentials: Credentials | None = None,
        api_config: Mapping[str, Any] | None = None,
    ) -> Account:
        """A new account, active with usable credentials and else pending. Raises ``AccountExists``."""
        held = credentials or Credentials()
        identity = f"ca_{self._ids.decimal(18)}"
        status = ACTIVE if held.usable else PENDING_AUTH
        try:
            self._world.execute(
                "INSERT INTO scalekit_account (id, connection, identifier, organization_id, user_id, status,"
                " api_config, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(identity, connection, identifier, organization_id, user_id, status),
                    *(json.dumps(dict(api_config or {})), self._clock.time()),
                ),
            )
        except sqlite3.IntegrityError:
            raise AccountExists from None
        if held.usable:
            self.hold(identity, held)
        return self.get(identity)

    def hold(self, account_id: str, held: Credentials) -> None:
        """Replace the credentials."""
        self._world.execute(
            "UPDATE scalekit_account SET access_token = ?, refresh_token = ?, scopes = ?, token_expires_at = ?,"
            " static_details = ?, updated_at = ? WHERE id = ?",
            (
                *(held.access_token, held.refresh_token, json.dumps(held.scopes), held.expires_at),
                json.dumps(dict(held.details)) if held.details is not None else "",
                *(self._clock.time(), account_id),
            ),
        )

    def activate(self, account_id: str, held: Credentials) -> None:
        """Make ``held`` the live credentials."""
        self.hold(account_id, held)
        self.set_status(account_id, ACTIVE)

    def set_status(self, account_id: str, status: str) -> None:
        """Move to ``status``; nothing else changes."""
        self._world.execute(
            "UPDATE scalekit_account SET status = ?, updated_at = ? WHERE id = ?",
            (status, self._clock.time(), account_id),
        )

    def merge_config(self, account_id: str, api_config: Mapping[str, Any]) -> None:
        """Lay ``api_config`` over what is there."""
        kept = {**self.get(account_id).api_config, **api_config}
        self._world.execute(
            "UPDATE scalekit_account SET api_config = ?, updated_at = ? WHERE id = ?",
            (json.dumps(kept), self._clock.time(), account_id),
        )

    def note_use(self, account_id: str) -> None:
        """Remember that the account was used now."""
        self._world.execute(
            "UPDATE scalekit_account SET last_used_at = ? WHERE id = ?", (self._clock.time(), account_id)
        )

    def delete(self, account_id: str) -> None:
        """Remove the account with its links and pending flows."""
        self._world.execute("DELETE FROM scalekit_account WHERE id = ?", (account_id,))

    def ids(self, environment: str) -> Iterable[str]:
        """The ids of an environment's accounts, oldest first."""
        return [
            row["id"] for row in self._world.all(f"{_SELECT} WHERE environment = ? ORDER BY number", (environment,))
        ]


_SELECT = (
    "SELECT account.*, scalekit_connection.environment, scalekit_connection.name, scalekit_connection.provider"
    " FROM scalekit_account AS account JOIN scalekit_connection ON scalekit_connection.id = account.connection"
)


def _account(row: Row) -> Account:
    details = json.loads(row["static_details"]) if row["static_details"] else None
    scopes = tuple(json.loads(row["scopes"]))
    held = Credentials(row["access_token"], row["refresh_token"], scopes, row["token_expires_at"], details)
    return Account(
        number=row["number"],
        id=row["id"],
        connection=row["connection"],
        identifier=row["identifier"],
        organization_id=row["organization_id"],
        user_id=row["user_id"],
        status=row["status"],
        credentials=held,
        api_config=json.loads(row["api_config"]),
        updated_at=row["updated_at"],
        last_used_at=row["last_used_at"],
    )
